"""From a day's value in the entity's unit to Exist's wire: pure functions."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from math import isclose, nan
import re

from homeassistant.const import (
    STATE_UNKNOWN,
    UnitOfMass,
    UnitOfRatio,
    UnitOfTime,
    UnitOfVolume,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import (
    ApparentPowerConverter,
    AreaConverter,
    BaseUnitConverter,
    BloodGlucoseConcentrationConverter,
    ConductivityConverter,
    DataRateConverter,
    DistanceConverter,
    DurationConverter,
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    EnergyConverter,
    EnergyDistanceConverter,
    FrequencyConverter,
    InformationConverter,
    MassConverter,
    MassVolumeConcentrationConverter,
    PowerConverter,
    PressureConverter,
    RadiationConcentrationConverter,
    ReactiveEnergyConverter,
    ReactivePowerConverter,
    SpeedConverter,
    TemperatureConverter,
    VolumeConverter,
    VolumeFlowRateConverter,
)

from ..api import InvalidValueError, ValueType
from ..values.kinds import KINDS
from ..values.templates import describe, parse_value
from .aggregate import NUMERIC, Aggregate, NotTold, Told, Why
from .link import CLOCKS, Link
from .numerals import clock_of, lasting, number_of
from .timeline import Row
from .unit_spellings import SPELLINGS
from .watched import Condition

DIFFERENCES = frozenset({Aggregate.SUM, Aggregate.DIFFERENCE})
MINUTE = 60
# The same number in another unit is rounded otherwise.
ROUNDED = 0.005

CONVERTERS: tuple[type[BaseUnitConverter], ...] = (
    ApparentPowerConverter,
    AreaConverter,
    BloodGlucoseConcentrationConverter,
    ConductivityConverter,
    DataRateConverter,
    DistanceConverter,
    DurationConverter,
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    EnergyConverter,
    EnergyDistanceConverter,
    FrequencyConverter,
    InformationConverter,
    MassConverter,
    MassVolumeConcentrationConverter,
    PowerConverter,
    PressureConverter,
    RadiationConcentrationConverter,
    ReactiveEnergyConverter,
    ReactivePowerConverter,
    SpeedConverter,
    TemperatureConverter,
    VolumeConverter,
    VolumeFlowRateConverter,
)

# Of gases it depends on which one it is, so these are not converted; nor are they words.
_RATIOS = frozenset({UnitOfRatio.PARTS_PER_BILLION, UnitOfRatio.PARTS_PER_MILLION})

# Units however they are capitalized, where that tells them apart.
_UNITS = {
    unit: unit.casefold()
    for converter in CONVERTERS
    for unit in converter.VALID_UNITS
    if unit is not None
}
_ALIKE = Counter(_UNITS.values())
_CASELESS = {
    written: unit
    for unit, written in _UNITS.items()
    if _ALIKE[written] == 1 and (len(unit) > 1 or written in "hls")
}

_MINUTES_AND_SECONDS = re.compile(r"\s*\d+:\d+\s*")
_WITH_UNIT = re.compile(r"\s*(.*\d)\s*([^\d\s].*)")

NUMBERS = tuple(each for each, kind in KINDS.items() if kind.is_number)
# Which value types an aggregate may feed; the first is the best.
FEEDS = {
    **dict.fromkeys(NUMERIC, NUMBERS),
    Aggregate.TIME_IN: (ValueType.DURATION, ValueType.PERCENTAGE),
    Aggregate.TIMES: (ValueType.INTEGER,),
    Aggregate.FIRST_TIME: CLOCKS,
    Aggregate.LAST_TIME: CLOCKS,
    Aggregate.EVER: (ValueType.BOOLEAN,),
}


@dataclass(frozen=True, slots=True)
class Target:
    """The attribute that is fed, as far as values are concerned."""

    value_type: ValueType
    template: str | None
    begun_in: str | None = None
    """The unit that a custom attribute without one was begun in."""

    @property
    def unit(self) -> str | None:
        """The unit on the wire, but for percentages, which people read as such."""
        return self.begun_in if self.is_free else self._described

    @property
    def is_free(self) -> bool:
        """Whether Exist gives it no unit, so that it has that of its entity."""
        return self.template is None and self._described is None

    @property
    def _described(self) -> str | None:
        return describe(self.template, self.value_type).unit

    @classmethod
    def of(cls, link: Link, template: str | None) -> Target:
        """Return what a link's values must be."""
        return cls(link.value_type, template, link.unit)


