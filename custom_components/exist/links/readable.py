"""Values of days as people read them in a list: pure functions."""

from ..values.kinds import KINDS
from .convert import Target


def readable_value(target: Target, value: float | str) -> str:
    """Return a wire value as people read it."""
    if isinstance(value, str):
        return value
    in_words = KINDS[target.value_type].in_words
    if in_words is not None:
        return in_words(value)
    return f"{value:.10g} {target.unit or ''}".rstrip()
