"""Events; Home Assistant looks for them here."""

from .entities.events import async_setup_entry

__all__ = ["PARALLEL_UPDATES", "async_setup_entry"]

PARALLEL_UPDATES = 0
