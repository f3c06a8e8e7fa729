"""Numbers and clocks as people and devices write them: pure functions."""

from datetime import datetime, time, tzinfo
import math
import re

# A comma with three digits after it may group thousands as well: that is no number.
_WITH_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*),(\d{1,2}|\d{4,})")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+")
_LASTING = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?")
SIXTY = 60


def number_of(state: str) -> float | None:
    """Return the state as a finite number, or None."""
    try:
        number = float(state)
    except ValueError:
        written = state.strip()
        if _WITH_COMMA.fullmatch(written):
            return float(written.replace(".", "").replace(",", "."))
        if _GROUPED.fullmatch(written):
            return float(written.replace(",", ""))
        return None
    return number if math.isfinite(number) else None


def lasting(state: str) -> float | None:
    """Return `h:mm` or `h:mm:ss` in hours, or None."""
    found = _LASTING.fullmatch(state.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return hours + minutes / SIXTY + seconds / SIXTY**2


def clock_of(state: str, zone: tzinfo) -> time | None:
    """Return the time of day of a clock or of a moment, or None.

    A moment that says no zone is one of the wall clock.
    """
    written = state.strip()
    found = _LASTING.fullmatch(written)
    try:
        if found is not None:
            return time(int(found[1]), int(found[2]))
        if ":" not in written:
            return None
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return (moment.astimezone(zone) if moment.tzinfo else moment).time()


def moment_of(state: str) -> float | None:
    """Return the moment, in seconds of UTC, of a state that says one and its zone."""
    try:
        moment = datetime.fromisoformat(state)
        return moment.timestamp() if moment.tzinfo else None
    except OverflowError, ValueError:
        return None
