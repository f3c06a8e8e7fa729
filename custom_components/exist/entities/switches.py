"""Switches: booleans of one day that are not tags."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..api import Attribute, Value
from ..const import TAGS_GROUP
from ..runtime import ExistConfigEntry
from .control import ExistControl, has_control
from .entity import EntityManager


def _fits(attribute: Attribute) -> bool:
    return (
        has_control(attribute, Platform.SWITCH) and attribute.group.name != TAGS_GROUP
    )


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's switches."""
    EntityManager(
        entry, Platform.SWITCH, _fits, ExistSwitch, async_add_entities, controls=True
    ).async_start()


class ExistSwitch(ExistControl, SwitchEntity):
    """Whether something was so on a day."""

    @override
    def _show(self, value: Value | None) -> None:
        self._attr_is_on = bool(value)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Write that it was so."""
        await self._async_write(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Write that it was not."""
        await self._async_write(False)
