"""What hourly rows do not show of a meter, and what betrays it: pure functions."""

from itertools import pairwise
from math import inf

from .meter_falls import UNDONE, is_first_hour, is_zero_beside
from .readings import History, ReadingKind

# With fewer hours in which it counted nobody knows what is usual.
ENOUGH_HOURS = 12
# Of those hours: what all but the busiest count at most, and how much more may be.
MOST = 0.95
UNUSUAL = 3.0


def most_of_an_hour(history: History) -> float:
    """Return how much the meter may count in an hour, judged by its other hours.

    Hours beside a fall or an absence are left out: after a glitch at an hour's end all
    that was ever counted comes back in the next one.
    """
    rises: list[float | None] = [None]
    for mark, reading in pairwise(history.readings):
        rise = None
        if mark.value is not None and reading.value is not None:
            rise = reading.value - mark.value
        rises.append(None if rise is None or rise < 0 else rise)
    rises.append(None)
    usual = sorted(
        rise
        for index, rise in enumerate(rises)
        if rise and rises[index - 1] is not None and rises[index + 1] is not None
    )
    if len(usual) < ENOUGH_HOURS:
        return inf
    return UNUSUAL * usual[int(MOST * len(usual))]


def is_undone_next(
    history: History, kind: ReadingKind, mark: float, index: int
) -> bool:
    """Return whether the hour after a fall may be back where it was.

    Whether it fell at the hour's end only, or began anew and counted as much in one
    hour, no row says; but a daily total does begin anew at midnight.
    """
    low = history.readings[index].value
    following = history.readings[index + 1 :][:1]
    if low is None or not following or following[0].value is None:
        return False
    if kind is ReadingKind.NET_TOTAL and not is_zero_beside(low, mark):
        return False
    if kind is ReadingKind.DAILY_TOTAL and is_first_hour(
        history, history.readings[index]
    ):
        return False
    return following[0].value >= low + UNDONE * (mark - low)
