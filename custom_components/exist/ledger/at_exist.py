"""Reads what Exist shows for a few days, as cheaply as the API allows."""

from collections.abc import Collection
from datetime import date, timedelta

from ..api import ExistClient, ExistRequestError, Priority, Value
from ..const import VALUE_DAYS
from .day import Key


async def async_shown_at_exist(
    client: ExistClient, keys: Collection[Key], today: date, priority: Priority
) -> dict[Key, Value | None]:
    """Return the value of each day; a day of what cannot be read is left out.

    One request for the days of the last month, one for each attribute that goes
    further back. Raises ExistError.
    """
    first = today - timedelta(days=VALUE_DAYS - 2)
    recent = {key for key in keys if first <= key.day <= today}
    found: dict[Key, Value | None] = {}
    if recent:
        names = {key.name for key in recent}
        for attribute in await client.attributes_with_values(
            days=VALUE_DAYS, attributes=names, priority=priority
        ):
            found |= {
                key: attribute.values.get(key.day)
                for key in recent
                if key.name == attribute.name
            }
    older = set(keys) - recent
    for name in sorted({key.name for key in older}):
        days = [key.day for key in older if key.name == name]
        try:
            values = await client.values(
                name, date_min=min(days), date_max=max(days), priority=priority
            )
        except ExistRequestError as err:
            if not err.is_not_found or not err.in_json:
                raise
            # Inactive or hidden from us; writing will tell.
            continue
        found |= {Key(name, day): values.get(day) for day in days}
    return found
