"""One row for each value type: all that is to be known of it, but for the wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
import re
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import PERCENTAGE, Platform, UnitOfTime

from ..api import WIRE, InvalidValueError, Value, ValueType, Wire
from .days import clock_time, night_time

HOUR = 60
NOON = 12 * HOUR
DAY = 24 * HOUR
# A day of clock change has 25 hours.
LONGEST_DAY = 25 * HOUR
# Home Assistant logs a longer state whole, at ERROR.
MAX_TEXT = 255


class Policy(StrEnum):
    """Which day a sensor shows."""

    TODAY = "today"
    LATEST = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeDescription:
    """How an attribute is shown; `unit` is the one that values arrive in."""

    value_type: ValueType
    policy: Policy
    unit: str | None = None
    device_class: SensorDeviceClass | None = None
    precision: int | None = None
    enabled: bool = True
    icon_key: str = ""
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
SCALE: Final = _Description(value_type=ValueType.SCALE, policy=_LATEST, precision=0)
TEXT: Final = _Description(value_type=ValueType.TEXT, policy=_LATEST)
CLOCK: Final = _Description(
    value_type=ValueType.TIME_OF_DAY,
    policy=_LATEST,
    device_class=SensorDeviceClass.TIMESTAMP,
)
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


def _unknown(raw: Any) -> float:
    raise InvalidValueError("unknown_type")


def cut_text(text: str) -> str:
    """Return the text at the length that a state may have."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def clock_text(minutes: float) -> str:
    """Return minutes after midnight as a clock shows them."""
    hours, minutes = divmod(int(minutes) % DAY, HOUR)
    return f"{hours:02d}:{minutes:02d}"


def _show(value: Value) -> Value:
    return cut_text(value) if isinstance(value, str) else value


def _show_percent(value: Value) -> Value:
    return round(float(value) * 100, 4)


def _show_text(value: Value) -> Value:
    return cut_text(str(value))


def _duration_in_words(value: float) -> str:
    hours, minutes = divmod(int(value), HOUR)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _night_in_words(value: float) -> str:
    return clock_text(int(value) + NOON)


def _percent_in_words(value: float) -> str:
    return f"{round(value * 100, 2):g} %"


def _yes_or_no(value: float) -> str:
    return "✓" if value else "✗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is to be known of one value type."""

    wire: Wire
    parse: Callable[[Any], float | str]
    """Makes the wire value of what a person wrote. Raises InvalidValueError."""
    default: AttributeDescription
    """Of an attribute without a template."""
    sensor: Platform | None = Platform.SENSOR
    control: Platform | None = None
    show: Callable[[Value], Value] = _show
    """Makes of a wire value what an entity shows."""
    moment: Callable[[date, int, tzinfo], datetime] | None = None
    """Of a time: when that many of its minutes are over on a day."""
    begins: int = 0
    """Of a time: the minute of the clock that it counts from."""
    in_words: Callable[[float], str] | None = None
    """Makes of a wire value what is read in a list, where that is no bare number."""
    empty: Value | None = None
    """What a day without a row is, where today is shown."""
    is_number: bool = False
    """Whether it has a size, so that it can be averaged."""
    natural_zero: bool = False
    """Whether Exist itself shows 0 for a day without data."""
    creatable: bool = True
    low: float | None = None
    high: float | None = None
    step: float = 1
    most: int | None = None
    """The highest that a template may have."""


KINDS: Final[Mapping[ValueType, Kind]] = {
    ValueType.UNKNOWN: Kind(
        wire=WIRE[ValueType.UNKNOWN],
        parse=_unknown,
        default=_Description(
            value_type=ValueType.UNKNOWN, policy=_LATEST, icon_key="custom_text"
        ),
        sensor=None,
        creatable=False,
    ),
    ValueType.INTEGER: Kind(
        wire=WIRE[ValueType.INTEGER],
        parse=_whole,
        default=replace(COUNT, icon_key="custom_integer"),
        control=Platform.NUMBER,
        is_number=True,
        natural_zero=True,
    ),
    ValueType.DECIMAL: Kind(
        wire=WIRE[ValueType.DECIMAL],
        parse=_decimal,
        default=replace(DECIMAL, icon_key="custom_decimal"),
        control=Platform.NUMBER,
        is_number=True,
        natural_zero=True,
        step=0.01,
    ),
    ValueType.TEXT: Kind(
        wire=WIRE[ValueType.TEXT],
        parse=_text,
        default=replace(TEXT, icon_key="custom_text"),
        control=Platform.TEXT,
        show=_show_text,
    ),
    ValueType.DURATION: Kind(
        wire=WIRE[ValueType.DURATION],
        parse=_duration,
        default=replace(MINUTES, icon_key="custom_duration"),
        control=Platform.NUMBER,
        in_words=_duration_in_words,
        is_number=True,
        natural_zero=True,
        low=0,
        most=LONGEST_DAY,
    ),
    ValueType.TIME_OF_DAY: Kind(
        wire=WIRE[ValueType.TIME_OF_DAY],
        parse=_minutes,
        default=replace(CLOCK, icon_key="custom_time"),
        control=Platform.TIME,
        moment=clock_time,
        in_words=clock_text,
    ),
    ValueType.PERCENTAGE: Kind(
        wire=WIRE[ValueType.PERCENTAGE],
        parse=_percentage,
        default=replace(SHARE, icon_key="custom_percentage"),
        control=Platform.NUMBER,
        show=_show_percent,
        in_words=_percent_in_words,
        is_number=True,
        low=0,
        high=100,
        step=0.1,
    ),
    # Exist lets nobody create the second clock.
    ValueType.TIME_FROM_MIDDAY: Kind(
        wire=WIRE[ValueType.TIME_FROM_MIDDAY],
        parse=_from_midday,
        default=replace(NIGHT_CLOCK, icon_key="custom_time"),
        moment=night_time,
        begins=NOON,
        in_words=_night_in_words,
        creatable=False,
    ),
    ValueType.BOOLEAN: Kind(
        wire=WIRE[ValueType.BOOLEAN],
        parse=_boolean,
        default=_Description(
            value_type=ValueType.BOOLEAN, policy=_TODAY, icon_key="tag"
        ),
        sensor=Platform.BINARY_SENSOR,
        control=Platform.SWITCH,
        in_words=_yes_or_no,
        # A tag without a row was not used that day.
        empty=False,
        natural_zero=True,
    ),
    ValueType.SCALE: Kind(
        wire=WIRE[ValueType.SCALE],
        parse=_scale,
        default=replace(SCALE, icon_key="custom_scale"),
        control=Platform.NUMBER,
        is_number=True,
        low=1,
        high=9,
    ),
}
