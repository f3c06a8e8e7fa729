"""Looks at the start whether the statistics still are what was written."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..api import ValueType
from ..values.days import async_get_zone
from .choice import Charts
from .imported import Charted
from .statistics import (
    StatisticChange,
    StoredDays,
    async_clear,
    async_known,
    async_look_through,
    async_mend,
    async_read,
    async_write,
)
from .totals import Rewrite
from .walks import YEAR


@dataclass(slots=True)
class Audit:
    """Checks the statistics of an account, one after another.

    A statistic of another kind, or with rows at no midnight, is cleared; one with fewer
    rows than were written belongs to another database. Both are `lost`, to be imported
    again. `left` are statistics that are there although we know nothing of them.
    """

    hass: HomeAssistant
    charts: Charts
    charted: Mapping[str, Charted]
    save: Callable[[], Awaitable[None]]
    lost: set[str] = field(default_factory=set)
    left: dict[str, Charted] = field(default_factory=dict)

    async def async_check_kinds(self) -> None:
        """Clear what is of another kind, and rename what is called otherwise."""
        ids = [chart.statistic_id for chart, _ in self.charts.values()]
        known = await async_known(self.hass, ids)
        renamed = []
        for name, (chart, title) in self.charts.items():
            if (found := known.get(chart.statistic_id)) is None:
                continue
            value_type = self._value_type(name)
            if not found.fits(chart) or value_type not in (None, chart.value_type):
                self.lost.add(name)
            elif not found.is_up_to_date(chart, title):
                renamed.append(StatisticChange(chart, title, Rewrite(())))
        if self.lost:
            await async_clear(
                self.hass, [self.charts[name][0].statistic_id for name in self.lost]
            )
        if renamed:
            await async_write(self.hass, renamed, dt_util.get_default_time_zone())
        for name in self.charts.keys() & self.charted.keys():
            self.charted[name].value_type = self.charts[name][0].value_type

    def _value_type(self, name: str) -> ValueType | None:
        known = self.charted.get(name)
        return None if known is None else known.value_type

    async def async_check_rows(self, name: str) -> None:
        """Check one statistic's rows: their days, their number and their sums."""
        chart, _ = self.charts[name]
        # Both of one moment: Home Assistant's may be changed meanwhile.
        now, zone = self.hass.config.time_zone, dt_util.get_default_time_zone()
        known = self.charted.get(name)
        before = zone
        if known is not None and known.zone != now:
            before = await async_get_zone(known.zone) or zone
        found = await async_look_through(self.hass, chart, before, _years(known))
        if found.strays or (known is not None and known.is_moving):
            await async_clear(self.hass, [chart.statistic_id])
            self.lost.add(name)
            return
        if known is not None and found.rows < known.rows:
            self.lost.add(name)
            return
        if known is not None and known.zone != now:
            await self._async_move(name, known, before, zone)
        if known is None:
            known = self.left[name] = Charted(now)
        known.zone, known.rows = now, found.rows
        known.first = found.first or known.first
        known.last = found.last or known.last
        if found.gaps:
            await async_mend(self.hass, chart, found.gaps, zone)

    async def _async_move(
        self, name: str, known: Charted, before: tzinfo, zone: tzinfo
    ) -> None:
        """Write the same days at other midnights."""
        chart, title = self.charts[name]
        found = await async_read(self.hass, [chart.statistic_id], before)
        rows = found.get(chart.statistic_id, StoredDays([], 0)).rows
        if not rows:
            # What is written without rows is an empty statistic.
            return
        # In zones a whole day apart what is cut off here looks whole, a day too early.
        known.is_moving = True
        await self.save()
        await async_clear(self.hass, [chart.statistic_id])
        change = StatisticChange(chart, title, Rewrite(tuple(rows)))
        await async_write(self.hass, [change], zone)
        known.is_moving = False


def _years(known: Charted | None) -> list[date]:
    """Return the days that part years of rows, as far as these are known."""
    if known is None or known.first is None or known.last is None:
        return []
    days = range(0, (known.last - known.first).days + 1, YEAR.days)
    return [known.first + timedelta(days=each) for each in days]
