"""What voice assistants are not given unless the person decides so."""

from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import (
    KNOWN_ASSISTANTS,
    async_expose_entity,
    async_get_entity_settings,
)
from homeassistant.core import HomeAssistant, callback

EXPOSE = "should_expose"


@callback
def async_hide_from_assistants(hass: HomeAssistant, entity_id: str) -> None:
    """Expose nothing that writes a diary, unless the person decided already."""
    if DATA_EXPOSED_ENTITIES not in hass.data:
        return
    settings = async_get_entity_settings(hass, entity_id)
    for assistant in KNOWN_ASSISTANTS:
        if EXPOSE not in settings.get(assistant, {}):
            async_expose_entity(hass, assistant, entity_id, False)
