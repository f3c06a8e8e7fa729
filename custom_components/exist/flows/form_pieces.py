"""Pieces of which the forms of sign-in, options and links are made."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import time, timedelta
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import AbortFlow, section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..account.data import AccountData
from ..const import GROUPS
from ..runtime import ExistConfigEntry

type Given = dict[str, Any] | None
"""What was entered on a page; None when it is shown for the first time."""


def loaded(entry: ExistConfigEntry | None) -> ExistConfigEntry:
    """Return the account; it may have been unloaded while a page was open."""
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise AbortFlow("not_loaded")
    return entry


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


def clock(raw: str | None) -> str | None:
    """Return hours and minutes of what a field for a time gives."""
    return time.fromisoformat(raw).isoformat("minutes") if raw else None


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
    chosen: Sequence[str],
    key: str,
) -> vol.Schema:
    """Return the choice of groups, each with its number of attributes.

    `names` are what groups are called in Home Assistant's language.
    """
    shown = [each.group for each in data.attributes.values() if each.group.name]
    counts = Counter(group.name for group in shown)
    # Chosen before, and without attributes today: it must not get lost here.
    labels = {name: names.get(name, name) for name in chosen} | {
        group.name: names.get(group.name, group.label) for group in shown
    }
    lines = {name: f"{labels[name]} ({counts[name]})" for name in in_order(labels)}
    ticked = [name for name in lines if name in chosen]
    return vol.Schema({vol.Required(key, default=ticked): listed(lines, multiple=True)})


def in_order(groups: Iterable[str]) -> list[str]:
    """Return groups in the order in which they stand everywhere, new ones at the end."""
    place = {name: number for number, name in enumerate(GROUPS)}
    return sorted(groups, key=lambda name: (place.get(name, len(place)), name))
