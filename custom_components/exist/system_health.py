"""What system health says of Exist."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .account.server import async_get_server
from .const import DOMAIN
from .runtime import ExistConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register the callback."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[ExistConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    runtimes = [entry.runtime_data for entry in entries]
    answers = [
        polled
        for runtime in runtimes
        if (polled := runtime.coordinator.last_poll) is not None
    ]
    return {
        "can_reach_server": system_health.async_check_can_reach_url(
            hass, async_get_server(hass)
        ),
        "accounts": len(runtimes),
        # Of the account that has waited longest.
        "last_answer": min(answers, default=None),
        "requests_left": ", ".join(
            str(runtime.client.budget.remaining) for runtime in runtimes
        ),
        "owned": sum(len(runtime.coordinator.data.owned) for runtime in runtimes),
    }
