"""Brings Home Assistant's sign-in and the Exist client together."""

import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import (
    ImplementationUnavailableError,
    UnknownImplementationError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    CLOCK_OUT_OF_SYNC_MAX_SEC,
    async_get_config_entry_implementation,
)
from homeassistant.util.hass_dict import HassKey

from ..api import (
    AccessToken,
    ExistAuthError,
    ExistClient,
    ExistConnectionError,
    RequestBudget,
)
from .server import async_get_server
from .token_refresh import Refresh, is_known

# Kept outside the entry, so that a failed set-up forgets neither what was spent of
# Exist's hour nor a pause that Exist asked for.
DATA_BUDGETS: HassKey[dict[str, RequestBudget]] = HassKey("exist_budgets")


@callback
def async_get_budget(hass: HomeAssistant, user: str) -> RequestBudget:
    """Return the request budget of the person, one as long as Home Assistant runs."""
    budgets = hass.data.setdefault(DATA_BUDGETS, {})
    return budgets.setdefault(f"{async_get_server(hass)} {user}", RequestBudget())


@callback
def async_create_client(hass: HomeAssistant, entry: ConfigEntry) -> ExistClient:
    """Return a client on the account's one sign-in."""
    assert entry.unique_id is not None
    budget = async_get_budget(hass, entry.unique_id)
    return ExistClient(
        async_get_clientsession(hass),
        _when_needed(hass, entry, budget),
        async_get_server(hass),
        budget,
    )


async def async_parting_client(hass: HomeAssistant, entry: ConfigEntry) -> ExistClient:
    """Return a client for an entry that is gone, and can keep no token any more.

    Raises ExistError, and what Home Assistant raises without credentials.
    """
    implementation = await async_get_config_entry_implementation(hass, entry)
    assert entry.unique_id is not None
    budget = async_get_budget(hass, entry.unique_id)
    token = entry.data[CONF_TOKEN]
    if token["expires_at"] <= time.time():
        token = await Refresh(hass, entry, implementation, budget).async_token()
    return signed_in_client(hass, token["access_token"], budget)


def _when_needed(
    hass: HomeAssistant, entry: ConfigEntry, budget: RequestBudget
) -> AccessToken:
    """Look for the credentials at the first request: that may ask Nabu Casa's cloud."""
    provider: AccessToken | None = None

    async def access_token(refused: str | None = None) -> str:
        nonlocal provider
        if provider is None:
            try:
                implementation = await async_get_config_entry_implementation(
                    hass, entry
                )
            except UnknownImplementationError:
                raise ExistAuthError from None
            except ImplementationUnavailableError:
                raise ExistConnectionError from None
            provider = provider or _token_of(
                Refresh(hass, entry, implementation, budget)
            )
        return await provider(refused)

    return access_token


def _token_of(refresh: Refresh) -> AccessToken:
    """Return the access token's provider; it refreshes what expired or was refused."""
    hass, entry = refresh.hass, refresh.entry

    async def access_token(refused: str | None = None) -> str:
        if not is_known(hass, entry):
            # Who still asks is a leftover of the account that was removed.
            raise ExistConnectionError
        token = entry.data[CONF_TOKEN]
        if refused is not None and token["access_token"] == refused:
            # Time is not the only reason, and a restart must not forget the other.
            token = {**token, "expires_at": 0}
            hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_TOKEN: token}
            )
        if token["expires_at"] <= time.time() + CLOCK_OUT_OF_SYNC_MAX_SEC:
            token = await refresh.async_token()
        valid: str = token["access_token"]
        return valid

    return access_token


def signed_in_client(
    hass: HomeAssistant, access_token: str, budget: RequestBudget
) -> ExistClient:
    """Return a client for a token that no entry holds yet."""

    async def token(refused: str | None = None) -> str:
        if refused is not None:
            raise ExistAuthError
        return access_token

    return ExistClient(
        async_get_clientsession(hass), token, async_get_server(hass), budget
    )
