"""Home Assistant gets another time zone while statistics are cleared, away or stopped."""

from collections.abc import Callable
from datetime import date, timedelta, tzinfo
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.const import CONF_HISTORY_GROUPS
from custom_components.exist.history.imported import HistoryContents
from custom_components.exist.storage import RecordFile
from homeassistant.components.recorder.statistics import (
    async_list_statistic_ids,
    get_metadata,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..writing import poll, settle, write
from .history_home import (
    CHARTED,
    add_person,
    are_seamless,
    days_at_exist,
    imported,
    kept,
    local,
    rows,
)

ALL = (*CHARTED, "coffees")
STEPS = "exist:dora_steps"
API = "/api/2/attributes/*values/"
WINDOWS = "/api/2/attributes/with-values/"
VIENNA = "Europe/Vienna"
# Far more than any import of these days needs.
MOST_SAVES = 400


type Change = Callable[[], None]


@pytest.fixture(autouse=True)
def saves(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often the file is written, and end what would go on for ever."""
    count: list[int] = []
    save = RecordFile.async_save

    async def counted(self: RecordFile[Any]) -> None:
        if isinstance(self.contents, HistoryContents):
            count.append(1)
        assert len(count) < MOST_SAVES
        await save(self)

    monkeypatch.setattr(RecordFile, "async_save", counted)
    return count


@pytest.fixture
def person(
    recorder_mock: None, freezer: FrozenDateTimeFactory, exist_server: ExistServer
) -> ExistServer:
    """Seed dora with fourteen months: what is older than a year is gathered first."""
    add_person(exist_server, names=ALL)
    return exist_server


@pytest.fixture
async def account(
    person: ExistServer, hass: HomeAssistant, add_account: AddAccount
) -> MockConfigEntry:
    entry = await add_account("dora")
    await imported(hass, entry)
    return entry


async def assert_right(
    hass: HomeAssistant, exist_server: ExistServer, count: list[int]
) -> None:
    for name in ALL:
        days = days_at_exist(exist_server, name)
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(days), name
        assert [row["start"] for row in await rows(hass, f"exist:dora_{name}")] == [
            local(day, hass.config.time_zone) for day in sorted(days)
        ]
    for name in ("steps", "coffees"):
        assert are_seamless(await rows(hass, f"exist:dora_{name}")), name
    assert len(count) < MOST_SAVES


async def stopped(
    person: ExistServer, add_account: AddAccount, hass: HomeAssistant, pages: int
) -> MockConfigEntry:
    """Add dora, and let Exist fail once after so many pages."""
    person.faults.add(Fault("status", API, skip=pages, times=1, status=502))
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


async def leave_out(
    hass: HomeAssistant, entry: MockConfigEntry, groups: list[str] | None
) -> None:
    """Chart only some groups; None is what is shown."""
    options = {k: v for k, v in entry.options.items() if k != CONF_HISTORY_GROUPS}
    if groups is not None:
        options[CONF_HISTORY_GROUPS] = groups
    hass.config_entries.async_update_entry(entry, options=options)
    await settle(hass)


@pytest.mark.parametrize("names", [["steps"], list(ALL)])
@pytest.mark.parametrize("is_restarted", [False, True])
async def test_what_was_cleared_is_imported_again_after_another_zone(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    saves: list[int],
    names: list[str],
    is_restarted: bool,
) -> None:
    await write(hass, "clear_history", attributes=names)
    await hass.config.async_update(time_zone=VIENNA)
    await settle(hass)
    if is_restarted:
        await hass.config_entries.async_reload(account.entry_id)
        await settle(hass)
    saves.clear()
    await write(hass, "import_history", attributes=names)
    await imported(hass, account)
    await assert_right(hass, person, saves)


async def test_a_range_of_what_was_cleared_is_all_that_is_imported(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    saves: list[int],
) -> None:
    await write(hass, "clear_history", attributes=["steps"])
    await hass.config.async_update(time_zone=VIENNA)
    last = person.today("dora") - timedelta(days=40)
    first = last - timedelta(days=20)
    await write(hass, "import_history", attributes=["steps"], start=first, end=last)
    await imported(hass, account)
    assert await kept(hass, STEPS) == {
        day: value
        for day, value in days_at_exist(person, "steps").items()
        if first <= day <= last
    }
    assert are_seamless(await rows(hass, STEPS))
    # Of days that have nothing there is no empty statistic either.
    await write(hass, "clear_history", attributes=["steps"])
    await hass.config.async_update(time_zone="Asia/Kathmandu")
    await write(hass, "import_history", attributes=["steps"], end=date(2001, 1, 1))
    await imported(hass, account)
    found = await async_list_statistic_ids(hass)
    assert STEPS not in {each["statistic_id"] for each in found}
    assert len(saves) < MOST_SAVES


# In the last year, and where it is gathered what is older.
@pytest.mark.parametrize("pages", [4, 1 + 12 + 2 * len(ALL) + 1])
async def test_a_group_is_left_out_while_the_zone_changes(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    saves: list[int],
    pages: int,
) -> None:
    entry = await stopped(person, add_account, hass, pages)
    await leave_out(hass, entry, ["sleep", "health"])
    await hass.config.async_update(time_zone=VIENNA)
    await settle(hass)
    await leave_out(hass, entry, None)
    await poll(hass, entry)
    await go_on(hass, entry, freezer)
    await assert_right(hass, person, saves)


async def test_a_whole_group_is_left_out_while_the_zone_changes(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    saves: list[int],
) -> None:
    await leave_out(hass, account, [])
    await hass.config.async_update(time_zone=VIENNA)
    await settle(hass)
    await leave_out(hass, account, None)
    await poll(hass, account)
    person.set_value("dora", "steps", person.today("dora"), 12345)
    await poll(hass, account)
    await imported(hass, account)
    await assert_right(hass, person, saves)


@pytest.mark.parametrize("pages", [4, 1 + 12 + 2 * len(ALL) + 1])
async def test_attributes_are_inactive_while_the_zone_changes(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    saves: list[int],
    pages: int,
) -> None:
    entry = await stopped(person, add_account, hass, pages)
    attributes = person.users["dora"].attributes
    away = {name: attributes.pop(name) for name in ("steps", "weight")}
    await poll(hass, entry)
    await go_on(hass, entry, freezer)
    await hass.config.async_update(time_zone=VIENNA)
    await settle(hass)
    attributes |= away
    await poll(hass, entry)
    await imported(hass, entry)
    await assert_right(hass, person, saves)


async def test_an_attribute_is_inactive_while_it_is_imported_again_elsewhere(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    saves: list[int],
) -> None:
    await write(hass, "clear_history", attributes=["steps"])
    fault = person.faults.add(
        Fault("status", "/api/2/attributes/values/", skip=1, times=1, status=502)
    )
    await write(hass, "import_history", attributes=["steps"])
    await settle(hass)
    assert fault.seen
    attributes = person.users["dora"].attributes
    away = attributes.pop("steps")
    await poll(hass, account)
    await hass.config.async_update(time_zone=VIENNA)
    await go_on(hass, account, freezer)
    # Whatever is imported now is not of it.
    answer = await write(hass, "import_history")
    assert "steps" not in answer["attributes"]
    await imported(hass, account)
    attributes["steps"] = away
    await poll(hass, account)
    await imported(hass, account)
    await assert_right(hass, person, saves)


async def test_days_of_what_was_lost_are_not_all_that_is_imported(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    saves: list[int],
) -> None:
    get_instance(hass).async_clear_statistics([STEPS])
    await get_instance(hass).async_block_till_done()
    # It is noticed before any poll could have it begun again.
    await hass.config.async_update(time_zone=VIENNA)
    await settle(hass)
    assert "steps" not in account.runtime_data.history.contents.charted
    day = person.today("dora") - timedelta(days=90)
    await write(hass, "import_history", attributes=["steps"], start=day, end=day)
    await poll(hass, account)
    await imported(hass, account)
    await assert_right(hass, person, saves)


def changing(hass: HomeAssistant, zone: str, there: tzinfo | None) -> Change:
    """Return what changes the zone at once, as Home Assistant does it."""
    assert there is not None

    def change() -> None:
        hass.config.time_zone = zone
        dt_util.set_default_time_zone(there)
        hass.bus.async_fire("core_config_updated", {"time_zone": zone})

    return change


async def test_a_poll_is_charted_though_the_zone_changes_meanwhile(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    saves: list[int],
) -> None:
    change = changing(hass, VIENNA, await dt_util.async_get_time_zone(VIENNA))
    today = person.today("dora")
    person.set_value("dora", "steps", today - timedelta(days=2), 4321)
    # Not to be emptied by one answer that is looked at twice.
    person.clear_value("dora", "weight", today - timedelta(days=5))
    before = await kept(hass, "exist:dora_weight")
    reads = 0

    def read(*args: Any, **kwargs: Any) -> Any:
        nonlocal reads
        reads += 1
        if reads == 1:
            hass.loop.call_soon_threadsafe(change)
        return get_metadata(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(
            "homeassistant.components.recorder.statistics.get_metadata", read
        )
        await poll(hass, account)
    assert reads
    assert hass.config.time_zone == VIENNA
    assert await kept(hass, STEPS) == days_at_exist(person, "steps")
    assert await kept(hass, "exist:dora_weight") == before
    await poll(hass, account)
    await imported(hass, account)
    assert await kept(hass, "exist:dora_weight") == days_at_exist(person, "weight")
    assert len(saves) < MOST_SAVES
