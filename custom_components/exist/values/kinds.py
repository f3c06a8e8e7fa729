"""Values as people write them, and as Exist takes them: pure functions."""

from collections.abc import Callable, Mapping
from datetime import time
import re
from typing import Any

from ..api import InvalidValueError, ValueType, value_to_wire

HOUR = 60
NOON = 12 * HOUR
DAY = 24 * HOUR
# A day of clock change has 25 hours.
LONGEST_DAY = 25 * HOUR
MOOD_NOTE_LENGTH = 1000
MOOD_NOTE = "mood_note"
# What may be below zero; everything else that follows a template counts something.
MAY_BE_NEGATIVE = frozenset({"weather_temp_max", "weather_temp_min"})

_HOURS = re.compile(r"(\d{1,3}):([0-5]\d)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.0+)?)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
# 1,5 is a decimal comma; 1,500 could be both, and is asked for again.
_COMMA = re.compile(r"[+-]?\d*,(\d{1,2}|\d{4,})")
_YES = frozenset({"on", "true", "yes", "1"})
_NO = frozenset({"off", "false", "no", "0"})


def parse_value(value_type: ValueType, template: str | None, raw: Any) -> float | str:
    """Return the wire value of what a person wrote.

    A bare number for a time of day is minutes after midnight, since YAML makes
    that of 22:30. Raises InvalidValueError, whose code says what was expected.
    """
    if raw is None or raw == "":
        raise InvalidValueError("cannot_empty")
    parse = _PARSERS.get(value_type)
    if parse is None:
        raise InvalidValueError("unknown_type")
    value = parse(raw)
    if template is not None and template not in MAY_BE_NEGATIVE:
        _check_template(value_type, template, value)
    return value_to_wire(value_type, value)


def _check_template(value_type: ValueType, template: str, value: float | str) -> None:
    if isinstance(value, str):
        if template == MOOD_NOTE and len(value) > MOOD_NOTE_LENGTH:
            raise InvalidValueError("too_long")
        return
    if value < 0:
        raise InvalidValueError("negative")
    if value_type is ValueType.DURATION and value > LONGEST_DAY:
        raise InvalidValueError("longer_than_a_day")


def _number(raw: Any, code: str) -> float:
    if isinstance(raw, bool):
        raise InvalidValueError(code)
    if isinstance(raw, int | float):
        number: float = raw
    elif isinstance(raw, str):
        text = raw.strip()
        if _COMMA.fullmatch(text):
            text = text.replace(",", ".")
        if not _NUMBER.fullmatch(text):
            raise InvalidValueError(code)
        number = float(text) if "." in text else int(text)
    else:
        raise InvalidValueError(code)
    if not abs(number) < 2**53:
        raise InvalidValueError(code)
    return number


def _whole(raw: Any, code: str = "whole_number") -> int:
    number = _number(raw, code)
    if number != int(number):
        raise InvalidValueError(code)
    return int(number)


def _decimal(raw: Any) -> float:
    number = _number(raw, "number")
    return int(number) if number == int(number) else number


def _duration(raw: Any) -> int:
    if isinstance(raw, str) and (found := _HOURS.fullmatch(raw.strip())):
        return int(found[1]) * HOUR + int(found[2])
    minutes = _whole(raw, "duration")
    if minutes < 0:
        raise InvalidValueError("duration")
    return minutes


def _minutes(raw: Any) -> int:
    if isinstance(raw, time):
        return raw.hour * HOUR + raw.minute
    if isinstance(raw, str) and (found := _CLOCK.fullmatch(raw.strip())):
        return int(found[1]) * HOUR + int(found[2])
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < DAY:
        return raw
    raise InvalidValueError("time")


def _from_midday(raw: Any) -> int:
    return (_minutes(raw) - NOON) % DAY


def _percentage(raw: Any) -> float:
    text = raw.strip().removesuffix("%").rstrip() if isinstance(raw, str) else raw
    percent = _number(text, "percentage")
    if not 0 <= percent <= 100:
        raise InvalidValueError("percentage")
    return round(percent / 100, 6)


def _boolean(raw: Any) -> int:
    word = str(raw).strip().lower()
    if word in _YES:
        return 1
    if word in _NO:
        return 0
    raise InvalidValueError("boolean")


def _scale(raw: Any) -> int:
    number = _whole(raw, "scale")
    if not 1 <= number <= 9:
        raise InvalidValueError("scale")
    return number


def _text(raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise InvalidValueError("text")
    text = str(raw)
    if not text.strip():
        raise InvalidValueError("cannot_empty")
    return text


_PARSERS: Mapping[ValueType, Callable[[Any], float | str]] = {
    ValueType.INTEGER: _whole,
    ValueType.DECIMAL: _decimal,
    ValueType.TEXT: _text,
    ValueType.DURATION: _duration,
    ValueType.TIME_OF_DAY: _minutes,
    ValueType.TIME_FROM_MIDDAY: _from_midday,
    ValueType.PERCENTAGE: _percentage,
    ValueType.BOOLEAN: _boolean,
    ValueType.SCALE: _scale,
}
