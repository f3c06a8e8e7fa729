"""What a link's form looks at in Home Assistant once an entity and wishes are given."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..links.convert import same_kind
from ..links.entering import ABSENT
from ..links.entity_of import async_is_recorded
from ..links.link import (
    CONF_ABOVE,
    CONF_BELOW,
    CONF_ENTITY,
    CONF_NUMBERED,
    CONF_OTHERS,
    CONF_REGISTRY_ID,
    CONF_STATE_ATTRIBUTE,
    CONF_STAY,
    CONF_STEPS,
    watched_of,
)
from ..links.state_attributes import attribute_recorded
from ..links.steps import are_numbered, said_steps
from ..links.subject import Subject, SubjectKind, allowed, async_subject
from ..links.watched import Watched
from .form_pieces import seconds_of
from .ha_words import async_attribute_named
from .link_draft import WISHES, LinkDraft


@callback
def async_with_entity(
    hass: HomeAssistant,
    draft: LinkDraft,
    entity_id: str | None,
    more: Mapping[str, Any] | None = None,
) -> LinkDraft:
    """Look at an entity as it is now, and at what is wished of it.

    Without `more` the wishes of the draft stay.
    """
    if entity_id is None:
        return draft.with_entity({CONF_ENTITY: None}, None)
    wishes = (
        {key: draft.data[key] for key in WISHES if key in draft.data}
        if more is None
        else _wishes(hass, draft, entity_id, more)
    )
    watched = watched_of(wishes)
    subject = async_subject(hass, entity_id, watched)
    given = {**_named(hass, entity_id), **wishes}
    recorded = all(
        async_is_recorded(hass, each) for each in (entity_id, *_others(wishes))
    )
    trouble = _trouble(hass, subject, wishes) if subject is not None else None
    if more is not None and more.get(CONF_STEPS) and not watched.steps:
        trouble = "no_options"
    name, state = watched.state_attribute, hass.states.get(entity_id)
    return draft.with_entity(
        given,
        subject,
        trouble=trouble,
        is_recorded=recorded,
        has_past=name is None or state is None or attribute_recorded(state, name),
    )


def _named(hass: HomeAssistant, entity_id: str) -> dict[str, str | None]:
    registered = er.async_get(hass).async_get(entity_id)
    registry_id = registered.id if registered else None
    return {CONF_ENTITY: entity_id, CONF_REGISTRY_ID: registry_id}


def _others(wishes: Mapping[str, Any]) -> Sequence[str]:
    return [each[CONF_ENTITY] for each in wishes.get(CONF_OTHERS, ())]


@callback
def _wishes(
    hass: HomeAssistant, draft: LinkDraft, entity_id: str, more: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the folded fields as a subentry keeps them; what is empty is no wish."""
    typed = (more.get(CONF_STATE_ATTRIBUTE) or "").strip()
    name = async_attribute_named(hass, entity_id, typed)
    wishes: dict[str, Any] = {
        CONF_OTHERS: [_named(hass, each) for each in more.get(CONF_OTHERS, ())],
        CONF_STATE_ATTRIBUTE: name,
        CONF_STAY: seconds_of(more.get(CONF_STAY)),
    }
    if more.get(CONF_STEPS):
        plain = async_subject(hass, entity_id, Watched(name or None))
        steps = said_steps(plain.options) if plain else ()
        known = draft.data.get(CONF_STEPS, ())
        # What a suggestion brought has an order and distances of its own.
        is_known = {*steps} == {*known} - {""}
        wishes[CONF_STEPS] = list(known if is_known else steps)
        # What a link was made with stays, so that its numbers do.
        wishes[CONF_NUMBERED] = (
            draft.data.get(CONF_NUMBERED) if is_known else are_numbered(steps)
        )
    bounds = {
        key: more[key] for key in (CONF_ABOVE, CONF_BELOW) if more.get(key) is not None
    }
    return {key: value for key, value in wishes.items() if value} | bounds


@callback
def _trouble(
    hass: HomeAssistant, subject: Subject, wishes: Mapping[str, Any]
) -> str | None:
    """Return the error of what cannot be wished of the entity."""
    above, below = wishes.get(CONF_ABOVE), wishes.get(CONF_BELOW)
    if above is not None and below is not None and above >= below:
        return "bounds_crossed"
    if CONF_STAY in wishes and above is None and below is None:
        return "stay_without_bound"
    if (wrong := _wrong_attribute(hass, subject.entity_id, wishes)) is not None:
        return wrong
    if subject.kind is SubjectKind.OTHER and (
        above is not None or below is not None or CONF_STEPS in wishes
    ):
        return "not_a_number" if CONF_STEPS not in wishes else "no_options"
    return _wrong_others(hass, subject, _others(wishes))


@callback
def _wrong_attribute(
    hass: HomeAssistant, entity_id: str, wishes: Mapping[str, Any]
) -> str | None:
    name = wishes.get(CONF_STATE_ATTRIBUTE)
    if name is None:
        return None
    state = hass.states.get(entity_id)
    if state is not None and state.state not in ABSENT and name not in state.attributes:
        return "attribute_missing"
    return None


@callback
def _wrong_others(
    hass: HomeAssistant, subject: Subject, others: Sequence[str]
) -> str | None:
    """Return why the others cannot be put together with the entity."""
    if not others:
        return None
    if len({subject.entity_id, *others}) <= len(others):
        return "entity_twice"
    if not allowed(subject, several=True):
        return "others_unfit"
    for entity_id in others:
        other = async_subject(hass, entity_id, subject.watched)
        if other is None:
            return "other_without_state"
        if other.kind is not subject.kind:
            return "others_mixed"
        if not same_kind(other.unit, subject.unit):
            return "others_unit"
    return None
