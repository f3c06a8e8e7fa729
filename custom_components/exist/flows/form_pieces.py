"""Pieces of which the forms of sign-in, options and links are made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import voluptuous as vol

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..account.data import AccountData, has_values
from ..const import CONF_GROUPS

type Given = dict[str, Any] | None
"""What was entered on a page; None when it is shown for the first time."""


def listed(
    options: Sequence[str] | Mapping[str, str],
    key: str | None = None,
    *,
    multiple: bool = False,
) -> SelectSelector:
    """Return a choice of which all is seen at once.

    Options are a mapping to labels, or names whose labels are translated by `key`.
    """
    return _select(options, key, SelectSelectorMode.LIST, multiple=multiple)


def dropdown(
    options: Sequence[str] | Mapping[str, str],
    key: str | None = None,
    *,
    multiple: bool = False,
    own_words: bool = False,
) -> SelectSelector:
    """Return a choice that is opened, and searched when it is long."""
    return _select(
        options, key, SelectSelectorMode.DROPDOWN, multiple=multiple, own=own_words
    )


def _select(
    options: Sequence[str] | Mapping[str, str],
    key: str | None,
    mode: SelectSelectorMode,
    *,
    multiple: bool,
    own: bool = False,
) -> SelectSelector:
    config = SelectSelectorConfig(
        options=[SelectOptionDict(value=each, label=options[each]) for each in options]
        if isinstance(options, Mapping)
        else list(options),
        multiple=multiple,
        custom_value=own,
        mode=mode,
    )
    if key is not None:
        config["translation_key"] = key
    return SelectSelector(config)


def whole_number(most: int) -> NumberSelector:
    """Return a field for a number from 0 on."""
    return NumberSelector(
        NumberSelectorConfig(min=0, max=most, step=1, mode=NumberSelectorMode.BOX)
    )


def any_number() -> NumberSelector:
    """Return a field for any number."""
    return NumberSelector(NumberSelectorConfig(step="any", mode=NumberSelectorMode.BOX))


def folded(fields: Mapping[Any, Any], *, is_open: bool) -> section:
    """Return fields that are seen only by who opens them."""
    return section(vol.Schema(dict(fields)), {"collapsed": not is_open})


def seconds_of(lasts: Mapping[str, float] | None) -> float:
    """Return the seconds of what a field for a duration gives."""
    return timedelta(**lasts).total_seconds() if lasts else 0.0


def duration_of(seconds: float | None) -> dict[str, int] | None:
    """Return what a field for a duration shows."""
    if not seconds:
        return None
    minutes, rest = divmod(round(seconds), 60)
    return {"hours": minutes // 60, "minutes": minutes % 60, "seconds": rest}


def filled(key: str, value: Any) -> vol.Optional:
    """Return a field that can be emptied: a default would come back then."""
    if value is None:
        return vol.Optional(key)
    return vol.Optional(key, description={"suggested_value": value})


def groups_schema(
    data: AccountData,
    names: Mapping[str, str],
    chosen: Sequence[str] | None = None,
    key: str = CONF_GROUPS,
) -> vol.Schema:
    """Return the form of what to see: each group with its number of attributes.

    Ticked is what was chosen, or for a new account where there were values. `names`
    are those of groups of which Exist shows no attribute now.
    """
    shown = [each for each in data.attributes.values() if each.group.name]
    counts = Counter(each.group.name for each in shown)
    groups = sorted(
        {each.group.name: each.group for each in shown}.values(),
        key=lambda group: (group.priority or 0, group.label),
    )
    labels = {each.name: f"{each.label} ({counts[each.name]})" for each in groups}
    if chosen is None:
        chosen = [each.group.name for each in shown if has_values(data, each.name)]
    # Chosen before, and without attributes today: it must not get lost here.
    labels |= {
        name: f"{names.get(name, name)} (0)" for name in chosen if name not in labels
    }
    ticked = [name for name in labels if name in chosen]
    return vol.Schema(
        {vol.Required(key, default=ticked): listed(labels, multiple=True)}
    )
