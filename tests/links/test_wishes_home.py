"""What a person wishes of entities, from the recorder to Exist."""

from datetime import date
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import StateInfo

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import (
    Live,
    add_link,
    at,
    days_of,
    evaluate,
    home_of,
    import_hours,
    link_data,
    link_issues,
    move_on,
    past_of,
    show,
)
from ..writing import reload

TODAY = date(2026, 5, 20)
YESTERDAY, NOW = "2026-05-19", "2026-05-20"
COFFEE = "sensor.coffee_machine_power"
WATTS = {"unit_of_measurement": "W", "device_class": "power"}


@pytest.fixture(autouse=True)
def _morning(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 18, 7))


async def _coffee(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Give the coffee machine a past of two days, and make it noon of the second."""
    await past_of(
        hass,
        COFFEE,
        "2",
        WATTS,
        [
            ((2026, 5, 18, 8), "2"),
            ((2026, 5, 19, 7), "1200.5"),
            ((2026, 5, 19, 7, 4), "2"),
            ((2026, 5, 19, 9), "hot"),
            ((2026, 5, 19, 9, 1), "2"),
            ((2026, 5, 19, 15), "900"),
            ((2026, 5, 19, 15, 0, 30), "50"),
            ((2026, 5, 20, 6, 30), "1200,5"),
            ((2026, 5, 20, 6, 36), "unavailable"),
            ((2026, 5, 20, 6, 38), "1100"),
            ((2026, 5, 20, 6, 40), "2"),
            ((2026, 5, 20, 8), "70"),
            ((2026, 5, 20, 8, 0, 40), "0"),
        ],
        begun=(2026, 5, 18, 7),
    )
    freezer.move_to(at(2026, 5, 20, 12))


@pytest.mark.parametrize(
    ("aggregate", "attribute", "value_type", "wish", "yesterday", "today"),
    [
        ("times", "coffees", 0, {"above": 50}, 2, 2),
        ("times", "coffees", 0, {"above": 50, "stay": 60}, 1, 1),
        ("time_in", "gaming_min", 3, {"above": 50.0}, 4, 11),
        ("time_in", "gaming_min", 3, {"above": 50.0, "below": 1150}, 0, 3),
        ("first_time", "sleep_start", 6, {"above": 50, "stay": 60}, 1140, 1110),
        ("last_time", "sleep_start", 6, {"above": 50}, 180, 1200),
        ("ever", "gym", 7, {"above": 1250}, 0, 0),
    ],
)
async def test_a_number_above_below_or_between(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    aggregate: str,
    attribute: str,
    value_type: int,
    wish: dict[str, Any],
    yesterday: Any,
    today: Any,
) -> None:
    await _coffee(hass, freezer)
    home = await home_of(hass, exist_server, add_account, attribute)
    data = link_data(COFFEE, aggregate, attribute, value_type, unit="W", **wish)
    await add_link(hass, home, data)
    assert exist_server.value("ada", attribute, TODAY) == today
    days = await days_of(hass, attribute, YESTERDAY)
    assert days[YESTERDAY] == yesterday


async def test_bounds_are_kept_when_the_unit_changes(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    kilo = WATTS | {"unit_of_measurement": "kW"}
    home = await home_of(hass, exist_server, add_account, "coffees")
    hass.states.async_set(COFFEE, "2", WATTS)
    await add_link(
        hass, home, link_data(COFFEE, "times", "coffees", 0, unit="W", above=50)
    )
    await show(
        hass,
        freezer,
        COFFEE,
        [
            ((20, 6), "2", WATTS),
            ((20, 7), "900", WATTS),
            ((20, 7, 5), "2", WATTS),
            ((20, 8), "0.002", kilo),
            ((20, 9), "0.9", kilo),
            ((20, 9, 5), "0.002", kilo),
        ],
    )
    await move_on(hass, freezer, home, 20, 12)
    assert exist_server.value("ada", "coffees", TODAY) == 2
    hass.states.async_set(COFFEE, "2", WATTS | {"unit_of_measurement": "kg"})
    await evaluate(hass, home)
    assert link_issues(hass) == {"link_wrong_unit": COFFEE}


async def test_what_a_thermostat_is_doing(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    climate = "climate.flat"
    home = await home_of(hass, exist_server, add_account, "gaming_min", "coffees")

    def doing(action: str | None, now: float) -> dict[str, Any]:
        said = {} if action is None else {"hvac_action": action}
        return {"current_temperature": now, "friendly_name": "Flat", **said}

    hass.states.async_set(climate, "heat", doing("idle", 20))
    wish = {"state_attribute": "hvac_action", "states": ["heating", "preheating"]}
    await add_link(hass, home, link_data(climate, "time_in", "gaming_min", 3, **wish))
    await add_link(hass, home, link_data(climate, "times", "coffees", 0, **wish))
    await show(
        hass,
        freezer,
        climate,
        [
            ((19, 6), "heat", doing("heating", 19)),
            ((19, 6, 20), "heat", doing("heating", 19.5)),
            ((19, 7), "heat", doing("idle", 20)),
            ((19, 22), "off", doing("off", 20)),
            ((20, 6), "heat", doing("heating", 18)),
            ((20, 6, 10), "heat", doing("heating", 18.5)),
            ((20, 6, 30), "heat", doing("preheating", 19)),
            ((20, 7), "heat", doing("idle", 20)),
            ((20, 9), "unavailable", {}),
            ((20, 9, 5), "heat", doing("idle", 19)),
            ((20, 10), "heat", doing("heating", 19)),
            ((20, 10, 15), "off", doing(None, 19)),
        ],
    )
    await move_on(hass, freezer, home, 20, 12)
    assert exist_server.value("ada", "gaming_min", TODAY) == 75
    assert exist_server.value("ada", "coffees", TODAY) == 2
    assert (await days_of(hass, "gaming_min", YESTERDAY))[YESTERDAY] == 60
    assert (await days_of(hass, "coffees", YESTERDAY))[YESTERDAY] == 1


async def test_the_temperature_of_the_weather_in_its_own_unit(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    weather = "weather.home"
    home = await home_of(hass, exist_server, add_account, "weather_temp_max")

    def out(temperature: float, unit: str) -> dict[str, Any]:
        return {"temperature": temperature, "temperature_unit": unit, "humidity": 50}

    hass.states.async_set(weather, "sunny", out(10, "°C"))
    data = link_data(
        weather,
        "maximum",
        "weather_temp_max",
        1,
        template="weather_temp_max",
        unit="°C",
        state_attribute="temperature",
    )
    await add_link(hass, home, data)
    await show(
        hass,
        freezer,
        weather,
        [
            ((19, 8), "sunny", out(12, "°C")),
            ((19, 15), "sunny", out(21.5, "°C")),
            ((19, 20), "cloudy", out(11, "°C")),
            ((20, 8), "sunny", out(10, "°C")),
            ((20, 10), "sunny", out(68, "°F")),
            ((20, 11), "sunny", out(50, "°F")),
        ],
    )
    await move_on(hass, freezer, home, 20, 12)
    assert exist_server.value("ada", "weather_temp_max", TODAY) == pytest.approx(20)
    assert await days_of(hass, "weather_temp_max", YESTERDAY) == {
        YESTERDAY: 21.5,
        NOW: pytest.approx(20),
    }


LIGHT = "light.desk"
LEFT_OUT = StateInfo(unrecorded_attributes=frozenset({"brightness"}))


async def test_what_the_recorder_leaves_out_is_told_from_now_on(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    home = await home_of(hass, exist_server, add_account, "gaming_min")
    bright, dim, off = {"brightness": 255}, {"brightness": 30}, {"brightness": None}
    begins: Live = [
        ((18, 8), "off", off),
        ((19, 8), "on", bright),
        ((19, 20), "off", off),
    ]
    await show(hass, freezer, LIGHT, begins, LEFT_OUT)
    freezer.move_to(at(2026, 5, 19, 23))
    data = link_data(
        LIGHT, "time_in", "gaming_min", 3, above=100, state_attribute="brightness"
    )
    await add_link(hass, home, data)
    shown: Live = [
        ((20, 7), "on", bright),
        ((20, 7, 20), "on", dim),
        ((20, 7, 30), "on", bright),
        ((20, 7, 40), "off", off),
    ]
    await show(hass, freezer, LIGHT, shown, LEFT_OUT)
    await move_on(hass, freezer, home, 20, 12)
    assert exist_server.value("ada", "gaming_min", TODAY) == 30
    assert await days_of(hass, "gaming_min", YESTERDAY) == {
        YESTERDAY: "not_kept",
        NOW: 30,
    }
    assert not link_issues(hass)
    # While the account is not loaded nobody sees it; the day is mostly known.
    await reload(hass, home)
    await show(hass, freezer, LIGHT, [((20, 13), "on", bright)], LEFT_OUT)
    await move_on(hass, freezer, home, 20, 14)
    assert exist_server.value("ada", "gaming_min", TODAY) == 90
    assert await hass.config_entries.async_unload(home.entry_id)
    await show(hass, freezer, LIGHT, [((20, 15), "off", off)], LEFT_OUT)
    await show(hass, freezer, LIGHT, [((20, 16), "on", bright)], LEFT_OUT)
    assert await hass.config_entries.async_setup(home.entry_id)
    await move_on(hass, freezer, home, 20, 17)
    assert exist_server.value("ada", "gaming_min", TODAY) == 150
    # An integration that leaves it out no more is asked through the recorder.
    await show(hass, freezer, LIGHT, [((20, 18), "on", bright)])
    hass.states.async_set(
        LIGHT,
        "off",
        off,
        state_info=StateInfo(unrecorded_attributes=frozenset()),
    )
    await hass.async_block_till_done()
    assert not home.runtime_data.links.memory.kept.keys


async def test_hours_tell_no_condition_and_the_past_says_so(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    await _coffee(hass, freezer)
    home = await home_of(hass, exist_server, add_account, "gaming_min", "stromkosten")
    hours = [
        {"start": at(2026, 5, 16, hour), "mean": 60.0, "min": 55.0, "max": 70.0}
        for hour in range(24)
    ]
    await import_hours(hass, COFFEE, "W", hours)
    wish = {"unit": "W", "above": 50}
    await add_link(hass, home, link_data(COFFEE, "time_in", "gaming_min", 3, **wish))
    await add_link(hass, home, link_data(COFFEE, "maximum", "stromkosten", 1))
    assert (await days_of(hass, "stromkosten", "2026-05-16"))["2026-05-16"] == 70
    days = await days_of(hass, "gaming_min", "2026-05-16")
    assert days["2026-05-16"] == "not_recorded"
    assert days["2026-05-19"] == 4
