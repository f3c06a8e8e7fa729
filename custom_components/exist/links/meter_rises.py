"""Rises of a meter that count nothing of what was used: pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from .meter_falls import (
    A_LITTLE_ABOVE,
    DAY_SECONDS,
    GLITCH_HOURS_SECONDS,
    GLITCH_SECONDS,
    comes_back,
    falls,
    is_back_at,
    level_before,
)
from .readings import SHORTEST_DAY_SECONDS, History, Reading, ReadingKind

# An old meter counts little beside what it shows, and never so many times that at once,
# nor more than it showed if that is so many times what it counted in at least a day.
OLD = 0.8
BEYOND = 10
BEYOND_COUNTED = 30
# Of what it usually counts in that time.
FAST = 3
# Nothing shows so many times at once what it showed at most.
BEYOND_EVER = 300


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


@dataclass(slots=True)
class SoFar:
    """What a meter showed since it is watched, but for what was left out."""

    since: float = inf
    least: float = inf
    most: float = -inf

    watched: float = 0.0
    """For how many seconds it was seen."""

    def note(self, at: float, value: float, seen: float | None) -> None:
        """Remember one more reading, and since when it was seen without an absence."""
        if seen is not None:
            self.watched += at - seen
        self.since = min(self.since, at)
        self.least = min(self.least, value)
        self.most = max(self.most, value)

    def note_least(self, value: float) -> None:
        """Remember a reading that was left out, so that it is no old one."""
        self.least = min(self.least, value)

    def is_old(self, mark: Reading) -> bool:
        """Return whether it counted little beside what it shows, in a day or more."""
        return (
            mark.value is not None
            and mark.value > 0
            and mark.at - self.since >= SHORTEST_DAY_SECONDS
            and self.least >= OLD * mark.value
        )

    def may_count(self, amount: float, seconds: float) -> bool:
        """Return whether it ever counted about so much in so many seconds."""
        counted = self.most - self.least
        return (
            self.watched < SHORTEST_DAY_SECONDS
            or amount * self.watched <= FAST * counted * seconds
        )

    def is_exceeded(self, mark: Reading, reading: Reading) -> bool:
        """Return whether an old one shows many times all that it ever counted.

        Or much more than it did, and many times what it counts in such a time.
        """
        value, was = reading.value, mark.value
        if value is None or was is None or not self.is_old(mark) or self.most > was:
            return False
        counted, rise = was - self.least, value - was
        if value > 2 * was and (value > BEYOND * was or _is_many_times(rise, counted)):
            return True
        usual = self._usual(mark, reading)
        return value > A_LITTLE_ABOVE * was and _is_many_times(rise, usual)

    def is_beyond(self, mark: Reading, reading: Reading) -> bool:
        """Return whether what an old one shows is many times what it counts meanwhile.

        So it did not begin anew at 0.
        """
        value = reading.value
        return (
            value is not None
            and self.is_old(mark)
            and _is_many_times(value, self._usual(mark, reading))
        )

    def _usual(self, mark: Reading, reading: Reading) -> float:
        """Return what it usually counts from the mark to the reading, or in a day."""
        days = max(1.0, (reading.at - mark.at) / DAY_SECONDS)
        counted = (mark.value or 0.0) - self.least
        return counted * DAY_SECONDS / max(self.watched, 1.0) * days

    def is_far_exceeded(self, mark: Reading, reading: Reading) -> bool:
        """Return whether it shows at once what nothing comes to, in a day or more."""
        return (
            reading.value is not None
            and self.watched >= SHORTEST_DAY_SECONDS
            and 0 < BEYOND_EVER * self.most < reading.value
        )


def _is_many_times(rise: float, counted: float) -> bool:
    return 0 < BEYOND_COUNTED * counted < rise


def was_spike(history: History, kind: ReadingKind, mark: Reading, index: int) -> bool:
    """Return whether the mark was a rise that the reading undoes at once."""
    readings = history.readings
    within = GLITCH_HOURS_SECONDS if history.hourly else GLITCH_SECONDS
    gap = history.gap(mark.at, index)
    low = level_before(readings, index, within, until=gap)
    assert mark.value is not None
    if (
        kind is ReadingKind.NET_TOTAL
        or low is None
        or not is_back_at(low, mark.value, readings[index].value)
        # What is only a little lower afterwards has lost what it counted last.
        or (gap is not None and mark.value <= A_LITTLE_ABOVE * low)
    ):
        return False
    since = (readings[index].at if gap is None else gap) - within
    return kind is not ReadingKind.DAILY_TOTAL or not (
        history.over_midnight(since, readings[index].at)
    )


def calm_again(readings: Sequence[Reading], index: int) -> int | None:
    """Return where it shows far less than what it cannot have counted."""
    jumped = readings[index].value or 0.0
    for later in range(index + 1, len(readings)):
        value = readings[later].value
        if value is not None and BEYOND * value < jumped:
            return later
    return None


def put_right(readings: Sequence[Reading], index: int, mark: float) -> int | None:
    """Return where what rose from the mark beyond all is back at it."""
    for later in range(index + 1, len(readings)):
        value = readings[later].value
        if value is not None and mark <= value <= A_LITTLE_ABOVE * mark:
            return later
    return None
