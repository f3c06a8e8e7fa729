"""One attribute's day: what is wanted of it, what became of it, and how it is judged.

How a value travels
-------------------
Exist keeps one value for each attribute and day, and anybody may write there: we, the
person on Exist's own page, another service. So each day that we write has a record,
in two parts. `Waiting` is what is wanted and not yet confirmed; together they are the
outbox. `Day` is what became of the day before.

1. A value is accepted: it becomes the day's `Waiting` and is on disk before anybody
   is told so. It remembers its `base`, what Exist showed at that moment, and as `sent`
   what an older value of ours for that day may have left on its way. A newer value
   takes the place of an older one; only the newest is ever sent.
2. It is sent. Exist answers for each value by itself:
   - stored: the day is confirmed, `Waiting` becomes `Day`;
   - stored otherwise: sent once more, then given up as stored differently;
   - not ours, no such attribute, not allowed: held until a poll, a new sign-in or the
     person says that it may go on;
   - wrong: its day may have begun there just now, so it is sent once more; then it is
     refused, and whoever asked for it is told.
   No answer means that it may have been stored: then, and whenever it waited for more
   than minutes or across a start, Exist is read before it is sent again.
   What follows from each answer, poll, word or start is one table: `transitions.py`.
3. What Exist shows is judged (`judge`, the only place that does so):
   - what we want: confirmed;
   - nothing, the base, or something that we sent ourselves: send;
   - anything else is somebody's edit. A person's value then waits for the person's
     word; an automation's and a link's give way.
4. A day that is confirmed stays a `Day`. Until a poll that began later shows it, it is
   laid over what the last poll told. Where an answer was lost, an older value may
   still arrive late: it is looked for in the next polls, and ours is sent again.
5. What a link wrote is remembered for a year, so that at any later look its own value
   passes for its own and anything else for an edit: the day belongs to the person from
   then on. So does a day that a person or an automation writes here. `known` tells
   from how much of the day a link's value was made, since less must not replace more.

Two files
---------
What waits is written at once and to the disk itself, since a value counts as accepted
only then. What became of days is written beside it. A confirmed value leaves the first
file only when the second holds it: after a crash in between it is simply compared, and
found confirmed; it can never look like a person's edit.

A value that was asked for by a word (today) while nobody knew which day it is waits as
UNDATED, under a number of its own, until a poll has told.
"""

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
# A late value was never seen later than at the second poll.
WATCHED_POLLS = 2
# The end of a day's known part is not the same to the last fraction of a second.
SLACK_SECONDS = 60.0


class Writer(StrEnum):
    """Who asked for a value."""

    PERSON = "person"
    AUTOMATION = "automation"
    LINK = "link"


class Hold(StrEnum):
    """Why a value stays without being sent; NONE is sent as soon as possible."""

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


class Growth(Enum):
    """Which of two values of a day is better, where less of the day is known now."""

    NONE = 0
    """The one that was made of more."""
    UP = 1
    """With more of the day known it only grows."""
    DOWN = 2
    """With more of the day known it only falls."""
    END = 3
    """It needs no more than the end of the day."""


class Key(NamedTuple):
    """One attribute on one day."""

    name: str
    day: date
    number: int = 0
    """Tells apart what is UNDATED: of two, midnight may lie between them."""


class Known(NamedTuple):
    """How many seconds of a day a value was made of, and the first and last of them."""

    seconds: float
    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class Waiting:
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
    refused: bool = field(default=False, metadata=NOT_KEPT)
    """Whether Exist said once that it is wrong."""
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
    known: Known | None = None
    """What a link made it of."""

    @property
    def key(self) -> Key:
        """The attribute and day."""
        return Key(self.name, self.day, self.number)

    @property
    def ours(self) -> tuple[Value, ...]:
        """What may have been sent for the day; the last is the newest."""
        return (*self.sent, self.value)

    def check(self) -> None:
        """Raise ValueError for what we never wrote."""
        if not fits(self.value_type, self.value):
            raise ValueError


