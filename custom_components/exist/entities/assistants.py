"""What voice assistants are not given unless the person decides so."""

from typing import Any, Final

from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import (
    DEFAULT_EXPOSED_SENSOR_DEVICE_CLASSES,
    KNOWN_ASSISTANTS,
    async_expose_entity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

EXPOSE: Final = "should_expose"
# Home Assistant exposes these by itself only for some device classes.
_ONLY_SHOWN: Final = (Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR)

type _Registered = er.EventEntityRegistryUpdatedData


@callback
def async_hide_from_assistants(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Expose nothing of a diary that is registered from now on, until the unload.

    Also of what is registered as disabled: Home Assistant decides in the moment in which
    a person enables it.
    """

    @callback
    def hide(event: Event[_Registered]) -> None:
        registered = er.async_get(hass).async_get(event.data["entity_id"])
        if registered and registered.config_entry_id == entry.entry_id:
            _hide(hass, registered)

    entry.async_on_unload(
        hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, hide, event_filter=_is_new
        )
    )


@callback
def _is_new(data: _Registered) -> bool:
    return data["action"] == "create"


def _hide(hass: HomeAssistant, registered: er.RegistryEntry) -> None:
    is_exposed = registered.original_device_class in (
        DEFAULT_EXPOSED_SENSOR_DEVICE_CLASSES
    )
    if registered.domain in _ONLY_SHOWN and not is_exposed:
        return
    if DATA_EXPOSED_ENTITIES not in hass.data:
        return
    for assistant in KNOWN_ASSISTANTS:
        # What was removed once comes back with what the person decided.
        if EXPOSE not in registered.options.get(assistant, {}):
            async_expose_entity(hass, assistant, registered.entity_id, False)
