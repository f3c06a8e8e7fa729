"""Which states the form of a link takes, and what it says of those that cannot be."""

from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import beforehand, offered, refused, start, submit, walk
from ..link_home import at, record, set_runs


@pytest.fixture
async def home(
    recorder_mock: None,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account."""
    freezer.move_to(at(2026, 5, 20, 12))
    await set_runs(hass, [], at(2026, 5, 18, 7))
    return await add_account()


async def _states(
    hass: HomeAssistant, home: MockConfigEntry, entity: str, **more: Any
) -> Any:
    page = await walk(hass, await start(hass, home), {"entity": entity, "more": more})
    return await walk(hass, page, {"aggregate": "time_in"})


async def test_what_is_on_or_off_is_nothing_else(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("switch.pump", "off")
    page = await _states(hass, home, "switch.pump")
    page = await submit(hass, page, {"states": ["on", "running"]})
    assert "can't have one of these states" in refused(page)
    assert beforehand(page, "states") == ["on", "running"]
    page = await walk(hass, page, {"states": [" ON ", "Unavailable", " "]})
    assert page["step_id"] == "attribute"


@pytest.mark.parametrize(
    ("entity", "state", "attributes", "never", "chosen"),
    [
        # Of a thermostat these are what it is told, not what it does.
        ("climate.flat", "heat", {"hvac_modes": ["off", "heat"]}, "heating", "cool"),
        ("select.mode", "Eco", {"options": ["Eco", "Fast"]}, "Slow", "fast"),
        (
            "sensor.dryer",
            "idle",
            {"device_class": "enum", "options": ["idle", "run"]},
            "finished",
            "Run",
        ),
    ],
)
async def test_what_lists_its_states_has_no_other(
    hass: HomeAssistant,
    home: MockConfigEntry,
    entity: str,
    state: str,
    attributes: dict[str, Any],
    never: str,
    chosen: str,
) -> None:
    hass.states.async_set(entity, state, attributes)
    page = await _states(hass, home, entity)
    page = await submit(hass, page, {"states": [never]})
    assert "can't have one of these states" in refused(page)
    page = await walk(hass, page, {"states": [chosen]})
    assert page["step_id"] == "attribute"


@pytest.mark.parametrize("entity", ["sensor.washer", "person.bo"])
async def test_what_may_be_anything_takes_any_state(
    hass: HomeAssistant, home: MockConfigEntry, entity: str
) -> None:
    hass.states.async_set(entity, "idle")
    page = await _states(hass, home, entity)
    page = await walk(hass, page, {"states": ["running"]})
    assert page["step_id"] == "attribute"


async def test_a_state_attribute_that_is_yes_or_no_is_offered_as_both(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("binary_sensor.phone", "on", {"is_charging": False})
    page = await _states(
        hass, home, "binary_sensor.phone", state_attribute="is_charging"
    )
    assert list(offered(page, "states")) == ["true", "false"]


@pytest.mark.parametrize("entity", ["automation.blinds", "script.morning"])
async def test_how_often_an_automation_ran(
    hass: HomeAssistant, home: MockConfigEntry, entity: str
) -> None:
    ran = datetime.fromisoformat("2026-05-20T07:30:00+00:00")
    hass.states.async_set(entity, "on", {"last_triggered": ran})
    given = {"entity": entity, "more": {"state_attribute": "last_triggered"}}
    page = await walk(hass, await start(hass, home), given)
    rules = ["times", "first_time", "last_time", "ever"]
    assert list(offered(page, "aggregate")) == rules
    page = await walk(hass, page, {"aggregate": "times"})
    assert page["step_id"] == "attribute"


async def test_a_state_attribute_that_is_a_moment_has_a_time_of_day(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    moment = datetime.fromisoformat("2026-05-20T07:30:00+00:00")
    hass.states.async_set("sensor.walk", "3", {"ended": moment, "route": [1, 2]})
    given = {"entity": "sensor.walk", "more": {"state_attribute": "ended"}}
    page = await walk(hass, await start(hass, home), given)
    assert list(offered(page, "aggregate")) == ["last", "first"]
    given["more"] = {"state_attribute": "route"}
    page = await submit(hass, await start(hass, home), given)
    assert refused(page).startswith("Dates and lists can't become a daily value.")


async def test_how_long_is_no_time_of_day(
    hass: HomeAssistant, home: MockConfigEntry, exist_server: ExistServer
) -> None:
    exist_server.own("ada", "sleep", "sleep_start")
    hass.states.async_set("sensor.night", "7:32", {"device_class": "duration"})
    page = await walk(hass, await start(hass, home), {"entity": "sensor.night"})
    page = await walk(hass, page, {"aggregate": "last"})
    assert not [each for each in offered(page, "target") if "sleep_start" in each]
    assert [each for each in offered(page, "target") if "sleep" in each]


@pytest.mark.parametrize(
    ("shown", "rules", "target"),
    [
        (("21.5", "22"), ["mean", "last", "first"], None),
        (("7:30", "6:10"), ["last", "first"], "sleep"),
        (("23:10", "22:50"), ["last", "first"], "sleep_start"),
        (("Run", "7"), ["time_in", "times", "first_time"], None),
        ((), ["time_in", "times", "first_time"], None),
    ],
)
async def test_a_sensor_that_is_away_is_what_it_showed(
    hass: HomeAssistant,
    home: MockConfigEntry,
    exist_server: ExistServer,
    shown: tuple[str, ...],
    rules: list[str],
    target: str | None,
) -> None:
    exist_server.own("ada", "sleep", "sleep_start")
    await home.runtime_data.coordinator.async_refresh()
    hass.states.async_set("sensor.away", "unavailable")
    rows = [(at(2026, 5, 18 + index, 8), each) for index, each in enumerate(shown)]
    await record(hass, {"sensor.away": rows})
    page = await walk(hass, await start(hass, home), {"entity": "sensor.away"})
    assert list(offered(page, "aggregate"))[:3] == rules
    if target is not None:
        page = await walk(hass, page, {"aggregate": "last"})
        assert f"name:{target}" in offered(page, "target")
