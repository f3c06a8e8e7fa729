"""Which moments belong to a day of a link: pure functions of local date-times."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
HOUR_SECONDS = 3600
MIDNIGHT = time()


class PartKind(StrEnum):
    """How a part of the day is meant."""

    WHOLE_DAY = "whole_day"
    DAY_FROM = "day_from"
    """A whole day that begins at another hour, filed under the day it begins."""
    FROM_TO = "from_to"
    """From one time to another, filed under the day it ends."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a day that a link looks at."""

    kind: PartKind = PartKind.WHOLE_DAY
    start: time = MIDNIGHT
    end: time = MIDNIGHT


class Window(NamedTuple):
    """From `start` up to, not including, `end`; in seconds of UTC."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """The length, which a change of clocks makes uneven."""
        return max(0.0, self.end - self.start)


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones of the Exist profile: `first` up to the first change.

    `changes` are pairs of day and zone, in order; a zone holds from its day on.
    """

    first: tzinfo
    changes: tuple[tuple[date, tzinfo], ...] = ()

    def of(self, day: date) -> tzinfo:
        """Return the zone in which the day begins."""
        index = bisect_right([since for since, _ in self.changes], day)
        return self.changes[index - 1][1] if index else self.first

    def moment(self, day: date, at: time) -> float:
        """Return the moment of a wall clock; the first where there are two of it."""
        return datetime.combine(day, at, self.of(day)).timestamp()


def window_of(part: Part, zones: Zones, day: date) -> Window:
    """Return the window of the day; on a day of a new zone it ends in the new one."""
    match part.kind:
        case PartKind.WHOLE_DAY:
            return Window(
                zones.moment(day, MIDNIGHT), zones.moment(day + DAY, MIDNIGHT)
            )
        case PartKind.DAY_FROM:
            return Window(
                zones.moment(day, part.start), zones.moment(day + DAY, part.start)
            )
        case PartKind.FROM_TO:
            begins = day if part.start < part.end else day - DAY
            return Window(zones.moment(begins, part.start), zones.moment(day, part.end))


def day_at(part: Part, zones: Zones, today: date, now: float) -> date:
    """Return the day whose window is under way, or the last that has begun."""
    day = today + DAY
    while window_of(part, zones, day).start > now:
        day -= DAY
    return min(day, today)


def whole_hours(window: Window) -> bool:
    """Return whether hourly statistics fit the window without a remainder."""
    return not window.start % HOUR_SECONDS and not window.end % HOUR_SECONDS


def days_between(first: date, last: date) -> Sequence[date]:
    """Return the days from the first to the last, both of them in."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def weeks_between(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the same days in pieces of at most a week, the newest one first."""
    while last >= first:
        begins = max(first, last - WEEK + DAY)
        yield begins, last
        last = begins - DAY
