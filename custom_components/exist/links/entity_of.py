"""Where a link's entity is now: renames are followed."""

from dataclasses import dataclass
from enum import StrEnum

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .entering import ABSENT
from .link import Link


class Problem(StrEnum):
    """What keeps a link from writing, until somebody does something."""

    ENTITY_GONE = "entity_gone"
    NOT_RECORDED = "not_recorded"
    WRONG_UNIT = "wrong_unit"
    OUT_OF_RANGE = "out_of_range"
    STATE_GONE = "state_gone"
    NOT_OWNED = "not_owned"
    TYPE_CHANGED = "type_changed"


@dataclass(frozen=True, slots=True)
class Found:
    """An entity as it is now: its name and unit."""

    entity_id: str
    unit: str | None


@callback
def async_find(hass: HomeAssistant, link: Link) -> Found | None:
    """Return the link's entity, or None when it is certainly gone or disabled."""
    registered = er.async_get(hass).async_get(link.registry_id or link.entity_id)
    entity_id = registered.entity_id if registered else link.entity_id
    state = hass.states.get(entity_id)
    if state is None:
        is_gone = registered is None or registered.disabled
        if is_gone and hass.state is CoreState.running:
            return None
        unit = registered.unit_of_measurement if registered else None
        return Found(entity_id, unit or link.unit)
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit is None and state.state in ABSENT:
        # An entity that is away often shows no unit: it has not changed it.
        unit = (registered.unit_of_measurement if registered else None) or link.unit
    return Found(entity_id, unit)


@callback
def async_identity(hass: HomeAssistant, link: Link) -> str:
    """Return what names the link's entity for good, whatever it is called."""
    registered = er.async_get(hass).async_get(link.registry_id or link.entity_id)
    return registered.id if registered else link.registry_id or link.entity_id


@callback
def async_is_recorded(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether the recorder keeps the entity's states."""
    from homeassistant.components.recorder.entity_options import is_entity_recorded

    return is_entity_recorded(hass, entity_id)
