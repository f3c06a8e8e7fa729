"""Repairs of links: each comes with its cause, says what to do, and goes with it."""

from datetime import date
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)

from ..conftest import state_of
from ..exist_server import ExistServer, Fault
from ..flows.test_repairs import _decide
from ..link_home import TV, add_link, at, evaluate, later, link_data, record, tv_link
from ..writing import reload, settle

TODAY = date(2026, 5, 20)
STATE = "sensor.media_player_living_room_gaming_min_state"
METER = "sensor.meter"


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return the repairs of links and of what they feed."""
    return {
        issue.translation_key or "": issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


async def problem(hass: HomeAssistant, entry: MockConfigEntry) -> str | None:
    """Return the problem that the link's sensor shows after an evaluation."""
    await evaluate(hass, entry)
    said: str | None = state_of(hass, STATE).attributes.get("problem")
    assert (state_of(hass, STATE).state == "problem") is (said is not None)
    return said


async def test_an_entity_that_is_gone(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    hass.states.async_remove(TV)
    assert await problem(hass, linked_home) == "entity_gone"
    issue = issues(hass)["link_entity_gone"]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["entity"] == TV
    assert exist_server.value("ada", "gaming_min") == 70
    hass.states.async_set(TV, "off")
    assert await problem(hass, linked_home) is None
    assert not issues(hass)


async def test_an_entity_is_followed_through_its_renaming(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    registry = er.async_get(hass)
    entity = registry.async_get_or_create(
        "media_player", "test", "tv", suggested_object_id="bedroom"
    )
    hass.states.async_set(entity.entity_id, "off")
    await settle(hass)
    await record(hass, {entity.entity_id: [(at(2026, 5, 18, 8), "off")]})
    await add_link(
        hass,
        linked_home,
        tv_link("movies_min") | {"entity": entity.entity_id, "registry_id": entity.id},
    )
    registry.async_update_entity(entity.entity_id, new_entity_id="media_player.attic")
    hass.states.async_remove(entity.entity_id)
    hass.states.async_set("media_player.attic", "off")
    await settle(hass)
    await record(
        hass,
        {
            "media_player.attic": [
                (at(2026, 5, 20, 13), "on"),
                (at(2026, 5, 20, 14), "off"),
            ]
        },
    )
    await later(hass, freezer, linked_home, 20, 23)
    assert exist_server.value("ada", "movies_min") == 60
    assert not issues(hass)


async def test_an_entity_that_the_recorder_leaves_out(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from homeassistant.helpers.recorder import get_instance

    recorder = get_instance(hass)
    monkeypatch.setattr(recorder, "entity_filter", lambda entity_id: entity_id != TV)
    assert await problem(hass, linked_home) == "not_recorded"
    assert "link_not_recorded" in issues(hass)
    monkeypatch.undo()
    assert await problem(hass, linked_home) is None
    assert not issues(hass)


async def test_a_unit_that_can_no_longer_be_converted(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    hass.states.async_set(METER, "80", {"unit_of_measurement": "kg"})
    await settle(hass)
    freezer.tick(60)
    await add_link(
        hass,
        linked_home,
        link_data(METER, "last", "weight", 1, unit="kg", template="weight"),
    )
    assert exist_server.value("ada", "weight") == 80
    hass.states.async_set(METER, "81", {"unit_of_measurement": "m"})
    await evaluate(hass, linked_home)
    assert "link_wrong_unit" in issues(hass)
    assert exist_server.value("ada", "weight") == 80
    hass.states.async_set(METER, "176.37", {"unit_of_measurement": "lb"})
    await later(hass, freezer, linked_home, 20, 13)
    assert not issues(hass)
    assert exist_server.value("ada", "weight") == 80


async def test_a_value_out_of_range_is_not_clipped(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.own("ada", "mood")
    exist_server.users["ada"].attributes["mood"].values.clear()
    hass.states.async_set(METER, "12")
    await settle(hass)
    freezer.tick(60)
    await linked_home.runtime_data.coordinator.async_refresh()
    await add_link(hass, linked_home, link_data(METER, "last", "mood", 8))
    assert "link_out_of_range" in issues(hass)
    assert exist_server.value("ada", "mood") is None
    hass.states.async_set(METER, "7")
    await later(hass, freezer, linked_home, 20, 13)
    assert not issues(hass)
    assert exist_server.value("ada", "mood") == 7


async def test_a_value_type_that_changed_at_exist(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.add_attribute("ada", "Screen", "media", 3, name="screen")
    await linked_home.runtime_data.coordinator.async_refresh()
    await add_link(hass, linked_home, tv_link("screen"))
    assert exist_server.value("ada", "screen") == 70
    from ..exist_server.values import ValueType

    exist_server.users["ada"].attributes["screen"].value_type = ValueType.STRING
    await linked_home.runtime_data.coordinator.async_refresh()
    await evaluate(hass, linked_home)
    assert "link_type_changed" in issues(hass)


@pytest.mark.parametrize("choice", ["take_back", "stop"])
async def test_an_attribute_taken_from_a_link_before_it_ever_wrote(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    choice: str,
) -> None:
    await add_link(
        hass, linked_home, tv_link("weight", observe=True) | {"value_type": 1}
    )
    exist_server.steal("ada", "movies_min", "trakt")
    await add_link(hass, linked_home, tv_link("movies_min"))
    await later(hass, freezer, linked_home, 20, 13)
    await _decide(hass, issues(hass)["attribute_taken"], choice)
    await later(hass, freezer, linked_home, 20, 14)
    assert not issues(hass)
    if choice == "take_back":
        assert exist_server.owner("ada", "movies_min") == "home_assistant"
        assert exist_server.value("ada", "movies_min") == 70
    else:
        assert exist_server.owner("ada", "movies_min") == "trakt"
        state = "sensor.media_player_living_room_movies_min_state"
        assert state_of(hass, state).state == "observing"


@pytest.mark.parametrize("choice", ["create_again", "stop"])
async def test_a_linked_attribute_that_is_gone(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    choice: str,
) -> None:
    exist_server.add_attribute("ada", "Screen time", "media", 3, name="screen_time")
    await linked_home.runtime_data.coordinator.async_refresh()
    await add_link(
        hass, linked_home, tv_link("screen_time", label="Screen time", group="media")
    )
    exist_server.remove_attribute("ada", "screen_time")
    await later(hass, freezer, linked_home, 20, 13)
    await _decide(hass, issues(hass)["attribute_gone"], choice)
    await later(hass, freezer, linked_home, 20, 14)
    assert "attribute_gone" not in issues(hass)
    if choice == "create_again":
        made = exist_server.users["ada"].attributes["screen_time"]
        assert made.group is not None
        assert (made.label, made.group.name, int(made.value_type)) == (
            "Screen time",
            "media",
            3,
        )
        await later(hass, freezer, linked_home, 20, 15)
        assert exist_server.value("ada", "screen_time") == 70
    else:
        assert "screen_time" not in exist_server.users["ada"].attributes


async def test_an_attribute_that_comes_again_under_another_name_says_so(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.add_attribute("ada", "Screens", "media", 3, name="screen_time")
    await linked_home.runtime_data.coordinator.async_refresh()
    await add_link(
        hass, linked_home, tv_link("screen_time", label="Screens", group="media")
    )
    exist_server.remove_attribute("ada", "screen_time")
    await later(hass, freezer, linked_home, 20, 13)
    result = await _decide(hass, issues(hass)["attribute_gone"], "create_again")
    assert result["reason"] == "failed"
    assert "screens" in result["description_placeholders"]["error"]


async def test_releasing_what_is_not_owned_says_so(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    (subentry_id,) = linked_home.subentries
    hass.config_entries.async_remove_subentry(linked_home, subentry_id)
    await settle(hass)
    exist_server.steal("ada", "gaming_min", "trakt")
    result = await _decide(hass, issues(hass)["link_deleted"], "release")
    assert result["reason"] == "failed"
    assert exist_server.owner("ada", "gaming_min") == "trakt"


@pytest.mark.parametrize("choice", ["release", "keep"])
async def test_a_deleted_link_asks_what_shall_become_of_its_attribute(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    choice: str,
) -> None:
    # What waits is still sent.
    fault = exist_server.faults.add(Fault("status", "*/update/", times=None))
    await later(hass, freezer, linked_home, 20, 14, on=30)
    (subentry_id,) = linked_home.subentries
    (device,) = (
        device
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), linked_home.entry_id
        )
        if (DOMAIN, f"ada/link/{subentry_id}") in device.identifiers
    )
    hass.config_entries.async_remove_subentry(linked_home, subentry_id)
    await settle(hass)
    assert dr.async_get(hass).async_get(device.id) is None
    assert hass.states.get(STATE) is None
    issue = issues(hass)["link_deleted"]
    exist_server.faults.remove(fault)
    await _decide(hass, issue, choice)
    await later(hass, freezer, linked_home, 20, 15)
    assert exist_server.value("ada", "gaming_min") == 100
    assert "link_deleted" not in issues(hass)
    await reload(hass, linked_home)
    assert "link_deleted" not in issues(hass)
    owner = exist_server.owner("ada", "gaming_min")
    assert (owner == "home_assistant") is (choice == "keep")


async def test_releasing_after_a_deleted_link_says_why_it_failed(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    (subentry_id,) = linked_home.subentries
    hass.config_entries.async_remove_subentry(linked_home, subentry_id)
    await settle(hass)
    exist_server.faults.add(Fault("status", "*/release/", times=None, status=500))
    result = await _decide(hass, issues(hass)["link_deleted"], "release")
    assert (result["type"], result["reason"]) == ("abort", "failed")
    assert result["description_placeholders"]["error"]
    assert "link_deleted" in issues(hass)


async def test_a_link_made_again_asks_nothing_more(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    (subentry_id,) = linked_home.subentries
    hass.config_entries.async_remove_subentry(linked_home, subentry_id)
    await settle(hass)
    assert "link_deleted" in issues(hass)
    await add_link(hass, linked_home, tv_link())
    assert not issues(hass)


async def test_no_repair_outlives_its_account(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
) -> None:
    hass.states.async_remove(TV)
    await evaluate(hass, linked_home)
    assert issues(hass)
    await hass.config_entries.async_remove(linked_home.entry_id)
    await settle(hass)
    assert not issues(hass)
    storage = Path(hass.config.path(".storage"))
    assert not list(storage.glob("exist.*"))  # noqa: ASYNC240
