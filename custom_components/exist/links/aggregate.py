"""The rules that make one value of an entity's day, and what they are made from and tell."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
import math
from typing import NamedTuple

from ..ledger.day import Growth, Known
from .entering import PUT_BACK_SECONDS, Span
from .readings import TOTALS, ReadingKind
from .window import Window

# A recorder that starts has a first state of all that is alive well within this.
STARTING_SECONDS = 600


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
# Of these only what was reported on the day counts, where a link says so.
OF_REPORTS = POINTS | {Aggregate.MINIMUM, Aggregate.MAXIMUM}
HOURLY = frozenset(
    {Aggregate.MEAN, Aggregate.MINIMUM, Aggregate.MAXIMUM, Aggregate.SUM}
)


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
    NOT_KEPT = "not_kept"
    """The recorder leaves the state attribute out, and so does the past."""
    UNSURE = "unsure"
    """A gap hides what would have to be known."""
    STATE_GONE = "state_gone"
    """A chosen state can no longer occur."""
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


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that was recorded of an entity: its spans, and when the recorder ran.

    Both in order and without overlap; where no span is, nothing is known. States
    before `purged` were there and are deleted. `reports` are the moments in which
    something was recorded or heard; at the start of a span that may be what was held.
    """

    spans: Sequence[Span] = ()
    runs: tuple[Window, ...] = ()
    purged: float = -math.inf
    reports: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """An aggregate, and how it takes the entity's states.

    Without `states`, every change counts as entering: buttons and events; `of_events`,
    so does each event of a chosen kind. A `clock` is a text that is a time of day. With
    `only_new`, what was only held is no reading, nor is a number up to `above` or from
    `below` on. A number `of_a_day` begins anew on each; degrees `of_a_circle` have
    another mean; texts that are `unsaid` stand for none; what a state of before is
    `put_back` within was not of that day. A probe that `starts_with` a number has not
    measured it.
    """

    aggregate: Aggregate
    states: frozenset[str] = frozenset()
    absent_is_gap: bool = True
    text: bool = False
    clock: bool = False
    only_new: bool = False
    above: float | None = None
    below: float | None = None
    of_a_day: bool = False
    of_a_circle: bool = False
    starts_with: float | None = None
    of_events: bool = False
    unsaid: frozenset[str] = frozenset()
    put_back: float = PUT_BACK_SECONDS

    def takes(self, lowest: float | None, highest: float | None = None) -> bool:
        """Return whether a number, or all between two of them, may be readings."""
        highest = lowest if highest is None else highest
        return (self.above is None or lowest is None or lowest > self.above) and (
            self.below is None or highest is None or highest < self.below
        )


class Hour(NamedTuple):
    """One row of hourly statistics; `sum` and `state` as at the hour's end."""

    start: float
    mean: float | None
    minimum: float | None
    maximum: float | None
    sum: float | None = None
    state: float | None = None
    last_reset: float | None = None


def is_counted(aggregate: Aggregate, kind: ReadingKind | None) -> bool:
    """Return whether the value is what a meter of that kind counted."""
    match aggregate:
        case Aggregate.SUM:
            return True
        case Aggregate.DIFFERENCE:
            return kind in TOTALS
        case Aggregate.LAST | Aggregate.MAXIMUM:
            return kind is ReadingKind.DAILY_TOTAL
        case _:
            return False
