"""Ownership lost, values changed meanwhile, attributes gone: what a person decides."""

from dataclasses import replace
from datetime import timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.exist.const import DOMAIN
from custom_components.exist.flows.repair_flow import (
    ExistRepairFlow,
    async_create_fix_flow,
)
from custom_components.exist.storage import FileKind
from homeassistant.components.repairs import ConfirmRepairFlow
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import AbortFlow, FlowResultType
from homeassistant.helpers import issue_registry as ir

from ..account.test_init import _pass
from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..writing import OWNED, poll, reload, settle, write

EVENT = "event.exist_ada_writing"


@pytest.fixture
async def owner(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> MockConfigEntry:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    exist_server.own("ada", *OWNED)
    return await add_account()


@pytest.fixture
def person(hass_admin_user: MockUser) -> Context:
    return Context(user_id=hass_admin_user.id)


def _issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    return {
        issue.translation_key or "": issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


async def _decide(hass: HomeAssistant, issue: ir.IssueEntry, choice: str) -> Any:
    flow = await async_create_fix_flow(
        hass, issue.issue_id, dict(issue.data) if issue.data else None
    )
    flow.hass = hass
    flow.handler, flow.flow_id, flow.context = DOMAIN, "flow", {"source": "user"}
    assert isinstance(flow, ExistRepairFlow)
    menu = await flow.async_step_init()
    assert choice in menu["menu_options"]
    result = await _step(flow, choice)
    await settle(hass)
    return result


async def _step(flow: ExistRepairFlow, step: str) -> Any:
    """Take a step as Home Assistant does, which answers what ends a flow."""
    try:
        return await getattr(flow, f"async_step_{step}")()
    except AbortFlow as err:
        return flow.async_abort(
            reason=err.reason, description_placeholders=err.description_placeholders
        )


@pytest.mark.parametrize("choice", ["take_back", "stop"])
async def test_an_attribute_taken_while_we_write_it(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    choice: str,
) -> None:
    exist_server.set_value("ada", "mood", None, 1)
    await poll(hass, owner)
    exist_server.steal("ada", "mood", "fitbit")
    answer = await write(hass, name="mood", value=5)
    assert answer["queued"][0]["error_code"] == "unauthorised"
    await poll(hass, owner)
    issue = _issues(hass)["attribute_taken"]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["owner"] == "Fitbit"
    assert exist_server.owner("ada", "mood") == "fitbit"
    assert state_of(hass, EVENT).attributes["event_type"] == "ownership_lost"
    await _decide(hass, issue, choice)
    await poll(hass, owner)
    assert "attribute_taken" not in _issues(hass)
    assert not owner.runtime_data.ledger.entries
    if choice == "take_back":
        assert exist_server.owner("ada", "mood") == "home_assistant"
        assert exist_server.value("ada", "mood") == 5
    else:
        assert exist_server.owner("ada", "mood") == "fitbit"
        assert exist_server.value("ada", "mood") == 1


async def test_taken_without_anything_waiting_and_given_back_at_exist(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    await write(hass, name="mood", value=5)
    exist_server.steal("ada", "mood", "fitbit")
    exist_server.steal("ada", "coffees", "fitbit")
    await poll(hass, owner)
    issues = _issues(hass)
    assert issues["attribute_taken"].data is not None
    assert issues["attribute_taken"].data["name"] == "mood"
    assert len(issues) == 1
    exist_server.own("ada", "mood")
    await poll(hass, owner)
    assert not _issues(hass)
    assert state_of(hass, EVENT).attributes["event_type"] == "ownership_gained"


async def test_taken_back_by_the_person_at_exist_sends_what_waited(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.steal("ada", "mood", "fitbit")
    exist_server.clear_value("ada", "mood")
    await write(hass, name="mood", value=5)
    exist_server.own("ada", "mood")
    await poll(hass, owner)
    assert exist_server.value("ada", "mood") == 5
    assert not _issues(hass)


@pytest.mark.parametrize("choice", ["create_again", "stop"])
async def test_an_attribute_that_is_gone(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    choice: str,
) -> None:
    exist_server.remove_attribute("ada", "coffees")
    answer = await write(hass, name="coffees", value=5)
    assert answer["queued"][0]["error_code"] == "not_found"
    await settle(hass)
    await _decide(hass, _issues(hass)["attribute_gone"], choice)
    await poll(hass, owner)
    assert "attribute_gone" not in _issues(hass)
    if choice == "create_again":
        assert exist_server.owner("ada", "coffees") == "home_assistant"
        assert exist_server.value("ada", "coffees") == 5
    else:
        assert "coffees" not in exist_server.users["ada"].attributes


@pytest.mark.parametrize("choice", ["keep_theirs", "send_mine"])
async def test_a_day_changed_at_exist_meanwhile_waits_for_the_persons_word(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    person: Context,
    choice: str,
) -> None:
    await exist_server.stop()
    await write(hass, name="mood", value=5, context=person)
    exist_server.set_value("ada", "mood", None, 8)
    await exist_server.start()
    await reload(hass, owner)
    assert exist_server.value("ada", "mood") == 8
    assert state_of(hass, "sensor.exist_ada_mood").state == "8"
    await _decide(hass, _issues(hass)["value_changed"], choice)
    assert not _issues(hass)
    assert not owner.runtime_data.ledger.entries
    assert exist_server.value("ada", "mood") == (8 if choice == "keep_theirs" else 5)


async def test_a_conflict_that_ends_by_itself(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    person: Context,
) -> None:
    await exist_server.stop()
    await write(hass, name="mood", value=5, context=person)
    exist_server.set_value("ada", "mood", None, 8)
    await exist_server.start()
    await reload(hass, owner)
    assert _issues(hass)
    exist_server.set_value("ada", "mood", None, 5)
    await poll(hass, owner)
    assert not _issues(hass)
    assert not owner.runtime_data.ledger.entries


async def test_an_automation_gives_way(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    await exist_server.stop()
    await write(hass, name="mood", value=5)
    exist_server.set_value("ada", "mood", None, 8)
    await exist_server.start()
    await reload(hass, owner)
    assert exist_server.value("ada", "mood") == 8
    assert not _issues(hass)
    assert not owner.runtime_data.ledger.entries


async def test_zones_that_differ_for_a_fortnight(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config.async_set_time_zone("Pacific/Auckland")
    entry = await add_account()
    for days in (6, 6):
        await _pass(hass, freezer, timedelta(days=days))
    await reload(hass, entry)
    assert "zones_differ" not in _issues(hass)
    await _pass(hass, freezer, timedelta(days=2, hours=1))
    await poll(hass, entry)
    placeholders = _issues(hass)["zones_differ"].translation_placeholders
    assert placeholders is not None
    assert placeholders["exist"] == "Europe/Vienna"
    exist_server.users["ada"].timezone = "Pacific/Auckland"
    await poll(hass, entry)
    assert "zones_differ" not in _issues(hass)


async def test_exist_keeps_something_else(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.switches.keeps_whole_numbers = True
    answer = await write(hass, name="stromkosten", value=1.25)
    assert answer["failed"][0]["error_code"] == "stored_differently"
    assert state_of(hass, EVENT).attributes["event_type"] == "stored_differently"
    assert not owner.runtime_data.ledger.entries


async def test_missing_rights_ask_to_sign_in(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    bearers = exist_server.tokens.bearers
    for bearer, token in bearers.items():
        withheld = ("mood_write", "manual_write")
        scopes = tuple(each for each in token.scopes if each not in withheld)
        bearers[bearer] = replace(token, scopes=scopes)
    answer = await write(hass, name="mood", value=5)
    assert answer["queued"][0]["error_code"] == "not_allowed"
    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_a_broken_newest_file_costs_only_the_newest(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    await exist_server.stop()
    await write(hass, name="mood", value=5)
    await write(hass, name="coffees", value=6)
    await hass.config_entries.async_unload(owner.entry_id)
    files = Path(hass.config.path(".storage")).glob("exist.*.outbox.?")  # noqa: ASYNC240
    newest = max(files, key=lambda path: json.loads(path.read_text())["generation"])
    newest.write_text('{"generation": 99, "da')
    await hass.config_entries.async_setup(owner.entry_id)
    await settle(hass)
    assert {key.name for key in owner.runtime_data.ledger.entries} >= {"mood"}
    await exist_server.start()
    await poll(hass, owner)
    assert exist_server.value("ada", "mood") == 5


async def test_a_repair_of_an_unloaded_account_says_so(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.steal("ada", "mood", "fitbit")
    await write(hass, name="mood", value=5)
    await settle(hass)
    issue = _issues(hass)["attribute_taken"]
    await hass.config_entries.async_unload(owner.entry_id)
    assert issue.data is not None
    flow = ExistRepairFlow(dict(issue.data))
    flow.hass = hass
    flow.flow_id, flow.handler = "flow", DOMAIN
    for step in (
        "init",
        "take_back",
        "create_again",
        "stop",
        "keep_theirs",
        "send_mine",
        "try_again",
        "drop",
        "release",
        "keep",
    ):
        result = await _step(flow, step)
        assert result["reason"] == "not_loaded"


@pytest.mark.parametrize(
    ("choice", "name"), [("take_back", "mood"), ("create_again", "coffees")]
)
async def test_a_repair_that_does_not_work_says_why_and_drops_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    choice: str,
    name: str,
) -> None:
    if choice == "take_back":
        exist_server.steal("ada", name, "fitbit")
    else:
        exist_server.remove_attribute("ada", name)
    await write(hass, name=name, value=5)
    await settle(hass)
    [issue] = _issues(hass).values()
    exist_server.faults.add(Fault("status", times=None))
    result = await _decide(hass, issue, choice)
    assert result["reason"] == "failed"
    assert result["description_placeholders"]["error"]
    assert owner.runtime_data.ledger.entries


async def test_a_custom_attribute_that_is_gone_is_created_under_its_name(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.remove_attribute("ada", "gym")
    await write(hass, name="gym", value=1)
    await settle(hass)
    await _decide(hass, _issues(hass)["attribute_gone"], "create_again")
    assert exist_server.owner("ada", "gym") == "home_assistant"
    assert exist_server.value("ada", "gym") == 1


async def test_what_exist_refuses_is_tried_again_or_dropped(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "mood", None, 2)
    await poll(hass, owner)
    exist_server.switches.poison = 7
    assert (await write(hass, name="coffees", value=1))["success"]
    await write(hass, name="mood", value=7)
    issue = _issues(hass)["value_refused"]
    result = await _decide(hass, issue, "try_again")
    assert result["reason"] == "failed"
    assert "refuses" in result["description_placeholders"]["error"]
    exist_server.switches.poison = None
    await _decide(hass, issue, "try_again")
    assert exist_server.value("ada", "mood") == 7
    exist_server.switches.poison = 3
    await write(hass, name="mood", value=3)
    await _decide(hass, _issues(hass)["value_refused"], "drop")
    assert not _issues(hass)
    assert exist_server.value("ada", "mood") == 7


async def test_what_nobody_needs_any_more_is_not_created_again(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.remove_attribute("ada", "coffees")
    await write(hass, name="coffees", value=5)
    await settle(hass)
    issue = _issues(hass)["attribute_gone"]
    await _decide(hass, issue, "stop")
    # The page of the repair was still open elsewhere.
    result = await _decide(hass, issue, "create_again")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "coffees" not in exist_server.users["ada"].attributes


@pytest.mark.parametrize("kind", FileKind)
async def test_of_a_damaged_file_one_only_takes_note(
    hass: HomeAssistant, kind: FileKind
) -> None:
    flow = await async_create_fix_flow(hass, "x", {"key": kind.problem})
    assert isinstance(flow, ConfirmRepairFlow)
