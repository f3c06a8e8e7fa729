"""Values that people and automations write: checked, then given to the outbox."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .api import InvalidValueError, ValueType
from .const import DOMAIN
from .outbox import Fate, Key, Outcome, Writer
from .runtime import ExistConfigEntry
from .texts import async_text
from .values import parse_value

WAIT_SECONDS = 10.0
# Some sixty of the hour's 300 requests.
MOST_VALUES = 2000


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
    back: int | None = None
    """How many days ago, where it is not known yet which day it is."""


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
    if len(wanted) > MOST_VALUES:
        raise _wrong("too_many_values", most=str(MOST_VALUES))
    checked = [_check(entry, each, increment=increment) for each in wanted]
    keys: set[Key] = set()
    for each in checked:
        if each.key in keys:
            day = each.key.day.isoformat()
            raise _wrong("named_twice", name=each.key.name, day=day)
        keys.add(each.key)
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
    day, back = _day(coordinator.today, wanted.day)
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
    if back is None or coordinator.knows_day:
        return Checked(Key(name, day), value, kind)
    if coordinator.clock_wrong and not coordinator.polls:
        raise _wrong("clock_wrong_day")
    return Checked(Key(name, day), value, kind, back)


def _day(today: date, day: date | Word | None) -> tuple[date, int | None]:
    """Return the day, and how many days ago it is where it has no date."""
    if isinstance(day, date):
        return day, None
    back = 1 if day is Word.YESTERDAY else 0
    return today - timedelta(days=back), back


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
        [(each.key, each.value, each.value_type) for each in checked],
        writer,
        undated={each.key: each.back for each in checked if each.back is not None},
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
    if outcome is not None:
        key = outcome.entry.key
    if outcome is None or outcome.fate is Fate.REPLACED:
        code = "replaced" if outcome else "no_answer"
        return await async_told(hass, key, "queued", code)
    match outcome.fate:
        case Fate.CONFIRMED:
            return Written(key.name, key.day, "success")
        case Fate.HELD | Fate.CHANGED:
            code = outcome.code or "changed"
            return await async_told(hass, key, "queued", code)
        case _:
            code = outcome.code or outcome.fate.value
            return await async_told(hass, key, "failed", code, outcome.message)


TOLD = frozenset(
    {
        "changed",
        "dropped",
        "early",
        "exist_away",
        "exist_refuses",
        "gave_way",
        "no_answer",
        "rate_limited",
        "refused",
        "replaced",
        "sign_in_needed",
        "stored_differently",
        "type_changed",
        "unauthorised",
        "undated",
        "not_found",
        "not_allowed",
    }
)


async def async_told(
    hass: HomeAssistant, key: Key, result: str, code: str, message: str = ""
) -> Written:
    """Return what became of a value, with our text for the code or Exist's own."""
    text = message or code
    if code in TOLD:
        text = await async_text(hass, f"write_{code}")
    return Written(key.name, key.day, result, code, text)
