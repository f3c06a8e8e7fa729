"""What an entity is, and which aggregates make sense for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

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
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er

from ..api import ValueType
from .aggregate import ABOUT_STATES, Aggregate
from .aggregates_of import (
    METER_AGGREGATES,
    NUMBER_AGGREGATES,
    OF_SEVERAL,
    OF_STEPS,
    ROOM_AGGREGATES,
    STATE_AGGREGATES,
    TEXT_AGGREGATES,
)
from .body_words import BODY, BODY_WITHOUT_CLASS, NOT_OF_A_DAY, OF_A_DAY
from .convert import feeds
from .entering import ABSENT
from .event_domains import is_of_events
from .link import CLOCKS
from .numerals import clock_of, lasting, number_of
from .possible import HEARTBEATS
from .readings import ReadingKind
from .state_attributes import (
    LAST_TRIGGERED,
    NUMBERS_BY_NAME,
    async_attribute_unit,
    attribute_options,
    attribute_state,
    unit_of,
)
from .watched import NO_VALUE, PLAIN, Watched


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
    CLOCK = "clock"
    """Each state is a time of day, or a moment that has one."""
    OTHER = "other"


_NUMBERS = frozenset({"geo_location", "input_number", "number", "todo", "zone"})
_TEXTS = frozenset({"input_text", "text"})
_WORDS = frozenset({"input_select", "select", "weather"})
_CLOCKS = frozenset({"datetime", "time"})
_DATES = frozenset({"date", "input_datetime"})
_TOTALS = frozenset({SensorStateClass.TOTAL, SensorStateClass.TOTAL_INCREASING})
# A state attribute that is not there now says nothing of its kind.
_NOT_SHOWN = ABSENT | {NO_VALUE}
# These are unavailable when they are off.
_AWAY_WHEN_OFF = frozenset({"media_player", "remote"})

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
_COUNTED = frozenset(
    {
        None,
        SensorDeviceClass.DISTANCE,
        SensorDeviceClass.DURATION,
        SensorDeviceClass.ENERGY,
        SensorDeviceClass.VOLUME,
        SensorDeviceClass.WATER,
    }
)
# What a room or the weather has all the time, whether it is read or not.
_AMBIENT = frozenset(
    {
        SensorDeviceClass.ABSOLUTE_HUMIDITY,
        SensorDeviceClass.AQI,
        SensorDeviceClass.ATMOSPHERIC_PRESSURE,
        SensorDeviceClass.CO,
        SensorDeviceClass.CO2,
        SensorDeviceClass.HUMIDITY,
        SensorDeviceClass.ILLUMINANCE,
        SensorDeviceClass.IRRADIANCE,
        SensorDeviceClass.MOISTURE,
        SensorDeviceClass.NITROGEN_DIOXIDE,
        SensorDeviceClass.NITROGEN_MONOXIDE,
        SensorDeviceClass.NITROUS_OXIDE,
        SensorDeviceClass.OZONE,
        SensorDeviceClass.PM1,
        SensorDeviceClass.PM10,
        SensorDeviceClass.PM25,
        SensorDeviceClass.POWER,
        SensorDeviceClass.PRESSURE,
        SensorDeviceClass.SOUND_PRESSURE,
        SensorDeviceClass.SULPHUR_DIOXIDE,
        SensorDeviceClass.TEMPERATURE,
        SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS,
        SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS_PARTS,
    }
)
# A net total of these is a balance or a night's sleep: the last reading says it.
_LAST_OF_NET = frozenset({SensorDeviceClass.DURATION, SensorDeviceClass.MONETARY})

AGGREGATES: dict[SubjectKind, tuple[Aggregate, ...]] = {
    SubjectKind.NUMBER: NUMBER_AGGREGATES,
    SubjectKind.METER: METER_AGGREGATES,
    SubjectKind.STATE: STATE_AGGREGATES,
    SubjectKind.WORD: (*STATE_AGGREGATES, *TEXT_AGGREGATES),
    SubjectKind.TEXT: TEXT_AGGREGATES,
    SubjectKind.MOMENT: tuple(
        each for each in STATE_AGGREGATES if each is not Aggregate.TIME_IN
    ),
    SubjectKind.CLOCK: TEXT_AGGREGATES,
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
    step: float = 1.0
    initial: float = 0.0
    watched: Watched = PLAIN

    @property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return self.entity_id.partition(".")[0]

    def is_text(self, aggregate: Aggregate) -> bool:
        """Return whether the aggregate gives a text of this entity."""
        return (
            self.kind in (SubjectKind.WORD, SubjectKind.TEXT, SubjectKind.CLOCK)
            and aggregate in TEXT_AGGREGATES
        )

    def asks_for_states(self, aggregate: Aggregate) -> bool:
        """Return whether it must be said which states are meant."""
        return (
            aggregate in ABOUT_STATES
            and self.kind is not SubjectKind.MOMENT
            and self.watched.condition is None
        )

    def value_types(self, aggregate: Aggregate) -> tuple[ValueType, ...]:
        """Return the value types that the aggregate may feed of this entity."""
        if self.kind is not SubjectKind.CLOCK:
            return feeds(aggregate, text=self.is_text(aggregate))
        if self.device_class == SensorDeviceClass.DURATION:
            return (ValueType.DURATION,)
        is_any = self.is_plain_sensor and self.device_class is None
        if is_any and self.state in ABSENT:
            return (*CLOCKS, ValueType.DURATION)
        if not is_any or lasting(self.state) is None:
            return CLOCKS
        # `7:30` may be how long as well as when.
        return (*(CLOCKS if clock_of(self.state, UTC) else ()), ValueType.DURATION)

    @property
    def is_plain_sensor(self) -> bool:
        """Whether it is the state of a sensor, which may be of any kind."""
        return self.domain == "sensor" and self.watched.state_attribute is None

    @property
    def absent_is_gap(self) -> bool:
        """What absence most likely means."""
        return (
            self.domain not in _AWAY_WHEN_OFF
            or self.watched.state_attribute is not None
        )


@callback
def async_subject(
    hass: HomeAssistant, entity_id: str, watched: Watched = PLAIN
) -> Subject | None:
    """Return the entity as it is watched, or None where there is none of that name.

    With a condition it is in a state or not; what no number can be made of is of the
    kind OTHER.
    """
    state = hass.states.get(entity_id)
    return None if state is None else _watched_subject(hass, state, watched)


@callback
def async_linked_subject(
    hass: HomeAssistant, entity_id: str, watched: Watched = PLAIN
) -> Subject | None:
    """Return a linked entity, with what the registry knows of it while it is away."""
    state = hass.states.get(entity_id)
    registered = er.async_get(hass).async_get(entity_id)
    if registered is None or (state is not None and state.state not in ABSENT):
        return None if state is None else _watched_subject(hass, state, watched)
    known = {
        **(registered.capabilities or {}),
        ATTR_DEVICE_CLASS: registered.device_class or registered.original_device_class,
        ATTR_FRIENDLY_NAME: registered.name or registered.original_name,
        ATTR_UNIT_OF_MEASUREMENT: registered.unit_of_measurement,
    }
    attributes = {key: value for key, value in known.items() if value is not None}
    if state is not None:
        attributes |= state.attributes
    away = State(entity_id, STATE_UNAVAILABLE, attributes)
    return _watched_subject(hass, away, watched)


@callback
def _watched_subject(hass: HomeAssistant, state: State, watched: Watched) -> Subject:
    name = watched.state_attribute
    subject = _subject(state) if name is None else _of_attribute(hass, state, name)
    kind, unit = subject.kind, subject.unit
    if watched.steps:
        kind = SubjectKind.NUMBER if kind is SubjectKind.WORD else SubjectKind.OTHER
        unit = None
    if watched.condition is not None:
        is_number = kind in (SubjectKind.NUMBER, SubjectKind.METER)
        is_away = name is not None and subject.state in _NOT_SHOWN
        kind = SubjectKind.STATE if is_number or is_away else SubjectKind.OTHER
    return replace(subject, kind=kind, unit=unit, watched=watched)


@callback
def _of_attribute(hass: HomeAssistant, state: State, name: str) -> Subject:
    """Return the entity as if the attribute were its state."""
    shown = attribute_state(state.state, state.attributes, name)
    unit = async_attribute_unit(hass, state, name)
    value = state.attributes.get(name)
    if unit is not None or name in NUMBERS_BY_NAME or number_of(shown) is not None:
        kind = SubjectKind.NUMBER
    elif name == LAST_TRIGGERED:
        kind = SubjectKind.MOMENT
    elif isinstance(value, bool):
        kind = SubjectKind.STATE
    elif value is None or isinstance(value, str | datetime):
        kind = SubjectKind.CLOCK if clock_of(shown, UTC) else SubjectKind.WORD
    else:
        # A list or a record is in no state.
        kind = SubjectKind.OTHER
    return Subject(
        state.entity_id,
        state.attributes.get(ATTR_FRIENDLY_NAME) or state.entity_id,
        kind,
        unit,
        None,
        None,
        shown,
        attribute_options(state.attributes, name),
    )


def _subject(state: State) -> Subject:
    return Subject(
        state.entity_id,
        state.attributes.get(ATTR_FRIENDLY_NAME) or state.entity_id,
        kind_of(state),
        unit_of(state.attributes),
        state.attributes.get(ATTR_STATE_CLASS),
        state.attributes.get(ATTR_DEVICE_CLASS),
        state.state,
        _options(state),
        _float(state.attributes.get("step"), 1.0),
        _float(state.attributes.get("initial"), 0.0),
    )


def _options(state: State) -> tuple[str, ...]:
    """Return the states that the entity itself says it may have."""
    for key in (ATTR_OPTIONS, "hvac_modes", "operation_list"):
        if options := state.attributes.get(key):
            return tuple(str(each) for each in options)
    return ()


def _float(raw: object, default: float) -> float:
    return float(raw) if isinstance(raw, int | float) else default


def kind_of(state: State) -> SubjectKind:
    """Return what the entity's states are like."""
    domain, attributes = state.domain, state.attributes
    if is_of_events(state.entity_id):
        return SubjectKind.MOMENT
    if domain in _TEXTS:
        return SubjectKind.TEXT
    if domain in _WORDS:
        return SubjectKind.WORD
    if domain == "counter":
        return SubjectKind.METER
    if domain in _NUMBERS:
        return SubjectKind.NUMBER
    if domain in _CLOCKS or (domain == "input_datetime" and _has_time(state)):
        return SubjectKind.CLOCK
    if domain in _DATES:
        # A date alone has no time, and no state that anything could be in.
        return SubjectKind.OTHER
    if domain != "sensor":
        return SubjectKind.STATE
    if attributes.get(ATTR_DEVICE_CLASS) == SensorDeviceClass.TIMESTAMP:
        return SubjectKind.CLOCK
    if attributes.get(ATTR_DEVICE_CLASS) == SensorDeviceClass.DATE:
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
    if lasting(state.state) is not None or clock_of(state.state, UTC) is not None:
        return SubjectKind.CLOCK
    return SubjectKind.WORD


