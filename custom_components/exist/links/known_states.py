"""Which states an entity can have, and which of them are most likely meant."""

from collections.abc import Iterable, Sequence

from homeassistant.components.sensor import ATTR_OPTIONS
from homeassistant.const import STATE_HOME, STATE_NOT_HOME, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, callback

from .entering import ABSENT
from .numerals import number_of
from .state_spellings import without_alike
from .subject import Subject
from .watched import NO_VALUE

_PLAYING = ("on", "playing", "paused", "idle", "buffering")
_ON_OR_OFF = (STATE_ON, STATE_OFF)
# So a state attribute is read that is yes or no.
_TRUE_OR_FALSE = ("true", "false")
# What each domain's entities can be; the first of them are meant, so many.
_STATES: dict[str, tuple[int, tuple[str, ...]]] = {
    "alarm_control_panel": (
        1,
        (
            "armed_away",
            "armed_home",
            "armed_night",
            "armed_vacation",
            "armed_custom_bypass",
            "disarmed",
            "arming",
            "pending",
            "triggered",
        ),
    ),
    "alert": (1, (STATE_ON, STATE_OFF, "idle")),
    "assist_satellite": (3, ("listening", "processing", "responding", "idle")),
    # Enabled is what an automation is all the time, and few cameras record.
    "automation": (0, _ON_OR_OFF),
    "camera": (0, ("recording", "streaming", "idle")),
    "climate": (0, ("off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only")),
    "cover": (1, ("open", "closed", "opening", "closing")),
    "lawn_mower": (1, ("mowing", "docked", "paused", "returning", "error")),
    "lock": (1, ("unlocked", "locked", "open", "locking", "unlocking", "jammed")),
    "media_player": (5, (*_PLAYING, STATE_OFF, "standby")),
    "plant": (1, ("problem", "ok")),
    "sun": (1, ("above_horizon", "below_horizon")),
    "timer": (1, ("active", "paused", "idle")),
    "vacuum": (1, ("cleaning", "docked", "returning", "idle", "paused", "error")),
    "valve": (1, ("open", "closed", "opening", "closing")),
    "water_heater": (
        0,
        (
            "off",
            "eco",
            "electric",
            "gas",
            "heat_pump",
            "high_demand",
            "performance",
        ),
    ),
    "weather": (
        0,
        (
            "clear-night",
            "cloudy",
            "exceptional",
            "fog",
            "hail",
            "lightning",
            "lightning-rainy",
            "partlycloudy",
            "pouring",
            "rainy",
            "snowy",
            "snowy-rainy",
            "sunny",
            "windy",
            "windy-variant",
        ),
    ),
}
_SWITCHES = frozenset(
    {
        "binary_sensor",
        "calendar",
        "fan",
        "humidifier",
        "input_boolean",
        "light",
        "remote",
        "schedule",
        "script",
        "siren",
        "switch",
        "update",
    }
)
# What a thermostat that runs is doing.
_WORKING = frozenset({"cooling", "drying", "heating", "preheating"})
_NOT_SHOWN = ABSENT | {NO_VALUE}
_PEOPLE = frozenset({"device_tracker", "person"})
# Of these, all that they do is most likely meant.
_ALL_BUT_OFF = frozenset({"climate", "water_heater"})


@callback
def async_known_states(
    hass: HomeAssistant, subject: Subject, occurred: Sequence[str] = ()
) -> list[str]:
    """Return states that the entity is known to have; a person may name others.

    `occurred` are those of the last days.
    """
    known: list[str] = [*subject.options]
    if subject.watched.state_attribute is not None:
        if subject.state in _TRUE_OR_FALSE:
            known += _TRUE_OR_FALSE
        elif subject.state not in _NOT_SHOWN:
            known.append(subject.state)
        return list(dict.fromkeys(known))
    domain = subject.domain
    if domain in _PEOPLE:
        known += async_places(hass)
    elif domain in _STATES:
        known += [] if known else _STATES[domain][1]
    elif domain in _SWITCHES or subject.state in _ON_OR_OFF:
        known += _ON_OR_OFF
    if subject.state not in ABSENT:
        known.append(subject.state)
    known += occurred
    return list(dict.fromkeys(known))


@callback
def async_places(hass: HomeAssistant) -> list[str]:
    """Return where a person can be: every zone by its name."""
    return [
        STATE_HOME,
        STATE_NOT_HOME,
        *(
            zone.name
            for zone in hass.states.async_all("zone")
            if zone.entity_id != "zone.home"
        ),
    ]


@callback
def async_gone_states(
    hass: HomeAssistant, entity_id: str, chosen: frozenset[str], *, are_steps: bool
) -> frozenset[str]:
    """Return chosen states, or steps, without which the link means nothing any more.

    Each place without a zone; of a list only all of them: it may depend on a mode, or
    was tidied up, and what is left still counts.
    """
    present = hass.states.get(entity_id)
    is_place = entity_id.partition(".")[0] in _PEOPLE
    if is_place:
        known = async_places(hass)
    else:
        # While it is away it may have no list.
        options = present.attributes.get(ATTR_OPTIONS) if present else None
        if not isinstance(options, list | tuple) or not options:
            return frozenset()
        known = [str(each) for each in options]
    if present is not None:
        known.append(present.state)
    # A number stands for itself, and needs no step.
    if are_steps and any(number_of(each) is not None for each in known):
        return frozenset()
    gone = without_alike(chosen, known)
    return gone if is_place or gone == chosen else frozenset()


def impossible_states(
    subject: Subject, chosen: Iterable[str], occurred: Iterable[str] = ()
) -> frozenset[str]:
    """Return chosen states of which it is certain that the entity never has them.

    `occurred` are those of the last days.
    """
    known: list[str] = [*ABSENT, subject.state, *occurred]
    if subject.watched.state_attribute is not None:
        return frozenset()
    if subject.domain in _SWITCHES:
        return without_alike(chosen, (*known, *_ON_OR_OFF))
    if not subject.options:
        return frozenset()
    # A list may depend on the season, or on a mode.
    _, usual = _STATES.get(subject.domain, (0, ()))
    return without_alike(chosen, (*known, *subject.options, *usual))


def likely_states(subject: Subject) -> list[str]:
    """Return the states that are most likely meant; none that cannot be."""
    if subject.watched.state_attribute is not None:
        return [each for each in subject.options if each in _WORKING]
    domain = subject.domain
    if domain in _PEOPLE or subject.state in (STATE_HOME, STATE_NOT_HOME):
        return [STATE_HOME]
    if domain in _STATES:
        number, states = _STATES[domain]
        if domain in _ALL_BUT_OFF:
            return [each for each in subject.options or states if each != STATE_OFF]
        return list(states[:number])
    if domain in _SWITCHES or subject.state in _ON_OR_OFF:
        return [STATE_ON]
    return []
