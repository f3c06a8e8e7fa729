"""A home with a recorder and a past at Exist, and ways to read both."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..exist_server import ExistServer, Fault
from ..exist_server.person import history
from ..writing import settle, until

type Period = Literal["day", "hour", "week", "month"]


async def imported(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until the history has nothing more to do, and the recorder has it all."""
    await settle(hass)
    await get_instance(hass).async_block_till_done()
    assert not entry.runtime_data.history.contents.walks


async def reached(fault: Fault) -> None:
    """Wait until Exist is asked for what it answers late."""
    await until(lambda: fault.seen)


async def rows(
    hass: HomeAssistant,
    statistic_id: str,
    period: Period = "hour",
    start: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of a statistic as a chart asks for them."""
    await get_instance(hass).async_block_till_done()
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        start or dt_util.utc_from_timestamp(0),
        None,
        {statistic_id},
        period,
        None,
        {"change", "max", "mean", "min", "state", "sum"},
    )
    return [dict(row) for row in found.get(statistic_id, [])]


def local(day: date, zone: str) -> float:
    """Return when a day begins on the clocks of a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp()


async def kept(hass: HomeAssistant, statistic_id: str) -> dict[date, float]:
    """Return the days of a statistic; one that was emptied is none."""
    zone = dt_util.get_default_time_zone()
    return {
        datetime.fromtimestamp(row["start"], zone).date(): value
        for row in await rows(hass, statistic_id)
        if (value := row["state"] if row.get("sum") is not None else row["mean"])
        is not None
    }


def bars(
    days: Mapping[date, float], period: Period, *, adds_up: bool
) -> dict[date, float]:
    """Return what the bars of a chart must show, computed from the days themselves."""
    found: dict[date, list[float]] = {}
    for day, value in sorted(days.items()):
        begins = day
        if period == "week":
            begins = day - timedelta(days=day.weekday())
        elif period == "month":
            begins = day.replace(day=1)
        found.setdefault(begins, []).append(value)
    return {
        day: sum(values) if adds_up else sum(values) / len(values)
        for day, values in found.items()
    }


def are_seamless(found: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether each sum is that of the row before and the row's own value."""
    total = 0.0
    for row in found:
        total += row["state"] or 0.0
        if abs(row["sum"] - total) > 1e-6:
            return False
    return True


CHARTED = ("steps", "weight", "sleep_start")
"""One that adds up, one that is measured, one that is a time of day."""
MORE = ("coffees", "mood")
"""So many that they are imported together."""


def add_person(
    exist_server: ExistServer,
    zone: str = "UTC",
    days: int = 425,
    names: Iterable[str] = (*CHARTED, *MORE),
) -> None:
    """Add dora, who has tracked a few things for fourteen months."""
    exist_server.add_user("dora", zone)
    names = tuple(names)
    exist_server.own("dora", *names, service="exist", manual=True)
    today = exist_server.today("dora")
    lived = history("ada", today, days)
    for name in names:
        exist_server.users["dora"].attributes[name].values = dict(lived[name])


def days_at_exist(exist_server: ExistServer, name: str) -> dict[date, float]:
    """Return what an attribute's days must be charted as."""
    found: dict[date, float] = {}
    for day, value in exist_server.users["dora"].attributes[name].values.items():
        if isinstance(value, int | float):
            found[day] = value / 60 if name == "sleep_start" else float(value)
    return found
