"""Every day of which links and Home Assistant's own helpers say something else."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from .side_by_side_home import DAYS, WEIGHED

ZONES = ("Europe/Vienna", "Asia/Kathmandu", "Pacific/Kiritimati")
KATHMANDU = ("Asia/Kathmandu",)
WHOLE_HOURS = ("Europe/Vienna", "Pacific/Kiritimati")
KIRITIMATI = ("Pacific/Kiritimati",)


class Right(StrEnum):
    """Who says what was."""

    OURS = "the link"
    THEIRS = "the helper"


@dataclass(frozen=True, slots=True)
class Difference:
    """Days of which the two say something else, who is right, and why."""

    helper: str
    days: Collection[int]
    right: Right
    why: str
    zones: Collection[str] = ZONES


NOT_WEIGHED = frozenset(range(DAYS)) - WEIGHED.keys()
OFF = frozenset({17})
"""Home Assistant was off all day."""

TABLE = (
    Difference(
        "history_stats time",
        {8},
        Right.THEIRS,
        "off for hours, and on before and after: a helper takes it to have been on, "
        "which here it was; a link leaves out what nobody saw",
    ),
    Difference(
        "history_stats count",
        {4},
        Right.OURS,
        "on since the evening before: it was switched on on that day, not on this one",
    ),
    Difference(
        "history_stats count",
        {5, 8},
        Right.OURS,
        "a start of Home Assistant while it is on switches nothing on",
    ),
    Difference(
        "utility_meter counter",
        {12},
        Right.OURS,
        "a cup that was counted by mistake is taken back; a helper only adds",
    ),
    Difference(
        "utility_meter counter",
        OFF,
        Right.THEIRS,
        "a counter counts nothing while Home Assistant is off; a link does not say so",
    ),
    Difference(
        "utility_meter daily",
        OFF,
        Right.OURS,
        "nobody saw what was counted on a day off: a helper says 0",
    ),
    Difference(
        "utility_meter running",
        OFF,
        Right.OURS,
        "nobody saw what was counted on a day off: a helper says 0",
    ),
    Difference(
        "utility_meter daily",
        {8, 18},
        Right.OURS,
        "a helper forgets what was counted while Home Assistant was off",
    ),
    Difference(
        "utility_meter running",
        {8},
        Right.OURS,
        "a helper forgets what was counted while Home Assistant was off",
    ),
    Difference(
        "utility_meter running",
        {10, 26},
        Right.OURS,
        "a 0 or a spike of some seconds is no use: a helper adds the way back",
    ),
    Difference(
        "utility_meter running",
        {11},
        Right.OURS,
        "a meter that corrects itself downwards did not use that; a helper only adds",
    ),
    Difference(
        "compiled running",
        {10, 26},
        Right.OURS,
        "a 0 or a spike of some seconds is no use: statistics take it as a new meter",
    ),
    Difference(
        "compiled running",
        {18},
        Right.OURS,
        "of what was used in two days off, no day is known: statistics add it here",
    ),
    Difference(
        "compiled running",
        {22},
        Right.OURS,
        "what a new meter shows at first was not used here",
    ),
    Difference(
        "compiled running",
        {23, 24},
        Right.OURS,
        "an hour of statistics ends at a quarter to one: it is of the day before",
        KATHMANDU,
    ),
    Difference(
        "statistics room",
        {13, 16, 18},
        Right.OURS,
        "a helper takes the last value to last through the hours without any",
        WHOLE_HOURS,
    ),
    Difference(
        "statistics room",
        {25},
        Right.OURS,
        "a helper leaves out how long the last value of the day lasted",
        KIRITIMATI,
    ),
    Difference(
        "statistics scale",
        NOT_WEIGHED - OFF,
        Right.OURS,
        "a helper holds the last weight on days on which there was none",
    ),
    Difference(
        "compiled scale",
        NOT_WEIGHED - OFF,
        Right.OURS,
        "statistics hold the last weight on days on which there was none",
    ),
    Difference(
        "compiled scale",
        WEIGHED.keys() - {0},
        Right.OURS,
        "statistics mix the weight with the one before it",
    ),
)

UNSEEN = {
    "tv_minutes": OFF,
    "tv_times": OFF,
    "sun": OFF,
    "used": {16, *OFF},
}
"""Days of which no link can say what was, for Home Assistant was off."""

BY_HOURS: dict[str, dict[int, float | None]] = {
    # An hour in which it fell is told by the rise of its sum, which has what a new
    # meter shows at first; two days off cannot be told.
    "used": {18: None, 22: 3.25},
    "sun": {},
    "warmth": {},
}
"""Past days of which hourly statistics tell something else than states."""
