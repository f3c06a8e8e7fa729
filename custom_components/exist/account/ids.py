"""Unique ids of an account and of what it holds."""

from typing import Any

from homeassistant.config_entries import ConfigEntry


def account_id(entry: ConfigEntry[Any]) -> str:
    """Return the Exist user name at sign-up, which every id of the account has."""
    assert entry.unique_id is not None
    return entry.unique_id
