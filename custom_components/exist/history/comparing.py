"""Compares what Exist told with the statistics themselves, and writes what differs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..account.poll import ExistCoordinator
from ..account.turns import async_in_turns
from .asking import AskedDays
from .choice import Charts
from .imported import Charted
from .statistics import StatisticChange, async_read, async_totals_before, async_write
from .totals import DayRow, differing, missing, rewrite
from .walks import WINDOW

type Days = Mapping[date, float | None]
type Emptied = Mapping[str, frozenset[date]]


@dataclass(frozen=True, slots=True)
class ToldDays:
    """What Exist told of one attribute: all its days from the first to the last.

    An answer in which it is not active is no word on days that are missing.
    """

    days: Days
    first: date
    last: date
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """Whose statistics were changed, and which stored days Exist no longer has.

    Of those that are `held` nothing was written: their rows are moved to other
    midnights first, and then they are to be compared again.
    """

    changed: frozenset[str] = frozenset()
    missing: Emptied = field(default_factory=dict)
    held: frozenset[str] = frozenset()


class Comparer:
    """Compares what Exist told with the statistics of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ExistCoordinator,
        charted: Callable[[], Mapping[str, Charted]],
    ) -> None:
        """Take what is compared, and where to take note of it."""
        self._hass = hass
        self._coordinator = coordinator
        self._charted = charted

    def told(self, charts: Charts, name: str, asked: AskedDays) -> ToldDays:
        """Return what the days count, without those that we know better.

        Nor those that were not asked for: their rows are not read, so that sums would
        not go on from them.
        """
        chart, ours = charts[name][0], self._coordinator.overlay(name)
        oldest = asked.first - WINDOW
        figures = {
            day: chart.figure(value)
            for day, value in asked.days.items()
            if oldest <= day <= asked.last and day not in ours
        }
        return ToldDays(figures, asked.first, asked.last, asked.is_active)

    async def async_compare(
        self, charts: Charts, told: Mapping[str, ToldDays], emptied: Emptied
    ) -> Compared:
        """Write the days that differ, and empty those that are said to be `emptied`."""
        # Both of one moment: Home Assistant's may be changed meanwhile.
        now, zone = self._hass.config.time_zone, dt_util.get_default_time_zone()
        charted = self._charted()
        told = {
            name: each
            for name, each in told.items()
            if name in charted and not charted[name].cleared
        }
        held = frozenset(name for name in told if charted[name].must_move(now))
        told = {name: each for name, each in told.items() if name not in held}
        if not told:
            return Compared(held=held)
        # A sum goes on from the row before.
        first = min(each.first for each in told.values()) - WINDOW
        last = max(each.last for each in told.values())
        ids = {name: charts[name][0].statistic_id for name in told}
        found = await async_read(self._hass, ids.values(), zone, first, last)
        stored = {
            name: found[each].rows if each in found else []
            for name, each in ids.items()
        }
        # Of a thousand attributes it takes too long to let nothing else go on.
        changed, lacking = await self._hass.async_add_executor_job(
            _differing, told, stored, emptied
        )
        before = await async_totals_before(
            self._hass,
            {
                ids[name]: first
                for name, days in changed.items()
                if charts[name][0].adds_up
                and _goes_further_back(charted[name], first)
                and not any(row.day < min(days) for row in stored[name])
            },
            zone,
        )
        changes = []
        async for name, days in async_in_turns(changed.items()):
            rows = stored[name]
            if ids[name] in before:
                rows = [DayRow(date.min, None, before[ids[name]]), *rows]
            chart, title = charts[name]
            new = rewrite(rows, days, adds_up=chart.adds_up)
            changes.append(StatisticChange(chart, title, new))
        await async_write(self._hass, changes, zone)
        # Not before: rows that never came would pass for a replaced database's.
        for name, days in changed.items():
            _note(charted[name], days, {row.day for row in stored[name]})
        return Compared(frozenset(changed), self._may_be_emptied(lacking), held)

    def _may_be_emptied(self, lacking: Emptied) -> Emptied:
        """Return them without those that Exist does not list, and without ours."""
        attributes = self._coordinator.data.attributes
        return {
            name: frozenset(days - self._coordinator.overlay(name).keys())
            for name, days in lacking.items()
            if name in attributes and attributes[name].active
        }


def _differing(
    told: Mapping[str, ToldDays],
    stored: Mapping[str, Sequence[DayRow]],
    emptied: Emptied,
) -> tuple[dict[str, dict[date, float | None]], Emptied]:
    """Return the days to write, and those that are stored but were not told."""
    lacking: dict[str, frozenset[date]] = {}
    changed: dict[str, dict[date, float | None]] = {}
    for name, each in told.items():
        values = {row.day: row.value for row in stored[name]}
        span = [day for day in values if each.first <= day <= each.last]
        gone = missing(values, each.days, span) if each.is_active else frozenset()
        if gone:
            lacking[name] = gone
        new = differing(values, each.days)
        new |= dict.fromkeys(gone & emptied.get(name, frozenset()), None)
        if new:
            changed[name] = new
    return changed, lacking


def _goes_further_back(known: Charted, day: date) -> bool:
    return known.first is not None and known.first < day


def _note(known: Charted, days: Days, stored: set[date]) -> None:
    """Take note of new rows."""
    known.rows += len(days.keys() - stored)
    known.first = min(*days, known.first or date.max)
    known.last = max(*days, known.last or date.min)
