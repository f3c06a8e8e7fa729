"""Binary sensors: one per boolean attribute, tags among them."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..api import Attribute
from ..runtime import ExistConfigEntry
from ..values.displayed import Shown
from ..values.kinds import KINDS
from .entity import EntityManager, ExistAttributeEntity


def _fits(attribute: Attribute) -> bool:
    return KINDS[attribute.value_type].sensor is Platform.BINARY_SENSOR


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's binary sensors."""
    EntityManager(
        entry,
        Platform.BINARY_SENSOR,
        _fits,
        ExistAttributeBinarySensor,
        async_add_entities,
    ).async_start()


class ExistAttributeBinarySensor(ExistAttributeEntity, BinarySensorEntity):
    """Whether something was so that day."""

    @override
    def _show(self, shown: Shown) -> None:
        self._attr_is_on = None if shown.value is None else bool(shown.value)
