"""What the last days of a link would have been, and whose its attribute is, in words."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..ledger import Key
from ..links import Link, NotTold
from ..links.convert import Target
from ..links.readable import readable_value
from ..links.subject import Subject
from ..links.window import day_at
from ..notices.plain_text import as_typed, both_ways
from ..notices.translated import async_text, async_text_of_length
from ..runtime import ExistRuntimeData
from .link_draft import LinkDraft

PREVIEW_DAYS = 7
# Nobody waits longer for a page.
FORM_SECONDS = 15


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
        engine.memory.zones(),
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
        if engine.memory.day(Key(link.attribute, day)).edited:
            text = await async_text(hass, "day_is_yours", value=text)
        lines.append(f"- {day.isoformat()}: {as_typed(text)}")
    return "\n".join(lines)
