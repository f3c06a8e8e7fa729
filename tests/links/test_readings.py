"""What is measured now and then: of the day on which it was, and never impossible."""

from datetime import date
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import add_link, at, days_of, link_data, own_empty, past_of

pytestmark = pytest.mark.recorder_db

YESTERDAY = "2026-05-19"
TODAY = "2026-05-20"


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


async def _home(
    hass: HomeAssistant,
    server: ExistServer,
    add_account: AddAccount,
    entity: str,
    attribute: str,
    *past: Any,
    **more: Any,
) -> MockConfigEntry:
    """Load an account and an entity with a past; the attribute is owned and empty."""
    own_empty(server, attribute)
    await past_of(hass, entity, *past, **more)
    return await add_account()


async def test_a_measured_value_is_of_the_day_on_which_it_was_measured(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "sensor.scale",
        "weight",
        "80.2",
        {"unit_of_measurement": "kg", "device_class": "weight"},
        [
            ((2026, 5, 15, 7), "80.8"),
            ((2026, 5, 16, 7), "81.0"),
            ((2026, 5, 18, 7, 30), "80.2"),
        ],
        # Home Assistant was started just now, and recorded the held state anew.
        [((2026, 5, 10, 7), (2026, 5, 20, 11, 59))],
        (2026, 5, 20, 11, 59, 30),
    )
    await add_link(
        hass,
        home,
        link_data("sensor.scale", "last", "weight", 1, template="weight", unit="kg"),
    )
    days = await days_of(hass, "weight", "2026-05-16")
    assert days["2026-05-16"] == 81
    assert days["2026-05-18"] == 80.2
    for day in ("2026-05-17", YESTERDAY, TODAY):
        assert isinstance(days[day], str), (day, days[day])
    assert exist_server.value("ada", "weight", date(2026, 5, 20)) is None


async def test_nobody_weighs_nothing(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "sensor.scale",
        "weight",
        "0.0",
        {"unit_of_measurement": "kg", "device_class": "weight"},
        [
            ((2026, 5, 18, 7, 30), "80.2"),
            ((2026, 5, 19, 7, 30), "80.1"),
            ((2026, 5, 19, 22), "0.0"),
        ],
    )
    await add_link(
        hass,
        home,
        link_data("sensor.scale", "last", "weight", 1, template="weight", unit="kg"),
    )
    days = await days_of(hass, "weight", YESTERDAY)
    assert days[YESTERDAY] == 80.1
    assert days[TODAY] != 0