def unit_filled_in(links: Iterable[Link], attribute: str) -> str | None:
    """Return the unit in which a link fills an attribute that Exist gives none."""
    for link in links:
        if link.attribute == attribute and link.needs_unit and not link.observe:
            return Target.of(link, link.template).unit
    return None


def feeds(aggregate: Aggregate, *, text: bool) -> tuple[ValueType, ...]:
    """Return the value types that the aggregate may feed."""
    if text:
        return (ValueType.TEXT,)
    return FEEDS[aggregate]


def convertible(unit: str | None, target: Target) -> bool:
    """Return whether numbers in that unit can become the attribute's."""
    wanted = plain_unit(target.unit)
    unit = _in_terms_of(unit, wanted)
    if wanted is None or unit == wanted:
        return True
    return _converter(unit, wanted) is not None or (
        target.is_free and _words_only(unit, wanted)
    )


def plain_unit(unit: str | None) -> str | None:
    """Return the unit as Home Assistant spells it."""
    if unit is None or any(unit in each.VALID_UNITS for each in CONVERTERS):
        return unit
    written = unit.strip().casefold().rstrip(".")
    return SPELLINGS.get(written) or _CASELESS.get(written, unit)


def _in_terms_of(unit: str | None, wanted: str | None) -> str | None:
    """Return the unit as Home Assistant spells it; ounces of what is drunk are fluid."""
    unit = plain_unit(unit)
    is_fluid = unit == UnitOfMass.OUNCES and wanted in VolumeConverter.VALID_UNITS
    return UnitOfVolume.FLUID_OUNCES if is_fluid else unit


def _converter(unit: str | None, wanted: str) -> type[BaseUnitConverter] | None:
    return next(
        (each for each in CONVERTERS if {unit, wanted} <= each.VALID_UNITS), None
    )


def _words_only(*units: str | None) -> bool:
    """Return whether these are names of things, which another language changes."""
    return not any(
        unit in _RATIOS or any(unit in each.VALID_UNITS for each in CONVERTERS)
        for unit in units
        if unit is not None
    )


def bounds_in(condition: Condition, was: str | None, unit: str | None) -> Condition:
    """Return a condition in the present unit, unchanged where it had none.

    Raises HomeAssistantError.
    """
    target = _plainly(unit)

    def bound(number: float | None) -> float | None:
        if number is None or was is None:
            return number
        return _in_unit(number, Aggregate.LAST, was, target)

    return replace(
        condition, above=bound(condition.above), below=bound(condition.below)
    )


def told_in(
    told: Told, aggregate: Aggregate, was: str | None, unit: str | None
) -> Told | NotTold:
    """Return what was told of one of several entities in the unit of the first."""
    if aggregate not in NUMERIC or isinstance(told.value, str):
        return told
    try:
        value = _in_unit(told.value, aggregate, was, _plainly(unit))
    except HomeAssistantError:
        return NotTold(Why.WRONG_UNIT)
    return replace(told, value=value)


def same_kind(unit: str | None, other: str | None) -> bool:
    """Return whether numbers in one unit can become numbers in the other."""
    return convertible(unit, _plainly(other))


def _plainly(unit: str | None) -> Target:
    """Return what gives no unit of its own."""
    return Target(ValueType.DECIMAL, None, unit)


def in_one_unit(rows: Iterable[Row], unit: str | None) -> Iterator[Row]:
    """Yield rows in the present unit; another unit alone reports nothing anew."""
    last_unit: str | None = None
    last = nan
    for each in rows:
        row = in_present_unit(each, unit)
        number, said = number_of(row.state), plain_unit(each.unit)
        if number is not None and said is not None:
            if said != last_unit and isclose(last, number, rel_tol=ROUNDED):
                row = row._replace(reported=False)
            last_unit, last = said, number
        yield row


