"""Sending where Exist or the disk says no: what was accepted arrives, once."""

from collections.abc import Callable
from datetime import timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.storage import FileKind
from custom_components.exist.storage.synced_file import write_now
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..on_disk import path_of
from ..writing import OWNED, poll, reload, settle, write

WRITE_NOW = f"{write_now.__module__}.write_now"


def refuse_days(path: Path, text: Callable[[], str]) -> None:
    """Refuse the file of days, as a full disk does; what waits is written."""
    if path.name.endswith(FileKind.DAYS):
        raise OSError(28, "No space left on device")
    write_now(path, text)


@pytest.fixture
async def owner(exist_server: ExistServer, add_account: AddAccount) -> MockConfigEntry:
    exist_server.own("ada", *OWNED)
    return await add_account()


def _waiting(hass: HomeAssistant, entry: MockConfigEntry) -> list[dict[str, Any]]:
    """Return what waits by the newer of the two files."""
    paths = [path_of(hass, entry, f"{FileKind.OUTBOX}.{each}") for each in (0, 1)]
    files = [json.loads(path.read_text()) for path in paths if path.exists()]
    newest = max(files, key=lambda each: int(each["generation"]))
    entries: list[dict[str, Any]] = newest["data"]["entries"]
    return entries


async def test_too_many_requests_keep_a_value_until_exist_said(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.faults.add(Fault("status", "*/update/", status=429, retry_after="90"))
    answer = await write(hass, name="mood", value=8)
    assert [each["error_code"] for each in answer["queued"]] == ["rate_limited"]
    assert exist_server.value("ada", "mood") != 8
    asked = exist_server.requests.total()
    await settle(hass)
    assert exist_server.requests.total() == asked
    freezer.tick(timedelta(seconds=91))
    assert await poll(hass, owner)
    assert exist_server.value("ada", "mood") == 8
    assert not owner.runtime_data.ledger.entries


async def test_a_refused_token_keeps_a_value_until_the_next_sign_in(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    refused = exist_server.faults.add(
        Fault("status", "*/update/", status=401, times=None)
    )
    answer = await write(hass, name="mood", value=8)
    assert [each["error_code"] for each in answer["queued"]] == ["sign_in_needed"]
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    exist_server.faults.remove(refused)
    await reload(hass, owner)
    await poll(hass, owner)
    assert exist_server.value("ada", "mood") == 8


async def test_a_value_leaves_the_disk_only_when_its_confirmation_is_there(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as full:
        full.setattr(WRITE_NOW, refuse_days)
        assert (await write(hass, name="mood", value=8))["success"]
        await settle(hass)
        assert exist_server.value("ada", "mood") == 8
        assert not owner.runtime_data.ledger.entries
        # As after a crash: it is compared, and found confirmed.
        assert [each["value"] for each in _waiting(hass, owner)] == [8]
    updates = exist_server.requests["POST /api/2/attributes/update/"]
    await reload(hass, owner)
    await poll(hass, owner)
    assert not owner.runtime_data.ledger.entries
    assert exist_server.requests["POST /api/2/attributes/update/"] == updates
    assert _waiting(hass, owner) == []


async def test_a_disk_that_refuses_while_values_are_sent_costs_none(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await exist_server.stop()
    for name, value in (("mood", 8), ("coffees", 3), ("gym", True)):
        assert (await write(hass, name=name, value=value))["queued"]
    with monkeypatch.context() as full:
        full.setattr(WRITE_NOW, refuse_days)
        await exist_server.start()
        await poll(hass, owner)
    for name, value in (("mood", 9), ("weight", 70)):
        exist_server.own("ada", name)
        await poll(hass, owner)
        assert (await write(hass, name=name, value=value))["success"]
    await reload(hass, owner)
    await poll(hass, owner)
    assert not owner.runtime_data.ledger.entries
    assert {
        name: exist_server.value("ada", name) for name in ("mood", "coffees", "gym")
    } == {"mood": 9, "coffees": 3, "gym": 1}
