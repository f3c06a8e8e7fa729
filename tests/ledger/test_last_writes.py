"""Nothing is written once an account is unloaded or removed, whatever still waits."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
import json
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.const import DOMAIN, GROUPS
from custom_components.exist.ledger import Day, Key
from custom_components.exist.storage import FileKind
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..link_home import TV, at, record
from ..on_disk import FILES, files_of, path_of, repairs
from ..writing import OWNED, settle, write

STEPS = "sensor.exist_ada_steps"
# Longer than any test; they end the wait themselves.
SECONDS = 20.0

# What may be under way: the address that answers late, and the call.
UNDER_WAY: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "poll": ("*/owned/", "homeassistant", "update_entity", {"entity_id": STEPS}),
    "profile": ("*/profile/", "homeassistant", "update_entity", {"entity_id": STEPS}),
    "acquire": (
        "*/acquire/",
        DOMAIN,
        "acquire_attributes",
        {"names": ["steps"], "take_over": True},
    ),
    "release": ("*/release/", DOMAIN, "release_attributes", {"names": ["gym"]}),
    "create": (
        "*/create/",
        DOMAIN,
        "create_attributes",
        {"attributes": [{"template": "money_spent"}]},
    ),
    "update": ("*/update/", DOMAIN, "update_values", {"name": "mood", "value": 9}),
    "increment": (
        "*/increment/",
        DOMAIN,
        "increment_values",
        {"name": "coffees", "value": 1},
    ),
}


@pytest.fixture
async def owner(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> MockConfigEntry:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 1)
    assert await async_setup_component(hass, "homeassistant", {})
    exist_server.own("ada", *OWNED)
    entry = await add_account()
    # So that there is something of every kind to delete.
    await write(hass, "acquire_attributes", names=["weight"], take_over=True)
    for value in (True, False):
        await write(hass, name="gym", value=value)
        await settle(hass)
    memory = entry.runtime_data.links.memory
    await memory._file.async_save()
    await entry.runtime_data.history._walker.file.async_save()
    await entry.runtime_data.findings._file.async_save()
    assert len(files_of(hass, entry)) == len(FILES)
    # Home Assistant waits ten seconds for what an account still has under way.
    wait = asyncio.wait

    async def soon(*what: Any, timeout: float | None = None, **how: Any) -> Any:
        return await wait(*what, timeout=timeout and min(timeout, 0.2), **how)

    monkeypatch.setattr(asyncio, "wait", soon)
    return entry


async def _begin(
    hass: HomeAssistant, exist_server: ExistServer, what: str
) -> asyncio.Task[None]:
    """Begin a call whose answer is late; return when Exist has been asked."""
    path, domain, action, data = UNDER_WAY[what]
    fault = exist_server.faults.add(Fault("delay", path, seconds=SECONDS))
    call = hass.services.async_call(domain, action, data, blocking=True)
    task = hass.async_create_task(_whatever(call))
    for _ in range(200):
        if fault.seen:
            return task
        await asyncio.sleep(0.01)
    pytest.fail("Exist was not asked")


async def _whatever(call: Coroutine[Any, Any, Any]) -> None:
    try:
        await call
    except HomeAssistantError:
        return


async def _until_the_end(hass: HomeAssistant) -> None:
    """Let all that is delayed happen, up to Home Assistant's last write."""
    await settle(hass)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=5))
    await settle(hass)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await settle(hass)


@pytest.mark.parametrize("what", UNDER_WAY)
@pytest.mark.shown(*GROUPS)
async def test_an_account_removed_in_the_middle_leaves_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    what: str,
) -> None:
    for name in FILES:
        put_aside = path_of(hass, owner, f"{name}.corrupt.2026-01-01")
        put_aside.write_text("{")
    # What the answer would raise a repair about, and write in the entry.
    exist_server.clock.offset = timedelta(minutes=30)
    task = await _begin(hass, exist_server, what)
    await hass.config_entries.async_remove(owner.entry_id)
    assert not files_of(hass, owner)
    exist_server.faults.closing.set()
    await task
    await _until_the_end(hass)
    assert not files_of(hass, owner)
    assert not repairs(hass)


