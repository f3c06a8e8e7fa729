"""Controls and the to-do list: what they show, and what they write to Exist."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.exist.const import DOMAIN, GROUPS
from custom_components.exist.notices.plain_text import as_typed
from homeassistant.components.homeassistant.exposed_entities import (
    async_expose_entity,
    async_should_expose,
)
from homeassistant.components.todo.const import DOMAIN as TODO, TodoListEntityFeature
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    Context,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component

from ..account.test_init import _pass
from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..writing import OWNED, settle

MOOD = "number.exist_ada_mood"
NOTE = "text.exist_ada_mood_note"
TAGS = "todo.exist_ada_daily_tags"
WARMEST = "sensor.exist_ada_max_temp"
DAY = "date.exist_ada_day_to_edit"


@pytest.fixture
async def owner(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> MockConfigEntry:
    assert await async_setup_component(hass, "homeassistant", {})
    exist_server.own("ada", *OWNED, manual=True)
    return await add_account()


async def _do(
    hass: HomeAssistant,
    action: str,
    entity_id: str,
    *,
    by: MockUser | None = None,
    **data: Any,
) -> None:
    """Act as a person at a screen, or as an automation."""
    domain, name = action.split(".")
    await hass.services.async_call(
        domain,
        name,
        {"entity_id": entity_id, **data},
        blocking=True,
        context=Context(user_id=by.id) if by else None,
    )
    await settle(hass)


def _of(hass: HomeAssistant, domain: str, name: str) -> str:
    entity_id = er.async_get(hass).async_get_entity_id(
        domain, DOMAIN, f"ada/attribute/{name}"
    )
    assert entity_id is not None
    return entity_id


@pytest.mark.parametrize(
    ("domain", "action", "data", "name", "wire", "shown"),
    [
        ("number", "set_value", {"value": 8}, "mood", 8, "8"),
        ("number", "set_value", {"value": 3}, "coffees", 3, "3"),
        (
            "number",
            "set_value",
            {"value": 65},
            "meditation_min",
            65,
            "65",
        ),
        ("number", "set_value", {"value": 57.5}, "akku_übrig", 0.575, "57.5"),
        (
            "number",
            "set_value",
            {"value": 1.25},
            "stromkosten",
            1.25,
            "1.25",
        ),
        ("switch", "turn_on", {}, "vitamin_d", 1, "on"),
        ("switch", "turn_off", {}, "vitamin_d", 0, "off"),
        (
            "text",
            "set_value",
            {"value": "Grüße 🌅"},
            "mood_note",
            "Grüße 🌅",
            "Grüße 🌅",
        ),
        (
            "time",
            "set_value",
            {"time": time(22, 30)},
            "licht_aus",
            1350,
            "22:30:00",
        ),
    ],
)
async def test_every_control_writes_the_wire(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    domain: str,
    action: str,
    data: dict[str, Any],
    name: str,
    wire: Any,
    shown: str,
) -> None:
    exist_server.clear_value("ada", "mood_note")
    await owner.runtime_data.coordinator.async_refresh()
    entity_id = _of(hass, domain, name)
    await _do(hass, f"{domain}.{action}", entity_id, **data)
    assert exist_server.value("ada", name) == wire
    assert state_of(hass, entity_id).state == shown


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns"]
)
@pytest.mark.parametrize("seconds", [-60, 60])
async def test_every_control_on_both_sides_of_midnight(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    zone: str,
    seconds: int,
) -> None:
    freezer.move_to(
        datetime(2026, 4, 4, tzinfo=ZoneInfo(zone)) + timedelta(seconds=seconds)
    )
    exist_server.users["ada"].timezone = zone
    exist_server.own("ada", *OWNED, manual=True)
    exist_server.clear_value("ada", "mood_note")
    await add_account()
    day = "2026-04-03" if seconds < 0 else "2026-04-04"
    for domain, action, data, name, wire in (
        ("number", "set_value", {"value": 8}, "mood", 8),
        ("number", "set_value", {"value": 65}, "meditation_min", 65),
        ("number", "set_value", {"value": 57.5}, "akku_übrig", 0.575),
        ("number", "set_value", {"value": 1.25}, "stromkosten", 1.25),
        ("number", "set_value", {"value": 3}, "coffees", 3),
        ("button", "press", {}, "coffees", 4),
        ("switch", "turn_on", {}, "vitamin_d", 1),
        ("text", "set_value", {"value": "Grüße"}, "mood_note", "Grüße"),
        ("time", "set_value", {"time": time(22, 30)}, "licht_aus", 1350),
    ):
        await _do(hass, f"{domain}.{action}", _of(hass, domain, name), **data)
        assert exist_server.value("ada", name, day) == wire, name
    await _do(hass, "todo.update_item", TAGS, item="Gym", status="completed")
    assert exist_server.value("ada", "gym", day) == 1


async def test_plus_one_writes_shown_and_one(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "coffees", None, 2)
    await owner.runtime_data.coordinator.async_refresh()
    exist_server.faults.add(Fault("drop", "*/update/", stored=True))
    button = _of(hass, "button", "coffees")
    await _do(hass, "button.press", button)
    await _do(hass, "button.press", button)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "coffees") == 4


async def test_controls_carry_the_name_of_the_attribute_and_the_day(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    names = {
        domain: state_of(hass, _of(hass, domain, "coffees")).attributes["friendly_name"]
        for domain in ("sensor", "number", "button")
    }
    assert names == {
        "sensor": "Exist (ada) Coffees",
        "number": "Exist (ada) Coffees",
        "button": "Exist (ada) Coffees +1",
    }
    today = owner.runtime_data.coordinator.today.isoformat()
    for entity_id in (MOOD, TAGS, _of(hass, "button", "coffees")):
        assert state_of(hass, entity_id).attributes["date"] == today
    exist_server.users["ada"].attributes["coffees"].label = "Espressi"
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    button = state_of(hass, _of(hass, "button", "coffees"))
    assert button.attributes["friendly_name"] == "Exist (ada) Espressi +1"


async def test_the_edited_day_moves_what_a_person_writes_and_returns(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    hass_admin_user: MockUser,
    freezer: FrozenDateTimeFactory,
) -> None:
    today = owner.runtime_data.coordinator.today
    day = today - timedelta(days=3)
    exist_server.set_value("ada", "coffees", day, 5)
    await owner.runtime_data.coordinator.async_refresh()
    await _do(hass, "date.set_value", DAY, date=day.isoformat())
    assert state_of(hass, DAY).state == day.isoformat()
    assert state_of(hass, MOOD).attributes["date"] == day.isoformat()
    button, by = _of(hass, "button", "coffees"), hass_admin_user
    await _do(hass, "number.set_value", MOOD, by=by, value=2)
    await _do(hass, "todo.update_item", TAGS, by=by, item="Gym", status="completed")
    await _do(hass, "button.press", button, by=by)
    assert exist_server.value("ada", "mood", day) == 2
    assert exist_server.value("ada", "gym", day) == 1
    assert exist_server.value("ada", "coffees", day) == 6
    assert state_of(hass, MOOD).state == "2"
    await _pass(hass, freezer, timedelta(minutes=61))
    today = owner.runtime_data.coordinator.today
    assert state_of(hass, DAY).state == today.isoformat()
    assert state_of(hass, MOOD).attributes["date"] == today.isoformat()
    await _do(hass, "number.set_value", MOOD, by=by, value=3)
    assert exist_server.value("ada", "mood", day) == 2
    assert exist_server.value("ada", "mood") == 3


async def test_what_an_automation_writes_is_of_today_whatever_day_is_edited(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    day = owner.runtime_data.coordinator.today - timedelta(days=1)
    for name, value in (("coffees", 7), ("mood", 6), ("gym", 0)):
        exist_server.set_value("ada", name, day, value)
    exist_server.set_value("ada", "coffees", None, 2)
    exist_server.set_value("ada", "gym", None, 1)
    exist_server.clear_value("ada", "mood_note")
    await owner.runtime_data.coordinator.async_refresh()
    await _do(hass, "date.set_value", DAY, date=day.isoformat())
    note = exist_server.value("ada", "mood_note", day)
    await _do(hass, "button.press", _of(hass, "button", "coffees"))
    await _do(hass, "number.set_value", MOOD, value=9)
    # It is on that day, so this takes it off, whatever the list shows.
    await _do(hass, "todo.update_item", TAGS, item="Gym", status="needs_action")
    await _do(hass, "text.set_value", _of(hass, "text", "mood_note"), value="")
    assert exist_server.value("ada", "coffees") == 3
    assert exist_server.value("ada", "coffees", day) == 7
    assert exist_server.value("ada", "mood") == 9
    assert exist_server.value("ada", "mood", day) == 6
    assert exist_server.value("ada", "gym") == 0
    assert exist_server.value("ada", "gym", day) == 0
    assert exist_server.value("ada", "mood_note", day) == note


async def test_an_old_day_is_read_once_and_what_is_written_on_it_stays(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    hass_admin_user: MockUser,
) -> None:
    coordinator, by = owner.runtime_data.coordinator, hass_admin_user
    day = coordinator.today - timedelta(days=60)
    exist_server.set_value("ada", "mood", day, 4)
    exist_server.set_value("ada", "coffees", day, 5)
    exist_server.requests.clear()
    await _do(hass, "date.set_value", DAY, date=day.isoformat())
    # One page for each hundred attributes.
    assert 1 <= exist_server.requests.total() <= 2
    assert state_of(hass, MOOD).state == "4"
    exist_server.requests.clear()
    await _do(hass, "button.press", _of(hass, "button", "coffees"), by=by)
    assert exist_server.requests.total() == 1
    assert exist_server.value("ada", "coffees", day) == 6
    for _ in range(3):
        await coordinator.async_refresh()
        await settle(hass)
        assert state_of(hass, _of(hass, "number", "coffees")).state == "6"
    assert state_of(hass, MOOD).state == "4"
    # What Exist refuses is not shown as if it had it.
    exist_server.switches.poison = 9
    await _do(hass, "number.set_value", MOOD, by=by, value=9)
    assert exist_server.value("ada", "mood", day) == 4
    assert state_of(hass, MOOD).state == "4"


async def test_until_an_old_day_is_read_nothing_of_it_is_shown_nor_written(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    hass_admin_user: MockUser,
) -> None:
    coordinator, by = owner.runtime_data.coordinator, hass_admin_user
    day = coordinator.today - timedelta(days=60)
    exist_server.set_value("ada", "mood", day, 4)
    exist_server.set_value("ada", "vitamin_d", day, 1)
    exist_server.set_value("ada", "gym", day, 1)
    exist_server.set_value("ada", "mood", None, 7)
    await coordinator.async_refresh()
    answer = exist_server.faults.add(Fault("delay", "*/with-values/", seconds=1))
    vitamin, note = _of(hass, "switch", "vitamin_d"), _of(hass, "text", "mood_note")
    chosen = hass.async_create_task(owner.runtime_data.edited.async_choose(day))
    await asyncio.sleep(0.2)
    assert state_of(hass, DAY).state == day.isoformat()
    assert state_of(hass, MOOD).state == STATE_UNKNOWN
    assert state_of(hass, vitamin).state == STATE_UNKNOWN
    assert state_of(hass, TAGS).state == STATE_UNKNOWN
    assert state_of(hass, note).state == ""
    for action, entity_id, data in (
        ("number.set_value", MOOD, {"value": 2}),
        ("switch.turn_off", vitamin, {}),
        ("text.set_value", note, {"value": "Grüße"}),
        ("button.press", _of(hass, "button", "coffees"), {}),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await _do(hass, action, entity_id, by=by, **data)
        assert raised.value.translation_key == "edited_day_unread"
    # What an automation writes is of today, and is not skipped.
    await hass.services.async_call(
        "number", "set_value", {"entity_id": MOOD, "value": 8}, blocking=True
    )
    assert not chosen.done()
    await chosen
    exist_server.faults.remove(answer)
    await settle(hass)
    assert exist_server.value("ada", "mood") == 8
    assert state_of(hass, MOOD).state == "4"
    assert state_of(hass, vitamin).state == "on"
    await _do(hass, "number.set_value", MOOD, by=by, value=2)
    assert exist_server.value("ada", "mood", day) == 2


async def test_a_day_that_cannot_be_read_or_is_to_come_is_not_edited(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    today = owner.runtime_data.coordinator.today
    exist_server.faults.add(Fault("status", status=503, times=None))
    for day, key in (
        (today - timedelta(days=60), "cannot_connect"),
        (today + timedelta(days=1), "edited_day_future"),
    ):
        with pytest.raises(HomeAssistantError) as raised:
            await _do(hass, "date.set_value", DAY, date=day.isoformat())
        assert raised.value.translation_key == key
        assert state_of(hass, DAY).state == today.isoformat()
    # A day that polls show needs nothing of Exist.
    day = today - timedelta(days=20)
    await _do(hass, "date.set_value", DAY, date=day.isoformat())
    assert state_of(hass, DAY).state == day.isoformat()


async def test_the_day_that_was_chosen_last_is_edited_whichever_is_read_first(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    edited = owner.runtime_data.edited
    today = owner.runtime_data.coordinator.today
    yesterday = today - timedelta(days=1)
    exist_server.faults.add(Fault("delay", "*/with-values/", seconds=0.2))
    slow = hass.async_create_task(edited.async_choose(today - timedelta(days=60)))
    await edited.async_choose(yesterday)
    await slow
    await settle(hass)
    assert edited.chosen == yesterday
    assert state_of(hass, DAY).state == yesterday.isoformat()


async def test_midnight_brings_the_edited_day_back(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    hass_admin_user: MockUser,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(datetime(2026, 4, 4, 23, 50, tzinfo=ZoneInfo("Asia/Kathmandu")))
    exist_server.users["ada"].timezone = "Asia/Kathmandu"
    exist_server.own("ada", *OWNED, manual=True)
    await add_account()
    await _do(hass, "date.set_value", DAY, date="2026-04-02")
    await _pass(hass, freezer, timedelta(minutes=11))
    assert state_of(hass, DAY).state == "2026-04-05"
    assert state_of(hass, MOOD).attributes["date"] == "2026-04-05"
    await _do(hass, "number.set_value", MOOD, by=hass_admin_user, value=3)
    assert exist_server.value("ada", "mood", "2026-04-05") == 3


async def test_a_long_note_is_neither_shown_nor_replaced(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    long = "x" * 400
    exist_server.set_value("ada", "mood_note", None, long)
    await owner.runtime_data.coordinator.async_refresh()
    note = _of(hass, "text", "mood_note")
    assert state_of(hass, note).state == ""
    with pytest.raises(ServiceValidationError) as raised:
        await _do(hass, "text.set_value", note, value="short")
    assert raised.value.translation_key == "text_too_long_to_edit"
    assert exist_server.value("ada", "mood_note") == long


async def test_what_is_typed_into_an_empty_text_goes_out_and_nothing_else(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.clear_value("ada", "mood_note")
    await owner.runtime_data.coordinator.async_refresh()
    note = _of(hass, "text", "mood_note")
    # A person types behind what the field shows.
    typed = state_of(hass, note).state + "Grüße"
    await _do(hass, "text.set_value", note, value=typed)
    assert exist_server.value("ada", "mood_note") == "Grüße"
    assert state_of(hass, note).state == "Grüße"


@pytest.mark.parametrize("empty", ["", "  "])
async def test_clearing_a_text_writes_nothing(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry, empty: str
) -> None:
    note = _of(hass, "text", "mood_note")
    exist_server.clear_value("ada", "mood_note")
    await owner.runtime_data.coordinator.async_refresh()
    exist_server.requests.clear()
    await _do(hass, "text.set_value", note, value=empty)
    assert exist_server.requests.total() == 0
    assert not owner.runtime_data.ledger.entries
    exist_server.set_value("ada", "mood_note", None, "Grüße")
    await owner.runtime_data.coordinator.async_refresh()
    with pytest.raises(ServiceValidationError) as raised:
        await _do(hass, "text.set_value", note, value=empty)
    assert raised.value.translation_key == "value_cannot_empty"
    assert exist_server.value("ada", "mood_note") == state_of(hass, note).state
    assert state_of(hass, note).state == "Grüße"


@pytest.mark.parametrize(
    ("note", "typed", "key"),
    [
        ("Grüße", "", "value_cannot_empty"),
        ("x" * 400, "short", "text_too_long_to_edit"),
        ("y" * 255, " ", "value_cannot_empty"),
    ],
    ids=["empty", "long", "full"],
)
async def test_a_page_shows_again_what_a_person_could_not_change(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    hass_admin_user: MockUser,
    note: str,
    typed: str,
    key: str,
) -> None:
    exist_server.set_value("ada", "mood_note", None, note)
    await owner.runtime_data.coordinator.async_refresh()
    entity_id = _of(hass, "text", "mood_note")
    before = state_of(hass, entity_id).state
    states: list[str] = []

    @callback
    def note_state(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        states.append(new.state if new else STATE_UNKNOWN)

    async_track_state_change_event(hass, entity_id, note_state)
    for who in (None, hass_admin_user):
        with pytest.raises(ServiceValidationError) as raised:
            await _do(hass, "text.set_value", entity_id, by=who, value=typed)
        assert raised.value.translation_key == key
        if who is None:
            # An automation has no field that would have to be filled again.
            assert not states
    assert exist_server.value("ada", "mood_note") == note
    # A field is filled anew only where a state is unlike the one before it.
    other, last = states
    assert other != before
    assert last == before


async def test_controls_work_while_exist_is_away(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    await exist_server.stop()
    await _do(hass, "number.set_value", MOOD, value=9)
    assert state_of(hass, MOOD).state == "9"
    assert state_of(hass, "sensor.exist_ada_mood").state == "9"
    waiting = state_of(hass, "sensor.exist_ada_values_waiting")
    assert waiting.state == "1"
    assert waiting.attributes["oldest"] is not None
    await exist_server.start()
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood") == 9
    waiting = state_of(hass, "sensor.exist_ada_values_waiting")
    assert (waiting.state, waiting.attributes["oldest"]) == ("0", None)
    assert waiting.attributes["last_write"] is not None


@pytest.mark.shown(*GROUPS)
async def test_controls_only_for_what_is_owned_and_by_hand(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    assert not [
        each for each in hass.states.async_entity_ids("number") if "steps" in each
    ]
    exist_server.own("ada", "water", manual=True)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert state_of(hass, _of(hass, "number", "water"))
    exist_server.steal("ada", "mood", "fitbit")
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert state_of(hass, MOOD).state == STATE_UNAVAILABLE
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert hass.states.get(MOOD) is None


@pytest.mark.shown(*GROUPS)
async def test_nothing_that_writes_is_exposed_to_assistants(
    hass: HomeAssistant, owner: MockConfigEntry
) -> None:
    for entity_id in hass.states.async_entity_ids(
        ("number", "switch", "text", "time", "button", "date", TODO)
    ):
        assert not async_should_expose(hass, "conversation", entity_id), entity_id


@pytest.mark.shown(*GROUPS)
async def test_what_was_exposed_stays_exposed(
    hass: HomeAssistant, owner: MockConfigEntry
) -> None:
    for entity_id in (TAGS, MOOD, WARMEST):
        assert state_of(hass, entity_id)
        assert not async_should_expose(hass, "conversation", entity_id)
        async_expose_entity(hass, "conversation", entity_id, True)
    await hass.config_entries.async_reload(owner.entry_id)
    await settle(hass)
    for entity_id in (TAGS, MOOD, WARMEST):
        assert async_should_expose(hass, "conversation", entity_id)
        assert not async_should_expose(hass, "cloud.alexa", entity_id)


@pytest.mark.shown(*GROUPS)
async def test_nothing_of_the_diary_is_exposed_by_default(
    hass: HomeAssistant, owner: MockConfigEntry
) -> None:
    for entity_id in hass.states.async_entity_ids():
        assert not async_should_expose(hass, "conversation", entity_id), entity_id


async def test_a_tag_has_a_switch_for_who_wants_one(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    exist_server.set_value("ada", "gym", None, 0)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    switch = _of(hass, "switch", "gym")
    registered = entity_registry.async_get(switch)
    assert registered is not None
    assert registered.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert hass.states.get(switch) is None
    entity_registry.async_update_entity(switch, disabled_by=None)
    # A conversation asks in this moment, before there is a state.
    assert not async_should_expose(hass, "conversation", switch)
    await hass.config_entries.async_reload(owner.entry_id)
    await settle(hass)
    assert state_of(hass, switch).state == "off"
    assert not async_should_expose(hass, "conversation", switch)
    await _do(hass, "switch.turn_on", switch)
    assert exist_server.value("ada", "gym") == 1
    assert state_of(hass, TAGS).state == "0"


async def test_a_scale_without_a_value_shows_none(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.clear_value("ada", "mood")
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    mood = state_of(hass, MOOD)
    assert (mood.state, mood.attributes["mode"]) == (STATE_UNKNOWN, "box")
    assert (mood.attributes["min"], mood.attributes["max"]) == (1, 9)


async def test_the_list_of_tags(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "gym", None, 0)
    await owner.runtime_data.coordinator.async_refresh()
    assert state_of(hass, TAGS).state == "1"
    await _do(hass, "todo.update_item", TAGS, item="Gym", status="completed")
    assert exist_server.value("ada", "gym") == 1
    assert state_of(hass, TAGS).state == "0"
    await _do(hass, "todo.update_item", TAGS, item="Gym", status="needs_action")
    assert exist_server.value("ada", "gym") == 0
    await _do(hass, "todo.add_item", TAGS, item="Nap 💤")
    assert exist_server.owner("ada", "nap_") or exist_server.owner("ada", "nap")
    for action, data, key in (
        ("add_item", {"item": "homeoffice"}, "tag_exists"),
        ("update_item", {"item": "Gym", "rename": "Sport"}, "tag_rename"),
    ):
        with pytest.raises(HomeAssistantError) as raised:
            await _do(hass, f"todo.{action}", TAGS, **data)
        assert raised.value.translation_key == key


async def test_the_list_of_tags_says_which_day_it_shows_where_it_is_not_today(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    hass_admin_user: MockUser,
) -> None:
    async def items() -> list[dict[str, Any]]:
        answer: Any = await hass.services.async_call(
            TODO,
            "get_items",
            {"entity_id": TAGS},
            blocking=True,
            return_response=True,
        )
        found: list[dict[str, Any]] = answer[TAGS]["items"]
        return found

    today = owner.runtime_data.coordinator.today
    day = today - timedelta(days=2)
    assert ["description" in each for each in await items()] == [False]
    assert state_of(hass, TAGS).attributes["date"] == today.isoformat()
    exist_server.set_value("ada", "gym", day, 0)
    await owner.runtime_data.coordinator.async_refresh()
    await _do(hass, "date.set_value", DAY, date=day)
    [gym] = await items()
    assert gym["description"] == f"{day:%a} {day.isoformat()}"
    assert state_of(hass, TAGS).attributes["date"] == day.isoformat()
    # So does the frontend: it sends the whole item back with a tick.
    tick = {
        "item": gym["uid"],
        "rename": gym["summary"],
        "status": "completed",
        "description": gym["description"],
    }
    for wrong in ("Leg day", f"{today:%a} {today.isoformat()}"):
        with pytest.raises(HomeAssistantError) as raised:
            await _do(
                hass,
                "todo.update_item",
                TAGS,
                by=hass_admin_user,
                **{**tick, "description": wrong},
            )
        assert raised.value.translation_key == "tag_details"
    assert exist_server.value("ada", "gym", day) == 0
    await _do(hass, "todo.update_item", TAGS, by=hass_admin_user, **tick)
    assert exist_server.value("ada", "gym", day) == 1
    with pytest.raises(HomeAssistantError) as raised:
        await _do(hass, "todo.add_item", TAGS, item="Nap", description="short")
    assert raised.value.translation_key == "tag_details"
    assert exist_server.owner("ada", "nap") is None
    await _do(hass, "date.set_value", DAY, date=today)
    assert ["description" in each for each in await items()] == [False]
    with pytest.raises(HomeAssistantError):
        await _do(hass, "todo.update_item", TAGS, by=hass_admin_user, **tick)


async def test_who_types_a_new_tag_is_told_that_it_stays(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    await _do(hass, "todo.add_item", TAGS, item="*Nap* 💤")
    [note] = hass.data["persistent_notification"].values()
    assert f"the tag {as_typed('*Nap* 💤')}," in note["message"]
    assert "can't delete a tag" in note["message"]
    with pytest.raises(HomeAssistantError):
        await _do(hass, "todo.add_item", TAGS, item="Gym")
    assert len(hass.data["persistent_notification"]) == 1


async def test_nothing_empty_before_anything_is_owned(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity_registry: er.EntityRegistry,
) -> None:
    entry = await add_account()
    poll = entry.runtime_data.coordinator.async_refresh
    assert entity_registry.async_get(TAGS) is None
    assert entity_registry.async_get(DAY) is None
    # Nobody enters these.
    exist_server.own("ada", "steps", manual=False)
    await poll()
    await settle(hass)
    assert entity_registry.async_get(DAY) is None
    exist_server.own("ada", "mood", manual=True)
    await poll()
    await settle(hass)
    assert state_of(hass, DAY).state == entry.runtime_data.coordinator.today.isoformat()
    assert entity_registry.async_get(TAGS) is None
    exist_server.own("ada", "gym", manual=True)
    await poll()
    await settle(hass)
    assert state_of(hass, TAGS).state in ("0", "1")
    exist_server.steal("ada", "gym", "fitbit")
    await poll()
    await settle(hass)
    assert state_of(hass, TAGS).state == STATE_UNAVAILABLE
    assert state_of(hass, DAY).state != STATE_UNAVAILABLE


async def test_the_list_of_tags_does_not_offer_to_delete(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    features = TodoListEntityFeature(
        state_of(hass, TAGS).attributes["supported_features"]
    )
    assert features == (
        TodoListEntityFeature.CREATE_TODO_ITEM | TodoListEntityFeature.UPDATE_TODO_ITEM
    )
    for action in ("remove_item", "remove_completed_items"):
        data = {"item": "Gym"} if action == "remove_item" else {}
        with pytest.raises(HomeAssistantError) as raised:
            await _do(hass, f"todo.{action}", TAGS, **data)
        assert raised.value.translation_domain == "homeassistant"
    assert exist_server.owner("ada", "gym") == "home_assistant"
