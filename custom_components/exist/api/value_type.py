"""Exist's nine value types, and values on the wire (reference: object_types)."""

from enum import IntEnum
import math

from .errors import ExistProtocolError
from .wire import LARGEST, readable

type Value = int | float | str | bool

SCALE_MIN, SCALE_MAX = 1, 9
LAST_MINUTE = 1439
DIGITS = 3


class ValueType(IntEnum):
    """Kinds of values by Exist's numbers; UNKNOWN is ours for any other number."""

    UNKNOWN = -1
    INTEGER = 0
    DECIMAL = 1
    TEXT = 2
    DURATION = 3
    TIME_OF_DAY = 4
    PERCENTAGE = 5
    TIME_FROM_MIDDAY = 6
    BOOLEAN = 7
    SCALE = 8

    @classmethod
    def from_wire(cls, raw: object) -> ValueType:
        """Return the type of that number."""
        if isinstance(raw, str) and raw.isdecimal() and len(raw) < DIGITS:
            raw = int(raw)
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise ExistProtocolError
        try:
            return cls(raw)
        except ValueError:
            return cls.UNKNOWN

    @property
    def incrementable(self) -> bool:
        """Whether Exist adds to a day's value (reference: writing_data)."""
        return self in (ValueType.INTEGER, ValueType.DECIMAL, ValueType.DURATION)


WHOLE = frozenset(
    {
        ValueType.INTEGER,
        ValueType.DURATION,
        ValueType.TIME_OF_DAY,
        ValueType.TIME_FROM_MIDDAY,
        ValueType.SCALE,
    }
)


class InvalidValueError(ValueError):
    """A value that Exist must not be sent; `code` says why."""

    def __init__(self, code: str) -> None:
        """Keep the code: not_a_number, not_text, not_boolean or out_of_range."""
        super().__init__(code)
        self.code = code


def value_from_wire(value_type: ValueType, raw: object) -> Value | None:
    """Return the value as Python has it; None stays None.

    Whole types give int (65.0 is 65), BOOLEAN gives bool, DECIMAL and PERCENTAGE
    float or int. Out of range is kept, for Exist is the source.
    Raises ExistProtocolError for what cannot be a value of the type.
    """
    if raw is None:
        return None
    if value_type is ValueType.UNKNOWN:
        return readable(raw) if isinstance(raw, str) else _number(raw)
    if value_type is ValueType.TEXT:
        if isinstance(raw, str):
            return readable(raw)
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            return str(raw)
        raise ExistProtocolError
    number = _number(raw)
    if value_type is ValueType.BOOLEAN:
        return number != 0
    if value_type in WHOLE:
        return round(number)
    return number


def fits(value_type: ValueType, value: Value) -> bool:
    """Return whether it is a text for TEXT, a number for the others, either if UNKNOWN."""
    return value_type is ValueType.UNKNOWN or (
        isinstance(value, str) == (value_type is ValueType.TEXT)
    )


def _number(raw: object) -> int | float:
    if isinstance(raw, str):
        try:
            raw = float(raw)
        except ValueError as err:
            raise ExistProtocolError from err
    if isinstance(raw, (int, float)) and abs(raw) < LARGEST:
        return int(raw) if isinstance(raw, int) else raw
    raise ExistProtocolError


def value_to_wire(value_type: ValueType, value: Value) -> int | float | str:
    """Return the value as Exist takes it: whole types rounded half to even.

    Raises InvalidValueError, since Exist itself checks little more than the kind.
    """
    if value_type is ValueType.TEXT:
        if not isinstance(value, str):
            raise InvalidValueError("not_text")
        return value
    if value_type is ValueType.BOOLEAN:
        if value not in (0, 1) or isinstance(value, str):
            raise InvalidValueError("not_boolean")
        return int(value)
    if (
        isinstance(value, (str, bool))
        or not math.isfinite(value)
        or value_type is ValueType.UNKNOWN
    ):
        raise InvalidValueError("not_a_number")
    number = round(value) if value_type in WHOLE else value
    low, high = _range(value_type)
    if not low <= number <= high:
        raise InvalidValueError("out_of_range")
    return number


def _range(value_type: ValueType) -> tuple[float, float]:
    match value_type:
        case ValueType.PERCENTAGE:
            return 0, 1
        case ValueType.SCALE:
            return SCALE_MIN, SCALE_MAX
        case ValueType.TIME_OF_DAY | ValueType.TIME_FROM_MIDDAY:
            return 0, LAST_MINUTE
        case _:
            return -math.inf, math.inf
