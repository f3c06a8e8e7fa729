"""From spans and from hourly rows to the readings of a meter: pure functions."""

from collections.abc import Sequence
from datetime import tzinfo
from itertools import pairwise

from .aggregate import Hour, Timeline
from .numerals import number_of
from .packed_records import Packed
from .readings import History, Reading
from .window import HOUR_SECONDS, Window


def history_of_states(timeline: Timeline, zones: tuple[tzinfo, ...]) -> History:
    """Return what a meter showed, by its recorded states."""
    readings = Packed(Reading._make)
    ends: float | None = None
    for span in timeline.spans:
        if ends is not None and span.start > ends:
            readings.append((ends, None, None, None))
        readings.append((span.start, number_of(span.state), span.reset, None))
        ends = span.end
    if ends is not None:
        readings.append((ends, None, None, None))
    off = tuple(
        Window(before.end, after.start) for before, after in pairwise(timeline.runs)
    )
    return History(readings, off, zones)


def history_of_hours(
    hours: Sequence[Hour], zones: tuple[tzinfo, ...], runs: tuple[Window, ...] = ()
) -> History:
    """Return what a meter showed at the end of each hour, by hourly statistics.

    An hour without a row is one in which it was away; `runs` are those of the recorder
    that are still known.
    """
    readings: list[Reading] = []
    for hour in hours:
        if hour.state is None:
            continue
        ends = hour.start + HOUR_SECONDS
        if readings and hour.start > readings[-1].at + 1:
            readings.append(Reading(readings[-1].at + 1, None))
        # Just before the next hour, so that it lies within its own day.
        readings.append(Reading(ends - 1, hour.state, hour.last_reset, hour.sum))
    if readings:
        readings.append(Reading(readings[-1].at + 1, None))
    off = tuple(
        Window(before.at, after.at)
        for before, after in pairwise(readings)
        if before.value is None
    )
    return History(tuple(readings), off, zones, hourly=True, on=runs)
