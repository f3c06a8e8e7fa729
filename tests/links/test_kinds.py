"""A link that learns what kind of meter it reads tells its days anew, and only once."""

from dataclasses import replace
from datetime import date, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.ledger import Key
from custom_components.exist.ledger.day import Known
from custom_components.exist.links.memory import LinkMemory
from custom_components.exist.links.readings import ReadingKind
from custom_components.exist.links.work import days_due
from custom_components.exist.storage import FileKind
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..link_home import (
    add_link,
    at,
    edits_of,
    evaluate,
    link_data,
    own_empty,
    past_of,
    record,
)
from ..on_disk import path_of
from ..writing import settle, write

TODAY = date(2026, 5, 20)
STEPS = "sensor.steps"
UNIT = {"state_class": "total", "unit_of_measurement": "steps"}
UPDATE = "POST /api/2/attributes/update/"
ASKED = "2026-05-20T12:00:00+02:00"
FILLED = [date(2026, 5, number) for number in range(14, 20)]


def walked(day: date) -> int:
    """Return what the watch counted; it begins anew ten minutes before midnight."""
    return 7000 + day.day


@pytest.fixture
async def home(
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account, and a watch with nine days behind it."""
    freezer.move_to(at(2026, 5, 20, 12))
    own_empty(exist_server, "steps")
    rows: list[tuple[tuple[int, ...], str]] = []
    for number in range(11, 20):
        rows += [((2026, 5, number, 6), "1"), ((2026, 5, number, 12), "2500")]
        rows += [((2026, 5, number, 20), str(7000 + number))]
        rows += [((2026, 5, number, 23, 50), "0")]
    rows += [((2026, 5, 20, 11), "3000")]
    await past_of(hass, STEPS, "3000", UNIT, rows)
    return await add_account()


async def link_as(
    hass: HomeAssistant, entry: MockConfigEntry, kind: ReadingKind
) -> str:
    """Link the watch as if its kind were that, with six past days."""
    data = link_data(STEPS, "last", "steps", 0, template="steps", kind=kind.value)
    return await add_link(
        hass, entry, data | {"past_days": 6, "asked": ASKED, "replace": False}
    )


async def upgrade(
    hass: HomeAssistant, entry: MockConfigEntry, link_id: str, **known: Any
) -> None:
    """Load a link that an older version left, which knew nothing of kinds."""
    await hass.config_entries.async_unload(entry.entry_id)
    path = path_of(hass, entry, FileKind.LINKS)
    raw = json.loads(path.read_bytes())
    remembered = raw["data"]["links"][link_id]
    del remembered["kinds"], remembered["anew"]
    remembered |= known
    path.write_text(json.dumps(raw))
    subentry = entry.subentries[link_id]
    data = {key: value for key, value in subentry.data.items() if key != "kind"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)


def steps(server: ExistServer) -> dict[date, Any]:
    """Return all days that Exist has."""
    return dict(server.users["ada"].attributes["steps"].values)


def memory(entry: MockConfigEntry, link_id: str) -> LinkMemory:
    known: LinkMemory = entry.runtime_data.links.memory.contents.links[link_id]
    return known


async def test_days_that_were_told_as_another_kind_are_told_anew_once(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await link_as(hass, home, ReadingKind.RUNNING_TOTAL)
    assert steps(exist_server) == {**dict.fromkeys(FILLED, 0), TODAY: 3000}
    exist_server.set_value("ada", "steps", date(2026, 5, 16), 95)
    # The older version took the day for longer than it was.
    state, key = home.runtime_data.ledger.state, Key("steps", date(2026, 5, 17))
    known = Known(90000, 0, at(2026, 5, 18, 1).timestamp())
    state.set_day(key, replace(state.day(key), known=known))
    await upgrade(hass, home, link_id)
    assert home.subentries[link_id].data["kind"] == "daily_total"
    # What was edited stays, and what was never sent is not sent now.
    right = {day: walked(day) for day in FILLED} | {TODAY: 3000}
    assert steps(exist_server) == right | {date(2026, 5, 16): 95}
    assert [key.day.day for key in edits_of(home)] == [16]
    assert not memory(home, link_id).anew
    # Once: what the person writes now, and what is at Exist, is left alone.
    exist_server.requests.clear()
    await evaluate(hass, home)
    await hass.config_entries.async_reload(home.entry_id)
    await settle(hass)
    await evaluate(hass, home)
    assert not exist_server.requests[UPDATE]


async def test_nothing_is_sent_where_the_days_were_right(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await link_as(hass, home, ReadingKind.DAILY_TOTAL)
    before = steps(exist_server)
    assert before == {day: walked(day) for day in FILLED} | {TODAY: 3000}
    exist_server.requests.clear()
    await upgrade(hass, home, link_id)
    assert home.subentries[link_id].data["kind"] == "daily_total"
    assert not memory(home, link_id).anew
    assert not exist_server.requests[UPDATE]
    assert steps(exist_server) == before


async def test_a_link_that_told_its_days_as_what_they_are_tells_none_anew(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    data = link_data(STEPS, "last", "steps", 0, template="steps")
    link_id = await add_link(hass, home, data)
    assert home.subentries[link_id].data["kind"] == "daily_total"
    known = memory(home, link_id)
    assert (known.kinds, known.anew) == ([ReadingKind.DAILY_TOTAL], False)


async def test_a_kind_that_shows_itself_late_mends_what_was_told_meanwhile(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await link_as(hass, home, ReadingKind.RUNNING_TOTAL)
    await upgrade(hass, home, link_id, kinds=["daily_total"])
    assert steps(exist_server)[date(2026, 5, 19)] == 0
    await upgrade(hass, home, link_id, kinds=["daily_total", "running_total"])
    assert steps(exist_server)[date(2026, 5, 19)] == 7019


async def test_days_are_told_anew_once_exist_is_back(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    link_id = await link_as(hass, home, ReadingKind.RUNNING_TOTAL)
    fault = exist_server.faults.add(Fault("status", "*", times=None))
    await upgrade(hass, home, link_id)
    assert memory(home, link_id).anew
    assert steps(exist_server)[date(2026, 5, 19)] == 0
    exist_server.faults.remove(fault)
    # The days go on meanwhile.
    freezer.move_to(at(2026, 5, 21, 9))
    await record(hass, {STEPS: [(at(2026, 5, 20, 20), "7020")]})
    await record(hass, {STEPS: [(at(2026, 5, 20, 23, 50), "0")]})
    hass.states.async_set(STEPS, "12", UNIT)
    freezer.tick(60)
    await home.runtime_data.coordinator.async_refresh()
    await evaluate(hass, home)
    await settle(hass)
    assert {day: steps(exist_server)[day] for day in [*FILLED, TODAY]} == {
        day: walked(day) for day in [*FILLED, TODAY]
    }
    assert not memory(home, link_id).anew


async def test_a_day_that_a_person_wrote_here_stays(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await link_as(hass, home, ReadingKind.RUNNING_TOTAL)
    await write(hass, name="steps", value=1234, date="2026-05-17")
    await settle(hass)
    await upgrade(hass, home, link_id)
    told = steps(exist_server)
    assert told[date(2026, 5, 17)] == 1234
    assert told[date(2026, 5, 18)] == 7018


def test_what_is_told_anew_reaches_back_a_month_where_the_link_writes() -> None:
    day = timedelta(days=1)
    begun, done = TODAY - 3 * day, TODAY - day
    due = days_due(begun, done, TODAY, writes=True, anew=date.min)
    assert due == (TODAY - 31 * day, TODAY)
    assert days_due(begun, done, TODAY, writes=False, anew=date.min) == (done, TODAY)
    assert days_due(TODAY + day, TODAY, TODAY, writes=True, anew=date.min) is None
    older = TODAY - 9 * day
    assert days_due(begun, done, TODAY, writes=True, anew=older) == (older, TODAY)


async def test_days_of_another_meaning_are_not_told_anew(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await link_as(hass, home, ReadingKind.RUNNING_TOTAL)
    before = steps(exist_server)
    assert before[date(2026, 5, 18)] == 0
    subentry = home.subentries[link_id]
    # The person chooses another rule today; the days before it are still the link's.
    data = {**subentry.data, "part": "day_from", "part_start": "01:00"}
    del data["past_days"]
    hass.config_entries.async_update_subentry(home, subentry, data=data)
    await settle(hass)
    # It turns out to be another kind, or a memory from before knows of no kinds.
    for known in ({"kinds": ["running_total"]}, {}):
        await upgrade(hass, home, link_id, **known)
        assert home.subentries[link_id].data["kind"] == "daily_total"
        assert steps(exist_server) == before
