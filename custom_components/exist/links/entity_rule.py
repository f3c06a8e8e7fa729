"""What follows for a link's rule from what its entity is: pure functions."""

from dataclasses import replace

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass

from .aggregate import Rule
from .convert import plain_unit
from .entering import HELPER_PUT_BACK_SECONDS, PUT_BACK_SECONDS
from .possible import bounds_of
from .subject import Subject, is_of_a_day


def rule_of(rule: Rule, subject: Subject, unit: str | None) -> Rule:
    """Return the rule for an entity whose numbers are in that unit."""
    bounds = bounds_of(subject.device_class, plain_unit(unit))
    lowest = [each for each in (rule.above, bounds.above) if each is not None]
    is_switch = subject.domain == "input_boolean"
    return replace(
        rule,
        above=max(lowest, default=None),
        below=bounds.below,
        of_a_day=is_of_a_day(subject),
        of_a_circle=(
            subject.state_class == SensorStateClass.MEASUREMENT_ANGLE
            or subject.device_class == SensorDeviceClass.WIND_DIRECTION
        ),
        put_back=HELPER_PUT_BACK_SECONDS if is_switch else PUT_BACK_SECONDS,
    )
