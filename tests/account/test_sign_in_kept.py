"""A sign-in ends by Exist's own word only, and a pair of tokens is never lost."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import gc
from itertools import product
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.exist.account import token_refresh as refresh
from custom_components.exist.account.poll import POLL_INTERVAL
from custom_components.exist.account.scopes import (
    granted_scopes,
    is_narrowed,
    missing_scopes,
)
from custom_components.exist.account.token_refresh import DATA_REFRESHES
from custom_components.exist.api import ExistAuthError, ExistConnectionError, ExistError
from custom_components.exist.const import DOMAIN, GROUPS
from custom_components.exist.current_repairs import GONE, TAKEN
from homeassistant.components import persistent_notification
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
)
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount, state_of
from ..exist_server import SCOPES, ExistServer, Fault
from ..sign_in import Browser
from ..writing import reload, settle, write
from .test_init import _pass

TOKEN = "/oauth2/access_token"
REFRESHES = f"POST {TOKEN}"
MOOD = "sensor.exist_ada_mood"
STEPS = "sensor.exist_ada_steps"

HTML = "<!doctype html><h1>Bad gateway</h1>"
CONTENT_TYPES = ("application/json", "text/html", "text/plain")
NOT_EXISTS_WORD = (
    "",
    HTML,
    "upstream connect error",
    "null",
    "[]",
    "{}",
    '"invalid_grant"',
    '["invalid_grant"]',
    '{"error": null}',
    '{"error": ["invalid_grant"]}',
    '{"error": {"code": "invalid_grant"}}',
    '{"error": "Unauthorized", "status": 401}',
    '{"error": "invalid_request"}',
    '{"error": "temporarily_unavailable"}',
    '{"detail": "Invalid token"}',
    '{"message": "invalid_grant"}',
    '{"error": "invalid_gr',
    "[" * 5000,
)
FINAL = ("invalid_grant", "invalid_client", "unauthorized_client")
STATUSES = (307, 400, 401, 403, 404, 429, 503)
GOOD: dict[str, object] = {
    "access_token": "a",
    "refresh_token": "b",
    "expires_in": 9,
}
BAD: list[tuple[str, object]] = [
    ("access_token", "a\nb"),
    ("access_token", "ä"),
    ("access_token", 7),
    ("refresh_token", "a b"),
    ("refresh_token", ""),
    ("refresh_token", None),
    ("expires_in", "soon"),
    ("expires_in", 0),
    ("expires_in", "9" * 400),
    ("expires_in", [9]),
]
OUTAGES = [
    *product(STATUSES, CONTENT_TYPES, NOT_EXISTS_WORD),
    *product(range(400, 500), ("text/html",), (HTML,)),
    *product((302, 429, 500, 503), CONTENT_TYPES, (f'{{"error": "{FINAL[0]}"}}',)),
    # An answer that is said to be good, and is no pair of tokens.
    *product((200,), CONTENT_TYPES, NOT_EXISTS_WORD),
    *((200, "application/json", json.dumps(GOOD | {key: bad})) for key, bad in BAD),
]


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    credentials: None,
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
) -> Browser:
    """Return the person at the browser."""
    return Browser(hass, hass_client_no_auth)


def _pair(entry: MockConfigEntry) -> tuple[str, str]:
    token = entry.data["token"]
    return token["access_token"], token["refresh_token"]


def _is_good(server: ExistServer, entry: MockConfigEntry) -> bool:
    """Return whether Exist takes the pair that the entry holds."""
    access, refreshing = _pair(entry)
    return access in server.tokens.bearers and refreshing in server.tokens.refreshers


def _asked(hass: HomeAssistant) -> int:
    """Return how often the person is asked to sign in."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return sum(flow["context"]["source"] == SOURCE_REAUTH for flow in flows)


def _refuse(
    server: ExistServer,
    status: int,
    content_type: str,
    body: str,
    times: int | None = 1,
) -> Fault:
    return server.faults.add(
        Fault(
            "status",
            TOKEN,
            times=times,
            status=status,
            content_type=content_type,
            body=body,
            headers={"Location": "/elsewhere"} if status < 400 else {},
        )
    )


