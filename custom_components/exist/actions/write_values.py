"""Actions that write the values of days."""

from datetime import date
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall

from ..changes.write import Wanted, Word, async_write, check, writer_of
from ..ledger import Writer
from ..notices.translated import wrong
from ..runtime import ExistConfigEntry
from .answers import written_json
from .call import ENTITY, WORD, Fields, async_name, async_one, calendar_day, one_or_list
from .user_rights import async_require_right


def _day(raw: Any) -> date | Word:
    if isinstance(raw, str) and raw.strip().lower() in Word:
        return Word(raw.strip().lower())
    return calendar_day(raw)


def _anything(raw: Any) -> Any:
    # Checked by value type, with a text of ours for each.
    return raw


VALUES: Fields = {
    vol.Optional("name"): WORD,
    **ENTITY,
    vol.Optional("value"): _anything,
    vol.Optional("date"): _day,
    # Chosen from a calendar, which could not show the words of `date`.
    vol.Optional("day"): calendar_day,
    vol.Optional("values"): one_or_list(
        {
            vol.Required("name"): WORD,
            vol.Required("value"): _anything,
            vol.Optional("date"): _day,
        }
    ),
}


async def async_update(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Set whole days."""
    wanted = await _async_wanted(call, entry)
    writer = writer_of(call.context)
    checked = check(entry, wanted)
    return written_json(checked, await async_write(call.hass, entry, checked, writer))


async def async_increment(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Add to days."""
    wanted = await _async_wanted(call, entry)
    writer, runtime = writer_of(call.context), entry.runtime_data
    await runtime.coordinator.async_wait_for_day(person=writer is Writer.PERSON)
    checked = check(entry, wanted, increment=True)
    return written_json(checked, await runtime.increments.async_add(checked, writer))


async def _async_wanted(call: ServiceCall, entry: ExistConfigEntry) -> list[Wanted]:
    """Return all values that this user may write."""
    data = call.data
    if "date" in data and "day" in data:
        raise wrong("date_or_day")
    day = data.get("day", data.get("date"))
    wanted = [
        Wanted(
            async_name(call.hass, entry, each["name"]),
            each["value"],
            each.get("date", day),
        )
        for each in data.get("values", ())
    ]
    name = async_one(call, entry, "name", "entity")
    if (name is None) is ("value" in data):
        raise wrong("name_and_value")
    if name is not None:
        wanted.append(Wanted(name, data["value"], day))
    if not wanted:
        raise wrong("no_values")
    await async_require_right(call, entry, [each.name for each in wanted])
    return wanted
