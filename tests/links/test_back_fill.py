"""Past days: few requests, within the hour, and a person first."""

import asyncio
from datetime import date, datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.api import BATCH_SIZE, Priority
from custom_components.exist.const import CONF_GROUPS
from custom_components.exist.storage import FileKind
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..link_form import edit, said
from ..link_home import add_link, at, evaluate, import_hours, link_data
from ..on_disk import path_of
from ..writing import settle, write

BEDROOM = "sensor.bedroom"
TODAY = date(2026, 5, 20)
DAYS = 365
UPDATE = "POST /api/2/attributes/update/"


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


def _degrees(moment: datetime) -> float:
    return 15 + moment.timetuple().tm_yday % 10 + moment.hour / 24


@pytest.fixture
async def home(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account, and a year of hourly statistics."""
    attributes = {"unit_of_measurement": "°C", "state_class": "measurement"}
    hass.states.async_set(BEDROOM, "20.0", attributes)
    hours = [at(2025, 5, 1, 0) + timedelta(hours=number) for number in range(384 * 24)]
    await import_hours(
        hass,
        BEDROOM,
        "°C",
        [
            {
                "start": hour,
                "mean": _degrees(hour.astimezone(at(2026, 1, 1).tzinfo)),
                "min": 10.0,
                "max": 30.0,
            }
            for hour in hours
        ],
        unit_class="temperature",
    )
    for number in range(10):
        name = f"bedroom_{number}"
        exist_server.add_attribute("ada", name, "health", 1, name=name)
    exist_server.own("ada", "mood", manual=True)
    return await add_account(options={CONF_GROUPS: []})


def bedroom_link(number: int, **more: object) -> dict[str, Any]:
    wish = {
        "past_days": DAYS,
        "asked": "2026-05-20T12:00:00+02:00",
        "replace": False,
        "unit": "°C",
    }
    return link_data(BEDROOM, "mean", f"bedroom_{number}", 1, **{**wish, **more})


def _past_days_sent(hass: HomeAssistant) -> list[int]:
    """Return what the links' states say."""
    states = hass.states.async_all("sensor")
    told = [each.attributes.get("past_days_sent") for each in states]
    return [each for each in told if each is not None]


async def test_a_year_takes_eleven_writes_and_is_what_the_statistics_say(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.requests.clear()
    await add_link(hass, home, bedroom_link(0))
    assert exist_server.requests[UPDATE] == 11
    assert _past_days_sent(hass) == [DAYS]
    values = exist_server.users["ada"].attributes["bedroom_0"].values
    assert len(values) == DAYS
    for number in range(1, DAYS + 1):
        day = TODAY - timedelta(days=number)
        tenth = 15 + day.timetuple().tm_yday % 10
        # 23 and 25 hours on the days of clock change.
        assert values[day] == pytest.approx(tenth + 11.5 / 24, abs=0.03)
    exist_server.requests.clear()
    await evaluate(hass, home)
    assert not exist_server.requests[UPDATE]


async def test_empty_days_only_unless_to_be_replaced_and_then_kept_aside(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    long_ago, lately = TODAY - timedelta(days=200), TODAY - timedelta(days=3)
    for day in (long_ago, lately):
        exist_server.set_value("ada", "bedroom_0", day, 1.5)
        exist_server.set_value("ada", "bedroom_1", day, 2.5)
    await add_link(hass, home, bedroom_link(0))
    await add_link(hass, home, bedroom_link(1, replace=True))
    for day in (long_ago, lately):
        assert exist_server.value("ada", "bedroom_0", day) == 1.5
        assert exist_server.value("ada", "bedroom_1", day) == pytest.approx(20, abs=6)
    answer = await write(hass, "restore_values", names=["bedroom_1"])
    assert len(answer["success"]) == 2
    for day in (long_ago, lately):
        assert exist_server.value("ada", "bedroom_1", day) == 2.5
    await evaluate(hass, home)
    assert exist_server.value("ada", "bedroom_1", lately) == 2.5


@pytest.mark.once
async def test_ten_links_of_a_year_stay_in_the_hour_and_let_a_person_pass(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.requests.clear()
    for number in range(10):
        await add_link(hass, home, bedroom_link(number, past_days=1, observe=True))
    persons: list[asyncio.Task[Any]] = []
    behind: list[int] = []

    def come() -> None:
        """Let the person write while hundreds of values wait."""
        outbox = home.runtime_data.ledger
        behind.append(len(outbox.entries))
        task = hass.async_create_task(write(hass, name="mood", value=7))
        task.add_done_callback(lambda _: behind.append(len(outbox.entries)))
        persons.append(task)

    exist_server.faults.add(Fault("call", "*/update/", skip=5, call=come))
    for subentry in list(home.subentries.values()):
        hass.config_entries.async_update_subentry(
            home,
            subentry,
            data={
                **subentry.data,
                "observe": False,
                "past_days": DAYS,
                "asked": "2026-05-20T12:00:01+02:00",
            },
        )
    await settle(hass)
    (person,) = persons
    assert (await person)["success"]
    assert exist_server.value("ada", "mood") == 7
    # It went with the very next request.
    assert behind[0] > 5 * BATCH_SIZE
    assert behind[0] - behind[1] <= 2 * BATCH_SIZE
    assert not home.runtime_data.ledger.entries
    for number in range(10):
        values = exist_server.users["ada"].attributes[f"bedroom_{number}"].values
        assert len(values) == DAYS
    assert exist_server.requests.total() <= 300


async def test_a_wish_outlives_an_exist_that_is_away(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    fault = exist_server.faults.add(Fault("status", "*/attributes/*", times=None))
    await add_link(hass, home, bedroom_link(0, past_days=40))
    state = "sensor.sensor_bedroom_bedroom_0_state"
    assert state_of(hass, state).state == "waiting"
    exist_server.faults.remove(fault)
    await home.runtime_data.coordinator.async_refresh()
    await evaluate(hass, home)
    assert len(exist_server.users["ada"].attributes["bedroom_0"].values) == 40
    assert state_of(hass, state).state == "writing"


async def test_a_few_days_of_many_links_go_together(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    for number in range(10):
        await add_link(hass, home, bedroom_link(number, observe=True))
    await hass.config_entries.async_unload(home.entry_id)
    for subentry in list(home.subentries.values()):
        data = {**subentry.data, "observe": False, "past_days": 14}
        hass.config_entries.async_update_subentry(home, subentry, data=data)
    exist_server.requests.clear()
    await hass.config_entries.async_setup(home.entry_id)
    await settle(hass)
    # Ten times fourteen days, of which the last are not yet in the statistics.
    for number in range(10):
        assert (
            len(exist_server.users["ada"].attributes[f"bedroom_{number}"].values) > 12
        )
    assert exist_server.requests[UPDATE] <= 5
    assert exist_server.requests.total() <= 10


async def test_a_wish_that_was_fulfilled_is_on_disk_at_once(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    link_id = await add_link(hass, home, bedroom_link(0, past_days=5))
    raw = json.loads(path_of(hass, home, FileKind.LINKS).read_bytes())
    known = raw["data"]["links"][link_id]
    assert known["asked"] == known["filling"] == "2026-05-20T12:00:00+02:00"
    assert known["filled"] == "2026-05-15"


@pytest.mark.parametrize("is_under_way", [False, True])
async def test_what_an_older_version_did_not_count_is_not_said_to_be_none(
    hass: HomeAssistant, home: MockConfigEntry, is_under_way: bool
) -> None:
    link_id = await add_link(hass, home, bedroom_link(0, past_days=5))
    assert _past_days_sent(hass) == [5]
    await hass.config_entries.async_unload(home.entry_id)
    path = path_of(hass, home, FileKind.LINKS)
    raw = json.loads(path.read_bytes())
    known = raw["data"]["links"][link_id]
    del known["sent"]
    if is_under_way:
        known |= {"asked": "", "filled": "2026-05-18"}
    path.write_text(json.dumps(raw))
    await hass.config_entries.async_setup(home.entry_id)
    await settle(hass)
    assert _past_days_sent(hass) == []
    asked = {"past_days": 9, "asked": "2026-05-20T11:00:00+02:00"}
    data = bedroom_link(0, **asked)
    hass.config_entries.async_update_subentry(home, home.subentries[link_id], data=data)
    await settle(hass)
    assert _past_days_sent(hass) == [9]


async def _spend(home: MockConfigEntry, used: int) -> None:
    budget = home.runtime_data.client.budget
    while budget.used < used:
        budget.spend(Priority.PERSON)


def _is_waiting(hass: HomeAssistant) -> bool:
    states = hass.states.async_all("sensor")
    return any(each.attributes.get("past_days_waiting") for each in states)


async def test_a_few_days_go_though_much_of_the_hour_is_used(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    await _spend(home, 268)
    await add_link(hass, home, bedroom_link(1, past_days=DAYS))
    await add_link(hass, home, bedroom_link(0, past_days=7))
    assert len(exist_server.users["ada"].attributes["bedroom_0"].values) == 7
    assert not exist_server.users["ada"].attributes["bedroom_1"].values
    assert sorted(_past_days_sent(hass)) == [0, 7]


async def test_days_that_wait_for_requests_say_so_and_go_as_soon_as_there_is_room(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.tick(1800)
    await _spend(home, 290)
    link_id = await add_link(hass, home, bedroom_link(0, past_days=7))
    assert _past_days_sent(hass) == [0]
    assert _is_waiting(hass)
    waits = "Past days are still being sent. Exist allows 300 requests per hour."
    assert waits in said(await edit(hass, home, link_id))
    values = exist_server.users["ada"].attributes["bedroom_0"].values
    for seconds, sent in ((3590, 0), (15, 7)):
        freezer.tick(seconds)
        async_fire_time_changed(hass, dt_util.utcnow())
        await settle(hass)
        assert len(values) == sent
    assert _past_days_sent(hass) == [7]
    assert not _is_waiting(hass)
    assert waits not in said(await edit(hass, home, link_id))
