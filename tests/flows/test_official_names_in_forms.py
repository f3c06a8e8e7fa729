"""What people see bears official attributes' translated names; machines get Exist's."""

from collections.abc import Mapping
from html import unescape
from itertools import groupby
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN
from custom_components.exist.flows.repair_flow import (
    ExistRepairFlow,
    async_create_fix_flow,
)
from custom_components.exist.logbook import async_describe_events
from homeassistant.components import persistent_notification
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import edit, finish, offered, said, start, submit, walk
from ..link_home import at
from ..writing import poll, settle, write

TOTAL = {"state_class": "total_increasing", "unit_of_measurement": "steps"}


@pytest.fixture(autouse=True)
def _german(hass: HomeAssistant) -> None:
    hass.config.language = "de"


@pytest.fixture
async def owner(exist_server: ExistServer, add_account: AddAccount) -> MockConfigEntry:
    exist_server.own("ada", "steps", "mood", "mood_note", "coffees", manual=True)
    return await add_account()


@pytest.fixture
async def home(
    recorder_mock: None, freezer: FrozenDateTimeFactory, add_account: AddAccount
) -> MockConfigEntry:
    freezer.move_to(at(2026, 5, 20, 12))
    return await add_account()


async def _option(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> Any:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    return await _send(hass, result, {"next_step_id": step})


async def _send(hass: HomeAssistant, result: Any, given: Mapping[str, Any]) -> Any:
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], dict(given)
    )
    await hass.async_block_till_done()
    return result


def _sections(result: Any) -> str:
    return unescape(result["description_placeholders"]["sections"])


def _told(result: Any) -> str:
    assert result["type"] is FlowResultType.ABORT
    return unescape(result["description_placeholders"]["labels_escaped"])


def _labels_at_exist(server: ExistServer) -> dict[str, str]:
    return {each.name: each.label for each in server.users["ada"].attributes.values()}


