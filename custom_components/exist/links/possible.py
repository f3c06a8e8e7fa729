"""Numbers that a quantity cannot be, though devices show them while they know nothing.

Pure facts, without states of entities.
"""

from typing import Final, NamedTuple

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import UnitOfTemperature
from homeassistant.util.unit_conversion import TemperatureConverter

HEARTBEATS: Final = "bpm"
# No home is that cold; -127 is what a probe says that lost its wire.
_COLDEST_CELSIUS = -100.0


class Bounds(NamedTuple):
    """A reading lies above `above` and below `below`, in the entity's own unit."""

    above: float | None = None
    below: float | None = None


_ABOVE_ZERO = Bounds(above=0.0)
_BOUNDS: Final = {
    SensorDeviceClass.ATMOSPHERIC_PRESSURE: _ABOVE_ZERO,
    SensorDeviceClass.BATTERY: Bounds(below=101.0),
    SensorDeviceClass.BLOOD_GLUCOSE_CONCENTRATION: _ABOVE_ZERO,
    SensorDeviceClass.CO2: _ABOVE_ZERO,
    # Where water condenses some say a little more than 100.
    SensorDeviceClass.HUMIDITY: Bounds(0.0, 120.0),
}


def bounds_of(device_class: str | None, unit: str | None) -> Bounds:
    """Return what an entity of that device class and unit can read."""
    if device_class is None:
        return _ABOVE_ZERO if unit == HEARTBEATS else Bounds()
    if device_class == SensorDeviceClass.TEMPERATURE:
        if unit not in TemperatureConverter.VALID_UNITS:
            return Bounds()
        coldest = TemperatureConverter.convert(
            _COLDEST_CELSIUS, UnitOfTemperature.CELSIUS, unit
        )
        return Bounds(above=coldest)
    return next(
        (bounds for each, bounds in _BOUNDS.items() if each == device_class), Bounds()
    )
