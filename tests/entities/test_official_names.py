"""What is called by Home Assistant's language: names follow it, ids do not."""

import json
from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN, GROUPS
from custom_components.exist.entities.sensors import (
    ATTR_DAYS_DONE,
    ATTR_DAYS_TO_GO,
    ATTR_REQUESTS_LEFT,
)
from homeassistant.const import EntityStateAttribute
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..conftest import AddAccount
from ..exist_server import ExistServer

pytestmark = pytest.mark.shown(*GROUPS)


@pytest.mark.parametrize(
    ("language", "steps", "mood"),
    [("de", "Schritte", "Stimmung"), ("en", "Steps", "Mood"), ("xx", "Steps", "Mood")],
)
async def test_official_names_follow_the_language_and_ids_stay(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    language: str,
    steps: str,
    mood: str,
) -> None:
    hass.config.language = language
    exist_server.own("ada", "mood", manual=True)
    exist_server.users["ada"].attributes["weight"].label = "Kilos of mine"
    await add_account()
    for entity_id, name in (
        ("sensor.exist_ada_steps", steps),
        ("number.exist_ada_mood", mood),
        ("sensor.exist_ada_kilos_of_mine", "Kilos of mine"),
    ):
        state = hass.states.get(entity_id)
        assert state is not None, entity_id
        assert state.name == f"Exist (ada) {name}"


async def test_what_is_told_beside_a_link_and_an_account_has_a_name(
    hass: HomeAssistant, linked_home: MockConfigEntry
) -> None:
    folder = Path(__file__).parents[2] / "custom_components" / DOMAIN / "translations"
    texts = json.loads((folder / "en.json").read_text())["entity"]
    told = set()
    for entity in er.async_entries_for_config_entry(
        er.async_get(hass), linked_home.entry_id
    ):
        state = hass.states.get(entity.entity_id)
        # What Exist says of an attribute is alike for a hundred of them.
        if state is None or entity.domain != "sensor" or "owner" in state.attributes:
            continue
        known = texts["sensor"].get(entity.translation_key, {})
        for name in state.attributes.keys() - {*EntityStateAttribute, "state_class"}:
            if name not in {"options", "template", "yesterday", "date", "manual"}:
                told.add(name)
                assert name in known["state_attributes"], entity.entity_id
    assert {"confirmed_day", "last_write", "edited_days"} <= told
    # They are there once the past is imported.
    history = set(texts["sensor"]["history"]["state_attributes"])
    assert history == {ATTR_DAYS_DONE, ATTR_DAYS_TO_GO, ATTR_REQUESTS_LEFT}


async def test_the_device_of_a_link_says_what_it_is(
    hass: HomeAssistant, linked_home: MockConfigEntry
) -> None:
    devices = dr.async_entries_for_config_entry(
        dr.async_get(hass), linked_home.entry_id
    )
    assert "Link" in {device.model for device in devices}
