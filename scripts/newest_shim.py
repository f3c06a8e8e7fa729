"""Lets the test plugin load on a Home Assistant newer than the one it pins.

Used as `pytest -p newest_shim`, so before any other plugin. It goes as soon as there
is a pytest-homeassistant-custom-component for that Home Assistant.
"""

# First of all: it puts its own httpx in place, before a plugin imports the other.
import homeassistant  # noqa: F401, I001

from homeassistant.components import logger


def _nothing_to_clear(_hass: object) -> None:
    """Stand in for what the plugin still calls after each test."""


vars(logger).setdefault("_clear_logger_overwrites", _nothing_to_clear)
