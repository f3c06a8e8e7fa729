"""The account's options, with what is read back at Exist."""

from html import unescape
from itertools import groupby
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import GROUPS
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..writing import reload, settle

WEIGHT = "sensor.exist_ada_weight"
STEPS = "sensor.exist_ada_steps"


async def _open(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> Any:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.MENU
    return await hass.config_entries.options.async_configure(
        result["flow_id"], {"next_step_id": step}
    )


async def _submit(hass: HomeAssistant, result: Any, given: dict[str, Any]) -> Any:
    assert result["type"] is FlowResultType.FORM, result
    result = await hass.config_entries.options.async_configure(result["flow_id"], given)
    await hass.async_block_till_done()
    return result


def _offered(result: Any, field: str) -> dict[str, str]:
    options = result["data_schema"].schema[field].config["options"]
    return {option["value"]: option["label"] for option in options}


def _said(result: Any) -> str:
    """Return the sections of a page, as they are read."""
    return unescape(result["description_placeholders"]["sections"])


async def test_an_account_that_is_not_loaded(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    result = await hass.config_entries.options.async_init(account.entry_id)
    assert result["reason"] == "not_loaded"


@pytest.mark.shown(*GROUPS)
async def test_what_to_see(hass: HomeAssistant, account: MockConfigEntry) -> None:
    assert hass.states.get(STEPS)
    result = await _open(hass, account, "show")
    assert _offered(result, "groups")["activity"].startswith("Activity (")
    result = await _submit(hass, result, {"groups": ["mood"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert account.options == {"groups": ["mood"]}
    await settle(hass)
    assert hass.states.get(STEPS) is None
    assert hass.states.get("sensor.exist_ada_mood")


async def test_what_is_owned_stays_whatever_is_shown(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "weight")
    await account.runtime_data.coordinator.async_refresh()
    runtime = account.runtime_data
    for groups in (["mood"], [], ["activity", "mood"]):
        result = await _open(hass, account, "show")
        await _submit(hass, result, {"groups": groups})
        await settle(hass)
        assert state_of(hass, WEIGHT).state not in ("unavailable", "unknown")
        assert bool(hass.states.get(STEPS)) is ("activity" in groups)
        assert bool(hass.states.get("sensor.exist_ada_mood")) is ("mood" in groups)
    assert account.runtime_data is runtime


async def test_a_chosen_group_without_attributes_is_not_lost(
    hass: HomeAssistant, add_account: AddAccount
) -> None:
    entry = await add_account("cleo", options={"groups": ["media"]})
    result = await _open(hass, entry, "show")
    assert _offered(result, "groups") == {"media": "Media (0)"}


@pytest.mark.shown(*GROUPS)
async def test_which_day_a_sensor_shows(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    result = await _open(hass, account, "policies")
    offered = _offered(result, "switched")
    assert offered["steps"] == "Steps · shows today"
    assert offered["weight"] == "Weight · shows the newest value"
    assert state_of(hass, WEIGHT).attributes["state_class"] == "measurement"
    newest = state_of(hass, WEIGHT).state
    runtime = account.runtime_data
    exist_server.clear_value("ada", "weight", runtime.coordinator.today)
    await runtime.coordinator.async_refresh()
    await settle(hass)
    await _submit(hass, result, {"switched": ["steps", "weight"]})
    await settle(hass)
    assert account.options["policies"] == {"steps": "latest", "weight": "today"}
    assert state_of(hass, WEIGHT).state == "unknown"
    assert "state_class" not in state_of(hass, WEIGHT).attributes
    assert state_of(hass, STEPS).attributes["unit_of_measurement"] == "steps"
    # As it would be after a restart.
    shown = [dict(state_of(hass, each).attributes) for each in (WEIGHT, STEPS)]
    registered = er.async_get(hass).async_get(WEIGHT)
    assert registered
    assert not (registered.capabilities or {}).get("state_class")
    await reload(hass, account)
    assert [dict(state_of(hass, each).attributes) for each in (WEIGHT, STEPS)] == shown
    assert newest != "unknown"
    offered = _offered(await _open(hass, account, "policies"), "switched")
    assert offered["steps"] == "Steps · shows the newest value"
    assert offered["weight"] == "Weight · shows today"

    result = await _open(hass, account, "show")
    await _submit(hass, result, {"groups": ["activity"]})
    result = await _open(hass, account, "policies")
    await _submit(hass, result, {})
    # What is not shown just now keeps what the person said of it.
    assert account.options["policies"] == {"weight": "today"}


async def test_acquire(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    assert exist_server.owner("ada", "weight") == "withings"
    result = await _open(hass, account, "acquire")
    # What belongs together stands together, by label.
    lines = [line.split(" · ") for line in _offered(result, "attributes").values()]
    labels = {
        group: [line[0].casefold() for line in lines]
        for group, lines in groupby(lines, key=lambda line: line[1].split(" (")[0])
    }
    assert len(labels) == len({line[1].split(" (")[0] for line in lines}) > 8
    assert list(labels)[0] == "Activity"
    assert all(each == sorted(each) for each in labels.values())
    offered = _offered(result, "attributes")
    assert offered["name:weight"] == "Weight · Health and body (Withings)"
    assert offered["template:heartrate_max"].endswith(" (new)")
    result = await _submit(hass, result, {"manual": "unchanged"})
    assert result["errors"] == {"base": "nothing_chosen"}
    result = await _submit(
        hass,
        result,
        {
            "attributes": ["name:weight", "template:heartrate_max"],
            "manual": "by_home_assistant",
        },
    )
    said = _said(result)
    assert "- Withings – Weight" in said
    assert "can't delete an attribute" in said
    assert "- Highest heart rate" in said
    # Nothing of what does not apply.
    for other in ("No service owns", "allowed to see", "own apps"):
        assert other not in said
    assert exist_server.owner("ada", "weight") == "withings"
    result = await _submit(hass, result, {})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "acquired"
    told = unescape(result["description_placeholders"]["labels_escaped"])
    assert told == "Highest heart rate and Weight"
    assert exist_server.owner("ada", "weight") == "home_assistant"
    assert exist_server.owner("ada", "heartrate_max") == "home_assistant"
    weight = state_of(hass, "sensor.exist_ada_weight")
    assert weight.attributes["owner"] == "Home Assistant"


async def test_what_somebody_took_meanwhile_is_not_taken(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "money_spent", service="withings")
    exist_server.steal("ada", "money_spent", None)
    result = await _open(hass, account, "acquire")
    result = await _submit(
        hass,
        result,
        {"attributes": ["name:money_spent"], "manual": "by_hand"},
    )
    exist_server.steal("ada", "money_spent", "withings")
    result = await _submit(hass, result, {})
    assert result["step_id"] == "outcome"
    assert "Withings" in _said(result)
    assert "This was done" not in _said(result)
    assert exist_server.owner("ada", "money_spent") == "withings"
    result = await _submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_is_new_and_only_people_know_has_a_control_at_once(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("cleo")
    result = await _open(hass, entry, "acquire")
    chosen = ["template:mood", "template:coffees", "template:steps"]
    result = await _submit(hass, result, {"attributes": chosen, "manual": "unchanged"})
    await _submit(hass, result, {})
    attributes = exist_server.users["cleo"].attributes
    assert attributes["mood"].manual
    assert attributes["coffees"].manual
    assert not attributes["steps"].manual
    assert hass.states.get("number.exist_cleo_mood")


async def test_what_is_new_is_as_the_person_says(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("cleo")
    result = await _open(hass, entry, "acquire")
    result = await _submit(
        hass,
        result,
        {"attributes": ["template:mood"], "manual": "by_home_assistant"},
    )
    await _submit(hass, result, {})
    assert not exist_server.users["cleo"].attributes["mood"].manual


async def test_what_a_later_release_would_do_is_said_before_acquiring(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    result = await _open(hass, account, "acquire")
    chosen = ["name:weight", "name:gym", "name:mood", "name:fasching"]
    result = await _submit(hass, result, {"attributes": chosen, "manual": "unchanged"})
    back, vanish = _said(result).split("If Home Assistant releases these later, ")
    back = back.split("You can give these back")[1]
    assert back.strip().endswith(":\n- Weight")
    assert sorted(vanish.splitlines()[1:]) == ["- Fasching", "- Gym", "- Mood"]


async def test_what_vanished_is_offered_and_comes_back_with_its_history(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    before = dict(exist_server.users["ada"].attributes["gym"].values)
    assert before
    for _ in range(2):
        result = await _open(hass, account, "acquire")
        result = await _submit(
            hass, result, {"attributes": ["name:gym"], "manual": "unchanged"}
        )
        await _submit(hass, result, {})
        assert exist_server.owner("ada", "gym") == "home_assistant"
        result = await _open(hass, account, "release")
        result = await _submit(hass, result, {"attributes": ["gym"]})
        assert "Home Assistant can do that with Acquire:\n- Gym" in _said(result)
        await _submit(hass, result, {})
        assert exist_server.owner("ada", "gym") is None
        result = await _open(hass, account, "acquire")
        assert _offered(result, "attributes")["name:gym"].endswith(" (gone)")
    result = await _submit(
        hass, result, {"attributes": ["name:gym"], "manual": "unchanged"}
    )
    said = _said(result)
    assert "brings them back with their history:\n- Gym" in said
    assert "No service owns" not in said
    await _submit(hass, result, {})
    assert exist_server.owner("ada", "gym") == "home_assistant"
    assert exist_server.users["ada"].attributes["gym"].values == before


async def test_acquire_while_exist_is_away(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    away = exist_server.faults.add(Fault("status", status=503, times=None))
    result = await _open(hass, account, "acquire")
    assert result["step_id"] == "outcome"
    exist_server.faults.remove(away)
    result = await _open(hass, account, "acquire")
    given = {"attributes": ["name:mood"], "tags": ["Sauna"], "manual": "unchanged"}
    result = await _submit(hass, result, given)
    exist_server.faults.add(Fault("status", status=503, times=None))
    result = await _submit(hass, result, {})
    assert result["step_id"] == "outcome"
    assert _said(result).count("\n- ") + _said(result).startswith("- ") == 2
    assert exist_server.owner("ada", "mood") != "home_assistant"
    assert "sauna" not in exist_server.users["ada"].attributes


async def test_nothing_to_acquire(hass: HomeAssistant, add_account: AddAccount) -> None:
    entry = await add_account(scopes=("mood_read",))
    result = await _open(hass, entry, "acquire")
    assert result["reason"] == "no_write_scope"
    other = await add_account("bo", scopes=("medication_read", "medication_write"))
    result = await _open(hass, other, "acquire")
    assert result["reason"] == "nothing_to_acquire"


async def test_the_first_tags_are_made(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("cleo")
    todo = "todo.exist_cleo_daily_tags"
    assert hass.states.get(todo) is None
    result = await _open(hass, entry, "acquire")
    result = await _submit(hass, result, {"tags": [" "], "manual": "unchanged"})
    assert result["errors"] == {"base": "nothing_chosen"}
    typed = {"tags": ["Slept  badly", "Sauna ", "", "Sauna"], "manual": "unchanged"}
    result = await _submit(hass, result, typed)
    said = _said(result)
    assert "can't delete an attribute:\n- Slept badly\n- Sauna\n\n" in said
    # Named once, for the rest is about all of them.
    assert said.count("- Sauna") == 1
    assert "edit them in Exist's own apps" in said
    assert "releases them later" in said
    assert "slept_badly" not in exist_server.users["cleo"].attributes
    result = await _submit(hass, result, {})
    assert result["reason"] == "acquired"
    done = result["description_placeholders"]["labels_escaped"]
    assert done == "Slept badly and Sauna"
    for name in ("slept_badly", "sauna"):
        made = exist_server.users["cleo"].attributes[name]
        assert made.group == exist_server.users["ada"].attributes["gym"].group
        assert (made.value_type, made.manual) == (7, True)
        assert exist_server.owner("cleo", name) == "home_assistant"
    await hass.async_block_till_done()
    assert (tags := hass.states.get(todo)) is not None
    assert tags.state == "2"


async def test_a_tag_that_exist_has_is_not_made(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "homeoffice")
    entry = await add_account(options={"groups": []})
    for typed, label in (("GYM", "GYM"), ("Homeoffice", "Homeoffice")):
        result = await _open(hass, entry, "acquire")
        given = {"tags": ["Sauna", typed], "manual": "unchanged"}
        result = await _submit(hass, result, given)
        assert result["step_id"] == "acquire"
        assert result["errors"] == {"tags": "tag_exists"}
        assert result["description_placeholders"]["label"] == label
    assert "sauna" not in exist_server.users["ada"].attributes


async def test_a_tag_that_was_made_meanwhile_is_told(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    result = await _open(hass, account, "acquire")
    given = {"attributes": ["name:gym"], "tags": ["Sauna"], "manual": "unchanged"}
    result = await _submit(hass, result, given)
    exist_server.add_attribute("ada", "Sauna", "custom", 7, service="exist")
    result = await _submit(hass, result, {})
    assert result["step_id"] == "outcome"
    assert "- Sauna: It already exists at Exist" in _said(result)
    assert "- Gym" in _said(result)
    assert exist_server.owner("ada", "sauna") != "home_assistant"


async def test_what_is_owned_gets_a_control(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "coffees")
    exist_server.users["ada"].attributes["coffees"].manual = False
    entry = await add_account(options={"groups": []})
    button = "button.exist_ada_coffees_1"
    assert hass.states.get(button) is None
    result = await _open(hass, entry, "acquire")
    assert _offered(result, "attributes")["name:coffees"].endswith(" ✓")
    given = {"attributes": ["name:coffees"], "manual": "by_hand"}
    result = await _submit(hass, result, given)
    assert _said(result) == (
        "Home Assistant already owns these. They get a control here and a field in "
        "Exist's apps:\n- Coffees"
    )
    result = await _submit(hass, result, {})
    assert result["reason"] == "entry_changed"
    assert exist_server.users["ada"].attributes["coffees"].manual
    await hass.async_block_till_done()
    assert hass.states.get(button)


async def test_what_a_person_enters_at_exist_is_named(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    assert exist_server.owner("ada", "mood") == "exist"
    result = await _open(hass, account, "acquire")
    chosen = {"attributes": ["name:mood"], "manual": "unchanged"}
    result = await _submit(hass, result, chosen)
    said = _said(result)
    assert (
        "edit these in Exist's own apps when Home Assistant owns them:\n- Mood" in said
    )
    # That it is lost there would say more than is known.
    assert "can no longer write" not in said
    assert said.count("Mood") == 1


async def test_an_owner_that_cannot_be_seen_is_said_so(
    hass: HomeAssistant, add_account: AddAccount
) -> None:
    entry = await add_account(scopes=("sleep_read", "mood_write"))
    result = await _open(hass, entry, "acquire")
    assert _offered(result, "attributes")["template:mood"] == "Mood · Mood (?)"
    result = await _submit(
        hass, result, {"attributes": ["template:mood"], "manual": "unchanged"}
    )
    said = _said(result)
    assert "allowed to see whether a service owns these" in said
    assert said.count("- Mood") == 1
    assert "back with Release" not in said
    assert "own apps" in said
    assert "releases them later, they may disappear" in said
    assert "can't delete an attribute" not in said


async def test_release(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "weight", "steps", "gym")
    entry = await add_account(options={"groups": []})
    assert hass.states.get(STEPS)
    result = await _open(hass, entry, "release")
    result = await _submit(hass, result, {})
    assert result["errors"] == {"base": "nothing_chosen"}
    result = await _submit(hass, result, {"attributes": ["steps"]})
    assert "- Steps → " in _said(result)
    assert "disappear" not in _said(result)
    result = await _submit(hass, result, {})
    assert result["reason"] == "released"
    assert result["description_placeholders"]["labels_escaped"] == "Steps"
    assert exist_server.owner("ada", "steps") != "home_assistant"
    assert hass.states.get(STEPS) is None


async def test_the_previous_owner_is_remembered(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    result = await _open(hass, account, "acquire")
    result = await _submit(
        hass, result, {"attributes": ["name:weight"], "manual": "unchanged"}
    )
    await _submit(hass, result, {})
    result = await _open(hass, account, "release")
    result = await _submit(hass, result, {"attributes": ["weight"]})
    assert "\n- Weight → Withings\n" in _said(result)
    exist_server.steal("ada", "weight", "oura")
    result = await _submit(hass, result, {})
    assert result["step_id"] == "outcome"


async def test_release_while_exist_is_away(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account()
    result = await _open(hass, entry, "release")
    assert result["reason"] == "nothing_owned"
    exist_server.own("ada", "gym")
    await entry.runtime_data.coordinator.async_refresh()
    result = await _open(hass, entry, "release")
    result = await _submit(hass, result, {"attributes": ["gym"]})
    assert "disappear from Exist" in _said(result)
    assert "- Gym" in _said(result)
    assert "→" not in _said(result)
    exist_server.faults.add(Fault("status", status=400, times=None))
    result = await _submit(hass, result, {})
    assert result["step_id"] == "outcome"
    assert exist_server.owner("ada", "gym") == "home_assistant"


async def test_what_removal_does(hass: HomeAssistant, account: MockConfigEntry) -> None:
    result = await _open(hass, account, "removal")
    await _submit(hass, result, {"release_on_remove": True, "clear_on_remove": True})
    assert account.options["release_on_remove"] is True
    assert account.options["clear_on_remove"] is True


async def test_whose_past_is_imported(
    hass: HomeAssistant, add_account: AddAccount
) -> None:
    entry = await add_account(options={"groups": ["sleep", "mood"]})
    result = await _open(hass, entry, "history")
    # Beforehand those that are seen.
    (field,) = result["data_schema"].schema
    assert sorted(field.default()) == ["mood", "sleep"]
    await _submit(hass, result, {"history_groups": ["sleep"]})
    assert entry.options["history_groups"] == ["sleep"]
    assert entry.options["groups"] == ["sleep", "mood"]


async def test_releasing_says_which_link_will_only_observe(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.own("ada", "steps")
    await linked_home.runtime_data.coordinator.async_refresh()
    result = await _open(hass, linked_home, "release")
    result = await _submit(hass, result, {"attributes": ["steps"]})
    assert "links" not in _said(result)
    result = await _open(hass, linked_home, "release")
    result = await _submit(hass, result, {"attributes": ["gaming_min"]})
    (link,) = linked_home.subentries.values()
    assert f"These links fill them and will only observe:\n- {link.title}" in _said(
        result
    )
    await _submit(hass, result, {})
    await hass.async_block_till_done()
    (link,) = linked_home.subentries.values()
    assert link.data["observe"] is True
    # Whoever acquires it again learns that the link does not write by itself.
    result = await _open(hass, linked_home, "acquire")
    again = {"attributes": ["template:gaming_min"], "manual": "unchanged"}
    if again["attributes"][0] not in _offered(result, "attributes"):
        again["attributes"] = ["name:gaming_min"]
    result = await _submit(hass, result, again)
    assert "These links only observe. To let them write" in _said(result)
    assert f":\n- {link.title}" in _said(result)
