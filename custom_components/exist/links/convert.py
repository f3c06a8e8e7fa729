"""From a day's value in the entity's unit to Exist's wire: pure functions."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from custom_components.exist.api import InvalidValueError, ValueType
from custom_components.exist.descriptions import describe
from custom_components.exist.values import parse_value
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    DistanceConverter,
    DurationConverter,
    EnergyConverter,
    MassConverter,
    SpeedConverter,
    TemperatureConverter,
    VolumeConverter,
)

from .aggregate import Aggregate, NotTold, Told, Why
from .link import Link

DIFFERENCES = frozenset({Aggregate.SUM, Aggregate.DIFFERENCE})
CLOCKS = (ValueType.TIME_OF_DAY, ValueType.TIME_FROM_MIDDAY)
MINUTE = 60

# Those of all units that Exist has.
CONVERTERS: tuple[type[BaseUnitConverter], ...] = (
    DistanceConverter,
    DurationConverter,
    EnergyConverter,
    MassConverter,
    SpeedConverter,
    TemperatureConverter,
    VolumeConverter,
)

# Which value types an aggregate may feed; Exist lets nobody create the second clock.
FEEDS = {
    Aggregate.TIME_IN: (ValueType.DURATION,),
    Aggregate.TIMES: (ValueType.INTEGER,),
    Aggregate.FIRST_TIME: CLOCKS,
    Aggregate.LAST_TIME: CLOCKS,
    Aggregate.EVER: (ValueType.BOOLEAN,),
}
NUMBERS = (
    ValueType.INTEGER,
    ValueType.DECIMAL,
    ValueType.DURATION,
    ValueType.PERCENTAGE,
    ValueType.SCALE,
)


@dataclass(frozen=True, slots=True)
class Target:
    """The attribute that is fed, as far as values are concerned."""

    value_type: ValueType
    template: str | None

    @property
    def unit(self) -> str | None:
        """The unit on the wire, but for percentages, which people read as such."""
        return describe(self.template, self.value_type).unit


def feeds(aggregate: Aggregate, *, text: bool) -> tuple[ValueType, ...]:
    """Return the value types that the aggregate may feed."""
    if text:
        return (ValueType.TEXT,)
    return FEEDS.get(aggregate, NUMBERS)


def convertible(unit: str | None, target: Target) -> bool:
    """Return whether numbers in that unit can become the attribute's."""
    wanted = target.unit
    if wanted is None or unit == wanted:
        return True
    return _converter(unit, wanted) is not None


def _converter(unit: str | None, wanted: str) -> type[BaseUnitConverter] | None:
    return next(
        (each for each in CONVERTERS if {unit, wanted} <= each.VALID_UNITS), None
    )


def wire_value(
    link: Link, told: Told, unit: str | None, template: str | None, zone: tzinfo
) -> float | str | NotTold:
    """Return the day's value as Exist takes it; integers rounded half to even."""
    target = Target(link.value_type, template)
    try:
        raw = _raw(link, told, unit, target, zone)
    except HomeAssistantError:
        return NotTold(Why.WRONG_UNIT)
    try:
        return parse_value(link.value_type, template, raw)
    except InvalidValueError as err:
        if err.code == "cannot_empty":
            return NotTold(Why.NOTHING)
        return NotTold(Why.OUT_OF_RANGE)


def _raw(
    link: Link, told: Told, unit: str | None, target: Target, zone: tzinfo
) -> float | str:
    """Return the value as a person would write it. Raises HomeAssistantError."""
    value, aggregate = told.value, link.rule.aggregate
    if isinstance(value, str):
        return value
    if aggregate is Aggregate.TIME_IN:
        return round(value / MINUTE)
    if aggregate in (Aggregate.FIRST_TIME, Aggregate.LAST_TIME):
        return f"{datetime.fromtimestamp(value, zone):%H:%M}"
    if aggregate in (Aggregate.TIMES, Aggregate.EVER):
        return value
    value = _in_unit(value, aggregate, unit, target)
    if link.value_type in (ValueType.DECIMAL, ValueType.PERCENTAGE):
        return round(value, link.decimals)
    return round(value)


def _in_unit(
    value: float, aggregate: Aggregate, unit: str | None, target: Target
) -> float:
    wanted = target.unit
    if wanted is None or unit == wanted:
        return value
    converter = _converter(unit, wanted)
    if converter is None:
        raise HomeAssistantError
    if converter is TemperatureConverter and aggregate in DIFFERENCES:
        assert unit is not None
        return TemperatureConverter.convert_interval(value, unit, wanted)
    return converter.convert(value, unit, wanted)
