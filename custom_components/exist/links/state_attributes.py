"""A state attribute of Home Assistant, read as if it were the state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homeassistant.components.climate.const import HVACAction
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_FRIENDLY_NAME,
    ATTR_UNIT_OF_MEASUREMENT,
    MATCH_ALL,
    PERCENTAGE,
    STATE_OFF,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, State, callback

from .unit_spellings import meant_unit
from .watched import NO_VALUE

# Home Assistant has these in no place that is public.
_NEVER_RECORDED = frozenset({"attribution", "restored", "supported_features"})
_ALWAYS_RECORDED = frozenset(
    {ATTR_DEVICE_CLASS, ATTR_FRIENDLY_NAME, ATTR_UNIT_OF_MEASUREMENT, "state_class"}
)

# State attributes that say the unit of others, where the name is not just the same.
_SAYS_UNIT = {
    "apparent_temperature": "temperature_unit",
    "dew_point": "temperature_unit",
    "wind_gust_speed": "wind_speed_unit",
}
_PERCENTAGES = frozenset(
    {
        "battery_level",
        "cloud_coverage",
        "current_humidity",
        "current_position",
        "current_tilt_position",
        "humidity",
        "percentage",
    }
)
_TEMPERATURES = frozenset(
    {"current_temperature", "target_temp_high", "target_temp_low", "temperature"}
)
_OTHER_NUMBERS = frozenset({"brightness", "color_temp_kelvin", "volume_level"})
# When an automation or a script ran.
LAST_TRIGGERED = "last_triggered"
NUMBERS_BY_NAME = _PERCENTAGES | _TEMPERATURES | _OTHER_NUMBERS
# What a calendar has of an event, whether that has begun or not.
_OF_EVENT = frozenset(
    {"all_day", "description", "end_time", "location", "message", "start_time"}
)
# Where an entity lists what an attribute may be.
_LISTED_IN = {
    "effect": "effect_list",
    "sound_mode": "sound_mode_list",
    "source": "source_list",
    "activity": "activity_list",
    "current_activity": "activity_list",
}


def attribute_state(state: str, attributes: Mapping[str, Any], name: str) -> str:
    """Return the attribute as a state: unknown while the entity is away.

    An entity whose attributes were not kept at all may have had it.
    """
    if state == STATE_UNAVAILABLE or not attributes:
        return STATE_UNAVAILABLE
    value = attributes.get(name)
    if value is None:
        return STATE_UNKNOWN if state == STATE_UNKNOWN else NO_VALUE
    if state == STATE_OFF and name in _OF_EVENT and attributes.keys() >= _OF_EVENT:
        # A calendar shows the next event long before it is under way.
        return NO_VALUE
    if isinstance(value, bool):
        return "true" if value else "false"
    # The recorder writes moments so.
    return value.isoformat() if isinstance(value, datetime) else str(value)


def source_key(entity_id: str, state_attribute: str | None) -> str:
    """Return the key of what was recorded; without a state attribute, the entity id."""
    return entity_id if state_attribute is None else f"{entity_id} {state_attribute}"


def asked_key(
    entity_id: str, state_attribute: str | None, unit: str | None, *, in_unit: bool
) -> str:
    """Return the key of what was recorded, in that unit where it is `in_unit`."""
    source = source_key(entity_id, state_attribute)
    return f"{source} in {unit}" if in_unit else source


def unit_of(attributes: Mapping[str, Any]) -> str | None:
    """Return the unit of an entity's state, as the entity means it."""
    unit: str | None = attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return meant_unit(unit, attributes.get(ATTR_DEVICE_CLASS))


def recorded_unit(attributes: Mapping[str, Any], name: str) -> str | None:
    """Return the unit that other attributes say it has."""
    unit = attributes.get(_SAYS_UNIT.get(name, f"{name}_unit"))
    return meant_unit(unit, None) if isinstance(unit, str) else None


@callback
def async_attribute_unit(hass: HomeAssistant, state: State, name: str) -> str | None:
    """Return the unit of an attribute, as far as it is known."""
    unit = recorded_unit(state.attributes, name)
    if unit is None and name in _PERCENTAGES:
        return PERCENTAGE
    if unit is None and name in _TEMPERATURES:
        return hass.config.units.temperature_unit
    return unit


def attribute_recorded(state: State, name: str) -> bool:
    """Return whether the recorder keeps that attribute, for all that is known now."""
    if name in _NEVER_RECORDED:
        return False
    if state.state_info is None:
        return True
    left_out = state.state_info["unrecorded_attributes"]
    return name not in left_out and (
        MATCH_ALL not in left_out or name in _ALWAYS_RECORDED
    )


def attribute_options(attributes: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return what the entity says the attribute may be."""
    if name == "hvac_action":
        return tuple(each.value for each in HVACAction)
    listed = attributes.get(_LISTED_IN.get(name, f"{name}s"))
    return tuple(map(str, listed)) if isinstance(listed, list | tuple) else ()
