"""Insights of Exist as events: each once, also over restarts and damage."""

from datetime import date, timedelta
import json

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.exist.storage import FileKind
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount, Answer, state_of
from ..exist_server import ExistServer, Fault
from ..on_disk import asides, path_of, repairs
from ..writing import reload, settle
from .findings_home import ABOUT, EVENT, INSIGHT, TODAY, fired, hours, insight, load


@pytest.mark.parametrize(
    ("priority", "kind"),
    [(1, "today"), (2, "day"), (3, "week"), (4, "month"), (9, "day")],
)
async def test_the_documented_insight_is_told_of_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
    priority: int,
    kind: str,
) -> None:
    answers("insights", insight(1))
    entry = await load(hass, add_account)
    entity_id = EVENT.format("ada")
    assert state_of(hass, entity_id).state == STATE_UNKNOWN, "the first are silent"
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    new = INSIGHT | {"type": INSIGHT["type"] | {"priority": priority}}
    answers("insights", new, insight(1))
    await hours(hass, freezer)
    told = state_of(hass, entity_id).attributes
    expected = {
        "event_type": kind,
        "text": "You slept long.\nMore than usual.",
        "insight": "dow_sleep",
        "attribute": "sleep",
        "label": "Time asleep",
        "date": "2026-11-17",
        "created": "2026-11-18T06:17:30+01:00",
    }
    assert {key: told[key] for key in expected} == expected
    await hours(hass, freezer, 5)
    await reload(hass, entry)
    # The same moment in another zone, and another label.
    again = new | {"created": "2026-11-18T05:17:30+00:00"}
    again["type"] = again["type"] | {"attribute": ABOUT | {"label": "Sleep"}}
    answers("insights", again)
    await hours(hass, freezer, 5)
    assert len(fired(events)) == 1


async def test_an_insight_may_be_of_no_day_and_of_no_attribute(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    await load(hass, add_account)
    bare = {"created": None, "target_date": None, "html": "", "text": "Well done."}
    answers("insights", bare | {"type": {"name": "all", "attribute": None}})
    await hours(hass, freezer)
    told = state_of(hass, EVENT.format("ada")).attributes
    assert told["text"] == "Well done."
    assert all(told[key] is None for key in ("attribute", "label", "date", "created"))


async def test_insights_of_while_home_assistant_was_off_are_told_of_in_their_order(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    answers("insights", insight(1), insight(0, date(2026, 11, 1)))
    entry = await load(hass, add_account)
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(timedelta(days=3))
    many = [insight(100 - each, date(2026, 11, 20)) for each in range(50)]
    # One that only now comes to light is of days that are long over.
    old = insight(-1, date(2026, 9, 1))
    answers("insights", *many, insight(1), old)
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    await hours(hass, freezer, 2)
    said = [
        event.data["new_state"].attributes["text"]
        for event in events
        if event.data["entity_id"] == EVENT.format("ada")
        and event.data["new_state"].attributes.get("text")
    ]
    assert list(dict.fromkeys(said)) == [f"Insight {each}" for each in range(51, 101)]


async def test_what_is_answered_while_the_account_is_unloaded_is_told_of_later(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    answers("insights", insight(1))
    entry = await load(hass, add_account)
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    answers("insights", insight(2), insight(1))
    # Entities go one after another; that of insights may be gone already.
    exist_server.faults.active[-1].call = lambda: entry.mock_state(
        hass, ConfigEntryState.UNLOAD_IN_PROGRESS
    )
    await hours(hass, freezer)
    assert exist_server.faults.active[-1].seen == 1
    assert fired(events) == []
    exist_server.faults.active[-1].call = None
    entry.mock_state(hass, ConfigEntryState.LOADED)
    await reload(hass, entry)
    await hours(hass, freezer)
    assert [text for _, text in fired(events)] == ["Insight 2"]


async def test_more_insights_than_a_page_holds_are_all_told_of(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    answers: Answer,
    add_account: AddAccount,
) -> None:
    answers("insights", insight(0))
    await load(hass, add_account)
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    answers("insights", *map(insight, range(100, 0, -1)), following=exist_server.url)
    second = json.dumps(
        {"count": 141, "next": None, "results": [*map(insight, range(140, 100, -1))]}
    )
    # Exist has newer ones first, so that these are older.
    exist_server.faults.active[-1].times = 1
    exist_server.faults.add(
        Fault("status", "*/insights/", times=None, status=200, body=second)
    )
    await hours(hass, freezer)
    said = {text for _, text in fired(events)}
    assert said == {f"Insight {each}" for each in range(1, 141)}


async def test_the_servers_own_insights_fire_as_days_go_on(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    exist_server.add_user("dora")
    exist_server.own("dora", "steps")
    for back in range(14):
        exist_server.set_value("dora", "steps", TODAY - timedelta(days=back), back)
    await load(hass, add_account, "dora")
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    await hours(hass, freezer, 2)
    assert fired(events, "dora") == []
    exist_server.set_value("dora", "steps", TODAY, 99_999)
    await hours(hass, freezer, 2)
    [(kind, text)] = fired(events, "dora")
    assert kind == "today"
    assert text.startswith("Steps: ")
    await hours(hass, freezer, 24)
    told = fired(events, "dora")
    assert ("day", "Steps: This was your most.\nMore than in two weeks.") in told
    assert len(set(told)) == len(told)


HALF = b"""{"version": 1, "data":
    {"told": 5, "read": {"insights": "2026-11-18T09:00:00+00:00"}}}"""


@pytest.mark.parametrize("damage", [b"", HALF])
async def test_a_damaged_file_tells_of_nothing_twice(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    answers: Answer,
    add_account: AddAccount,
    damage: bytes,
) -> None:
    answers("insights", insight(1))
    entry = await load(hass, add_account)
    answers("insights", insight(2), insight(1))
    await hours(hass, freezer)
    path = path_of(hass, entry, FileKind.FINDINGS)
    data = json.loads(path.read_bytes())["data"]
    assert len(data["told"]) == 2
    assert "Insight" not in path.read_text()
    await hass.config_entries.async_unload(entry.entry_id)
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    path.write_bytes(damage)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    await hours(hass, freezer, 3)
    assert repairs(hass) == {FileKind.FINDINGS.problem}
    assert len(asides(hass, entry)) == 1
    assert fired(events) == []
    answers("insights", insight(3), insight(2))
    await hours(hass, freezer)
    assert [text for _, text in fired(events)] == ["Insight 3"]
