"""Switches: booleans of one day; those of tags stand beside the to-do list."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import Platform

from ..account.poll import ExistCoordinator
from ..api import Attribute, Value
from ..const import TAGS_GROUP
from .attribute_platform import attribute_platform
from .control import ExistControl


class ExistSwitch(ExistControl, SwitchEntity):
    """Whether something was so on a day."""

    def __init__(self, coordinator: ExistCoordinator, attribute: Attribute) -> None:
        """Prepare the switch; the list of tags is enough for most people."""
        super().__init__(coordinator, attribute)
        self._attr_entity_registry_enabled_default = attribute.group.name != TAGS_GROUP

    @override
    def _show(self, value: Value | None) -> None:
        self._attr_is_on = bool(value) if self._edited.is_read else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Write that it was so."""
        await self._async_write(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Write that it was not."""
        await self._async_write(False)


async_setup_entry = attribute_platform(Platform.SWITCH, ExistSwitch, controls=True)
