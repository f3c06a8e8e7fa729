"""What Exist finds: averages beside numbers, and what goes together."""

from datetime import date, timedelta
import json
import logging
from statistics import median
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.exist.const import CONF_GROUPS, DOMAIN, GROUPS
from custom_components.exist.diagnostics import async_get_config_entry_diagnostics
from custom_components.exist.values.kinds import KINDS
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNKNOWN, UnitOfMass
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from ..conftest import AddAccount, Answer, state_of
from ..exist_server import READ_SCOPES, SCOPES, WRITE_SCOPES, ExistServer, Fault
from ..writing import poll, reload, settle, write
from .findings_home import (
    AVERAGE,
    CORRELATION,
    EVENT,
    INSIGHT,
    PATHS,
    SUNDAY,
    TODAY,
    TOGETHER,
    days,
    enable,
    fired,
    hours,
    insight,
    load,
    pair,
)


@pytest.fixture
def asked(exist_server: ExistServer) -> dict[str, list[float]]:
    """Return when each list was asked for."""
    times: dict[str, list[float]] = {path: [] for path in PATHS}
    for path, each in times.items():
        exist_server.faults.add(
            Fault(
                "call",
                f"*/{path}/",
                times=None,
                call=lambda each=each: each.append(time.time()),  # type: ignore[misc]
            )
        )
    return times


