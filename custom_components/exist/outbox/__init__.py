"""Durable values still to be confirmed by Exist."""

from .entry import Entry, Hold, Key, Writer
from .file import OutboxFile
from .ledger import Fate, Outcome
from .outbox import Outbox
from .shown import async_shown_at_exist

__all__ = [
    "Entry",
    "Fate",
    "Hold",
    "Key",
    "Outbox",
    "OutboxFile",
    "Outcome",
    "Writer",
    "async_shown_at_exist",
]
