"""What one complete poll told: records and pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo

from ..api import Attribute, DayValues, Profile, Value, ValueType
from ..const import TAGS_GROUP


@dataclass(frozen=True, slots=True)
class AccountData:
    """What one complete poll told.

    `attributes` holds everything visible or owned, by name; `values` the last 31
    days of what is visible, newest first; `owned` the names that Home Assistant may
    write.
    """

    profile: Profile
    zone: tzinfo
    attributes: Mapping[str, Attribute]
    values: Mapping[str, DayValues]
    owned: frozenset[str]


def merge_account(
    profile: Profile,
    zone: tzinfo,
    owned: Iterable[Attribute],
    visible: Iterable[Attribute],
) -> AccountData:
    """Join the answers of one poll; the owned list knows more about an attribute."""
    seen = {attribute.name: attribute for attribute in visible}
    ours = {attribute.name: attribute for attribute in owned}
    values = {name: attribute.values for name, attribute in seen.items()}
    return AccountData(profile, zone, seen | ours, values, frozenset(ours))


def value_of(data: AccountData, name: str, day: date) -> Value | None:
    """Return what a poll showed for a day."""
    return data.values.get(name, {}).get(day)


def is_wanted(data: AccountData, attribute: Attribute, groups: list[str]) -> bool:
    """Return whether the person sees it: what is owned, and the groups chosen."""
    return attribute.name in data.owned or attribute.group.name in groups


def has_values(data: AccountData, name: str) -> bool:
    """Return whether any of the attribute's days has a value."""
    return any(value is not None for value in data.values.get(name, {}).values())


def is_tag(attribute: Attribute) -> bool:
    """Return whether it belongs on the list of tags."""
    return (
        attribute.group.name == TAGS_GROUP and attribute.value_type is ValueType.BOOLEAN
    )


def owned_tags(data: AccountData) -> Iterable[Attribute]:
    """Return the tags that Home Assistant may write."""
    return (each for each in owned_attributes(data) if is_tag(each))


def owned_attributes(data: AccountData) -> Iterable[Attribute]:
    """Return the attributes that Home Assistant may write."""
    return (data.attributes[name] for name in data.owned if name in data.attributes)
