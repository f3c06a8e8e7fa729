"""Compares what Exist told with the statistics themselves, and writes what differs."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date

from homeassistant.core import HomeAssistant

from .asking import AskedDays
from .charts import Chart
from .choice import Charts
from .imported import Charted
from .statistics import StatisticChange, async_read, async_totals_before, async_write
from .totals import DayRow, differing, missing, rewrite
from .walks import WINDOW

type Days = Mapping[date, float | None]
type Emptied = Mapping[str, frozenset[date]]


@dataclass(frozen=True, slots=True)
class ToldDays:
    """What Exist told of one attribute: all its days from the first to the last."""

    days: Days
    first: date
    last: date


def told_days(chart: Chart, asked: AskedDays, ours: Container[date]) -> ToldDays:
    """Return what the days count, without those that we know better."""
    figures = {
        day: chart.figure(value)
        for day, value in asked.days.items()
        if day <= asked.last and day not in ours
    }
    return ToldDays(figures, asked.first, asked.last)


@dataclass(frozen=True, slots=True)
class Compared:
    """Whose statistics were changed, and which stored days Exist no longer has."""

    changed: frozenset[str] = frozenset()
    missing: Emptied = field(default_factory=dict)


async def async_compare(
    hass: HomeAssistant,
    charts: Charts,
    charted: Mapping[str, Charted],
    told: Mapping[str, ToldDays],
    emptied: Emptied,
) -> Compared:
    """Write the days that differ, and empty those that are said to be `emptied`.

    `charts` holds each attribute's chart and what its statistic is called.
    """
    zone = hass.config.time_zone
    told = {
        name: each
        for name, each in told.items()
        if name in charted
        and not charted[name].cleared
        # Rows at other midnights are moved first.
        and charted[name].zone == zone
    }
    if not told:
        return Compared()
    # A sum goes on from the row before.
    first = min(each.first for each in told.values()) - WINDOW
    last = max(each.last for each in told.values())
    ids = {name: charts[name][0].statistic_id for name in told}
    found = await async_read(hass, ids.values(), first, last)
    stored = {
        name: found[each].rows if each in found else [] for name, each in ids.items()
    }
    lacking: dict[str, frozenset[date]] = {}
    changed: dict[str, dict[date, float | None]] = {}
    for name, each in told.items():
        values = {row.day: row.value for row in stored[name]}
        span = [row.day for row in stored[name] if each.first <= row.day <= each.last]
        if gone := missing(values, each.days, span):
            lacking[name] = gone
        new = differing(values, each.days)
        new |= dict.fromkeys(gone & emptied.get(name, frozenset()), None)
        if new:
            changed[name] = new
    before = await async_totals_before(
        hass,
        {
            ids[name]: first
            for name, days in changed.items()
            if charts[name][0].adds_up
            and _goes_further_back(charted[name], first)
            and not any(row.day < min(days) for row in stored[name])
        },
    )
    changes = []
    for name, days in changed.items():
        rows = stored[name]
        if ids[name] in before:
            rows = [DayRow(date.min, None, before[ids[name]]), *rows]
        chart, title = charts[name]
        changes.append(
            StatisticChange(chart, title, rewrite(rows, days, adds_up=chart.adds_up))
        )
        _note(charted[name], days, {row.day for row in rows})
    await async_write(hass, changes)
    return Compared(frozenset(changed), lacking)


def _goes_further_back(known: Charted, day: date) -> bool:
    return known.first is not None and known.first < day


def _note(known: Charted, days: Days, stored: set[date]) -> None:
    """Take note of new rows."""
    known.rows += len(days.keys() - stored)
    known.first = min(*days, known.first or date.max)
    known.last = max(*days, known.last or date.min)
