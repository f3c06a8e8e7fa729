"""Links from the recorder's database to the server and back."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from .conftest import AddAccount, state_of
from .exist_server import ExistServer
from .link_home import add_link, at, tv_home, tv_link
from .writing import settle

TODAY = date(2026, 5, 20)
YESTERDAY = date(2026, 5, 19)


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


@pytest.fixture
async def home(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account, and a home with a past."""
    return await tv_home(hass, exist_server, add_account)


async def test_a_link_writes_today_and_settles_yesterday(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add_link(hass, home, tv_link())
    await settle(hass)
    assert exist_server.value("ada", "gaming_min", TODAY) == 70
    assert exist_server.value("ada", "gaming_min", YESTERDAY) is None
    device = "sensor.media_player_living_room_gaming_min"
    assert state_of(hass, f"{device}_state").state == "writing"
    assert state_of(hass, f"{device}_today_so_far").state == "70"
    assert state_of(hass, f"{device}_last_confirmed_day").state == "2026-05-20"