@pytest.mark.parametrize("what", UNDER_WAY)
@pytest.mark.shown(*GROUPS)
async def test_an_account_unloaded_in_the_middle_writes_no_more(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    what: str,
) -> None:
    task = await _begin(hass, exist_server, what)
    await hass.config_entries.async_unload(owner.entry_id)
    files = files_of(hass, owner)
    exist_server.faults.closing.set()
    await task
    await _until_the_end(hass)
    assert files_of(hass, owner) == files


@pytest.mark.shown(*GROUPS)
async def test_a_poll_that_outlives_a_reload_writes_over_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
) -> None:
    task = await _begin(hass, exist_server, "poll")
    await hass.config_entries.async_reload(owner.entry_id)
    exist_server.faults.closing.set()
    await task
    await _until_the_end(hass)
    known = json.loads(path_of(hass, owner, FileKind.ACCOUNT).read_bytes())["data"]
    polled = owner.runtime_data.coordinator.last_poll
    assert known["polled"] == polled.isoformat()


async def test_an_acquire_that_outlives_a_reload_is_remembered(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    task = await _begin(hass, exist_server, "acquire")
    await hass.config_entries.async_reload(owner.entry_id)
    exist_server.faults.closing.set()
    await task
    await settle(hass)
    assert exist_server.owner("ada", "steps") == "home_assistant"
    kept = json.loads(path_of(hass, owner, FileKind.OWNERS).read_bytes())["data"]
    assert set(kept) == {"steps", "weight"}


async def test_what_links_were_about_to_write_is_there_after_unloading(
    hass: HomeAssistant, linked_home: MockConfigEntry
) -> None:
    ledger = linked_home.runtime_data.ledger.state
    key = Key("gaming_min", at(2026, 5, 1).date())
    ledger.set_day(key, Day(pending=(5,)))
    await hass.config_entries.async_unload(linked_home.entry_id)
    path = path_of(hass, linked_home, FileKind.DAYS)
    kept = json.loads(path.read_bytes())["data"]["days"]["gaming_min"]
    assert kept["2026-05-01"]["pending"] == [5]
    files = files_of(hass, linked_home)
    ledger.set_day(key, Day(pending=(6,)))
    with pytest.raises(HomeAssistantError):
        await ledger.async_save_days()
    await _until_the_end(hass)
    assert files_of(hass, linked_home) == files


async def test_links_at_work_while_the_account_is_removed_leave_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    fault = exist_server.faults.add(
        Fault("delay", "*/with-values/", seconds=SECONDS, skip=1)
    )
    coordinator = linked_home.runtime_data.coordinator
    links = linked_home.runtime_data.links
    begun, ended = at(2026, 5, 20, 13), at(2026, 5, 20, 14)
    await record(hass, {TV: [(begun, "on"), (ended, "off")]})
    freezer.move_to(ended)

    async def evaluate() -> None:
        await coordinator.async_refresh()
        await links.async_evaluate()

    work = hass.async_create_task(evaluate())
    while not fault.seen:
        # The loop's own clock stands still.
        await hass.async_add_executor_job(time.sleep, 0.01)
    linked_home.runtime_data.links.memory.async_save_soon()
    await hass.config_entries.async_remove(linked_home.entry_id)
    exist_server.faults.closing.set()
    await work
    await _until_the_end(hass)
    assert not files_of(hass, linked_home)


async def test_an_account_that_could_not_be_unloaded_leaves_nothing_either(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(*_: object) -> bool:
        return False

    monkeypatch.setattr(hass.config_entries, "async_unload_platforms", refused)
    coordinator = owner.runtime_data.coordinator
    await hass.config_entries.async_remove(owner.entry_id)
    await coordinator.async_refresh()
    await _until_the_end(hass)
    assert not files_of(hass, owner)
    await coordinator.async_shutdown()
    assert not [each for each in ir.async_get(hass).issues if each[0] == DOMAIN]
