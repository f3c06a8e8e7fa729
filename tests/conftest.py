"""The real thing for every test: a local Exist server and real config entries."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from dataclasses import dataclass
from datetime import date, timedelta
import json
import logging
from pathlib import Path
import time
from types import ModuleType
from typing import Any
from unittest.mock import patch

from freezegun import api as freezegun_api, freeze_time
from freezegun.api import (
    FrozenDateTimeFactory,
    StepTickTimeFactory,
    TickingDateTimeFactory,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import (
    CONF_GROUPS,
    CONF_SCOPES,
    CONF_SERVER,
    CONFIG_MINOR_VERSION,
    DOMAIN,
    GROUPS,
)
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import aiohttp_client
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component

from .exist_server import CLIENT_ID, CLIENT_SECRET, SCOPES, ExistServer, Fault
from .recorded_at_once import commit_at_once, import_at_once


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return a state that must be there."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state


# The plugin makes Home Assistant say what it does, and the recorder every statement,
# which nobody reads.
logging.getLogger().setLevel(logging.WARNING)
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
# It prints, too, what pytest keeps for a report anyway.
for _printing in logging.getLogger().handlers[:]:
    if type(_printing) is logging.StreamHandler:
        logging.getLogger().removeHandler(_printing)


def _shape_of(module: ModuleType) -> str:
    """Tell a module that has grown, without hashing all names of all in each test."""
    return f"{id(module)}-{len(vars(module))}"


@dataclass(slots=True)
class Machine:
    """The machine's two clocks: what is not set by hand goes by the frozen time."""

    server: ExistServer | None = None
    set_by: timedelta = timedelta()

    def uptime(self, _clock: int = 0) -> float:
        """Return what nobody can set."""
        return time.time() - self.set_by.total_seconds()

    def set_clock(self, freezer: FrozenDateTimeFactory, by: timedelta) -> None:
        """Set the wall clock, while the real time is what Exist's clock shows."""
        assert self.server is not None
        freezer.tick(by)
        self.set_by += by
        self.server.clock.offset -= by


@pytest.fixture
def freezer(
    request: pytest.FixtureRequest,
) -> Generator[FrozenDateTimeFactory | StepTickTimeFactory | TickingDateTimeFactory]:
    """Freeze time in the forenoon: a test must not meet midnight by the hour it runs."""
    freezegun_api._get_module_attributes_hash = _shape_of
    marker = request.node.get_closest_marker("freeze_time")
    with freeze_time(*(marker.args if marker else ["2026-11-18 10:00:00"])) as frozen:
        yield frozen


@pytest.fixture(autouse=True)
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Let the uptime follow the time that a test freezes and moves."""
    machine = Machine()
    if "exist_server" in request.fixturenames:
        machine.server = request.getfixturevalue("exist_server")
    monkeypatch.setattr(
        "custom_components.exist.values.days.clock_gettime", machine.uptime
    )
    monkeypatch.setattr("custom_components.exist.values.days.monotonic", machine.uptime)
    return machine


@pytest.fixture(autouse=True)
def _forget_homes() -> Generator[None]:
    """Free each Home Assistant: a mock of the plugin's would keep them all."""
    yield
    vars(aiohttp_client)["_async_make_resolver"].reset_mock()


type AddAccount = Callable[..., Awaitable[MockConfigEntry]]


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest, socket_enabled: None) -> None:
    """Let Home Assistant find the integration; the recorder must come first."""
    if "hass" in request.fixturenames:
        if "recorder_mock" in request.fixturenames:
            request.getfixturevalue("recorder_mock")
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def _gather_no_longer_than_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send increments at once: a moment from now never comes while time stands still."""
    monkeypatch.setattr("custom_components.exist.ledger.increments.GATHER_SECONDS", -1)


@pytest.fixture(autouse=True)
def _import_the_past_only_where_it_is_tested(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begin at once in the tests of it; a year of days would slow all others down."""
    is_tested = request.module.__name__.startswith("tests.history.")
    monkeypatch.setattr(
        "custom_components.exist.history.keeper.BEGIN_SECONDS", -1 if is_tested else 1e9
    )


