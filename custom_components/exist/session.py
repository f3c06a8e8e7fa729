"""Brings Home Assistant's sign-in and the Exist client together."""

import asyncio
import time

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import (
    ImplementationUnavailableError,
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestReauthError,
    UnknownImplementationError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    OAuth2Session,
    async_get_config_entry_implementation,
)
from homeassistant.util.hass_dict import HassKey

from .api import (
    AccessToken,
    ExistAuthError,
    ExistClient,
    ExistConnectionError,
    RequestBudget,
)
from .server import async_get_server

TOKEN_SECONDS = 30

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
    """Return a client on the account's one session."""
    assert entry.unique_id is not None
    return ExistClient(
        async_get_clientsession(hass),
        _when_needed(hass, entry),
        async_get_server(hass),
        async_get_budget(hass, entry.unique_id),
    )


async def async_parting_client(hass: HomeAssistant, entry: ConfigEntry) -> ExistClient:
    """Return a client for an entry that is gone, and can keep no token any more.

    Raises ExistError, and what Home Assistant raises without credentials.
    """
    implementation = await async_get_config_entry_implementation(hass, entry)
    assert entry.unique_id is not None
    token = entry.data["token"]
    if token["expires_at"] <= time.time():
        try:
            async with asyncio.timeout(TOKEN_SECONDS):
                token = await implementation.async_refresh_token(token)
        except OAuth2TokenRequestReauthError:
            raise ExistAuthError from None
        except ClientError, OAuth2TokenRequestConnectionError, TimeoutError:
            raise ExistConnectionError from None
    budget = async_get_budget(hass, entry.unique_id)
    return signed_in_client(hass, token["access_token"], budget)


def _when_needed(hass: HomeAssistant, entry: ConfigEntry) -> AccessToken:
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
            provider = provider or token_of(
                hass, entry, OAuth2Session(hass, entry, implementation)
            )
        return await provider(refused)

    return access_token


def token_of(
    hass: HomeAssistant, entry: ConfigEntry, session: OAuth2Session
) -> AccessToken:
    """Return the access token's provider; it refreshes what expired or was refused."""

    async def access_token(refused: str | None = None) -> str:
        token = session.token
        if refused is not None and token["access_token"] == refused:
            # The session knows only time as a reason; others may have renewed it.
            expired = {**token, "expires_at": 0}
            hass.config_entries.async_update_entry(
                entry, data={**entry.data, "token": expired}
            )
        try:
            # Its own time-out is minutes, and everybody waits for it.
            async with asyncio.timeout(TOKEN_SECONDS):
                await session.async_ensure_token_valid()
        except OAuth2TokenRequestReauthError:
            # The causes hold the request; only their kind may travel on.
            raise ExistAuthError from None
        except ClientError, OAuth2TokenRequestConnectionError, TimeoutError:
            raise ExistConnectionError from None
        valid: str = session.token["access_token"]
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
