"""One value of an entity's day, from the hourly statistics of what has a mean."""

from collections.abc import Sequence
from dataclasses import replace

from ..ledger.day import Known
from .aggregate import Aggregate, Hour, NotTold, Rule, Told, Why
from .aggregating import ENOUGH, mean_of
from .power_on import FAR_BELOW
from .window import HOUR_SECONDS, Window


def tell_hourly(rule: Rule, hours: Sequence[Hour], window: Window) -> Told | NotTold:
    """Return the value of a past window of whole hours, from hourly statistics.

    An hour in which something was read that the rule does not take is none. What a
    meter counted is told by `tell_counted`, of hours as of states.
    """
    inside = [
        hour
        for hour in hours
        if window.start <= hour.start < window.end
        and rule.takes(hour.minimum, hour.maximum)
        and not _has_only_started(rule, hour)
    ]
    match rule.aggregate:
        case Aggregate.MINIMUM:
            values = [hour.minimum for hour in inside if hour.minimum is not None]
        case Aggregate.MAXIMUM:
            values = [hour.maximum for hour in inside if hour.maximum is not None]
        case _:
            values = [hour.mean for hour in inside if hour.mean is not None]
    if not values or len(values) * HOUR_SECONDS < ENOUGH * window.seconds:
        return NotTold(Why.NOT_RECORDED)
    starts = [hour.start for hour in inside]
    known = Known(
        float(len(starts) * HOUR_SECONDS), starts[0], starts[-1] + HOUR_SECONDS
    )
    match rule.aggregate:
        case Aggregate.MINIMUM:
            return Told(min(values), known)
        case Aggregate.MAXIMUM:
            return Told(max(values), known)
        case _:
            told = mean_of(rule, values, [1.0] * len(values))
            return told if isinstance(told, NotTold) else replace(told, known=known)


def _has_only_started(rule: Rule, hour: Hour) -> bool:
    """Return whether the highest of the hour is what a probe says as it starts."""
    return (
        rule.starts_with is not None
        and hour.maximum == rule.starts_with
        and hour.mean is not None
        and hour.mean < FAR_BELOW * rule.starts_with
    )
