"""What a sign-in allows: Exist's scopes (reference: authentication/oauth2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..api import Attribute
from ..const import CONF_GRANTED, CONF_SCOPES, GROUPS

MANUAL = "manual"
STEMS = (*GROUPS, MANUAL)


def scopes_for(reading: Iterable[str], writing: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes for stems to read and stems to write, in a fixed order."""
    reading, writing = set(reading), set(writing)
    return tuple(
        f"{stem}_{kind}"
        for kind, stems in (("read", reading), ("write", writing))
        for stem in STEMS
        if stem in stems
    )


ALL_SCOPES = frozenset(scopes_for(STEMS, STEMS))


def signed_in_scopes(data: Mapping[str, Any]) -> frozenset[str]:
    """Return what the last sign-in gave, whatever Exist said since."""
    return frozenset(data.get(CONF_GRANTED, data.get(CONF_SCOPES, ())))


def granted_scopes(data: Mapping[str, Any]) -> frozenset[str]:
    """Return what is granted now; an answer without a scope of Exist's tells nothing."""
    scope = data["token"].get("scope")
    # Exist was seen to join scopes with a plus sign.
    words = scope.replace("+", " ").split() if isinstance(scope, str) else ()
    return ALL_SCOPES.intersection(words) or signed_in_scopes(data)


def missing_scopes(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what was asked for and is not granted."""
    granted = granted_scopes(data)
    return tuple(scope for scope in data.get(CONF_SCOPES, ()) if scope not in granted)


def is_narrowed(data: Mapping[str, Any]) -> bool:
    """Return whether Exist took back some of what the last sign-in gave."""
    return not signed_in_scopes(data) <= granted_scopes(data)


def may_hide(data: Mapping[str, Any], attribute: Attribute | None) -> bool:
    """Return whether missing scopes may be why it is not shown, or not ours.

    None stands for an attribute that Exist does not show at all.
    """
    stems = {scope.rpartition("_")[0] for scope in missing_scopes(data)}
    if attribute is None:
        return bool(stems)
    return attribute.group.name in stems or (attribute.manual and MANUAL in stems)


def can_read(scopes: frozenset[str], group: str) -> bool:
    """Return whether every attribute of the group can be seen."""
    return f"{group}_read" in scopes


def can_write(scopes: frozenset[str], group: str, *, manual: bool = False) -> bool:
    """Return whether an attribute of the group may be owned and written."""
    return f"{group}_write" in scopes or (manual and f"{MANUAL}_write" in scopes)


def any_read(scopes: frozenset[str]) -> bool:
    """Return whether there is anything that can be read."""
    return any(scope.endswith("_read") for scope in scopes)


def any_write(scopes: frozenset[str]) -> bool:
    """Return whether there is anything that can be written."""
    return any(scope.endswith("_write") for scope in scopes)
