"""The form that asks what Home Assistant may do at Exist."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import voluptuous as vol

from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..account.scopes import STEMS, scopes_for

CONF_ACCESS = "access"
CONF_READ = "read"
CONF_WRITE = "write"


class Access(StrEnum):
    """How much is asked for."""

    ALL = "all"
    READ = "read"
    CHOOSE = "choose"


def access_schema(present: frozenset[str]) -> vol.Schema:
    """Return the form, with what the account may do now as its default."""
    if present in (frozenset(), frozenset(scopes_for(STEMS, STEMS))):
        default = Access.ALL
    elif present == frozenset(scopes_for(STEMS, ())):
        default = Access.READ
    else:
        default = Access.CHOOSE
    return vol.Schema(
        {
            vol.Required(CONF_ACCESS, default=default.value): SelectSelector(
                SelectSelectorConfig(
                    options=[access.value for access in Access],
                    mode=SelectSelectorMode.LIST,
                    translation_key=CONF_ACCESS,
                )
            )
        }
    )


def choose_schema() -> vol.Schema:
    """Return the form of single groups."""
    groups = SelectSelector(
        SelectSelectorConfig(
            options=list(STEMS),
            multiple=True,
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="group",
        )
    )
    return vol.Schema(
        {vol.Optional(CONF_READ): groups, vol.Optional(CONF_WRITE): groups}
    )


def suggested_choice(present: frozenset[str]) -> dict[str, list[str]]:
    """Return the groups that the account may read and write now."""
    return {
        CONF_READ: [stem for stem in STEMS if f"{stem}_read" in present],
        CONF_WRITE: [stem for stem in STEMS if f"{stem}_write" in present],
    }


def scopes_of_choice(choice: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the scopes of the filled form."""
    return scopes_for(choice.get(CONF_READ, ()), choice.get(CONF_WRITE, ()))
