"""What Activity lists: what a person wants to read, with the attribute's name."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.exist.const import DOMAIN, GROUPS
from homeassistant.components.logbook.helpers import async_determine_event_types
from homeassistant.components.logbook.processor import EventProcessor
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..account.test_init import _pass, _poll
from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..link_home import TV, add_link, later, link_data
from ..writing import poll, settle, write

pytestmark = pytest.mark.shown(*GROUPS)

WRITING = "event.exist_ada_writing"
MOOD = "sensor.exist_ada_mood"
TAG = "binary_sensor.exist_ada_gym"
LINK_STATE = "sensor.media_player_living_room_gaming_min_state"


@pytest.fixture
async def activity(recorder_mock: None, hass: HomeAssistant) -> None:
    """Set up Activity; its pages are not needed."""
    hass.config.components.add("frontend")
    assert await async_setup_component(hass, "logbook", {})


@pytest.fixture
async def owner(
    activity: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account that owns two attributes, some minutes ago."""
    exist_server.own("ada", "mood", "coffees", manual=True)
    entry = await add_account()
    freezer.tick(60)
    return entry


async def _lines(hass: HomeAssistant, since: datetime) -> list[dict[str, Any]]:
    """Return what Activity lists, oldest first."""
    await settle(hass)
    await async_wait_recording_done(hass)
    # Both ends are left out, and time stands still.
    moment = timedelta(seconds=1)
    processor = EventProcessor(hass, async_determine_event_types(hass, None, None))
    found: list[dict[str, Any]] = await get_instance(hass).async_add_executor_job(
        processor.get_events, since - moment, dt_util.utcnow() + moment
    )
    return found


async def _listed(hass: HomeAssistant, since: datetime) -> set[str]:
    return {line["entity_id"] for line in await _lines(hass, since)}


