"""Binary sensors: one per boolean attribute, tags among them."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.const import Platform

from ..values.displayed import Shown
from .attribute_platform import attribute_platform
from .entity import ExistAttributeEntity


class ExistAttributeBinarySensor(ExistAttributeEntity, BinarySensorEntity):
    """Whether something was so that day."""

    @override
    def _show(self, shown: Shown) -> None:
        self._attr_is_on = None if shown.value is None else bool(shown.value)


async_setup_entry = attribute_platform(
    Platform.BINARY_SENSOR, ExistAttributeBinarySensor
)
