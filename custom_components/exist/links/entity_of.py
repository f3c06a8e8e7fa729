"""Where a link's entity is now: renames are followed."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import CoreState, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er

from .entering import ABSENT
from .link import EntityRef, Link
from .state_attributes import async_attribute_unit, source_key, unit_of
from .unit_spellings import meant_unit


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
    """An entity as it is now: its name and unit.

    Before `since`, in seconds of UTC, it certainly did not exist.
    """

    entity_id: str
    unit: str | None
    since: float = -inf


@callback
def async_find(hass: HomeAssistant, link: Link, ref: EntityRef) -> Found | None:
    """Return one of the link's entities, or None when it is certainly gone or disabled."""
    registered = er.async_get(hass).async_get(ref.lasting_id)
    entity_id = registered.entity_id if registered else ref.entity_id
    state = hass.states.get(entity_id)
    since = registered.created_at.timestamp() if registered else -inf
    name = link.watched.state_attribute
    device_class = _device_class(state, registered) if name is None else None
    known = registered.unit_of_measurement if registered and name is None else None
    known = meant_unit(known or link.unit, device_class)
    if state is None:
        is_gone = registered is None or registered.disabled
        if is_gone and hass.state is CoreState.running:
            return None
        return Found(entity_id, known, since)
    if name is not None:
        unit = async_attribute_unit(hass, state, name)
    else:
        unit = unit_of(state.attributes)
    if unit is None and state.state in ABSENT:
        # An entity that is away often shows no unit: it has not changed it.
        unit = known
    return Found(entity_id, unit, since)


def _device_class(
    state: State | None, registered: er.RegistryEntry | None
) -> str | None:
    if state is not None and ATTR_DEVICE_CLASS in state.attributes:
        shown: str | None = state.attributes[ATTR_DEVICE_CLASS]
        return shown
    if registered is None:
        return None
    return registered.device_class or registered.original_device_class


@callback
def async_identity(hass: HomeAssistant, ref: EntityRef) -> str:
    """Return what names a link's entity for good, whatever it is called."""
    registered = er.async_get(hass).async_get(ref.lasting_id)
    return registered.id if registered else ref.lasting_id


@callback
def async_is_recorded(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether the recorder keeps the entity's states."""
    from homeassistant.components.recorder.entity_options import is_entity_recorded

    return is_entity_recorded(hass, entity_id)


@callback
def async_kept_key(hass: HomeAssistant, ref: EntityRef, name: str) -> str:
    """Return what names a state attribute for good, whatever its entity is called."""
    return source_key(async_identity(hass, ref), name)
