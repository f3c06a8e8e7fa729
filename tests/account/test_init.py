"""Set-up, polling, outages, and what an account shows while they last."""

from datetime import timedelta

from aiohttp import ClientTimeout
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.account.poll import POLL_INTERVAL
from custom_components.exist.api import transport
from custom_components.exist.const import CONF_SERVER, DOMAIN, GROUPS
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault

STEPS = "sensor.exist_ada_steps"
MOOD = "sensor.exist_ada_mood"
LAST_POLL = "sensor.exist_ada_last_answer_from_exist"


async def _pass(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, passed: timedelta
) -> None:
    freezer.tick(passed)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def _poll(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await _pass(hass, freezer, POLL_INTERVAL + timedelta(seconds=1))


async def test_a_poll_of_a_usual_account_costs_three_requests(
    exist_server: ExistServer, account: MockConfigEntry
) -> None:
    assert account.state is ConfigEntryState.LOADED
    assert exist_server.requests.total() == 3


async def test_a_poll_of_250_owned_attributes_costs_seven_requests(
    exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.fill("cleo", 250)
    entry = await add_account("cleo")
    assert len(entry.runtime_data.coordinator.data.owned) == 250
    assert exist_server.requests.total() == 7


async def test_a_day_of_polling_stays_below_ten_requests_an_hour(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.requests.clear()
    for _ in range(24 * 60 // 10):
        await _pass(hass, freezer, timedelta(minutes=10))
    assert 24 * 3 <= exist_server.requests.total() < 24 * 10


@pytest.mark.shown(*GROUPS)
async def test_unload_and_load_again(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    assert account.state is ConfigEntryState.NOT_LOADED
    assert state_of(hass, STEPS).state == STATE_UNAVAILABLE
    await hass.config_entries.async_setup(account.entry_id)
    assert state_of(hass, STEPS).state != STATE_UNAVAILABLE


async def test_a_token_never_travels_to_another_server(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account(setup=False)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_SERVER: "https://elsewhere.example"}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert exist_server.requests.total() == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=503, times=None),
        Fault("status", status=429, times=None),
        Fault("drop", times=None),
        Fault("html", times=None),
        Fault("malformed", times=None),
        Fault("endless", times=None, path="*/owned/"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
@pytest.mark.shown(*GROUPS)
async def test_an_outage_is_told_once_and_passes(
    hass: HomeAssistant,
    exist_server: ExistServer,
    all_enabled: None,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    # Its newest value stays, whatever the hour at which this runs.
    before = state_of(hass, MOOD).state
    exist_server.faults.add(
        Fault(
            **{
                name: getattr(fault, name)
                for name in ("kind", "path", "times", "status")
            }
        )
    )
    for _ in range(3):
        await _poll(hass, freezer)
    assert state_of(hass, MOOD).state == before
    for _ in range(5):
        await _poll(hass, freezer)
    assert state_of(hass, MOOD).state == STATE_UNAVAILABLE
    assert state_of(hass, LAST_POLL).state != STATE_UNAVAILABLE

    exist_server.faults.clear()
    for _ in range(3):
        await _poll(hass, freezer)
    assert state_of(hass, MOOD).state == before
    lines = [
        record
        for record in caplog.records
        if record.name.startswith("custom_components.exist") and record.levelno > 10
    ]
    assert [record.levelname for record in lines] == ["ERROR", "INFO"]


async def test_a_list_that_changes_between_pages_loses_nothing(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.fill("cleo", 150)
    exist_server.faults.add(Fault("shifting", path="*/owned/"))
    entry = await add_account("cleo")
    assert len(entry.runtime_data.coordinator.data.owned) == 150


async def test_set_up_waits_for_exist_and_keeps_the_pause(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.faults.add(Fault("status", status=429, retry_after="900"))
    entry = await add_account()
    assert entry.state.value == "setup_retry"
    spent = exist_server.requests.total()
    for _ in range(10):
        await _pass(hass, freezer, timedelta(seconds=80))
    assert exist_server.requests.total() == spent
    for _ in range(20):
        await _pass(hass, freezer, timedelta(seconds=80))
    assert entry.state.value == "loaded"


async def test_a_revoked_token_asks_to_sign_in_again(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.revoke("ada")
    await _poll(hass, freezer)
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_one_refresh_at_expiry_for_all_requests(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account(expires_in=-10)
    assert entry.state is ConfigEntryState.LOADED
    assert exist_server.requests["POST /oauth2/access_token"] == 1
    exist_server.requests.clear()
    await hass.async_block_till_done()
    assert exist_server.requests.total() == 0, "a renewed token reloads nothing"


async def test_an_unreachable_token_endpoint_asks_for_no_sign_in(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.faults.add(
        Fault("status", path="/oauth2/access_token", status=503, times=None)
    )
    entry = await add_account(expires_in=-10)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert not hass.config_entries.flow.async_progress()


async def test_a_wrong_clock_is_told_until_it_is_right(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    issues = ir.async_get(hass)
    issue_id = f"clock_differs_{account.entry_id}"
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    for minutes in (5, -5):
        exist_server.clock.offset = timedelta(minutes=minutes)
        await _poll(hass, freezer)
        issue = issues.async_get_issue(DOMAIN, issue_id)
        assert issue is not None
        assert (issue.translation_placeholders or {})["minutes"] == "5"
    exist_server.clock.offset = timedelta()
    await _poll(hass, freezer)
    assert issues.async_get_issue(DOMAIN, issue_id) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [("ada_before", "ada"), ("Exist (ada_before)", "Exist (ada)"), ("Mom", "Mom")],
    ids=["of an earlier version", "ours", "chosen"],
)
@pytest.mark.shown(*GROUPS)
async def test_a_renamed_user_keeps_every_id(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    before: str,
    after: str,
) -> None:
    shown = {state.entity_id for state in hass.states.async_all()}
    data = {**account.data, "username": "ada_before"}
    hass.config_entries.async_update_entry(account, data=data, title=before)
    await _poll(hass, freezer)
    assert account.title == after
    assert account.unique_id == "ada"
    assert {state.entity_id for state in hass.states.async_all()} == shown


@pytest.mark.shown(*GROUPS)
async def test_a_poll_that_is_never_answered_ends_and_passes(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT", ClientTimeout(total=0.2))
    before = state_of(hass, STEPS).state
    exist_server.faults.add(Fault("delay", "/api/2/attributes/owned/", seconds=30))
    coordinator = account.runtime_data.coordinator
    await coordinator.async_refresh()
    assert not coordinator.last_update_success
    assert coordinator.last_exception.translation_placeholders == {"code": "timeout"}
    assert state_of(hass, STEPS).state == before
    await coordinator.async_refresh()
    assert coordinator.last_update_success
    assert state_of(hass, STEPS).state == before
