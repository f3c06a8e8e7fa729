"""Renews a sign-in: once for all who ask, and to the end whatever becomes of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import (
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
)
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation
from homeassistant.util.async_ import create_eager_task
from homeassistant.util.hass_dict import HassKey

from ..api import (
    ExistAuthError,
    ExistConnectionError,
    ExistRateLimitError,
    RequestBudget,
)
from ..api.transport import retry_after
from .scopes import is_narrowed

type Token = Mapping[str, Any]

# Home Assistant's own time-out is minutes, and everybody waits for a token.
TOKEN_SECONDS = 30

# By entry and outside of it: Exist takes a refresh token once, so that the old one
# must not be sent again by whatever loads the account anew meanwhile.
DATA_REFRESHES: HassKey[dict[str, asyncio.Task[Token]]] = HassKey("exist_refreshes")


@callback
def is_known(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether the entry has not been removed."""
    return hass.config_entries.async_get_entry(entry.entry_id) is entry


@callback
def async_ask_when_narrowed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Ask to sign in where Exist took back some of what the last sign-in gave."""
    if is_narrowed(entry.data):
        entry.async_start_reauth(hass)


@dataclass(frozen=True, slots=True)
class Refresh:
    """Renews the pair of tokens of one entry."""

    hass: HomeAssistant
    entry: ConfigEntry
    implementation: AbstractOAuth2Implementation
    budget: RequestBudget

    async def async_token(self) -> Token:
        """Return the new pair; only the waiting has a limit. Raises ExistError."""
        if (pause := self.budget.paused_for) > 0:
            raise ExistRateLimitError(pause, sent=False)
        task = self._async_task()
        await asyncio.wait((task,), timeout=TOKEN_SECONDS)
        if not task.done() or task.cancelled():
            raise ExistConnectionError("timeout")
        return task.result()

    @callback
    def _async_task(self) -> asyncio.Task[Token]:
        """Return the refresh under way, or begin one. Raises ExistConnectionError."""
        tasks = self.hass.data.setdefault(DATA_REFRESHES, {})
        if (running := tasks.get(self.entry.entry_id)) is not None:
            return running
        if self.hass.is_stopping:
            # The new pair might not reach the disk any more.
            raise ExistConnectionError
        # Not one of Home Assistant's tasks: its start would wait for it, or its stop
        # would cancel it.
        task = create_eager_task(
            self._async_refresh(),
            name=f"exist refresh {self.entry.entry_id}",
            loop=self.hass.loop,
        )

        async def finish(_event: Event) -> None:
            await asyncio.wait((task,), timeout=TOKEN_SECONDS)

        stop_listening = self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, finish)

        @callback
        def done(_task: asyncio.Task[Token]) -> None:
            del tasks[self.entry.entry_id]
            stop_listening()
            if not task.cancelled():
                # Nobody may be waiting any more.
                task.exception()

        tasks[self.entry.entry_id] = task
        task.add_done_callback(done)
        return task

    async def _async_refresh(self) -> Token:
        """Renew the pair and keep it. Raises ExistError."""
        old = self.entry.data[CONF_TOKEN]
        try:
            new = await self.implementation.async_refresh_token(old)
        except OAuth2TokenRequestReauthError:
            if (newer := self._newer_than(old)) is not None:
                return newer
            if is_known(self.hass, self.entry):
                self.entry.async_start_reauth(self.hass)
            # The causes hold the request; only their kind may travel on.
            raise ExistAuthError from None
        except OAuth2TokenRequestError as err:
            if err.status == HTTPStatus.TOO_MANY_REQUESTS:
                told = err.headers.get("Retry-After") if err.headers else None
                raise ExistRateLimitError(
                    self.budget.pause(retry_after(told)), sent=False
                ) from None
            raise ExistConnectionError from None
        except ClientError, TimeoutError:
            raise ExistConnectionError from None
        if (newer := self._newer_than(old)) is not None:
            return newer
        if is_known(self.hass, self.entry):
            self.hass.config_entries.async_update_entry(
                self.entry, data={**self.entry.data, CONF_TOKEN: new}
            )
            async_ask_when_narrowed(self.hass, self.entry)
        return new

    def _newer_than(self, old: Token) -> Token | None:
        """Return the pair of somebody who signed in meanwhile."""
        present: Token = self.entry.data[CONF_TOKEN]
        return None if present["refresh_token"] == old["refresh_token"] else present
