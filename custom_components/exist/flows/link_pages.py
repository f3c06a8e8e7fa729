"""The pages of a link's form: their fields, filled with what is known."""

from collections.abc import Mapping, Sequence
from typing import Any

import voluptuous as vol

from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
    TimeSelector,
)

from ..api import ValueType
from ..const import GROUPS, TAGS_GROUP
from ..links.known_states import likely_states
from ..links.link import (
    CONF_ABSENT_IS_GAP,
    CONF_AGGREGATE,
    CONF_DECIMALS,
    CONF_ENTITY,
    CONF_GROUP,
    CONF_LABEL,
    CONF_OBSERVE,
    CONF_ONLY_NEW,
    CONF_PART,
    CONF_PART_END,
    CONF_PART_START,
    CONF_PAST_DAYS,
    CONF_REPLACE,
    CONF_STATES,
    DEFAULT_DECIMALS,
)
from ..links.readings import TOTALS, ReadingKind
from ..links.subject import Subject, allowed, new_value_type, proposed
from ..links.window import PartKind
from ..values.kinds import KINDS
from .form_pieces import dropdown, filled, listed, whole_number
from .link_draft import CONF_ABSENT, CONF_TAKE_OVER, GAP, HOURS_OF_PART, LinkDraft

CONF_SUGGESTION = "suggestion"
CONF_TARGET = "target"

NEW = "new"
NOT_IN_STATE = "not_in_state"
MOST_PAST_DAYS = 3650
MOST_DECIMALS = 4


def entity_page(
    draft: LinkDraft, suggestions: Mapping[str, str], left_out: list[str]
) -> vol.Schema:
    """Return the page that asks for an entity, or for one of the suggestions."""
    fields: dict[Any, Any] = {}
    if suggestions:
        fields[vol.Optional(CONF_SUGGESTION)] = dropdown(suggestions)
    fields[filled(CONF_ENTITY, draft.data.get(CONF_ENTITY))] = EntitySelector(
        EntitySelectorConfig(exclude_entities=left_out)
    )
    return vol.Schema(fields)


def aggregate_page(draft: LinkDraft, subject: Subject) -> vol.Schema:
    """Return the page that asks for the rule."""
    offered = allowed(subject)
    present = draft.aggregate
    if present not in offered:
        present = proposed(subject, draft.kind)
    rules = listed([each.value for each in offered], _words_of_rules(draft.kind))
    return vol.Schema({vol.Required(CONF_AGGREGATE, default=str(present)): rules})


def _words_of_rules(kind: ReadingKind | None) -> str:
    """Return which labels say what the rules mean for numbers of that kind."""
    if kind is ReadingKind.DAILY_TOTAL:
        return "aggregate_of_daily_total"
    return "aggregate_of_total" if kind in TOTALS else CONF_AGGREGATE


def readings_page(draft: LinkDraft) -> vol.Schema:
    """Return the page that asks whether readings count that are only held."""
    only_new = draft.data.get(CONF_ONLY_NEW, draft.is_only_new)
    return vol.Schema(
        {vol.Required(CONF_ONLY_NEW, default=only_new): BooleanSelector()}
    )


def states_page(draft: LinkDraft, subject: Subject, known: Sequence[str]) -> vol.Schema:
    """Return the page that asks which states count, and what absence means."""
    present = draft.data.get(CONF_STATES) or likely_states(subject)
    is_gap = draft.data.get(CONF_ABSENT_IS_GAP, subject.absent_is_gap)
    states = dropdown(
        list(dict.fromkeys([*known, *present])), multiple=True, own_words=True
    )
    absent = vol.Required(CONF_ABSENT, default=GAP if is_gap else NOT_IN_STATE)
    return vol.Schema(
        {
            filled(CONF_STATES, present): states,
            absent: listed([GAP, NOT_IN_STATE], CONF_ABSENT),
        }
    )


def part_page(draft: LinkDraft) -> vol.Schema:
    """Return the page that asks for the part of the day."""
    kind = PartKind(draft.data.get(CONF_PART, PartKind.WHOLE_DAY))
    used = HOURS_OF_PART[kind]
    kinds = listed([each.value for each in PartKind], CONF_PART)
    return vol.Schema(
        {
            vol.Required(CONF_PART, default=kind.value): kinds,
            **{
                filled(key, draft.data[key] if key in used else None): TimeSelector()
                for key in (CONF_PART_START, CONF_PART_END)
            },
        }
    )


def attribute_page(
    targets: Mapping[str, str], new: str, present: str | None
) -> vol.Schema:
    """Return the page that asks for the attribute; `new` is the word for another."""
    # Of what is required, the frontend chooses the first by itself.
    marker = (
        vol.Required(CONF_TARGET, default=present)
        if present
        else vol.Optional(CONF_TARGET)
    )
    return vol.Schema({marker: dropdown({**targets, NEW: new})})


def new_attribute_page(draft: LinkDraft, subject: Subject) -> vol.Schema:
    """Return the page that asks how a new attribute shall be called."""
    assert draft.aggregate is not None
    label = draft.label if draft.creates and draft.label else subject.name
    # Exist takes nothing but yes or no for a tag.
    is_tag = new_value_type(subject, draft.aggregate) is ValueType.BOOLEAN
    groups = [each for each in GROUPS if is_tag or each != TAGS_GROUP]
    named = vol.Required(CONF_LABEL, description={"suggested_value": label})
    group = filled(CONF_GROUP, draft.data.get(CONF_GROUP))
    return vol.Schema({named: TextSelector(), group: dropdown(groups, "group")})


def finish_page(draft: LinkDraft) -> vol.Schema:
    """Return the last page; past days are asked for anew each time."""
    fields: dict[Any, Any] = {}
    data = draft.data
    if draft.must_tick:
        take_over = vol.Optional(CONF_TAKE_OVER, default=draft.take_over)
        fields[take_over] = BooleanSelector()
    observe = vol.Required(CONF_OBSERVE, default=data.get(CONF_OBSERVE, False))
    fields[observe] = BooleanSelector()
    kind = KINDS[draft.value_type]
    if kind.is_number and not kind.wire.whole:
        decimals = data.get(CONF_DECIMALS, DEFAULT_DECIMALS)
        fields[vol.Required(CONF_DECIMALS, default=decimals)] = whole_number(
            MOST_DECIMALS
        )
    days = vol.Required(CONF_PAST_DAYS, default=data.get(CONF_PAST_DAYS, 0))
    fields[days] = whole_number(MOST_PAST_DAYS)
    over = vol.Required(CONF_REPLACE, default=data.get(CONF_REPLACE, False))
    fields[over] = BooleanSelector()
    return vol.Schema(fields)
