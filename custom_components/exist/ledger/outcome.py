"""What becomes of accepted values, for whoever asked for them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..api import Value
from .day import Waiting


class Fate(StrEnum):
    """What became of an accepted value."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    DIFFERENT = "stored_differently"
    CHANGED = "changed"
    GAVE_WAY = "gave_way"
    HELD = "held"
    REPLACED = "replaced"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a value; `code` is Exist's word or ours."""

    fate: Fate
    entry: Waiting
    code: str = ""
    message: str = ""
    kept: Value | None = None
    """What Exist stored instead."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Exist refuses writing altogether: with which status, and since when."""

    status: int
    since: datetime
