"""Rises of a meter that count nothing of what was used: pure functions."""

from collections.abc import Sequence

from .meter_falls import A_LITTLE_ABOVE, GLITCH_SECONDS, comes_back, falls
from .readings import SHORTEST_DAY_SECONDS, History, Reading, ReadingKind

# An old meter counts little beside what it shows, and never so many times that at once,
# nor more than it showed if that is so many times what it counted in at least a day.
OLD = 0.8
BEYOND = 10
BEYOND_COUNTED = 30


def first_index(history: History, kind: ReadingKind) -> int:
    """Return where to begin: not with a 0 of which what follows shows that it was none.

    Of a total that reads 0 now and then, or that showed all it had ever counted soon
    after it was first seen.
    """
    readings = history.readings
    seen = [index for index, each in enumerate(readings) if each.value is not None]
    if kind is not ReadingKind.RUNNING_TOTAL or not seen or readings[seen[0]].value:
        return 0
    first = next((index for index in seen if readings[index].value), 0)
    is_glitchy = _was_all_at_once(readings, seen[0], first) or any(
        comes_back(history, index, mark) is not None
        for index, mark, _ in falls(history)
    )
    return first if is_glitchy else 0


def _was_all_at_once(readings: Sequence[Reading], zero: int, first: int) -> bool:
    """Return whether it rose from its first 0 by more than it ever counted since."""
    start = readings[first].value or 0.0
    most = max(each.value or 0.0 for each in readings[first:])
    return (
        readings[first].at - readings[zero].at <= GLITCH_SECONDS
        and most - start < start
    )


def is_beyond_all(readings: Sequence[Reading], mark: Reading, index: int) -> bool:
    """Return whether a meter that is old shows many times all that it ever counted."""
    value, was = readings[index].value, mark.value
    if value is None or was is None or was <= 0 or value <= 2 * was:
        return False
    first = next(each for each in readings if each.value is not None)
    if mark.at - first.at < SHORTEST_DAY_SECONDS:
        return False
    shown = [each.value for each in readings[:index] if each.value is not None]
    counted = was - min(shown)
    if max(shown) > was or min(shown) < OLD * was:
        return False
    return value > BEYOND * was or 0 < BEYOND_COUNTED * counted < value - was


def put_right(readings: Sequence[Reading], index: int, mark: float) -> int | None:
    """Return where what rose from the mark beyond all is back at it."""
    for later in range(index + 1, len(readings)):
        value = readings[later].value
        if value is not None and mark <= value <= A_LITTLE_ABOVE * mark:
            return later
    return None
