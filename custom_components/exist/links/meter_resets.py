"""What a meter says of its own new beginnings, and was ever seen to do: pure functions."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .meter_falls import (
    A_LITTLE_ABOVE,
    ABOUT_ZERO,
    BELOW_FOR_SURE,
    GLITCH_SECONDS,
    falls,
    is_zero_beside,
)
from .readings import History, Reading
from .window import HOUR_SECONDS

# Nothing counts as much again in a tenth of the time that it took before.
TOO_SOON = 10
# What falls so often is no slip.
OFTEN = 3
# So soon it tells of each of its readings that it was reset.
AT_ONCE_SECONDS = 60


class Habits(NamedTuple):
    """What a meter was ever seen to do, which makes all of its days mean the same."""

    tells_resets: bool = False
    goes_below_zero: bool = False
    gives_and_takes: bool = False
    """Whether it falls about as often as it rises, and never to 0."""
    begins_anew: bool = False
    """Whether it ever showed less than before, or far more, where it said so."""
    only_rises: bool = False
    """Whether it often showed more where it said so, a few times just a little."""

    @property
    def resets_in_vain(self) -> bool:
        """Whether it says that it was reset, as of each reading or day, but never is."""
        return self.only_rises and not self.begins_anew

    def joined(self, other: Habits) -> Habits:
        """Return what it does in one of two parts of its history."""
        return Habits(
            self.tells_resets or other.tells_resets,
            self.goes_below_zero or other.goes_below_zero,
            self.gives_and_takes or other.gives_and_takes,
            self.begins_anew or other.begins_anew,
            self.only_rises or other.only_rises,
        )


def habits_of(history: History) -> Habits:
    """Return what the meter does in that part of its history."""
    values = (each.value for each in history.readings if each.value is not None)
    told = begins_anew = grows = False
    little = rises = 0
    for mark, value, since in _steps(history.readings):
        if since is None:
            grows = grows or mark < value
            continue
        told = True
        is_little = mark <= value <= A_LITTLE_ABOVE * mark
        # In no time nothing counts more than it showed.
        begins_anew |= value < mark or not (is_little or since <= AT_ONCE_SECONDS)
        little += is_little and mark < value
        rises += mark < value
    return Habits(
        told,
        any(value < 0 for value in values),
        _gives_and_takes(history),
        begins_anew,
        # A session may be a little longer than the one before, but only now and then.
        (grows and little >= OFTEN) or rises >= 2 * OFTEN,
    )


def began_anew(readings: Sequence[Reading], mark: Reading, index: int) -> bool:
    """Return whether the meter says that it was reset since the mark, and was."""
    reading = readings[index]
    return (
        reading.last_reset is not None
        and reading.last_reset > mark.at
        and (mark.last_reset is None or reading.last_reset > mark.last_reset)
        and not _goes_on(readings, mark, index)
    )


def came_late(readings: Sequence[Reading], mark: Reading, index: int) -> bool:
    """Return whether the meter says that it was reset before the mark, which is older.

    What was shown last was still that of the time before; a clock wobbles by less.
    """
    reading = readings[index]
    return (
        reading.last_reset is not None
        and mark.last_reset is not None
        and reading.last_reset - mark.last_reset >= HOUR_SECONDS
        and reading.last_reset <= mark.at
        and not _goes_on(readings, mark, index)
    )


def _goes_on(readings: Sequence[Reading], mark: Reading, index: int) -> bool:
    """Return whether it counts on, whatever it says.

    Its clock is of another zone, or it takes its own restart for a reset.
    """
    reading = readings[index]
    if None in (mark.value, mark.last_reset, reading.value, reading.last_reset):
        return False
    assert mark.value is not None and mark.last_reset is not None
    assert reading.value is not None and reading.last_reset is not None
    since = reading.at - reading.last_reset
    if not (
        0 < mark.value <= reading.value < 2 * mark.value
        and TOO_SOON * since < mark.at - mark.last_reset
    ):
        return False
    for later in readings[index + 1 :]:
        if later.at > reading.at + HOUR_SECONDS:
            break
        if later.value is not None and later.value < BELOW_FOR_SURE * mark.value:
            # It only says so a little too early.
            return False
    return True


def was_no_reset(readings: Sequence[Reading], mark: Reading, index: int) -> int | None:
    """Return where a meter that says that it was reset shows just the mark again.

    Soon, and in one rise: it does not know what it says.
    """
    reading = readings[index]
    if (
        reading.last_reset is None
        or not mark.value
        or reading.value is None
        or not is_zero_beside(reading.value, mark.value)
    ):
        return None
    for later in range(index + 1, len(readings)):
        following = readings[later]
        if following.at > reading.at + GLITCH_SECONDS:
            return None
        if following.value == mark.value:
            return later
        if following.value not in (None, reading.value):
            return None
    return None


def _gives_and_takes(history: History) -> bool:
    """Return whether it falls about as often as it rises, but not to where it began."""
    taken = sum(
        not over_gap
        and ABOUT_ZERO * mark < (history.readings[index].value or 0.0)
        and (history.readings[index].value or 0.0) < mark - ABOUT_ZERO * mark
        for index, mark, over_gap in falls(history)
    )
    if taken < OFTEN:
        return False
    values = [each.value for each in history.readings if each.value is not None]
    return 2 * taken >= sum(before < value for before, value in pairwise(values))


def _steps(
    readings: Sequence[Reading],
) -> Iterator[tuple[float, float, float | None]]:
    """Return what it showed before and after, and how long ago it says it was reset.

    That is None where it does not say so.
    """
    mark: Reading | None = None
    for index, reading in enumerate(readings):
        if reading.value is None:
            continue
        if mark is not None and mark.value:
            since = None
            if began_anew(readings, mark, index) and reading.last_reset is not None:
                since = reading.at - reading.last_reset
            yield mark.value, reading.value, since
        mark = reading
