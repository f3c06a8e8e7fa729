"""Which aggregates make sense for what; the first of each is the likeliest."""

from .aggregate import Aggregate

NUMBER_AGGREGATES = (
    Aggregate.MEAN,
    Aggregate.LAST,
    Aggregate.FIRST,
    Aggregate.MINIMUM,
    Aggregate.MAXIMUM,
    Aggregate.SUM,
    Aggregate.DIFFERENCE,
)
METER_AGGREGATES = (
    Aggregate.SUM,
    Aggregate.LAST,
    Aggregate.FIRST,
    Aggregate.MINIMUM,
    Aggregate.MAXIMUM,
    Aggregate.DIFFERENCE,
)
# A room has a temperature, which no meter counts.
ROOM_AGGREGATES = tuple(each for each in NUMBER_AGGREGATES if each is not Aggregate.SUM)
STATE_AGGREGATES = (
    Aggregate.TIME_IN,
    Aggregate.TIMES,
    Aggregate.FIRST_TIME,
    Aggregate.LAST_TIME,
    Aggregate.EVER,
)
TEXT_AGGREGATES = (Aggregate.LAST, Aggregate.FIRST)
# Positions on a scale cannot be added up.
OF_STEPS = (
    Aggregate.LAST,
    Aggregate.FIRST,
    Aggregate.MEAN,
    Aggregate.MINIMUM,
    Aggregate.MAXIMUM,
)
# Of several entities: what is the lowest of each is not the lowest of their sum.
OF_SEVERAL = frozenset(
    {
        *STATE_AGGREGATES,
        Aggregate.SUM,
        Aggregate.DIFFERENCE,
        Aggregate.MEAN,
        Aggregate.LAST,
        Aggregate.FIRST,
    }
)
