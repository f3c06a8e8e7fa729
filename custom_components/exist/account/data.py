"""What one complete poll told: records and pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from ..api import Attribute, DayValue, Profile, Value


@dataclass(frozen=True, slots=True)
class AccountData:
    """What one complete poll told.

    `attributes` holds everything visible or owned, by name and without values;
    `values` the last 31 days of each, newest first; `owned` the names that Home
    Assistant may write.
    """

    profile: Profile
    zone: tzinfo
    attributes: Mapping[str, Attribute]
    values: Mapping[str, tuple[DayValue, ...]]
    owned: frozenset[str]


def merge_account(
    profile: Profile,
    zone: tzinfo,
    owned: Iterable[Attribute],
    visible: Iterable[Attribute],
) -> AccountData:
    """Join the answers of one poll; the owned list knows more about an attribute."""
    attributes: dict[str, Attribute] = {}
    values: dict[str, tuple[DayValue, ...]] = {}
    for attribute in visible:
        attributes[attribute.name] = replace(attribute, values=())
        values[attribute.name] = attribute.values
    names = set()
    for attribute in owned:
        attributes[attribute.name] = replace(attribute, values=())
        names.add(attribute.name)
    # The clock reading would make every poll look like a change.
    return AccountData(
        replace(profile, local_time=None), zone, attributes, values, frozenset(names)
    )


def value_of(data: AccountData, name: str, day: date) -> Value | None:
    """Return what a poll showed for a day."""
    return next(
        (each.value for each in data.values.get(name, ()) if each.date == day), None
    )


def is_wanted(data: AccountData, attribute: Attribute, groups: list[str]) -> bool:
    """Return whether the person sees it: what is owned, and the groups chosen."""
    return attribute.name in data.owned or attribute.group.name in groups


def has_values(values: tuple[DayValue, ...]) -> bool:
    """Return whether any of the days has a value."""
    return any(value.value is not None for value in values)
