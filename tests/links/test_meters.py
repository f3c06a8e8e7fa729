"""What links tell of meters that sleep, stumble, begin anew and are put back."""

from datetime import date, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import (
    add_link,
    at,
    days_of,
    import_hours,
    link_data,
    own_empty,
    past_of,
)

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


async def test_a_total_that_comes_back_was_no_new_beginning(
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
        "1650.2",
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [
            ((2026, 5, 18, 8), "1640.0"),
            ((2026, 5, 19, 2, 57, 39), "unavailable"),
            ((2026, 5, 19, 3, 29, 18), "0.0"),
            ((2026, 5, 19, 3, 29, 22), "1641.0"),
            ((2026, 5, 19, 20), "1648.0"),
            ((2026, 5, 20, 8), "1650.2"),
        ],
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
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] == pytest.approx(8 * 3600)


async def test_a_part_of_the_sum_that_is_away_for_a_while(
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
        "1650.2",
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [
            ((2026, 5, 18, 8), "1640.0"),
            ((2026, 5, 19, 20), "1000.0"),
            ((2026, 5, 19, 20, 10), "1648.0"),
            ((2026, 5, 20, 8), "1650.2"),
        ],
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
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] == pytest.approx(8 * 3600)


async def test_a_real_new_beginning_still_counts(
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
        "3.0",
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [
            ((2026, 5, 18, 8), "1640.0"),
            ((2026, 5, 19, 12), "0.0"),
            ((2026, 5, 19, 20), "2.0"),
            ((2026, 5, 20, 8), "3.0"),
        ],
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
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] == pytest.approx(2 * 3600)


async def test_pressed_once_too_often(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "counter.coffee",
        "coffees",
        "1",
        {"step": 1, "initial": 0},
        [
            ((2026, 5, 18, 8), "0"),
            ((2026, 5, 19, 8), "1"),
            ((2026, 5, 19, 9), "2"),
            ((2026, 5, 19, 10), "3"),
            ((2026, 5, 19, 10, 1), "2"),
            ((2026, 5, 19, 15), "3"),
            ((2026, 5, 20, 0, 0, 1), "0"),
            ((2026, 5, 20, 8), "1"),
        ],
    )
    await add_link(
        hass, home, link_data("counter.coffee", "sum", "coffees", 0, template="coffees")
    )
    days = await days_of(hass, "coffees", YESTERDAY)
    assert days[YESTERDAY] == 3


async def test_a_counter_that_starts_at_ten(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "counter.coffee",
        "coffees",
        "11",
        {"step": 1, "initial": 10},
        [
            ((2026, 5, 18, 8), "10"),
            ((2026, 5, 19, 8), "11"),
            ((2026, 5, 19, 9), "12"),
            ((2026, 5, 19, 9, 30), "10"),
            ((2026, 5, 19, 15), "11"),
        ],
    )
    await add_link(
        hass, home, link_data("counter.coffee", "sum", "coffees", 0, template="coffees")
    )
    days = await days_of(hass, "coffees", YESTERDAY)
    assert days[YESTERDAY] == 3


async def test_what_was_taken_off_is_taken_off(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "sensor.balance",
        "money_spent",
        "110",
        {"unit_of_measurement": "EUR", "state_class": "total"},
        [
            ((2026, 5, 18, 8), "100"),
            ((2026, 5, 19, 8), "80"),
            ((2026, 5, 19, 12), "90"),
            ((2026, 5, 19, 20), "105"),
            ((2026, 5, 20, 8), "110"),
        ],
    )
    await add_link(
        hass,
        home,
        link_data("sensor.balance", "sum", "money_spent", 1, template="money_spent"),
    )
    days = await days_of(hass, "money_spent", YESTERDAY)
    assert days[YESTERDAY] == 5
    assert days[TODAY] == 5


async def test_eight_hours_of_a_winter_day_are_enough_for_a_meter(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "sensor.sun_today",
        "active_energy",
        "unavailable",
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [
            ((2026, 5, 18, 8, 30), "0.0"),
            ((2026, 5, 18, 16), "3.0"),
            ((2026, 5, 18, 16, 10), "unavailable"),
            ((2026, 5, 19, 8, 30), "0.0"),
            ((2026, 5, 19, 12), "2.0"),
            ((2026, 5, 19, 16), "4.0"),
            ((2026, 5, 19, 16, 10), "unavailable"),
            ((2026, 5, 20, 8, 30), "0.0"),
            ((2026, 5, 20, 9), "0.5"),
            ((2026, 5, 20, 9, 5), "unavailable"),
        ],
    )
    await add_link(
        hass,
        home,
        link_data(
            "sensor.sun_today",
            "sum",
            "active_energy",
            1,
            template="active_energy",
            unit="kWh",
        ),
    )
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] == pytest.approx(4 * 3600)
    assert days[TODAY] == pytest.approx(0.5 * 3600)


