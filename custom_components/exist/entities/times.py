"""Times of day of one day."""

from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..api import Attribute, Value
from ..runtime import ExistConfigEntry
from ..values.kinds import DAY, HOUR
from .control import ExistControl, has_control
from .entity import EntityManager


def _fits(attribute: Attribute) -> bool:
    return has_control(attribute, Platform.TIME)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's times."""
    EntityManager(
        entry, Platform.TIME, _fits, ExistTime, async_add_entities, controls=True
    ).async_start()


class ExistTime(ExistControl, TimeEntity):
    """A time of day."""

    @override
    def _show(self, value: Value | None) -> None:
        minutes = None if value is None else int(value)
        self._attr_native_value = (
            None
            if minutes is None or not 0 <= minutes < DAY
            else time(minutes // HOUR, minutes % HOUR)
        )

    @override
    async def async_set_value(self, value: time) -> None:
        """Write the time."""
        await self._async_write(value)