def _has_time(state: State) -> bool:
    return bool(state.attributes.get("has_time")) or ":" in state.state


def proposed(subject: Subject, kind: ReadingKind | None = None) -> Aggregate:
    """Return the aggregate to be chosen beforehand, by what the entity itself is.

    `kind` is what a meter is by its readings, where that is known.
    """
    kind = kind or reading_kind(subject)
    if subject.kind is SubjectKind.NUMBER and kind is ReadingKind.NOW_AND_THEN:
        return Aggregate.LAST
    if kind is ReadingKind.NET_TOTAL and subject.device_class in _LAST_OF_NET:
        return Aggregate.LAST
    return allowed(subject)[0]


def reading_kind(subject: Subject) -> ReadingKind | None:
    """Return what the entity's readings are by its own account, or None.

    Which kind of total a meter is, only its readings show: it is running till then.
    """
    match subject.kind:
        case SubjectKind.METER if subject.domain == "counter":
            return ReadingKind.COUNTER
        case SubjectKind.METER:
            return ReadingKind.RUNNING_TOTAL
        case SubjectKind.TEXT | SubjectKind.CLOCK:
            return ReadingKind.NOW_AND_THEN
        case SubjectKind.WORD if subject.domain == "input_select":
            return ReadingKind.NOW_AND_THEN
        case SubjectKind.NUMBER if _is_now_and_then(subject):
            return ReadingKind.NOW_AND_THEN
        case SubjectKind.NUMBER if subject.device_class in _AMBIENT:
            return ReadingKind.AMBIENT
        case _:
            return None