def in_present_unit(row: Row, unit: str | None) -> Row:
    """Return a number that was recorded in another unit as it is in the present one.

    Where that cannot be, the state is unknown.
    """
    was, unit = plain_unit(row.unit), plain_unit(unit)
    row = _as_number(row, was or unit)
    if was is None or unit is None or was == unit:
        return row
    number = number_of(row.state)
    if number is None or _words_only(was, unit):
        return row
    converter = _converter(was, unit)
    if converter is None:
        return row._replace(state=STATE_UNKNOWN)
    return row._replace(state=repr(converter.convert(number, was, unit)))


def _as_number(row: Row, unit: str | None) -> Row:
    """Return what is written as a number of its unit.

    `1:30` is one of hours, or of minutes and seconds; `80,5 kg` says its unit again.
    """
    said = None if row.state[-1:].isdecimal() else _WITH_UNIT.fullmatch(row.state)
    if unit is not None and said is not None and plain_unit(said[2]) == unit:
        itself = number_of(said[1])
        if itself is not None:
            return row._replace(state=repr(itself))
    if unit not in (UnitOfTime.HOURS, UnitOfTime.MINUTES):
        return row
    number = lasting(row.state)
    if number is None:
        return row
    if unit == UnitOfTime.MINUTES and not _MINUTES_AND_SECONDS.fullmatch(row.state):
        # `7h 30m` and `1:30:00` say themselves which are the hours.
        number *= MINUTE
    return row._replace(state=repr(number))


def wire_value(
    link: Link, told: Told, unit: str | None, template: str | None, zone: tzinfo
) -> float | str | NotTold:
    """Return the day's value as Exist takes it; integers rounded half to even."""
    target = Target.of(link, template)
    try:
        raw = _raw(link, told, unit, target, zone)
    except HomeAssistantError:
        return NotTold(Why.WRONG_UNIT)
    except OverflowError, ValueError:
        # Too large for any number, as are the states of a broken sensor.
        return NotTold(Why.OUT_OF_RANGE)
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
        if link.value_type in CLOCKS:
            clock = clock_of(value, zone)
            return "" if clock is None else f"{clock:%H:%M}"
        if link.value_type is ValueType.DURATION:
            hours = lasting(value)
            return "" if hours is None else round(hours * MINUTE)
        return value.strip()
    if aggregate is Aggregate.TIME_IN:
        if link.value_type is ValueType.PERCENTAGE:
            # Of the time of which anything is known.
            return round(min(100.0, value / told.known.seconds * 100), link.decimals)
        return round(value / MINUTE)
    if aggregate in (Aggregate.FIRST_TIME, Aggregate.LAST_TIME):
        return f"{datetime.fromtimestamp(value, zone):%H:%M}"
    if aggregate in (Aggregate.TIMES, Aggregate.EVER):
        return value
    value = _in_unit(value, aggregate, unit, target)
    whole = KINDS[link.value_type].wire.whole
    return round(value) if whole else round(value, link.decimals)


def _in_unit(
    value: float, aggregate: Aggregate, unit: str | None, target: Target
) -> float:
    wanted = plain_unit(target.unit)
    unit = _in_terms_of(unit, wanted)
    if wanted is None or unit == wanted:
        return value
    converter = _converter(unit, wanted)
    if converter is None:
        if target.is_free and _words_only(unit, wanted):
            return value
        raise HomeAssistantError
    if converter is TemperatureConverter and aggregate in DIFFERENCES:
        assert unit is not None
        return TemperatureConverter.convert_interval(value, unit, wanted)
    return converter.convert(value, unit, wanted)


def readable_value(target: Target, value: float | str) -> str:
    """Return a wire value as people read it."""
    if isinstance(value, str):
        return value
    in_words = KINDS[target.value_type].in_words
    if in_words is not None:
        return in_words(value)
    return f"{value:.10g} {target.unit or ''}".rstrip()
