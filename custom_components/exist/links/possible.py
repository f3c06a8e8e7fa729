"""Numbers that a quantity cannot be, though devices show them while they know nothing.

Pure facts, without states of entities.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import UV_INDEX, UnitOfSpeed, UnitOfTemperature
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    PowerConverter,
    PressureConverter,
    SpeedConverter,
    TemperatureConverter,
)

HEARTBEATS: Final = "bpm"
# 100 itself is a reading.
ALL_PERCENT: Final = 101.0
# No home is that cold; -127 is what a probe says that lost its wire.
_COLDEST_CELSIUS = -100.0
# Nor is any kiln so hot.
_HOTTEST_CELSIUS = 2000.0


class Bounds(NamedTuple):
    """A reading lies above `above` and below `below`, in the entity's own unit."""

    above: float | None = None
    below: float | None = None


# What 16 bits hold at most is what a device says that has nothing to say.
_TWO_BYTES = 65535.0
# No air holds so much, and no sensor of it reads so far.
_MOST_CO2 = 45_000.0
# A byte that holds no pulse, and no heart beats so fast.
_BYTE = 255.0
_ABOVE_ZERO = Bounds(above=0.0)
# 0 itself is a reading; a little less is what rounding makes of it.
_NOT_NEGATIVE = Bounds(above=-0.5)
_IN_TWO_BYTES = Bounds(-0.5, _TWO_BYTES)
# No sun burns so much.
_MOST_UV = 50.0
# No wind blows so fast, no rain falls so fast for a minute, no air weighs so much, and
# no home has such power: in m/s, hPa and W.
_MOST: Final[Mapping[str, tuple[type[BaseUnitConverter], str, float]]] = {
    SensorDeviceClass.ATMOSPHERIC_PRESSURE: (PressureConverter, "hPa", 1200.0),
    SensorDeviceClass.POWER: (PowerConverter, "W", 1e8),
    SensorDeviceClass.PRECIPITATION_INTENSITY: (SpeedConverter, "m/s", 4.0 / 3600),
    SensorDeviceClass.WIND_SPEED: (SpeedConverter, "m/s", 150.0),
}
_BOUNDS: Final = {
    SensorDeviceClass.AQI: _IN_TWO_BYTES,
    SensorDeviceClass.BATTERY: Bounds(-0.5, ALL_PERCENT),
    SensorDeviceClass.BLOOD_GLUCOSE_CONCENTRATION: _ABOVE_ZERO,
    SensorDeviceClass.CO2: Bounds(0.0, _MOST_CO2),
    # Where water condenses some say a little more than 100.
    SensorDeviceClass.HUMIDITY: Bounds(0.0, 120.0),
    SensorDeviceClass.ILLUMINANCE: _NOT_NEGATIVE,
    # The ends of its scale are what a probe says without its wire.
    SensorDeviceClass.PH: Bounds(0.0, 14.0),
    SensorDeviceClass.PM1: _IN_TWO_BYTES,
    SensorDeviceClass.PM10: _IN_TWO_BYTES,
    SensorDeviceClass.PM25: _IN_TWO_BYTES,
    SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS: _IN_TWO_BYTES,
    SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS_PARTS: _IN_TWO_BYTES,
}
_BOUNDS_OF_UNITS: Final[Mapping[str | None, Bounds]] = {
    HEARTBEATS: Bounds(0.0, _BYTE),
    UV_INDEX: Bounds(-0.5, _MOST_UV),
}


def bounds_of(device_class: str | None, unit: str | None) -> Bounds:
    """Return what an entity of that device class and unit can read."""
    if device_class is None:
        return _BOUNDS_OF_UNITS.get(unit, Bounds())
    if most := _MOST.get(device_class):
        converter, its_unit, value = most
        above = 0.0 if device_class == SensorDeviceClass.ATMOSPHERIC_PRESSURE else None
        if unit not in converter.VALID_UNITS or unit == UnitOfSpeed.BEAUFORT:
            return Bounds(above)
        return Bounds(above, converter.convert(value, its_unit, unit))
    if device_class == SensorDeviceClass.TEMPERATURE:
        if unit not in TemperatureConverter.VALID_UNITS:
            return Bounds()
        coldest, hottest = (
            TemperatureConverter.convert(each, UnitOfTemperature.CELSIUS, unit)
            for each in (_COLDEST_CELSIUS, _HOTTEST_CELSIUS)
        )
        return Bounds(coldest, hottest)
    return next(
        (bounds for each, bounds in _BOUNDS.items() if each == device_class), Bounds()
    )
