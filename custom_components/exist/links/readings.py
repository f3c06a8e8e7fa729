"""The readings of a meter, and what lies between two of them: pure data."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from .window import MIDNIGHT, Window

# With a change of clocks.
SHORTEST_DAY_SECONDS = 22 * 3600


class ReadingKind(StrEnum):
    """What the numbers of an entity are."""

    COUNTER = "counter"
    DAILY_TOTAL = "daily_total"
    NET_TOTAL = "net_total"
    RUNNING_TOTAL = "running_total"
    AMBIENT = "ambient"
    NOW_AND_THEN = "now_and_then"
    """Entered or measured now and then."""


TOTALS = frozenset(
    {
        ReadingKind.COUNTER,
        ReadingKind.DAILY_TOTAL,
        ReadingKind.NET_TOTAL,
        ReadingKind.RUNNING_TOTAL,
    }
)


class Reading(NamedTuple):
    """What a meter showed, up to the next reading; None while it was away.

    `sum` is that of hourly statistics, where the reading is an hour's last.
    """

    at: float
    value: float | None
    last_reset: float | None = None
    sum: float | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    """What a meter is by its own account; `may_fall` is the state class `total`."""

    is_counter: bool = False
    may_fall: bool = False
    step: float = 1.0
    initial: float = 0.0


@dataclass(frozen=True, slots=True)
class History:
    """All readings of a meter in order, and when Home Assistant was off.

    `zones` are those whose midnights may begin a day: the profile's, Home Assistant's.
    Where it is `hourly`, `on` is when Home Assistant certainly ran.
    """

    readings: Sequence[Reading]
    off: tuple[Window, ...]
    zones: tuple[tzinfo, ...]
    hourly: bool = False
    on: tuple[Window, ...] = ()

    def over_midnight(self, start: float, end: float) -> bool:
        """Return whether a day ends between the two moments."""
        return any(date_of(start, zone) != date_of(end, zone) for zone in self.zones)

    def over_all_midnights(self, start: float, end: float) -> bool:
        """Return whether a day ends between the two moments, whichever zone counts."""
        return all(date_of(start, zone) != date_of(end, zone) for zone in self.zones)

    def gap(self, start: float, index: int) -> float | None:
        """Return when a restart or an absence began between a moment and a reading."""
        end = self.readings[index].at
        first = bisect_right(self.off, start, key=end_of)
        begun = [window.start for window in self.off[first:][:1] if window.start < end]
        for earlier in range(index - 1, -1, -1):
            reading = self.readings[earlier]
            if reading.at <= start:
                break
            if reading.value is None:
                begun.append(reading.at)
        return min(begun, default=None)

    def off_for_a_day(self, start: float, end: float) -> bool:
        """Return whether Home Assistant was off for a calendar day in between."""
        return any(
            self.holds_a_day(*window)
            for window in self.off[bisect_right(self.off, start, key=end_of) :]
            if window.start < end
        )

    def holds_a_day(self, start: float, end: float) -> bool:
        """Return whether there is a calendar day between the two moments."""
        if end - start < SHORTEST_DAY_SECONDS:
            return False
        zone = self.zones[0]
        first = date_of(start - 1, zone) + timedelta(days=1)
        return midnight(first + timedelta(days=1), zone) <= end


def end_of(window: Window) -> float:
    """Return the key by which windows are found."""
    return window.end


def date_of(moment: float, zone: tzinfo) -> date:
    """Return the day of a moment."""
    return datetime.fromtimestamp(moment, zone).date()


def midnight(day: date, zone: tzinfo) -> float:
    """Return the moment in which a day begins."""
    return datetime.combine(day, MIDNIGHT, zone).timestamp()
