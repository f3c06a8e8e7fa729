"""What a link's form shows of its days: what they would be, and what is at Exist."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..account.data import value_of
from ..account.failures import exist_errors
from ..api import Priority, Value
from ..ledger import Key
from ..ledger.at_exist import async_shown_at_exist
from ..ledger.day import is_edited, is_empty
from ..links import Link, NotTold
from ..links.aggregate import is_counted
from ..links.compute import Computed, DayResult
from ..links.convert import Target, readable_value
from ..links.link import CONF_GROUP, CONF_OBSERVE
from ..links.subject import Subject
from ..links.window import DAY, Part, PartKind, Zones, day_at, whole_hours, window_of
from ..links.work import PIECE_DAYS
from ..notices.plain_text import as_typed, both_ways
from ..notices.translated import (
    async_group_names,
    async_spelled,
    async_text,
    async_text_of_length,
)
from ..runtime import ExistConfigEntry, ExistRuntimeData
from .ha_words import async_states_in_words
from .link_draft import LinkDraft
from .link_lookup import async_part_in_words

# As many days as a poll shows.
PREVIEW_DAYS = 31
# So many of them are seen at once; the others are folded.
SEEN_DAYS = 7
# Nobody waits longer for a page.
FORM_SECONDS = 15


async def async_look(
    hass: HomeAssistant, runtime: ExistRuntimeData, draft: LinkDraft
) -> dict[str, str]:
    """Return what a page says of the link: its days, how far they reach, the owner."""
    assert draft.subject is not None
    link, today = _link_and_day(runtime, draft)
    says = [
        await _async_part(hass, link.part),
        await _async_zone(hass, runtime),
        await _async_states(hass, draft.subject, link),
        await _async_of_today(hass, runtime, draft, link, today),
        await async_text(hass, _reach(draft, link, today, runtime.links.zones())),
    ]
    return {
        **both_ways(
            entity=draft.subject.name,
            label=draft.label,
            owner=await _async_owner(hass, draft),
        ),
        "preview": await _async_days(hass, runtime, draft),
        "reach": "\n\n".join(each for each in says if each),
    }


async def _async_of_today(
    hass: HomeAssistant,
    runtime: ExistRuntimeData,
    draft: LinkDraft,
    link: Link,
    today: date,
) -> str:
    """Return what becomes of a value that Exist has today; nothing where it has none."""
    target = draft.target
    if target is None or link.observe:
        return ""
    shown = runtime.coordinator.day_values(target.name).get(today)
    if target.owned:
        known, key = runtime.ledger.state, Key(target.name, today)
        day, waiting = known.day(key), known.entries.get(key)
        if day.edited or is_edited(target.value_type, shown, day, waiting):
            return await async_text(hass, "today_is_kept")
        return ""
    if is_empty(target.value_type, shown, written=False):
        return ""
    if target.filled_by_service:
        return await async_text(hass, "today_is_replaced")
    return await async_text(hass, "today_is_kept")


@callback
def note_former_owner(runtime: ExistRuntimeData, draft: LinkDraft, name: str) -> None:
    """Let the link replace what another service wrote on its first day.

    What a person entered stays theirs.
    """
    target = draft.target
    if target is None or target.owned or draft.data[CONF_OBSERVE]:
        return
    _, today = _link_and_day(runtime, draft)
    # By now nobody else writes there.
    shown = value_of(runtime.coordinator.data, name, today)
    if shown is not None and target.filled_by_service:
        runtime.ledger.note_former(Key(name, today), shown)


async def _async_part(hass: HomeAssistant, part: Part) -> str:
    """Return which hours are meant, where it is not the whole day."""
    if part.kind is PartKind.WHOLE_DAY:
        return ""
    words = await async_part_in_words(hass, part)
    return await async_text(hass, "part_is", part=words)


async def _async_zone(hass: HomeAssistant, runtime: ExistRuntimeData) -> str:
    """Return in which zone days begin, where Home Assistant's is another one."""
    name = runtime.coordinator.data.profile.timezone
    if name == hass.config.time_zone:
        return ""
    return await async_text(hass, "zone_is", zone=as_typed(name))


async def _async_states(hass: HomeAssistant, subject: Subject, link: Link) -> str:
    """Return which states count, where some do."""
    called = async_states_in_words(hass, subject, sorted(link.rule.states))
    names = as_typed(", ".join(called.values()))
    return await async_text(hass, "states_are", states=names) if names else ""


def _link_and_day(runtime: ExistRuntimeData, draft: LinkDraft) -> tuple[Link, date]:
    """Return what the link would be, and its day under way."""
    link = Link.from_data("", "", draft.stored)
    now = dt_util.utcnow().timestamp()
    zones, today = runtime.links.zones(), runtime.coordinator.today
    return link, day_at(link.part, zones, today, now)


def _reach(draft: LinkDraft, link: Link, today: date, zones: Zones) -> str:
    """Return the key of the text that says how far back values can be told."""
    if not draft.has_past:
        return "reach_nothing"
    is_total = is_counted(link.rule.aggregate, draft.kind) and not link.rule.text
    is_plain = link.watched.is_plain
    if not is_plain or not (is_total or link.has_hours) or draft.counts_only_new:
        return "reach_states"
    if draft.subject is None or draft.subject.state_class is None:
        return "reach_no_statistics"
    if not whole_hours(window_of(link.part, zones, today)):
        return "reach_no_whole_hours"
    return "reach_statistics"


