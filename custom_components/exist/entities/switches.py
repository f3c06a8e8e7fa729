"""Switches: booleans of one day that are not tags."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import Platform

from ..api import Attribute, Value
from ..const import TAGS_GROUP
from ..values.kinds import KINDS
from .attribute_platform import attribute_platform
from .control import ExistControl


def _fits(attribute: Attribute) -> bool:
    """Return whether it is a boolean that is no tag."""
    control = KINDS[attribute.value_type].control
    return control is Platform.SWITCH and attribute.group.name != TAGS_GROUP


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


async_setup_entry = attribute_platform(
    Platform.SWITCH, ExistSwitch, controls=True, fits=_fits
)
