"""What waits to be confirmed by Exist: frozen records, and how they are judged."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum, StrEnum
import math
from typing import NamedTuple

from ..api import Value, ValueType, fits
from ..storage import NOT_KEPT
from ..values.kinds import KINDS

# More values than this were never sent for one day before one was confirmed.
MAX_SENT = 20


class Writer(StrEnum):
    """Who asked for a value."""

    PERSON = "person"
    AUTOMATION = "automation"
    LINK = "link"


class Hold(StrEnum):
    """Why an entry stays without being sent; NONE is sent as soon as possible."""

    NONE = ""
    CHANGED = "changed"
    """Changed at Exist meanwhile; waits for the person's word."""
    UNAUTHORISED = "unauthorised"
    """Another service owns the attribute."""
    NOT_FOUND = "not_found"
    """There is no such attribute any more."""
    EARLY = "early"
    """For Exist the day is still to come: a clock or a zone was moved."""
    NOT_ALLOWED = "not_allowed"
    """The sign-in lacks the right to write this group."""
    REFUSED = "refused"
    """Exist refuses every request that holds it; tried again once a day."""
    UNDATED = "undated"
    """The day was named by a word, and a poll has still to tell which one it was."""


class Key(NamedTuple):
    """One attribute on one day."""

    name: str
    day: date
    number: int = 0
    """Tells apart what is UNDATED: of two, midnight may lie between them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted value, as the wire has it, until Exist confirmed it.

    `base` is what Exist showed when it was accepted, `sent` what we may have sent
    for that day since; either at Exist is no edit of the person's.
    """

    name: str
    day: date
    value: float | str
    value_type: ValueType
    accepted: datetime
    writer: Writer
    base: Value | None = None
    sent: tuple[Value, ...] = ()
    hold: Hold = Hold.NONE
    compare: bool = field(default=False, metadata=NOT_KEPT)
    """Whether Exist must be read before it is sent."""
    differed: int = 0
    """How often Exist kept something else."""
    ambiguous: bool = False
    """Whether an answer was lost, so that something may still arrive late."""
    held_at: datetime | None = None
    """When Exist refused it last."""
    number: int = 0
    """Not 0 while UNDATED; `day` is a guess then, `back` days before that of writing."""
    back: int = 0
    uptime: float = 0.0
    """When an UNDATED value was accepted, by the uptime of the machine's `boot`."""
    boot: str = ""

    @property
    def key(self) -> Key:
        """The attribute and day."""
        return Key(self.name, self.day, self.number)

    def check(self) -> None:
        """Raise ValueError for what we never wrote."""
        if not fits(self.value_type, self.value):
            raise ValueError

    def reloaded(self) -> Entry:
        """Return the entry after a start: compared before it is sent."""
        # Another sign-in may have brought the right.
        hold = Hold.NONE if self.hold is Hold.NOT_ALLOWED else self.hold
        # It may have been on its way when the last run ended.
        ambiguous = self.ambiguous or hold is Hold.NONE
        return replace(self, compare=True, hold=hold, ambiguous=ambiguous)


@dataclass(frozen=True, slots=True)
class Settled:
    """What Exist confirmed last for a day, until a later poll shows the day.

    After a lost answer, an older value may still arrive: `suspects` are watched
    for in the next polls, of which `polls` are left.
    """

    value: float | str
    value_type: ValueType
    writer: Writer
    order: int = field(default=0, metadata=NOT_KEPT)
    suspects: tuple[Value, ...] = ()
    polls: int = 0

    def check(self) -> None:
        """Raise ValueError for what we never wrote."""
        if not fits(self.value_type, self.value):
            raise ValueError


class Verdict(Enum):
    """What to do with an entry, now that we know what Exist shows."""

    CONFIRMED = 1
    SEND = 2
    CHANGED = 3


def same(value_type: ValueType, one: Value | None, other: Value | None) -> bool:
    """Return whether both are one value of that type: 65.0 is 65, true is 1."""
    if one is None or other is None:
        return one is other
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    if value_type is ValueType.BOOLEAN:
        return bool(one) == bool(other)
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def judge(entry: Entry, shown: Value | None) -> Verdict:
    """Return what follows from what Exist shows for the entry's day."""
    kind = entry.value_type
    if same(kind, shown, entry.value):
        return Verdict.CONFIRMED
    if shown is None or shown == "" or same(kind, shown, entry.base):
        return Verdict.SEND
    if any(same(kind, shown, ours) for ours in entry.sent):
        return Verdict.SEND
    if KINDS[kind].natural_zero and entry.base is None and shown == 0:
        # Exist itself shows 0 for a day without data of what adds up.
        return Verdict.SEND
    return Verdict.CHANGED


def replaced(new: Entry, old: Entry | None) -> Entry:
    """Return the newer entry, which remembers what the older one may have sent."""
    if old is None:
        return new
    return replace(
        new,
        sent=distinct((*new.sent, *old.sent, old.value)),
        ambiguous=new.ambiguous or old.ambiguous,
        # A person who writes again after a conflict has given their word.
        compare=new.compare
        or (
            old.compare
            and not (old.hold is Hold.CHANGED and new.writer is Writer.PERSON)
        ),
    )


def distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    """Return each value once, the newest of them where they are many."""
    return tuple(dict.fromkeys(values))[-MAX_SENT:]
