"""What the form of a link asks of Home Assistant and of Exist."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..account.failures import exist_errors
from ..api import Template
from ..changes.candidates import Candidate, acquirable, candidate_of
from ..changes.create import async_create
from ..changes.ownership import async_acquire
from ..const import DOMAIN
from ..ledger import Key
from ..links import Link, NotTold
from ..links.convert import Target, convertible
from ..links.entity_of import async_is_recorded
from ..links.link import CONF_ATTRIBUTE, CONF_OBSERVE
from ..links.readable import readable_value
from ..links.subject import Subject, SubjectKind, async_subject
from ..links.suggest import Suggestion, async_suggestions
from ..links.window import day_at
from ..notices.plain_text import as_typed, both_ways
from ..notices.translated import async_text, async_text_of_length
from ..runtime import ExistConfigEntry, ExistRuntimeData
from .link_draft import LinkDraft

PREVIEW_DAYS = 7
# Nobody waits longer for a page.
FORM_SECONDS = 15


async def async_wishes(
    hass: HomeAssistant, entry: ExistConfigEntry, linked: Collection[str]
) -> dict[str, tuple[Suggestion, str]]:
    """Return the links that fit this home, each with how it reads, by key."""
    links = entry.runtime_data.links.links.values()
    feeding = {(link.entity_id, link.rule.aggregate) for link in links}
    suggestions = await async_suggestions(hass, linked, feeding)
    templates = await _async_templates(hass, entry) if suggestions else {}
    wishes = {}
    for each in suggestions:
        wish = each
        if each.at_home:
            label = await async_text(hass, "label_home", name=each.name)
            wish = replace(each, label=label)
        template = templates.get(each.template or "")
        said = template.label if template else wish.label or each.template
        rule = await async_text(hass, f"rule_{each.aggregate}")
        wishes[each.key] = wish, f"{each.name}: {rule} → {said}"
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
    if draft.data[CONF_OBSERVE] or (target is not None and target.owned):
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


async def async_look(
    hass: HomeAssistant, runtime: ExistRuntimeData, draft: LinkDraft
) -> dict[str, str]:
    """Return what a page says of the link: its days, how far they reach, the owner."""
    assert draft.subject is not None
    link = Link.from_data("", "", draft.stored)
    return {
        **both_ways(
            entity=draft.subject.name,
            label=draft.label,
            owner=await _async_owner(hass, draft),
        ),
        "preview": await _async_days(hass, runtime, link),
        "reach": await async_text(hass, _reach(link, draft.subject)),
    }


def _reach(link: Link, subject: Subject) -> str:
    """Return the key of the text that says how far back values can be told."""
    if not link.has_hours:
        return "reach_states"
    if subject.state_class is None:
        return "reach_no_statistics"
    return "reach_statistics"


async def _async_owner(hass: HomeAssistant, draft: LinkDraft) -> str:
    """Return who owns what is to be written."""
    target = draft.target
    if target is None:
        return await async_text(hass, "owner_new")
    if target.owned:
        return await async_text(hass, "owner_us")
    if not target.owner_visible:
        return await async_text(hass, "owner_unseen")
    if target.owner is None:
        return await async_text(hass, "owner_nobody")
    return target.owner.label


async def _async_days(
    hass: HomeAssistant, runtime: ExistRuntimeData, link: Link
) -> str:
    """Return Markdown of what the last seven days would have been."""
    engine = runtime.links
    today = day_at(
        link.part,
        engine.zones(),
        runtime.coordinator.today,
        dt_util.utcnow().timestamp(),
    )
    try:
        days = await engine.async_preview(
            link, today - timedelta(days=PREVIEW_DAYS), today, wait=FORM_SECONDS
        )
    except HomeAssistantError as err:
        return as_typed(str(err))
    if days is None:
        return await async_text(hass, "untold_now")
    target = Target.of(link, link.template)
    lines = []
    for day in sorted(days, reverse=True):
        result = days[day]
        if isinstance(result, NotTold):
            text = await async_text(hass, f"untold_{result.why}")
        elif isinstance(result.value, str):
            # It may be a note.
            text = await async_text_of_length(hass, result.value)
        else:
            text = readable_value(target, result.value)
        if runtime.ledger.day(Key(link.attribute, day)).edited:
            text = await async_text(hass, "day_is_yours", value=text)
        lines.append(f"- {day.isoformat()}: {as_typed(text)}")
    return "\n".join(lines)
