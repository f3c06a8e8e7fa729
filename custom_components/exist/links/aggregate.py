"""One value of an entity's day: pure functions over what was recorded."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
import math
from typing import NamedTuple

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN

from ..ledger.day import Growth, Known
from .window import HOUR_SECONDS, Window

ENOUGH = 0.5
# A meter that falls below this share of what it showed began anew; less is a jump
# back. The share is the one that Home Assistant's own statistics use.
RESET_BELOW = 0.9
ABSENT = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


class Aggregate(StrEnum):
    """The rule that makes one value of an entity's day."""

    LAST = "last"
    FIRST = "first"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    MEAN = "mean"
    SUM = "sum"
    DIFFERENCE = "difference"
    TIME_IN = "time_in"
    TIMES = "times"
    FIRST_TIME = "first_time"
    LAST_TIME = "last_time"
    EVER = "ever"


NUMERIC = frozenset(
    {
        Aggregate.LAST,
        Aggregate.FIRST,
        Aggregate.MINIMUM,
        Aggregate.MAXIMUM,
        Aggregate.MEAN,
        Aggregate.SUM,
        Aggregate.DIFFERENCE,
    }
)
ABOUT_STATES = frozenset(Aggregate) - NUMERIC
# What one sight of the entity tells; the recorder must have run all the same.
POINTS = frozenset({Aggregate.LAST, Aggregate.FIRST})


# Whether a value made of less of the day can be the better one.
GROWTH = {
    Aggregate.EVER: Growth.UP,
    Aggregate.MAXIMUM: Growth.UP,
    Aggregate.SUM: Growth.UP,
    Aggregate.TIME_IN: Growth.UP,
    Aggregate.TIMES: Growth.UP,
    Aggregate.MINIMUM: Growth.DOWN,
    Aggregate.LAST: Growth.END,
    Aggregate.LAST_TIME: Growth.END,
    Aggregate.FIRST: Growth.NONE,
    Aggregate.FIRST_TIME: Growth.NONE,
    Aggregate.MEAN: Growth.NONE,
    Aggregate.DIFFERENCE: Growth.NONE,
}


class Why(StrEnum):
    """Why a day has no value."""

    NOT_BEGUN = "not_begun"
    NOT_RECORDED = "not_recorded"
    """The recorder ran for less than half of the day's past part."""
    GAPS = "gaps"
    """The entity had no usable state for more than half of it."""
    NOTHING = "nothing"
    """Nothing of the kind happened, which no value says."""
    OUT_OF_RANGE = "out_of_range"
    WRONG_UNIT = "wrong_unit"


@dataclass(frozen=True, slots=True)
class Told:
    """A day's value in the entity's own unit, and what it comes from.

    Seconds for time in a state, seconds of UTC for times of entering.
    """

    value: float | str
    known: Known = field(default=Known(0.0, 0.0, 0.0), compare=False)


@dataclass(frozen=True, slots=True)
class NotTold:
    """A day that has no value, and why."""

    why: Why


class Span(NamedTuple):
    """A recorded state from `start` up to `end`, in seconds of UTC."""

    start: float
    end: float
    state: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that was recorded of an entity: its spans, and when the recorder ran.

    Both in order and without overlap; where no span is, nothing is known. States
    before `purged` were there and are deleted.
    """

    spans: tuple[Span, ...] = ()
    runs: tuple[Window, ...] = ()
    purged: float = -math.inf


@dataclass(frozen=True, slots=True)
class Rule:
    """An aggregate, and how it takes the entity's states.

    Without `states`, every change counts as entering: buttons and events.
    """

    aggregate: Aggregate
    states: frozenset[str] = frozenset()
    absent_is_gap: bool = True
    text: bool = False


class Hour(NamedTuple):
    """One row of hourly statistics; `sum` as it stood at the hour's end."""

    start: float
    mean: float | None
    minimum: float | None
    maximum: float | None
    sum: float | None


def tell(rule: Rule, timeline: Timeline, window: Window, now: float) -> Told | NotTold:
    """Return the value of the window's past part."""
    until = min(window.end, now)
    past = until - window.start
    if past <= 0:
        return NotTold(Why.NOT_BEGUN)
    if _covered(timeline.runs, window.start, until) < ENOUGH * past:
        return NotTold(Why.NOT_RECORDED)
    known = list(_known(rule, timeline.spans, window.start, until))
    inside = [span for span in known if span.end > window.start]
    if timeline.purged > window.start and not _begins_with(inside, window.start):
        return NotTold(Why.NOT_RECORDED)
    seconds = _covered(inside, window.start, until)
    if seconds < ENOUGH * past and not _told_by_sight(rule, inside):
        return NotTold(Why.GAPS)
    told = _value(rule, known, inside, window.start)
    if isinstance(told, NotTold):
        return told
    begins = max(inside[0].start, window.start)
    return replace(told, known=Known(seconds, begins, inside[-1].end))


def _begins_with(inside: Sequence[Span], start: float) -> bool:
    """Return whether the state at the start is known."""
    return bool(inside) and inside[0].start <= start


def _told_by_sight(rule: Rule, inside: Sequence[Span]) -> bool:
    if rule.aggregate is Aggregate.EVER:
        return bool(rule.states) and any(span.state in rule.states for span in inside)
    return rule.aggregate in POINTS and bool(inside)


def _covered(pieces: Sequence[Window | Span], start: float, end: float) -> float:
    return sum(
        max(0.0, min(piece.end, end) - max(piece.start, start)) for piece in pieces
    )


