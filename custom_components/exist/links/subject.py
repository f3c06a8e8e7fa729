"""What an entity is, and which aggregates make sense for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
import re

from homeassistant.components.sensor import (
    ATTR_OPTIONS,
    ATTR_STATE_CLASS,
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_FRIENDLY_NAME,
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    STATE_HOME,
    STATE_NOT_HOME,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util.unit_conversion import DurationConverter

from ..api import ValueType
from .aggregate import ABOUT_STATES, ABSENT, Aggregate, number_of


class SubjectKind(StrEnum):
    """What the states of an entity are like."""

    NUMBER = "number"
    METER = "meter"
    STATE = "state"
    WORD = "word"
    """Named states that may also be kept as a text."""
    TEXT = "text"
    MOMENT = "moment"
    """Each state is the moment of a press or an event."""
    OTHER = "other"


_MOMENTS = frozenset({"button", "event", "input_button", "scene"})
_NUMBERS = frozenset({"input_number", "number", "proximity", "zone"})
_TEXTS = frozenset({"input_text", "text"})
_WORDS = frozenset({"input_select", "select", "weather"})
_TOTALS = frozenset({SensorStateClass.TOTAL, SensorStateClass.TOTAL_INCREASING})
_TIMES = frozenset({SensorDeviceClass.TIMESTAMP, SensorDeviceClass.DATE})
# These are unavailable when they are off.
_AWAY_WHEN_OFF = frozenset({"media_player", "remote"})
_PLAYING = ("on", "playing", "paused", "idle", "buffering")

# What a person enters or measures now and then: its mean over time means nothing.
_ENTERED = frozenset({"input_number", "number"})
_NOW_AND_THEN = frozenset(
    {
        SensorDeviceClass.BLOOD_GLUCOSE_CONCENTRATION,
        SensorDeviceClass.DURATION,
        SensorDeviceClass.MONETARY,
        SensorDeviceClass.WEIGHT,
    }
)
# Rooms have temperature and pressure as well; these words tell whose it is.
_BODY = re.compile(r"\b(body|basal|blood|fever)\b|\b(körper|blut|fieber)")
_BODY_WITHOUT_CLASS = re.compile(
    r"\b(weight|bmi|(lean|muscle|bone|fat) mass|waist|systolic|diastolic)\b"
    r"|\b(heart|hrv|pulse|resting hr|spo2|vo2 ?max)|\b(sleep|asleep|slept|time in bed)\b"
    r"|\b(gewicht|herz|puls)|\bschlaf(?!zimmer)"
)
_HEARTBEATS = "bpm"

_NUMBER_AGGREGATES = (
    Aggregate.MEAN,
    Aggregate.LAST,
    Aggregate.FIRST,
    Aggregate.MINIMUM,
    Aggregate.MAXIMUM,
    Aggregate.SUM,
    Aggregate.DIFFERENCE,
)
_METER_AGGREGATES = (
    Aggregate.SUM,
    Aggregate.LAST,
    Aggregate.FIRST,
    Aggregate.MINIMUM,
    Aggregate.MAXIMUM,
    Aggregate.DIFFERENCE,
)
_STATE_AGGREGATES = (
    Aggregate.TIME_IN,
    Aggregate.TIMES,
    Aggregate.FIRST_TIME,
    Aggregate.LAST_TIME,
    Aggregate.EVER,
)
_TEXT_AGGREGATES = (Aggregate.LAST, Aggregate.FIRST)
AGGREGATES: dict[SubjectKind, tuple[Aggregate, ...]] = {
    SubjectKind.NUMBER: _NUMBER_AGGREGATES,
    SubjectKind.METER: _METER_AGGREGATES,
    SubjectKind.STATE: _STATE_AGGREGATES,
    SubjectKind.WORD: (*_STATE_AGGREGATES, *_TEXT_AGGREGATES),
    SubjectKind.TEXT: _TEXT_AGGREGATES,
    SubjectKind.MOMENT: tuple(
        each for each in _STATE_AGGREGATES if each is not Aggregate.TIME_IN
    ),
    SubjectKind.OTHER: (),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """An entity that may be linked, as it is now."""

    entity_id: str
    name: str
    kind: SubjectKind
    unit: str | None
    state_class: str | None
    device_class: str | None
    state: str
    options: tuple[str, ...]

    @property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return self.entity_id.partition(".")[0]

    def is_text(self, aggregate: Aggregate) -> bool:
        """Return whether the aggregate gives a text of this entity."""
        return (
            self.kind in (SubjectKind.WORD, SubjectKind.TEXT)
            and aggregate in _TEXT_AGGREGATES
        )

    def asks_for_states(self, aggregate: Aggregate) -> bool:
        """Return whether it must be said which states are meant."""
        return aggregate in ABOUT_STATES and self.kind is not SubjectKind.MOMENT

    @property
    def absent_is_gap(self) -> bool:
        """What absence most likely means."""
        return self.domain not in _AWAY_WHEN_OFF


@callback
def async_subject(hass: HomeAssistant, entity_id: str) -> Subject | None:
    """Return the entity, or None where there is none of that name."""
    state = hass.states.get(entity_id)
    if state is None:
        return None
    return Subject(
        entity_id,
        state.attributes.get(ATTR_FRIENDLY_NAME) or entity_id,
        kind_of(state),
        state.attributes.get(ATTR_UNIT_OF_MEASUREMENT),
        state.attributes.get(ATTR_STATE_CLASS),
        state.attributes.get(ATTR_DEVICE_CLASS),
        state.state,
        tuple(state.attributes.get(ATTR_OPTIONS) or ()),
    )


def kind_of(state: State) -> SubjectKind:
    """Return what the entity's states are like."""
    domain, attributes = state.domain, state.attributes
    if domain in _MOMENTS:
        return SubjectKind.MOMENT
    if domain in _TEXTS:
        return SubjectKind.TEXT
    if domain in _WORDS:
        return SubjectKind.WORD
    if domain == "counter":
        return SubjectKind.METER
    if domain in _NUMBERS:
        return SubjectKind.NUMBER
    if domain != "sensor":
        return SubjectKind.STATE
    if attributes.get(ATTR_DEVICE_CLASS) in _TIMES:
        return SubjectKind.OTHER
    state_class = attributes.get(ATTR_STATE_CLASS)
    if state_class in _TOTALS:
        return SubjectKind.METER
    if (
        state_class is not None
        or ATTR_UNIT_OF_MEASUREMENT in attributes
        or number_of(state.state) is not None
    ):
        return SubjectKind.NUMBER
    return SubjectKind.WORD