async def test_acquiring(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.users["ada"].attributes["body_fat"].label = "My fat"
    entry = await add_account()
    before = _labels_at_exist(exist_server)
    result = await _option(hass, entry, "acquire")
    lines = offered(result, "attributes")
    assert lines["name:weight"] == "Gewicht · Gesundheit und Körper (Withings)"
    # What a person called otherwise stays as it is.
    assert lines["name:body_fat"].startswith("My fat · Gesundheit")
    assert lines["template:heartrate_max"].startswith("Höchste Herzfrequenz · ")
    shown = [line.split(" · ") for line in lines.values()]
    groups = [list(each) for _, each in groupby(shown, lambda x: x[1].split(" (")[0])]
    for group in groups:
        labels = [label.casefold() for label, *_ in group]
        assert labels == sorted(labels)
    chosen = ["name:weight", "template:heartrate_max"]
    result = await _send(
        hass, result, {"attributes": chosen, "manual": "by_home_assistant"}
    )
    sections = _sections(result)
    assert "- Withings – Gewicht\n" in sections
    assert "- Höchste Herzfrequenz\n" in sections
    for english in ("Weight", "Highest"):
        assert english not in sections
    assert _told(await _send(hass, result, {})) == "Höchste Herzfrequenz und Gewicht"
    after = _labels_at_exist(exist_server)
    assert after == before | {"heartrate_max": "Highest heart rate"}
    assert exist_server.owner("ada", "weight") == "home_assistant"


async def test_what_was_not_acquired(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "money_spent", service="withings")
    exist_server.steal("ada", "money_spent", None)
    result = await _option(hass, await add_account(), "acquire")
    result = await _send(
        hass, result, {"attributes": ["name:money_spent"], "manual": "by_hand"}
    )
    exist_server.steal("ada", "money_spent", "withings")
    result = await _send(hass, result, {})
    assert _sections(result).startswith("- Ausgegebenes Geld: ")


async def test_releasing(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    result = await _option(hass, owner, "release")
    assert list(offered(result, "attributes").values()) == [
        "Schritte · Aktivität",
        "Notiz zur Stimmung · Stimmung",
        "Stimmung · Stimmung",
        "Kaffees · Essen und Trinken",
    ]
    result = await _send(hass, result, {"attributes": ["steps", "mood"]})
    assert "- Schritte → " in _sections(result)
    assert "- Stimmung → Exist\n" in _sections(result)
    assert _told(await _send(hass, result, {})) == "Schritte und Stimmung"
    assert exist_server.owner("ada", "steps") != "home_assistant"


async def test_which_day_a_sensor_shows(
    hass: HomeAssistant, owner: MockConfigEntry
) -> None:
    result = await _option(hass, owner, "policies")
    lines = offered(result, "switched")
    assert lines["steps"] == "Schritte · zeigt heute"
    shown = [line.split(" · ") for line in lines.values()]
    for _, each in groupby(shown, lambda line: line[1]):
        labels = [label.casefold() for label, _ in each]
        assert labels == sorted(labels)


@pytest.mark.parametrize("name", ["Handy Schritte", "Phone steps"])
async def test_a_link_of_an_entity_of_either_name(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, name: str
) -> None:
    exist_server.own("ada", "steps")
    await poll(hass, home)
    hass.states.async_set("sensor.x", "5144", {**TOTAL, "friendly_name": name})
    page = await walk(
        hass, await start(hass, home), {"entity": "sensor.x"}, {"aggregate": "sum"}
    )
    targets = offered(page, "target")
    # It is recognized, and so stands before a new one.
    assert list(targets)[:2] == ["name:steps", "new"]
    assert targets["name:steps"] == "Schritte · Aktivität ✓"
    assert targets["name:floors"].startswith("Stockwerke · Aktivität")
    page = await walk(hass, page, {"target": "name:steps"})
    assert page["description_placeholders"]["label"] == "Schritte"
    link = await finish(hass, home, page)
    assert link.title == f"{name} → Schritte"
    assert (link.data["label"], link.data["template"]) == ("Steps", "steps")


@pytest.mark.parametrize("name", ["Zeit mit Filmen", "Watching movies", "Evenings"])
async def test_names_are_recognized_in_both_languages(
    hass: HomeAssistant, home: MockConfigEntry, name: str
) -> None:
    minutes = {"device_class": "duration", "unit_of_measurement": "min"}
    hass.states.async_set("sensor.x", "7", {**minutes, "friendly_name": name})
    page = await walk(
        hass, await start(hass, home), {"entity": "sensor.x"}, {"aggregate": "last"}
    )
    first, *_ = offered(page, "target")
    assert (first == "name:movies_min") is (name != "Evenings")


@pytest.mark.parametrize("label", ["Schritte", "Steps"])
async def test_a_new_attribute_is_called_like_no_other(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, label: str
) -> None:
    hass.states.async_set("sensor.x", "5144", TOTAL)
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "sensor.x"},
        {"aggregate": "sum"},
        {"target": label},
    )
    page = await submit(hass, page, {"group": "activity"})
    assert page["errors"] == {"base": "label_exists"}
    page = await walk(hass, page, {"label": "Schritte im Haus", "group": "activity"})
    link = await finish(hass, home, page)
    assert link.title.endswith(" → Schritte im Haus")
    assert _labels_at_exist(exist_server)[link.data["attribute"]] == "Schritte im Haus"


async def test_the_title_of_a_link_stays_until_it_is_of_something_else(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.x", "5144", {**TOTAL, "friendly_name": "Phone"})
    hass.config.language = "en"
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "sensor.x"},
        {"aggregate": "sum"},
        {"target": "name:steps"},
    )
    link = await finish(hass, home, page, take_over=True)
    assert link.title == "Phone → Steps"
    hass.config.language = "de"
    assert await hass.config_entries.async_reload(home.entry_id)
    for target, title in (
        ("name:steps", "Phone → Steps"),
        ("name:floors", "Phone → Stockwerke"),
    ):
        page = await edit(hass, home, link.subentry_id)
        assert "**Schritte**" in said(page)
        pages: list[Any] = ["attribute", {"target": target}, "finish"]
        page = await walk(hass, page, *pages)
        page = await submit(hass, page, {"observe": True})
        assert page["reason"] == "reconfigure_successful"
        await settle(hass)
        assert home.subentries[link.subentry_id].title == title


