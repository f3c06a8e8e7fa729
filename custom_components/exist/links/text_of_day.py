"""Which text is that of a day: pure functions."""

from collections.abc import Sequence

from .entering import EMPTIED_SECONDS, Span
from .numerals import moment_of
from .window import HOUR_SECONDS, Window

# A night that is told in the morning began on the day before, after midday.
OF_NIGHT_SECONDS = 12 * HOUR_SECONDS


def without_older(spans: Sequence[Span], window: Window) -> Sequence[Span]:
    """Return spans without moments of long before the day, which were only told late."""
    earliest = window.start - OF_NIGHT_SECONDS
    return [
        span
        for span in spans
        if (moment := moment_of(span.state)) is None or moment >= earliest
    ]


def first_text(spans: Sequence[Span], unsaid: frozenset[str], window: Window) -> str:
    """Return the first text that says something, or an empty one.

    What is emptied when the day has just begun is that of the day before.
    """
    is_said = [bool(span.state) and span.state not in unsaid for span in spans]
    if (
        not all(is_said[:2])
        and spans[0].start < window.start
        and spans[0].end < window.start + EMPTIED_SECONDS
    ):
        spans, is_said = spans[1:], is_said[1:]
    said = (span.state for span, each in zip(spans, is_said, strict=True) if each)
    return next(said, "")


def last_text(spans: Sequence[Span], unsaid: frozenset[str], window: Window) -> str:
    """Return the last text; it is none where it was emptied in the end.

    What is emptied just before the day ends only makes room for the next one.
    """
    for span in reversed(spans):
        if span.state and span.state not in unsaid:
            return span.state
        if span.start < window.end - EMPTIED_SECONDS:
            break
    return ""
