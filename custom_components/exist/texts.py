"""Translated texts for answers and notifications."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN


async def async_text(hass: HomeAssistant, key: str, **names: str) -> str:
    """Return one of the texts of `exceptions`, in Home Assistant's language."""
    texts = await async_get_translations(
        hass, hass.config.language, "exceptions", [DOMAIN]
    )
    return texts[f"component.{DOMAIN}.exceptions.{key}.message"].format(**names)
