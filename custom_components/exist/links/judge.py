"""Whose day it is, and what follows for a link: pure functions."""

from dataclasses import dataclass, replace
from enum import Enum

from ..api import Value, ValueType
from ..ledger import same
from ..values.kinds import KINDS
from .aggregate import Aggregate, Known

# The end of a day's known part is not the same to the last fraction of a second.
SLACK_SECONDS = 60.0
# With more of the day known these only grow.
GROWING = frozenset(
    {
        Aggregate.EVER,
        Aggregate.MAXIMUM,
        Aggregate.SUM,
        Aggregate.TIME_IN,
        Aggregate.TIMES,
    }
)
# These need no more than the end of the day.
OF_THE_END = frozenset({Aggregate.LAST, Aggregate.LAST_TIME})


@dataclass(frozen=True, slots=True)
class DayMemory:
    """What became of one attribute's day, as far as links wrote it.

    `pending` are values handed over whose confirmation is still to come; `known` is
    what the last of them came from.
    """

    confirmed: Value | None = None
    pending: tuple[Value, ...] = ()
    edited: bool = False
    known: Known | None = None

    def handed_over(self, value: Value) -> DayMemory:
        """Return the day after a value went to the outbox."""
        return replace(self, pending=(*self.pending, value), edited=False)

    def confirm(self, kind: ValueType, value: Value) -> DayMemory:
        """Return the day after Exist confirmed the value; a newer one stays pending."""
        newer: list[Value] = []
        for each in reversed(self.pending):
            if same(kind, each, value):
                return replace(self, confirmed=value, pending=tuple(reversed(newer)))
            newer.append(each)
        return replace(self, confirmed=value, pending=())

    @property
    def ours(self) -> tuple[Value, ...]:
        """The values that are no edit of anybody's; the last is the newest."""
        known = () if self.confirmed is None else (self.confirmed,)
        return (*known, *self.pending)


class DayVerdict(Enum):
    """What to do with a day's value, now that we know what Exist shows."""

    KEEP = 1
    """It belongs to the person."""
    CONFIRMED = 2
    SEND = 3
    REPLACE = 4
    """Send over something that we did not write; keep that aside first."""
    EDITED = 5
    """Somebody changed it; it belongs to the person from now on."""


def is_empty(kind: ValueType, memory: DayMemory, shown: Value | None) -> bool:
    """Return whether the day has no value; 0 is none where nobody wrote it."""
    if shown is None or shown == "":
        return True
    return KINDS[kind].natural_zero and shown == 0 and not memory.ours


def is_edited(kind: ValueType, memory: DayMemory, shown: Value | None) -> bool:
    """Return whether Exist shows something that is not ours."""
    return not is_empty(kind, memory, shown) and not any(
        same(kind, shown, ours) for ours in memory.ours
    )


def is_poorer(
    aggregate: Aggregate, memory: DayMemory, value: Value, known: Known
) -> bool:
    """Return whether the value that was sent last is the better one.

    States are deleted, and databases are replaced or restored: then less of the day
    is known than when that value was made.
    """
    if memory.known is None or not memory.ours:
        return False
    before, newest = memory.known, memory.ours[-1]
    if aggregate in OF_THE_END:
        return known.ends < before.ends - SLACK_SECONDS
    less = (
        known.seconds < before.seconds - SLACK_SECONDS
        or known.begins > before.begins + SLACK_SECONDS
    )
    if not less or isinstance(value, str) or isinstance(newest, str):
        return less
    if aggregate in GROWING:
        return value <= newest
    return aggregate is not Aggregate.MINIMUM or value >= newest


def judge(
    kind: ValueType,
    memory: DayMemory,
    shown: Value | None,
    value: Value,
    *,
    overwrite: bool = False,
) -> DayVerdict:
    """Return what follows for a computed value from what Exist shows."""
    if memory.edited and not overwrite:
        return DayVerdict.KEEP
    if same(kind, shown, value):
        return DayVerdict.CONFIRMED
    if not is_edited(kind, memory, shown):
        return DayVerdict.SEND
    return DayVerdict.REPLACE if overwrite else DayVerdict.EDITED
