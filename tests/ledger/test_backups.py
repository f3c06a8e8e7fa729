"""An old backup is restored, or the same configuration runs on a second machine."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.exist.const import DOMAIN
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..writing import OWNED, poll, settle, write

EVENT = "event.exist_ada_writing"


@pytest.fixture
async def owner(
    freezer: FrozenDateTimeFactory, exist_server: ExistServer, add_account: AddAccount
) -> MockConfigEntry:
    exist_server.own("ada", *OWNED, manual=True)
    return await add_account()


type Backup = dict[str, str]


def _copy(hass: HomeAssistant, entry_id: str) -> Backup:
    """Return what is kept of an account on disk."""
    mine = f"exist.{entry_id}."
    return {
        path.name.removeprefix(mine): path.read_text()
        for path in Path(hass.config.path(".storage")).glob(f"{mine}*")
    }


def _put(hass: HomeAssistant, entry_id: str, backup: Backup) -> None:
    folder = Path(hass.config.path(".storage"))
    for path in folder.glob(f"exist.{entry_id}.*"):
        path.unlink()
    for name, text in backup.items():
        (folder / f"exist.{entry_id}.{name}").write_text(text)


def _issues(hass: HomeAssistant) -> set[str | None]:
    return {
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


async def test_a_backup_of_a_week_ago_writes_over_nothing(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    person = Context(user_id=hass_admin_user.id)
    day = owner.runtime_data.coordinator.today
    await exist_server.stop()
    await write(hass, name="coffees", value=3, date=day)
    await write(hass, name="meditation_min", value=20, date=day)
    await write(hass, name="mood", value=4, date=day, context=person)
    await settle(hass)
    backup = await hass.async_add_executor_job(_copy, hass, owner.entry_id)
    await exist_server.start()
    await poll(hass, owner)
    assert exist_server.value("ada", "coffees", day) == 3
    # The person corrects two of them, and a week of days follows.
    exist_server.set_value("ada", "coffees", day, 9)
    exist_server.set_value("ada", "mood", day, 6)
    for number in range(1, 8):
        freezer.tick(timedelta(days=1))
        await poll(hass, owner)
        assert (await write(hass, name="coffees", value=number))["success"]
    await hass.config_entries.async_unload(owner.entry_id)
    await hass.async_add_executor_job(_put, hass, owner.entry_id, backup)
    await hass.config_entries.async_setup(owner.entry_id)
    await settle(hass)
    await poll(hass, owner)
    assert exist_server.value("ada", "meditation_min", day) == 20
    assert exist_server.value("ada", "coffees", day) == 9
    assert exist_server.value("ada", "mood", day) == 6
    for number in range(1, 8):
        later = day + timedelta(days=number)
        assert exist_server.value("ada", "coffees", later) == number
    # The automation's value gave way, the person's waits for a word.
    said = state_of(hass, EVENT).attributes
    assert (said["event_type"], said["attribute"]) == ("value_gave_way", "coffees")
    assert _issues(hass) == {"value_changed"}
    assert [key.name for key in owner.runtime_data.ledger.entries] == ["mood"]


@pytest.mark.parametrize("first", ["here", "there"])
async def test_the_same_waiting_values_on_a_second_machine(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    first: str,
) -> None:
    day = owner.runtime_data.coordinator.today
    await exist_server.stop()
    await write(hass, name="coffees", value=3, date=day)
    await write(hass, name="meditation_min", value=20, date=day)
    await settle(hass)
    copied = await hass.async_add_executor_job(_copy, hass, owner.entry_id)
    await write(hass, name="coffees", value=5, date=day)
    await settle(hass)
    data: Any = dict(owner.data)
    second = MockConfigEntry(
        domain=DOMAIN, entry_id="second", title="copy", unique_id="copy", data=data
    )
    second.add_to_hass(hass)
    await hass.async_add_executor_job(_put, hass, "second", copied)
    await hass.config_entries.async_setup("second")
    await settle(hass)
    await exist_server.start()
    order = [owner, second] if first == "here" else [second, owner]
    for _ in range(3):
        for entry in order:
            await poll(hass, entry)
    assert exist_server.value("ada", "coffees", day) == 5
    assert exist_server.value("ada", "meditation_min", day) == 20
    assert not owner.runtime_data.ledger.entries
    assert not second.runtime_data.ledger.entries
    assert not _issues(hass)
