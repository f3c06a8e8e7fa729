"""Which Exist server is used: exist.io, or a local one while developing."""

from ipaddress import ip_address
from typing import Final

import voluptuous as vol
from yarl import URL

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

DEFAULT_SERVER: Final = "https://exist.io"
DATA_SERVER: HassKey[str] = HassKey("exist_server")


def server_address(value: object) -> str:
    """Validate an address: https anywhere, http only on this machine.

    Raises vol.Invalid, since a token must not travel in the clear.
    """
    try:
        url = URL(str(value))
        origin = str(url.origin())
    except ValueError as err:
        raise vol.Invalid("not a web address such as http://127.0.0.1:8124") from err
    if url != URL(origin) and url != URL(origin + "/"):
        raise vol.Invalid("only scheme, host and port are allowed")
    if url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host)):
        return origin
    raise vol.Invalid("http is allowed for this machine only; use https")


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return host is not None and ip_address(host).is_loopback
    except ValueError:
        return False


@callback
def async_get_server(hass: HomeAssistant) -> str:
    """Return the origin of the server in use."""
    return hass.data.get(DATA_SERVER, DEFAULT_SERVER)
