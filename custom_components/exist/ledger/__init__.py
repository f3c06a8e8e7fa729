"""Durable values still to be confirmed by Exist."""

from .at_exist import async_shown_at_exist
from .entry import Entry, Hold, Key, Writer, same
from .files import OutboxFile
from .ledger import Fate, Outcome, Refusal
from .outbox import REFUSED_AGAIN_AFTER, Outbox

__all__ = [
    "REFUSED_AGAIN_AFTER",
    "Entry",
    "Fate",
    "Hold",
    "Key",
    "Outbox",
    "OutboxFile",
    "Outcome",
    "Refusal",
    "Writer",
    "async_shown_at_exist",
    "same",
]
