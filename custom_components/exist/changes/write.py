"""Values that people and automations write: checked, then given to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from homeassistant.core import Context, HomeAssistant

from ..api import InvalidValueError
from ..ledger import Key, Writer
from ..ledger.written import Checked, Written, async_all_written
from ..notices.translated import wrong
from ..runtime import ExistConfigEntry
from ..values.kinds import KINDS
from ..values.templates import parse_value

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
        raise wrong("too_many_values", most=str(MOST_VALUES))
    checked = [_check(entry, each, increment=increment) for each in wanted]
    keys: set[Key] = set()
    for each in checked:
        if each.key in keys:
            day = each.key.day.isoformat()
            called = entry.runtime_data.coordinator.called(each.key.name)
            raise wrong("named_twice", name=called, day=day)
        keys.add(each.key)
    return checked


def label_of(entry: ExistConfigEntry, name: str) -> str:
    """Return Exist's label of an attribute; its name where it is not known."""
    attribute = entry.runtime_data.coordinator.data.attributes.get(name)
    return name if attribute is None else attribute.label


def _check(entry: ExistConfigEntry, wanted: Wanted, *, increment: bool) -> Checked:
    coordinator = entry.runtime_data.coordinator
    name = wanted.name
    attribute = coordinator.data.attributes.get(name)
    if attribute is None:
        raise wrong("no_such_attribute", name=name)
    called = coordinator.called(name)
    if name not in coordinator.data.owned:
        if attribute.service is None:
            raise wrong("not_owned", name=called)
        raise wrong("owned_by", name=called, owner=attribute.service.label)
    day, back = _day(coordinator.today, wanted.day)
    if day > coordinator.today:
        raise wrong(
            "future_day",
            name=called,
            day=day.isoformat(),
            today=coordinator.today.isoformat(),
            zone=str(coordinator.data.zone),
        )
    kind = attribute.value_type
    if increment and not KINDS[kind].wire.incrementable:
        raise wrong("not_incrementable", name=called)
    try:
        value = parse_value(
            kind, None if increment else attribute.template, wanted.value
        )
    except InvalidValueError as err:
        raise wrong(f"value_{err.code}", name=called) from None
    if back is None or coordinator.knows_day:
        return Checked(Key(name, day), value, kind, label=attribute.label)
    if coordinator.clock_wrong and not coordinator.has_clock:
        raise wrong("clock_wrong_day")
    return Checked(Key(name, day), value, kind, back, attribute.label)


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
    wait: bool = True,
) -> list[Written]:
    """Keep the values, send them, and wait a little for what becomes of them.

    Raises HomeAssistantError when they cannot be kept; then none is.
    """
    ledger = entry.runtime_data.ledger
    futures = await ledger.async_accept(
        [(each.key, each.value, each.value_type) for each in checked],
        writer,
        undated={each.key: each.back for each in checked if each.back is not None},
    )
    return list((await async_all_written(hass, futures, wait=wait)).values())
