"""The form that asks which groups of attributes the person wants to see."""

from collections import Counter

import voluptuous as vol

from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..account.data import AccountData, has_values
from ..const import CONF_GROUPS


def groups_schema(data: AccountData, chosen: list[str] | None = None) -> vol.Schema:
    """Return the form: each group with its number of entities.

    Ticked is what was chosen, or for a new account where there were values.
    """
    counts: Counter[str] = Counter()
    lively: set[str] = set()
    labels: dict[str, str] = {}
    priorities: dict[str, int] = {}
    for attribute in data.attributes.values():
        group = attribute.group
        if not group.name:
            continue
        counts[group.name] += 1
        labels[group.name] = group.label
        priorities[group.name] = group.priority or 0
        if has_values(data, attribute.name):
            lively.add(group.name)
    ticked = lively if chosen is None else set(chosen)
    for name in ticked - set(labels):
        # Chosen before, and without attributes today: it must not get lost here.
        labels[name], priorities[name] = name.capitalize(), len(labels)
    names = sorted(labels, key=lambda name: (priorities[name], labels[name]))
    return vol.Schema(
        {
            vol.Required(
                CONF_GROUPS, default=[name for name in names if name in ticked]
            ): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(
                            value=name, label=f"{labels[name]} ({counts[name]})"
                        )
                        for name in names
                    ],
                    multiple=True,
                    mode=SelectSelectorMode.LIST,
                )
            )
        }
    )
