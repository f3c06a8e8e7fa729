"""The date that moves what a person writes to another day."""

from datetime import date
from typing import override

from homeassistant.components.date import DateEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.poll import ExistCoordinator
from ..account.scopes import any_write
from ..notices.translated import wrong
from ..runtime import ExistConfigEntry
from .entity import ExistEntity
from .once_owned import async_add_once_owned, has_controls


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the date once anything can be written."""
    runtime = entry.runtime_data
    if any_write(runtime.scopes):
        day = ExistEditedDay(runtime.coordinator)
        async_add_once_owned(entry, day, async_add_entities)


class ExistEditedDay(ExistEntity, DateEntity):
    """Which day a person's controls and to-do list write."""

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the date."""
        super().__init__(coordinator, "edited_day")
        self._edited = coordinator.config_entry.runtime_data.edited

    @property
    @override
    def available(self) -> bool:
        """While there is anything that a person can enter."""
        return has_controls(self.coordinator.data)

    @override
    def _look(self) -> object:
        self._attr_native_value = day = self._edited.day
        return self.available, day

    @override
    async def async_set_value(self, value: date) -> None:
        """Choose the day. Raises HomeAssistantError."""
        if value > (today := self.coordinator.today):
            raise wrong(
                "edited_day_future",
                day=value.isoformat(),
                today=today.isoformat(),
                zone=str(self.coordinator.data.zone),
            )
        await self._edited.async_choose(value)
