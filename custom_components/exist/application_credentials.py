"""Where to sign in, and what the credentials dialog says."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import OAuth2TokenRequestConnectionError
from homeassistant.helpers import http
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    HEADER_FRONTEND_BASE,
    MY_AUTH_CALLBACK_PATH,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .const import CLIENTS_URL, DOMAIN
from .server import async_get_server


class ExistOAuth2Implementation(AuthImplementation):
    """Sign-in at Exist that takes only answers that make sense."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        """Request tokens.

        Raises OAuth2TokenRequestError for a refusal and
        OAuth2TokenRequestConnectionError for no answer or one that is no token.
        """
        try:
            token = await super()._token_request(data)
        except ValueError as err:
            # A body that is not JSON; the helper only expects network trouble.
            raise OAuth2TokenRequestConnectionError(domain=DOMAIN) from err
        if not _is_token(token):
            raise OAuth2TokenRequestConnectionError(domain=DOMAIN)
        return token


def _is_token(token: object) -> bool:
    if not isinstance(token, Mapping):
        return False
    if not all(
        isinstance(token.get(key), str) and token[key]
        for key in ("access_token", "refresh_token")
    ):
        return False
    try:
        return int(token["expires_in"]) > 0
    except KeyError, TypeError, ValueError:
        return False


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> ExistOAuth2Implementation:
    """Return the sign-in for one set of credentials."""
    server = async_get_server(hass)
    return ExistOAuth2Implementation(
        hass,
        auth_domain,
        credential,
        AuthorizationServer(
            authorize_url=f"{server}/oauth2/authorize",
            token_url=f"{server}/oauth2/access_token",
        ),
    )


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the credentials dialog names."""
    return {"clients_url": CLIENTS_URL, "redirect_url": _redirect_url(hass)}


def _redirect_url(hass: HomeAssistant) -> str:
    """Return the address that Exist must know; an error here would break the dialog."""
    if "my" in hass.config.components:
        return MY_AUTH_CALLBACK_PATH
    request = http.current_request.get()
    base = request.headers.get(HEADER_FRONTEND_BASE) if request is not None else None
    if base is None:
        try:
            base = get_url(hass, prefer_external=True)
        except NoURLAvailableError:
            base = "https://YOUR-HOME-ASSISTANT"
    return f"{base}{AUTH_CALLBACK_PATH}"