async def test_a_suggestion(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    tv = {"friendly_name": "TV", "device_class": "tv"}
    hass.states.async_set("media_player.tv", "off", tv)
    page = await start(hass, home)
    [(key, text)] = offered(page, "suggestion").items()
    assert text.startswith("TV: ")
    assert text.endswith(" → Fernsehzeit")
    page = await walk(hass, page, {"entity": "", "suggestion": key})
    assert page["description_placeholders"]["label"] == "Fernsehzeit"
    link = await finish(hass, home, page, take_over=True)
    assert link.title == "TV → Fernsehzeit"
    assert (link.data["label"], link.data["attribute"]) == ("Watching TV", "tv_min")
    assert exist_server.owner("ada", "tv_min") == "home_assistant"
    assert _labels_at_exist(exist_server)["tv_min"] == "Watching TV"


async def test_a_repair_and_what_is_told_of_it(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    fired: list[Event] = []
    hass.bus.async_listen("exist_writing", fired.append)
    exist_server.steal("ada", "mood", "fitbit")
    answer = await write(hass, name="mood", value=5)
    assert answer["queued"][0]["label"] == "Mood"
    await poll(hass, owner)
    [issue] = [
        issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    ]
    assert issue.translation_key == "attribute_taken"
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["label"] == "Stimmung"
    flow = await async_create_fix_flow(hass, issue.issue_id, dict(issue.data or {}))
    assert isinstance(flow, ExistRepairFlow)
    flow.hass, flow.handler, flow.flow_id = hass, DOMAIN, "flow"
    menu = await flow.async_step_init()
    assert (menu["description_placeholders"] or {})["label"] == "Stimmung"
    # An automation gets the same in every language, Activity does not.
    assert fired[-1].data["label"] == "Mood"
    [shown] = [
        each for each in hass.states.async_all("event") if each.state != "unknown"
    ]
    assert shown.attributes["label"] == "Mood"
    described: list[Any] = []
    async_describe_events(hass, lambda *each: described.append(each))
    [(_, _, describe)] = described
    assert describe(fired[-1])["name"] == "Stimmung"


async def test_an_error_of_a_control_and_answers_of_actions(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "mood_note", None, "Rain")
    await poll(hass, owner)
    note = {"entity_id": "text.exist_ada_mood_note", "value": "   "}
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call("text", "set_value", note, blocking=True)
    names = raised.value.translation_placeholders
    assert names is not None
    assert names["name"] == "Notiz zur Stimmung"
    assert "Notiz zur Stimmung" in str(raised.value)
    twice = [{"name": "mood", "value": 5}, {"name": "mood", "value": 6}]
    for given, called in (
        ({"values": twice}, "Stimmung"),
        ({"name": "weight", "value": 70}, "Gewicht"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await write(hass, **given)
        assert raised.value.translation_placeholders is not None
        assert raised.value.translation_placeholders["name"] == called
    [item] = (await write(hass, name="mood", value=5))["success"]
    assert item["label"] == "Mood"
    answer = await write(hass, "get_values", attribute="mood")
    assert answer["label"] == "Mood"
    [item] = (await write(hass, "release_attributes", names=["mood"]))["success"]
    assert item["label"] == "Mood"
    exist_server.steal("ada", "weight", "withings")
    [item] = (await write(hass, "acquire_attributes", names=["weight"]))["failed"]
    assert item["label"] == "Weight"


@pytest.mark.parametrize("setup", [True, False])
async def test_what_a_removal_says(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    setup: bool,
) -> None:
    exist_server.own("ada", "mood", "steps")
    entry = await add_account(setup=setup)
    await hass.config_entries.async_remove(entry.entry_id)
    await settle(hass)
    [note] = persistent_notification._async_get_or_create_notifications(hass).values()
    assert "Schritte, Stimmung" in unescape(note["message"])
