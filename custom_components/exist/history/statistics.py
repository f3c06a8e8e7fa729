"""The recorder's long-term statistics, by its public functions: read and write."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple, cast

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.recorder import (
    DATA_INSTANCE,
    async_migration_in_progress,
    get_instance,
)
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .charts import Chart
from .totals import DayRow, Rewrite, seams

if TYPE_CHECKING:
    from homeassistant.components.recorder.core import Recorder
    from homeassistant.components.recorder.models import (
        StatisticData,
        StatisticMetaData,
    )
    from homeassistant.components.recorder.statistics import StatisticsRow

DOMAIN_RECORDER = "recorder"
# Links wait for the recorder's queue; a longer one makes them give up.
MOST_WAITING = 500
# A backup locks the database for minutes; a recorder that ends meanwhile never answers.
WRITTEN_SECONDS = 900.0
ONE_DAY = timedelta(days=1)


class StoredDays(NamedTuple):
    """What the recorder has of one statistic."""

    rows: list[DayRow]
    strays: int
    """Rows that stand at no midnight of the zone."""


class LookedThrough(NamedTuple):
    """What all rows of one statistic come to."""

    rows: int
    strays: int
    first: date | None
    last: date | None
    gaps: list[tuple[date, float]]
    """From which days on its sum must rise, and by how much."""


@dataclass(frozen=True, slots=True)
class KnownStatistic:
    """What the recorder knows of a statistic as a whole."""

    name: str | None
    unit: str | None
    unit_class: str | None
    adds_up: bool

    def fits(self, chart: Chart) -> bool:
        """Return whether its rows can be gone on with."""
        return self.adds_up == chart.adds_up and self.unit == chart.unit

    def is_up_to_date(self, chart: Chart, name: str) -> bool:
        """Return whether it is called as it should be."""
        return self.name == name and self.unit_class == chart.unit_class


@dataclass(frozen=True, slots=True)
class StatisticChange:
    """What is to be written of one statistic."""

    chart: Chart
    name: str
    rewrite: Rewrite


def has_recorder(hass: HomeAssistant) -> bool:
    """Return whether there is a recorder at all."""
    return DOMAIN_RECORDER in hass.config.components and DATA_INSTANCE in hass.data


def can_be_asked(hass: HomeAssistant) -> bool:
    """Return whether the recorder can be asked now."""
    return (
        has_recorder(hass)
        and get_instance(hass).recording
        and not async_migration_in_progress(hass)
    )


async def _async_run[T](hass: HomeAssistant, read: Callable[[], T]) -> T:
    """Read from the database; raises HomeAssistantError where the recorder has ended."""
    return await _running(hass).async_add_executor_job(read)


def _running(hass: HomeAssistant) -> Recorder:
    """Return the recorder; raises HomeAssistantError where it has ended."""
    instance = get_instance(hass)
    if not instance.recording:
        raise HomeAssistantError("The recorder has ended")
    return instance


def _start_of(day: date, zone: tzinfo) -> datetime:
    """Return the midnight at which the charts begin the day."""
    return datetime.combine(day, time(), zone)


async def async_known(
    hass: HomeAssistant, ids: Collection[str]
) -> dict[str, KnownStatistic]:
    """Return what the recorder knows of these statistics."""
    from homeassistant.components.recorder.models import StatisticMeanType
    from homeassistant.components.recorder.statistics import get_metadata

    def read() -> dict[str, KnownStatistic]:
        found = get_metadata(hass, statistic_ids=set(ids))
        return {
            each: KnownStatistic(
                meta["name"],
                meta["unit_of_measurement"],
                meta["unit_class"],
                # One that has neither fits nothing of ours.
                meta["has_sum"] and meta["mean_type"] is StatisticMeanType.NONE,
            )
            for each, (_, meta) in found.items()
        }

    return await _async_run(hass, read)


async def async_names(hass: HomeAssistant) -> dict[str, str]:
    """Return what all statistics are called that any account ever had, by their ids."""
    from homeassistant.components.recorder.statistics import get_metadata

    def read() -> dict[str, str]:
        found = get_metadata(hass, statistic_source=DOMAIN)
        return {each: meta["name"] or "" for each, (_, meta) in found.items()}

    return await get_instance(hass).async_add_executor_job(read)


async def async_read(
    hass: HomeAssistant,
    ids: Collection[str],
    zone: tzinfo,
    first: date | None = None,
    last: date | None = None,
) -> dict[str, StoredDays]:
    """Return the rows of these days, oldest first; all of them without days.

    `zone` is the one in which they were written.
    """
    from homeassistant.components.recorder.statistics import statistics_during_period

    start = dt_util.utc_from_timestamp(0) if first is None else _start_of(first, zone)
    end = None if last is None else _start_of(last + ONE_DAY, zone)

    def read() -> dict[str, StoredDays]:
        found = statistics_during_period(
            hass, start, end, set(ids), "hour", None, {"state", "sum", "mean"}
        )
        return {each: _stored(rows, zone) for each, rows in found.items()}

    return await _async_run(hass, read)


async def async_look_through(
    hass: HomeAssistant,
    chart: Chart,
    zone: tzinfo,
    years: Sequence[date],
) -> LookedThrough:
    """Look at all rows of a statistic, one year of them after another.

    `years` are days that part them, oldest first. Many rows at once would have the
    whole of Home Assistant looked through for garbage.
    """
    from homeassistant.components.recorder.statistics import statistics_during_period

    def look() -> LookedThrough:
        count = strays = 0
        first = last = None

        def days() -> Iterator[DayRow]:
            nonlocal count, strays, first, last
            ends = [_start_of(day, zone) for day in years]
            starts = [dt_util.utc_from_timestamp(0), *ends]
            for start, end in zip(starts, [*ends, None], strict=True):
                found = statistics_during_period(
                    hass,
                    start,
                    end,
                    {chart.statistic_id},
                    "hour",
                    None,
                    {"state", "sum", "mean"},
                )
                stored = _stored(found.get(chart.statistic_id, ()), zone)
                count += len(stored.rows)
                strays += stored.strays
                if stored.rows:
                    first = first or stored.rows[0].day
                    last = stored.rows[-1].day
                yield from stored.rows

        gaps = seams(days())
        return LookedThrough(count, strays, first, last, gaps if chart.adds_up else [])

    return await _async_run(hass, look)


def _stored(rows: Iterable[StatisticsRow], zone: tzinfo) -> StoredDays:
    kept, strays = [], 0
    for row in rows:
        start = row["start"]
        day = datetime.fromtimestamp(start, zone).date()
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        strays += midnight.timestamp() != start
        total = row.get("sum")
        value = row.get("mean") if total is None else row.get("state")
        kept.append(DayRow(day, value, total))
    return StoredDays(kept, strays)


async def async_totals_before(
    hass: HomeAssistant, before: Mapping[str, date], zone: tzinfo
) -> dict[str, float]:
    """Return the sum of all rows that are older than the day."""
    from homeassistant.components.recorder.statistics import statistic_during_period

    def read() -> dict[str, float]:
        return {
            each: statistic_during_period(
                hass, None, _start_of(day, zone), each, {"change"}, None
            ).get("change")
            or 0.0
            for each, day in before.items()
        }

    return await _async_run(hass, read)


async def async_write(
    hass: HomeAssistant, changes: Iterable[StatisticChange], zone: tzinfo
) -> None:
    """Write rows and raise later sums; return when all is in the database.

    `zone` is the same for all rows of a statistic, whatever becomes of Home Assistant's.
    Raises HomeAssistantError where that takes too long.
    """
    from homeassistant.components.recorder.statistics import (
        async_add_external_statistics,
    )

    waiting = 0
    for change in changes:
        rows, shift = change.rewrite.rows, change.rewrite.shift
        metadata = _metadata(change)
        for begin in range(0, max(1, len(rows)), MOST_WAITING):
            part = rows[begin : begin + MOST_WAITING]
            if waiting + len(part) > MOST_WAITING:
                await _async_written(hass)
                waiting = 0
            async_add_external_statistics(
                hass, metadata, [_data(change.chart, row, zone) for row in part]
            )
            waiting += len(part)
        if shift and rows:
            # In the same turn: what is cancelled in between would leave a seam.
            _adjust(hass, change.chart, _start_of(rows[-1].day + ONE_DAY, zone), shift)
    await _async_written(hass)


async def async_mend(
    hass: HomeAssistant,
    chart: Chart,
    found: Sequence[tuple[date, float]],
    zone: tzinfo,
) -> None:
    """Raise sums from these days on."""
    for day, gap in found:
        _adjust(hass, chart, _start_of(day, zone), gap)
    await _async_written(hass)


async def async_clear(hass: HomeAssistant, ids: Collection[str]) -> None:
    """Delete statistics; return when they are gone."""
    clear(hass, ids)
    await _async_written(hass)


def clear(hass: HomeAssistant, ids: Collection[str]) -> None:
    """Let statistics be deleted; whatever is written later comes after that."""
    get_instance(hass).async_clear_statistics(list(ids))


async def _async_written(hass: HomeAssistant) -> None:
    """Wait until the recorder has done all that it was told.

    Its own wait ends early where the queue is empty but the last task is still at work;
    what is read then is old, and sums made from that are wrong.
    """
    from homeassistant.components.recorder.tasks import SynchronizeTask

    done = hass.loop.create_future()
    _running(hass).queue_task(SynchronizeTask(done))
    try:
        async with asyncio.timeout(WRITTEN_SECONDS):
            await done
    except TimeoutError as err:
        raise HomeAssistantError("The recorder is busy") from err


def _metadata(change: StatisticChange) -> StatisticMetaData:
    from homeassistant.components.recorder.models import StatisticMeanType

    chart = change.chart
    return {
        "source": DOMAIN,
        "statistic_id": chart.statistic_id,
        "name": change.name,
        "unit_of_measurement": chart.unit,
        "unit_class": chart.unit_class,
        "has_sum": chart.adds_up,
        "mean_type": StatisticMeanType.NONE
        if chart.adds_up
        else StatisticMeanType.ARITHMETIC,
    }


def _data(chart: Chart, row: DayRow, zone: tzinfo) -> StatisticData:
    data: StatisticData = {"start": _start_of(row.day, zone)}
    # What is left out is empty.
    if row.total is not None:
        data["sum"] = row.total
    if row.value is not None and chart.adds_up:
        data["state"] = row.value
    elif row.value is not None:
        data["mean"] = data["min"] = data["max"] = row.value
    return data


def _adjust(hass: HomeAssistant, chart: Chart, since: datetime, by: float) -> None:
    # None is a unit too; only the annotation does not know.
    unit = cast("str", chart.unit)
    get_instance(hass).async_adjust_statistics(chart.statistic_id, since, by, unit)