@pytest.fixture(autouse=True)
def _read_findings_only_where_they_are_tested(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begin at once in the tests of them; others count requests."""
    is_tested = request.module.__name__.startswith("tests.findings.")
    monkeypatch.setattr(
        "custom_components.exist.findings.finder.BEGIN_SECONDS",
        -1 if is_tested else 1e9,
    )


# Debugging costs 40 % of a run; where threads meet the loop it is worth it.
DEBUGGED = {
    "tests.account.test_init",
    "tests.ledger.test_backups",
    "tests.ledger.test_last_writes",
}


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(request: pytest.FixtureRequest) -> None:
    """Debug the loop in few files, in place of the plugin's fixture for all."""
    asyncio.get_running_loop().set_debug(request.module.__name__ in DEBUGGED)


@pytest.fixture(autouse=True)
async def _rest_while_time_stands_still(request: pytest.FixtureRequest) -> None:
    """Let the loop wait where it would turn at full power until the time is moved.

    It runs a timer a nanosecond after it is due, and waits no time for that; frozen
    time counts since 1970, too far for floats to tell a nanosecond.
    """
    if "freezer" not in request.fixturenames:
        return
    inside = vars(asyncio.get_running_loop())
    selector, ready = inside["_selector"], inside["_ready"]
    select = selector.select

    def rest(timeout: float | None = None) -> Any:
        return select(0.001 if timeout == 0 and not ready else timeout)

    selector.select = rest


@pytest.fixture
def recorder_config() -> dict[str, Any]:
    """Leave out events of a start, which are more than all states, and never read."""
    return {
        "exclude": {
            "event_types": [
                "component_loaded",
                "device_registry_updated",
                "entity_registry_updated",
                "service_registered",
            ]
        }
    }


@pytest.fixture(autouse=True)
def _record_at_once(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the recorder take little of a test."""
    if "recorder_mock" in request.fixturenames:
        commit_at_once(monkeypatch)
        import_at_once(monkeypatch)


@pytest.fixture(autouse=True, scope="session")
def _nothing_needs_to_reach_the_disk() -> Generator[None]:
    """Write files without waiting for the disk itself: nothing outlives the tests."""
    with patch("atomicwrites._proper_fsync", lambda _file: None):
        yield


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test a folder of its own: what waits is really on disk."""
    return hass_tmp_config_dir


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant's stores write files: the plugin keeps them in memory."""
    return {}


@pytest.fixture
async def exist_server(
    request: pytest.FixtureRequest, socket_enabled: None
) -> AsyncGenerator[ExistServer]:
    """Run an Exist with its seeded people; their days end where time is frozen."""
    if "freezer" in request.fixturenames:
        request.getfixturevalue("freezer")
    # On another weekday a test must not meet other values.
    async with ExistServer(lived_until=date(2026, 11, 18)) as server:
        yield server


@pytest.fixture
async def credentials(hass: HomeAssistant, exist_server: ExistServer) -> None:
    """Tell Home Assistant the server and a client's credentials."""
    assert await async_setup_component(hass, "application_credentials", {})
    assert await async_setup_component(
        hass, DOMAIN, {DOMAIN: {"url": exist_server.url}}
    )
    await async_import_client_credential(
        hass, DOMAIN, ClientCredential(CLIENT_ID, CLIENT_SECRET), DOMAIN
    )


# Of ada, who has much: entities of it all would take most of a test.
SHOWN = ("medication", "symptoms", "finance")


@pytest.fixture
def add_account(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    exist_server: ExistServer,
    credentials: None,
) -> AddAccount:
    """Add a signed-in account; it is set up unless `setup` is false.

    All of a person's groups are shown, of ada a few or those that the test marks.
    """
    marker = request.node.get_closest_marker("shown")
    # A case that is tried beside this file knows of no marker.
    is_a_case = request.node.path.parent == Path(__file__).parent
    of_ada = marker.args if marker else GROUPS if is_a_case else SHOWN

    async def add(
        user: str = "ada",
        *,
        scopes: tuple[str, ...] = tuple(SCOPES),
        options: dict[str, Any] | None = None,
        setup: bool = True,
        expires_in: float = 31535999,
    ) -> MockConfigEntry:
        token = exist_server.issue_token(user, scopes)
        entry = MockConfigEntry(
            domain=DOMAIN,
            title=user,
            unique_id=user,
            minor_version=CONFIG_MINOR_VERSION,
            data={
                "auth_implementation": DOMAIN,
                "token": {**token, "expires_at": time.time() + expires_in},
                "username": user,
                CONF_SCOPES: list(scopes),
                CONF_SERVER: exist_server.url,
            },
            options={CONF_GROUPS: list(of_ada if user == "ada" else GROUPS)}
            if options is None
            else options,
        )
        entry.add_to_hass(hass)
        if setup:
            await hass.config_entries.async_setup(entry.entry_id)
            await hass.async_block_till_done()
        return entry

    return add


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable every entity from the start."""
    enabled = property(lambda _self: True)
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", enabled)


@pytest.fixture
async def account(add_account: AddAccount) -> MockConfigEntry:
    """Load the account of ada, with every right and the groups that the test shows."""
    return await add_account()


@pytest.fixture
async def linked_home(
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account, at noon, with a link that has written 70 minutes today."""
    # It takes the types of this module.
    from .link_home import add_link, at, tv_home, tv_link

    freezer.move_to(at(2026, 5, 20, 12))
    entry = await tv_home(hass, exist_server, add_account)
    await add_link(hass, entry, tv_link())
    return entry


type Answer = Callable[..., None]


@pytest.fixture
def answers(freezer: FrozenDateTimeFactory, exist_server: ExistServer) -> Answer:
    """Let Exist answer a list with these, and nothing else of its kind."""

    def answer(path: str, *items: Any, following: str | None = None) -> None:
        faults = exist_server.faults.active
        faults[:] = [each for each in faults if each.path != f"*/{path}/"]
        body = json.dumps(
            {
                "count": len(items),
                "next": following,
                "previous": None,
                "results": items,
            }
        )
        exist_server.faults.add(
            Fault("status", f"*/{path}/", times=None, status=200, body=body)
        )

    for path in ("averages", "correlations", "insights"):
        answer(path)
    return answer
