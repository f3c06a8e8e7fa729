"""The ledger of days: every value that is written to Exist, and what became of it."""

from .at_exist import async_shown_at_exist
from .day import Day, Growth, Hold, Key, Known, Waiting, Writer
from .declare import ARRIVING, Declarations, Due
from .ledger import Ledger
from .outcome import Fate, Outcome, Refusal

__all__ = [
    "ARRIVING",
    "Day",
    "Declarations",
    "Due",
    "Fate",
    "Growth",
    "Hold",
    "Key",
    "Known",
    "Ledger",
    "Outcome",
    "Refusal",
    "Waiting",
    "Writer",
    "async_shown_at_exist",
]
