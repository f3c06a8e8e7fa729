"""Increments: sent once and never repeated; those of automations go together."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from .api import ExistAuthError, ExistError, IncrementItem, Priority, ValueType
from .const import DOMAIN
from .outbox import Hold, Key, Writer, async_shown_at_exist
from .ownership import exist_errors
from .runtime import ExistConfigEntry
from .texts import async_text
from .writing import WAIT_SECONDS, Checked, Written, async_told, async_written

GATHER_SECONDS = 1.0


class IncrementBatcher:
    """Adds to days for everybody; automations' increments gather for a second.

    A flood of them must leave a person the hour's requests.
    """

    def __init__(self, hass: HomeAssistant, entry: ExistConfigEntry) -> None:
        """Prepare; nothing is gathered yet."""
        self._hass = hass
        self._entry = entry
        self._gathered: list[
            tuple[Sequence[Checked], asyncio.Future[list[Written]]]
        ] = []
        self._timer: CALLBACK_TYPE | None = None
        entry.async_on_unload(self._async_give_up)

    async def async_add(
        self, checked: Sequence[Checked], writer: Writer
    ) -> list[Written]:
        """Add to days; return what became of each, in their order.

        Raises HomeAssistantError when nothing can have happened at all.
        """
        if writer is Writer.PERSON:
            return await _async_increment(
                self._hass, self._entry, checked, writer, Priority.PERSON
            )
        future: asyncio.Future[list[Written]] = self._hass.loop.create_future()
        self._gathered.append((checked, future))
        if self._timer is None:
            self._timer = async_call_later(
                self._hass, GATHER_SECONDS, self._async_send_gathered
            )
        return await future

    async def _async_send_gathered(self, _now: datetime) -> None:
        self._timer = None
        gathered, self._gathered = self._gathered, []
        together = _added_up(each for checked, _ in gathered for each in checked)
        try:
            written = await _async_increment(
                self._hass, self._entry, together, Writer.AUTOMATION, Priority.OUTBOX
            )
        except HomeAssistantError as err:
            for _, future in gathered:
                _fail(future, err)
            return
        by_key = {Key(each.name, each.day): each for each in written}
        for checked, future in gathered:
            if not future.done():
                future.set_result([by_key[each.key] for each in checked])

    @callback
    def _async_give_up(self) -> None:
        """Tell those who wait that the account is unloaded; nothing was counted."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        gathered, self._gathered = self._gathered, []
        for _, future in gathered:
            err = HomeAssistantError(
                translation_domain=DOMAIN, translation_key="unloading"
            )
            _fail(future, err)


def _fail(future: asyncio.Future[list[Written]], err: HomeAssistantError) -> None:
    # Whoever asked may have given up.
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


async def _async_increment(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    checked: Sequence[Checked],
    writer: Writer,
    priority: Priority,
) -> list[Written]:
    """Add to days: to the waiting value where one waits, else at Exist, once.

    Raises HomeAssistantError when nothing can have happened at all.
    """
    runtime = entry.runtime_data
    runtime.files.require_writable()
    outbox = runtime.outbox
    async with outbox.lock:
        added = [each for each in checked if _is_waiting(entry, each.key)]
        direct = [each for each in checked if not _is_waiting(entry, each.key)]
        written: list[Written] = []
        if direct:
            try:
                written = await _async_increment_now(hass, entry, direct, priority)
            except HomeAssistantError as err:
                if not added:
                    raise
                written = [
                    Written(each.key.name, each.key.day, "failed", "not_sent", str(err))
                    for each in direct
                ]
        futures = await outbox.async_accept(
            [
                (
                    each.key,
                    number(outbox.entries[each.key].value) + number(each.value),
                    each.value_type,
                )
                for each in added
            ],
            writer,
        )
    if futures:
        await asyncio.wait(futures.values(), timeout=WAIT_SECONDS)
    return [
        *written,
        *[
            await async_written(
                hass, entry, key, future.result() if future.done() else None
            )
            for key, future in futures.items()
        ],
    ]


def _is_waiting(entry: ExistConfigEntry, key: Key) -> bool:
    waiting = entry.runtime_data.outbox.entries.get(key)
    return waiting is not None and waiting.hold is Hold.NONE


def number(value: float | str) -> float:
    """Return the number, which a check has made sure of."""
    assert not isinstance(value, str)
    return value


async def _async_increment_now(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    direct: Sequence[Checked],
    priority: Priority,
) -> list[Written]:
    runtime = entry.runtime_data
    before = {each.key: runtime.outbox.base(each.key) for each in direct}
    items = [
        IncrementItem(each.key.name, number(each.value), each.key.day)
        for each in direct
    ]
    with exist_errors(hass, entry, writing=True):
        result = await runtime.client.increment(items, priority=priority)
    written = []
    noted: dict[Key, tuple[float, ValueType]] = {}
    for good in result.success:
        key, kind = direct[good.index].key, direct[good.index].value_type
        current = good.answer.get("current")
        if isinstance(current, int | float):
            noted[key] = (current, kind)
        else:
            runtime.coordinator.async_refresh_soon()
        written.append(Written(key.name, key.day, "success", current=current))
    runtime.outbox.note_values(noted)
    for bad in result.failed:
        key = direct[bad.index].key
        written.append(await async_told(hass, key, "failed", bad.code, bad.message))
    if result.unknown:
        written += await _async_settle(
            hass,
            entry,
            [direct[lost.index] for lost in result.unknown],
            before,
            priority,
        )
    for unsent in result.not_sent:
        key = direct[unsent.index].key
        text = await async_text(hass, "failed_not_sent", owner="?")
        written.append(Written(key.name, key.day, "failed", "not_sent", text))
    if isinstance(result.error, ExistAuthError):
        entry.async_start_reauth(hass)
    runtime.coordinator.async_update_listeners()
    return written


async def _async_settle(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    lost: Sequence[Checked],
    before: dict[Key, Any],
    priority: Priority,
) -> list[Written]:
    """Read what became of increments whose answer was lost; none is repeated."""
    runtime = entry.runtime_data
    shown: dict[Key, Any] = {}
    try:
        shown = await async_shown_at_exist(
            runtime.client,
            [each.key for each in lost],
            runtime.coordinator.today,
            priority,
        )
    except ExistError:
        shown = {}
    written = []
    noted: dict[Key, tuple[float, ValueType]] = {}
    for each in lost:
        key, old = each.key, before[each.key] or 0
        now = number(shown.get(key) or 0)
        if key in shown and now == old + number(each.value):
            noted[key] = (now, each.value_type)
            written.append(Written(key.name, key.day, "success", current=now))
            continue
        code = "not_counted" if key in shown and now == old else "unknown_if_counted"
        text = await async_text(hass, f"increment_{code}")
        written.append(Written(key.name, key.day, "failed", code, text))
    runtime.outbox.note_values(noted)
    runtime.coordinator.async_refresh_soon()
    return written
