"""The attribute page: what fits first, then a new one, and nothing that never can."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import beforehand, edit, offered, start, walk
from ..link_home import add_link, at, link_data
from ..writing import settle


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
    """Load an account that owns a number and a count of its own."""
    exist_server.own("ada", "stromkosten")
    exist_server.add_attribute("ada", "Electricity", "finance", 1, name="electricity")
    return await add_account()


class Case(NamedTuple):
    """What stands before a new attribute, in order, what after it, and what nowhere."""

    entity: str
    state: str
    attributes: Mapping[str, Any]
    aggregate: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()


TOTAL = {"state_class": "total_increasing"}
KWH = {**TOTAL, "unit_of_measurement": "kWh", "device_class": "energy"}
CASES = (
    # What a house uses is neither eaten nor burned; a label that it bears is its own.
    Case(
        "sensor.electricity_meter",
        "5301",
        KWH,
        "sum",
        before=("name:electricity",),
        after=("name:stromkosten", "name:active_energy", "template:energy"),
        nowhere=("name:coffees", "name:mood", "name:steps", "name:weight"),
    ),
    Case(
        "sensor.ring_calories",
        "300",
        {
            **TOTAL,
            "unit_of_measurement": "kcal",
            "device_class": "energy",
            "friendly_name": "Ring active calories",
        },
        "sum",
        before=("name:active_energy", "template:energy"),
        nowhere=("name:coffees", "name:mood"),
    ),
    Case(
        "sensor.water_meter",
        "81",
        {**TOTAL, "unit_of_measurement": "L", "device_class": "water"},
        "sum",
        after=("name:water",),
        nowhere=("name:coffees",),
    ),
    Case(
        "sensor.phone_steps",
        "5144",
        {**TOTAL, "unit_of_measurement": "steps", "friendly_name": "Phone steps"},
        "sum",
        before=("name:steps",),
        after=("name:coffees", "name:floors"),
        nowhere=("name:mood", "name:steps_distance"),
    ),
    Case(
        "input_number.mood",
        "7",
        {"min": 1, "max": 9, "friendly_name": "Mood"},
        "last",
        before=("name:mood",),
        after=("name:energy_level", "name:coffees"),
    ),
    Case(
        "sensor.balance",
        "12",
        {"unit_of_measurement": "EUR", "device_class": "monetary"},
        "last",
        after=("name:stromkosten", "template:money_spent"),
        nowhere=("name:coffees", "name:mood", "name:weight"),
    ),
    # What a room has is no money; an attribute of one's own may be meant for it.
    Case(
        "sensor.living_room",
        "21",
        {
            "state_class": "measurement",
            "unit_of_measurement": "°C",
            "device_class": "temperature",
        },
        "mean",
        after=("name:weather_temp_max",),
        nowhere=("name:coffees",),
    ),
    Case(
        "media_player.tv",
        "off",
        {"friendly_name": "TV"},
        "time_in",
        before=("name:tv_min",),
        after=("name:meditation_min",),
    ),
    Case(
        "binary_sensor.heater",
        "off",
        {"friendly_name": "Heater"},
        "time_in",
        after=("template:gaming_min", "name:tv_min"),
        nowhere=("name:body_fat",),
    ),
)


async def _targets(
    hass: HomeAssistant, home: MockConfigEntry, case: Case
) -> dict[str, str]:
    hass.states.async_set(case.entity, case.state, case.attributes)
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": case.entity},
        {"aggregate": case.aggregate},
    )
    if page["step_id"] == "states":
        page = await walk(hass, page, {"states": ["on"]})
    # Nobody gets any of it without a choice.
    assert beforehand(page, "target") is None
    return offered(page, "target")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.entity)
async def test_what_fits_best_comes_first(
    hass: HomeAssistant, home: MockConfigEntry, case: Case
) -> None:
    keys = list(await _targets(hass, home, case))
    new = keys.index("new")
    assert tuple(keys[: len(case.before)]) == case.before
    assert {keys.index(each) > new for each in case.after} <= {True}
    assert not set(case.nowhere) & set(keys)


async def test_what_a_link_fills_is_offered_for_good(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    """A link that was made when more was offered must not lose its attribute."""
    exist_server.own("ada", "coffees")
    await home.runtime_data.coordinator.async_refresh()
    hass.states.async_set("sensor.meter", "5301", KWH)
    link_id = await add_link(
        hass, home, link_data("sensor.meter", "sum", "coffees", 0, unit="kWh")
    )
    page = await walk(hass, await edit(hass, home, link_id), "attribute")
    assert beforehand(page, "target") == "name:coffees"
    page = await walk(hass, page, {}, "finish", {})
    assert page["reason"] == "reconfigure_successful"
    await settle(hass)


async def test_a_name_says_nothing_of_a_state_attribute(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set(
        "media_player.tv", "off", {"friendly_name": "TV", "source": "Netflix"}
    )
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "media_player.tv", "more": {"state_attribute": "source"}},
        {"aggregate": "time_in"},
        {"states": ["Netflix"]},
    )
    assert next(iter(offered(page, "target"))) == "new"
