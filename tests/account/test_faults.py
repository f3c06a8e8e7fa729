"""Nonsense and bad luck that a review by fresh eyes found; each stays harmless."""

from collections.abc import Callable
from html import unescape
import json
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.api.transport import retry_after
from custom_components.exist.const import CONF_RELEASE_ON_REMOVE, DOMAIN, GROUPS
from custom_components.exist.values.days import async_get_zone
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..writing import poll, write
from .test_init import STEPS

EVENT = "event.exist_ada_writing"


@pytest.mark.parametrize(
    "body",
    [
        '{"count": 60, "next": null, "results": []}',
        '{"count": 60, "next": 5, "results": []}',
        '{"count": 1e999, "next": 5, "results": []}',
        "[" * 100_000,
        '{"count": 1, "next": null, "results": [{"name": "\\ud800", "value_type": 0}]}',
        '{"count": 1, "next": null, "results": [{"name": "a", "value_type": null}]}',
    ],
    ids=["short", "next", "huge", "deep", "surrogate", "type"],
)
@pytest.mark.shown(*GROUPS)
async def test_nonsense_fails_a_poll_and_removes_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    body: str,
) -> None:
    def count() -> int:
        return len(
            er.async_entries_for_config_entry(er.async_get(hass), account.entry_id)
        )

    before = count()
    exist_server.faults.add(
        Fault("status", "*/with-values/", status=200, body=body, times=None)
    )
    for _ in range(3):
        assert not await poll(hass, account)
    assert count() == before
    assert not _accidents(caplog)
    exist_server.faults.clear()
    assert await poll(hass, account)


