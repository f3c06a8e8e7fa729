"""What is older than a year is gathered before it is charted, and none of it gets lost."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.const import CONF_GROUPS, CONF_HISTORY_GROUPS, GROUPS
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..writing import poll, reload, settle, write
from .history_home import (
    CHARTED,
    add_person,
    are_seamless,
    days_at_exist,
    imported,
    kept,
    local,
    reached,
    rows,
)

ALL = (*CHARTED, "coffees")
STEPS = "exist:dora_steps"
WINDOWS = "/api/2/attributes/with-values/"
API = "/api/2/attributes/*values/"
YEAR = 365
# Requests until the walk is beyond the last year: the poll, the last year, first days.
LAST_YEAR = 1 + 12 + 2 * len(ALL)


@pytest.fixture
def person(
    recorder_mock: None, freezer: FrozenDateTimeFactory, exist_server: ExistServer
) -> ExistServer:
    """Seed dora with three years, of which every sixth day has values."""
    add_person(exist_server, days=1095, names=ALL)
    exist_server.own("dora", *ALL, manual=True)
    for name in ALL:
        values = exist_server.users["dora"].attributes[name].values
        for day in [day for day in values if day.toordinal() % 6]:
            del values[day]
    return exist_server


def file_of(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> Path:
    return Path(hass.config.path(f".storage/exist.{entry.entry_id}.{name}"))


async def assert_right(hass: HomeAssistant, exist_server: ExistServer) -> None:
    for name in ALL:
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(
            days_at_exist(exist_server, name)
        ), name
    for name in ("steps", "coffees"):
        assert are_seamless(await rows(hass, f"exist:dora_{name}")), name


async def stopped(
    person: ExistServer, add_account: AddAccount, hass: HomeAssistant, pages: int
) -> MockConfigEntry:
    """Add dora, and let Exist fail once so many pages beyond the last year."""
    person.faults.add(Fault("status", API, skip=LAST_YEAR + pages, times=1, status=502))
    entry = await add_account("dora")
    await settle(hass)
    assert entry.runtime_data.history.contents.walks
    return entry


async def go_on(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    freezer.tick(timedelta(minutes=6))
    async_fire_time_changed(hass)
    await imported(hass, entry)


@pytest.mark.recorder_db
async def test_three_years_are_there_and_a_pause_shows_what_was_answered(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await stopped(person, add_account, hass, pages=5)
    oldest = entry.runtime_data.history.contents.walks[0].at
    found = await kept(hass, STEPS)
    assert found == {
        day: value
        for day, value in days_at_exist(person, "steps").items()
        if day > oldest
    }
    assert min(found) < person.today("dora") - timedelta(days=YEAR + 100)
    assert are_seamless(await rows(hass, STEPS))
    await go_on(hass, entry, freezer)
    await assert_right(hass, person)
    # Not while anything is left to be written.
    assert entry.runtime_data.history.contents.gathered_since is None


@pytest.mark.recorder_db
async def test_killed_while_gathering_no_page_is_asked_for_twice(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    uninterrupted = sum(n for path, n in person.requests.items() if "values/" in path)
    await write(hass, "clear_history")
    await hass.config_entries.async_unload(entry.entry_id)
    names = ("history", "history.gathered")
    for name in names:
        file_of(hass, entry, name).unlink()
    person.requests.clear()
    skip = LAST_YEAR
    for pages in (3, 5, 7):
        fault = person.faults.add(Fault("delay", API, skip=skip + pages, seconds=99))
        await hass.config_entries.async_setup(entry.entry_id)
        await reached(fault)
        there = {name: file_of(hass, entry, name).read_bytes() for name in names}
        await hass.config_entries.async_unload(entry.entry_id)
        for name, content in there.items():
            file_of(hass, entry, name).write_bytes(content)
        person.faults.clear()
        # The poll's own page comes first.
        skip = 1
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await assert_right(hass, person)
    asked = sum(n for path, n in person.requests.items() if "values/" in path)
    # Each start polls once more, and asks once more for what was in flight.
    assert asked == uninterrupted + 2 * 3


@pytest.mark.parametrize(
    "meddle",
    [
        lambda path: path.write_text("{"),
        lambda path: path.unlink(),
        lambda path: path.write_text(
            path.read_text().replace('"value_type"', '"kind"')
        ),
    ],
)
async def test_what_was_gathered_and_is_lost_is_asked_for_again(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    meddle: Callable[[Path], object],
) -> None:
    fault = person.faults.add(Fault("delay", API, skip=LAST_YEAR + 6, seconds=99))
    entry = await add_account("dora", setup=False)
    await hass.config_entries.async_setup(entry.entry_id)
    await reached(fault)
    assert entry.runtime_data.history.contents.gathered_since is not None
    await hass.config_entries.async_unload(entry.entry_id)
    person.faults.clear()
    meddle(file_of(hass, entry, "history.gathered"))
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await assert_right(hass, person)


async def test_what_was_gathered_is_nothing_without_the_rest(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    fault = person.faults.add(Fault("delay", API, skip=LAST_YEAR + 6, seconds=99))
    entry = await add_account("dora", setup=False)
    await hass.config_entries.async_setup(entry.entry_id)
    await reached(fault)
    await hass.config_entries.async_unload(entry.entry_id)
    person.faults.clear()
    file_of(hass, entry, "history").write_text("{")
    for name in ALL:
        # What was gathered is not what Exist tells by now.
        values = person.users["dora"].attributes[name].values
        for day in [day for day in values if day.toordinal() % 12]:
            del values[day]
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    # A day that was gathered once has no row, not even an empty one.
    first = person.today("dora") - timedelta(days=YEAR + 40)
    found = [row["start"] for row in await rows(hass, "exist:dora_weight")]
    assert [at for at in found if at < local(first, hass.config.time_zone)] == [
        local(day, hass.config.time_zone)
        for day in sorted(days_at_exist(person, "weight"))
        if day < first
    ]


async def test_a_value_of_our_own_is_newer_than_what_was_gathered(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await add_account("dora", setup=False)
    days = sorted(
        day
        for day in person.users["dora"].attributes["steps"].values
        if day < person.today("dora") - timedelta(days=YEAR + 40)
    )
    fault = person.faults.add(Fault("delay", API, skip=LAST_YEAR + 8, seconds=5))
    await hass.config_entries.async_setup(entry.entry_id)
    await reached(fault)
    # The newest of them was gathered already, and the oldest is still to come.
    for day in (days[-1], days[0]):
        answer = await write(hass, name="steps", value=4321, date=day)
        assert answer["success"], answer
    freezer.tick(timedelta(seconds=6))
    async_fire_time_changed(hass)
    await imported(hass, entry)
    found = await kept(hass, STEPS)
    assert (found[days[-1]], found[days[0]]) == (4321, 4321)
    await assert_right(hass, person)


async def test_an_attribute_that_is_away_while_its_past_was_gathered(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    fault = person.faults.add(Fault("delay", API, skip=LAST_YEAR + 6, seconds=99))
    entry = await add_account("dora", setup=False)
    await hass.config_entries.async_setup(entry.entry_id)
    await reached(fault)
    await hass.config_entries.async_unload(entry.entry_id)
    person.faults.clear()
    options = dict(entry.options)
    # A person leaves its group out, and takes it in again.
    hass.config_entries.async_update_entry(
        entry, options={**options, CONF_HISTORY_GROUPS: ["sleep", "health"]}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    assert days_at_exist(person, "weight") == pytest.approx(
        await kept(hass, "exist:dora_weight")
    )
    hass.config_entries.async_update_entry(entry, options=options)
    await settle(hass)
    await imported(hass, entry)
    await assert_right(hass, person)


async def test_statistics_cleared_while_their_past_was_gathered_stay_away(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await stopped(person, add_account, hass, pages=5)
    await write(hass, "clear_history", attributes=["steps"])
    await go_on(hass, entry, freezer)
    assert await kept(hass, STEPS) == {}
    await write(hass, "import_history", attributes=["steps"])
    await imported(hass, entry)
    await assert_right(hass, person)


@pytest.mark.parametrize(
    "fault", [{"status": 429, "retry_after": "90"}, {"status": 500}]
)
async def test_exist_refuses_in_the_middle(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    fault: dict[str, object],
) -> None:
    for skip in (4, LAST_YEAR - 3, LAST_YEAR + 4):
        person.faults.add(Fault("status", API, skip=skip, times=1, **fault))  # type: ignore[arg-type]
    entry = await add_account("dora")
    for _ in range(3):
        await settle(hass)
        assert entry.runtime_data.history.contents.walks
        freezer.tick(timedelta(minutes=11))
        async_fire_time_changed(hass)
    await imported(hass, entry)
    await assert_right(hass, person)


async def test_several_imports_at_once(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("dora", options={CONF_GROUPS: list(GROUPS)})
    today = person.today("dora")
    await asyncio.gather(
        write(hass, "import_history"),
        write(hass, "import_history", start=today - timedelta(days=900)),
        write(hass, "import_history", end=today - timedelta(days=500)),
        write(hass, "import_history", end=date(1, 1, 1)),
        write(hass, "import_history", end=today + timedelta(days=900)),
        reload(hass, entry),
        return_exceptions=True,
    )
    await write(hass, "import_history")
    await poll(hass, entry)
    await imported(hass, entry)
    await assert_right(hass, person)
