"""Links that fit this home, by device classes, domains and names."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import time
import re

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, STATE_HOME
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)

from .aggregate import Aggregate
from .known_states import likely_states
from .subject import SubjectKind, async_subject, kind_of
from .window import Part, PartKind

AT_MOST = 25
WHOLE_DAY = Part()
NIGHT = Part(PartKind.FROM_TO, time(22), time(7))

_CONSOLE = re.compile(r"playstation|\bps[345]\b|xbox|nintendo|steam ?deck|console")
_TV = re.compile(r"\btv\b|television|fernseher|apple tv|chromecast|shield")
_STEPS = re.compile(r"\bsteps?\b|schritte")
_BEDROOM = re.compile(r"bedroom|schlafzimmer|chambre")
_OUTSIDE = re.compile(r"outdoor|outside|garden|balcony|au(ß|ss)en|garten|balkon")
_COFFEE = re.compile(r"coffee|kaffee|espresso|café")
_FAT = re.compile(r"body.?fat|körperfett")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A link that is likely to be wanted; without `template`, a new attribute."""

    entity_id: str
    name: str
    aggregate: Aggregate
    template: str | None = None
    label: str = ""
    states: tuple[str, ...] = ()
    part: Part = WHOLE_DAY
    at_home: bool = False
    """Whether the label says who was at home."""
    group: str | None = None
    """Where Exist shall list a new attribute."""

    @property
    def key(self) -> str:
        """Return what names it in a form."""
        return f"{self.entity_id}|{self.aggregate}|{self.template or self.label}"


@callback
def async_suggestions(
    hass: HomeAssistant,
    linked: Collection[str],
    feeding: Collection[tuple[str, Aggregate]],
) -> list[Suggestion]:
    """Return suggestions, without what is linked already.

    `linked` are attributes, `feeding` entities with the aggregate that is made of them.
    """
    found: dict[str, Suggestion] = {}
    for state in sorted(hass.states.async_all(), key=lambda state: state.entity_id):
        registered = er.async_get(hass).async_get(state.entity_id)
        if registered is not None and registered.platform == "exist":
            continue
        words = _words(hass, state, registered)
        for each in _of(hass, state, words):
            if each.template is None:
                is_linked = (each.entity_id, each.aggregate) in feeding
            else:
                is_linked = each.template in linked
            if not is_linked:
                found.setdefault(each.key, each)
    return list(found.values())[:AT_MOST]


@callback
def _words(
    hass: HomeAssistant, state: State, registered: er.RegistryEntry | None
) -> str:
    """Return everything that tells where and what the entity is, in lower case."""
    words = [state.name, state.entity_id.partition(".")[2]]
    if registered is not None:
        area_id = registered.area_id
        if registered.device_id and not area_id:
            device = dr.async_get(hass).async_get(registered.device_id)
            area_id = device.area_id if device else None
        area = ar.async_get(hass).async_get_area(area_id) if area_id else None
        if area is not None:
            words.append(area.name)
    return " ".join(words).replace("_", " ").lower()


@callback
def _of(hass: HomeAssistant, state: State, words: str) -> Iterator[Suggestion]:
    entity_id, name = state.entity_id, state.name
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)

    def suggest(
        aggregate: Aggregate,
        template: str | None = None,
        *,
        label: str = "",
        states: tuple[str, ...] = (),
        part: Part = WHOLE_DAY,
        at_home: bool = False,
        group: str | None = None,
    ) -> Suggestion:
        return Suggestion(
            entity_id, name, aggregate, template, label, states, part, at_home, group
        )

    match state.domain:
        case "media_player":
            subject = async_subject(hass, entity_id)
            assert subject is not None
            on = tuple(likely_states(subject))
            if _CONSOLE.search(words):
                yield suggest(Aggregate.TIME_IN, "gaming_min", states=on)
            elif device_class == "tv" or _TV.search(words):
                yield suggest(Aggregate.TIME_IN, "tv_min", states=on)
        case "person":
            yield suggest(
                Aggregate.TIME_IN, states=(STATE_HOME,), at_home=True, group="location"
            )
        case "weather":
            yield suggest(Aggregate.LAST, "weather_summary")
        case "switch" | "binary_sensor" | "input_boolean" if _COFFEE.search(words):
            yield suggest(Aggregate.TIMES, "coffees", states=("on",))
        case "button" | "input_button" | "event" if _COFFEE.search(words):
            yield suggest(Aggregate.TIMES, "coffees")
        case "counter" if _COFFEE.search(words):
            yield suggest(Aggregate.SUM, "coffees")
        case "sensor" if kind_of(state) in (SubjectKind.NUMBER, SubjectKind.METER):
            yield from _of_sensor(device_class, words, name, suggest)


def _of_sensor(
    device_class: str | None,
    words: str,
    name: str,
    suggest: Callable[..., Suggestion],
) -> Iterator[Suggestion]:
    match device_class:
        case SensorDeviceClass.WEIGHT:
            yield suggest(Aggregate.LAST, "weight")
        case SensorDeviceClass.WIND_SPEED:
            yield suggest(Aggregate.MAXIMUM, "weather_wind_speed")
        case SensorDeviceClass.TEMPERATURE if _OUTSIDE.search(words):
            yield suggest(Aggregate.MAXIMUM, "weather_temp_max")
            yield suggest(Aggregate.MINIMUM, "weather_temp_min")
        case (
            SensorDeviceClass.TEMPERATURE
            | SensorDeviceClass.HUMIDITY
            | SensorDeviceClass.CO2
        ) if _BEDROOM.search(words):
            yield suggest(Aggregate.MEAN, label=name, part=NIGHT, group="sleep")
        case None if _STEPS.search(words):
            yield suggest(Aggregate.SUM, "steps")
        case None if _FAT.search(words):
            yield suggest(Aggregate.LAST, "body_fat")
