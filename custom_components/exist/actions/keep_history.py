"""Actions for long-term statistics: import days again, and delete them."""

from datetime import date
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall

from ..notices.translated import wrong
from ..runtime import ExistConfigEntry
from .call import DAYS, WORDS, Fields, async_names

CLEAR: Fields = {vol.Optional("attributes"): WORDS}
IMPORT: Fields = {**CLEAR, **DAYS}


def _names(call: ServiceCall, entry: ExistConfigEntry) -> list[str] | None:
    if not entry.runtime_data.history.is_on:
        raise wrong("no_recorder")
    if "attributes" not in call.data:
        return None
    return async_names(call.hass, entry, call.data["attributes"])


async def async_import(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Read days of the past again, in the background."""
    names, history = _names(call, entry), entry.runtime_data.history
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_wait_for_day(person=True)
    last: date = min(call.data.get("end", coordinator.today), coordinator.today)
    first: date | None = call.data.get("start")
    if first is not None and first > last:
        raise wrong("start_after_end")
    chosen = await history.async_import(names, first, last)
    if not chosen:
        raise wrong("not_charted")
    progress = history.progress
    return {
        "attributes": chosen,
        "requests_left": progress.requests_left if progress else None,
    }


async def async_clear(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Delete statistics until they are imported again."""
    names = _names(call, entry)
    chosen = await entry.runtime_data.history.async_clear(names)
    if not chosen:
        raise wrong("not_charted")
    return {"attributes": chosen}
