"""What follows for a link's rule from what its entity is: pure functions."""

from dataclasses import replace

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass

from .aggregate import Rule
from .body_words import NEVER_ZERO
from .convert import plain_unit
from .entering import HELPER_PUT_BACK_SECONDS, PUT_BACK_SECONDS
from .possible import bounds_of
from .power_on import power_on_of
from .subject import Subject, SubjectKind, is_of_a_day, names_of


def rule_of(rule: Rule, subject: Subject, unit: str | None) -> Rule:
    """Return the rule for an entity whose numbers are in that unit."""
    bounds = bounds_of(subject.device_class, plain_unit(unit))
    lowest = [each for each in (rule.above, bounds.above) if each is not None]
    if subject.kind is SubjectKind.NUMBER and NEVER_ZERO.search(names_of(subject)):
        lowest.append(0.0)
    is_switch = subject.domain == "input_boolean"
    return replace(
        rule,
        above=max(lowest, default=None),
        below=bounds.below,
        of_a_day=is_of_a_day(subject),
        starts_with=(
            power_on_of(plain_unit(unit))
            if subject.device_class == SensorDeviceClass.TEMPERATURE
            else None
        ),
        of_a_circle=(
            subject.state_class == SensorStateClass.MEASUREMENT_ANGLE
            or subject.device_class == SensorDeviceClass.WIND_DIRECTION
        ),
        put_back=HELPER_PUT_BACK_SECONDS if is_switch else PUT_BACK_SECONDS,
    )