async def _async_owner(hass: HomeAssistant, draft: LinkDraft) -> str:
    """Return who owns what is to be written."""
    target = draft.target
    if target is None or not target.exists:
        group = target.group.label if target else draft.data.get(CONF_GROUP, "")
        names = await async_group_names(hass)
        return await async_text(hass, "owner_new", group=names.get(group, group))
    if target.owned:
        return await async_text(hass, "owner_us")
    if not target.owner_visible:
        return await async_text(hass, "owner_unseen")
    nobody = await async_text(hass, "owner_nobody")
    return target.owner.label if target.owner else nobody


async def _async_days(
    hass: HomeAssistant, runtime: ExistRuntimeData, draft: LinkDraft
) -> str:
    """Return Markdown of what the last days would have been, beside what they are."""
    link, today = _link_and_day(runtime, draft)
    first = today - (PREVIEW_DAYS - 1) * DAY
    try:
        days = await runtime.links.async_preview(link, first, today, wait=FORM_SECONDS)
    except HomeAssistantError as err:
        return as_typed(str(err))
    if days is None:
        return await async_text(hass, "untold_now")
    target = Target.of(link, link.template)
    at_exist = runtime.coordinator.day_values(link.attribute)
    rows = []
    for day in sorted(days, reverse=True):
        told = await _async_told(hass, target, days[day])
        if runtime.ledger.state.day(Key(link.attribute, day)).edited:
            told = await async_text(hass, "day_is_yours", value=told)
        present = None
        if draft.is_at_exist:
            present = at_exist.get(day)
        shown = "" if present is None else await _async_shown(hass, target, present)
        weekday = await async_text(hass, f"weekday_{day.weekday()}")
        year, month, number = day.isoformat().split("-")
        in_words = await async_text(
            hass, "short_day", weekday=weekday, year=year, month=month, day=number
        )
        rows.append((in_words, told, shown))
    heads = [
        await async_text(hass, f"column_{each}") for each in ("day", "link", "exist")
    ]
    older = await async_text(hass, "older_days")
    return (
        f"{_table(heads, rows[:SEEN_DAYS])}\n\n<details><summary>{as_typed(older)}"
        f"</summary>{_table(heads, rows[SEEN_DAYS:])}</details>"
    )


async def _async_told(hass: HomeAssistant, target: Target, result: DayResult) -> str:
    if isinstance(result, NotTold):
        return await async_text(hass, f"untold_{result.why}")
    return await _async_shown(hass, target, result.value)


async def _async_shown(hass: HomeAssistant, target: Target, value: Value) -> str:
    """Return a value as people read it; a text may be a note."""
    if isinstance(value, str):
        return await async_text_of_length(hass, value)
    return await async_spelled(hass, readable_value(target, value))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in one line, since Markdown has none that can be folded."""

    def line(cells: Sequence[str], mark: str) -> str:
        inside = "".join(f"<{mark}>{as_typed(each)}</{mark}>" for each in cells)
        return f"<tr>{inside}</tr>"

    body = "".join(line(row, "td") for row in rows)
    return f"<table><thead>{line(heads, 'th')}</thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True, slots=True)
class PastDays:
    """How many past days can be told, and how many of those have a value from elsewhere.

    Today is not among the first, but may be among the second; `taken` is None where
    Exist could not be asked.
    """

    told: int
    taken: int | None


async def async_count(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    draft: LinkDraft,
    progress: Callable[[float], None],
) -> PastDays | None:
    """Count the days that are to be sent; None where nothing can be computed now."""
    runtime = entry.runtime_data
    link, today = _link_and_day(runtime, draft)
    last = today
    oldest = today - draft.past_days * DAY
    told: set[date] = set()
    while last >= oldest:
        first = max(oldest, last - (PIECE_DAYS - 1) * DAY)
        try:
            days = await runtime.links.async_preview(link, first, last)
        except HomeAssistantError:
            return None
        if days is None:
            return None
        told |= {day for day in days if isinstance(days[day], Computed)}
        last = first - DAY
        progress((today - last).days / (draft.past_days + 1))
    taken = await _async_taken(hass, entry, draft, link, told)
    return PastDays(len(told - {today}), taken)


async def _async_taken(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    draft: LinkDraft,
    link: Link,
    told: set[date],
) -> int | None:
    """Return how many of the days have a value at Exist that is from elsewhere.

    None where it does not say.
    """
    if draft.creates or not told:
        return 0
    if not draft.is_at_exist:
        # It may have been released, and comes back with its values.
        return None
    keys = {Key(link.attribute, day) for day in told}
    runtime = entry.runtime_data
    try:
        with exist_errors(hass, entry, writing=False):
            shown: Mapping[Key, Value | None] = await async_shown_at_exist(
                runtime.client, keys, runtime.coordinator.today, Priority.PERSON
            )
    except HomeAssistantError:
        return None
    days, kind = runtime.ledger.state.day, link.value_type
    return sum(is_edited(kind, value, days(key)) for key, value in shown.items())
