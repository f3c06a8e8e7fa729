"""What an entity shows of an attribute's days: pure functions."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from ..api import DayValues, Value, ValueType
from .days import clock_time, night_time
from .templates import Policy

# Home Assistant logs a longer state whole, at ERROR.
MAX_TEXT = 255
NOON = 12 * 60
DAY = 24 * 60
CLOCKS = (ValueType.TIME_OF_DAY, ValueType.TIME_FROM_MIDDAY)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value ready to be shown, the day it belongs to, and its wall clock."""

    value: int | float | str | bool | datetime | None
    date: date | None
    clock: str | None = None


def shown_value(
    value_type: ValueType,
    policy: Policy,
    values: DayValues,
    today: date,
    zone: tzinfo,
) -> Shown:
    """Choose the day by the policy and put its value as people read it."""
    if policy is Policy.TODAY:
        day, value = today, values.get(today)
        if value is None:
            # A tag without a row was not used that day.
            return Shown(False if value_type is ValueType.BOOLEAN else None, day)
        return _convert(value_type, day, value, zone)
    for day, value in values.items():
        if value is not None and day <= today:
            return _convert(value_type, day, value, zone)
    return Shown(None, None)


def _convert(value_type: ValueType, day: date, value: Value, zone: tzinfo) -> Shown:
    if value_type in CLOCKS and (day.year < 2 or not 0 <= float(value) < DAY):
        return Shown(None, day)
    match value_type:
        case ValueType.TIME_OF_DAY:
            minutes = int(value)
            return Shown(clock_time(day, minutes, zone), day, _clock(minutes))
        case ValueType.TIME_FROM_MIDDAY:
            minutes = int(value)
            return Shown(night_time(day, minutes, zone), day, _clock(minutes + NOON))
        case ValueType.PERCENTAGE:
            return Shown(round(float(value) * 100, 4), day)
        case ValueType.TEXT:
            return Shown(cut_text(str(value)), day)
        case _:
            return Shown(cut_text(value) if isinstance(value, str) else value, day)


def _clock(minutes: int) -> str:
    hours, minutes = divmod(minutes % DAY, 60)
    return f"{hours:02d}:{minutes:02d}"


def cut_text(text: str) -> str:
    """Return the text at the length that a state may have."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
