"""What goes together with what: the strongest that Exist found anew."""

from typing import override

from homeassistant.components.sensor import SensorEntity

from ..account.poll import ExistCoordinator
from ..values.kinds import cut_text
from .entity import ATTR_DATE, ExistEntity

ATTR_ATTRIBUTE = "attribute"
ATTR_ATTRIBUTE_2 = "attribute2"
ATTR_LINKED = "linked"
ATTR_OFFSET = "offset"
ATTR_PERCENTAGE = "percentage"
ATTR_STARS = "stars"
ATTR_VALUE = "value"


class ExistCorrelationSensor(ExistEntity, SensorEntity):
    """The week's strongest new correlation, in words that claim no cause."""

    _attr_entity_registry_enabled_default = False

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, "correlation")

    @override
    def _look(self) -> object:
        runtime = self.coordinator.config_entry.runtime_data
        found = runtime.findings.together
        if found is None:
            self._attr_native_value, self._attr_extra_state_attributes = None, {}
            return None
        names = {found.attribute, found.attribute2}
        linked = not names.isdisjoint(runtime.links.fed)
        self._attr_native_value = cut_text(found.text)
        self._attr_extra_state_attributes = {
            ATTR_DATE: found.week.isoformat(),
            ATTR_ATTRIBUTE: found.attribute,
            ATTR_ATTRIBUTE_2: found.attribute2,
            ATTR_PERCENTAGE: found.percentage,
            ATTR_VALUE: found.value,
            ATTR_STARS: found.stars,
            ATTR_OFFSET: found.offset,
            ATTR_LINKED: linked,
        }
        return found, linked
