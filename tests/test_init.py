"""Set-up, unload and what an account shows."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .exist_server import ExistServer


async def test_a_poll_of_a_usual_account_costs_three_requests(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    """Profile, owned list and values."""
    assert account.state is ConfigEntryState.LOADED
    assert exist_server.requests.total() == 3
