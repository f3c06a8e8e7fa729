"""What became of chosen states in a day: pure functions.

A gap of up to ten minutes is bridged; over a longer one nothing is entered.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
import math
from typing import NamedTuple

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN

from .meter_falls import ABOUT_ZERO
from .numerals import lasting, moment_of, number_of
from .packed_records import Packed
from .watched import NO_VALUE
from .window import Window

ABSENT = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
BRIDGED_SECONDS = 600
# An automation at midnight puts back what was switched on, within so long.
PUT_BACK_SECONDS = 5.0
# One of a person's own may also be put back by the clock some minutes later, and that
# of a whole day by night.
HELPER_PUT_BACK_SECONDS = 600.0
BY_NIGHT_SECONDS = 5 * 3600.0
# What was entered is set to 0 so long before the day ends, to make room for the next.
EMPTIED_SECONDS = 600
# Nobody is weighed in so short a time.
STEP_SECONDS = 3.0


class Span(NamedTuple):
    """A recorded state from `start` up to `end`, in seconds of UTC.

    `reset` is when a meter says that it began anew, or when an event happened;
    `starting` is an absence that began with a start of Home Assistant, or its stop.
    """

    start: float
    end: float
    state: str
    reset: float | None = None
    starting: bool = False


class Entered(NamedTuple):
    """When states were entered, and gaps in which they may have been."""

    moments: tuple[float, ...]
    doubts: tuple[Window, ...]


def bridged(spans: Iterable[Span]) -> Packed[Span]:
    """Return spans without the short gaps on both sides of which the state is equal."""
    whole = Packed(Span._make)
    last: Span | None = None
    for each in spans:
        span = each
        if (
            last is not None
            and last.state == span.state
            and span.start - last.end <= BRIDGED_SECONDS
        ):
            span = last._replace(end=max(last.end, span.end))
            whole.pop()
        whole.append(span)
        last = span
    return whole


def entered(spans: Sequence[Span], states: frozenset[str], window: Window) -> Entered:
    """Return when one of the states was entered in the window.

    The spans reach from the last before the window to the first after it.
    """
    moments: list[float] = []
    doubts: list[Window] = []
    if spans and spans[0].start > window.start + BRIDGED_SECONDS:
        # Nothing is known of the time before it was first recorded.
        doubts.append(Window(window.start, spans[0].start))
    for before, span in pairwise(spans):
        if span.state not in states or before.state in states:
            continue
        if span.start - before.end > BRIDGED_SECONDS:
            if before.end < window.end and span.start >= window.start:
                doubts.append(Window(before.end, span.start))
        elif window.start <= span.start < window.end:
            moments.append(span.start)
    return Entered(tuple(moments), tuple(doubts))


def changed(spans: Sequence[Span], window: Window) -> Entered:
    """Return when the state changed: a press or an event, which absence is not.

    After an absence or a start the state itself says when it happened; what is older
    than what was known before is only what was restored.
    """
    moments: list[float] = []
    before: str | None = None
    ends = -math.inf
    for span in spans:
        if span.state in ABSENT or span.state == NO_VALUE:
            if before is None and span.state != STATE_UNAVAILABLE:
                # Never yet: the first time counts.
                before = span.state
            ends = -math.inf
            continue
        at, shown = span.start, moment_of(span.state)
        is_new = before is not None and span.state != before
        if ends < span.start and shown is not None:
            known = None if before is None else moment_of(before)
            at = min(at, shown)
            is_new = known is None or known < shown
        if is_new and window.start <= at < window.end:
            moments.append(at)
        if is_new or shown is None or before is None:
            before = span.state
        ends = span.end
    return Entered(tuple(moments), ())


def fired(spans: Iterable[Span], states: frozenset[str], window: Window) -> Entered:
    """Return when an event of one of the kinds happened, also twice in a row.

    Each span says when it did; what is no newer than what was known is only restored.
    """
    moments: list[float] = []
    known: float | None = None
    for span in spans:
        at = span.reset
        if at is None:
            if span.state != STATE_UNAVAILABLE and known is None:
                # Never yet: the first one counts.
                known = -math.inf
            continue
        is_new = known is not None and known < at
        if is_new and span.state in states and window.start <= at < window.end:
            moments.append(at)
        known = at if known is None else max(known, at)
    return Entered(tuple(moments), ())


def first_of(happened: Entered) -> float | None:
    """Return the first moment; None where there is none, or a gap may hide it."""
    if not happened.moments:
        return None
    first = happened.moments[0]
    hidden = any(doubt.start < first for doubt in happened.doubts)
    return None if hidden else first


def last_of(happened: Entered) -> float | None:
    """Return the last moment; None where there is none, or a gap may hide it."""
    if not happened.moments:
        return None
    last = happened.moments[-1]
    hidden = any(doubt.end > last for doubt in happened.doubts)
    return None if hidden else last


def time_in(
    spans: Sequence[Span], states: frozenset[str], start: float, end: float
) -> float:
    """Return the seconds between the two moments in which it had one of the states."""
    return math.fsum(
        max(0.0, min(span.end, end) - max(span.start, start))
        for span in spans
        if span.state in states
    )


def was_in(
    states: frozenset[str],
    inside: Sequence[Span],
    part: Window,
    put_back: float = PUT_BACK_SECONDS,
) -> bool:
    """Return whether it had one of the states, and not only from the day before."""
    is_from_before = bool(inside) and inside[0].start < part.start
    for span in inside:
        if span.state not in states:
            is_from_before = False
        elif not is_from_before or span.end > part.start + put_back:
            return True
    return False


def without_stepping_off(reported: Sequence[Span]) -> Sequence[Span]:
    """Return readings without those of a moment that lead down to none in the end."""
    last = len(reported)
    while last > 1:
        before, span = reported[last - 2], reported[last - 1]
        lower = (number_of(span.state) or 0.0) < (number_of(before.state) or 0.0)
        if not lower or before.end < span.start or span.end - span.start > STEP_SECONDS:
            break
        last -= 1
    return reported[:last]


def without_emptied(reported: Sequence[Span], window: Window) -> Sequence[Span]:
    """Return a day's readings without a 0 that makes room for the next day's.

    Nor with what little is counted after it, by a clock that is a little early.
    """
    for index in range(1, len(reported)):
        span, before = reported[index], _amount(reported[index - 1]) or 0.0
        if _amount(span) != 0 or span.start < window.end - EMPTIED_SECONDS:
            continue
        later = [_amount(each) or 0.0 for each in reported[index + 1 :]]
        if max(later, default=0.0) <= ABOUT_ZERO * before:
            return reported[:index]
    return reported


def _amount(span: Span) -> float | None:
    """Return the number that it shows, also of hours and minutes."""
    number = number_of(span.state)
    return lasting(span.state) if number is None else number
