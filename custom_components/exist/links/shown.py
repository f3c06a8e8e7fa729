"""From spans and from hourly rows to the readings of a meter: pure functions."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from itertools import pairwise

from .aggregate import Hour, Timeline
from .entering import Span
from .meter_falls import DAY_SECONDS
from .numerals import number_of
from .packed_records import Packed
from .readings import History, Reading, end_of
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


def without_wrong(
    timeline: Timeline, wrong: Sequence[Window], window: Window
) -> Timeline:
    """Return what was shown about that time, but for what a meter cannot have shown."""
    if not wrong:
        return timeline
    first = bisect_left(
        timeline.spans, window.start - DAY_SECONDS, key=lambda span: span.end
    )
    spans = Packed(Span._make)
    for span in timeline.spans[first:]:
        if span.start >= window.end + DAY_SECONDS:
            break
        at = bisect_right(wrong, span.start, key=end_of)
        if at == len(wrong) or span.start < wrong[at].start:
            spans.append(span)
    return replace(timeline, spans=spans)
