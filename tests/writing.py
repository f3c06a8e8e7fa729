"""What tests of writing share: owned attributes of every value type, and calls."""

import asyncio
from collections.abc import Callable
import time
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN
from homeassistant.core import Context, HomeAssistant

OWNED = (
    "coffees",
    "stromkosten",
    "mood_note",
    "meditation_min",
    "licht_aus",
    "akku_übrig",
    "sleep_start",
    "vitamin_d",
    "mood",
    "gym",
)


async def write(
    hass: HomeAssistant,
    action: str = "update_values",
    *,
    context: Context | None = None,
    **data: Any,
) -> Any:
    """Call an action and return its answer."""
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )


async def settle(hass: HomeAssistant) -> None:
    """Wait for what is under way in the background."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def until(happened: Callable[[], object]) -> None:
    """Wait for what comes in real time, while the time of the test stands still."""
    while not happened():
        # In a thread: asyncio's own pause would end by the frozen clock, so never.
        await asyncio.to_thread(time.sleep, 0.001)


async def poll(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    """Poll now; return whether that went well."""
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    await settle(hass)
    good: bool = coordinator.last_update_success
    return good


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Load the account anew, as after a restart."""
    await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass)
