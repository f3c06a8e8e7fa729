"""What may happen while the past is imported, and between two answers."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.const import CONF_CLEAR_ON_REMOVE
from custom_components.exist.history import keeper
from homeassistant.components.recorder.statistics import (
    async_list_statistic_ids,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
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
DAYS = "/api/2/attributes/values/"
WINDOWS = "/api/2/attributes/with-values/"
TODAY = date(2026, 11, 18)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def person(
    recorder_mock: None, freezer: FrozenDateTimeFactory, exist_server: ExistServer
) -> ExistServer:
    add_person(exist_server, days=100, names=ALL)
    return exist_server


@pytest.fixture
async def account(
    person: ExistServer, hass: HomeAssistant, add_account: AddAccount
) -> MockConfigEntry:
    entry = await add_account("dora")
    await imported(hass, entry)
    return entry


async def assert_right(hass: HomeAssistant, exist_server: ExistServer) -> None:
    for name in ALL:
        days = days_at_exist(exist_server, name)
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(days), name
        assert [row["start"] for row in await rows(hass, f"exist:dora_{name}")] == [
            local(day, hass.config.time_zone) for day in sorted(days)
        ]
    assert are_seamless(await rows(hass, STEPS))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-10-24 20:00:00", "2026-10-25 09:00:00"),
        ("2026-03-28 20:00:00", "2026-03-29 09:00:00"),
    ],
)
async def test_the_clocks_change_in_the_middle(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    recorder_mock: None,
    exist_server: ExistServer,
    add_account: AddAccount,
    before: str,
    after: str,
) -> None:
    await hass.config.async_set_time_zone("Europe/Vienna")
    freezer.move_to(before)
    add_person(exist_server, "Europe/Vienna", days=100, names=ALL)
    exist_server.faults.add(Fault("status", WINDOWS, skip=2, times=1, status=502))
    entry = await add_account("dora")
    await settle(hass)
    assert entry.runtime_data.history.contents.walks
    freezer.move_to(after)
    for name in ALL:
        # The day of 23 or 25 hours, and the one before it.
        for day in (date.fromisoformat(each[:10]) for each in (before, after)):
            exist_server.set_value("dora", name, day, 600)
    async_fire_time_changed(hass)
    await poll(hass, entry)
    await imported(hass, entry)
    await assert_right(hass, exist_server)


async def test_two_accounts_are_imported_at_the_same_time(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    person.add_user("erin", "Asia/Tokyo")
    person.own("erin", *ALL, service="exist", manual=True)
    for name in ALL:
        person.users["erin"].attributes[name].values = {
            ago(back): back % 7 + 1 for back in range(0, 100, 2)
        }
    dora = await add_account("dora", setup=False)
    erin = await add_account("erin", setup=False)
    await asyncio.gather(
        *(hass.config_entries.async_setup(each.entry_id) for each in (dora, erin))
    )
    await imported(hass, dora)
    await imported(hass, erin)
    await assert_right(hass, person)
    for name in ("steps", "weight"):
        found = await kept(hass, f"exist:erin_{name}")
        assert found == person.users["erin"].attributes[name].values
    assert are_seamless(await rows(hass, "exist:erin_steps"))


def without_days(attributes: Any) -> Any:
    return [{**each, "values": []} for each in attributes]


def inactive(attributes: Any) -> Any:
    return [{**each, "values": [], "active": False} for each in attributes]


@pytest.mark.parametrize(
    ("change", "times", "is_emptied"),
    [(without_days, 1, False), (without_days, 2, True), (inactive, 2, False)],
)
async def test_an_older_page_is_read_again_before_days_are_emptied(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    change: Callable[[Any], Any],
    times: int,
    is_emptied: bool,
) -> None:
    before = await kept(hass, STEPS)
    answer = await async_get_clientsession(hass).get(
        f"{person.url}{WINDOWS}",
        params={"limit": "100", "days": "1"},
        headers={"Authorization": f"Bearer {account.data['token']['access_token']}"},
    )
    shown = await answer.json()
    body = json.dumps({**shown, "results": change(shown["results"])})
    fault = person.faults.add(
        Fault("status", WINDOWS, times=times, status=200, body=body)
    )
    await write(hass, "import_history", start=ago(60), end=ago(40))
    await imported(hass, account)
    assert fault.seen == (2 if is_emptied else 1)
    person.faults.clear()
    emptied = {ago(back) for back in range(40, 61)} if is_emptied else set()
    found = await kept(hass, STEPS)
    assert found == {day: each for day, each in before.items() if day not in emptied}
    assert are_seamless(await rows(hass, STEPS))


async def test_an_attribute_that_one_page_does_not_list_has_no_hole(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    attributes = person.users["dora"].attributes
    away = {}

    def leave() -> None:
        away["steps"] = attributes.pop("steps")

    def come_back() -> None:
        attributes["steps"] = away["steps"]

    person.faults.add(Fault("call", WINDOWS, skip=2, times=1, call=leave))
    person.faults.add(Fault("call", WINDOWS, skip=2, times=1, call=come_back))
    entry = await add_account("dora")
    await imported(hass, entry)
    assert away
    await assert_right(hass, person)


async def test_what_is_inactive_while_it_is_imported_is_imported_later(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    days: dict[date | str, Any] = {ago(back): back for back in range(0, 350, 3)}
    person.add_attribute("dora", "Pages", "media", 0, values=dict(days))
    fault = person.faults.add(
        Fault("status", DAYS, skip=1, times=1, status=404, body="{}")
    )
    await poll(hass, account)
    await imported(hass, account)
    assert fault.seen
    assert len(await kept(hass, "exist:dora_pages")) < len(days)
    await poll(hass, account)
    await imported(hass, account)
    assert await kept(hass, "exist:dora_pages") == days


async def test_what_was_confirmed_before_the_recorder_could_write_is_charted_later(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.own("dora", "steps", manual=True)
    await poll(hass, account)
    with monkeypatch.context() as patched:
        # It is still moving its tables, perhaps for hours.
        patched.setattr(keeper, "can_be_asked", lambda _: False)
        answer = await write(hass, name="steps", value=5000, date=ago(200))
        assert answer["success"], answer
        # The outbox has forgotten it by then.
        freezer.tick(timedelta(minutes=2))
        async_fire_time_changed(hass)
        await settle(hass)
        await hass.config_entries.async_unload(account.entry_id)
    await hass.config_entries.async_setup(account.entry_id)
    await imported(hass, account)
    assert (await kept(hass, STEPS))[ago(200)] == 5000
    await assert_right(hass, person)


@pytest.mark.parametrize("is_damaged", [False, True])
async def test_statistics_go_with_the_account_whatever_its_file_is_like(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry, is_damaged: bool
) -> None:
    options = {**account.options, CONF_CLEAR_ON_REMOVE: True}
    hass.config_entries.async_update_entry(account, options=options)
    await settle(hass)
    await imported(hass, account)
    await hass.config_entries.async_unload(account.entry_id)
    path = Path(hass.config.path(f".storage/exist.{account.entry_id}.history"))
    if is_damaged:
        await hass.async_add_executor_job(path.write_text, '{"version": 1, "data": {')
    assert await hass.config_entries.async_remove(account.entry_id)
    await settle(hass)
    await get_instance(hass).async_block_till_done()
    found = await async_list_statistic_ids(hass)
    assert not [each for each in found if each["source"] == "exist"]


@pytest.mark.parametrize("pages", range(1, 6))
@pytest.mark.parametrize(
    ("zone", "other"),
    [
        ("Europe/Vienna", "Asia/Kathmandu"),
        # A whole day apart: a midnight here is one there too, but of another date.
        ("Pacific/Honolulu", "Pacific/Kiritimati"),
    ],
)
async def test_another_zone_while_the_first_import_runs(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    zone: str,
    other: str,
    pages: int,
) -> None:
    await hass.config.async_set_time_zone(zone)
    there = await dt_util.async_get_time_zone(other)
    assert there is not None

    def move() -> None:
        hass.config.time_zone = other
        dt_util.set_default_time_zone(there)
        hass.bus.async_fire("core_config_updated", {"time_zone": other})

    fault = person.faults.add(Fault("call", WINDOWS, skip=pages, times=1, call=move))
    entry = await add_account("dora")
    await imported(hass, entry)
    assert fault.seen
    assert hass.config.time_zone == other
    await assert_right(hass, person)


@pytest.mark.parametrize("reads", [5, 6, 7, 8])
async def test_another_zone_between_reading_and_writing(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    monkeypatch: pytest.MonkeyPatch,
    reads: int,
) -> None:
    await hass.config.async_set_time_zone("Pacific/Honolulu")
    there = await dt_util.async_get_time_zone("Pacific/Kiritimati")
    assert there is not None
    moved = asyncio.Event()
    left = reads

    def move() -> None:
        hass.config.time_zone = "Pacific/Kiritimati"
        dt_util.set_default_time_zone(there)
        hass.bus.async_fire("core_config_updated", {"time_zone": "Pacific/Kiritimati"})
        moved.set()

    def read(*args: Any) -> Any:
        nonlocal left
        left -= 1
        if not left:
            hass.loop.call_soon_threadsafe(move)
        return statistics_during_period(*args)

    monkeypatch.setattr(
        "homeassistant.components.recorder.statistics.statistics_during_period", read
    )
    entry = await add_account("dora")
    await imported(hass, entry)
    assert moved.is_set()
    await assert_right(hass, person)
    # Nothing was thrown away and asked for again.
    assert person.requests[f"GET {DAYS}"] == 2 * len(ALL)


@pytest.mark.parametrize("is_whole", [True, False])
async def test_killed_while_rows_are_moved_to_other_midnights(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount, is_whole: bool
) -> None:
    await hass.config.async_set_time_zone("Pacific/Honolulu")
    entry = await add_account("dora")
    await imported(hass, entry)
    path = Path(hass.config.path(f".storage/exist.{entry.entry_id}.history"))
    await hass.config.async_update(time_zone="Pacific/Kiritimati")
    if is_whole:
        await imported(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)

    # What is on disk knows that it was begun, but not that it ended.
    def meddle() -> None:
        raw = json.loads(path.read_text())
        steps = raw["data"]["charted"]["steps"]
        steps |= {"is_moving": True, "zone": "Pacific/Honolulu"}
        path.write_text(json.dumps(raw))

    await hass.async_add_executor_job(meddle)
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await assert_right(hass, person)


async def test_a_range_that_is_reversed_or_still_to_come(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    refused: list[dict[str, Any]] = [
        {"start": ago(3), "end": ago(4)},
        {"start": ago(-3), "end": ago(-9)},
        {"start": ago(-3)},
    ]
    for days in refused:
        with pytest.raises(ServiceValidationError) as raised:
            await write(hass, "import_history", **days)
        assert raised.value.translation_key == "start_after_end"
    taken: list[dict[str, Any]] = [
        {"start": ago(3), "end": ago(-400)},
        {"end": date(1, 1, 1)},
        {"end": date(9999, 12, 31)},
    ]
    for days in taken:
        await write(hass, "import_history", **days)
    await imported(hass, account)
    await assert_right(hass, person)
