"""What is charted is found once, until something about it is another."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import CONF_HISTORY_GROUPS
from custom_components.exist.history.choice import ChosenCharts
from homeassistant.core import HomeAssistant

from ..writing import poll


@pytest.mark.shown("mood")
async def test_charts_are_found_once_for_each_poll_and_each_choice(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    chosen = ChosenCharts(hass, account)
    coordinator = account.runtime_data.coordinator
    charts = await chosen.async_get(coordinator.data)
    assert charts["mood"][1] == "ada: Mood"
    assert await chosen.async_get(coordinator.data) is charts

    await poll(hass, account)
    again = await chosen.async_get(coordinator.data)
    assert again is not charts
    assert again == charts

    hass.config.language = "de"
    assert (await chosen.async_get(coordinator.data))["mood"][1].endswith(": Stimmung")
    hass.config_entries.async_update_entry(account, title="Ida")
    assert (await chosen.async_get(coordinator.data))["mood"][1] == "Ida: Stimmung"
    hass.config_entries.async_update_entry(
        account, options={**account.options, CONF_HISTORY_GROUPS: []}
    )
    assert await chosen.async_get(coordinator.data) == {}