async def test_nothing_that_a_meter_counted_is_lost(
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
        "15",
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [
            ((2026, 5, 18, 8), "8.0"),
            ((2026, 5, 19, 1), "9.0"),
            ((2026, 5, 19, 20), "10.0"),
            ((2026, 5, 19, 22), "unavailable"),
            ((2026, 5, 20, 2), "13.0"),
            ((2026, 5, 20, 11), "15.0"),
        ],
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
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] + days[TODAY] == pytest.approx((15 - 8) * 3600)
    assert days[YESTERDAY] == pytest.approx(2 * 3600)


async def test_the_last_value_of_the_day_is_not_the_next_days_zero(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "sensor.sun_today",
        "active_energy",
        "0.1",
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [
            ((2026, 5, 18, 12), "9.0"),
            ((2026, 5, 18, 23, 58, 20), "0.0"),
            ((2026, 5, 19, 18), "4.0"),
            ((2026, 5, 19, 23, 58, 20), "0.0"),
            ((2026, 5, 20, 9), "0.1"),
        ],
    )
    await add_link(
        hass,
        home,
        link_data(
            "sensor.sun_today",
            "last",
            "active_energy",
            1,
            template="active_energy",
            unit="kWh",
        ),
    )
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] == pytest.approx(4 * 3600)


async def test_the_highest_value_of_the_day_is_not_yesterdays(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    home = await _home(
        hass,
        exist_server,
        add_account,
        "sensor.sun_today",
        "active_energy",
        "0.1",
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [
            ((2026, 5, 18, 12), "9.0"),
            ((2026, 5, 19, 7, 20), "0.0"),
            ((2026, 5, 19, 18), "4.0"),
            ((2026, 5, 20, 7, 20), "0.0"),
            ((2026, 5, 20, 9), "0.1"),
        ],
    )
    await add_link(
        hass,
        home,
        link_data(
            "sensor.sun_today",
            "maximum",
            "active_energy",
            1,
            template="active_energy",
            unit="kWh",
        ),
    )
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] == pytest.approx(4 * 3600)
    assert days[TODAY] == pytest.approx(0.1 * 3600)


async def test_past_days_of_a_daily_total_are_told_by_its_hours(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    own_empty(exist_server, "steps")
    steps = {"state_class": "total", "unit_of_measurement": "steps"}
    await past_of(hass, "sensor.steps", "100", steps, [((2026, 5, 20, 8), "100")])
    counts = [9000, 4000, 12000, 3000, 8000]
    rows = []
    for number, count in enumerate(counts):
        day = at(2026, 4, 1 + number)
        for hour in range(24):
            # Without `last_reset` the sum of statistics falls with the state.
            shown = count * hour / 23
            rows.append(
                {"start": day + timedelta(hours=hour), "state": shown, "sum": shown}
            )
    await import_hours(hass, "sensor.steps", "steps", rows, has_sum=True)
    home = await add_account()
    data = link_data("sensor.steps", "sum", "steps", 0, template="steps", observe=True)
    await add_link(hass, home, data)
    days = await days_of(hass, "steps", "2026-04-01")
    assert [days[f"2026-04-0{number}"] for number in range(1, 6)] == counts


async def test_what_kind_a_meter_is_is_kept_in_the_link_after_seven_days(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    own_empty(exist_server, "steps")
    steps = {"state_class": "total", "unit_of_measurement": "steps"}
    rows: list[tuple[tuple[int, ...], str]] = []
    for number in range(13, 20):
        rows += [((2026, 5, number, 0, 5), "0"), ((2026, 5, number, 12), "2500")]
        rows += [((2026, 5, number, 20), "7000")]
    rows += [((2026, 5, 20, 0, 5), "0"), ((2026, 5, 20, 11), "3000")]
    await past_of(hass, "sensor.steps", "3000", steps, rows)
    home = await add_account()
    data = link_data("sensor.steps", "last", "steps", 0, template="steps")
    link_id = await add_link(hass, home, data)
    assert exist_server.value("ada", "steps", date(2026, 5, 20)) == 3000
    assert home.subentries[link_id].data["kind"] == "daily_total"


async def test_a_car_that_slept_longer_than_is_looked_back(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    kilometres = {"unit_of_measurement": "km", "state_class": "total_increasing"}
    rows = [
        ((2026, 5, 2, 8), "20000"),
        ((2026, 5, 2, 20), "unavailable"),
        ((2026, 5, 20, 8), "20012"),
        ((2026, 5, 20, 9), "20030"),
    ]
    home = await _home(
        hass,
        exist_server,
        add_account,
        "sensor.car",
        "cycle_distance",
        "20030",
        kilometres,
        rows,
        begun=(2026, 5, 1, 7),
    )
    data = link_data(
        "sensor.car", "sum", "cycle_distance", 1, template="cycle_distance", unit="km"
    )
    await add_link(hass, home, data)
    assert (await days_of(hass, "cycle_distance", TODAY))[TODAY] == 30
