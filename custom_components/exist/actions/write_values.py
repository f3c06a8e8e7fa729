"""Actions that write the values of days."""

from datetime import date
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv

from ..changes.write import Wanted, Word, async_write, check, writer_of
from ..ledger import Writer
from ..notices.translated import wrong
from ..runtime import ExistConfigEntry
from .answers import written_json
from .call import WORD, Fields, async_name, one_or_list
from .rights import async_require_right


def _day(raw: Any) -> date | Word:
    if isinstance(raw, str) and raw.strip().lower() in Word:
        return Word(raw.strip().lower())
    day: date = cv.date(raw)
    return day


def _anything(raw: Any) -> Any:
    # Checked by value type, with a text of ours for each.
    return raw


VALUES: Fields = {
    vol.Optional("name"): WORD,
    vol.Optional("value"): _anything,
    vol.Optional("date"): _day,
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
    return written_json(
        await async_write(call.hass, entry, check(entry, wanted), writer)
    )


async def async_increment(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Add to days."""
    wanted = await _async_wanted(call, entry)
    writer, runtime = writer_of(call.context), entry.runtime_data
    await runtime.coordinator.async_wait_for_day(person=writer is Writer.PERSON)
    checked = check(entry, wanted, increment=True)
    return written_json(await runtime.increments.async_add(checked, writer))


async def _async_wanted(call: ServiceCall, entry: ExistConfigEntry) -> list[Wanted]:
    """Return all values that this user may write."""
    data = call.data
    asked = list(data.get("values", ()))
    if ("name" in data) is not ("value" in data):
        raise wrong("name_and_value")
    if "name" in data:
        asked.append(data)
    if not asked:
        raise wrong("no_values")
    wanted = [
        Wanted(
            async_name(call.hass, entry, each["name"]),
            each["value"],
            each.get("date", data.get("date")),
        )
        for each in asked
    ]
    await async_require_right(call, entry, [each.name for each in wanted])
    return wanted
