"""Exist's nine value types, and values on the wire (reference: object_types)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
import math

from .errors import ExistProtocolError
from .wire import LARGEST, readable

type Value = int | float | str | bool

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


class InvalidValueError(ValueError):
    """A value that Exist must not be sent; `code` says why."""

    def __init__(self, code: str) -> None:
        """Keep the code: not_a_number, not_text, not_boolean or out_of_range."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How the values of one type travel.

    `read` raises ExistProtocolError for what cannot be a value of the type: whole
    types give int (65.0 is 65), and out of range is kept, for Exist is the source.
    `write` rounds whole types half to even. It raises InvalidValueError, since Exist
    itself checks little more than the kind.
    """

    read: Callable[[object], Value]
    write: Callable[[Value], int | float | str]
    is_text: bool | None = False
    """None where it may be either."""
    whole: bool = False
    incrementable: bool = False
    """Whether Exist adds to a day's value (reference: writing_data)."""


def fits(value_type: ValueType, value: Value) -> bool:
    """Return whether it is a text for TEXT, a number for the others, either if UNKNOWN."""
    return WIRE[value_type].is_text in (None, isinstance(value, str))


def _read_number(raw: object) -> int | float:
    # What nearly all are is seen at one glance.
    if (type(raw) is int or type(raw) is float) and -LARGEST < raw < LARGEST:
        return raw
    if isinstance(raw, str):
        try:
            raw = float(raw)
        except ValueError as err:
            raise ExistProtocolError from err
    if isinstance(raw, (int, float)) and abs(raw) < LARGEST:
        return int(raw) if isinstance(raw, int) else raw
    raise ExistProtocolError


def _read_whole(raw: object) -> int:
    if type(raw) is int and -LARGEST < raw < LARGEST:
        return raw
    number = _read_number(raw)
    return number if type(number) is int else round(number)


def _read_boolean(raw: object) -> bool:
    return _read_number(raw) != 0


def _read_text(raw: object) -> str:
    if isinstance(raw, str):
        return readable(raw)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return str(raw)
    raise ExistProtocolError


def _read_either(raw: object) -> int | float | str:
    return readable(raw) if isinstance(raw, str) else _read_number(raw)


def _write_text(value: Value) -> str:
    if not isinstance(value, str) or "\0" in value:
        # Databases refuse a null character: one would hold up all that waits.
        raise InvalidValueError("not_text")
    try:
        return readable(value)
    except ExistProtocolError:
        # Half a character cannot be sent, and would hold up all that waits.
        raise InvalidValueError("not_text") from None


def _write_boolean(value: Value) -> int:
    if value not in (0, 1) or isinstance(value, str):
        raise InvalidValueError("not_boolean")
    return int(value)


def _write_number(
    value: Value, *, whole: bool, low: float = -math.inf, high: float = math.inf
) -> int | float:
    if isinstance(value, (str, bool)) or not math.isfinite(value):
        raise InvalidValueError("not_a_number")
    number = round(value) if whole else value
    if not low <= number <= high:
        raise InvalidValueError("out_of_range")
    return number


def _write_nothing(value: Value) -> int:
    raise InvalidValueError("not_a_number")


def _number(
    low: float = -math.inf,
    high: float = math.inf,
    *,
    whole: bool = True,
    incrementable: bool = False,
) -> Wire:
    return Wire(
        read=_read_whole if whole else _read_number,
        write=partial(_write_number, whole=whole, low=low, high=high),
        whole=whole,
        incrementable=incrementable,
    )


WIRE: dict[ValueType, Wire] = {
    ValueType.UNKNOWN: Wire(read=_read_either, write=_write_nothing, is_text=None),
    ValueType.INTEGER: _number(incrementable=True),
    ValueType.DECIMAL: _number(whole=False, incrementable=True),
    ValueType.TEXT: Wire(read=_read_text, write=_write_text, is_text=True),
    ValueType.DURATION: _number(incrementable=True),
    ValueType.TIME_OF_DAY: _number(0, LAST_MINUTE),
    ValueType.PERCENTAGE: _number(0, 1, whole=False),
    ValueType.TIME_FROM_MIDDAY: _number(0, LAST_MINUTE),
    ValueType.BOOLEAN: Wire(read=_read_boolean, write=_write_boolean),
    ValueType.SCALE: _number(1, 9),
}
