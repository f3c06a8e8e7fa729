"""How an attribute is charted: which statistic, in which unit, and what a day counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
import re
from typing import Final

from homeassistant.const import UnitOfTime
from homeassistant.util import slugify
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    DistanceConverter,
    DurationConverter,
    EnergyConverter,
    MassConverter,
    SpeedConverter,
    TemperatureConverter,
    UnitlessRatioConverter,
    VolumeConverter,
)

from ..api import Attribute, Value, ValueType
from ..const import DOMAIN
from ..values.kinds import DAY, HOUR, KINDS, Policy
from ..values.templates import describe

# Home Assistant names a unit's class by its converter.
_CONVERTERS: Final[Iterable[type[BaseUnitConverter]]] = (
    DistanceConverter,
    DurationConverter,
    EnergyConverter,
    MassConverter,
    SpeedConverter,
    TemperatureConverter,
    UnitlessRatioConverter,
    VolumeConverter,
)
# Where the first underscore parts the two, they can be told apart again.
_PLAIN_USER = re.compile(r"[0-9a-z]+")
_PLAIN_NAME = re.compile(r"[0-9a-z]+(_[0-9a-z]+)*")
_HASHED = re.compile(r"(.+)_[0-9a-f]{10}")
# The recorder keeps 255 characters.
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Chart:
    """The statistic of one attribute.

    What adds up over the day has a sum, all else a mean. `begins` is the minute of the
    clock that hours are counted from, None for what is no time of day.
    """

    statistic_id: str
    value_type: ValueType
    unit: str | None
    unit_class: str | None
    adds_up: bool
    above: float | None
    begins: int | None

    def figure(self, value: Value | None) -> float | None:
        """Return what a day's value counts; None where it is no value of its kind."""
        if value is None or isinstance(value, str):
            return None
        if self.begins is not None:
            return float(value) / HOUR if 0 <= value < DAY else None
        if self.above is not None and value <= self.above:
            return None
        return float(KINDS[self.value_type].show(value))


def chart_of(
    account: str, attribute: Attribute, policy: Policy | None = None
) -> Chart | None:
    """Return how the attribute is charted, None for texts; a person may set `policy`."""
    value_type = attribute.value_type
    kind = KINDS[value_type]
    if kind.wire.is_text is not False:
        return None
    description = describe(attribute.template, value_type)
    is_time = kind.moment is not None
    unit = UnitOfTime.HOURS if is_time else description.unit
    return Chart(
        statistic_id(account, attribute.name),
        value_type,
        unit,
        unit_class(unit),
        # Exist itself shows 0 only for what adds up.
        kind.natural_zero and (policy or description.policy) is Policy.TODAY,
        description.above,
        kind.begins if is_time else None,
    )


def unit_class(unit: str | None) -> str | None:
    """Return what Home Assistant calls the units that it can convert this one to."""
    if unit is None:
        # A count is no ratio, and nobody wants nine thousand steps in percent.
        return None
    for converter in _CONVERTERS:
        if unit in converter.VALID_UNITS:
            return converter.UNIT_CLASS
    return None


def statistic_id(account: str, name: str) -> str:
    """Return the id of an attribute's statistic, another for each account and name.

    It has a hash where a name is no slug, or where two accounts could share it.
    """
    plain = f"{account}_{name}"
    if (
        _PLAIN_USER.fullmatch(account)
        and _PLAIN_NAME.fullmatch(name)
        and len(plain) <= LONGEST
    ):
        return f"{DOMAIN}:{plain}"
    digest = blake2b(f"{account}/{name}".encode(), digest_size=5).hexdigest()
    slug = slugify(plain)[:LONGEST].strip("_")
    return f"{DOMAIN}:{slug}_{digest}"


def is_of(account: str, statistic: str, *, is_called_so: bool) -> bool:
    """Return whether a statistic is the account's, as far as its id can tell.

    `is_called_so` is whether the statistic's own name says so: a hash tells nothing of
    an attribute that is not known any more.
    """
    rest = statistic.removeprefix(f"{DOMAIN}:{slugify(account)}_")
    if rest == statistic:
        return False
    if (hashed := _HASHED.fullmatch(rest)) is None:
        return _PLAIN_USER.fullmatch(account) is not None
    return is_called_so or statistic == statistic_id(account, hashed[1])
