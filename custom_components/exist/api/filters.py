"""What a list of attributes may be limited to, and how Exist is asked for it: pure."""

from collections.abc import Collection
from datetime import date
from http import HTTPStatus
from typing import TypedDict

from .errors import ExistRequestError
from .model import Attribute, Page


class Filters(TypedDict, total=False):
    """What a list of attributes may be limited or extended to; None leaves it out."""

    groups: Collection[str] | None
    attributes: Collection[str] | None
    templates: Collection[str] | None
    exclude_custom: bool | None
    manual: bool | None
    include_inactive: bool | None
    include_low_priority: bool | None
    owned: bool | None


def matching(found: tuple[Attribute, ...], filters: Filters) -> tuple[Attribute, ...]:
    """Return those that the filters mean, whatever Exist made of them."""
    groups, names = filters.get("groups"), filters.get("attributes")
    manual = filters.get("manual")
    return tuple(
        attribute
        for attribute in found
        if (groups is None or attribute.group.name in groups)
        and (names is None or attribute.name in names)
        and (not filters.get("exclude_custom") or attribute.template is not None)
        and (manual is None or attribute.manual is manual)
    )


def ignores(page: Page[Attribute], filters: Filters) -> bool:
    """Return whether a page is of a list to which a filter was not applied."""
    names = filters.get("attributes")
    return matching(page.results, filters) != page.results or (
        names is not None and page.count > len(set(names))
    )


def page_of(
    found: tuple[Attribute, ...], number: int, limit: int, asked: Page[Attribute]
) -> Page[Attribute]:
    """Return one page of a list, in place of that page of the longer list `asked`.

    Raises ExistRequestError where it has no such page, as Exist does.
    """
    start, end = (number - 1) * limit, number * limit
    if number > 1 and start >= len(found):
        raise ExistRequestError(HTTPStatus.NOT_FOUND, in_json=True)
    following = asked.next if end < len(found) else None
    return Page(len(found), following, asked.previous, found[start:end])


def query_of(**values: object) -> dict[str, str]:
    """Return the query of what was given, as Exist writes it."""
    query = {}
    for key, value in values.items():
        match value:
            case None:
                continue
            case bool():
                query[key] = "true" if value else "false"
            case str() | int():
                query[key] = str(value)
            case date():
                query[key] = value.isoformat()
            case Collection():
                query[key] = ",".join(sorted(map(str, value)))
    return query
