"""What the recorder knows: purged states, other units, runs, statistics."""

from datetime import date, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_purge_done,
)

from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance, session_scope

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..link_home import (
    TV,
    add_link,
    all_is_committed,
    at,
    days_of,
    evaluate,
    import_hours,
    later,
    link_data,
    record,
    set_runs,
    tv_home,
    tv_link,
)
from ..writing import settle, write

pytestmark = pytest.mark.recorder_db

TODAY = date(2026, 5, 20)
YESTERDAY = date(2026, 5, 19)
AIR = "sensor.exist_ada_air"
METER = "sensor.meter"


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


@pytest.fixture
async def home(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account and a television, without a link."""
    return await tv_home(hass, exist_server, add_account)


async def forget(hass: HomeAssistant, entity_id: str, before: int) -> None:
    """Delete an entity's states that are older than midday of that day of May."""
    from homeassistant.components.recorder.db_schema import States, StatesMeta

    await all_is_committed(hass)

    def purge() -> None:
        with session_scope(hass=hass) as session:
            meta = session.query(StatesMeta).filter_by(entity_id=entity_id).one()
            session.query(States).filter(
                States.metadata_id == meta.metadata_id,
                States.last_updated_ts < at(2026, 5, before, 12).timestamp(),
            ).delete()

    await get_instance(hass).async_add_executor_job(purge)


async def test_states_that_were_purged_do_not_make_a_day_smaller(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await record(
        hass, {TV: [(at(2026, 5, 20, 11), "on"), (at(2026, 5, 20, 11, 30), "off")]}
    )
    await add_link(hass, home, tv_link())
    assert exist_server.value("ada", "gaming_min", TODAY) == 100
    await later(hass, freezer, home, 20, 23, on=20)
    assert exist_server.value("ada", "gaming_min", TODAY) == 120
    await forget(hass, TV, 20)
    await later(hass, freezer, home, 21, 9)
    assert exist_server.value("ada", "gaming_min", TODAY) == 120
    told = await write(hass, "sync_link", link="gaming_min", start="2026-05-20")
    assert told["days"][0]["result"] in ("knew_more", "not_recorded", "gaps")
    assert exist_server.value("ada", "gaming_min", TODAY) == 120


async def test_a_day_of_which_a_part_was_purged_is_not_told(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    from homeassistant.components.recorder.db_schema import States

    await add_link(hass, home, tv_link(observe=True))
    await set_runs(hass, [], at(2026, 5, 1))
    assert (await days_of(hass, "gaming_min", "2026-05-19"))["2026-05-19"] == 90

    def purge() -> None:
        with session_scope(hass=hass) as session:
            session.query(States).filter(
                States.last_updated_ts < at(2026, 5, 19, 4).timestamp()
            ).delete()

    await get_instance(hass).async_add_executor_job(purge)
    await record(hass, {TV: [(at(2026, 5, 19, 4), "off")]})
    told = await days_of(hass, "gaming_min", "2026-05-18")
    # Twenty hours of it are there, but nobody knows of the first four.
    assert told["2026-05-19"] == "not_recorded"
    assert told["2026-05-20"] == 70


async def test_what_happened_soon_after_a_start_is_of_its_run(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    # Off in the afternoon, and the database may keep its runs in a zone of its own.
    await set_runs(
        hass,
        [(at(2026, 5, 18, 0), at(2026, 5, 19, 13), False)],
        at(2026, 5, 19, 18),
    )
    await record(
        hass,
        {
            TV: [
                (at(2026, 5, 19, 10), "on"),
                (at(2026, 5, 19, 18, 1), "off"),
                (at(2026, 5, 19, 18, 30), "on"),
                (at(2026, 5, 19, 19), "off"),
            ]
        },
    )
    await add_link(hass, home, tv_link(observe=True))
    told = await days_of(hass, "gaming_min", "2026-05-18")
    # From 10:00 to the end at 13:00, 30 minutes in the new run, and 90 later on.
    assert told["2026-05-19"] == 180 + 30 + 90


async def test_a_state_that_lasts_longer_than_the_recorder_remembers(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    # Nobody was at home for two weeks, and the recorder keeps ten days.
    await add_link(hass, home, tv_link())
    await add_link(
        hass,
        home,
        link_data(TV, "times", "weight", 1, states=["on"]) | {"value_type": 0},
    )
    await settle(hass)
    freezer.move_to(at(2026, 6, 5, 12))
    await settle(hass)
    await hass.services.async_call(
        "recorder", "purge", {"keep_days": 10}, blocking=True
    )
    await async_wait_purge_done(hass)
    hass.states.async_set("sensor.other", "1")
    await settle(hass)
    await home.runtime_data.coordinator.async_refresh()
    await evaluate(hass, home)
    assert exist_server.value("ada", "gaming_min", date(2026, 6, 4)) == 0
    assert exist_server.value("ada", "gaming_min", date(2026, 6, 5)) == 0
    # They come home: the first time of all counts.
    await record(hass, {TV: [(at(2026, 6, 5, 20), "on"), (at(2026, 6, 5, 21), "off")]})
    freezer.move_to(at(2026, 6, 5, 22))
    hass.states.async_set(TV, "off", force_update=True)
    await settle(hass)
    await home.runtime_data.coordinator.async_refresh()
    await evaluate(hass, home)
    assert exist_server.value("ada", "gaming_min", date(2026, 6, 5)) == 60


async def test_numbers_that_were_recorded_in_another_unit_are_converted(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.own("ada", "active_energy")
    exist_server.users["ada"].attributes["active_energy"].values.clear()
    kwh = {"unit_of_measurement": "kWh", "state_class": "total_increasing"}
    wh = {"unit_of_measurement": "Wh", "state_class": "total_increasing"}
    freezer.move_to(at(2026, 5, 20, 0, 0, 1))
    hass.states.async_set(METER, "10.0", kwh)
    await settle(hass)
    freezer.move_to(at(2026, 5, 20, 11))
    hass.states.async_set(METER, "12.5", kwh)
    await settle(hass)
    freezer.move_to(at(2026, 5, 20, 12))
    data = link_data(
        METER, "sum", "active_energy", 1, template="active_energy", unit="kWh"
    )
    await home.runtime_data.coordinator.async_refresh()
    await add_link(hass, home, data)
    assert exist_server.value("ada", "active_energy", TODAY) == 9000
    freezer.move_to(at(2026, 5, 20, 13))
    hass.states.async_set(METER, "13000", wh)
    await later(hass, freezer, home, 20, 14)
    assert exist_server.value("ada", "active_energy", TODAY) == pytest.approx(10800)
    # The day after, the day before is looked at again.
    await later(hass, freezer, home, 21, 9)
    assert exist_server.value("ada", "active_energy", TODAY) == pytest.approx(10800)


async def test_a_custom_attribute_keeps_the_unit_that_it_was_begun_in(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.add_attribute("ada", "Air", "health", 1, name="air", manual=True)
    await home.runtime_data.coordinator.async_refresh()
    hass.states.async_set(METER, "1013", {"unit_of_measurement": "hPa"})
    await settle(hass)
    assert state_of(hass, AIR).attributes["unit_of_measurement"] == " "
    link = await add_link(hass, home, link_data(METER, "last", "air", 1, unit="hPa"))
    await later(hass, freezer, home, 20, 13)
    assert exist_server.value("ada", "air", TODAY) == 1013
    for sensor in ("sensor.sensor_meter_air_today_so_far", AIR, "number.exist_ada_air"):
        assert state_of(hass, sensor).attributes["unit_of_measurement"] == "hPa"
    hass.states.async_set(METER, "29.92", {"unit_of_measurement": "inHg"})
    await later(hass, freezer, home, 20, 14)
    assert exist_server.value("ada", "air", TODAY) == pytest.approx(1013.2, abs=0.1)
    assert state_of(hass, AIR).attributes["unit_of_measurement"] == "hPa"
    hass.config_entries.async_remove_subentry(home, link)
    await later(hass, freezer, home, 20, 15)
    assert state_of(hass, AIR).attributes["unit_of_measurement"] == " "


async def test_hourly_statistics_count_only_the_hours_of_the_day(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    kwh = {"unit_of_measurement": "kWh", "state_class": "total_increasing"}
    hass.states.async_set(METER, "100.0", kwh)
    await settle(hass)
    hours = [at(2026, 4, 1) + timedelta(hours=number) for number in range(480)]
    await import_hours(
        hass,
        METER,
        "kWh",
        [
            {"start": hour, "state": 7 + index * 0.5, "sum": index * 0.5}
            for index, hour in enumerate(hours)
        ],
        has_sum=True,
        unit_class="energy",
    )
    exist_server.own("ada", "active_energy")
    await home.runtime_data.coordinator.async_refresh()
    await add_link(
        hass,
        home,
        link_data(
            METER,
            "sum",
            "active_energy",
            1,
            template="active_energy",
            unit="kWh",
            observe=True,
        ),
    )
    told = await days_of(hass, "active_energy", "2026-04-01")
    assert told["2026-04-01"] == pytest.approx(23 * 0.5 * 3600)
    for number in range(2, 20):
        assert told[f"2026-04-{number:02}"] == pytest.approx(24 * 0.5 * 3600)
    assert told["2026-04-25"] == "not_recorded"


async def test_days_that_begin_on_no_whole_hour_have_no_statistics(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.users["ada"].timezone = "Asia/Kathmandu"
    await home.runtime_data.coordinator.async_refresh()
    hass.states.async_set(
        METER, "20", {"unit_of_measurement": "°C", "state_class": "measurement"}
    )
    await settle(hass)
    await import_hours(
        hass,
        METER,
        "°C",
        [
            {
                "start": at(2026, 4, 1) + timedelta(hours=number),
                "mean": 20.0,
                "min": 19.0,
                "max": 21.0,
            }
            for number in range(240)
        ],
        unit_class="temperature",
    )
    exist_server.add_attribute("ada", "Room", "health", 1, name="room")
    await home.runtime_data.coordinator.async_refresh()
    await add_link(
        hass, home, link_data(METER, "mean", "room", 1, unit="°C", observe=True)
    )
    told = await days_of(hass, "room", "2026-04-02")
    # The day on which the profile moved there still begins as in Vienna.
    assert set(list(told.values())[:20]) <= {20.0, "not_recorded"}
    home.runtime_data.links.memory.contents.zones = [(date.min, "Asia/Kathmandu")]
    told = await days_of(hass, "room", "2026-04-02")
    assert told["2026-04-05"] == "not_recorded"


async def test_a_disabled_entity_is_a_problem(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    from homeassistant.helpers import entity_registry as er

    registry = er.async_get(hass)
    entity = registry.async_get_or_create("switch", "test", "x")
    hass.states.async_set(entity.entity_id, "off")
    await settle(hass)
    await add_link(
        hass,
        home,
        tv_link("movies_min") | {"entity": entity.entity_id, "registry_id": entity.id},
    )
    registry.async_update_entity(
        entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    hass.states.async_remove(entity.entity_id)
    await evaluate(hass, home)
    state = state_of(hass, "sensor.switch_test_x_movies_min_state")
    assert state.attributes["problem"] == "entity_gone"


async def test_a_person_who_releases_an_attribute_lets_its_link_observe(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    from homeassistant.helpers import issue_registry as ir

    await add_link(hass, home, tv_link())
    await write(hass, "release_attributes", names=["gaming_min"])
    await later(hass, freezer, home, 20, 13)
    state = "sensor.media_player_living_room_gaming_min_state"
    assert state_of(hass, state).state == "observing"
    assert not [
        issue for issue in ir.async_get(hass).issues.values() if issue.domain == "exist"
    ]


async def test_a_link_of_yes_or_no_shows_on_and_off(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.own("ada", "gym")
    exist_server.users["ada"].attributes["gym"].values.clear()
    await home.runtime_data.coordinator.async_refresh()
    await add_link(hass, home, link_data(TV, "ever", "gym", 7, states=["on"]))
    assert exist_server.value("ada", "gym", TODAY) == 1
    name = "sensor.media_player_living_room_gym"
    assert state_of(hass, f"{name}_today_so_far").state == "on"
    assert state_of(hass, f"{name}_last_confirmed_value").state == "on"
