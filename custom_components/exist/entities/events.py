"""Events of the account: of what it writes, and of what Exist finds."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..runtime import ExistConfigEntry
from .insight_event import ExistInsightEvent
from .writing_event import ExistWritingEvent


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's event entities."""
    runtime = entry.runtime_data
    async_add_entities([ExistWritingEvent(runtime.coordinator)])
    if runtime.findings.is_on:
        async_add_entities([ExistInsightEvent(runtime.coordinator)])
