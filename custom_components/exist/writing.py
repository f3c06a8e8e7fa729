"""Values that people and automations write: checked, then given to the outbox."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .api import (
    ExistAuthError,
    ExistError,
    IncrementItem,
    InvalidValueError,
    Priority,
    ValueType,
)
from .const import DOMAIN
from .outbox import Fate, Hold, Key, Outcome, Writer, async_shown_at_exist
from .ownership import exist_errors
from .runtime import ExistConfigEntry
from .texts import async_text
from .values import parse_value

WAIT_SECONDS = 10.0


class Word(StrEnum):
    """Days that may be named instead of dated."""

    TODAY = "today"
    YESTERDAY = "yesterday"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value as somebody asked for it; no day means today."""

    name: str
    value: Any
    day: date | Word | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One value that may be written, in wire form."""

    key: Key
    value: float | str
    value_type: ValueType


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one value; `result` is success, failed or queued."""

    name: str
    day: date
    result: str
    code: str = ""
    error: str = ""
    current: float | None = None


def writer_of(context: Context) -> Writer:
    """Return who is behind a call: a person at a screen, or an automation."""
    if context.user_id is not None and context.parent_id is None:
        return Writer.PERSON
    return Writer.AUTOMATION


def check(
    entry: ExistConfigEntry, wanted: Sequence[Wanted], *, increment: bool = False
) -> list[Checked]:
    """Return all values in wire form. Raises ServiceValidationError for any wrong one."""
    checked = [_check(entry, each, increment=increment) for each in wanted]
    keys = [each.key for each in checked]
    for key in keys:
        if keys.count(key) > 1:
            raise _wrong("named_twice", name=key.name, day=key.day.isoformat())
    return checked


def _wrong(key: str, **names: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=names,
    )


def _check(entry: ExistConfigEntry, wanted: Wanted, *, increment: bool) -> Checked:
    coordinator = entry.runtime_data.coordinator
    name = wanted.name
    attribute = coordinator.data.attributes.get(name)
    if attribute is None:
        raise _wrong("no_such_attribute", name=name)
    if name not in coordinator.data.owned:
        if attribute.service is None:
            raise _wrong("not_owned", name=name)
        raise _wrong("owned_by", name=name, owner=attribute.service.label)
    day = _day(coordinator.today, wanted.day)
    if day > coordinator.today:
        raise _wrong(
            "future_day",
            name=name,
            day=day.isoformat(),
            today=coordinator.today.isoformat(),
            zone=str(coordinator.data.zone),
        )
    kind = attribute.value_type
    if increment and not kind.incrementable:
        raise _wrong("not_incrementable", name=name)
    try:
        value = parse_value(
            kind, None if increment else attribute.template, wanted.value
        )
    except InvalidValueError as err:
        raise _wrong(f"value_{err.code}", name=name) from None
    return Checked(Key(name, day), value, kind)


def _day(today: date, day: date | Word | None) -> date:
    if isinstance(day, Word):
        return today if day is Word.TODAY else today - timedelta(days=1)
    return day or today


async def async_write(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    checked: Sequence[Checked],
    writer: Writer,
    *,
    wait: float = WAIT_SECONDS,
) -> list[Written]:
    """Keep the values, send them, and wait a little for what becomes of them.

    Raises HomeAssistantError when they cannot be kept; then none is.
    """
    outbox = entry.runtime_data.outbox
    futures = await outbox.async_accept(
        [(each.key, each.value, each.value_type) for each in checked], writer
    )
    if wait and futures:
        await asyncio.wait(futures.values(), timeout=wait)
    return [
        await async_written(
            hass, entry, key, future.result() if future.done() else None
        )
        for key, future in futures.items()
    ]


async def async_written(
    hass: HomeAssistant, entry: ExistConfigEntry, key: Key, outcome: Outcome | None
) -> Written:
    """Return an outcome in words."""
    if outcome is None or outcome.fate is Fate.REPLACED:
        code = "replaced" if outcome else "no_answer"
        return await _async_told(hass, key, "queued", code)
    match outcome.fate:
        case Fate.CONFIRMED:
            return Written(key.name, key.day, "success")
        case Fate.HELD | Fate.CHANGED:
            code = outcome.code or "changed"
            return await _async_told(hass, key, "queued", code)
        case _:
            code = outcome.code or outcome.fate.value
            return await _async_told(hass, key, "failed", code, outcome.message)


TOLD = frozenset(
    {
        "changed",
        "dropped",
        "early",
        "exist_away",
        "gave_way",
        "no_answer",
        "rate_limited",
        "replaced",
        "sign_in_needed",
        "stored_differently",
        "type_changed",
        "unauthorised",
        "not_found",
        "not_allowed",
    }
)


async def _async_told(
    hass: HomeAssistant, key: Key, result: str, code: str, message: str = ""
) -> Written:
    text = message or code
    if code in TOLD:
        text = await async_text(hass, f"write_{code}")
    return Written(key.name, key.day, result, code, text)


async def async_increment(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    checked: Sequence[Checked],
    writer: Writer,
) -> list[Written]:
    """Add to days: to the waiting value where one waits, else at Exist, once.

    Raises HomeAssistantError when nothing can have happened at all.
    """
    runtime = entry.runtime_data
    runtime.files.require_writable()
    outbox = runtime.outbox
    async with outbox.lock:
        added = [each for each in checked if _is_waiting(entry, each.key)]
        direct = [each for each in checked if each not in added]
        written: list[Written] = []
        if direct:
            try:
                written = await _async_increment_now(hass, entry, direct)
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
    hass: HomeAssistant, entry: ExistConfigEntry, direct: Sequence[Checked]
) -> list[Written]:
    runtime = entry.runtime_data
    before = {each.key: runtime.outbox.base(each.key) for each in direct}
    items = [
        IncrementItem(each.key.name, number(each.value), each.key.day)
        for each in direct
    ]
    with exist_errors(hass, entry, writing=True):
        result = await runtime.client.increment(items)
    written = []
    for good in result.success:
        key, kind = direct[good.index].key, direct[good.index].value_type
        current = good.answer.get("current")
        if isinstance(current, int | float):
            runtime.outbox.note_value(key, current, kind)
        else:
            runtime.coordinator.async_refresh_soon()
        written.append(Written(key.name, key.day, "success", current=current))
    for bad in result.failed:
        key = direct[bad.index].key
        written.append(await _async_told(hass, key, "failed", bad.code, bad.message))
    if result.unknown:
        written += await _async_settle(
            hass, entry, [direct[lost.index] for lost in result.unknown], before
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
) -> list[Written]:
    """Read what became of increments whose answer was lost; none is repeated."""
    runtime = entry.runtime_data
    shown: dict[Key, Any] = {}
    try:
        shown = await async_shown_at_exist(
            runtime.client,
            [each.key for each in lost],
            runtime.coordinator.today,
            Priority.PERSON,
        )
    except ExistError:
        shown = {}
    written = []
    for each in lost:
        key, old = each.key, before[each.key] or 0
        now = number(shown.get(key) or 0)
        if key in shown and now == old + number(each.value):
            runtime.outbox.note_value(key, now, each.value_type)
            written.append(Written(key.name, key.day, "success", current=now))
            continue
        code = "not_counted" if key in shown and now == old else "unknown_if_counted"
        text = await async_text(hass, f"increment_{code}")
        written.append(Written(key.name, key.day, "failed", code, text))
    runtime.coordinator.async_refresh_soon()
    return written
