"""What follows for a link from what its entity is: pure functions."""

from dataclasses import replace

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, UnitOfTemperature

from ..api import ValueType
from .aggregate import NUMERIC, Aggregate, Rule
from .body_words import AT_MOST_ALL, NEVER_ZERO
from .convert import plain_unit
from .entering import BY_NIGHT_SECONDS, HELPER_PUT_BACK_SECONDS, PUT_BACK_SECONDS
from .event_domains import is_of_events
from .link import CLOCKS, Link
from .possible import ALL_PERCENT, bounds_of
from .power_on import power_on_of
from .steps import said_steps
from .subject import Subject, SubjectKind, is_of_a_day, names_of

# What a sensor shows tells these apart, and it may show something else just now.
_AS_SHOWN = frozenset({SubjectKind.CLOCK, SubjectKind.NUMBER, SubjectKind.WORD})

# A person switches these on, or chooses, and an automation puts them back.
_PUT_BACK = frozenset({"input_boolean", "input_select"})


def as_linked(subject: Subject, link: Link) -> Subject:
    """Return the entity as what the link was made of, whatever it shows just now."""
    if (
        link.rule.aggregate not in NUMERIC
        or subject.kind not in _AS_SHOWN
        or subject.watched.steps
    ):
        return subject
    if not link.rule.text:
        kind = SubjectKind.NUMBER
    elif link.value_type in (*CLOCKS, ValueType.DURATION):
        kind = SubjectKind.CLOCK
    else:
        kind = SubjectKind.WORD
    return replace(subject, kind=kind)


def rule_of(
    rule: Rule, subject: Subject, unit: str | None, *, is_whole: bool = False
) -> Rule:
    """Return the rule for an entity whose numbers are in that unit.

    The day `is_whole` where it begins at midnight, when a person may still be up.
    """
    bounds = bounds_of(subject.device_class, plain_unit(unit))
    lowest = [each for each in (rule.above, bounds.above) if each is not None]
    if subject.kind is SubjectKind.NUMBER and NEVER_ZERO.search(names_of(subject)):
        is_fahrenheit = unit == UnitOfTemperature.FAHRENHEIT
        lowest.append(32.0 if is_fahrenheit else 0.0)
    below = bounds.below
    if subject.unit == PERCENTAGE and AT_MOST_ALL.search(names_of(subject)):
        below = ALL_PERCENT
    put_back = PUT_BACK_SECONDS
    if subject.domain in _PUT_BACK:
        put_back = BY_NIGHT_SECONDS if is_whole else HELPER_PUT_BACK_SECONDS
    return replace(
        rule,
        above=max(lowest, default=None),
        below=below,
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
        of_events=(
            is_of_events(subject.entity_id)
            and subject.watched.state_attribute is not None
            and bool(rule.states)
            and rule.aggregate is not Aggregate.TIME_IN
        ),
        unsaid=frozenset(subject.options) - {*said_steps(subject.options)},
        put_back=put_back,
    )
