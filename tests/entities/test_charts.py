"""History: every number is a line, and no class is one that its kind cannot have."""

from datetime import timedelta
import json
from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    do_adhoc_statistics,
)

from custom_components.exist.const import CONF_GROUPS, CONF_POLICIES, DOMAIN, GROUPS
from custom_components.exist.values.kinds import KINDS, Policy
from custom_components.exist.values.templates import DESCRIPTIONS
from homeassistant.components.sensor import DEVICE_CLASS_STATE_CLASSES
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..exist_server.values import ValueType
from ..frontend import is_line
from ..link_home import TV, add_link, link_data
from ..writing import settle

EN = (
    Path(__file__).parent.parent.parent / "custom_components/exist/translations/en.json"
)
OWN = (ValueType.INTEGER, ValueType.FLOAT, ValueType.SCALE, ValueType.PERIOD)


def _sensor(hass: HomeAssistant, name: str) -> State:
    entity_id = er.async_get(hass).async_get_entity_id(
        Platform.SENSOR, DOMAIN, f"ada/attribute/{name}"
    )
    assert entity_id is not None, name
    return state_of(hass, entity_id)


@pytest.mark.parametrize("policy", [None, *Policy])
async def test_every_number_is_a_line_whichever_day_it_shows(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    caplog: pytest.LogCaptureFixture,
    policy: Policy | None,
) -> None:
    own = [
        exist_server.add_attribute("ada", f"Eigen {kind}", "custom", kind).name
        for kind in OWN
    ]
    attributes = exist_server.users["ada"].attributes
    numbers = {
        name
        for name, row in DESCRIPTIONS.items()
        if KINDS[row.value_type].is_number and name in attributes
    }
    assert len(numbers) > 40
    names = [*sorted(numbers), *own]
    exist_server.own("ada", *names)
    for name in names:
        exist_server.set_value(
            "ada", name, None, 0.5 if name in ("body_fat", "weather_cloud_cover") else 5
        )
    policies = dict.fromkeys(names, policy.value) if policy else {}
    await add_account(
        options={CONF_GROUPS: list(GROUPS), CONF_POLICIES: policies},
    )
    for name in names:
        state = _sensor(hass, name)
        assert is_line(state), name
        assert float(state.state) > 0, name
        state_class = state.attributes.get("state_class")
        device_class = state.attributes.get("device_class")
        if device_class and state_class:
            assert state_class in DEVICE_CLASS_STATE_CLASSES[device_class], name
        row = DESCRIPTIONS.get(name)
        if row is not None and row.named_unit:
            # One that follows the language would be a changed one for statistics.
            assert state_class is None, name
    assert "bug report" not in caplog.text


async def test_a_count_is_named_and_what_counts_nothing_named_is_not(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    own = exist_server.add_attribute("ada", "Kniebeugen", "custom", ValueType.INTEGER)
    exist_server.own("ada", "steps", own.name)
    await account.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()
    assert _sensor(hass, "steps").attributes[ATTR_UNIT_OF_MEASUREMENT] == "steps"
    assert not _sensor(hass, own.name).attributes[ATTR_UNIT_OF_MEASUREMENT].strip()
    waiting = state_of(hass, "sensor.exist_ada_values_waiting")
    assert is_line(waiting)


@pytest.mark.usefixtures("recorder_mock")
@pytest.mark.parametrize("name", ["steps", "kniebeugen"])
async def test_a_count_keeps_its_unit_when_it_shows_another_day(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    exist_server.add_attribute("ada", "Kniebeugen", "custom", ValueType.INTEGER)
    exist_server.own("ada", "steps", "kniebeugen")
    exist_server.set_value("ada", name, None, 5144)
    entry = await add_account()
    begin = dt_util.utcnow().replace(second=0, microsecond=0)
    units = set()
    for policy in (Policy.TODAY, Policy.LATEST, Policy.TODAY):
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, CONF_POLICIES: {name: policy.value}}
        )
        await settle(hass)
        state = _sensor(hass, name)
        assert state.state == "5144"
        units.add(state.attributes[ATTR_UNIT_OF_MEASUREMENT])
    assert len(units) == 1
    await get_instance(hass).async_block_till_done()
    do_adhoc_statistics(hass, start=begin - timedelta(minutes=begin.minute % 5))
    await get_instance(hass).async_block_till_done()
    assert "is changing" not in caplog.text


async def test_the_values_of_a_link_to_a_count_are_a_line(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.own("ada", "coffees")
    await linked_home.runtime_data.coordinator.async_refresh()
    times = link_data(TV, "times", "coffees", 0, states=["on"], absent_is_gap=False)
    link_id = await add_link(hass, linked_home, times)
    for key in ("today", "confirmed"):
        entity_id = er.async_get(hass).async_get_entity_id(
            Platform.SENSOR, DOMAIN, f"ada/link/{link_id}/{key}"
        )
        assert entity_id is not None
        assert is_line(state_of(hass, entity_id)), key


def test_each_named_unit_has_a_name_and_nothing_else_has() -> None:
    sensors = json.loads(EN.read_text())["entity"]["sensor"]
    named = {key for key, text in sensors.items() if ATTR_UNIT_OF_MEASUREMENT in text}
    assert named - {"values_waiting"} == {
        name for name, row in DESCRIPTIONS.items() if row.named_unit
    }
