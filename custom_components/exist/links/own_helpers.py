"""What people enter in Home Assistant itself: pure facts of its helpers."""

from typing import Final

from homeassistant.const import STATE_UNAVAILABLE

# What these show is entered in Home Assistant, which brings it back at each start.
HELPERS: Final = "input_"
_TEXTS = ("input_text.", "text.")


def when_empty(entity_id: str) -> str:
    """Return what a row without a state says: a text that a person emptied is there.

    Of other entities it is the recorder's row of one that was removed.
    """
    return "" if entity_id.startswith(_TEXTS) else STATE_UNAVAILABLE
