"""One row for each value type: all that is to be known of it, but for the wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
import re
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    PERCENTAGE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
    UnitOfTime,
)

from ..api import WIRE, InvalidValueError, Value, ValueType, Wire
from .days import clock_time, night_time

HOUR = 60
NOON = 12 * HOUR
DAY = 24 * HOUR
# A day of clock change has 25 hours.
LONGEST_DAY = 25 * HOUR
# Home Assistant logs a longer state whole, at ERROR.
MAX_TEXT = 255
# The one the frontend itself writes for "none": only what has a unit becomes a line.
NEUTRAL_UNIT = " "


class Policy(StrEnum):
    """Which day a sensor shows."""

    TODAY = "today"
    LATEST = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeDescription:
    """How an attribute is shown; `unit` is the one that values arrive in.

    A reading that is not above `above` is none: nobody weighs nothing.
    """

    value_type: ValueType
    policy: Policy
    unit: str | None = None
    device_class: SensorDeviceClass | None = None
    precision: int | None = None
    enabled: bool = True
    icon_key: str = ""
    named_unit: bool = False
    """Whether translations name its unit, in Home Assistant's language."""
    above: float | None = None
    negative: bool = False
    """Whether a template may be below zero; nearly all count something."""
    longest: int | None = None
    """How many characters Exist takes."""


_TODAY = Policy.TODAY
_LATEST = Policy.LATEST
_Description = AttributeDescription

COUNT: Final = _Description(value_type=ValueType.INTEGER, policy=_TODAY, precision=0)
MINUTES: Final = _Description(
    value_type=ValueType.DURATION,
    policy=_TODAY,
    # Of hours the frontend (common/datetime/format_duration.ts) rounds, then floors.
    unit=UnitOfTime.MINUTES,
    device_class=SensorDeviceClass.DURATION,
    precision=0,
)
DECIMAL: Final = _Description(value_type=ValueType.DECIMAL, policy=_TODAY)
SHARE: Final = _Description(
    value_type=ValueType.PERCENTAGE, policy=_LATEST, unit=PERCENTAGE, precision=1
)
SCALE: Final = _Description(
    value_type=ValueType.SCALE, policy=_LATEST, precision=0, above=0
)
TEXT: Final = _Description(value_type=ValueType.TEXT, policy=_LATEST)
CLOCK: Final = _Description(value_type=ValueType.TIME_OF_DAY, policy=_LATEST)
NIGHT_CLOCK: Final = replace(CLOCK, value_type=ValueType.TIME_FROM_MIDDAY)

_HOURS = re.compile(r"(\d{1,3}):([0-5]\d)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.0+)?)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
# 1,5 is a decimal comma; 1,500 could be both, and is asked for again.
_COMMA = re.compile(r"[+-]?\d*,(\d{1,2}|\d{4,})")
_YES = frozenset({"on", "true", "yes", "1"})
_NO = frozenset({"off", "false", "no", "0"})


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
    if text.strip() in (STATE_UNKNOWN, STATE_UNAVAILABLE):
        # A template made it of an entity that had no state; nobody noted that.
        raise InvalidValueError("no_state")
    return text


def cut_text(text: str) -> str:
    """Return the text at the length that a state may have."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def clock_text(minutes: float) -> str:
    """Return minutes after midnight as a clock shows them."""
    hours, minutes = divmod(int(minutes) % DAY, HOUR)
    return f"{hours:02d}:{minutes:02d}"


def _show(value: Value) -> Value:
    return cut_text(value) if isinstance(value, str) else value


def _duration_in_words(value: float) -> str:
    hours, minutes = divmod(int(value), HOUR)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is to be known of one value type."""

    default: AttributeDescription
    """Of an attribute without a template."""
    parse: Callable[[Any], float | str]
    """Makes the wire value of what a person wrote. Raises InvalidValueError."""
    show: Callable[[Value], Value] = _show
    """Makes of a wire value what an entity shows."""
    in_words: Callable[[float], str] | None = None
    """Makes of a wire value what is read in a list, where that is no bare number."""
    moment: Callable[[date, int, tzinfo], datetime] | None = None
    """Of a time: when that many of its minutes are over on a day."""
    begins: int = 0
    """Of a time: the minute of the clock that it counts from."""
    sensor: Platform | None = Platform.SENSOR
    control: Platform | None = Platform.NUMBER
    empty: Value | None = None
    """What a day without a row is, where today is shown."""
    natural_zero: bool = False
    """Whether Exist itself shows 0 for a day without data."""
    creatable: bool = True
    low: float | None = None
    high: float | None = None
    step: float = 1
    most: int | None = None
    """The highest that a template may have."""

    @property
    def wire(self) -> Wire:
        """How its values travel."""
        return WIRE[self.default.value_type]

    @property
    def is_number(self) -> bool:
        """Whether it has a size, so that it can be averaged."""
        return self.control is Platform.NUMBER


def _unknown(raw: Any) -> float:
    raise InvalidValueError("unknown_type")


_ROWS = (
    Kind(
        default=_Description(
            value_type=ValueType.UNKNOWN, policy=_LATEST, icon_key="custom_text"
        ),
        parse=_unknown,
        sensor=None,
        control=None,
        creatable=False,
    ),
    Kind(
        default=replace(COUNT, icon_key="custom_integer"),
        parse=_whole,
        natural_zero=True,
    ),
    Kind(
        default=replace(DECIMAL, icon_key="custom_decimal"),
        parse=_decimal,
        natural_zero=True,
        step=0.01,
    ),
    Kind(
        default=replace(TEXT, icon_key="custom_text"),
        parse=_text,
        show=lambda value: cut_text(str(value)),
        control=Platform.TEXT,
    ),
    Kind(
        default=replace(MINUTES, icon_key="custom_duration"),
        parse=_duration,
        in_words=_duration_in_words,
        natural_zero=True,
        low=0,
        most=LONGEST_DAY,
    ),
    Kind(
        default=replace(CLOCK, icon_key="custom_time"),
        parse=_minutes,
        in_words=clock_text,
        moment=clock_time,
        control=Platform.TIME,
    ),
    Kind(
        default=replace(SHARE, icon_key="custom_percentage"),
        parse=_percentage,
        show=lambda value: round(float(value) * 100, 4),
        in_words=lambda value: f"{round(value * 100, 2):g} %",
        low=0,
        high=100,
        step=0.1,
    ),
    Kind(
        default=replace(NIGHT_CLOCK, icon_key="custom_time"),
        parse=lambda raw: (_minutes(raw) - NOON) % DAY,
        in_words=lambda value: clock_text(int(value) + NOON),
        moment=night_time,
        begins=NOON,
        control=None,
        # Exist lets nobody create the second clock.
        creatable=False,
    ),
    Kind(
        default=_Description(
            value_type=ValueType.BOOLEAN, policy=_TODAY, icon_key="tag"
        ),
        parse=_boolean,
        in_words=lambda value: "✓" if value else "✗",
        sensor=Platform.BINARY_SENSOR,
        control=Platform.SWITCH,
        # A tag without a row was not used that day.
        empty=False,
        natural_zero=True,
    ),
    Kind(
        default=replace(SCALE, icon_key="custom_scale"),
        parse=_scale,
        low=1,
        high=9,
    ),
)
KINDS: Final[Mapping[ValueType, Kind]] = {
    kind.default.value_type: kind for kind in _ROWS
}
