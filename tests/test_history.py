"""The past of Exist in Home Assistant's long-term statistics."""

from datetime import timedelta

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from .conftest import AddAccount
from .exist_server import ExistServer
from .history_home import are_seamless, imported, kept, rows


@pytest.fixture
async def account(
    recorder_mock: None, hass: HomeAssistant, add_account: AddAccount
) -> MockConfigEntry:
    return await add_account()


async def test_the_past_is_imported(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    await imported(hass, account)
    steps = exist_server.users["ada"].attributes["steps"].values
    assert len(steps) > 390
    assert await kept(hass, "exist:ada_steps") == steps
    assert are_seamless(await rows(hass, "exist:ada_steps"))
    assert len(exist_server.requests)
    _ = timedelta
