"""A start never waits for Exist, and one that fails half-way leaves nothing behind."""

import asyncio
from datetime import timedelta
import json
from pathlib import Path
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist import PLATFORMS
from custom_components.exist.account.poll import ExistCoordinator
from custom_components.exist.const import CONF_GROUPS, GROUPS
from custom_components.exist.links import LinkEngine
from homeassistant.config_entries import ConfigEntries, ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_add_implementation_provider,
)
from homeassistant.helpers.storage import STORAGE_DIR

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..writing import settle, write
from .test_init import LAST_POLL, MOOD, STEPS, _pass

UPDATE = "POST /api/2/attributes/update/"
PROFILE = "GET /api/2/accounts/profile/"


async def _start(hass: HomeAssistant, entry: MockConfigEntry) -> float:
    """Set up, without what goes on in the background; return the seconds."""
    began = time.perf_counter()
    await hass.config_entries.async_setup(entry.entry_id)
    seconds = time.perf_counter() - began
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    return seconds


async def _answer(hass: HomeAssistant, server: ExistServer) -> None:
    """Let Exist answer what it was asked, and all that follows."""
    server.faults.clear()
    server.faults.closing.set()
    await settle(hass)
    server.faults.closing.clear()


@pytest.mark.parametrize("hanging", ["api", "token", "credentials"])
@pytest.mark.shown(*GROUPS)
async def test_a_known_account_is_there_at_once_while_exist_never_answers(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    hanging: str,
) -> None:
    before = {state.entity_id: state.state for state in hass.states.async_all()}
    await hass.config_entries.async_unload(account.entry_id)
    cloud = asyncio.Event()

    async def provide(_hass: HomeAssistant, _domain: str) -> list[Any]:
        await cloud.wait()
        return []

    if hanging == "credentials":
        async_add_implementation_provider(hass, "cloud", provide)
    elif hanging == "token":
        token = {**account.data["token"], "expires_at": 0}
        data = {**account.data, "token": token}
        hass.config_entries.async_update_entry(account, data=data)
        exist_server.faults.add(Fault("delay", "/oauth2/*", seconds=300, times=None))
    else:
        exist_server.faults.add(Fault("delay", seconds=300, times=None))
    assert await _start(hass, account) < 2
    for entity_id, state in before.items():
        assert state_of(hass, entity_id).state == state, entity_id
    cloud.set()
    await _answer(hass, exist_server)
    assert account.runtime_data.coordinator.polls == 1


@pytest.fixture
async def noon_account(
    freezer: FrozenDateTimeFactory, exist_server: ExistServer, add_account: AddAccount
) -> MockConfigEntry:
    """Return an account on a day that does not end in the midst of a test."""
    freezer.move_to("2026-04-05 10:00:00+00:00")
    return await add_account()


