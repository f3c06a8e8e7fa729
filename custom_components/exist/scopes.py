"""What a sign-in allows: Exist's scopes (reference: authentication/oauth2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from .const import CONF_SCOPES, GROUPS

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


def granted_scopes(data: Mapping[str, Any]) -> frozenset[str]:
    """Return what was granted; a token without `scope` is taken at what was asked."""
    scope = data["token"].get("scope")
    if isinstance(scope, str):
        return frozenset(scope.split())
    return frozenset(data.get(CONF_SCOPES, ()))


def missing_scopes(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what was asked for and not granted."""
    granted = granted_scopes(data)
    return tuple(scope for scope in data.get(CONF_SCOPES, ()) if scope not in granted)


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
