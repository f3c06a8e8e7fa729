"""States over restarts and outages, and states that can no longer occur."""

from datetime import date
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import add_link, at, days_of, evaluate, link_data, own_empty, past_of
from ..writing import settle

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


async def test_a_restart_switches_nothing_on(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "media_player.tv",
        "coffees",
        "off",
        {},
        [
            ((2026, 5, 18, 8), "off"),
            ((2026, 5, 19, 19), "on"),
            ((2026, 5, 19, 21, 0, 10), "unavailable"),
            ((2026, 5, 19, 21, 0, 30), "on"),
            ((2026, 5, 19, 23), "off"),
        ],
        runs=[((2026, 5, 18, 7), (2026, 5, 19, 21))],
        begun=(2026, 5, 19, 21, 0, 5),
    )
    await add_link(
        hass,
        home,
        link_data(
            "media_player.tv", "times", "coffees", 0, states=["on"], absent_is_gap=False
        ),
    )
    days = await days_of(hass, "coffees", YESTERDAY)
    assert days[YESTERDAY] == 1


async def test_an_outage_is_no_other_unit(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:

    home = await _home(
        hass,
        exist_server,
        add_account,
        "sensor.meter",
        "active_energy",
        "12",
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [((2026, 5, 18, 8), "10"), ((2026, 5, 19, 8), "12")],
    )
    await add_link(
        hass,
        home,
        link_data(
            "sensor.meter",
            "sum",
            "active_energy",
            1,
            template="active_energy",
            unit="kWh",
        ),
    )
    hass.states.async_set("sensor.meter", "unavailable", {})
    await settle(hass)
    await evaluate(hass, home)
    assert not [key for _, key in ir.async_get(hass).issues if "wrong_unit" in key]
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] == pytest.approx(2 * 3600)


async def test_a_state_that_no_longer_exists_is_not_zero_minutes(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    hass.states.async_set("zone.work", "0", {"friendly_name": "Office"})
    home = await _home(
        hass,
        exist_server,
        add_account,
        "person.bo",
        "productive_min",
        "Office",
        {},
        [
            ((2026, 5, 18, 8), "home"),
            ((2026, 5, 19, 9), "Office"),
            ((2026, 5, 19, 17), "home"),
            ((2026, 5, 20, 9), "Office"),
        ],
    )
    await add_link(
        hass,
        home,
        link_data("person.bo", "time_in", "productive_min", 3, states=["Work"]),
    )
    # Either it is followed, or nothing is written and somebody is told.
    written = exist_server.value("ada", "productive_min", date(2026, 5, 20))
    assert written != 0


async def test_what_was_before_three_days_off_is_known(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    rows = [
        ((2026, 5, 15, 8), "home"),
        ((2026, 5, 20, 2, 0, 10), "not_home"),
        ((2026, 5, 20, 4), "home"),
    ]
    home = await _home(
        hass,
        exist_server,
        add_account,
        "person.bo",
        "coffees",
        "home",
        {},
        rows,
        runs=[((2026, 5, 10, 7), (2026, 5, 16, 20))],
        begun=(2026, 5, 20, 2),
    )
    data = link_data("person.bo", "times", "coffees", 0, states=["not_home"])
    await add_link(hass, home, data)
    # They left while Home Assistant was off, and nobody knows on which day.
    assert (await days_of(hass, "coffees", TODAY))[TODAY] == "unsure"
