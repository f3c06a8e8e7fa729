"""From an entity's spans to those of what is watched of it: pure functions."""

from collections.abc import Sequence
from dataclasses import replace

from .aggregate import Timeline
from .entering import ABSENT, BRIDGED_SECONDS, Span, bridged
from .numerals import number_of
from .packed_records import Packed
from .state_spellings import as_spelled
from .steps import numbers_of
from .watched import MET, NO_VALUE, NOT_MET, Condition, Watched


def as_watched(
    timeline: Timeline,
    watched: Watched,
    states: frozenset[str] = frozenset(),
    *,
    text: bool,
) -> Timeline:
    """Return the timeline as it is watched; a `text` that is not there is a gap.

    `states` are those that were chosen, as the link writes them.
    """
    spans = timeline.spans
    if watched.state_attribute is not None:
        spans = _known_by_now(spans)
    if watched.steps:
        spans = as_spelled(spans, frozenset(watched.steps) - {""})
        spans = in_steps(spans, watched.steps, numbered=watched.numbered)
    if watched.condition is not None:
        spans = as_met(spans, watched.condition)
    elif states:
        spans = as_spelled(spans, states)
    if text and watched.state_attribute is not None:
        spans = Packed(Span._make, (span for span in spans if span.state != NO_VALUE))
    return timeline if spans is timeline.spans else replace(timeline, spans=spans)


def _known_by_now(spans: Sequence[Span]) -> Sequence[Span]:
    """Return spans without those in which an entity that came back knew nothing yet."""
    last = len(spans) - 1
    known = (
        span
        for index, span in enumerate(spans)
        if span.state != NO_VALUE
        or span.end - span.start > BRIDGED_SECONDS
        or not _came_back(spans[index - 1] if index else None, span)
        or (index < last and spans[index + 1].start > span.end)
    )
    return Packed(Span._make, known)


def _came_back(before: Span | None, span: Span) -> bool:
    return before is None or before.end < span.start or before.state in ABSENT


def in_steps(
    spans: Sequence[Span], steps: Sequence[str], *, numbered: bool = False
) -> Sequence[Span]:
    """Return spans with the number of their step; what is none is left as it is."""
    stand_for = numbers_of(steps, numbered=numbered)
    numbers = {step: f"{each:g}" for step, each in stand_for.items()}
    return Packed(
        Span._make,
        (span._replace(state=numbers.get(span.state, span.state)) for span in spans),
    )


def as_met(spans: Sequence[Span], condition: Condition) -> Sequence[Span]:
    """Return spans in which the condition was met, and those in which it was not.

    A stay that was seen for less than the shortest one counts as not met, also where
    a longer gap or the present cuts it short; one that is long enough counts from its
    beginning. An interruption ends a stay, however short: two short stays are none.
    Where there was no number nothing is known, but a state attribute that an entity
    does not have just now meets no condition.
    """
    met = bridged(
        span._replace(state=state, reset=None)
        for span in spans
        if (state := _met(span.state, condition)) is not None
    )
    if condition.stay:
        met = bridged(
            span._replace(state=NOT_MET)
            if span.end - span.start < condition.stay
            else span
            for span in met
        )
    return met


def _met(state: str, condition: Condition) -> str | None:
    number = number_of(state)
    if number is not None:
        return MET if condition.holds(number) else NOT_MET
    return NOT_MET if state == NO_VALUE else None
