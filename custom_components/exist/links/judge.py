"""Whose day it is, and what follows for a link: pure functions."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Self

from custom_components.exist.api import Value, ValueType
from custom_components.exist.outbox import NATURAL_ZERO, same


@dataclass(frozen=True, slots=True)
class DayMemory:
    """What became of one attribute's day, as far as links wrote it.

    `pending` are values handed over whose confirmation is still to come; `known` are
    the seconds of the day that the last of them came from.
    """

    confirmed: Value | None = None
    pending: tuple[Value, ...] = ()
    edited: bool = False
    known: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return what is kept on disk."""
        return {
            "confirmed": self.confirmed,
            "pending": list(self.pending),
            "edited": self.edited,
            "known": self.known,
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Self:
        """Read what was kept."""
        return cls(raw["confirmed"], tuple(raw["pending"]), raw["edited"], raw["known"])

    def handed_over(self, value: Value) -> DayMemory:
        """Return the day after a value went to the outbox."""
        return replace(self, pending=(*self.pending, value), edited=False)

    def confirm(self, value: Value) -> DayMemory:
        """Return the day after Exist confirmed the value."""
        return replace(self, confirmed=value, pending=())

    @property
    def ours(self) -> tuple[Value, ...]:
        """The values that are no edit of anybody's."""
        known = () if self.confirmed is None else (self.confirmed,)
        return (*known, *self.pending)


class Verdict(Enum):
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
    return kind in NATURAL_ZERO and shown == 0 and not memory.ours


def is_edited(kind: ValueType, memory: DayMemory, shown: Value | None) -> bool:
    """Return whether Exist shows something that is not ours."""
    return not is_empty(kind, memory, shown) and not any(
        same(kind, shown, ours) for ours in memory.ours
    )


def judge(
    kind: ValueType,
    memory: DayMemory,
    shown: Value | None,
    value: Value,
    *,
    overwrite: bool = False,
) -> Verdict:
    """Return what follows for a computed value from what Exist shows."""
    if memory.edited and not overwrite:
        return Verdict.KEEP
    if same(kind, shown, value):
        return Verdict.CONFIRMED
    if not is_edited(kind, memory, shown):
        return Verdict.SEND
    return Verdict.REPLACE if overwrite else Verdict.EDITED
