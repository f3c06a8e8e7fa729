"""The nine value types of section 9 and what may be stored in them."""

import datetime as dt
from enum import IntEnum
from math import isfinite
import re

type Value = int | float | str | None

NOTE_LENGTH = 1000


class ValueType(IntEnum):
    """How the value of a day is to be read."""

    INTEGER = 0
    FLOAT = 1
    STRING = 2
    PERIOD = 3
    TIME_FROM_MIDNIGHT = 4
    PERCENTAGE = 5
    TIME_FROM_MIDDAY = 6
    BOOLEAN = 7
    SCALE = 8

    @property
    def description(self) -> str:
        """Return `value_type_description`."""
        return _DESCRIPTIONS[self]

    @property
    def natural_zero(self) -> Value:
        """Return what a day without data amounts to."""
        return 0 if self in _QUANTITIES else None


_DESCRIPTIONS = {
    ValueType.INTEGER: "Integer",
    ValueType.FLOAT: "Float",
    ValueType.STRING: "String",
    ValueType.PERIOD: "Period (min)",
    ValueType.TIME_FROM_MIDNIGHT: "Time of day (min from midnight)",
    ValueType.PERCENTAGE: "Percentage",
    ValueType.TIME_FROM_MIDDAY: "Time of day (min from midday)",
    ValueType.BOOLEAN: "Boolean",
    ValueType.SCALE: "Integer scale (1-9)",
}
_QUANTITIES = {
    ValueType.INTEGER,
    ValueType.FLOAT,
    ValueType.PERIOD,
    ValueType.BOOLEAN,
}


def checked(value_type: ValueType, value: object) -> Value:
    """Return the value as it is stored.

    Raises ValueError with the text of the `validation` failure. Besides the type,
    only percentages, scales and the length of texts are checked (section 5.10).
    """
    match value_type:
        case ValueType.STRING:
            return _text(value)
        case ValueType.BOOLEAN:
            if isinstance(value, (bool, int, float)) and value in (0, 1):
                return int(value)
            raise ValueError("Value must be a boolean")
        case ValueType.FLOAT:
            return _number(value, "Value must be a number")
        case ValueType.PERCENTAGE:
            text = "Value must be a float between 0 and 1"
            number = _number(value, text)
            if not 0 <= number <= 1:
                raise ValueError(text)
            return number
        case ValueType.SCALE:
            whole = _whole(value)
            if not 1 <= whole <= 9:
                raise ValueError("Value must be an integer between 1 and 9")
            return whole
        case _:
            return _whole(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("Value must be a string")
    if len(value) > NOTE_LENGTH:
        raise ValueError(f"Value must have at most {NOTE_LENGTH} characters")
    return value


def _number(value: object, text: str) -> int | float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not isfinite(value)
    ):
        raise ValueError(text)
    # A whole number sent as 65.0 comes back as 65.
    return int(value) if value == int(value) else value


def _whole(value: object) -> int:
    number = _number(value, "Value must be an integer")
    if not isinstance(number, int):
        raise ValueError("Value must be an integer")
    return number


def parse_day(text: str) -> dt.date | None:
    """Return the day of a `YYYY-mm-dd`; None when it is not one."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
