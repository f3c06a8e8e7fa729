"""Links from the recorder's database to the server and back."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from .conftest import AddAccount, state_of
from .exist_server import ExistServer
from .link_home import add_link, at, link_data, record, set_runs
from .writing import settle

TV = "media_player.living_room"
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
    """Load an account that owns what no other service fills, and a home with a past."""
    hass.states.async_set(TV, "off")
    exist_server.own("ada", "gaming_min", "weight", "stromkosten")
    for name in ("gaming_min", "weight", "stromkosten"):
        exist_server.users["ada"].attributes[name].values.clear()
    await record(
        hass,
        {
            TV: [
                (at(2026, 5, 18, 8), "off"),
                (at(2026, 5, 19, 20), "on"),
                (at(2026, 5, 19, 21, 30), "off"),
                (at(2026, 5, 20, 9), "on"),
                (at(2026, 5, 20, 10, 10), "off"),
            ]
        },
    )
    await set_runs(hass, [], at(2026, 5, 18, 7))
    return await add_account()


def tv_link(**more: object) -> dict[str, object]:
    return link_data(
        TV, "time_in", "gaming_min", 3, states=["on"], absent_is_gap=False, **more
    )


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
    assert float(state_of(hass, f"{device}_today_so_far").state) == pytest.approx(
        70 / 60
    )
    assert state_of(hass, f"{device}_last_confirmed_day").state == "2026-05-20"