async def _until(happened: Callable[[], object]) -> None:
    for _ in range(500):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


async def _poll(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    await hass.async_block_till_done()
    return bool(coordinator.last_update_success)


def _registered(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    registry = er.async_get(hass)
    found = er.async_entries_for_config_entry(registry, entry.entry_id)
    return {each.entity_id for each in found}


def _expire_here(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    token = {**entry.data["token"], "expires_at": 0}
    hass.config_entries.async_update_entry(entry, data={**entry.data, "token": token})


async def test_a_gateways_page_ends_no_sign_in_whatever_its_status(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Statuses by content types by bodies, and every status from 400 to 499."""
    assert len(OUTAGES) == 554
    client = account.runtime_data.client
    _expire_here(hass, account)
    pair = _pair(account)
    for status, content_type, body in OUTAGES:
        fault = _refuse(exist_server, status, content_type, body)
        with pytest.raises(ExistError) as raised:
            await client.profile()
        assert fault.seen == 1
        assert not isinstance(raised.value, ExistAuthError), (
            status,
            content_type,
            body,
        )
        assert not _asked(hass)
        assert _pair(account) == pair
        # 429 is a pause that Exist asked for.
        freezer.tick(timedelta(hours=1, seconds=1))
    assert await _poll(hass, account)
    assert _pair(account) != pair
    assert _is_good(exist_server, account)


async def test_exists_own_word_ends_a_sign_in(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    _expire_here(hass, account)
    for status, content_type, word in product((400, 401, 403), CONTENT_TYPES, FINAL):
        _refuse(exist_server, status, content_type, json.dumps({"error": word}))
        assert not await _poll(hass, account)
        [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert flow["context"]["source"] == SOURCE_REAUTH
        hass.config_entries.flow.async_abort(flow["flow_id"])


async def test_a_busy_token_address_is_left_alone_as_long_as_it_asks(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    _expire_here(hass, account)
    exist_server.faults.add(Fault("status", TOKEN, status=429, retry_after="900"))
    exist_server.requests.clear()
    for _ in range(8):
        assert not await _poll(hass, account)
        freezer.tick(timedelta(seconds=100))
    assert exist_server.requests.total() == 1
    freezer.tick(timedelta(seconds=110))
    assert await _poll(hass, account)
    assert not _asked(hass)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 503])
@pytest.mark.parametrize("known", [True, False])
async def test_a_gateways_page_during_set_up(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    status: int,
    known: bool,
) -> None:
    entry = await add_account(setup=known, expires_in=-10 if not known else 31535999)
    if known:
        _expire_here(hass, entry)
        await hass.config_entries.async_unload(entry.entry_id)
    fault = _refuse(exist_server, status, "text/html", HTML, times=None)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    expected = ConfigEntryState.LOADED if known else ConfigEntryState.SETUP_RETRY
    assert entry.state is expected
    assert fault.seen
    assert not _asked(hass)
    exist_server.faults.clear()
    await reload(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert _is_good(exist_server, entry)
    assert not _asked(hass)


async def test_a_value_waits_for_the_end_of_a_gateways_page(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 0)
    exist_server.own("ada", "coffees")
    entry = await add_account()
    exist_server.expire("ada")
    _refuse(exist_server, 401, "text/html", HTML, times=None)
    answer = await write(hass, name="coffees", value=3)
    await settle(hass)
    assert answer["queued"]
    assert not _asked(hass)
    exist_server.faults.clear()
    for _ in range(40):
        await _pass(hass, freezer, timedelta(minutes=1))
    assert exist_server.value("ada", "coffees") == 3
    assert not entry.runtime_data.ledger.entries
    assert not _asked(hass)


UNTOLD = ["", " ", "+", "read+write", "read write", "read write read+write", "all"]


@pytest.mark.parametrize("scope", [*UNTOLD, None, 7, ["mood_read"]])
def test_a_scope_without_a_word_that_we_know_narrows_nothing(scope: object) -> None:
    data = {"scopes": SCOPES, "token": {"scope": scope}}
    assert granted_scopes(data) == set(SCOPES)
    assert not is_narrowed(data)
    withheld = {**data, "granted": ["mood_read"]}
    assert granted_scopes(withheld) == {"mood_read"}
    assert not is_narrowed(withheld)
    assert "food_read" in missing_scopes(withheld)


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("media_read+media_write", {"media_read", "media_write"}),
        ("media_read media_write read", {"media_read", "media_write"}),
        ("+media_read++manual_write+", {"media_read", "manual_write"}),
        ("media_read\nMOOD_READ", {"media_read"}),
    ],
)
def test_words_that_we_know_are_what_is_granted(scope: str, granted: set[str]) -> None:
    data = {"scopes": SCOPES, "token": {"scope": scope}}
    assert granted_scopes(data) == granted
    assert is_narrowed(data)


@pytest.mark.parametrize("scope", [*UNTOLD, "+".join(SCOPES)])
@pytest.mark.shown(*GROUPS)
async def test_a_refresh_that_tells_no_rights_costs_no_entity(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    scope: str,
) -> None:
    before = _registered(hass, account)
    exist_server.switches.scope_text = scope
    exist_server.expire("ada")
    assert await _poll(hass, account)
    assert account.data["token"]["scope"] == scope
    await reload(hass, account)
    for _ in range(3):
        assert await _poll(hass, account)
    assert _registered(hass, account) == before
    assert state_of(hass, MOOD).state != STATE_UNAVAILABLE
    assert not _asked(hass)


@pytest.mark.shown(*GROUPS)
async def test_rights_that_exist_takes_back_ask_for_a_sign_in_and_cost_no_entity(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    browser: Browser,
) -> None:
    exist_server.own("ada", "mood", "coffees", manual=True)
    entry = await add_account()
    before = _registered(hass, entry)
    exist_server.switches.withheld_scopes = frozenset(SCOPES) - {"activity_read"}
    exist_server.expire("ada")
    assert await _poll(hass, entry)
    assert _asked(hass) == 1
    for _ in range(2):
        for _ in range(3):
            assert await _poll(hass, entry)
            assert _asked(hass) == 1
            assert _registered(hass, entry) == before
        exist_server.set_value("ada", "steps", None, 4321)
        assert await _poll(hass, entry)
        assert state_of(hass, STEPS).state == "4321"
        assert state_of(hass, MOOD).state == STATE_UNAVAILABLE
        await reload(hass, entry)

    exist_server.switches.withheld_scopes = frozenset()
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["step_id"] == "reauth_confirm"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    result = await browser.consent(result)
    assert result["reason"] == "reauth_successful"
    await settle(hass)
    assert _registered(hass, entry) == before
    assert state_of(hass, MOOD).state != STATE_UNAVAILABLE
    assert not _asked(hass)


@pytest.mark.shown(*GROUPS)
async def test_rights_that_are_missing_at_load_ask_for_a_sign_in(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    before = _registered(hass, account)
    token = {
        **account.data["token"],
        **exist_server.issue_token("ada", ("mood_read", "mood_write")),
    }
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": token}
    )
    for _ in range(3):
        await reload(hass, account)
        assert await _poll(hass, account)
        assert _asked(hass) == 1
    assert _registered(hass, account) == before
    assert state_of(hass, MOOD).state != STATE_UNAVAILABLE
    assert account.runtime_data.scopes == {"mood_read", "mood_write"}


async def test_rights_that_only_write_are_no_reason_to_lose_controls(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "mood", "coffees", manual=True)
    entry = await add_account()
    before = _registered(hass, entry)
    exist_server.switches.withheld_scopes = frozenset(
        scope for scope in SCOPES if scope.endswith("_write")
    )
    exist_server.expire("ada")
    assert await _poll(hass, entry)
    exist_server.steal("ada", "mood", "fitbit")
    for _ in range(3):
        await reload(hass, entry)
        assert await _poll(hass, entry)
    assert _registered(hass, entry) == before
    assert _asked(hass) == 1


async def test_rights_that_are_missing_blame_nobody_for_the_attribute_of_a_link(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.switches.withheld_scopes = frozenset(SCOPES) - {"activity_read"}
    exist_server.expire("ada")
    for _ in range(3):
        assert await _poll(hass, linked_home)
    told = {issue.translation_key for issue in ir.async_get(hass).issues.values()}
    assert "config_entry_reauth" in told
    assert not told & {TAKEN, GONE}


async def test_what_was_withheld_at_the_sign_in_is_not_asked_for_again(
    hass: HomeAssistant, exist_server: ExistServer, browser: Browser
) -> None:
    exist_server.switches.withheld_scopes = frozenset({"food_write"})
    result = await browser.consent(await browser.start())
    result = await browser.submit(result, {})
    await hass.async_block_till_done()
    entry = result["result"]
    for scope in (None, ""):
        exist_server.switches.scope_text = scope
        exist_server.expire("ada")
        assert await _poll(hass, entry)
        await reload(hass, entry)
        assert not _asked(hass)
        assert "food_write" not in entry.runtime_data.scopes


@pytest.mark.shown(*GROUPS)
async def test_fewer_rights_by_choice_take_their_entities_along(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    browser: Browser,
) -> None:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id}
    )
    result = await browser.submit(result, {"access": "choose"})
    result = await browser.submit(result, {"read": ["activity"], "write": []})
    result = await browser.consent(result)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    for _ in range(3):
        assert await _poll(hass, account)
    found = _registered(hass, account)
    assert STEPS in found
    assert MOOD not in found
    assert not _asked(hass)


async def test_what_exist_took_back_stays_the_choice_that_the_form_proposes(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.switches.withheld_scopes = frozenset({"food_read", "food_write"})
    exist_server.expire("ada")
    assert await _poll(hass, account)
    assert _asked(hass) == 1
    result: Any = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id}
    )
    if result["step_id"] == "pick_implementation":
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], {"implementation": DOMAIN}
        )
    assert result["step_id"] == "scopes"
    [key] = result["data_schema"].schema
    assert key.default() == "all"


def _answer_late(server: ExistServer, seconds: float) -> Fault:
    """Let Exist make the new pair at once and tell it late."""
    return server.faults.add(Fault("delay", TOKEN, stored=True, seconds=seconds))


@pytest.mark.parametrize("asker", ["poll", "person", "action"])
async def test_a_reload_in_the_middle_of_a_refresh_costs_no_sign_in(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    asker: str,
) -> None:
    _expire_here(hass, account)
    fault = _answer_late(exist_server, 0.3)
    exist_server.requests.clear()
    waiting: list[asyncio.Future[Any]] = []
    if asker == "poll":
        later = dt_util.utcnow() + POLL_INTERVAL + timedelta(seconds=1)
        async_fire_time_changed(hass, later)
    elif asker == "person":
        coordinator = account.runtime_data.coordinator
        waiting.append(hass.async_create_task(coordinator.async_refresh_now()))
    else:
        call = write(hass, "get_owned_attributes")
        waiting.append(hass.async_create_task(call))
    await _until(lambda: fault.seen)
    for _ in range(3):
        await hass.config_entries.async_reload(account.entry_id)
    await settle(hass)
    await asyncio.gather(*waiting, return_exceptions=True)
    assert account.state is ConfigEntryState.LOADED
    assert exist_server.requests[REFRESHES] == 1
    assert _is_good(exist_server, account)
    assert not _asked(hass)
    assert await _poll(hass, account)


async def test_the_limit_ends_the_waiting_and_not_the_refresh(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(refresh, "TOKEN_SECONDS", 0.05)
    old = _pair(account)
    _expire_here(hass, account)
    _answer_late(exist_server, 0.4)
    exist_server.requests.clear()
    for _ in range(3):
        assert not await _poll(hass, account)
    assert _pair(account) == old
    await _until(lambda: _pair(account) != old)
    assert _is_good(exist_server, account)
    assert await _poll(hass, account)
    assert exist_server.requests[REFRESHES] == 1
    assert not _asked(hass)
    assert not hass.data[DATA_REFRESHES]
    assert "never retrieved" not in caplog.text


async def test_a_refresh_that_nobody_waits_for_may_fail(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(refresh, "TOKEN_SECONDS", 0.05)
    _expire_here(hass, account)
    exist_server.faults.add(Fault("status", TOKEN, seconds=0.3))
    assert not await _poll(hass, account)
    await _until(lambda: not hass.data[DATA_REFRESHES])
    assert await _poll(hass, account)
    # What is told of the failure holds on to the task.
    account.runtime_data.coordinator.last_exception = None
    caplog.clear()
    gc.collect()
    assert "never retrieved" not in caplog.text


async def test_who_waits_shares_one_refresh(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    _expire_here(hass, account)
    _answer_late(exist_server, 0.1)
    exist_server.requests.clear()
    client = account.runtime_data.client
    await asyncio.gather(*(client.profile() for _ in range(10)))
    assert exist_server.requests[REFRESHES] == 1


@pytest.mark.parametrize("refused", [True, False])
async def test_a_sign_in_during_a_refresh_wins(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    browser: Browser,
    refused: bool,
) -> None:
    """The pair of the person's own sign-in is the one that stays."""
    _expire_here(hass, account)
    if refused:
        error = '{"error": "invalid_grant"}'
        fault = _refuse(exist_server, 400, "application/json", error)
        fault.seconds = 0.5
    else:
        fault = _answer_late(exist_server, 0.5)
    polling = hass.async_create_task(_poll(hass, account))
    await _until(lambda: fault.seen)
    result = await account.start_reauth_flow(hass)
    result = await browser.submit(result, {})
    result = await browser.consent(result)
    assert result["reason"] == "reauth_successful"
    signed_in = _pair(account)
    await polling
    await settle(hass)
    assert _pair(account) == signed_in
    assert _is_good(exist_server, account)
    assert not _asked(hass)


async def test_a_removed_account_keeps_no_token_and_releases_with_the_new_one(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "mood")
    entry = await add_account(options={"groups": [], "release_on_remove": True})
    _expire_here(hass, entry)
    fault = _answer_late(exist_server, 0.3)
    exist_server.requests.clear()
    polling = hass.async_create_task(_poll(hass, entry))
    await _until(lambda: fault.seen)
    old = _pair(entry)
    await hass.config_entries.async_remove(entry.entry_id)
    await polling
    await settle(hass)
    assert exist_server.requests[REFRESHES] == 1
    assert not exist_server.owned("ada")
    assert _pair(entry) == old
    assert not hass.config_entries.async_entries(DOMAIN)
    assert not hass.data[DATA_REFRESHES]
    assert not persistent_notification._async_get_or_create_notifications(hass)
    assert not _asked(hass)


async def test_what_is_left_of_a_removed_account_gets_no_token(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    client = account.runtime_data.client
    await hass.config_entries.async_remove(account.entry_id)
    exist_server.expire("ada")
    exist_server.requests.clear()
    with pytest.raises(ExistConnectionError):
        await client.profile()
    assert exist_server.requests.total() == 0


async def test_a_refresh_under_way_is_finished_before_home_assistant_stops(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
) -> None:
    old = _pair(account)
    _expire_here(hass, account)
    fault = _answer_late(exist_server, 0.4)
    coordinator = account.runtime_data.coordinator
    account.async_create_background_task(
        hass, coordinator.async_refresh(), "poll", eager_start=True
    )
    await _until(lambda: fault.seen)
    await hass.async_stop(force=True)
    assert _pair(account) != old
    assert _is_good(exist_server, account)
    kept = Path(hass.config.path(STORAGE_DIR, "core.config_entries"))
    text = await asyncio.to_thread(kept.read_text)
    [entry] = json.loads(text)["data"]["entries"]
    assert entry["data"]["token"]["refresh_token"] == _pair(account)[1]


async def test_a_refresh_that_hangs_holds_up_a_stop_no_longer_than_the_limit(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refresh, "TOKEN_SECONDS", 0.2)
    _expire_here(hass, account)
    _answer_late(exist_server, 60)
    assert not await _poll(hass, account)
    async with asyncio.timeout(5):
        await hass.async_stop(force=True)
    assert not hass.data[DATA_REFRESHES]
