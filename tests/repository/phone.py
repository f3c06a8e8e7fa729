"""A phone with Home Assistant's app, as automations see it.

The app's own integration needs packages that nothing here has; its device action and
its event are what an automation meets of it.
"""

from dataclasses import dataclass, field
from typing import Any

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)
import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.template import render_complex
from homeassistant.helpers.typing import ConfigType, TemplateVarsType

DOMAIN = "mobile_app"
TEXTS = ("title", "message", "data")
# Android shows no more.
MOST_BUTTONS = 3


@dataclass
class Phone:
    """What a phone was sent, and the person who holds it."""

    hass: HomeAssistant
    device_id: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)

    def last(self) -> dict[str, Any]:
        """Return the newest notification."""
        return self.sent[-1]

    def buttons(self) -> dict[str, str]:
        """Return the buttons of the newest notification by their words."""
        actions = self.last()["data"]["actions"]
        assert len(actions) <= MOST_BUTTONS
        return {each["title"]: each["action"] for each in actions}

    def tap(self, words: str, reply: str | None = None) -> None:
        """Tap a button; the app fires its event, in the name of the phone's user."""
        told = {"action": self.buttons()[words], "device_id": self.device_id}
        if reply is not None:
            told["reply_text"] = reply
        self.hass.bus.async_fire(
            f"{DOMAIN}_notification_action", told, context=Context(user_id="phone")
        )


def add_phone(hass: HomeAssistant) -> Phone:
    """Add a phone."""
    phone = Phone(hass)
    mock_integration(hass, MockModule(DOMAIN))
    platform = MockPlatform()
    platform.ACTION_SCHEMA = cv.DEVICE_ACTION_BASE_SCHEMA.extend(
        {
            vol.Required("type"): "notify",
            vol.Required("message"): cv.template,
            vol.Optional("title"): cv.template,
            vol.Optional("data"): cv.template_complex,
        }
    )

    async def act(
        hass: HomeAssistant,
        config: ConfigType,
        variables: TemplateVarsType,
        context: Context | None,
    ) -> None:
        phone.sent.append(
            {
                key: render_complex(config[key], variables)
                for key in TEXTS
                if key in config
            }
        )

    platform.async_call_action_from_config = act
    mock_platform(hass, f"{DOMAIN}.device_action", platform)
    entry = MockConfigEntry(domain=DOMAIN, state=ConfigEntryState.LOADED)
    entry.add_to_hass(hass)
    phone.device_id = (
        dr.async_get(hass)
        .async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={(DOMAIN, "phone")}
        )
        .id
    )
    return phone
