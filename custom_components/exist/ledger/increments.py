"""Increments: sent once and never repeated; those of automations go together."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..account.failures import exist_errors
from ..account.poll import ExistCoordinator
from ..api import (
    ExistAuthError,
    ExistClient,
    IncrementItem,
    ItemOutcome,
    Priority,
    Status,
    Value,
    refused,
    settle,
    succeeded,
)
from ..notices.translated import async_text, failed
from .at_exist import async_shown_at_exist
from .day import Hold, Key, Writer
from .ledger import Ledger
from .written import Checked, Written, async_all_written, async_told

GATHER_SECONDS = 1.0
# What reading tells of an increment whose answer was lost.
NOT_COUNTED = "not_counted"
UNKNOWN_IF_COUNTED = "unknown_if_counted"

type _Gathered = list[tuple[Sequence[Checked], asyncio.Future[list[Written]]]]


class IncrementBatcher:
    """Adds to days for everybody; automations' increments gather for a second.

    A flood of them must leave a person the hour's requests.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ExistClient,
        coordinator: ExistCoordinator,
        ledger: Ledger,
    ) -> None:
        """Prepare; nothing is gathered yet."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._ledger = ledger
        self._gathered: _Gathered = []
        self._timer: CALLBACK_TYPE | None = None
        entry.async_on_unload(self._async_give_up)

    async def async_add(
        self, checked: Sequence[Checked], writer: Writer
    ) -> list[Written]:
        """Add to days; return what became of each.

        Raises HomeAssistantError when nothing can have happened at all.
        """
        if writer is Writer.PERSON:
            return await self._async_add_now(checked, writer, Priority.PERSON)
        future: asyncio.Future[list[Written]] = self._hass.loop.create_future()
        self._gathered.append((checked, future))
        if self._timer is None:
            self._timer = async_call_later(
                self._hass, GATHER_SECONDS, self._async_send_gathered
            )
        return await future

    @callback
    def _async_send_gathered(self, _now: datetime) -> None:
        self._timer = None
        gathered, self._gathered = self._gathered, []
        # Unloading waits for it.
        self._entry.async_create_task(self._hass, self._async_send(gathered))

    async def _async_send(self, gathered: _Gathered) -> None:
        """Send what was gathered; whatever happens, each who waits is told."""
        together = _added_up(each for checked, _ in gathered for each in checked)
        err: HomeAssistantError = failed("unknown_if_counted_all")
        try:
            written = await self._async_add_now(
                together, Writer.AUTOMATION, Priority.OUTBOX
            )
            by_key = {
                each.key: told for each, told in zip(together, written, strict=True)
            }
            for checked, future in gathered:
                if not future.done():
                    future.set_result([by_key[each.key] for each in checked])
        except HomeAssistantError as told:
            err = told
        finally:
            _fail_all(gathered, err)

    @callback
    def _async_give_up(self) -> None:
        """Tell those who wait that the account is unloaded; nothing was counted."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        gathered, self._gathered = self._gathered, []
        _fail_all(gathered, failed("unloading"))

    async def _async_add_now(
        self, checked: Sequence[Checked], writer: Writer, priority: Priority
    ) -> list[Written]:
        """Add to the waiting value where one waits, else at Exist, once.

        Raises HomeAssistantError when nothing can have happened at all.
        """
        ledger = self._ledger
        ledger.files.require_writable()
        async with ledger.lock:
            if ledger.files.closed:
                raise failed("unloading")
            added = [each for each in checked if self._is_waiting(each.key)]
            direct = [each for each in checked if not self._is_waiting(each.key)]
            written: dict[Key, Written] = {}
            if direct:
                try:
                    written = await self._async_add_at_exist(direct, priority)
                except HomeAssistantError as err:
                    if not added:
                        raise
                    written = {
                        each.key: _failed(each.key, "not_sent", str(err))
                        for each in direct
                    }
            # What waited may have been given up meanwhile.
            sums = [
                (
                    each.key,
                    number(ledger.entries[each.key].value) + number(each.value),
                    each.value_type,
                )
                for each in added
                if self._is_waiting(each.key)
            ]
            futures = await ledger.async_accept(sums, writer) if sums else {}
        for each in added:
            if each.key not in futures:
                written[each.key] = await async_told(
                    self._hass, each.key, "failed", "dropped"
                )
        written |= await async_all_written(self._hass, futures)
        return [written[each.key] for each in checked]

    def _is_waiting(self, key: Key) -> bool:
        waiting = self._ledger.entries.get(key)
        return waiting is not None and waiting.hold is Hold.NONE

    async def _async_add_at_exist(
        self, direct: Sequence[Checked], priority: Priority
    ) -> dict[Key, Written]:
        """Add once; where the answer was lost, read what became of it."""
        before = [self._ledger.state.base(each.key) for each in direct]
        items = [
            IncrementItem(each.key.name, number(each.value), each.key.day)
            for each in direct
        ]
        with exist_errors(self._hass, self._entry, writing=True):
            result = await self._client.increment(items, priority=priority)
        lost = [
            each.key
            for each, outcome in zip(direct, result.outcomes, strict=True)
            if outcome.status is Status.UNKNOWN
        ]

        outcomes = await settle(
            result.outcomes,
            lambda: async_shown_at_exist(
                self._client, lost, self._coordinator.today, priority
            ),
            lambda index, shown: _counted(direct[index], before[index], shown),
        )
        noted = {
            each.key: (current, each.value_type)
            for each, outcome in zip(direct, outcomes, strict=True)
            if isinstance(current := outcome.answer.get("current"), int | float)
        }
        self._ledger.state.note_values(noted)
        done = [each for each in outcomes if each.status is Status.SUCCEEDED]
        if lost or len(noted) < len(done):
            self._coordinator.async_refresh_soon()
        if isinstance(result.error, ExistAuthError):
            self._entry.async_start_reauth(self._hass)
        self._ledger.state.changed({each.key.name for each in direct})
        return {
            each.key: await self._async_told(each.key, outcome)
            for each, outcome in zip(direct, outcomes, strict=True)
        }

    async def _async_told(self, key: Key, outcome: ItemOutcome) -> Written:
        """Return what became of one increment, in words."""
        match outcome.status:
            case Status.SUCCEEDED:
                current = outcome.answer.get("current")
                return Written(key.name, key.day, "success", current=current)
            case Status.NOT_SENT:
                text = await async_text(self._hass, "failed_not_sent", owner="?")
                return _failed(key, "not_sent", text)
            case _:
                code = outcome.code or UNKNOWN_IF_COUNTED
        if code in (NOT_COUNTED, UNKNOWN_IF_COUNTED):
            return _failed(key, code, await async_text(self._hass, f"increment_{code}"))
        return await async_told(self._hass, key, "failed", code, outcome.message)


def _counted(
    each: Checked, before: Value | None, shown: Mapping[Key, Value | None]
) -> ItemOutcome:
    """Return whether an increment was counted, by what Exist showed and shows."""
    old, now = number(before or 0), number(shown.get(each.key) or 0)
    if each.key in shown and now == old + number(each.value):
        return succeeded({"current": now})
    if each.key in shown and now == old:
        return refused(NOT_COUNTED)
    return refused(UNKNOWN_IF_COUNTED)


def _failed(key: Key, code: str, text: str) -> Written:
    return Written(key.name, key.day, "failed", code, text)


def _fail_all(gathered: _Gathered, err: HomeAssistantError) -> None:
    """Tell those who still wait that it failed."""
    for _, future in gathered:
        if not future.done():
            future.set_exception(err)


def _added_up(checked: Iterable[Checked]) -> list[Checked]:
    """Return one increment for each attribute and day."""
    sums: dict[Key, Checked] = {}
    for each in checked:
        if (known := sums.get(each.key)) is not None:
            each = replace(each, value=number(known.value) + number(each.value))
        sums[each.key] = each
    return list(sums.values())


def number(value: Value) -> float:
    """Return the number, which a check has made sure of."""
    assert not isinstance(value, str)
    return value
