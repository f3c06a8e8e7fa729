"""The ledger of days: every value that is written to Exist, and what became of it."""

from .day import Day, Growth, Hold, Key, Waiting, Writer
from .declare import ARRIVING, Declarations, Due
from .ledger import Ledger
from .outcome import Fate, Outcome

__all__ = [
    "ARRIVING",
    "Day",
    "Declarations",
    "Due",
    "Fate",
    "Growth",
    "Hold",
    "Key",
    "Ledger",
    "Outcome",
    "Waiting",
    "Writer",
]
