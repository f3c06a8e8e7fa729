"""Links that fit this home: for each attribute the entity that fits best."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
import re

from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)

from ..const import DOMAIN
from .aggregate import Aggregate
from .body_fits import ACTIVITY, FOOD, HEALTH, SLEEP
from .clues import WHOLE_DAY, Fit, Thing, by_kind, rank, states_of, surest
from .home_fits import MOOD, SCREENS, WEATHER, WORK
from .subject import async_subject
from .window import Part

AT_MOST = 25
_FITS = by_kind(ACTIVITY, SLEEP, HEALTH, FOOD, MOOD, SCREENS, WORK, WEATHER)
_NO_WORD = re.compile(r"[^\w%]|_")


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
    """Return suggestions, the best first, without what is linked already.

    `linked` are attributes, `feeding` entities with the aggregate that is made of them.
    """
    best: dict[str, tuple[tuple[bool | int, ...], Suggestion]] = {}
    for target, how_well, each in _candidates(hass):
        if each.template is None:
            is_linked = (each.entity_id, each.aggregate) in feeding
        else:
            is_linked = each.template in linked
        if is_linked:
            continue
        other = best.get(target)
        if other is None or _order(how_well, each) > _order(*other):
            best[target] = how_well, each
    # In the order of the tables where two fit as well.
    found = sorted(best.values(), key=lambda each: each[0], reverse=True)
    return [each for _, each in found][:AT_MOST]


def _order(how_well: tuple[bool | int, ...], each: Suggestion) -> tuple[object, ...]:
    """Of two that fit as well, it is always the same one."""
    return *how_well, each.entity_id


@callback
def _candidates(
    hass: HomeAssistant,
) -> Iterator[tuple[str, tuple[bool | int, ...], Suggestion]]:
    """Yield each suggestion with its target and with how well it fits."""
    registry = er.async_get(hass)
    for state in hass.states.async_all():
        fits = _FITS.get((state.domain, state.attributes.get(ATTR_DEVICE_CLASS)))
        if fits is None:
            continue
        registered = registry.async_get(state.entity_id)
        if registered is not None and (
            registered.platform == DOMAIN
            or registered.entity_category is not None
            or registered.hidden_by is not None
        ):
            continue
        thing = _thing(hass, state, registered)
        for fit, aggregate in surest(thing, fits):
            of_its_own = fit.template is None and state.domain != "sensor"
            target = state.entity_id if of_its_own else f"{fit.target}"
            yield target, rank(thing, fit), _suggestion(thing, fit, aggregate)


def _suggestion(thing: Thing, fit: Fit, aggregate: Aggregate) -> Suggestion:
    subject = thing.subject
    is_person = subject.domain == "person"
    return Suggestion(
        subject.entity_id,
        subject.name,
        aggregate,
        fit.template,
        "" if fit.template or is_person else subject.name,
        states_of(thing, fit) if subject.asks_for_states(aggregate) else (),
        fit.part,
        is_person,
        fit.group,
    )


@callback
def _thing(
    hass: HomeAssistant, state: State, registered: er.RegistryEntry | None
) -> Thing:
    """Return what is known of an entity."""
    subject = async_subject(hass, state.entity_id)
    assert subject is not None
    said = [subject.unit or "", state.name, state.object_id]
    place, platform = "", None
    if registered is not None:
        platform = registered.platform
        said.append(registered.translation_key or "")
        place = _place(hass, registered)
    return Thing(
        subject,
        platform,
        _plain(" ".join(said)),
        _plain(place),
        _number(state, "min"),
        _number(state, "max"),
    )


@callback
def _place(hass: HomeAssistant, registered: er.RegistryEntry) -> str:
    """Return the area, by the device where it has none of its own, and the model."""
    device = None
    if registered.device_id:
        device = dr.async_get(hass).async_get(registered.device_id)
    area_id = registered.area_id or (device and device.area_id)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    model = device.model if device else None
    return f"{area.name if area else ''} {model or ''}"


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", text).lower()


def _number(state: State, key: str) -> float | None:
    number = state.attributes.get(key)
    return float(number) if isinstance(number, int | float) else None
