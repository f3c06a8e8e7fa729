"""The select that moves all controls to another day."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.edited_day import WhichDay
from ..account.poll import ExistCoordinator
from ..account.scopes import any_write
from ..runtime import ExistConfigEntry
from .control import async_hide_from_assistants
from .entity import ExistEntity


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the select where anything can be written."""
    runtime = entry.runtime_data
    if any_write(runtime.scopes):
        async_add_entities([ExistEditedDaySelect(runtime.coordinator)])


class ExistEditedDaySelect(ExistEntity, SelectEntity):
    """Which day the controls and the to-do list write."""

    _attr_options = [which.value for which in WhichDay]

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the select."""
        super().__init__(coordinator, "edited_day")
        self._edited = coordinator.config_entry.runtime_data.edited

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        async_hide_from_assistants(self.hass, self.entity_id)

    @property
    @override
    def available(self) -> bool:
        """Always: it concerns this side only."""
        return True

    @property
    @override
    def current_option(self) -> str:
        """The day being edited."""
        which: WhichDay = self._edited.which
        return which.value

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose the day."""
        self._edited.async_choose(WhichDay(option))