async def test_the_account_is_written_where_it_changed_or_its_moment_is_old(
    hass: HomeAssistant,
    exist_server: ExistServer,
    noon_account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    path = Path(hass.config.path(STORAGE_DIR, f"exist.{noon_account.entry_id}.account"))
    on_disk = path.read_bytes

    async def poll_after(minutes: int) -> bool:
        """Poll that much later; return whether the file is another one."""
        before = on_disk()
        freezer.tick(timedelta(minutes=minutes))
        await noon_account.runtime_data.coordinator.async_refresh()
        return on_disk() != before

    assert not await poll_after(31)
    assert await poll_after(31)
    assert not await poll_after(31)
    exist_server.set_value("ada", "steps", None, 4321)
    assert await poll_after(1)
    assert not await poll_after(1)
    last = noon_account.runtime_data.coordinator.last_poll
    await hass.config_entries.async_unload(noon_account.entry_id)
    kept = json.loads(on_disk())["data"]
    assert kept["polled"] == last.isoformat()
    [steps] = [each for each in kept["visible"] if each["name"] == "steps"]
    assert steps["values"][0] == {"date": "2026-04-05", "value": 4321}


@pytest.mark.shown(*GROUPS)
async def test_what_is_shown_from_disk_grows_old(
    hass: HomeAssistant,
    exist_server: ExistServer,
    all_enabled: None,
    noon_account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    shown, last = state_of(hass, MOOD).state, state_of(hass, LAST_POLL).state
    await hass.config_entries.async_unload(noon_account.entry_id)
    exist_server.faults.add(Fault("status", times=None))
    freezer.tick(timedelta(hours=2, minutes=50))
    await _start(hass, noon_account)
    assert state_of(hass, MOOD).state == shown
    await _pass(hass, freezer, timedelta(minutes=11))
    assert state_of(hass, MOOD).state == STATE_UNAVAILABLE
    assert state_of(hass, LAST_POLL).state == last
    exist_server.faults.clear()
    # Sooner than after an outage in the midst of a run.
    await _pass(hass, freezer, timedelta(minutes=2))
    assert state_of(hass, MOOD).state == shown


@pytest.mark.shown(*GROUPS)
async def test_nothing_is_judged_gone_or_sent_before_the_first_poll(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "coffees", manual=True)
    await account.runtime_data.coordinator.async_refresh()
    await settle(hass)
    exist_server.faults.add(Fault("status", "*/update/", times=None))
    await write(hass, name="coffees", value=5, date="2024-01-02")
    registry = er.async_get(hass)
    before = len(er.async_entries_for_config_entry(registry, account.entry_id))
    await hass.config_entries.async_unload(account.entry_id)
    hass.config_entries.async_update_entry(account, options={CONF_GROUPS: []})
    exist_server.faults.clear()
    exist_server.faults.add(Fault("delay", "*/profile/", seconds=300, times=None))
    exist_server.requests.clear()
    await _start(hass, account)
    while not exist_server.requests[PROFILE]:
        await asyncio.sleep(0)
    assert len(er.async_entries_for_config_entry(registry, account.entry_id)) == before
    assert not exist_server.requests[UPDATE]
    assert account.runtime_data.ledger.entries

    await _answer(hass, exist_server)
    assert len(er.async_entries_for_config_entry(registry, account.entry_id)) < before
    assert exist_server.value("ada", "coffees", "2024-01-02") == 5


async def test_what_was_lost_while_off_is_told_at_the_first_poll(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "coffees", manual=True)
    await account.runtime_data.coordinator.async_refresh()
    await hass.config_entries.async_unload(account.entry_id)
    exist_server.steal("ada", "coffees", "trakt")
    exist_server.faults.add(Fault("delay", "*/profile/", seconds=300))
    await _start(hass, account)
    assert "coffees" in account.runtime_data.coordinator.data.owned
    await _answer(hass, exist_server)
    event = state_of(hass, "event.exist_ada_writing")
    assert event.attributes["event_type"] == "ownership_lost"


def _raise(*_: object, **__: object) -> None:
    raise RuntimeError("half-way")


async def _half(self: ConfigEntries, entry: ConfigEntry, platforms: Any) -> None:
    await self._async_forward_entry_setups_locked(entry, PLATFORMS[::2])
    _raise()


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize(
    ("owner", "step", "instead"),
    [
        (LinkEngine, "_note_links", _raise),
        (LinkEngine, "async_start", _raise),
        (ConfigEntries, "async_forward_entry_setups", _half),
        (ConfigEntry, "add_update_listener", _raise),
        (ExistCoordinator, "async_start", _raise),
    ],
)
@pytest.mark.shown(*GROUPS)
async def test_a_set_up_that_fails_half_way_closes_what_it_started(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    step: str,
    instead: Any,
    is_known: bool,
) -> None:
    """Timers and tasks that stay are found by the suite itself, afterwards."""
    exist_server.own("ada", "coffees", manual=True)
    await account.runtime_data.coordinator.async_refresh()
    exist_server.faults.add(Fault("status", "*/update/", times=None))
    await write(hass, name="coffees", value=5, date="2024-01-02")
    await hass.config_entries.async_unload(account.entry_id)
    exist_server.faults.clear()
    if not is_known:
        known = Path(hass.config.path(STORAGE_DIR, f"exist.{account.entry_id}.account"))
        await hass.async_add_executor_job(known.unlink)
    began: list[ExistCoordinator] = []
    first = ExistCoordinator.__init__

    def note(self: ExistCoordinator, *args: Any, **kwargs: Any) -> None:
        first(self, *args, **kwargs)
        began.append(self)

    with monkeypatch.context() as patched:
        patched.setattr(ExistCoordinator, "__init__", note)
        patched.setattr(owner, step, instead)
        await hass.config_entries.async_setup(account.entry_id)
    assert account.state.value == "setup_error"
    [coordinator] = began
    assert not coordinator._listeners
    assert not [
        state for state in hass.states.async_all() if state.state != STATE_UNAVAILABLE
    ]
    requests = exist_server.requests.total()
    await settle(hass)
    assert exist_server.requests.total() == requests
    assert not hasattr(account, "runtime_data")

    await hass.config_entries.async_reload(account.entry_id)
    await settle(hass)
    assert account.state is ConfigEntryState.LOADED
    assert state_of(hass, STEPS).state != STATE_UNAVAILABLE
    assert exist_server.value("ada", "coffees", "2024-01-02") == 5
