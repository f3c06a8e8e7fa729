"""To-do lists; Home Assistant looks for them here."""

from .entities.tag_list import async_setup_entry

__all__ = ["PARALLEL_UPDATES", "async_setup_entry"]

PARALLEL_UPDATES = 0
