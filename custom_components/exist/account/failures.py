"""The one funnel from Exist's errors to Home Assistant's."""

from collections.abc import Generator
from contextlib import contextmanager
import math
from typing import NoReturn

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..api import (
    ExistAuthError,
    ExistConnectionError,
    ExistError,
    ExistProtocolError,
    ExistRateLimitError,
)
from ..notices.translated import failed


@contextmanager
def exist_errors(
    hass: HomeAssistant, entry: ConfigEntry, *, writing: bool
) -> Generator[None]:
    """Turn Exist's errors into translated ones; a refused sign-in asks for another."""
    try:
        yield
    except ExistError as err:
        raise_for(hass, entry, err, writing=writing)


def raise_for(
    hass: HomeAssistant, entry: ConfigEntry, err: ExistError, *, writing: bool
) -> NoReturn:
    """Raise the HomeAssistantError that stands for Exist's error."""
    names: dict[str, str] = {}
    match err:
        case ExistAuthError():
            entry.async_start_reauth(hass)
            key = "sign_in_needed"
        case ExistRateLimitError():
            key = "rate_limited"
            names["minutes"] = str(max(1, math.ceil(err.retry_after / 60)))
        case ExistConnectionError() | ExistProtocolError() if (
            writing and err.maybe_stored
        ):
            key = "status_unknown"
        case ExistConnectionError():
            key = "cannot_connect"
        case _:
            key = "bad_answer"
            names["code"] = err.code
    raise failed(key, **names) from err