async def test_writes_and_polls_are_no_news(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    since = dt_util.utcnow()
    for value in (3, 4, 5):
        await write(hass, name="mood", value=value)
        await _poll(hass, freezer)
    assert exist_server.value("ada", "mood") == 5
    # What a person can set is listed like any other number.
    assert await _listed(hass, since) == {"number.exist_ada_mood"}


async def test_what_a_link_writes_is_no_news(
    activity: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert state_of(hass, LINK_STATE).state == "writing"
    freezer.tick(60)
    since = dt_util.utcnow()
    for hour in (13, 14, 15):
        await later(hass, freezer, linked_home, 20, hour, on=10)
        await settle(hass)
    assert exist_server.value("ada", "gaming_min") == 100
    # What a person can set is listed like any other number.
    assert await _listed(hass, since) == {"number.exist_ada_time_gaming"}


async def test_a_link_that_has_waited_a_minute_says_so(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await exist_server.stop()
    await later(hass, freezer, linked_home, 20, 13, on=10)
    assert state_of(hass, LINK_STATE).state == "writing"
    await _pass(hass, freezer, timedelta(minutes=1))
    assert state_of(hass, LINK_STATE).state == "waiting"
    await exist_server.start()
    await later(hass, freezer, linked_home, 20, 14, on=10)
    assert exist_server.value("ada", "gaming_min") == 90
    assert state_of(hass, LINK_STATE).state == "writing"


async def test_a_lost_attribute_is_named(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    since = dt_util.utcnow()
    exist_server.steal("ada", "mood", "fitbit")
    await poll(hass, owner)
    lines = await _lines(hass, since)
    [named] = [line for line in lines if line.get("message")]
    assert (named["name"], named["message"]) == ("Mood", "Ownership lost")
    assert (named["entity_id"], named["domain"]) == (MOOD, DOMAIN)
    [event] = [line for line in lines if line["entity_id"] == WRITING]
    assert event["attributes"]["event_type"] == "ownership_lost"
    assert event["context_name"] == "Mood"
    assert state_of(hass, WRITING).attributes["label"] == "Mood"


async def test_a_value_that_gave_way_is_named_with_its_day(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await exist_server.stop()
    await write(hass, name="mood", value=5)
    await _pass(hass, freezer, timedelta(minutes=10))
    since = dt_util.utcnow()
    exist_server.set_value("ada", "mood", None, 2)
    await exist_server.start()
    await poll(hass, owner)
    day = owner.runtime_data.coordinator.today.isoformat()
    told = [line["message"] for line in await _lines(hass, since) if "message" in line]
    assert told == [f"Gave way to a change at Exist ({day})"]


async def test_an_attribute_without_an_entity_is_named_all_the_same(
    activity: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    exist_server.own("ada", "mood", manual=True)
    entry = await add_account()
    er.async_get(hass).async_remove(MOOD)
    freezer.tick(60)
    since = dt_util.utcnow()
    exist_server.steal("ada", "mood", "fitbit")
    await poll(hass, entry)
    [named] = [line for line in await _lines(hass, since) if "message" in line]
    assert (named["name"], named["entity_id"]) == ("Mood", WRITING)


async def test_acquiring_and_releasing_are_no_news_and_load_nothing_anew(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    runtime, since = owner.runtime_data, dt_util.utcnow()
    registered = er.async_get(hass).async_get(TAG)
    assert registered is not None
    assert registered.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    tags = ["gym", "homeoffice"]
    answer = await write(hass, "acquire_attributes", names=tags, take_over=True)
    assert len(answer["success"]) == 2
    answer = await write(
        hass,
        "create_attributes",
        label="Windows opened",
        group="custom",
        value_type="boolean",
    )
    assert answer["success"]
    await _pass(hass, freezer, timedelta(seconds=45))
    assert state_of(hass, TAG).state in ("on", "off")
    assert state_of(hass, "binary_sensor.exist_ada_windows_opened").state == "off"
    answer = await write(hass, "release_attributes", names=["homeoffice"])
    assert len(answer["success"]) == 1
    await _pass(hass, freezer, timedelta(seconds=45))
    assert owner.runtime_data is runtime
    assert owner.state is ConfigEntryState.LOADED
    # The list counts what is still to be done.
    assert await _listed(hass, since) <= {"todo.exist_ada_daily_tags"}
    # What is gained or lost otherwise is told.
    exist_server.steal("ada", "gym", "fitbit")
    await poll(hass, owner)
    exist_server.own("ada", "gym")
    freezer.tick(60)
    since = dt_util.utcnow()
    await poll(hass, owner)
    told = [line["message"] for line in await _lines(hass, since) if "message" in line]
    assert told == ["Ownership gained"]


async def test_options_are_no_news_and_load_nothing_anew(
    hass: HomeAssistant, owner: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    runtime, since = owner.runtime_data, dt_util.utcnow()
    left = dict(owner.options)
    for changed in (
        {"policies": {"steps": "latest", "weight": "today"}},
        {"history_groups": ["mood"]},
        {"release_on_remove": True, "clear_on_remove": True},
        {"groups": ["mood", "custom"]},
        {"groups": ["mood", "activity", "health"]},
        {"groups": left["groups"]},
    ):
        left |= changed
        hass.config_entries.async_update_entry(owner, options=dict(left))
        await _pass(hass, freezer, timedelta(seconds=45))
    assert owner.runtime_data is runtime
    assert not await _listed(hass, since)


async def test_a_link_comes_and_goes_without_a_line_of_others(
    activity: None,
    hass: HomeAssistant,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.tick(60)
    since, runtime = dt_util.utcnow(), linked_home.runtime_data
    data = link_data(TV, "times", "coffees", 0, states=["on"])
    link_id = await add_link(hass, linked_home, data)
    subentry = linked_home.subentries[link_id]
    hass.config_entries.async_update_subentry(linked_home, subentry, title="Television")
    await settle(hass)
    hass.config_entries.async_remove_subentry(linked_home, link_id)
    await _pass(hass, freezer, timedelta(seconds=45))
    assert linked_home.runtime_data is runtime
    assert not await _listed(hass, since)