@dataclass(frozen=True, slots=True)
class Day:
    """What became of one attribute's day, as far as we wrote it.

    `pending` are values of a link that were given up without a confirmation. After a
    lost answer an older value may still arrive: `suspects` are watched for in the next
    polls, of which `polls` are left.
    """

    confirmed: Value | None = None
    pending: tuple[Value, ...] = ()
    edited: bool = False
    """Whether it belongs to the person: no link writes there."""
    known: Known | None = None
    """What the newest value of a link was made of."""
    writer: Writer = Writer.LINK
    """Who wrote what was confirmed."""
    value_type: ValueType | None = None
    suspects: tuple[Value, ...] = ()
    polls: int = 0
    unseen: bool = False
    """Whether no poll since can have shown what was confirmed."""

    @property
    def ours(self) -> tuple[Value, ...]:
        """The values of links, which are nobody's edit; the last is the newest."""
        if self.confirmed is None or self.writer is not Writer.LINK:
            return self.pending
        return (self.confirmed, *self.pending)

    @property
    def stood(self) -> bool:
        """Whether a link's value is known to have stood there."""
        return self.confirmed is not None and self.writer is Writer.LINK

    @property
    def matters(self) -> bool:
        """Whether there is anything to remember."""
        return self.edited or self.unseen or bool(self.ours or self.polls)

    def confirm(self, waiting: Waiting) -> Day:
        """Return the day after Exist confirmed what waited."""
        kind = waiting.value_type
        late = tuple(
            each for each in waiting.sent if not same(kind, each, waiting.value)
        )
        by_link = waiting.writer is Writer.LINK
        return replace(
            self,
            confirmed=waiting.value,
            value_type=kind,
            writer=waiting.writer,
            pending=(),
            suspects=late if waiting.ambiguous else (),
            polls=WATCHED_POLLS if waiting.ambiguous else 0,
            unseen=True,
            known=waiting.known if by_link else self.known,
        )

    def found(self, kind: ValueType, value: Value, known: Known) -> Day:
        """Return the day of which Exist shows a link's value already."""
        return replace(
            self,
            confirmed=value,
            value_type=kind,
            writer=Writer.LINK,
            pending=(),
            edited=False,
            known=known,
        )

    def give_up(self, waiting: Waiting, kept: Value | None = None) -> Day:
        """Return the day after a link's value ended otherwise; `kept` is at Exist."""
        made = () if kept is None else (kept,)
        return replace(
            self,
            pending=distinct((*self.pending, *waiting.ours, *made)),
            known=waiting.known or self.known,
        )


class Verdict(Enum):
    """What to do with a value, now that we know what Exist shows."""

    CONFIRMED = 1
    SEND = 2
    CHANGED = 3
    """Somebody else wrote the day."""


def same(value_type: ValueType, one: Value | None, other: Value | None) -> bool:
    """Return whether both are one value of that type: 65.0 is 65, true is 1."""
    if one is None or other is None:
        return one is other
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    if value_type is ValueType.BOOLEAN:
        return bool(one) == bool(other)
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def is_empty(kind: ValueType, shown: Value | None, *, written: bool) -> bool:
    """Return whether the day has no value; `written` says that a value stood there.

    For what adds up Exist itself shows 0 on a day without data.
    """
    if shown is None or shown == "":
        return True
    return KINDS[kind].natural_zero and shown == 0 and not written


def is_edited(
    kind: ValueType,
    shown: Value | None,
    day: Day,
    waiting: Waiting | None = None,
) -> bool:
    """Return whether Exist shows something that is neither ours nor known before."""
    ours, base = (*day.ours, *day.suspects), None
    if waiting is not None:
        base, ours = waiting.base, (*ours, *waiting.ours)
    # What was only sent may never have arrived.
    written = base is not None or day.stood
    return not (
        is_empty(kind, shown, written=written)
        or (base is not None and same(kind, shown, base))
        or any(same(kind, shown, each) for each in ours)
    )


def judge(
    kind: ValueType,
    value: Value,
    shown: Value | None,
    day: Day,
    waiting: Waiting | None = None,
) -> Verdict:
    """Return what follows for a value from what Exist shows for its day.

    `waiting` is the record of the value where it was accepted already, or of an older
    value of ours for the same day.
    """
    if same(kind, shown, value):
        return Verdict.CONFIRMED
    return Verdict.CHANGED if is_edited(kind, shown, day, waiting) else Verdict.SEND


def is_poorer(
    growth: Growth,
    value: Value,
    known: Known,
    newest: Value | None,
    before: Known | None,
) -> bool:
    """Return whether the value that was sent last is the better one.

    States are deleted, and databases are replaced or restored: then less of the day
    is known than when that value was made.
    """
    if before is None or newest is None:
        return False
    if growth is Growth.END:
        return known.ends < before.ends - SLACK_SECONDS
    less = (
        known.seconds < before.seconds - SLACK_SECONDS
        or known.begins > before.begins + SLACK_SECONDS
    )
    if not less or isinstance(value, str) or isinstance(newest, str):
        return less
    if growth is Growth.UP:
        return value <= newest
    return growth is not Growth.DOWN or value >= newest


def replaced(new: Waiting, old: Waiting | None) -> Waiting:
    """Return the newer value, which remembers what the older one may have sent."""
    if old is None:
        return new
    return replace(
        new,
        sent=distinct((*new.sent, *old.ours)),
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
