"""The form of a link speaks of states and state attributes as Home Assistant does."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import (
    asks_for,
    beforehand,
    edit,
    field_of,
    finish,
    offered,
    refused,
    said,
    start,
    submit,
    walk,
)
from ..link_home import at, set_runs

FLAT = "climate.flat"
DOOR = "binary_sensor.door"


@pytest.fixture
async def home(
    recorder_mock: None,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account at a home with a thermostat and a door."""
    freezer.move_to(at(2026, 5, 20, 12))
    for domain in ("binary_sensor", "climate"):
        assert await async_setup_component(hass, domain, {})
    hass.states.async_set(
        FLAT,
        "heat",
        {"friendly_name": "Flat", "hvac_action": "heating", "hvac_modes": ["heat"]},
    )
    hass.states.async_set(
        DOOR, "off", {"friendly_name": "Door", "device_class": "door"}
    )
    await set_runs(hass, [], at(2026, 5, 18, 7))
    return await add_account()


async def test_a_state_attribute_by_the_name_that_is_shown(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    page = await start(hass, home)
    given = {"entity": FLAT, "more": {"state_attribute": "Current motion"}}
    page = await submit(hass, page, given)
    assert "doesn't have this state attribute" in refused(page)
    # Now that the entity is known, its state attributes are listed.
    assert field_of(page, "state_attribute").config["entity_id"] == FLAT
    given["more"] = {"state_attribute": "current action"}
    page = await walk(hass, page, given)
    assert "**Flat · Current action** is currently Heating." in said(page)
    page = await walk(hass, page, {"aggregate": "time_in"})
    assert "**Flat · Current action** is currently Heating." in said(page)
    assert offered(page, "states")["preheating"] == "Preheating"
    # What is typed as it is shown is meant, too.
    page = await walk(hass, page, {"states": ["Heating", "heating", "defrosting"]})
    assert "**Flat · Current action**" in said(page)
    page = await walk(hass, page, {"target": "new"}, {"group": "health"})
    link = await finish(hass, home, page)
    assert link.data["state_attribute"] == "hvac_action"
    assert link.data["states"] == ["heating", "defrosting"]
    page = await edit(hass, home, link.subentry_id)
    assert said(page).startswith("**Flat · Current action**: time")
    page = await walk(hass, page, "entity")
    assert "state_attribute" in asks_for(page)
    assert field_of(page, "state_attribute").config["entity_id"] == FLAT


async def test_a_name_that_home_assistant_does_not_have(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.washer", "on", {"wash_phase": "rinse"})
    given = {"entity": "sensor.washer", "more": {"state_attribute": "wash_phase"}}
    page = await walk(hass, await start(hass, home), given)
    assert "**sensor.washer · Wash phase** is currently rinse." in said(page)


async def test_states_are_called_as_they_are_shown(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    page = await walk(hass, await start(hass, home), {"entity": DOOR})
    assert "**Door** is currently Closed." in said(page)
    page = await walk(hass, page, {"aggregate": "times"})
    assert offered(page, "states") == {"on": "Open", "off": "Closed"}
    assert beforehand(page, "states") == ["on"]


async def test_an_entity_of_an_integration_with_words_of_its_own(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    """Sleep and the moon have no states in common with other sensors."""
    assert await async_setup_component(hass, "moon", {})
    registered = er.async_get(hass).async_get_or_create(
        "sensor", "moon", "moon", translation_key="phase"
    )
    hass.states.async_set(registered.entity_id, "full_moon", {"friendly_name": "Moon"})
    page = await walk(hass, await start(hass, home), {"entity": registered.entity_id})
    assert "**Moon** is currently Full moon." in said(page)


async def test_a_number_with_a_bound_keeps_its_unit(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.room", "21.5", {"unit_of_measurement": "°C"})
    given = {"entity": "sensor.room", "more": {"above": 20}}
    page = await walk(hass, await start(hass, home), given)
    assert "**sensor.room** is currently 21.5 °C." in said(page)
