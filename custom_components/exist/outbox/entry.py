"""What waits to be confirmed by Exist: frozen records, and how they are judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum, StrEnum
import math
from typing import Any, NamedTuple, Self

from custom_components.exist.api import Value, ValueType
from homeassistant.util import dt as dt_util

# More values than this were never sent for one day before one was confirmed.
MAX_SENT = 20
NATURAL_ZERO = frozenset(
    {
        ValueType.INTEGER,
        ValueType.DECIMAL,
        ValueType.DURATION,
        ValueType.BOOLEAN,
    }
)


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
    compare: bool = False
    """Whether Exist must be read before it is sent."""
    differed: int = 0
    """How often Exist kept something else."""
    ambiguous: bool = False
    """Whether an answer was lost, so that something may still arrive late."""
    held_at: datetime | None = None
    """Since when it is refused."""
    number: int = 0
    """Not 0 while UNDATED; `day` is a guess then, `back` days before that of writing."""
    back: int = 0

    @property
    def key(self) -> Key:
        """The attribute and day."""
        return Key(self.name, self.day, self.number)

    def to_json(self) -> dict[str, Any]:
        """Return what is kept on disk."""
        return {
            "name": self.name,
            "day": self.day.isoformat(),
            "value": self.value,
            "value_type": int(self.value_type),
            "accepted": self.accepted.isoformat(),
            "writer": self.writer.value,
            "base": self.base,
            "sent": list(self.sent),
            "hold": self.hold.value,
            "differed": self.differed,
            "ambiguous": self.ambiguous,
            "held_at": self.held_at and self.held_at.isoformat(),
            "number": self.number,
            "back": self.back,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Read what was kept; what was on disk is compared before it is sent.

        Raises KeyError, TypeError or ValueError for what we never wrote.
        """
        hold = Hold(raw["hold"])
        return cls(
            name=raw["name"],
            day=date.fromisoformat(raw["day"]),
            value=raw["value"],
            value_type=ValueType(raw["value_type"]),
            accepted=datetime.fromisoformat(raw["accepted"]),
            writer=Writer(raw["writer"]),
            base=raw["base"],
            sent=tuple(raw["sent"]),
            # Another sign-in may have brought the right.
            hold=Hold.NONE if hold is Hold.NOT_ALLOWED else hold,
            compare=True,
            differed=raw["differed"],
            ambiguous=raw["ambiguous"],
            held_at=dt_util.parse_datetime(raw.get("held_at") or ""),
            number=raw.get("number", 0),
            back=raw.get("back", 0),
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """What Exist confirmed last for a day, until a later poll shows the day.

    After a lost answer, an older value may still arrive: `suspects` are watched
    for in the next polls, of which `polls` are left.
    """

    value: float | str
    value_type: ValueType
    writer: Writer
    order: int
    suspects: tuple[Value, ...] = ()
    polls: int = 0


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
    if kind in NATURAL_ZERO and entry.base is None and shown == 0:
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
        ambiguous=old.ambiguous,
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