def _is_now_and_then(subject: Subject) -> bool:
    if subject.watched.state_attribute is not None:
        # The entity's name says what its state is.
        return False
    if (
        subject.watched.steps
        or subject.domain in _ENTERED
        or subject.device_class in _NOW_AND_THEN
    ):
        return True
    words = names_of(subject)
    if BODY.search(words) or is_of_a_day(subject):
        return True
    return subject.device_class is None and (
        subject.unit == HEARTBEATS or BODY_WITHOUT_CLASS.search(words) is not None
    )


def names_of(subject: Subject) -> str:
    """Return what the entity is called, in small letters."""
    object_id = subject.entity_id.partition(".")[2].replace("_", " ")
    return f"{subject.name} {object_id}".lower()


def is_of_a_day(subject: Subject) -> bool:
    """Return whether its number grows over a day, though no state class says so."""
    said = f"{names_of(subject)} {subject.unit or ''}".lower()
    if (
        subject.kind is not SubjectKind.NUMBER
        or not subject.is_plain_sensor
        or subject.device_class not in _COUNTED
    ):
        return False
    return bool(OF_A_DAY.search(said)) and not NOT_OF_A_DAY.search(said)


def allowed(subject: Subject, *, several: bool = False) -> Sequence[Aggregate]:
    """Return the aggregates to be offered; of `several` what can be put together."""
    found = AGGREGATES[subject.kind]
    if subject.watched.steps and subject.kind is SubjectKind.NUMBER:
        found = OF_STEPS
    elif reading_kind(subject) is ReadingKind.AMBIENT:
        found = ROOM_AGGREGATES
    if not several:
        return found
    return [each for each in found if each in OF_SEVERAL and not subject.is_text(each)]
