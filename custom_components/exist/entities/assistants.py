"""What voice assistants are not given unless the person decides so."""

from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import (
    DEFAULT_EXPOSED_SENSOR_DEVICE_CLASSES,
    KNOWN_ASSISTANTS,
    async_expose_entity,
    async_get_entity_settings,
)
from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback

EXPOSE = "should_expose"


@callback
def async_hide_from_assistants(hass: HomeAssistant, entity_id: str) -> None:
    """Expose nothing of a diary, unless the person decided already."""
    if DATA_EXPOSED_ENTITIES not in hass.data:
        return
    settings = async_get_entity_settings(hass, entity_id)
    for assistant in KNOWN_ASSISTANTS:
        if EXPOSE not in settings.get(assistant, {}):
            async_expose_entity(hass, assistant, entity_id, False)


@callback
def async_hide_sensor(sensor: SensorEntity) -> None:
    """Do so with a sensor of a class that Home Assistant exposes by itself."""
    if sensor.device_class in DEFAULT_EXPOSED_SENSOR_DEVICE_CLASSES:
        async_hide_from_assistants(sensor.hass, sensor.entity_id)
