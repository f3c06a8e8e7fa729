"""Day, week and month of a chart are Exist's own, wherever Home Assistant stands."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..writing import poll
from .history_home import (
    CHARTED,
    Period,
    add_person,
    bars,
    days_at_exist,
    imported,
    kept,
    local,
    rows,
)

# Home Assistant's zone, and that of the profile.
ZONES = (
    ("UTC", "America/New_York"),
    ("Europe/Vienna", "Asia/Tokyo"),
    ("Pacific/Honolulu", "Pacific/Kiritimati"),
    ("Pacific/Kiritimati", "Pacific/Honolulu"),
    ("Asia/Kathmandu", "Europe/Vienna"),
    ("Australia/Adelaide", "America/St_Johns"),
    ("America/Santiago", "Asia/Kolkata"),
    ("Africa/Cairo", "Australia/Lord_Howe"),
)
# So few that a run on PostgreSQL stays short.
ON_POSTGRESQL = {"Europe/Vienna", "Africa/Cairo"}
PERIODS: tuple[Period, ...] = ("day", "week", "month")


def is_longest_day(day: date, zone: str) -> bool:
    return local(day + timedelta(days=1), zone) - local(day, zone) > 24 * 3600


async def compare_charts(
    hass: HomeAssistant, exist_server: ExistServer, zone: str
) -> None:
    for name in CHARTED:
        days = days_at_exist(exist_server, name)
        adds_up = name == "steps"
        for period in PERIODS:
            found = {
                datetime.fromtimestamp(row["start"], ZoneInfo(zone)).date(): row[
                    "change" if adds_up else "mean"
                ]
                for row in await rows(hass, f"exist:dora_{name}", period)
            }
            expected = bars(days, period, adds_up=adds_up)
            newest = max(expected)
            if __version__.startswith("2026.10") and is_longest_day(newest, zone):
                # Home Assistant 2026.10 drops the newest row on a day of 25 hours.
                expected.pop(newest)
            assert found.keys() == expected.keys(), (name, period)
            for day, value in expected.items():
                assert found[day] == pytest.approx(value), (name, period, day)
            # The first bar holds the first day's own value, not less and not all.
            assert found[min(found)] == pytest.approx(expected[min(expected)])
            start = datetime.combine(newest, datetime.min.time(), ZoneInfo(zone))
            if newest in expected:
                last = await rows(hass, f"exist:dora_{name}", period, start)
                value = last[-1]["change" if adds_up else "mean"]
                assert value == pytest.approx(expected[newest])


@pytest.mark.parametrize(
    ("zone", "profile"),
    [
        pytest.param(
            *each, marks=[pytest.mark.recorder_db] if each[0] in ON_POSTGRESQL else []
        )
        for each in ZONES
    ],
)
async def test_day_week_and_month_are_those_of_exist(
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    zone: str,
    profile: str,
) -> None:
    await hass.config.async_set_time_zone(zone)
    add_person(exist_server, profile)
    entry = await add_account("dora")
    await imported(hass, entry)
    await compare_charts(hass, exist_server, zone)
    # The person moves: days are calendar dates, and stay where they are.
    exist_server.users["dora"].timezone = zone
    await poll(hass, entry)
    await compare_charts(hass, exist_server, zone)


async def moved(
    hass: HomeAssistant, exist_server: ExistServer, entry: MockConfigEntry, zone: str
) -> None:
    asked = exist_server.requests.copy()
    await hass.config.async_update(time_zone=zone)
    await imported(hass, entry)
    # Nothing that is known must be asked for again.
    assert exist_server.requests == asked
    await compare_charts(hass, exist_server, zone)


@pytest.mark.recorder_db
async def test_another_zone_of_home_assistant_moves_all_rows(
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    await hass.config.async_set_time_zone("Europe/Vienna")
    add_person(exist_server, "Asia/Tokyo")
    entry = await add_account("dora")
    await imported(hass, entry)
    await moved(hass, exist_server, entry, "Pacific/Honolulu")
    # While the account is not loaded, it is noticed when it is.
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.config.async_set_time_zone("Asia/Kathmandu")
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await compare_charts(hass, exist_server, "Asia/Kathmandu")
    assert dt_util.get_default_time_zone() == ZoneInfo("Asia/Kathmandu")


@pytest.mark.freeze_time("2025-10-27 21:30:00")
async def test_the_newest_day_may_have_25_hours(
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    await hass.config.async_set_time_zone("Europe/Vienna")
    add_person(exist_server, "Europe/Vienna", days=40)
    for name in CHARTED:
        exist_server.clear_value("dora", name, "2025-10-27")
    entry = await add_account("dora")
    await imported(hass, entry)
    assert max(await kept(hass, "exist:dora_steps")) == date(2025, 10, 26)
    await compare_charts(hass, exist_server, "Europe/Vienna")