def _known(
    rule: Rule, spans: Sequence[Span], start: float, until: float
) -> Iterator[Span]:
    """Return the usable spans up to now, with the one that lasts to the start."""
    first = bisect_left(spans, start, key=lambda span: span.end)
    for span in spans[first:]:
        if span.start >= until:
            break
        if rule.aggregate in NUMERIC and not rule.text:
            if number_of(span.state) is None:
                continue
        elif span.state in ABSENT and _is_gap(rule):
            continue
        yield span._replace(end=min(span.end, until))


def _is_gap(rule: Rule) -> bool:
    """Return whether absence hides the state; a button that is away is not pressed."""
    return rule.text or (rule.absent_is_gap and bool(rule.states))


def number_of(state: str) -> float | None:
    """Return the state as a finite number, or None."""
    try:
        number = float(state)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _value(
    rule: Rule, known: Sequence[Span], inside: Sequence[Span], start: float
) -> Told | NotTold:
    if rule.aggregate in ABOUT_STATES:
        return _of_states(rule, known, inside, start)
    if not inside:
        return NotTold(Why.NOTHING)
    if rule.text:
        index = 0 if rule.aggregate is Aggregate.FIRST else -1
        return Told(inside[index].state)
    values = [float(span.state) for span in inside]
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
            return Told(_mean(inside, values, start))
        case Aggregate.SUM:
            return Told(increases([float(span.state) for span in known]))
        case _:
            return Told(values[-1] - values[0])


def _mean(inside: Sequence[Span], values: Sequence[float], start: float) -> float:
    weights = [span.end - max(span.start, start) for span in inside]
    return math.sumprod(weights, values) / math.fsum(weights)


def increases(readings: Sequence[float]) -> float:
    """Return what a meter counted: began anew it counts from 0, jumps back do not."""
    total = 0.0
    mark: float | None = None
    for reading in readings:
        if mark is None:
            mark = reading
        elif reading >= mark:
            total += reading - mark
            mark = reading
        elif reading < RESET_BELOW * mark:
            total += max(reading, 0.0)
            mark = reading
    return total


def _of_states(
    rule: Rule, known: Sequence[Span], inside: Sequence[Span], start: float
) -> Told | NotTold:
    if rule.aggregate is Aggregate.TIME_IN:
        return Told(
            math.fsum(
                span.end - max(span.start, start)
                for span in inside
                if span.state in rule.states
            )
        )
    moments = list(_entered(rule, known, start))
    match rule.aggregate:
        case Aggregate.TIMES:
            return Told(len(moments))
        case Aggregate.EVER:
            here = any(span.state in rule.states for span in inside)
            return Told(int(here or bool(moments)))
        case Aggregate.FIRST_TIME if moments:
            return Told(moments[0])
        case Aggregate.LAST_TIME if moments:
            return Told(moments[-1])
        case _:
            return NotTold(Why.NOTHING)


def _entered(rule: Rule, known: Sequence[Span], start: float) -> Iterator[float]:
    """Return the moments of entering; over a gap, when it was seen again.

    A gap that begins before the window hides on which day it was.
    """
    before: str | None = None
    for span in known:
        if not rule.states and span.state in ABSENT:
            if before is None and span.state == STATE_UNKNOWN:
                # Never yet: the first time counts.
                before = span.state
            continue
        if before is not None and span.start >= start:
            if rule.states:
                entered = span.state in rule.states and before not in rule.states
            else:
                entered = span.state != before
            if entered:
                yield span.start
        before = span.state


HOURLY = frozenset(
    {Aggregate.MEAN, Aggregate.MINIMUM, Aggregate.MAXIMUM, Aggregate.SUM}
)


def tell_hourly(
    aggregate: Aggregate, hours: Sequence[Hour], window: Window
) -> Told | NotTold:
    """Return the value of a past window of whole hours, from hourly statistics."""
    inside = [hour for hour in hours if window.start <= hour.start < window.end]
    if aggregate is Aggregate.SUM:
        return _sum_hourly(hours, window)
    match aggregate:
        case Aggregate.MINIMUM:
            values = [hour.minimum for hour in inside if hour.minimum is not None]
        case Aggregate.MAXIMUM:
            values = [hour.maximum for hour in inside if hour.maximum is not None]
        case _:
            values = [hour.mean for hour in inside if hour.mean is not None]
    if not _enough(values, window):
        return NotTold(Why.NOT_RECORDED)
    known = _known_hours([hour.start for hour in inside])
    match aggregate:
        case Aggregate.MINIMUM:
            return Told(min(values), known)
        case Aggregate.MAXIMUM:
            return Told(max(values), known)
        case _:
            return Told(math.fsum(values) / len(values), known)


def _sum_hourly(hours: Sequence[Hour], window: Window) -> Told | NotTold:
    sums = [
        (hour.start, hour.sum)
        for hour in hours
        if hour.sum is not None and hour.start < window.end
    ]
    values = [total for start, total in sums if window.start <= start]
    starts = [start for start, _ in sums if window.start <= start]
    before = [total for start, total in sums if start == window.start - HOUR_SECONDS]
    if not _enough(values, window) or len(values) + len(before) < 2:
        return NotTold(Why.NOT_RECORDED)
    return Told(values[-1] - (before or values)[0], _known_hours(starts))


def _known_hours(starts: Sequence[float]) -> Known:
    return Known(
        float(len(starts) * HOUR_SECONDS), starts[0], starts[-1] + HOUR_SECONDS
    )


def _enough(values: Sequence[float], window: Window) -> bool:
    return bool(values) and len(values) * HOUR_SECONDS >= ENOUGH * window.seconds