def _accidents(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged with a traceback, above DEBUG."""
    return [
        each.getMessage()[:100]
        for each in caplog.records
        if each.levelno > logging.DEBUG and each.exc_info
    ]


def _note(server: ExistServer) -> None:
    found = server.users["ada"].attributes["sleep_start"]
    found.value_type = type(found.value_type).STRING
    found.values = dict.fromkeys(found.values, "a secret note")


def _huge(server: ExistServer) -> None:
    server.set_value("ada", "steps", None, 10**20)


@pytest.mark.parametrize("meddle", [_note, _huge])
async def test_odd_values_are_in_no_log(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    meddle: Callable[[ExistServer], None],
) -> None:
    meddle(exist_server)
    for _ in range(2):
        await poll(hass, account)
    assert not _accidents(caplog)
    lines = [each.getMessage() for each in caplog.records if each.levelno > 10]
    assert not [line for line in lines if "secret" in line]


@pytest.mark.parametrize("odd", [float("nan"), 10**20, "many", [1], {}], ids=str)
@pytest.mark.shown(*GROUPS)
async def test_a_value_of_no_kind_costs_no_other(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry, odd: Any
) -> None:
    exist_server.set_value("ada", "weight", None, odd)
    exist_server.set_value("ada", "steps", None, 12345)
    assert await poll(hass, account)
    assert state_of(hass, STEPS).state == "12345"
    today = account.runtime_data.coordinator.today
    assert account.runtime_data.coordinator.polled("weight", today) is None
    answer = await write(hass, "get_values", attribute="weight")
    assert answer["values"][0] == {"date": today.isoformat(), "value": None}
    assert answer["values"][1]["value"] is not None


@pytest.mark.parametrize("name", ["../x", "a\0b", "x" * 300, "Mars/Olympus"])
async def test_a_zone_nobody_knows_is_told_by_the_clock(name: str) -> None:
    local = dt_util.parse_datetime("2026-04-02T09:00:00+05:45")
    zone = await async_get_zone(name, local)
    assert dt_util.utcnow().astimezone(zone).strftime("%z") == "+0545"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("nan", None), ("inf", None), ("90", 90.0), ("soon", None), (None, None)],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_retry_after_without_a_zone_is_utc() -> None:
    found = retry_after("Wed, 21 Oct 2015 07:28:00 -0000")
    assert found is not None
    assert found < 0


@pytest.mark.parametrize("status", [201, 204, 302, 408])
async def test_a_write_that_is_neither_done_nor_refused_is_read(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    status: int,
) -> None:
    exist_server.faults.add(Fault("status", "*/acquire/", status=status, stored=True))
    answer = await write(hass, "acquire_attributes", templates=["money_spent"])
    assert [each["name"] for each in answer["success"]] == ["money_spent"]


async def test_a_release_that_is_answered_oddly_is_a_release(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "money_spent")
    await poll(hass, account)
    body = {
        "success": [{"name": "money_spent", "service": 5, "active": True}],
        "failed": [],
    }
    exist_server.faults.add(
        Fault("status", "*/release/", status=200, stored=True, body=json.dumps(body))
    )
    answer = await write(hass, "release_attributes", names=["money_spent"])
    assert [each["name"] for each in answer["success"]] == ["money_spent"]


async def test_a_poll_under_way_makes_no_loss_of_a_release(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "coffees")
    await poll(hass, account)
    exist_server.faults.add(Fault("delay", "*/with-values/", seconds=0.5))
    polling = hass.async_create_task(account.runtime_data.coordinator.async_refresh())
    await write(hass, "release_attributes", names=["coffees"])
    await polling
    await poll(hass, account)
    assert state_of(hass, EVENT).attributes.get("event_type") != "ownership_lost"


async def test_unloading_during_an_action_is_no_accident(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("delay", "*/acquire/", seconds=0.3))
    action = hass.async_create_task(
        write(hass, "acquire_attributes", templates=["money_spent"])
    )
    while not exist_server.requests["POST /api/2/attributes/acquire/"]:
        await settle_a_little(hass)
    await hass.config_entries.async_unload(account.entry_id)
    answer = await action
    assert [each["name"] for each in answer["success"]] == ["money_spent"]


async def settle_a_little(hass: HomeAssistant) -> None:
    """Let other tasks go on."""
    await hass.async_add_executor_job(lambda: None)


async def test_reloading_during_an_action_shows_its_outcome(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("delay", "*/acquire/", seconds=1))
    action = hass.async_create_task(
        write(hass, "acquire_attributes", templates=["money_spent"])
    )
    while not exist_server.requests["POST /api/2/attributes/acquire/"]:
        await settle_a_little(hass)
    await hass.config_entries.async_reload(account.entry_id)
    await action
    assert "money_spent" in account.runtime_data.coordinator.data.owned


async def test_options_of_an_unloaded_account_say_so(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    flow = await hass.config_entries.options.async_init(account.entry_id)
    await hass.config_entries.async_unload(account.entry_id)
    result = await hass.config_entries.options.async_configure(
        flow["flow_id"], {"next_step_id": "show"}
    )
    assert result["reason"] == "not_loaded"


@pytest.mark.parametrize("expired", [True, False])
async def test_removal_releases_with_an_expired_token_too(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    expired: bool,
) -> None:
    exist_server.own("ada", "coffees")
    entry = await add_account(options={CONF_RELEASE_ON_REMOVE: True})
    if expired:
        token: dict[str, Any] = {**entry.data["token"], "expires_at": 0}
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, "token": token}
        )
    await hass.config_entries.async_remove(entry.entry_id)
    assert exist_server.owned("ada") == []
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_templates_that_were_missing_are_asked_for_again(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    body = '{"count": 0, "next": null, "results": []}'
    exist_server.faults.add(Fault("status", "*/templates/", status=200, body=body))
    coordinator = account.runtime_data.coordinator
    assert not await coordinator.async_templates()
    assert await coordinator.async_templates()


@pytest.mark.shown(*GROUPS)
async def test_a_page_that_is_not_there(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    with pytest.raises(Exception, match="no page 99"):
        await write(hass, "get_owned_attributes", page=99)
    assert state_of(hass, STEPS)


@pytest.mark.parametrize("ended", ["once", "early"])
async def test_a_token_that_only_ended_early_is_renewed(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry, ended: str
) -> None:
    if ended == "early":
        exist_server.expire("ada")
    else:
        exist_server.faults.add(Fault("status", "/api/2/*", status=401))
    assert await poll(hass, account)
    assert exist_server.requests["POST /oauth2/access_token"] == 1
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_an_increment_is_not_repeated_even_after_a_refused_token(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "coffees")
    await poll(hass, account)
    exist_server.faults.add(Fault("status", "*/increment/", status=401))
    with pytest.raises(HomeAssistantError):
        await write(hass, "increment_values", name="coffees", value=1)
    assert exist_server.requests["POST /api/2/attributes/increment/"] == 1


async def test_removal_names_what_never_arrived(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "coffees")
    await poll(hass, account)
    await exist_server.stop()
    await write(hass, name="coffees", value=3)
    await hass.config_entries.async_remove(account.entry_id)
    told = persistent_notification._async_get_or_create_notifications(hass)
    assert any("Coffees (" in unescape(each["message"]) for each in told.values())
