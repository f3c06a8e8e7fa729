"""What an entity shows of an attribute's days: pure functions."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from ..api import DayValues, Value, ValueType
from .kinds import DAY, KINDS, Kind, Policy, clock_text


@dataclass(frozen=True, slots=True)
class Shown:
    """A value ready to be shown, the day it belongs to, and the moment of a time."""

    value: Value | None
    date: date | None
    moment: datetime | None = None


def shown_value(
    value_type: ValueType,
    policy: Policy,
    values: DayValues,
    today: date,
    zone: tzinfo,
) -> Shown:
    """Choose the day by the policy and put its value as people read it."""
    kind = KINDS[value_type]
    if policy is Policy.TODAY:
        value = values.get(today)
        if value is None:
            return Shown(kind.empty, today)
        return _convert(kind, today, value, zone)
    for day, value in values.items():
        if value is not None and day <= today:
            return _convert(kind, day, value, zone)
    return Shown(None, None)


def _convert(kind: Kind, day: date, value: Value, zone: tzinfo) -> Shown:
    if kind.moment is None:
        return Shown(kind.show(value), day)
    if day.year < 2 or not 0 <= float(value) < DAY:
        return Shown(None, day)
    minutes = int(value)
    clock = clock_text(minutes + kind.begins)
    return Shown(clock, day, kind.moment(day, minutes, zone))
