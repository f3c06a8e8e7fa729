"""What an entity is as it is watched, and which rules it may have then."""

from typing import Any

import pytest

from custom_components.exist.api import ValueType
from custom_components.exist.links.aggregate import Aggregate
from custom_components.exist.links.known_states import async_known_states, likely_states
from custom_components.exist.links.new_value_type import new_value_type
from custom_components.exist.links.state_attributes import attribute_recorded
from custom_components.exist.links.subject import (
    Subject,
    allowed,
    async_linked_subject,
    async_subject,
    proposed,
)
from custom_components.exist.links.watched import Condition, Watched
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity import StateInfo

ABOVE = Condition(above=50)
STEPS = ("low", "mid", "high")


def _seen(
    hass: HomeAssistant,
    entity: str,
    state: str,
    attributes: dict[str, Any],
    **watched: Any,
) -> Subject:
    hass.states.async_set(entity, state, attributes)
    subject = async_subject(hass, entity, Watched(**watched))
    assert subject is not None
    assert subject == async_linked_subject(hass, entity, Watched(**watched))
    return subject


@pytest.mark.parametrize(
    ("entity", "state", "attributes", "watched", "kind", "unit"),
    [
        ("sensor.a", "5", {"unit_of_measurement": "W"}, {}, "number", "W"),
        (
            "sensor.a",
            "5",
            {"unit_of_measurement": "W"},
            {"condition": ABOVE},
            "state",
            "W",
        ),
        ("sensor.a", "on foot", {}, {"condition": ABOVE}, "other", None),
        ("input_select.a", "low", {}, {}, "word", None),
        ("input_select.a", "low", {}, {"steps": STEPS}, "number", None),
        ("light.a", "on", {}, {"steps": STEPS}, "other", None),
        (
            "input_select.a",
            "low",
            {},
            {"steps": STEPS, "condition": Condition(above=1)},
            "state",
            None,
        ),
        (
            "climate.a",
            "heat",
            {"hvac_action": "idle"},
            {"state_attribute": "hvac_action"},
            "word",
            None,
        ),
        (
            "climate.a",
            "heat",
            {"current_temperature": 20.5},
            {"state_attribute": "current_temperature"},
            "number",
            "°C",
        ),
        (
            "weather.a",
            "sunny",
            {"dew_point": 50, "temperature_unit": "°F"},
            {"state_attribute": "dew_point"},
            "number",
            "°F",
        ),
        (
            "weather.a",
            "sunny",
            {"humidity": 50},
            {"state_attribute": "humidity"},
            "number",
            "%",
        ),
        # What it does not have just now is known by its name.
        (
            "light.a",
            "off",
            {"brightness": None},
            {"state_attribute": "brightness"},
            "number",
            None,
        ),
        (
            "light.a",
            "off",
            {},
            {"state_attribute": "glow", "condition": ABOVE},
            "state",
            None,
        ),
        ("sun.a", "x", {"rising": True}, {"state_attribute": "rising"}, "state", None),
        ("sensor.a", "x", {"at": "7:30"}, {"state_attribute": "at"}, "clock", None),
        ("light.a", "on", {"rgb": [1, 2]}, {"state_attribute": "rgb"}, "other", None),
    ],
)
async def test_what_an_entity_is_as_it_is_watched(
    hass: HomeAssistant,
    entity: str,
    state: str,
    attributes: dict[str, Any],
    watched: dict[str, Any],
    kind: str,
    unit: str | None,
) -> None:
    subject = _seen(hass, entity, state, attributes, **watched)
    assert (subject.kind, subject.unit) == (kind, unit)


async def test_a_condition_is_counted_as_states_are_and_asks_for_none(
    hass: HomeAssistant,
) -> None:
    unit = {"unit_of_measurement": "ppm"}
    subject = _seen(hass, "sensor.co2", "900", unit, condition=ABOVE)
    assert proposed(subject) is Aggregate.TIME_IN
    assert not subject.asks_for_states(Aggregate.TIME_IN)
    assert subject.value_types(Aggregate.TIME_IN) == (
        ValueType.DURATION,
        ValueType.PERCENTAGE,
    )


async def test_steps_make_a_scale(hass: HomeAssistant) -> None:
    subject = _seen(hass, "input_select.mood", "mid", {}, steps=STEPS)
    assert proposed(subject) is Aggregate.LAST
    assert Aggregate.SUM not in allowed(subject)
    assert new_value_type(subject, Aggregate.LAST) is ValueType.SCALE
    assert new_value_type(subject, Aggregate.MEAN) is ValueType.DECIMAL
    many = tuple(map(str, range(12)))
    long = _seen(hass, "input_select.mood", "3", {}, steps=many)
    assert new_value_type(long, Aggregate.LAST) is ValueType.INTEGER


async def test_what_several_can_have(hass: HomeAssistant) -> None:
    total = {"unit_of_measurement": "kWh", "state_class": "total"}
    meter = _seen(hass, "sensor.meter", "5", total)
    assert allowed(meter)[0] is Aggregate.SUM
    lowest = {Aggregate.MINIMUM, Aggregate.MAXIMUM}
    assert lowest <= {*allowed(meter)}
    assert not lowest & {*allowed(meter, several=True)}
    word = _seen(hass, "input_select.mood", "mid", {})
    assert Aggregate.LAST in allowed(word)
    assert Aggregate.LAST not in allowed(word, several=True)
    assert Aggregate.TIME_IN in allowed(word, several=True)
    note = _seen(hass, "input_text.note", "Hi", {})
    assert not allowed(note, several=True)


async def test_states_of_a_state_attribute(hass: HomeAssistant) -> None:
    action = _seen(
        hass,
        "climate.flat",
        "heat",
        {"hvac_action": "idle", "hvac_modes": ["heat", "off"]},
        state_attribute="hvac_action",
    )
    known = async_known_states(hass, action)
    assert {"heating", "idle", "off"} <= {*known}
    assert "heat" not in known
    assert set(likely_states(action)) <= {*known} - {"idle", "off"}
    assert "heating" in likely_states(action)
    source = _seen(
        hass,
        "media_player.tv",
        "on",
        {"source": "HDMI 1", "source_list": ["HDMI 1", "Radio"]},
        state_attribute="source",
    )
    assert async_known_states(hass, source) == ["HDMI 1", "Radio"]
    assert likely_states(source) == []
    # A television that is off has no source, and is away for no time of it.
    assert source.absent_is_gap
    off = _seen(hass, "media_player.tv", "off", {}, state_attribute="source")
    assert async_known_states(hass, off) == []


def test_what_the_recorder_leaves_out() -> None:
    state = State("light.a", "on", {"brightness": 5, "effect": "x"})
    assert attribute_recorded(state, "brightness")
    assert not attribute_recorded(state, "supported_features")
    state.state_info = StateInfo(unrecorded_attributes=frozenset({"brightness"}))
    assert not attribute_recorded(state, "brightness")
    assert attribute_recorded(state, "effect")
    state.state_info = StateInfo(unrecorded_attributes=frozenset({"*"}))
    assert not attribute_recorded(state, "effect")
    assert attribute_recorded(state, "device_class")
