"""Which value type an attribute gets that is made for a link."""

from homeassistant.const import PERCENTAGE
from homeassistant.util.unit_conversion import DurationConverter

from ..api import ValueType
from .aggregate import Aggregate
from .subject import Subject, SubjectKind

# Exist's scales have so many steps.
_LONGEST_SCALE = 9


def new_value_type(subject: Subject, aggregate: Aggregate) -> ValueType:
    """Return the value type of an attribute that is made for this."""
    match aggregate:
        case Aggregate.TIME_IN:
            return ValueType.DURATION
        case Aggregate.TIMES:
            return ValueType.INTEGER
        case Aggregate.FIRST_TIME | Aggregate.LAST_TIME:
            return ValueType.TIME_OF_DAY
        case Aggregate.EVER:
            return ValueType.BOOLEAN
    if subject.kind is SubjectKind.CLOCK:
        return subject.value_types(aggregate)[0]
    if subject.is_text(aggregate):
        return ValueType.TEXT
    if subject.watched.steps and aggregate is not Aggregate.MEAN:
        is_short = len(subject.watched.steps) <= _LONGEST_SCALE
        return ValueType.SCALE if is_short else ValueType.INTEGER
    if subject.unit == PERCENTAGE:
        return ValueType.PERCENTAGE
    if subject.unit in DurationConverter.VALID_UNITS:
        return ValueType.DURATION
    if subject.domain == "counter" and aggregate is not Aggregate.MEAN:
        return ValueType.INTEGER
    return ValueType.DECIMAL
