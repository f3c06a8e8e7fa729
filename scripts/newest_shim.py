"""Lets the test plugin load on a Home Assistant newer than the one it pins.

Used as `pytest -p newest_shim`, so before any other plugin. It goes as soon as there
is a pytest-homeassistant-custom-component for that Home Assistant.
"""

# First of all: it puts its own httpx in place, before a plugin imports the other.
import homeassistant  # noqa: F401, I001

from typing import Any

from homeassistant.components import logger
from homeassistant.helpers.restore_state import RestoreStateData, StoredState


def _nothing_to_clear(_hass: object) -> None:
    """Stand in for what the plugin still calls after each test."""


vars(logger).setdefault("_clear_logger_overwrites", _nothing_to_clear)


# Older ones, by which types are checked, do not have the method.
_restoring: Any = RestoreStateData
_stored = _restoring.async_get_stored_state


def _given_or_stored(data: RestoreStateData, entity_id: str) -> StoredState | None:
    """Look first at what the plugin gives to be restored, where it was kept before."""
    given: dict[str, StoredState] = vars(data).get("last_states", {})
    found: StoredState | None = given.get(entity_id) or _stored(data, entity_id)
    return found


_restoring.async_get_stored_state = _given_or_stored
