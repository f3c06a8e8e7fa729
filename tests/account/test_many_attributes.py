"""A thousand attributes at once: all appear, in turn with what else goes on."""

from dataclasses import replace

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.exist.entities.attribute_platform import ADDED_AT_ONCE
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..exist_server import ExistServer
from ..writing import settle

MANY = 8 * ADDED_AT_ONCE


def registered(hass: HomeAssistant) -> list[str]:
    """Return the sensors of many attributes, in the order in which they appeared."""
    return [
        each.unique_id.rpartition("filler")[2].strip("_ ")
        for each in er.async_get(hass).entities.values()
        if each.domain == "sensor" and "filler" in each.unique_id
    ]


def shown(hass: HomeAssistant) -> int:
    """Return how many of them have a state that is theirs."""
    return sum(
        "filler" in state.entity_id and state.state != STATE_UNAVAILABLE
        for state in hass.states.async_all("sensor")
    )


WANTED = [f"{number:04}" for number in range(MANY)]


async def test_all_appear_in_order_and_others_have_their_turn(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.fill("ada", MANY)
    events = async_capture_events(hass, EVENT_STATE_CHANGED)
    await account.runtime_data.coordinator.async_refresh()
    assert 0 < len(registered(hass)) <= 2 * ADDED_AT_ONCE
    await hass.async_block_till_done()
    assert registered(hass) == WANTED
    assert shown(hass) == MANY
    gained = [
        event.data["new_state"].attributes["attribute"]
        for event in events
        if event.data["entity_id"] == "event.exist_ada_writing"
    ]
    assert [name.rpartition("_")[2] for name in gained] == WANTED


async def test_an_account_that_is_unloaded_midway_loses_none(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    exist_server.fill("ada", MANY)
    await account.runtime_data.coordinator.async_refresh()
    assert await hass.config_entries.async_unload(account.entry_id)
    await settle(hass)
    assert account.state is ConfigEntryState.NOT_LOADED
    assert 0 < len(registered(hass)) < MANY
    assert shown(hass) == 0
    await hass.config_entries.async_setup(account.entry_id)
    await hass.async_block_till_done()
    assert registered(hass) == WANTED
    assert shown(hass) == MANY
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


async def test_a_poll_meanwhile_adds_none_twice_and_what_vanished_not_at_all(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    names = exist_server.fill("ada", MANY)
    coordinator = account.runtime_data.coordinator
    await coordinator.async_refresh()
    data = coordinator.data
    # The second answer comes before the turn of the last.
    gone = dict(data.attributes)
    del gone[names[-1]]
    coordinator.polls += 1
    coordinator.async_set_updated_data(
        replace(data, attributes=gone, owned=data.owned - {names[-1]})
    )
    await hass.async_block_till_done()
    assert registered(hass) == WANTED[:-1]
    # It comes back with the next poll.
    await coordinator.async_refresh()
    await hass.async_block_till_done()
    assert registered(hass) == WANTED
    assert shown(hass) == MANY
    assert "unique" not in caplog.text
