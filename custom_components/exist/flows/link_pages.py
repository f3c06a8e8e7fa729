"""The pages of a link's form: their fields, made from what is known."""

from collections.abc import Mapping, Sequence
from typing import Any

import voluptuous as vol

from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)

from ..links.link import (
    CONF_AGGREGATE,
    CONF_DECIMALS,
    CONF_ENTITY,
    CONF_GROUP,
    CONF_LABEL,
    CONF_OBSERVE,
    CONF_PART,
    CONF_PART_END,
    CONF_PART_START,
    CONF_PAST_DAYS,
    CONF_REPLACE,
    CONF_STATES,
)
from ..links.window import PartKind

CONF_ABSENT = "absent"
CONF_SUGGESTION = "suggestion"
CONF_TAKE_OVER = "take_over"
CONF_TARGET = "target"

NEW = "new"
GAP, NOT_IN_STATE = "gap", "not_in_state"
MOST_PAST_DAYS = 3650
MOST_DECIMALS = 4


def entity_page(suggestions: Mapping[str, str], left_out: list[str]) -> vol.Schema:
    """Return the page that asks for an entity, or for one of the suggestions."""
    fields: dict[Any, Any] = {}
    if suggestions:
        fields[vol.Optional(CONF_SUGGESTION)] = _dropdown(_options(suggestions))
    fields[vol.Optional(CONF_ENTITY)] = EntitySelector(
        EntitySelectorConfig(exclude_entities=left_out)
    )
    return vol.Schema(fields)


def aggregate_page(offered: Sequence[str], present: str) -> vol.Schema:
    """Return the page that asks for the rule."""
    return vol.Schema(
        {vol.Required(CONF_AGGREGATE, default=present): _list(offered, CONF_AGGREGATE)}
    )


def states_page(
    known: Sequence[str], present: Sequence[str], *, absent_is_gap: bool
) -> vol.Schema:
    """Return the page that asks which states count, and what absence means."""
    return vol.Schema(
        {
            vol.Optional(
                CONF_STATES,
                # A default would come back when the person clears the field.
                description={"suggested_value": present},
            ): SelectSelector(
                SelectSelectorConfig(
                    options=list(dict.fromkeys([*known, *present])),
                    multiple=True,
                    custom_value=True,
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            vol.Required(
                CONF_ABSENT, default=GAP if absent_is_gap else NOT_IN_STATE
            ): _list([GAP, NOT_IN_STATE], CONF_ABSENT),
        }
    )


def part_page(present: str) -> vol.Schema:
    """Return the page that asks for the part of the day."""
    return vol.Schema(
        {
            vol.Required(CONF_PART, default=present): _list(
                [each.value for each in PartKind], CONF_PART
            ),
            vol.Optional(CONF_PART_START): TimeSelector(),
            vol.Optional(CONF_PART_END): TimeSelector(),
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
    return vol.Schema({marker: _dropdown(_options({**targets, NEW: new}))})


def new_attribute_page(groups: Sequence[str]) -> vol.Schema:
    """Return the page that asks how a new attribute shall be called."""
    return vol.Schema(
        {
            vol.Required(CONF_LABEL): TextSelector(),
            vol.Optional(CONF_GROUP): SelectSelector(
                SelectSelectorConfig(
                    options=list(groups),
                    mode=SelectSelectorMode.DROPDOWN,
                    translation_key="group",
                )
            ),
        }
    )


def finish_page(decimals: int | None, *, must_tick: bool, observe: bool) -> vol.Schema:
    """Return the last page; `decimals` is None where nothing is rounded."""
    fields: dict[Any, Any] = {}
    if must_tick:
        fields[vol.Optional(CONF_TAKE_OVER, default=False)] = BooleanSelector()
    fields[vol.Required(CONF_OBSERVE, default=observe)] = BooleanSelector()
    if decimals is not None:
        fields[vol.Required(CONF_DECIMALS, default=decimals)] = _number(MOST_DECIMALS)
    fields[vol.Required(CONF_PAST_DAYS, default=0)] = _number(MOST_PAST_DAYS)
    fields[vol.Required(CONF_REPLACE, default=False)] = BooleanSelector()
    return vol.Schema(fields)


def _options(labels: Mapping[str, str]) -> list[SelectOptionDict]:
    return [SelectOptionDict(value=key, label=label) for key, label in labels.items()]


def _dropdown(options: list[SelectOptionDict]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
    )


def _list(options: Sequence[str], key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options), mode=SelectSelectorMode.LIST, translation_key=key
        )
    )


def _number(most: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=0, max=most, step=1, mode=NumberSelectorMode.BOX)
    )
