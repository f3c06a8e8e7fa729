"""One value of an entity's day: pure functions over what was recorded."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
import math

from ..ledger.day import Known
from .aggregate import (
    ABOUT_STATES,
    NUMERIC,
    OF_REPORTS,
    POINTS,
    STARTING_SECONDS,
    Aggregate,
    NotTold,
    Rule,
    Timeline,
    Told,
    Why,
)
from .counted import Counted
from .entering import (
    ABSENT,
    Span,
    bridged,
    changed,
    entered,
    fired,
    first_of,
    last_of,
    time_in,
    was_in,
    without_emptied,
    without_stepping_off,
)
from .means import mean, mean_direction
from .numerals import lasting, number_of
from .packed_records import Packed
from .power_on import without_starts
from .text_of_day import first_text, last_text, without_older
from .window import HOUR_SECONDS, Window

ENOUGH = 0.5


def tell(rule: Rule, timeline: Timeline, window: Window, now: float) -> Told | NotTold:
    """Return the value of the window's past part."""
    until = min(window.end, now)
    past = until - window.start
    if past <= 0:
        return NotTold(Why.NOT_BEGUN)
    if _covered(timeline.runs, window.start, until) < ENOUGH * past:
        return NotTold(Why.NOT_RECORDED)
    part = Window(window.start, until)
    known = _known(rule, timeline.spans, part)
    inside = Packed(
        Span._make,
        (
            (span.start, min(span.end, until), *span[2:])
            for span in known
            if span.end > window.start and span.start < until
        ),
    )
    if timeline.purged > window.start and not _begins_with(inside, window.start):
        return NotTold(Why.NOT_RECORDED)
    seconds = _covered(inside, window.start, until)
    if seconds < ENOUGH * past and not _told_by_sight(rule, inside, part):
        return NotTold(Why.GAPS)
    told = _value(rule, known, inside, timeline, part, window)
    if isinstance(told, NotTold):
        return told
    begins = max(inside[0].start, window.start)
    return replace(told, known=Known(seconds, begins, inside[-1].end))


def _begins_with(inside: Sequence[Span], start: float) -> bool:
    """Return whether the state at the start is known."""
    return bool(inside) and inside[0].start <= start


def _told_by_sight(rule: Rule, inside: Sequence[Span], part: Window) -> bool:
    if rule.aggregate is Aggregate.EVER and not rule.of_events:
        return was_in(rule.states, inside, part, rule.put_back)
    if rule.only_new and rule.aggregate in OF_REPORTS:
        return bool(inside)
    return rule.aggregate in POINTS and bool(inside)


def _covered(pieces: Sequence[Window | Span], start: float, end: float) -> float:
    return sum(
        max(0.0, min(piece.end, end) - max(piece.start, start)) for piece in pieces
    )


def _known(rule: Rule, spans: Sequence[Span], part: Window) -> Sequence[Span]:
    """Return the usable spans, with the last one before the part and the next after."""
    first = bisect_left(spans, part.start, key=lambda span: span.end)
    known = Packed(Span._make)
    for index in range(first - 1, -1, -1):
        if _is_usable(rule, spans[index]):
            known.append(spans[index])
            break
    for span in spans[first:]:
        if _is_usable(rule, span):
            known.append(span)
            if span.start >= part.end:
                break
    if rule.aggregate in ABOUT_STATES and rule.states and not rule.of_events:
        return bridged(known)
    if rule.starts_with is not None:
        return without_starts(known, rule.starts_with)
    return known


