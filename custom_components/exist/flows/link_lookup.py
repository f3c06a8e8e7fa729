"""What the form of a link asks of Home Assistant and of Exist."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..account.failures import exist_errors
from ..account.scopes import can_write
from ..api import Template
from ..changes.candidates import Candidate, acquirable, candidate_of
from ..changes.create import async_create
from ..changes.ownership import async_acquire
from ..const import DOMAIN, GROUPS
from ..links.link import CONF_ATTRIBUTE, CONF_OBSERVE
from ..links.readings import TOTALS, ReadingKind
from ..links.recent import async_silent
from ..links.subject import Subject, SubjectKind
from ..links.suggest import Suggestion, async_meant, async_suggestions
from ..links.window import Part, PartKind
from ..notices.plain_text import in_alphabet
from ..notices.translated import (
    async_group_names,
    async_spelled,
    async_text,
    async_text_of_length,
    official_name,
)
from ..runtime import ExistConfigEntry
from .best_fit import Fits, how_well
from .ha_words import async_states_in_words
from .in_words import async_lines, candidate_in_words
from .link_draft import LinkDraft

NEW = "new"


async def async_wishes(
    hass: HomeAssistant, entry: ExistConfigEntry, linked: Collection[str]
) -> dict[str, tuple[Suggestion, str]]:
    """Return the links that fit this home, each with how it reads, by key."""
    links = entry.runtime_data.links.links.values()
    feeding = {(link.entity_id, link.rule.aggregate) for link in links}
    suggestions = await async_suggestions(hass, linked, feeding)
    silent = await async_silent(hass, [each.entity_id for each in suggestions])
    # An attribute is made for good: what told nothing of late comes last.
    suggestions.sort(key=lambda each: each.entity_id in silent)
    templates = await _async_templates(hass, entry) if suggestions else {}
    wishes = {}
    for each in suggestions:
        wish = each
        if each.at_home:
            label = await async_text(hass, "label_home", name=each.name)
            wish = replace(each, label=label)
        template = templates.get(each.template or "")
        said = wish.label or each.template
        if template is not None:
            said = official_name(hass, template.name, template.label)
        rule = await async_text(hass, f"rule_{each.aggregate}")
        if each.part.kind is not PartKind.WHOLE_DAY:
            rule = f"{rule}, {await async_part_in_words(hass, each.part)}"
        if not _may_be_fed(entry, each, template):
            said = f"{said} ({await async_text(hass, 'observe_only')})"
        text = await async_text(
            hass, "with_colon", head=each.name, rest=f"{rule} → {said}"
        )
        wishes[each.key] = wish, text
    return wishes


@callback
def _may_be_fed(
    entry: ExistConfigEntry, wish: Suggestion, template: Template | None
) -> bool:
    """Return whether Home Assistant may write it; what it owns it may."""
    runtime = entry.runtime_data
    at_exist = template.group.name if template and template.group else None
    group = at_exist or wish.group
    return (
        wish.template in runtime.coordinator.data.owned
        or group is None
        or can_write(runtime.scopes, group)
    )


async def async_groups(hass: HomeAssistant, entry: ExistConfigEntry) -> dict[str, str]:
    """Return all groups and how each reads; those that can't be written come last."""
    names, only = await async_group_names(hass), await async_text(hass, "observe_only")
    scopes = entry.runtime_data.scopes
    writable = {each: names[each] for each in GROUPS if can_write(scopes, each)}
    return writable | {
        each: f"{names[each]} ({only})" for each in GROUPS if each not in writable
    }


async def async_part_in_words(hass: HomeAssistant, part: Part) -> str:
    """Return which hours of a day are meant."""
    start, end = (each.isoformat("minutes") for each in (part.start, part.end))
    return await async_text(hass, f"part_{part.kind}", start=start, end=end)


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
    if subject.unit is None:
        return async_states_in_words(hass, subject, [subject.state])[subject.state]
    number = await async_spelled(hass, subject.state)
    return f"{number} {subject.unit or ''}".strip()


async def async_kind_in_words(hass: HomeAssistant, kind: ReadingKind | None) -> str:
    """Return a sentence that says what the numbers are; nothing is often enough."""
    return await async_text(hass, f"kind_{kind}") if kind in TOTALS else ""


async def async_equal_readings(hass: HomeAssistant, subject: Subject) -> str:
    """Return which equal readings past days can know."""
    is_heard = subject.domain == "number" or subject.domain.startswith("input_")
    return await async_text(hass, "equal_heard" if is_heard else "equal_recorded")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link may feed, by key; `is_whole` while Exist tells its templates.

    The first `likely` of the targets are more likely than a new one.
    """

    targets: Mapping[str, Candidate]
    lines: Mapping[str, str]
    likely: int
    taken: frozenset[str]
    is_whole: bool

    def listed(self, new: str) -> dict[str, str]:
        """Return how each reads, with `new` after what is more likely."""
        lines = [*self.lines.items()]
        return dict([*lines[: self.likely], (NEW, new), *lines[self.likely :]])


async def async_offer(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    draft: LinkDraft,
    linked: Collection[str],
) -> Offer:
    """Find what the link may feed, and the labels that are taken.

    The best comes first; what can never fit is left out.
    """
    assert draft.subject is not None
    kinds = draft.feeds
    templates = await _async_templates(hass, entry)
    data = entry.runtime_data.coordinator.data
    found = [candidate_of(data.attributes[name], owned=True) for name in data.owned]
    found += acquirable(data, templates, entry.runtime_data.scopes)
    meant = async_meant(hass, draft.subject.entity_id)
    fitting = {
        each.key: (fits, each)
        for each in (candidate_in_words(hass, candidate) for candidate in found)
        if each.name not in linked
        and (fits := how_well(draft, each, meant)) is not None
    }

    def place(fitting: tuple[Fits, Candidate]) -> tuple[bool | int | str, ...]:
        fits, each = fitting
        return (
            fits,
            not each.owned,
            each.template is None,
            kinds.index(each.value_type),
            in_alphabet(each.label),
        )

    targets = {each.key: each for _, each in sorted(fitting.values(), key=place)}
    return Offer(
        targets,
        await async_lines(hass, targets),
        sum(fits < Fits.POSSIBLE for fits, _ in fitting.values()),
        # Two of one name could not be told apart here, whatever Exist calls one of them.
        frozenset(
            label.casefold()
            for each in data.attributes.values()
            for label in (each.label, official_name(hass, each.template, each.label))
        ),
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
