"""What a person sees of a link: frozen records, made anew when something happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..api import Value
from ..ledger import Day, Writer
from .aggregate import NotTold, Why
from .compute import DayResult
from .entity_of import Problem
from .link import Link

# As far back as a poll shows what is at Exist.
SHOWN_DAYS = 30


class LinkState(StrEnum):
    """What a link is doing."""

    WRITING = "writing"
    OBSERVING = "observing"
    WAITING = "waiting"
    EDITED = "edited"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Today:
    """What the last evaluation found for the day under way."""

    day: date
    result: DayResult
    out_of_range: bool


def today_of(day: date, days: Mapping[date, DayResult]) -> Today:
    """Return what is to be shown of the days that were told last."""
    return Today(day, days[day], NotTold(Why.OUT_OF_RANGE) in days.values())


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link as it is now."""

    state: LinkState = LinkState.WAITING
    problem: Problem | None = None
    day: date | None = None
    value: Value | None = None
    why: Why | None = None
    confirmed: tuple[date, Value] | None = None
    """The newest day that Exist confirmed."""
    edited_days: Sequence[date] = ()
    """The days of the last month that belong to the person."""
    past_sent: int | None = None
    """How many past days were sent; None where that was never counted."""
    past_waits: bool = False
    """Whether more of them are still to be sent, and nothing else keeps them back."""


def view_of(
    link: Link,
    problem: Problem | None,
    now: Today | None,
    days: Mapping[date, Day],
    today: date,
    *,
    waits: bool,
    past_sent: int | None,
    past_waits: bool,
) -> LinkView:
    """Return what is to be shown; `waits` says that something is still on its way."""
    if now is not None and now.out_of_range:
        problem = problem or Problem.OUT_OF_RANGE
    if now is not None and now.result == NotTold(Why.STATE_GONE):
        problem = problem or Problem.STATE_GONE
    newest = max(
        (
            day
            for day, record in days.items()
            if record.confirmed is not None and record.writer is Writer.LINK
        ),
        default=None,
    )
    confirmed = None if newest is None else days[newest].confirmed
    result = None if now is None else now.result
    is_edited = now is not None and days.get(now.day, Day()).edited
    return LinkView(
        state=_state(link, problem, now, waits=waits, edited=is_edited),
        problem=problem,
        day=None if now is None else now.day,
        value=None if result is None or isinstance(result, NotTold) else result.value,
        why=result.why if isinstance(result, NotTold) else None,
        confirmed=None if newest is None or confirmed is None else (newest, confirmed),
        edited_days=sorted(
            day
            for day, record in days.items()
            if record.edited and day >= today - timedelta(days=SHOWN_DAYS)
        ),
        past_sent=past_sent,
        past_waits=past_waits and problem is None,
    )


def _state(
    link: Link,
    problem: Problem | None,
    now: Today | None,
    *,
    waits: bool,
    edited: bool,
) -> LinkState:
    if problem is not None:
        return LinkState.PROBLEM
    if link.observe:
        return LinkState.OBSERVING
    if now is None or waits:
        return LinkState.WAITING
    return LinkState.EDITED if edited else LinkState.WRITING
