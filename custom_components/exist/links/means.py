"""Means of what was measured, of directions too: pure functions."""

from collections.abc import Sequence
import math

CIRCLE = 360
# Directions that cancel each other out, but for so much, have no mean.
NO_DIRECTION = 0.01


def mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the mean of values, each as heavy as it lasted."""
    return math.sumprod(weights, values) / math.fsum(weights)


def mean_direction(values: Sequence[float], weights: Sequence[float]) -> float | None:
    """Return the mean of degrees of a circle, or None where there is none.

    Between 350 and 10 lies 0.
    """
    turned = [math.radians(each) for each in values]
    north = mean([math.cos(each) for each in turned], weights)
    east = mean([math.sin(each) for each in turned], weights)
    if math.hypot(north, east) < NO_DIRECTION:
        return None
    # A little less than 0 is no full circle.
    return round(math.degrees(math.atan2(east, north)), 6) % CIRCLE
