"""The pages of a link's form: their fields, filled with what is known."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.helpers.selector import (
    AttributeSelector,
    AttributeSelectorConfig,
    BooleanSelector,
    DurationSelector,
    DurationSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
    TimeSelector,
)

from ..api import ValueType
from ..const import TAGS_GROUP
from ..links.known_states import likely_states
from ..links.link import (
    CONF_ABOVE,
    CONF_ABSENT_IS_GAP,
    CONF_AGGREGATE,
    CONF_BELOW,
    CONF_DECIMALS,
    CONF_ENTITY,
    CONF_GROUP,
    CONF_LABEL,
    CONF_OBSERVE,
    CONF_ONLY_NEW,
    CONF_OTHERS,
    CONF_PART,
    CONF_PAST_DAYS,
    CONF_REPLACE,
    CONF_STATE_ATTRIBUTE,
    CONF_STATES,
    CONF_STAY,
    CONF_STEPS,
    DEFAULT_DECIMALS,
    HOURS_OF_PART,
)
from ..links.new_value_type import new_value_type
from ..links.readings import TOTALS, ReadingKind
from ..links.subject import Subject, proposed
from ..links.window import PartKind
from ..values.kinds import KINDS
from .form_pieces import (
    any_number,
    dropdown,
    duration_of,
    filled,
    folded,
    listed,
    whole_number,
)
from .link_draft import (
    CONF_ABSENT,
    CONF_MORE,
    CONF_SHARE,
    CONF_TAKE_OVER,
    GAP,
    WISHES,
    LinkDraft,
)

CONF_SUGGESTION = "suggestion"
CONF_TARGET = "target"

NOT_IN_STATE = "not_in_state"
MOST_PAST_DAYS = 3650
MOST_DECIMALS = 4


def entity_page(
    draft: LinkDraft,
    entity_id: str | None,
    suggestions: Mapping[str, str],
    left_out: list[str],
) -> vol.Schema:
    """Return the page that asks for an entity, or for one of the suggestions.

    Of `entity_id`, as far as it is known, the state attributes are listed.
    """
    fields: dict[Any, Any] = {}
    if suggestions:
        fields[vol.Optional(CONF_SUGGESTION)] = dropdown(suggestions)
    fields[filled(CONF_ENTITY, draft.data.get(CONF_ENTITY))] = EntitySelector(
        EntitySelectorConfig(exclude_entities=left_out)
    )
    is_open = any(key in draft.data for key in WISHES)
    fields[vol.Optional(CONF_MORE)] = folded(
        _wishes(draft.data, entity_id, left_out), is_open=is_open
    )
    return vol.Schema(fields)


def _wishes(
    data: Mapping[str, Any], entity_id: str | None, left_out: list[str]
) -> dict[Any, Any]:
    """Return the fields of what few people wish of an entity."""
    others = [each[CONF_ENTITY] for each in data.get(CONF_OTHERS, ())]
    attribute = (
        AttributeSelector(AttributeSelectorConfig(entity_id=entity_id))
        if entity_id is not None
        else TextSelector()
    )
    several = EntitySelectorConfig(exclude_entities=left_out, multiple=True)
    lasts = DurationSelectorConfig(enable_day=False)
    return {
        filled(CONF_OTHERS, others or None): EntitySelector(several),
        filled(CONF_STATE_ATTRIBUTE, data.get(CONF_STATE_ATTRIBUTE)): attribute,
        filled(CONF_ABOVE, data.get(CONF_ABOVE)): any_number(),
        filled(CONF_BELOW, data.get(CONF_BELOW)): any_number(),
        filled(CONF_STAY, duration_of(data.get(CONF_STAY))): DurationSelector(lasts),
        vol.Optional(CONF_STEPS, default=bool(data.get(CONF_STEPS))): BooleanSelector(),
    }


def aggregate_page(draft: LinkDraft, subject: Subject) -> vol.Schema:
    """Return the page that asks for the rule."""
    offered = draft.rules
    present = draft.aggregate
    if present not in offered:
        likely = proposed(subject, draft.kind)
        present = likely if likely in offered else offered[0]
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


def states_page(
    draft: LinkDraft, subject: Subject, known: Mapping[str, str]
) -> vol.Schema:
    """Return the page that asks which states count, and what absence means.

    `known` says what each state is called.
    """
    present = draft.data.get(CONF_STATES) or likely_states(subject)
    is_gap = draft.data.get(CONF_ABSENT_IS_GAP, subject.absent_is_gap)
    states = dropdown(
        {**known, **{each: known.get(each, each) for each in present}},
        multiple=True,
        own_words=True,
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
    kinds = listed([each.value for each in PartKind], CONF_PART)
    return vol.Schema({vol.Required(CONF_PART, default=draft.part.value): kinds})


def hours_page(draft: LinkDraft) -> vol.Schema:
    """Return the page that asks for the hours of a part of the day."""
    return vol.Schema(
        {
            filled(key, draft.data[key]): TimeSelector()
            for key in HOURS_OF_PART[draft.part]
        }
    )


def attribute_page(targets: Mapping[str, str], present: str | None) -> vol.Schema:
    """Return the page that asks for the attribute."""
    # Of what is required, the frontend chooses the first by itself.
    marker = (
        vol.Required(CONF_TARGET, default=present)
        if present
        else vol.Optional(CONF_TARGET)
    )
    # The frontend searches only where words of one's own are taken, too.
    return vol.Schema({marker: dropdown(targets, own_words=True)})


def new_attribute_page(
    draft: LinkDraft, subject: Subject, named: str | None, groups: Mapping[str, str]
) -> vol.Schema:
    """Return the page that asks for the name of a new attribute; `named` was typed."""
    assert draft.aggregate is not None
    label = named or (draft.label if draft.creates and draft.label else subject.name)
    # Exist takes nothing but yes or no for a tag.
    is_tag = new_value_type(subject, draft.aggregate) is ValueType.BOOLEAN
    fitting = {
        each: text for each, text in groups.items() if is_tag or each != TAGS_GROUP
    }
    known = draft.data.get(CONF_GROUP)
    shown = {"suggested_value": known} if known else None
    fields: dict[Any, Any] = {
        vol.Required(CONF_LABEL, description={"suggested_value": label}): (
            TextSelector()
        ),
        vol.Required(CONF_GROUP, description=shown): dropdown(fitting),
    }
    if draft.may_be_share:
        share = vol.Optional(CONF_SHARE, default=draft.is_share)
        more = folded({share: BooleanSelector()}, is_open=draft.is_share)
        fields[vol.Optional(CONF_MORE)] = more
    return vol.Schema(fields)


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
    if draft.has_past:
        fields |= _past_days(draft)
    return vol.Schema(fields)


def past_page(draft: LinkDraft, *, may_replace: bool) -> vol.Schema:
    """Return the page that says what was counted; what has a value is asked about."""
    fields = _past_days(draft)
    if may_replace:
        fields[vol.Required(CONF_REPLACE, default=False)] = BooleanSelector()
    return vol.Schema(fields)


def _past_days(draft: LinkDraft) -> dict[Any, Any]:
    days = vol.Required(CONF_PAST_DAYS, default=draft.past_days)
    return {days: whole_number(MOST_PAST_DAYS)}
