"""The action that answers with a dashboard of the account, ready to paste."""

from typing import Any

from homeassistant.core import ServiceCall

from ..dashboard.gather import async_belongings
from ..dashboard.layout import TEXTS, dashboard
from ..dashboard.spelling import spelling_of
from ..notices.translated import async_text
from ..runtime import ExistConfigEntry


async def async_get_dashboard(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return a dashboard of what is there now, in Home Assistant's language."""
    texts = {key: await async_text(call.hass, f"dashboard_{key}") for key in TEXTS}
    spelling = spelling_of(call.hass.config.language)
    return dashboard(await async_belongings(call.hass, entry), texts, spelling)