@pytest.mark.shown(*GROUPS)
async def test_averages_and_goals_stand_beside_what_they_are_of(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    await load(hass, add_account)
    registry = er.async_get(hass)
    compared, goals = 0, {}
    for name, attribute in exist_server.users["ada"].attributes.items():
        entity_id = registry.async_get_entity_id(
            "sensor", DOMAIN, f"ada/attribute/{name}"
        )
        state = hass.states.get(entity_id) if entity_id else None
        if state is None or state.attributes.get("date") is None:
            continue
        if "goal" in state.attributes:
            goals[name] = state.attributes["goal"]
        kind = KINDS[attribute.value_type.value]  # type: ignore[index]
        shown = date.fromisoformat(state.attributes["date"])
        days = [
            float(value)
            for back in range(60)
            if (day := SUNDAY - timedelta(days=back)).weekday() == shown.weekday()
            and isinstance(value := attribute.values.get(day), int | float)
        ]
        known = [
            day
            for back in range(60)
            if isinstance(
                attribute.values.get(day := SUNDAY - timedelta(days=back)), int | float
            )
        ]
        if not kind.is_number or not days or len(known) < 14:
            assert "usual" not in state.attributes, name
            continue
        expected = float(kind.show(median(days)))
        assert state.attributes["usual"] == pytest.approx(expected), name
        compared += 1
    assert compared > 40
    assert goals == {"steps": 9000, "sleep": 450, "productive_min": 300}


@pytest.mark.parametrize("key", ["attribute", "user_attribute"])
@pytest.mark.shown(*GROUPS)
async def test_the_documented_average_is_read_under_either_key(
    hass: HomeAssistant,
    answers: Answer,
    add_account: AddAccount,
    key: str,
) -> None:
    average = {key: "steps"} | AVERAGE
    if key != "attribute":
        del average["attribute"]
    answers("averages", average)
    entry = await load(hass, add_account)
    steps = state_of(hass, "sensor.exist_ada_steps")
    assert steps.attributes["date"] == "2026-11-18"
    assert steps.attributes["usual"] == 4321.5
    # Today's is Wednesday's; the state stays as it is, and nothing of it is recorded.
    assert {"usual", "goal"} <= _unrecorded(steps)
    usual = entry.runtime_data.findings.usual_of
    assert [usual("steps", SUNDAY + timedelta(each)) for each in range(3)] == [
        None,
        4000.0,
        6600.0,
    ]


def _unrecorded(state: State) -> frozenset[str]:
    assert state.state_info is not None
    return frozenset(state.state_info["unrecorded_attributes"])


@pytest.mark.shown(*GROUPS)
async def test_averages_follow_the_day_that_is_shown(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    answers("averages", AVERAGE)
    await load(hass, add_account)
    await hours(hass, freezer, 14)
    steps = state_of(hass, "sensor.exist_ada_steps")
    assert (steps.attributes["date"], steps.attributes["usual"]) == (
        "2026-11-19",
        3900.0,
    )


@pytest.mark.shown(*GROUPS)
async def test_an_average_is_in_the_unit_that_is_shown(
    hass: HomeAssistant,
    answers: Answer,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    days = dict.fromkeys(AVERAGE, 70.0) | {"attribute": "weight", "date": "2026-11-15"}
    share = dict.fromkeys(AVERAGE, 0.213) | {"attribute": "body_fat"}
    answers("averages", days, share | {"date": "2026-11-15"})
    exist_server.add_attribute(
        "ada", "Weight goal", "health", 1, name="weight_goal", values={TODAY: 68.0}
    )
    entry = await load(hass, add_account)
    weight = state_of(hass, "sensor.exist_ada_weight")
    assert (weight.attributes["usual"], weight.attributes["goal"]) == (70, 68)
    fat = state_of(hass, "sensor.exist_ada_body_fat")
    assert fat.attributes["usual"] == pytest.approx(21.3)
    er.async_get(hass).async_update_entity_options(
        weight.entity_id, "sensor", {"unit_of_measurement": UnitOfMass.POUNDS}
    )
    await reload(hass, entry)
    weight = state_of(hass, "sensor.exist_ada_weight")
    assert weight.attributes["unit_of_measurement"] == "lb"
    assert weight.attributes["usual"] == pytest.approx(154.324)
    assert weight.attributes["goal"] == pytest.approx(149.914)


@pytest.mark.shown(*GROUPS)
async def test_a_goal_stays_until_another_is_set_and_must_be_of_its_kind(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    goal = exist_server.users["ada"].attributes["steps_goal"]
    goal.values = {TODAY - timedelta(days=3): 8000, TODAY + timedelta(days=1): 1}
    exist_server.add_attribute(
        "ada", "Mood goal", "mood", 2, name="mood_goal", values={TODAY: "better"}
    )
    entry = await load(hass, add_account)
    assert state_of(hass, "sensor.exist_ada_steps").attributes["goal"] == 8000
    assert "goal" not in state_of(hass, "sensor.exist_ada_mood").attributes
    goal.values[TODAY] = 8500
    assert await poll(hass, entry)
    assert state_of(hass, "sensor.exist_ada_steps").attributes["goal"] == 8500


@pytest.mark.shown(*GROUPS)
async def test_an_old_average_is_none(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    answers("averages", AVERAGE | {"date": "2026-09-20"})
    entry = await load(hass, add_account)
    assert "usual" in state_of(hass, "sensor.exist_ada_steps").attributes
    answers("averages", AVERAGE | {"attribute": "mood"})
    await days(hass, freezer, 2)
    assert entry.runtime_data.findings.contents.usual.keys() == {"mood"}
    assert "usual" not in state_of(hass, "sensor.exist_ada_steps").attributes


async def test_the_documented_correlation_is_read(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    answers("correlations", CORRELATION)
    await load(hass, add_account)
    # Averages and insights come first, two an hour.
    await hours(hass, freezer)
    state = state_of(hass, TOGETHER.format("ada"))
    assert state.state == "You sleep less when you drink more coffee."
    shown = {
        "date": "2026-11-15",
        "attribute": "sleep",
        "attribute2": "coffees",
        "percentage": 41.0,
        "value": -0.41,
        "stars": 5,
        "offset": 0,
        "linked": False,
    }
    assert {key: state.attributes[key] for key in shown} == shown


@pytest.mark.parametrize(
    ("odd", "text"),
    [
        (
            {"second_person": "", "rating": None},
            "You sleep less when you drink more coffee",
        ),
        (
            {"second_person": "", "second_person_elements": []},
            "Time asleep goes together with Coffees",
        ),
        (
            {"second_person": None, "second_person_elements": None, "stars": None}
            | {"percentage": None, "attribute2": "unseen", "offset": -1},
            "Time asleep goes together with unseen",
        ),
        ({"second_person": "you " + "very " * 60 + "much."}, "You " + "very " * 50),
    ],
)
async def test_a_correlation_is_put_in_words_that_claim_no_cause(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    exist_server: ExistServer,
    add_account: AddAccount,
    odd: dict[str, Any],
    text: str,
) -> None:
    attributes = exist_server.users["ada"].attributes
    attributes["sleep"].label, attributes["coffees"].label = "Time asleep", "Coffees"
    answers("correlations", CORRELATION | odd)
    await load(hass, add_account)
    await hours(hass, freezer)
    said = state_of(hass, TOGETHER.format("ada")).state
    assert said.rstrip("…")[:254] == f"{text}{'ver' if len(text) > 250 else ''}"[:254]
    assert len(said) <= 255


async def test_those_words_are_of_home_assistant_s_language(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    hass.config.language = "de"
    wordless = {"second_person": "", "second_person_elements": []}
    answers("correlations", CORRELATION | wordless)
    entry = await load(hass, add_account)
    await hours(hass, freezer)
    together = entry.runtime_data.findings.together
    assert together is not None
    assert together.text == "Schlafdauer und Kaffees hängen zusammen"


async def test_the_strongest_is_the_last_new_one_as_long_as_it_is_listed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    known = [pair("a", "b", 41), pair("c", "d", 60), pair("e", "f", 99, stars=3)]
    answers("correlations", *known)
    entry = await load(hass, add_account)
    await hours(hass, freezer)

    async def next_week(number: int, *more: tuple[str, str, float]) -> tuple[str, str]:
        week = SUNDAY + timedelta(weeks=number)
        again = [each | {"date": week.isoformat()} for each in known]
        answers("correlations", *again, *(pair(*each, week=week) for each in more))
        await days(hass, freezer)
        state = state_of(hass, TOGETHER.format("ada"))
        return state.state, state.attributes["date"]

    state = state_of(hass, TOGETHER.format("ada"))
    assert (state.state, state.attributes["date"]) == ("C and d", "2026-11-15")
    assert await next_week(1, ("g", "h", 20), ("i", "j", 25)) == (
        "I and j",
        "2026-11-22",
    )
    # In the other order it is the same pair.
    assert await next_week(2, ("j", "i", 25)) == ("J and i", "2026-11-22")
    await reload(hass, entry)
    assert await next_week(3, ("j", "i", 25)) == ("J and i", "2026-11-22")
    assert await next_week(4) == ("C and d", "2026-11-15")
    # What was away for a while is not new again.
    assert await next_week(5, ("g", "h", 90)) == ("G and h", "2026-11-22")
    answers("correlations")
    await days(hass, freezer)
    assert state_of(hass, TOGETHER.format("ada")).state == STATE_UNKNOWN


async def test_weeks_may_be_far_apart(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    old = pair("a", "b", 90, week=SUNDAY - timedelta(weeks=60))
    answers("correlations", old, pair("c", "d", 60))
    entry = await load(hass, add_account)
    await hours(hass, freezer)
    assert state_of(hass, TOGETHER.format("ada")).state == "C and d"
    assert entry.runtime_data.findings.contents.pairs.keys() == {"a b", "c d"}
    # What is not listed any more is forgotten.
    answers("correlations", pair("c", "d", 60))
    await days(hass, freezer)
    assert entry.runtime_data.findings.contents.pairs.keys() == {"c d"}


async def test_one_that_makes_no_sense_does_not_cost_the_others(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    answers("averages", AVERAGE | {"date": None}, AVERAGE | {"attribute": "mood"})
    answers("correlations", CORRELATION | {"attribute2": None}, pair("a", "b", 5))
    entry = await load(hass, add_account)
    await hours(hass, freezer)
    contents = entry.runtime_data.findings.contents
    assert contents.usual.keys() == {"mood"}
    assert state_of(hass, TOGETHER.format("ada")).state == "A and b"
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    odd = INSIGHT | {"type": INSIGHT["type"] | {"attribute": "sleep"}}
    answers("insights", odd, insight(1))
    await hours(hass, freezer, 2)
    assert [text for _, text in fired(events)] == ["Insight 1"]
    # Where it makes sense later, it is as new as it was.
    answers("insights", INSIGHT, insight(1))
    await hours(hass, freezer, 2)
    assert [text.split("\n")[0] for _, text in fired(events)] == [
        "Insight 1",
        "You slept long.",
    ]


async def test_one_that_includes_a_linked_attribute_is_marked(
    hass: HomeAssistant,
    answers: Answer,
    freezer: FrozenDateTimeFactory,
    linked_home: MockConfigEntry,
) -> None:
    entity_id = enable(hass, linked_home)
    er.async_get(hass).async_update_entity(entity_id, disabled_by=None)
    await reload(hass, linked_home)
    assert state_of(hass, entity_id).state == STATE_UNKNOWN
    [attribute] = linked_home.runtime_data.links.fed
    answers("correlations", pair("mood", attribute, 30, week=date(2026, 5, 17)))
    await days(hass, freezer)
    state = state_of(hass, entity_id)
    assert state.state == f"Mood and {attribute}"
    assert state.attributes["linked"] is True
    answers("correlations", pair("mood", attribute, 30), pair("mood", "weight", 20))
    answer = await write(hass, "get_correlations")
    assert [each["linked"] for each in answer["correlations"]] == [True, False]


async def test_fewer_than_four_requests_an_hour_however_much_there_is(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    asked: dict[str, list[float]],
    add_account: AddAccount,
) -> None:
    exist_server.add_user("dora")
    exist_server.fill("dora", 150, owned_by="exist", days=60)
    entry = await load(hass, add_account, "dora", options={CONF_GROUPS: []})
    for _ in range(3):
        # However often it starts.
        await reload(hass, entry)
    await hours(hass, freezer, 40)
    times = sorted(each for some in asked.values() for each in some)
    most = max(sum(begin <= each < begin + 3600 for each in times) for begin in times)
    print({path: len(each) for path, each in asked.items()})  # noqa: T201
    assert most == 2
    # Each start began anew with what it had not read whole.
    assert 2 * 2 <= len(asked["averages"]) <= 2 * 2 + 2
    assert 30 <= len(asked["insights"]) <= 41
    assert len(asked["correlations"]) == 2
    usual = entry.runtime_data.findings.contents.usual
    assert sum(name.startswith("filler") for name in usual) == 150


@pytest.mark.shown(*GROUPS)
async def test_a_restart_asks_for_nothing_that_is_known(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    answers("averages", AVERAGE)
    answers("correlations", CORRELATION)
    entry = await load(hass, add_account)
    await hours(hass, freezer, 2)
    exist_server.requests.clear()
    await reload(hass, entry)
    assert not [each for each in exist_server.requests if each.split("/")[-2] in PATHS]
    assert state_of(hass, "sensor.exist_ada_steps").attributes["usual"] == 4321.5
    assert state_of(hass, TOGETHER.format("ada")).state.startswith("You sleep less")


async def test_restarts_while_it_fails_ask_no_more_often(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    faults = [
        exist_server.faults.add(Fault("status", f"*/{path}/", times=None, status=503))
        for path in PATHS
    ]
    entry = await load(hass, add_account)
    for _ in range(4):
        await reload(hass, entry)
        freezer.tick(timedelta(minutes=6))
        async_fire_time_changed(hass)
        await settle(hass)
    assert sum(each.seen for each in faults) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", times=None, status=503),
        Fault("status", times=None, status=403, body="{}"),
        Fault("drop", times=None),
        Fault("malformed", times=None),
    ],
    ids=["503", "403", "drop", "malformed"],
)
async def test_it_fails_quietly_and_ever_more_rarely(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    add_account: AddAccount,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    for path in PATHS:
        exist_server.faults.add(
            Fault(
                fault.kind,
                f"*/{path}/",
                times=None,
                status=fault.status,
                body=fault.body,
            )
        )
    exist_server.add_user("dora")
    exist_server.fill("dora", 1, days=60)
    entry = await load(hass, add_account, "dora")
    await hours(hass, freezer, 36)
    tried = sum(each.seen for each in exist_server.faults.active)
    # aiohttp repeats a request once whose connection broke.
    assert 3 <= tried <= (60 if fault.kind == "drop" else 30)
    assert entry.runtime_data.coordinator.last_update_success
    assert not [
        record
        for record in caplog.records
        if record.name.startswith("custom_components.exist")
        and record.levelno > logging.DEBUG
    ]
    exist_server.faults.clear()
    await hours(hass, freezer, 14)
    assert "usual" in state_of(hass, "sensor.exist_dora_filler_0000").attributes


async def test_nothing_is_asked_while_polls_fail_or_exist_wants_a_pause(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    asked: dict[str, list[float]],
    add_account: AddAccount,
) -> None:
    await load(hass, add_account)
    await hours(hass, freezer, 3)
    before = sum(map(len, asked.values()))
    exist_server.faults.add(Fault("status", "*/profile/", times=None, status=503))
    await hours(hass, freezer, 30)
    assert sum(map(len, asked.values())) <= before + 1
    exist_server.faults.active.pop()
    exist_server.faults.active.insert(
        0, Fault("status", "*/insights/", times=1, status=429, retry_after="3000")
    )
    await hours(hass, freezer, 3)
    assert sum(map(len, asked.values())) > before + 1


async def test_a_user_without_any_has_quiet_and_empty_entities(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    add_account: AddAccount,
    caplog: pytest.LogCaptureFixture,
) -> None:
    exist_server.add_user("dora")
    exist_server.own("dora", "floors")
    exist_server.set_value("dora", "floors", None, 5)
    entry = await load(hass, add_account, "dora")
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    await hours(hass, freezer, 30)
    assert state_of(hass, EVENT.format("dora")).state == STATE_UNKNOWN
    assert state_of(hass, TOGETHER.format("dora")).state == STATE_UNKNOWN
    floors = state_of(hass, "sensor.exist_dora_floors")
    assert not {"usual", "goal"} & floors.attributes.keys()
    ours = {EVENT.format("dora"), TOGETHER.format("dora")}
    assert not [event for event in events if event.data["entity_id"] in ours]
    assert not [each for each in caplog.records if each.levelno > logging.INFO]
    assert entry.runtime_data.findings.contents.told == []


async def test_who_may_read_nothing_has_none_and_asks_for_none(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    asked: dict[str, list[float]],
    add_account: AddAccount,
) -> None:
    assert set(READ_SCOPES) | set(WRITE_SCOPES) == set(SCOPES)
    await add_account(scopes=tuple(WRITE_SCOPES), options={CONF_GROUPS: list(GROUPS)})
    await hours(hass, freezer, 3)
    assert not any(asked.values())
    registry = er.async_get(hass)
    for domain, key in (("event", "insight"), ("sensor", "correlation")):
        assert not registry.async_get_entity_id(domain, DOMAIN, f"ada/account/{key}")


async def test_correlations_are_disabled_beforehand_and_insights_are_not(
    hass: HomeAssistant, answers: Answer, account: MockConfigEntry
) -> None:
    registered = er.async_get(hass).async_get(TOGETHER.format("ada"))
    assert registered is not None
    assert registered.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert state_of(hass, EVENT.format("ada")).state == STATE_UNKNOWN


async def test_diagnostics_hold_nothing_of_it(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="custom_components.exist")
    canary = "canary7b1e"
    answers("averages", AVERAGE | {"attribute": canary})
    answers("correlations", pair(canary, canary, 5))
    answers("insights", insight(1) | {"text": canary})
    entry = await load(hass, add_account)
    await hours(hass, freezer, 2)
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert canary not in json.dumps(found)
    for record in caplog.records:
        if record.name.startswith("custom_components.exist"):
            assert canary not in record.getMessage()
