"""Actions that only read: attributes, values, templates and Exist's findings."""

from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv

from ..api import ExistRequestError, Priority
from ..const import GROUPS
from ..notices.translated import wrong
from ..runtime import ExistConfigEntry
from .answers import attribute_json, record_json
from .call import DAYS, WORD, WORDS, Fields, async_name, async_names

MAX_LIMIT = 100
HTTP_NOT_FOUND = 404

TEMPLATES: Fields = {vol.Optional("groups"): vol.All(cv.ensure_list, [vol.In(GROUPS)])}
ATTRIBUTES: Fields = {
    **TEMPLATES,
    vol.Optional("include_inactive"): cv.boolean,
    vol.Optional("include_low_priority"): cv.boolean,
}
OWNED: Fields = {
    **ATTRIBUTES,
    vol.Optional("attributes"): WORDS,
    vol.Optional("exclude_custom"): cv.boolean,
    vol.Optional("manual"): cv.boolean,
    vol.Optional("page"): vol.All(vol.Coerce(int), vol.Range(min=1)),
    vol.Optional("limit"): vol.All(vol.Coerce(int), vol.Range(min=1, max=MAX_LIMIT)),
}
DAYS_OF_ONE: Fields = {vol.Required("attribute"): WORD, **DAYS}
AVERAGES: Fields = {
    **TEMPLATES,
    **DAYS,
    vol.Optional("attributes"): WORDS,
    vol.Optional("include_historical"): cv.boolean,
}
CORRELATIONS: Fields = {
    vol.Optional("attribute"): WORD,
    vol.Optional("strong"): cv.boolean,
    vol.Optional("confident"): cv.boolean,
}
# What a field of an action is called at Exist, where that differs.
_AT_EXIST = {"start": "date_min", "end": "date_max"}


def _asked(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Return what is asked for, as the client takes it."""
    data = {key: value for key, value in call.data.items() if key != "account"}
    if "start" in data and "end" in data and data["start"] > data["end"]:
        raise wrong("start_after_end")
    if "attribute" in data:
        data["attribute"] = async_name(call.hass, entry, data["attribute"])
    if "attributes" in data:
        data["attributes"] = async_names(call.hass, entry, data["attributes"])
    asked = {_AT_EXIST.get(key, key): value for key, value in data.items()}
    return asked | {"priority": Priority.PERSON}


async def async_get_attributes(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return all attributes that we may see."""
    asked = {"include_low_priority": True} | _asked(call, entry)
    found = await entry.runtime_data.client.attributes(**asked)
    return {"attributes": [attribute_json(each) for each in found]}


async def async_get_owned(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Return what we own: all pages, or one."""
    asked = _asked(call, entry)
    try:
        page = await entry.runtime_data.client.owned(**asked)
    except ExistRequestError as err:
        if err.status == HTTP_NOT_FOUND and "page" in asked:
            raise wrong("no_such_page", page=str(asked["page"])) from None
        raise
    return {
        "count": page.count,
        "next": page.next,
        "previous": page.previous,
        "results": [attribute_json(attribute) for attribute in page.results],
    }


async def async_get_values(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return days of one attribute, newest first."""
    runtime, asked = entry.runtime_data, _asked(call, entry)
    name = asked["attribute"]
    attribute = runtime.coordinator.data.attributes.get(name)
    if attribute is None:
        raise wrong("no_such_attribute", name=name)
    days = await runtime.client.values(**asked, value_type=attribute.value_type)
    return {
        "name": name,
        "values": [
            {"date": day.isoformat(), "value": value} for day, value in days.items()
        ],
    }


async def async_get_templates(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return Exist's official attributes."""
    found = await entry.runtime_data.client.templates(
        include_low_priority=True, **_asked(call, entry)
    )
    return {"templates": [record_json(each) for each in found]}


async def async_get_averages(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return weekly medians."""
    found = await entry.runtime_data.client.averages(**_asked(call, entry))
    return {"averages": [record_json(each) for each in found]}


async def async_get_correlations(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return what goes together with what."""
    found = await entry.runtime_data.client.correlations(**_asked(call, entry))
    return {"correlations": [record_json(each) for each in found]}


async def async_get_insights(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return findings in words."""
    found = await entry.runtime_data.client.insights(**_asked(call, entry))
    return {"insights": [record_json(each) for each in found]}
