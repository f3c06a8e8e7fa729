"""Numbers: scales, quantities, durations and percentages of one day."""

from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberMode
from homeassistant.const import Platform

from ..account.poll import ExistCoordinator
from ..api import Attribute, Value
from ..links.convert import unit_filled_in
from ..values.kinds import KINDS
from ..values.templates import may_be_negative
from .attribute_platform import attribute_platform
from .control import ExistControl

FAR = 1_000_000.0


class ExistNumber(ExistControl, NumberEntity):
    """A number that a person sets for a day."""

    # A slider without a value stands at its lowest: a scale would look like 1.
    _attr_mode = NumberMode.BOX

    def __init__(self, coordinator: ExistCoordinator, attribute: Attribute) -> None:
        """Prepare range, step and unit."""
        super().__init__(coordinator, attribute)
        description = self._description
        if description.device_class is not None:
            self._attr_device_class = NumberDeviceClass(description.device_class.value)
        kind = KINDS[attribute.value_type]
        low = -FAR if may_be_negative(self._template) else 0
        high = kind.most if self._template is not None else None
        self._attr_native_min_value = low if kind.low is None else kind.low
        self._attr_native_max_value = kind.high or high or FAR
        self._attr_native_step = kind.step

    @override
    def _look(self) -> object:
        links = self.coordinator.config_entry.runtime_data.links.links
        unit = self._description.unit or unit_filled_in(links.values(), self._name)
        self._attr_native_unit_of_measurement = unit
        return super()._look(), unit

    @override
    def _show(self, value: Value | None) -> None:
        if value is not None and not isinstance(value, str):
            value = KINDS[self._value_type].show(value)
        self._attr_native_value = None if isinstance(value, str) else value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Write the number."""
        await self._async_write(value)


async_setup_entry = attribute_platform(Platform.NUMBER, ExistNumber, controls=True)
