"""The form that asks what Home Assistant may do at Exist."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import voluptuous as vol

from ..account.scopes import STEMS, scopes_for
from ..const import CONF_GROUPS, GROUPS
from .form_pieces import dropdown, filled, listed

CONF_ACCESS = "access"
CONF_READ = "read"
CONF_WRITE = "write"


class Access(StrEnum):
    """How much is asked for."""

    ALL = "all"
    READ = "read"
    CHOOSE = "choose"


def access_schema(present: frozenset[str], groups: Sequence[str] | None) -> vol.Schema:
    """Return the form, with what the account may do now as its default.

    A new account is also asked for its `groups`.
    """
    if present in (frozenset(), frozenset(scopes_for(STEMS, STEMS))):
        default = Access.ALL
    elif present == frozenset(scopes_for(STEMS, ())):
        default = Access.READ
    else:
        default = Access.CHOOSE
    choice = listed([access.value for access in Access], CONF_ACCESS)
    fields: dict[Any, Any] = {vol.Required(CONF_ACCESS, default=default.value): choice}
    if groups is not None:
        seen = vol.Required(CONF_GROUPS, default=list(groups))
        fields[seen] = listed(GROUPS, "group", multiple=True)
    return vol.Schema(fields)


def choose_schema(
    given: Mapping[str, Any] | None, scopes: frozenset[str]
) -> vol.Schema:
    """Return the form of single groups, filled with `scopes` at first."""
    if given is None:
        given = {
            CONF_READ: [stem for stem in STEMS if f"{stem}_read" in scopes],
            CONF_WRITE: [stem for stem in STEMS if f"{stem}_write" in scopes],
        }
    groups = dropdown(STEMS, "group", multiple=True)
    return vol.Schema(
        {filled(key, given.get(key)): groups for key in (CONF_READ, CONF_WRITE)}
    )


def scopes_of_choice(choice: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the scopes of the filled form."""
    return scopes_for(choice.get(CONF_READ, ()), choice.get(CONF_WRITE, ()))
