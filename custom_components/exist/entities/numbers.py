"""Numbers: scales as sliders, quantities, durations and percentages of one day."""

from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberMode
from homeassistant.const import Platform

from ..account.poll import ExistCoordinator
from ..api import Attribute, Value, ValueType
from ..values.kinds import LONGEST_DAY, MAY_BE_NEGATIVE
from .attribute_platform import attribute_platform
from .control import ExistControl
from .entity import NUMERIC

FAR = 1_000_000.0


def _fits(attribute: Attribute) -> bool:
    return attribute.value_type in NUMERIC


class ExistNumber(ExistControl, NumberEntity):
    """A number that a person sets for a day."""

    _attr_mode = NumberMode.BOX

    def __init__(self, coordinator: ExistCoordinator, attribute: Attribute) -> None:
        """Prepare range, step and unit."""
        super().__init__(coordinator, attribute)
        description = self._description
        self._attr_native_unit_of_measurement = description.unit
        if description.device_class is not None:
            self._attr_device_class = NumberDeviceClass(description.device_class.value)
        below_zero = self._template is None or self._template in MAY_BE_NEGATIVE
        self._attr_native_min_value = -FAR if below_zero else 0
        self._attr_native_max_value = FAR
        self._attr_native_step = 1
        match attribute.value_type:
            case ValueType.SCALE:
                self._attr_mode = NumberMode.SLIDER
                self._attr_native_min_value, self._attr_native_max_value = 1, 9
            case ValueType.PERCENTAGE:
                self._attr_native_min_value, self._attr_native_max_value = 0, 100
                self._attr_native_step = 0.1
            case ValueType.DURATION:
                self._attr_native_min_value = 0
                if self._template is not None:
                    self._attr_native_max_value = LONGEST_DAY
            case ValueType.DECIMAL:
                self._attr_native_step = 0.01

    @override
    def _show(self, value: Value | None) -> None:
        if value is None or isinstance(value, str):
            self._attr_native_value = None
        elif self._value_type is ValueType.PERCENTAGE:
            self._attr_native_value = round(value * 100, 4)
        else:
            self._attr_native_value = value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Write the number."""
        await self._async_write(value)


async_setup_entry = attribute_platform(
    Platform.NUMBER, _fits, ExistNumber, controls=True
)
