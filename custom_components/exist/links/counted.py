"""What a meter counted, and when it showed a number: pure data and functions."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from .readings import History, end_of
from .window import Window

# Of a day's value: so little may be in doubt.
ALMOST = 0.02


@dataclass(frozen=True, slots=True)
class Counted:
    """What a meter counted, moment by moment; `blind` moments make no day told."""

    moments: Sequence[float]
    amounts: Sequence[float]
    blind: tuple[float, ...]
    held: tuple[Window, ...]
    """When it showed a number."""
    below_zero: bool
    doubts: tuple[tuple[float, float], ...] = ()
    """Moments, and how much of what was counted then may have been counted twice."""
    left_out: Sequence[Window] = ()
    """When it showed what it cannot have counted."""

    def held_in(self, window: Window) -> list[Window]:
        """Return when in the window it showed a number."""
        held: list[Window] = []
        for each in self.held[bisect_right(self.held, window.start, key=end_of) :]:
            if each.start >= window.end:
                break
            held.append(
                Window(max(each.start, window.start), min(each.end, window.end))
            )
        return held

    def within(self, window: Window) -> float | None:
        """Return what was counted in the window, or None where that is not told."""
        if not self.held_in(window):
            return None
        if any(window.start <= moment < window.end for moment in self.blind):
            return None
        total = fsum(
            self.amounts[
                bisect_left(self.moments, window.start) : bisect_left(
                    self.moments, window.end
                )
            ]
        )
        doubt = fsum(
            amount for at, amount in self.doubts if window.start <= at < window.end
        )
        if doubt > ALMOST * abs(total):
            return None
        return total if self.below_zero else max(total, 0.0)


def held_of(history: History, wrong: Sequence[Window] = ()) -> Iterator[Window]:
    """Return when a number was shown that was not wrong, one after another joined."""
    readings = history.readings
    start: float | None = None
    for index, reading in enumerate(readings):
        ends: float | None = None
        if reading.value is None:
            ends = reading.at
        elif start is None:
            start = reading.at
        if start is not None and index + 1 == len(readings) and ends is None:
            ends = float("inf")
        if start is not None and ends is not None:
            for each in without(Window(start, ends), history.off):
                yield from without(each, wrong)
            start = None


def without(window: Window, gaps: Sequence[Window]) -> Iterator[Window]:
    """Return what is left of a window beside some gaps that are in order."""
    start = window.start
    for each in gaps[bisect_left(gaps, start, key=end_of) :]:
        if each.start >= window.end:
            break
        if each.start > start:
            yield Window(start, each.start)
        start = max(start, each.end)
    if start < window.end:
        yield Window(start, window.end)
