"""Exist unreachable for three days, with two restarts in between."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..writing import OWNED, reload, settle, write
from .test_init import _pass

MOOD = "number.exist_ada_mood"


@pytest.fixture
async def owner(
    exist_server: ExistServer, add_account: AddAccount, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 0)
    exist_server.own("ada", *OWNED, manual=True)
    return await add_account()


async def test_three_days_away_and_then_everything_arrives(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    fault = exist_server.faults.add(Fault("status", times=None))
    today = owner.runtime_data.coordinator.today
    for number in range(3):
        await hass.services.async_call(
            "number",
            "set_value",
            {"entity_id": MOOD, "value": number + 4},
            blocking=True,
        )
        assert state_of(hass, MOOD).state == str(number + 4)
        answer = await write(hass, name="coffees", value=number + 1, date="today")
        assert answer["queued"]
        if number < 2:
            counted = await write(
                hass, "increment_values", name="meditation_min", value=10
            )
            assert counted["failed"][0]["error_code"] == "unknown_if_counted"
        else:
            # Since the restart, Exist has not said which day it is.
            with pytest.raises(HomeAssistantError) as raised:
                await write(hass, "increment_values", name="meditation_min", value=10)
            assert raised.value.translation_key == "day_unknown"
        if number:
            await reload(hass, owner)
            assert state_of(hass, MOOD).state == str(number + 4)
        for _ in range(4):
            await _pass(hass, freezer, timedelta(hours=6))
    exist_server.faults.remove(fault)
    exist_server.requests.clear()
    for _ in range(60):
        await _pass(hass, freezer, timedelta(minutes=1))
    await settle(hass)
    for number in range(3):
        day = today + timedelta(days=number)
        assert exist_server.value("ada", "mood", day) == number + 4
        assert exist_server.value("ada", "coffees", day) == number + 1
    assert not owner.runtime_data.ledger.entries
    assert exist_server.requests.total() < 30


async def test_an_increment_that_never_left_says_so(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    before = exist_server.value("ada", "coffees")
    await exist_server.stop()
    # Nothing is left of the connection that was open.
    await owner.runtime_data.coordinator.async_refresh()
    with pytest.raises(HomeAssistantError) as raised:
        await write(hass, "increment_values", name="coffees", value=1)
    assert raised.value.translation_key == "cannot_connect"
    await exist_server.start()
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "coffees") == before
