"""What the form of a link asks of Home Assistant and of Exist."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..account.failures import exist_errors
from ..api import Template
from ..changes.candidates import Candidate, acquirable, candidate_of
from ..changes.create import async_create
from ..changes.ownership import async_acquire
from ..const import DOMAIN
from ..links.convert import Target, convertible
from ..links.entity_of import async_is_recorded
from ..links.link import CONF_ATTRIBUTE
from ..links.subject import Subject, SubjectKind, async_subject
from ..links.suggest import Suggestion, async_suggestions
from ..notices.translated import async_text, async_text_of_length
from ..runtime import ExistConfigEntry
from .link_draft import LinkDraft


@dataclass(frozen=True, slots=True)
class Wish:
    """A link that fits this home, how it reads, and the label of a new attribute."""

    suggestion: Suggestion
    text: str
    label: str

    @property
    def entity_id(self) -> str:
        """The entity that is suggested."""
        return self.suggestion.entity_id


async def async_wishes(
    hass: HomeAssistant, entry: ExistConfigEntry, linked: Collection[str]
) -> dict[str, Wish]:
    """Return the links that fit this home, by key."""
    links = entry.runtime_data.links.links.values()
    feeding = {(link.entity_id, link.rule.aggregate) for link in links}
    suggestions = async_suggestions(hass, linked, feeding)
    templates = await _async_templates(hass, entry) if suggestions else {}
    wishes = {}
    for each in suggestions:
        label = each.label
        if each.at_home:
            label = await async_text(hass, "label_home", name=each.name)
        template = templates.get(each.template or "")
        said = template.label if template else label or each.template
        rule = await async_text(hass, f"rule_{each.aggregate}")
        wishes[each.key] = Wish(each, f"{each.name}: {rule} → {said}", label)
    return wishes


@callback
def async_with_entity(
    hass: HomeAssistant, draft: LinkDraft, entity_id: str | None
) -> LinkDraft:
    """Look at an entity as it is now."""
    if entity_id is None:
        return draft.with_entity(None, None, None, is_recorded=False)
    registered = er.async_get(hass).async_get(entity_id)
    return draft.with_entity(
        entity_id,
        async_subject(hass, entity_id),
        registered.id if registered else None,
        is_recorded=async_is_recorded(hass, entity_id),
    )


@callback
def async_our_entities(hass: HomeAssistant) -> list[str]:
    """Return the entities that show what Exist knows already."""
    return [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN
    ]


async def async_present_state(hass: HomeAssistant, subject: Subject) -> str:
    """Return the present state in words; what may be a note is not shown."""
    if subject.kind is SubjectKind.TEXT:
        return await async_text_of_length(hass, subject.state)
    return f"{subject.state} {subject.unit or ''}".strip()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link may feed, by key; `is_whole` while Exist tells its templates."""

    targets: Mapping[str, Candidate]
    taken: frozenset[str]
    is_whole: bool


async def async_offer(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    draft: LinkDraft,
    linked: Collection[str],
) -> Offer:
    """Find what the link may feed, and the labels that are taken.

    The best comes first: what has the entity's kind of unit, then what is owned.
    """
    assert draft.subject is not None
    unit, kinds = draft.subject.unit, draft.feeds
    templates = await _async_templates(hass, entry)
    data = entry.runtime_data.coordinator.data
    found = [candidate_of(data.attributes[name], owned=True) for name in data.owned]
    found += acquirable(data, templates, entry.runtime_data.scopes)
    fitting = [
        each for each in found if each.value_type in kinds and each.name not in linked
    ]

    def place(each: Candidate) -> tuple[bool | int | str, ...]:
        target = Target(each.value_type, each.template)
        return (
            not convertible(unit, target),
            target.unit is None,
            each.template is None,
            not each.owned,
            kinds.index(each.value_type),
            each.label.casefold(),
        )

    return Offer(
        {each.key: each for each in sorted(fitting, key=place)},
        frozenset(each.label.casefold() for each in data.attributes.values()),
        bool(templates),
    )


async def _async_templates(
    hass: HomeAssistant, entry: ExistConfigEntry
) -> Mapping[str, Template]:
    """Return Exist's templates; none while Exist is away."""
    try:
        with exist_errors(hass, entry, writing=False):
            return await entry.runtime_data.coordinator.async_templates()
    except HomeAssistantError:
        return {}


async def async_own(
    hass: HomeAssistant, entry: ExistConfigEntry, draft: LinkDraft
) -> str:
    """Acquire or create what is to be written, and return its name.

    Raises HomeAssistantError.
    """
    target = draft.target
    if draft.observes or (target is not None and target.owned):
        name: str = draft.stored[CONF_ATTRIBUTE]
        return name
    if target is not None:
        result = await async_acquire(
            hass, entry, [target.item()], take_over=target.takes_over
        )
    else:
        # What was released is not in the list, and has this name.
        result = await async_create(hass, entry, [draft.item], adopt=True)
    if result.failed:
        raise HomeAssistantError(result.failed[0].error)
    return result.success[0].name
