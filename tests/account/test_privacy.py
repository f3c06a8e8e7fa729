"""No value, note, label, user name or token leaves where it must not."""

import json
import logging

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.exist.const import DOMAIN
from custom_components.exist.diagnostics import async_get_config_entry_diagnostics
from custom_components.exist.system_health import async_register
from homeassistant.components import system_health
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from .test_init import _poll

CANARY = "canary7b1e"


async def test_a_canary_is_seen_nowhere(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="custom_components.exist")
    exist_server.add_user(CANARY)
    exist_server.add_attribute(
        CANARY,
        f"{CANARY} label",
        "mood",
        2,
        values={exist_server.today(CANARY): CANARY},
    )
    entry = await add_account(CANARY)
    token = entry.data["token"]["access_token"]
    for fault in (
        Fault("status", status=500, body=CANARY),
        Fault("status", status=400, body=CANARY),
        Fault("html", body=CANARY),
        Fault("status", status=401, body=CANARY),
    ):
        exist_server.faults.add(fault)
        await _poll(hass, freezer)
        await _poll(hass, freezer)
        for record in caplog.records:
            if not record.name.startswith("custom_components.exist"):
                continue
            text = record.getMessage() + (record.exc_text or "")
            assert token not in text
            if record.levelno > logging.DEBUG:
                assert CANARY not in text
        error = entry.runtime_data.coordinator.last_exception
        while error is not None:
            assert CANARY not in f"{error} {error!r} {error.args}"
            error = error.__cause__

    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["attributes"]["all"] == 1
    assert CANARY not in json.dumps(found)
    assert token not in json.dumps(found)

    await hass.config_entries.async_unload(entry.entry_id)
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["state"] == "not_loaded"


async def test_system_health_tells_numbers(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "steps", "mood")
    entry = await add_account()
    assert await async_setup_component(hass, system_health.DOMAIN, {})
    await hass.async_block_till_done()
    registration = system_health.SystemHealthRegistration(hass, DOMAIN)
    async_register(hass, registration)
    assert registration.info_callback is not None
    info = await registration.info_callback(hass)
    assert info["owned"] == 2
    assert info["accounts"] == 1
    assert info["requests_left"] == "297"
    assert info["last_answer"] == entry.runtime_data.coordinator.last_poll
    assert await info["can_reach_server"] == "ok"
