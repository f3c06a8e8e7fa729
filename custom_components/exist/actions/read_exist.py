"""Actions that only read: attributes, values, Exist's findings, and a dashboard."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv

from ..api import ExistRequestError, Priority
from ..dashboard.gather import async_belongings
from ..dashboard.layout import TEXTS, dashboard
from ..dashboard.spelling import spelling_of
from ..notices.translated import async_text, wrong
from ..runtime import ExistConfigEntry
from .answers import average_json, page_json, record_json
from .call import DAYS, ENTITIES, ENTITY, WORD, WORDS, Fields, async_names, async_one

MAX_LIMIT = 100
# From today's own findings to those of a month.
INSIGHT_PRIORITIES = (1, 4)

_NUMBER = vol.Coerce(int)

# Exist may have groups that we do not know yet.
GROUPS_ASKED: Fields = {vol.Optional("groups"): WORDS}
NAMES: Fields = {vol.Optional("attributes"): WORDS, **ENTITIES}
TEMPLATES: Fields = {**GROUPS_ASKED, vol.Optional("include_low_priority"): cv.boolean}
OWNED: Fields = {
    **TEMPLATES,
    **NAMES,
    vol.Optional("exclude_custom"): cv.boolean,
    vol.Optional("manual"): cv.boolean,
    vol.Optional("include_inactive"): cv.boolean,
    vol.Optional("page"): vol.All(_NUMBER, vol.Range(min=1)),
    vol.Optional("limit"): vol.All(_NUMBER, vol.Range(min=1, max=MAX_LIMIT)),
}
ATTRIBUTES: Fields = {**OWNED, vol.Optional("owned"): cv.boolean}
DAYS_OF_ONE: Fields = {vol.Optional("attribute"): WORD, **ENTITY, **DAYS}
AVERAGES: Fields = {
    **GROUPS_ASKED,
    **NAMES,
    **DAYS,
    vol.Optional("include_historical"): cv.boolean,
}
CORRELATIONS: Fields = {
    vol.Optional("attribute"): WORD,
    **ENTITY,
    vol.Optional("attribute2"): WORD,
    vol.Optional("entity2"): cv.entity_id,
    vol.Optional("strong"): cv.boolean,
    vol.Optional("confident"): cv.boolean,
}
INSIGHTS: Fields = {
    **DAYS,
    vol.Optional("priority"): vol.All(_NUMBER, vol.Range(*INSIGHT_PRIORITIES)),
}
# What a field of an action is called at Exist, where that differs.
_AT_EXIST = {"start": "date_min", "end": "date_max", "priority": "priority_filter"}
_NOT_AT_EXIST = {"account", "entity", "entity2", "entities"}


def _asked(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Return what is asked for, as the client takes it."""
    data = {key: each for key, each in call.data.items() if key not in _NOT_AT_EXIST}
    if "start" in data and "end" in data and data["start"] > data["end"]:
        raise wrong("start_after_end")
    for field, entity in (("attribute", "entity"), ("attribute2", "entity2")):
        if (name := async_one(call, entry, field, entity)) is not None:
            data[field] = name
    if (names := async_names(call, entry, "attributes")) is not None:
        data["attributes"] = names
    asked = {_AT_EXIST.get(key, key): value for key, value in data.items()}
    return asked | {"priority": Priority.PERSON}


@contextmanager
def _paged(asked: dict[str, Any]) -> Generator[None]:
    """Say it in words that a list has no such page."""
    try:
        yield
    except ExistRequestError as err:
        if err.is_not_found and "page" in asked:
            raise wrong("no_such_page", page=str(asked["page"])) from None
        raise


async def async_get_attributes(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return the attributes that we may see: all pages, or one."""
    asked = {"include_low_priority": True} | _asked(call, entry)
    with _paged(asked):
        page = await entry.runtime_data.client.attributes_page(**asked)
    return page_json(page, "attributes")


async def async_get_owned(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Return what we own: all pages, or one."""
    asked = _asked(call, entry)
    with _paged(asked):
        page = await entry.runtime_data.client.owned(**asked)
    return page_json(page, "results")


async def async_get_values(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return days of one attribute, newest first."""
    runtime, asked = entry.runtime_data, _asked(call, entry)
    name = asked.get("attribute")
    if name is None:
        raise wrong("attribute_needed")
    attribute = runtime.coordinator.data.attributes.get(name)
    if attribute is None:
        raise wrong("no_such_attribute", name=name)
    try:
        days = await runtime.client.values(**asked, value_type=attribute.value_type)
    except ExistRequestError as err:
        if err.is_not_found:
            called = runtime.coordinator.called(name)
            raise wrong("attribute_inactive", name=called) from None
        raise
    return {
        "name": name,
        "label": attribute.label,
        "values": [
            {"date": day.isoformat(), "value": value} for day, value in days.items()
        ],
    }


async def async_get_templates(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return Exist's official attributes."""
    asked = {"include_low_priority": True} | _asked(call, entry)
    found = await entry.runtime_data.client.templates(**asked)
    return {"templates": [record_json(each) for each in found]}


async def async_get_averages(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return weekly medians."""
    found = await entry.runtime_data.client.averages(**_asked(call, entry))
    return {"averages": [average_json(each) for each in found]}


async def async_get_correlations(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return what goes together with what, or whether two attributes do."""
    client, asked = entry.runtime_data.client, _asked(call, entry)
    if "attribute2" not in asked:
        found = await client.correlations(**asked)
    elif "attribute" not in asked:
        raise wrong("attribute2_alone")
    elif asked.get("strong") or asked.get("confident"):
        raise wrong("pair_or_filter")
    else:
        pair = await client.correlation(
            asked["attribute"], asked["attribute2"], priority=asked["priority"]
        )
        found = () if pair is None else (pair,)
    fed = entry.runtime_data.links.fed
    return {
        "correlations": [
            record_json(each)
            | {"linked": not fed.isdisjoint((each.attribute, each.attribute2))}
            for each in found
        ]
    }


async def async_get_insights(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return findings in words."""
    found = await entry.runtime_data.client.insights(**_asked(call, entry))
    return {"insights": [record_json(each) for each in found]}


async def async_get_dashboard(
    call: ServiceCall, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return a dashboard of what is there now, in Home Assistant's language."""
    texts = {key: await async_text(call.hass, f"dashboard_{key}") for key in TEXTS}
    spelling = spelling_of(call.hass.config.language)
    return dashboard(await async_belongings(call.hass, entry), texts, spelling)
