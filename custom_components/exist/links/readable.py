"""Values of days as people read them in a list: pure functions."""

from ..api import ValueType
from .convert import Target

HOUR = 60


def readable_value(target: Target, value: float | str) -> str:
    """Return a wire value as people read it."""
    if isinstance(value, str):
        return value
    match target.value_type:
        case ValueType.DURATION:
            hours, minutes = divmod(int(value), HOUR)
            return f"{hours} h {minutes} min" if hours else f"{minutes} min"
        case ValueType.TIME_OF_DAY:
            return _clock(int(value))
        case ValueType.TIME_FROM_MIDDAY:
            return _clock(int(value) + 12 * HOUR)
        case ValueType.PERCENTAGE:
            return f"{round(value * 100, 2):g} %"
        case ValueType.BOOLEAN:
            return "✓" if value else "✗"
    number = f"{value:.10g}"
    return f"{number} {target.unit}" if target.unit else number


def _clock(minutes: int) -> str:
    hours, minutes = divmod(minutes % (24 * HOUR), HOUR)
    return f"{hours:02d}:{minutes:02d}"
