"""What a meter says of its own new beginnings, and was ever seen to do: pure functions."""

from collections.abc import Sequence
from typing import NamedTuple

from .meter_falls import GLITCH_SECONDS, is_zero_beside
from .readings import History, Reading
from .window import HOUR_SECONDS

# Nothing counts as much again in a tenth of the time that it took before.
TOO_SOON = 10


class Habits(NamedTuple):
    """What a meter was ever seen to do, which makes all of its days mean the same."""

    tells_resets: bool = False
    goes_below_zero: bool = False

    def joined(self, other: Habits) -> Habits:
        """Return what it does in one of two parts of its history."""
        return Habits(
            self.tells_resets or other.tells_resets,
            self.goes_below_zero or other.goes_below_zero,
        )


def habits_of(history: History) -> Habits:
    """Return what the meter does in that part of its history."""
    values = (each.value for each in history.readings if each.value is not None)
    return Habits(_tells_resets(history.readings), any(value < 0 for value in values))


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
        if later.at > reading.at + GLITCH_SECONDS:
            break
        if later.value is not None and is_zero_beside(later.value, mark.value):
            # It only says so a little too early.
            return False
    return True


def _tells_resets(readings: Sequence[Reading]) -> bool:
    """Return whether it ever said so while it was watched."""
    mark: Reading | None = None
    for index, reading in enumerate(readings):
        if reading.value is None:
            continue
        if mark is not None and mark.value and began_anew(readings, mark, index):
            return True
        mark = reading
    return False
