"""Links that fit this home: for each attribute the entity that fits best."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
import re

from homeassistant.const import ATTR_DEVICE_CLASS, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)

from ..const import DOMAIN
from .aggregate import Aggregate
from .body_suggestions import ACTIVITY, FOOD, HEALTH, SLEEP
from .clues import (
    WHOLE_DAY,
    Fit,
    Rank,
    Thing,
    by_kind,
    rank,
    states_of,
    steps_of,
    surest,
)
from .home_suggestions import MOOD, SCREENS, WEATHER, WORK
from .subject import async_subject
from .window import Part

AT_MOST = 25
# Entities that are looked at without a pause: a few milliseconds' work.
AT_ONCE = 50
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
    steps: tuple[str, ...] = ()
    """What stands for the numbers of a scale, as a link keeps it."""

    @property
    def key(self) -> str:
        """Return what names it in a form."""
        return f"{self.entity_id}|{self.aggregate}|{self.template or self.label}"


async def async_suggestions(
    hass: HomeAssistant,
    linked: Collection[str],
    feeding: Collection[tuple[str, Aggregate]],
) -> list[Suggestion]:
    """Return suggestions, the best first, without what is linked already.

    `linked` are attributes, `feeding` entities with the aggregate that is made of them.
    """
    best: dict[str, tuple[Rank, Suggestion]] = {}
    for number, (state, fits) in enumerate(_fitting(hass)):
        if number % AT_ONCE == AT_ONCE - 1:
            # A home may have thousands of entities, and the loop other work.
            await asyncio.sleep(0)
        for fit, how_well, each in _of(hass, state, fits):
            if each.template is None:
                is_linked = (each.entity_id, each.aggregate) in feeding
            else:
                is_linked = each.template in linked
            if is_linked:
                continue
            target = fit.target or each.entity_id
            if target not in best or how_well > best[target][0]:
                best[target] = how_well, each
    found = sorted(best.values(), key=lambda each: each[0], reverse=True)
    return [each for _, each in found][:AT_MOST]


@callback
def async_meant(hass: HomeAssistant, entity_id: str) -> frozenset[str]:
    """Return the templates that an entity is known to be of."""
    if (state := hass.states.get(entity_id)) is None:
        return frozenset()
    found = _of(hass, state, _fits(state))
    return frozenset(each.template for _, _, each in found if each.template)


@callback
def _fitting(hass: HomeAssistant) -> list[tuple[State, Sequence[Fit]]]:
    """Return the entities of a domain and device class that may feed something.

    In order: of two that fit as well, it is the same one each time.
    """
    return [
        (state, fits)
        for state in sorted(hass.states.async_all(), key=lambda each: each.entity_id)
        if (fits := _fits(state))
    ]


def _fits(state: State) -> Sequence[Fit]:
    if state.domain == "person" and state.state == STATE_UNKNOWN:
        # Nothing follows them: each day would be unknown.
        return ()
    return _FITS.get((state.domain, state.attributes.get(ATTR_DEVICE_CLASS)), ())


@callback
def _of(
    hass: HomeAssistant, state: State, fits: Sequence[Fit]
) -> Iterator[tuple[Fit, Rank, Suggestion]]:
    """Yield what may be suggested of an entity, each with how well it fits."""
    registered = er.async_get(hass).async_get(state.entity_id)
    if registered is not None and (
        registered.platform == DOMAIN
        or registered.entity_category is not None
        or registered.hidden_by is not None
    ):
        return
    thing = _thing(hass, state, registered)
    if thing is not None:
        for fit, aggregate in surest(thing, fits):
            yield fit, rank(thing, fit), _suggestion(state.name, thing, fit, aggregate)


def _suggestion(name: str, thing: Thing, fit: Fit, aggregate: Aggregate) -> Suggestion:
    subject = thing.subject
    is_person = subject.domain == "person"
    return Suggestion(
        subject.entity_id,
        name,
        aggregate,
        fit.template,
        "" if fit.template or is_person else name,
        states_of(thing, fit) if subject.asks_for_states(aggregate) else (),
        fit.part,
        is_person,
        fit.group,
        steps_of(thing, fit),
    )


@callback
def _thing(
    hass: HomeAssistant, state: State, registered: er.RegistryEntry | None
) -> Thing | None:
    """Return what is known of an entity; None if it is gone by now."""
    subject = async_subject(hass, state.entity_id)
    if subject is None:
        return None
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
    """Return the names of the area and of the device's model."""
    area_id = er.async_get_effective_area_id(hass, registered)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    device_id = registered.device_id
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    # A part of a device has no model of its own.
    model = device.model if isinstance(device, dr.DeviceEntry) else None
    return f"{area.name if area else ''} {model or ''}"


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", text).lower()


def _number(state: State, key: str) -> float | None:
    number = state.attributes.get(key)
    return float(number) if isinstance(number, int | float) else None
