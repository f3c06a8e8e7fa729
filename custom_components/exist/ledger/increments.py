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
    BatchResult,
    ExistAuthError,
    ExistClient,
    ExistError,
    IncrementItem,
    Priority,
    Value,
    ValueType,
)
from ..const import DOMAIN
from ..notices.translated import async_text
from . import Hold, Key, Outbox, Writer, async_shown_at_exist
from .written import Checked, Written, async_told, async_written

GATHER_SECONDS = 1.0
# As long as a person waits for an answer.
WAIT_SECONDS = 10.0

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
        outbox: Outbox,
    ) -> None:
        """Prepare; nothing is gathered yet."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._outbox = outbox
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
        err: HomeAssistantError = _went_wrong("unknown_if_counted_all")
        try:
            written = await self._async_add_now(
                together, Writer.AUTOMATION, Priority.OUTBOX
            )
            by_key = {Key(each.name, each.day): each for each in written}
            for checked, future in gathered:
                if not future.done():
                    future.set_result([by_key[each.key] for each in checked])
        except HomeAssistantError as told:
            err = told
        finally:
            _fail(gathered, err)

    @callback
    def _async_give_up(self) -> None:
        """Tell those who wait that the account is unloaded; nothing was counted."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        gathered, self._gathered = self._gathered, []
        _fail(gathered, _went_wrong("unloading"))

    async def _async_add_now(
        self, checked: Sequence[Checked], writer: Writer, priority: Priority
    ) -> list[Written]:
        """Add to the waiting value where one waits, else at Exist, once.

        Raises HomeAssistantError when nothing can have happened at all.
        """
        outbox = self._outbox
        outbox.files.require_writable()
        async with outbox.lock:
            if outbox.files.closed:
                raise _went_wrong("unloading")
            added = [each for each in checked if self._is_waiting(each.key)]
            direct = [each for each in checked if not self._is_waiting(each.key)]
            written: list[Written] = []
            if direct:
                try:
                    written = await self._async_add_at_exist(direct, priority)
                except HomeAssistantError as err:
                    if not added:
                        raise
                    written = [_written(each, "not_sent", str(err)) for each in direct]
            if not added:
                return written
            # What waited may have been given up meanwhile.
            waiting = [each for each in added if self._is_waiting(each.key)]
            gone = [each.key for each in added if not self._is_waiting(each.key)]
            futures = await outbox.async_accept(
                [
                    (
                        each.key,
                        number(outbox.entries[each.key].value) + number(each.value),
                        each.value_type,
                    )
                    for each in waiting
                ],
                writer,
            )
        if futures:
            await asyncio.wait(futures.values(), timeout=WAIT_SECONDS)
        return [
            *written,
            *[await async_told(self._hass, key, "failed", "dropped") for key in gone],
            *[
                await async_written(
                    self._hass, key, future.result() if future.done() else None
                )
                for key, future in futures.items()
            ],
        ]

    def _is_waiting(self, key: Key) -> bool:
        waiting = self._outbox.entries.get(key)
        return waiting is not None and waiting.hold is Hold.NONE

    async def _async_add_at_exist(
        self, direct: Sequence[Checked], priority: Priority
    ) -> list[Written]:
        before = {each.key: self._outbox.base(each.key) for each in direct}
        items = [
            IncrementItem(each.key.name, number(each.value), each.key.day)
            for each in direct
        ]
        with exist_errors(self._hass, self._entry, writing=True):
            result = await self._client.increment(items, priority=priority)
        written = self._note_successes(direct, result)
        for bad in result.failed:
            key = direct[bad.index].key
            written.append(
                await async_told(self._hass, key, "failed", bad.code, bad.message)
            )
        if result.unknown:
            lost = [direct[each.index] for each in result.unknown]
            written += await self._async_settle(lost, before, priority)
        for unsent in result.not_sent:
            text = await async_text(self._hass, "failed_not_sent", owner="?")
            written.append(_written(direct[unsent.index], "not_sent", text))
        if isinstance(result.error, ExistAuthError):
            self._entry.async_start_reauth(self._hass)
        self._coordinator.bells.async_values_changed(each.key.name for each in direct)
        return written

    @callback
    def _note_successes(
        self, direct: Sequence[Checked], result: BatchResult
    ) -> list[Written]:
        written = []
        noted: dict[Key, tuple[float, ValueType]] = {}
        for good in result.success:
            each, current = direct[good.index], good.answer.get("current")
            if isinstance(current, int | float):
                noted[each.key] = (current, each.value_type)
            else:
                self._coordinator.async_refresh_soon()
            written.append(
                Written(each.key.name, each.key.day, "success", current=current)
            )
        self._outbox.note_values(noted)
        return written

    async def _async_settle(
        self,
        lost: Sequence[Checked],
        before: Mapping[Key, Value | None],
        priority: Priority,
    ) -> list[Written]:
        """Read what became of increments whose answer was lost; none is repeated."""
        shown: dict[Key, Value | None] = {}
        try:
            shown = await async_shown_at_exist(
                self._client,
                [each.key for each in lost],
                self._coordinator.today,
                priority,
            )
        except ExistError:
            shown = {}
        written = []
        noted: dict[Key, tuple[float, ValueType]] = {}
        for each in lost:
            key = each.key
            old, now = number(before[key] or 0), number(shown.get(key) or 0)
            if key in shown and now == old + number(each.value):
                noted[key] = (now, each.value_type)
                written.append(Written(key.name, key.day, "success", current=now))
                continue
            code = (
                "not_counted" if key in shown and now == old else "unknown_if_counted"
            )
            text = await async_text(self._hass, f"increment_{code}")
            written.append(_written(each, code, text))
        self._outbox.note_values(noted)
        self._coordinator.async_refresh_soon()
        return written


def _written(each: Checked, code: str, text: str) -> Written:
    return Written(each.key.name, each.key.day, "failed", code, text)


def _went_wrong(key: str) -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)


def _fail(gathered: _Gathered, err: HomeAssistantError) -> None:
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