def proposed(subject: Subject) -> Aggregate:
    """Return the aggregate to be chosen beforehand, by what the entity itself is."""
    if subject.kind is SubjectKind.NUMBER and _is_now_and_then(subject):
        return Aggregate.LAST
    return allowed(subject)[0]


def _is_now_and_then(subject: Subject) -> bool:
    if subject.domain in _ENTERED or subject.device_class in _NOW_AND_THEN:
        return True
    object_id = subject.entity_id.partition(".")[2].replace("_", " ")
    words = f"{subject.name} {object_id}".lower()
    if _BODY.search(words):
        return True
    return subject.device_class is None and (
        subject.unit == _HEARTBEATS or _BODY_WITHOUT_CLASS.search(words) is not None
    )


@callback
def async_known_states(hass: HomeAssistant, subject: Subject) -> list[str]:
    """Return states that the entity is known to have; a person may name others."""
    known: list[str] = [*subject.options]
    match subject.domain:
        case "person" | "device_tracker":
            known += [STATE_HOME, STATE_NOT_HOME]
            known += [
                zone.name
                for zone in hass.states.async_all("zone")
                if zone.entity_id != "zone.home"
            ]
        case "media_player":
            known += [*_PLAYING, STATE_OFF, "standby"]
        case "sensor" | "select" | "input_select" | "weather":
            pass
        case _:
            known += [STATE_ON, STATE_OFF]
    if subject.state not in ABSENT:
        known.append(subject.state)
    return list(dict.fromkeys(known))


def likely_states(subject: Subject) -> list[str]:
    """Return the states that are most likely meant."""
    match subject.domain:
        case "person" | "device_tracker":
            return [STATE_HOME]
        case "media_player":
            return list(_PLAYING)
        case "sensor" | "select" | "input_select" | "weather":
            return []
        case _:
            return [STATE_ON]


def new_value_type(subject: Subject, aggregate: Aggregate) -> ValueType:
    """Return the value type of an attribute that is made for this."""
    match aggregate:
        case Aggregate.TIME_IN:
            return ValueType.DURATION
        case Aggregate.TIMES:
            return ValueType.INTEGER
        case Aggregate.FIRST_TIME | Aggregate.LAST_TIME:
            return ValueType.TIME_OF_DAY
        case Aggregate.EVER:
            return ValueType.BOOLEAN
    if subject.is_text(aggregate):
        return ValueType.TEXT
    if subject.unit == PERCENTAGE:
        return ValueType.PERCENTAGE
    if subject.unit in DurationConverter.VALID_UNITS:
        return ValueType.DURATION
    if subject.domain == "counter" and aggregate is not Aggregate.MEAN:
        return ValueType.INTEGER
    return ValueType.DECIMAL


def allowed(subject: Subject) -> Sequence[Aggregate]:
    """Return the aggregates to be offered."""
    return AGGREGATES[subject.kind]
