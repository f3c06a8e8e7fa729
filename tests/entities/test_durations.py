"""Durations: what the frontend shows equals Exist's minutes."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN
from custom_components.exist.links import LinkView
from homeassistant.components.sensor import SensorEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..exist_server.values import ValueType
from ..frontend import minutes_on_screen
from ..writing import settle

EVERY_MINUTE = range(1441)
AT_ONCE = 131


def _sensor(hass: HomeAssistant, unique_id: str) -> str:
    found = er.async_get(hass).async_get_entity_id(Platform.SENSOR, DOMAIN, unique_id)
    assert found is not None, unique_id
    return found


def _templates(server: ExistServer) -> Iterable[str]:
    return (
        name
        for name, attribute in server.users["ada"].attributes.items()
        if attribute.value_type == ValueType.PERIOD
    )


async def test_every_minute_of_a_day_is_shown_as_it_is(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    names = [
        exist_server.add_attribute(
            "ada", f"Dauer {index}", "media", ValueType.PERIOD
        ).name
        for index in range(AT_ONCE)
    ]
    entry = await add_account()
    shown = {}
    for first in range(0, len(EVERY_MINUTE), AT_ONCE):
        for index, name in enumerate(names):
            exist_server.set_value("ada", name, None, first + index)
        await entry.runtime_data.coordinator.async_refresh()
        await settle(hass)
        for index, name in enumerate(names):
            sensor = _sensor(hass, f"ada/attribute/{name}")
            shown[first + index] = minutes_on_screen(hass, sensor)
    assert shown == {minutes: (minutes, 0) for minutes in EVERY_MINUTE}


@pytest.mark.parametrize("minutes", [1, 7, 20, 475, 1439])
async def test_every_official_duration_is_shown_as_it_is(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    minutes: int,
) -> None:
    names = list(_templates(exist_server))
    assert len(names) > 15
    exist_server.own("ada", *names)
    for name in names:
        exist_server.set_value("ada", name, None, minutes)
    await account.runtime_data.coordinator.async_refresh()
    await settle(hass)
    for name in names:
        assert minutes_on_screen(hass, _sensor(hass, f"ada/attribute/{name}")) == (
            minutes,
            0,
        )


@pytest.mark.parametrize("key", ["today", "confirmed"])
async def test_every_minute_of_a_link_is_shown_as_it_is(
    hass: HomeAssistant, linked_home: MockConfigEntry, key: str
) -> None:
    [link_id] = linked_home.subentries
    entity_id = _sensor(hass, f"ada/link/{link_id}/{key}")
    entity = hass.data[DATA_INSTANCES]["sensor"].get_entity(entity_id)
    assert isinstance(entity, SensorEntity)
    assert minutes_on_screen(hass, entity_id) == (70, 0)
    views: dict[str, LinkView] = linked_home.runtime_data.links.views
    view = views[link_id]
    assert view.confirmed is not None
    shown = {}
    for minutes in EVERY_MINUTE:
        views[link_id] = replace(
            view, value=minutes, confirmed=(view.confirmed[0], minutes)
        )
        entity.async_write_ha_state()
        shown[minutes] = minutes_on_screen(hass, entity_id)
    assert shown == {minutes: (minutes, 0) for minutes in EVERY_MINUTE}
