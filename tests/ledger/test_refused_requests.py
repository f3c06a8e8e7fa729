"""A whole request that is refused says nothing about its values."""

from datetime import timedelta
import json
import logging
from math import ceil, log2
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.const import DOMAIN
from custom_components.exist.ledger import Hold
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..link_home import add_link, evaluate, later, tv_link
from ..writing import OWNED, poll, reload, settle, write

UPDATE = "POST /api/2/attributes/update/"
HTML = "<!doctype html><title>Gateway</title>"
DETAIL = json.dumps({"detail": "No."})
# 401 is about the sign-in, 408 and 429 say when to try again.
STATUSES = [each for each in range(400, 500) if each not in (401, 408, 429)]
EVENT = "event.exist_ada_writing"


@pytest.fixture
async def owner(exist_server: ExistServer, add_account: AddAccount) -> MockConfigEntry:
    exist_server.own("ada", *OWNED)
    exist_server.switches.requests_per_hour = 100_000
    return await add_account()


def _refuse(server: ExistServer, status: int, body: str, **more: Any) -> Fault:
    kind = "text/html" if body == HTML else "application/json"
    return server.faults.add(
        Fault(
            "status", "*/update/", status=status, body=body, content_type=kind, **more
        )
    )


def _issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    return {
        issue.translation_key or "": issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


async def _pauses(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, times: int, each: timedelta
) -> None:
    """Let what waits be tried as often."""
    for _ in range(times):
        freezer.tick(each)
        async_fire_time_changed(hass)
        await settle(hass)


async def _fix(
    hass: HomeAssistant, issue: str, choice: str, *, works: bool = True
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    from homeassistant.components.repairs.const import DOMAIN as REPAIRS

    manager = hass.data[REPAIRS]["flow_manager"]
    flow = await manager.async_init(
        DOMAIN, data={"issue_id": _issues(hass)[issue].issue_id}
    )
    assert flow["type"] is FlowResultType.MENU
    flow = await manager.async_configure(flow["flow_id"], {"next_step_id": choice})
    assert flow["type"] is (
        FlowResultType.CREATE_ENTRY if works else FlowResultType.ABORT
    )
    await settle(hass)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await entry.runtime_data.coordinator.async_refresh()
    await settle(hass)


@pytest.mark.parametrize("body", [HTML, DETAIL, ""], ids=["html", "json", "empty"])
async def test_every_status_keeps_all_values_and_costs_one_request(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    body: str,
) -> None:
    monkeypatch.setattr(owner.runtime_data.client.budget, "_limit", 100_000)
    tried = 0
    for number, status in enumerate(STATUSES):
        if body == DETAIL and status in (400, 422):
            continue
        fault = _refuse(exist_server, status, body, times=None)
        before = exist_server.requests[UPDATE]
        day = owner.runtime_data.coordinator.today - timedelta(days=number % 25 + 1)
        wanted = {"coffees": number, "mood": number % 9 + 1, "mood_note": f"n{number}"}
        answer = await write(
            hass,
            values=[
                {"name": name, "value": value, "date": day}
                for name, value in wanted.items()
            ],
        )
        assert {each["error_code"] for each in answer["queued"]} == {"exist_refuses"}, (
            status
        )
        assert not answer["failed"], status
        assert exist_server.requests[UPDATE] == before + 1, status
        polls = owner.runtime_data.coordinator.polls
        exist_server.faults.remove(fault)
        await poll(hass, owner)
        assert owner.runtime_data.coordinator.polls == polls + 1
        for name, value in wanted.items():
            assert exist_server.value("ada", name, day) == value, status
        tried += 1
    assert tried >= 95


async def test_a_gateways_401_is_no_case_for_a_sign_in(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    _refuse(exist_server, 401, HTML, times=4)
    exist_server.faults.add(Fault("html", "*/profile/", status=401))
    assert (await write(hass, name="mood", value=8))["queued"]
    for _ in range(5):
        await poll(hass, owner)
    assert not hass.config_entries.flow.async_progress()
    assert exist_server.value("ada", "mood") == 8
    _refuse(exist_server, 401, DETAIL, times=None)
    await write(hass, name="mood", value=7)
    assert [
        flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()
    ] == ["reauth"]


@pytest.mark.parametrize("count", [2, 3, 4, 7, 35, 50])
@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("status", [400, 422])
async def test_the_culprit_is_found_in_few_requests_and_held_alone(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    count: int,
    where: str,
    status: int,
) -> None:
    bad = {"first": 0, "middle": count // 2, "last": count - 1}[where]
    today = owner.runtime_data.coordinator.today
    exist_server.switches.poison = 99
    exist_server.switches.poison_status = status
    before = exist_server.requests[UPDATE]
    answer = await write(
        hass,
        values=[
            {
                "name": "coffees",
                "value": 99 if number == bad else number + 1,
                "date": today - timedelta(days=number),
            }
            for number in range(count)
        ],
    )
    await settle(hass)
    assert not answer["failed"]
    good = [number for number in range(count) if number != bad]
    for number in good:
        day = today - timedelta(days=number)
        assert exist_server.value("ada", "coffees", day) == number + 1
    (held,) = owner.runtime_data.ledger.entries.values()
    assert (held.day, held.hold) == (today - timedelta(days=bad), "refused")
    # Besides the batches that any number of values takes.
    spent = exist_server.requests[UPDATE] - before - ceil(count / 35)
    assert spent <= 2 * log2(min(count, 35)) + 1
    assert state_of(hass, EVENT).attributes["event_type"] == "value_refused"
    assert set(_issues(hass)) == {"value_refused"}


async def test_a_held_value_keeps_nobody_waiting_and_is_tried_daily(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    day = owner.runtime_data.coordinator.today
    exist_server.switches.poison = 7
    answer = await write(hass, name="mood", value=7, date=day)
    assert answer["queued"][0]["error_code"] == "refused"
    assert (await write(hass, name="coffees", value=5))["success"]
    await reload(hass, owner)
    before = exist_server.requests[UPDATE]
    freezer.tick(timedelta(hours=20))
    await poll(hass, owner)
    assert exist_server.requests[UPDATE] == before
    freezer.tick(timedelta(hours=5))
    await poll(hass, owner)
    assert exist_server.requests[UPDATE] == before + 1
    assert "value_refused" in _issues(hass)
    exist_server.switches.poison = None
    freezer.tick(timedelta(hours=25))
    await poll(hass, owner)
    assert exist_server.value("ada", "mood", day) == 7
    assert "value_refused" not in _issues(hass)


async def test_a_new_value_is_tried_at_once_and_a_repair_decides_else(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.switches.poison = 7
    await write(hass, name="mood", value=7)
    assert (await write(hass, name="mood", value=8))["success"]
    assert "value_refused" not in _issues(hass)
    await write(hass, name="mood", value=7)
    await _fix(hass, "value_refused", "try_again", works=False)
    assert "value_refused" in _issues(hass)
    exist_server.switches.poison = None
    await _fix(hass, "value_refused", "try_again")
    assert exist_server.value("ada", "mood") == 7
    exist_server.switches.poison = 3
    await write(hass, name="mood", value=3)
    await _fix(hass, "value_refused", "drop")
    assert not owner.runtime_data.ledger.entries
    assert exist_server.value("ada", "mood") == 7


async def test_two_bad_values_at_the_front_hold_up_no_others(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    today = owner.runtime_data.coordinator.today
    days = [today - timedelta(days=number) for number in range(2, 12)]
    bad, good = days[:2], days[2:]
    exist_server.switches.poison = 99
    values = [
        {"name": "coffees", "value": 99 if day in bad else day.day, "date": day}
        for day in days
    ]
    await write(hass, values=values)
    await _pauses(hass, freezer, 12, timedelta(minutes=10))
    assert [exist_server.value("ada", "coffees", day) for day in good] == [
        day.day for day in good
    ]
    held = owner.runtime_data.ledger.entries.values()
    assert {each.day: each.hold for each in held} == dict.fromkeys(bad, Hold.REFUSED)


async def test_where_every_request_is_refused_no_value_is_to_blame(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    fault = _refuse(exist_server, 400, DETAIL, times=None)
    values = [{"name": name, "value": 5} for name in ("mood", "coffees", "gym")]
    values[2]["value"] = 1
    before = exist_server.requests[UPDATE]
    assert len((await write(hass, values=values))["queued"]) == 3
    assert exist_server.requests[UPDATE] - before <= 4
    assert {each.hold for each in owner.runtime_data.ledger.entries.values()} == {""}
    exist_server.faults.remove(fault)
    await poll(hass, owner)
    assert not owner.runtime_data.ledger.entries


async def test_a_repair_tells_after_an_hour_and_goes_by_itself(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    fault = _refuse(exist_server, 402, DETAIL, times=None)
    await write(hass, name="mood", value=8)
    freezer.tick(timedelta(minutes=50))
    await poll(hass, owner)
    assert "writing_refused" not in _issues(hass)
    freezer.tick(timedelta(minutes=20))
    await poll(hass, owner)
    issue = _issues(hass)["writing_refused"]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["status"] == "402"
    assert not issue.is_fixable
    exist_server.faults.remove(fault)
    await poll(hass, owner)
    assert "writing_refused" not in _issues(hass)


async def test_a_lost_answer_does_not_begin_the_hour_anew(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    fault = _refuse(exist_server, 402, DETAIL, times=None)
    await write(hass, name="mood", value=8)
    exist_server.faults.remove(fault)
    lost = exist_server.faults.add(Fault("drop", "*/update/", times=None))
    freezer.tick(timedelta(minutes=50))
    await poll(hass, owner)
    exist_server.faults.remove(lost)
    _refuse(exist_server, 402, DETAIL, times=None)
    freezer.tick(timedelta(minutes=20))
    await poll(hass, owner)
    assert "writing_refused" in _issues(hass)


async def test_a_gateways_page_at_a_read_is_no_leave_to_write_over(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    day = owner.runtime_data.coordinator.today - timedelta(days=90)
    exist_server.clear_value("ada", "coffees", day)
    await exist_server.stop()
    await write(hass, name="coffees", value=3, date=day)
    await exist_server.start()
    exist_server.set_value("ada", "coffees", day, 7)
    exist_server.faults.add(Fault("html", "*/values/", status=403, times=2))
    for _ in range(4):
        await reload(hass, owner)
    assert exist_server.value("ada", "coffees", day) == 7


@pytest.mark.parametrize("status", [400, 403, 418, 451])
async def test_a_read_that_is_refused_in_json_is_no_leave_to_write_over(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry, status: int
) -> None:
    day = owner.runtime_data.coordinator.today - timedelta(days=90)
    exist_server.clear_value("ada", "coffees", day)
    await exist_server.stop()
    await write(hass, name="coffees", value=3, date=day)
    await exist_server.start()
    exist_server.set_value("ada", "coffees", day, 7)
    fault = exist_server.faults.add(
        Fault("status", "*/values/", status=status, body=DETAIL, times=None)
    )
    await reload(hass, owner)
    assert fault.seen
    assert exist_server.value("ada", "coffees", day) == 7


async def test_a_read_that_is_refused_is_not_told_as_writing_refused(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await exist_server.stop()
    await write(hass, name="mood", value=5)
    await exist_server.start()
    fault = exist_server.faults.add(
        Fault("html", "*/with-values/", status=403, times=None)
    )
    freezer.tick(timedelta(minutes=10))
    async_fire_time_changed(hass)
    await settle(hass)
    assert fault.seen
    assert owner.runtime_data.ledger.entries
    assert owner.runtime_data.ledger.refusal is None


async def test_a_refused_profile_says_nothing_of_the_value_it_is_asked_for(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    today = owner.runtime_data.coordinator.today
    exist_server.clock.offset = -timedelta(days=1)
    fault = exist_server.faults.add(
        Fault("status", "*/profile/", status=400, body=DETAIL, times=None)
    )
    values = [
        {"name": "mood", "value": 9},
        {"name": "coffees", "value": 3, "date": today - timedelta(days=3)},
    ]
    answer = await write(hass, values=values)
    assert [each["name"] for each in answer["success"]] == ["coffees"]
    (waiting,) = owner.runtime_data.ledger.entries.values()
    assert (waiting.name, waiting.hold) == ("mood", Hold.NONE)
    exist_server.faults.remove(fault)
    exist_server.clock.offset = timedelta()
    await poll(hass, owner)
    assert exist_server.value("ada", "mood", today) == 9


async def test_a_links_day_that_met_such_a_page_arrives(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    _refuse(exist_server, 403, HTML, times=1)
    await later(hass, freezer, linked_home, 20, 13, on=10)
    await later(hass, freezer, linked_home, 20, 14)
    assert exist_server.value("ada", "gaming_min") == 80


async def test_what_exist_refused_of_a_link_is_tried_again_after_a_day(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add_link(hass, linked_home, tv_link("movies_min"))
    await evaluate(hass, linked_home)
    refused = exist_server.faults.add(
        Fault(
            "status",
            "*/update/",
            status=202,
            body=json.dumps(
                {
                    "success": [],
                    "failed": [
                        {
                            "name": name,
                            "date": "2026-05-20",
                            "error_code": "validation",
                            "error": "No.",
                        }
                        for name in ("gaming_min", "movies_min")
                    ],
                }
            ),
            times=None,
        )
    )
    await later(hass, freezer, linked_home, 20, 20, on=30)
    # Once more, since a day may begin at Exist just then.
    assert refused.seen == 2
    await later(hass, freezer, linked_home, 20, 22)
    assert refused.seen == 2
    exist_server.faults.remove(refused)
    await later(hass, freezer, linked_home, 21, 23)
    day = linked_home.runtime_data.coordinator.today - timedelta(days=1)
    assert exist_server.value("ada", "gaming_min", day) == 100
    assert exist_server.value("ada", "movies_min", day) == 100


async def test_an_unexpected_error_pauses_and_names_no_content(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = dict(owner.data["token"])
    broken = {**token, "access_token": f"{token['access_token']}\nX-Evil: 1"}
    hass.config_entries.async_update_entry(owner, data={**owner.data, "token": broken})
    await write(hass, name="mood", value=8)
    await settle(hass)
    assert exist_server.value("ada", "mood") != 8
    hass.config_entries.async_update_entry(owner, data={**owner.data, "token": token})
    await poll(hass, owner)
    assert exist_server.value("ada", "mood") == 8
    loud = [each for each in caplog.records if each.levelno > logging.DEBUG]
    assert "never retrieved" not in caplog.text
    assert not any(token["access_token"] in each.getMessage() for each in loud)


async def test_values_set_one_by_one_while_all_are_refused_go_when_exist_is_back(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    fault = _refuse(exist_server, 400, DETAIL, times=None)
    wanted = {"mood": 8, "coffees": 5, "gym": 1}
    for name, value in wanted.items():
        assert (await write(hass, name=name, value=value))["queued"]
    # The first one looked as if it were to blame; one is enough.
    assert len([each for each in _issues(hass) if each == "value_refused"]) == 1
    exist_server.faults.remove(fault)
    await poll(hass, owner)
    for name, value in wanted.items():
        assert exist_server.value("ada", name) == value
    assert not owner.runtime_data.ledger.entries
    assert not _issues(hass)


@pytest.mark.parametrize("where", [0, 1, 15, 29])
async def test_a_value_at_which_exist_breaks_down_holds_up_no_others(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    where: int,
) -> None:
    today = owner.runtime_data.coordinator.today
    days = [today - timedelta(days=number) for number in range(30)]
    exist_server.switches.poison = 99
    exist_server.switches.poison_status = 500
    values = [
        {"name": "coffees", "value": 99 if day == days[where] else 5, "date": day}
        for day in days
    ]
    answer = await write(hass, values=values)
    assert not answer["failed"]
    await _pauses(hass, freezer, 14, timedelta(minutes=31))
    (left,) = owner.runtime_data.ledger.entries.values()
    assert (left.day, left.hold) == (days[where], Hold.NONE)
    for day in days:
        if day != left.day:
            assert exist_server.value("ada", "coffees", day) == 5
    # What comes later goes first, and what broke it is tried until it is taken.
    await write(hass, name="mood", value=8)
    await poll(hass, owner)
    assert exist_server.value("ada", "mood") == 8
    exist_server.switches.poison = None
    await poll(hass, owner)
    assert exist_server.value("ada", "coffees", left.day) == 99
    assert not owner.runtime_data.ledger.entries


async def test_after_an_outage_batches_are_whole_again(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    today = owner.runtime_data.coordinator.today
    fault = exist_server.faults.add(
        Fault("status", "*/update/", status=503, times=None)
    )
    values = [
        {"name": "coffees", "value": 5, "date": today - timedelta(days=number)}
        for number in range(30)
    ]
    await write(hass, values=values)
    await _pauses(hass, freezer, 20, timedelta(minutes=31))
    exist_server.faults.remove(fault)
    before = exist_server.requests[UPDATE]
    await poll(hass, owner)
    assert not owner.runtime_data.ledger.entries
    # One alone, then as many as there is room for, and what was tried alone last.
    assert exist_server.requests[UPDATE] - before <= 3
