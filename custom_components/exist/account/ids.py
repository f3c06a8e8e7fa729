"""Unique ids and names of an account and of what it holds, and what they mean."""

from typing import Any

from homeassistant.config_entries import ConfigEntry

# Neither a user name nor an attribute's name can hold it.
_SEPARATOR = "/"
_ATTRIBUTE = "attribute"
_LINK = "link"
_OWN = "account"


def title_of(username: str) -> str:
    """Return what an account is called: its entry, its device and its notifications."""
    return f"Exist ({username})"


def account_id(entry: ConfigEntry[Any]) -> str:
    """Return the Exist user name at sign-up, which every id of the account has."""
    assert entry.unique_id is not None
    return entry.unique_id


def attribute_id(entry: ConfigEntry[Any], name: str) -> str:
    """Return the unique id of each entity of an attribute."""
    return _join(entry, _ATTRIBUTE, name)


def own_id(entry: ConfigEntry[Any], key: str) -> str:
    """Return the unique id of an entity of the account itself."""
    return _join(entry, _OWN, key)


def link_id(entry: ConfigEntry[Any], link: str) -> str:
    """Return the identifier of a link's device, by the id of its subentry."""
    return _join(entry, _LINK, link)


def link_entity_id(entry: ConfigEntry[Any], link: str, key: str) -> str:
    """Return the unique id of an entity of a link."""
    return _join(entry, _LINK, link, key)


def attribute_of(entry: ConfigEntry[Any], unique_id: str) -> str | None:
    """Return whose entity has that unique id, or None if it is no attribute's."""
    return _after(_join(entry, _ATTRIBUTE, ""), unique_id)


def link_of(entry: ConfigEntry[Any], identifier: str) -> str | None:
    """Return which link's device has that identifier, or None if it is no link's."""
    return _after(_join(entry, _LINK, ""), identifier)


def renewed_id(entry: ConfigEntry[Any], old: str) -> str | None:
    """Return what an id of minor version 1 is now, or None if it is none of those.

    They were `ada_steps`, `ada.last_poll`, and `ada.link.<subentry>[.state]`.
    """
    account = account_id(entry)
    if (name := _after(f"{account}_", old)) is not None:
        return attribute_id(entry, name)
    if (link := _after(f"{account}.{_LINK}.", old)) is not None:
        return _join(entry, _LINK, *link.split("."))
    if (key := _after(f"{account}.", old)) is not None:
        return own_id(entry, key)
    return None


def _join(entry: ConfigEntry[Any], *parts: str) -> str:
    return _SEPARATOR.join((account_id(entry), *parts))


def _after(prefix: str, text: str) -> str | None:
    return text.removeprefix(prefix) if text.startswith(prefix) else None