def usable(rule: Rule, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans that say something to the rule."""
    return (span for span in spans if _is_usable(rule, span))


def _is_usable(rule: Rule, span: Span) -> bool:
    if rule.aggregate in NUMERIC and not rule.text:
        number = number_of(span.state)
        return number is not None and rule.takes(number)
    if span.state not in ABSENT:
        # How long may be written as a text, and has the same bounds.
        return not rule.text or rule.clock or rule.takes(lasting(span.state))
    # A button that is away is not pressed.
    if rule.text or not rule.states or rule.of_events:
        return not rule.text
    return not span.starting and (not rule.absent_is_gap or span.state in rule.states)


def _value(
    rule: Rule,
    known: Sequence[Span],
    inside: Sequence[Span],
    timeline: Timeline,
    part: Window,
    window: Window,
) -> Told | NotTold:
    if rule.aggregate in ABOUT_STATES:
        return _of_states(rule, known, inside, part)
    if rule.only_new and rule.aggregate in OF_REPORTS:
        inside = _reported(rule, known, timeline, part)
        if rule.aggregate is Aggregate.LAST and not rule.clock:
            inside = without_emptied(inside, window)
            if rule.above is not None:
                inside = without_stepping_off(inside)
    if not inside:
        return NotTold(Why.NOTHING)
    if rule.text:
        if rule.clock:
            inside = without_older(inside, window)
        if rule.aggregate is Aggregate.FIRST:
            return Told(first_text(inside, rule.unsaid, window))
        return Told(last_text(inside, rule.unsaid, window))
    values = [number_of(span.state) or 0.0 for span in inside]
    match rule.aggregate:
        case Aggregate.LAST:
            return Told(values[-1])
        case Aggregate.FIRST:
            return Told(values[0])
        case Aggregate.MINIMUM:
            return Told(min(values))
        case Aggregate.MAXIMUM:
            return Told(max(values))
        case Aggregate.MEAN:
            weights = [span.end - max(span.start, part.start) for span in inside]
            return mean_of(rule, values, weights)
        case _:
            return Told(values[-1] - values[0])


def _reported(
    rule: Rule, known: Sequence[Span], timeline: Timeline, part: Window
) -> Sequence[Span]:
    """Return the usable spans in which something new was reported in that part."""
    found = Packed(Span._make)
    before: Span | None = None
    yesterdays = 0.0
    for span in known:
        since = max(span.start, part.start)
        number = number_of(span.state) if rule.of_a_day else None
        if number is not None and span.start < part.start:
            yesterdays = number
        elif number is not None and number < yesterdays:
            yesterdays = 0.0
        if yesterdays:
            # In the day's first hour comes what is left of the day before.
            since = max(since, part.start + HOUR_SECONDS)
        first = bisect_left(timeline.reports, since)
        if _is_held(before, span, timeline):
            first = max(first, bisect_right(timeline.reports, span.start))
        ends = min(span.end, part.end)
        if first < len(timeline.reports) and timeline.reports[first] < ends:
            found.append(span)
        before = span
    return found


def _is_held(before: Span | None, span: Span, timeline: Timeline) -> bool:
    """Return whether a span begins with what there was before a start or an absence."""
    if before is not None and _is_same(before.state, span.state):
        return before.end < span.start and not _was_emptied(before, span, timeline)
    if before is not None:
        return False
    # What was there before is not known: a start records all anew.
    return any(0 <= span.start - run.start < STARTING_SECONDS for run in timeline.runs)


def _was_emptied(before: Span, span: Span, timeline: Timeline) -> bool:
    """Return whether it was something else between the two, which is no reading."""
    first = bisect_left(timeline.spans, before.end, key=lambda each: each.start)
    for between in timeline.spans[first:]:
        if between.start >= span.start:
            break
        if between.state not in ABSENT and number_of(between.state) is None:
            return True
    return False


def _is_same(state: str, other: str) -> bool:
    """Return whether two states say the same, however many digits they have."""
    number = number_of(state)
    return state == other or (number is not None and number == number_of(other))


def mean_of(
    rule: Rule, values: Sequence[float], weights: Sequence[float]
) -> Told | NotTold:
    """Return the mean of numbers that each lasted so long."""
    if not rule.of_a_circle:
        return Told(mean(values, weights))
    direction = mean_direction(values, weights)
    return NotTold(Why.UNSURE) if direction is None else Told(direction)


def _of_states(
    rule: Rule, known: Sequence[Span], inside: Sequence[Span], part: Window
) -> Told | NotTold:
    states = rule.states
    if rule.aggregate is Aggregate.TIME_IN:
        return Told(time_in(inside, states, *part))
    if rule.of_events:
        happened = fired(known, states, part)
    else:
        happened = entered(known, states, part) if states else changed(known, part)
    match rule.aggregate:
        case Aggregate.EVER:
            is_state = not rule.of_events
            here = is_state and was_in(states, inside, part, rule.put_back)
            return Told(int(here or bool(happened.moments)))
        case Aggregate.TIMES:
            if happened.doubts:
                return NotTold(Why.UNSURE)
            return Told(len(happened.moments))
        case Aggregate.FIRST_TIME:
            moment = first_of(happened)
        case _:
            moment = last_of(happened)
    if moment is not None:
        return Told(moment)
    return NotTold(Why.UNSURE if happened.doubts else Why.NOTHING)


def tell_counted(
    counted: Counted, timeline: Timeline | None, window: Window, now: float
) -> Told | NotTold:
    """Return what a meter counted in the window's past part.

    The timeline is that of its states; hours have none.
    """
    part = Window(window.start, min(window.end, now))
    if part.end <= part.start:
        return NotTold(Why.NOT_BEGUN)
    held = counted.held_in(part)
    if not held:
        ran = _covered(timeline.runs, *part) if timeline else 0.0
        return NotTold(Why.GAPS if 2 * ran >= part.seconds else Why.NOT_RECORDED)
    if (
        timeline is not None
        and timeline.purged > part.start
        and counted.held[0].start > part.start
    ):
        return NotTold(Why.NOT_RECORDED)
    value = counted.within(part)
    if value is None:
        return NotTold(Why.UNSURE)
    seconds = math.fsum(each.seconds for each in held)
    return Told(value, Known(seconds, held[0].start, held[-1].end))
