"""Numbers and clocks as people and devices write them: pure functions."""

from datetime import datetime, time, tzinfo
import math
import re

# A comma with three digits after it may group thousands as well: that is no number,
# unless there are dots before it, or nothing but a 0.
_WITH_COMMA = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|0?,\d+|\d*,(?:\d{1,2}|\d{4,}))"
)
_GROUPED = re.compile(
    r"[+-]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,}|(?:\.\d{3}){2,})"
)
# Spaces and apostrophes can only group.
_SPACED = re.compile(r"[+-]?\d{1,3}([ '\u00a0\u2009\u202f\u2019]\d{3})+([.,]\d+)?")
_MINUS = "\u2212"
_HOUR = r" ?(?:h|hrs?|hours?|std\.?|stunden?|heures?|horas?|u|uur|godz\.?|時間)"
_MINUTE = r"(?:mins?\.?|minutes?|minuten|minutos?|minut[ay]?|分)"
_SECOND = r"(?:s|secs?|seconds?|sek\.?|sekunden?|secondes?|segundos?|秒)"
_AND = r"(?:,? (?:and|und|et|y|en) |,? ?)"
_SECONDS = rf"(?:{_AND}(\d{{1,2}})(?:\.\d+)? ?{_SECOND})?"
# So ISO 8601 begins: `PT7H`, `P0DT7H`.
_ISO = r"(?:p(?:0+d)?t)?"
_LASTING = re.compile(
    rf"(\d{{1,4}}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?:{_HOUR})?", re.IGNORECASE
)
_HOURS = re.compile(
    rf"{_ISO}(\d{{1,4}}){_HOUR}(?:{_AND}(\d{{1,2}}) ?(?:m|{_MINUTE}))?{_SECONDS}",
    re.IGNORECASE,
)
_HOURS_AND = re.compile(r"(\d{1,4}) ?[hu] ?([0-5]\d)()", re.IGNORECASE)
# A bare `5 m` may be meters as well.
_MINUTES = re.compile(rf"()(\d{{1,4}}) ?{_MINUTE}{_SECONDS}", re.IGNORECASE)
_ISO_MINUTES = re.compile(
    r"p(?:0+d)?t()(\d{1,4})m(?:(\d{1,2})(?:\.\d+)?s)?", re.IGNORECASE
)
_PART_OF_HOURS = re.compile(rf"(\d{{1,4}}[.,]\d{{1,2}}){_HOUR}", re.IGNORECASE)
_OF_HALF_DAY = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?) ?([ap])\.?m\.?", re.IGNORECASE)
# `7h15` and `7.15 Uhr`; a bare `7.15` is a number.
_CLOCK_IN_WORDS = re.compile(
    r"(\d{1,2})(?: ?h ?([0-5]\d)|\.([0-5]\d) ?uhr)", re.IGNORECASE
)
SIXTY = 60
NOON = 12


def number_of(state: str) -> float | None:
    """Return the state as a finite number, or None."""
    try:
        number = float(state)
    except ValueError:
        written = state.strip().replace(_MINUS, "-")
        if _SPACED.fullmatch(written):
            return float(re.sub(r"[^\d.,+-]", "", written).replace(",", "."))
        if written[:1] == "-" and state.strip()[0] == _MINUS:
            return number_of(written)
        if _WITH_COMMA.fullmatch(written):
            return float(written.replace(".", "").replace(",", "."))
        if _GROUPED.fullmatch(written):
            dot = "" if "," not in written else "."
            return float(written.replace(",", "").replace(".", dot))
        return None
    return number if math.isfinite(number) else None


def lasting(state: str) -> float | None:
    """Return `h:mm`, `h:mm:ss`, `7h 32m` or `7.5 h` in hours, or None."""
    written = state.strip()
    if (part := _PART_OF_HOURS.fullmatch(written)) is not None:
        return float(part[1].replace(",", "."))
    kinds = (_LASTING, _HOURS, _HOURS_AND, _MINUTES, _ISO_MINUTES)
    ways = (each.fullmatch(written) for each in kinds)
    found = next(filter(None, ways), None)
    if found is None:
        return None
    hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return hours + minutes / SIXTY + seconds / SIXTY**2


def clock_of(state: str, zone: tzinfo) -> time | None:
    """Return the time of day of a clock or of a moment, or None.

    A moment that says no zone is one of the wall clock.
    """
    in_words = _CLOCK_IN_WORDS.fullmatch(state.strip())
    written = state.strip().removesuffix(" Uhr")
    found = _LASTING.fullmatch(written)
    halved = _OF_HALF_DAY.fullmatch(written)
    try:
        if halved is not None:
            at = time.fromisoformat(halved[1].zfill(len("00:00")))
            return at.replace(
                hour=_hour_of_day(at.hour, is_late=halved[2] in "pP"), second=0
            )
        if in_words is not None:
            return time(int(in_words[1]), int(in_words[2] or in_words[3]))
        if found is not None:
            return time(int(found[1]), int(found[2]))
        if ":" not in written:
            return None
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return (moment.astimezone(zone) if moment.tzinfo else moment).time()


def _hour_of_day(hour: int, *, is_late: bool) -> int:
    """Return the hour of 24 of one of twelve. Raises ValueError."""
    if not 1 <= hour <= NOON:
        raise ValueError(hour)
    return hour % NOON + (NOON if is_late else 0)


def moment_of(state: str) -> float | None:
    """Return the moment, in seconds of UTC, of a state that says one and its zone."""
    try:
        moment = datetime.fromisoformat(state)
        return moment.timestamp() if moment.tzinfo else None
    except OverflowError, ValueError:
        return None
