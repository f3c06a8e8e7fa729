"""Several entities as one: pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import fsum, inf

from ..ledger.day import Known
from .aggregate import Aggregate, NotTold, Rule, Timeline, Told, Why
from .aggregating import usable
from .entering import Span, bridged
from .packed_records import Packed
from .watched import MET, NOT_MET


@dataclass(frozen=True, slots=True)
class Member:
    """One of several entities; before `since` it certainly did not exist."""

    timeline: Timeline
    since: float = -inf

    def is_missing(self, until: float) -> bool:
        """Return whether it did not exist until then."""
        spans = self.timeline.spans
        return self.since >= until and not (spans and spans[0].start < until)


def any_of(rule: Rule, members: Sequence[Member]) -> tuple[Rule, Timeline]:
    """Return one timeline, and its rule: in a chosen state while any of them is.

    Nothing is known where none is in one and of one of them nothing is known; an
    entity that did not exist was in none.
    """
    first = members[0].timeline
    each = [_in_or_out(rule, member) for member in members]
    spans = bridged(_swept(each))
    reports = sorted(at for member in members for at in member.timeline.reports)
    together = Timeline(spans, first.runs, first.purged, tuple(reports))
    return replace(rule, states=frozenset({MET}), absent_is_gap=True), together


def _in_or_out(rule: Rule, member: Member) -> Sequence[Span]:
    known = bridged(usable(rule, member.timeline.spans))
    begins = known[0].start if known else inf
    runs, spans = member.timeline.runs, Packed(Span._make)
    if runs and runs[0].start < member.since <= begins:
        spans.append(Span(runs[0].start, member.since, NOT_MET))
    for span in known:
        spans.append(span._replace(state=MET if span.state in rule.states else NOT_MET))
    return spans


def _swept(members: Sequence[Sequence[Span]]) -> Iterator[Span]:
    """Yield what holds between any two moments at which one of them changes."""
    moments = sorted(
        {at for spans in members for span in spans for at in (span.start, span.end)}
    )
    places = [0] * len(members)
    for start, end in pairwise(moments):
        states = set()
        for index, spans in enumerate(members):
            while places[index] < len(spans) and spans[places[index]].end <= start:
                places[index] += 1
            here = spans[places[index]] if places[index] < len(spans) else None
            is_known = here is not None and here.start <= start
            states.add(here.state if here is not None and is_known else None)
        if MET in states:
            yield Span(start, end, MET)
        elif None not in states:
            yield Span(start, end, NOT_MET)


def put_together(
    aggregate: Aggregate, told: Sequence[Told | NotTold]
) -> Told | NotTold:
    """Return one value of those of several entities: their sum, or the first, or last.

    Where one cannot be told the sum is not; what never happened has no moment, but does
    not hide that of another one.
    """
    if aggregate in (Aggregate.FIRST_TIME, Aggregate.LAST_TIME):
        happened = [each for each in told if each != NotTold(Why.NOTHING)]
        told = happened or told
    values: list[float] = []
    known: list[Known] = []
    for each in told:
        if isinstance(each, NotTold):
            return each
        assert not isinstance(each.value, str)
        values.append(each.value)
        known.append(each.known)
    if not values:
        return NotTold(Why.NOT_RECORDED)
    match aggregate:
        case Aggregate.EVER | Aggregate.LAST_TIME:
            value = max(values)
        case Aggregate.FIRST_TIME:
            value = min(values)
        case Aggregate.TIMES:
            value = sum(values)
        case _:
            value = fsum(values)
    by_all = Known(
        min(each.seconds for each in known),
        max(each.begins for each in known),
        min(each.ends for each in known),
    )
    return Told(value, by_all)
