"""What entities show while Home Assistant starts, which they are not: pure functions."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from homeassistant.const import STATE_UNKNOWN

from .entering import ABSENT, Span
from .packed_records import Packed
from .window import Window

# What depends on others knows by then what they are.
FALSE_START_SECONDS = 120.0


def without_false_starts(
    spans: Sequence[Span], runs: Sequence[Window]
) -> Sequence[Span]:
    """Return spans in which a start is unknown until what was before it is back.

    A person is away until a router says otherwise, a template off until it is computed.
    """
    false = {index for run in runs for index in _false_start(spans, run.start)}
    if not false:
        return spans
    return Packed(
        Span._make,
        (
            Span(span.start, span.end, STATE_UNKNOWN, starting=True)
            if index in false
            else span
            for index, span in enumerate(spans)
        ),
    )


def _false_start(spans: Sequence[Span], start: float) -> list[int]:
    """Return the places of what was shown at that start before the state came back."""
    first = bisect_left(spans, start, key=lambda span: span.start)
    before = next(
        (
            spans[index].state
            for index in range(first - 1, -1, -1)
            if spans[index].state not in ABSENT
        ),
        None,
    )
    # A start may also record once more what was there.
    until = bisect_right(
        spans, start + FALSE_START_SECONDS, lo=first, key=lambda span: span.start
    )
    back = max(
        (index for index in range(first, until) if spans[index].state == before),
        default=first,
    )
    return [index for index in range(first, back) if spans[index].state != before]
