"""Actions that only read: attributes, values, templates and Exist's findings."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv

from ..account.failures import exist_errors
from ..api import Priority
from ..const import DOMAIN, GROUPS
from ..runtime import ExistConfigEntry
from .answers import attribute_json
from .call import ACCOUNT, WORD, WORDS, async_account, async_name, wrong

ATTR_ATTRIBUTE = "attribute"
ATTR_ATTRIBUTES = "attributes"
ATTR_CONFIDENT = "confident"
ATTR_END = "end"
ATTR_GROUPS = "groups"
ATTR_HISTORICAL = "include_historical"
ATTR_INACTIVE = "include_inactive"
ATTR_LOW_PRIORITY = "include_low_priority"
ATTR_START = "start"
ATTR_STRONG = "strong"

_GROUPS = {vol.Optional(ATTR_GROUPS): vol.All(cv.ensure_list, [vol.In(GROUPS)])}
_RANGE = {vol.Optional(ATTR_START): cv.date, vol.Optional(ATTR_END): cv.date}

type Reader = Callable[[ServiceCall, ExistConfigEntry], Awaitable[dict[str, Any]]]


@callback
def async_setup_read_actions(hass: HomeAssistant) -> None:
    """Register the actions, which do nothing but answer."""
    for name, (schema, read) in _READERS.items():
        hass.services.async_register(
            DOMAIN,
            name,
            _handler(read),
            vol.Schema({**ACCOUNT, **schema}),
            supports_response=SupportsResponse.ONLY,
        )


def _handler(
    read: Reader,
) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        entry = async_account(call)
        start, end = call.data.get(ATTR_START), call.data.get(ATTR_END)
        if start and end and start > end:
            raise wrong("start_after_end")
        with exist_errors(call.hass, entry, writing=False):
            return await read(call, entry)

    return handle


async def _attributes(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    found = await entry.runtime_data.client.attributes(
        groups=call.data.get(ATTR_GROUPS),
        include_inactive=call.data.get(ATTR_INACTIVE),
        include_low_priority=call.data.get(ATTR_LOW_PRIORITY, True),
        priority=Priority.PERSON,
    )
    return {"attributes": [attribute_json(each) for each in found]}


async def _values(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    runtime = entry.runtime_data
    name = async_name(call.hass, entry, call.data[ATTR_ATTRIBUTE])
    attribute = runtime.coordinator.data.attributes.get(name)
    if attribute is None:
        raise wrong("no_such_attribute", name=name)
    days = await runtime.client.values(
        name,
        value_type=attribute.value_type,
        date_min=call.data.get(ATTR_START),
        date_max=call.data.get(ATTR_END),
        priority=Priority.PERSON,
    )
    return {
        "name": name,
        "values": [
            {"date": day.isoformat(), "value": value} for day, value in days.items()
        ],
    }


async def _templates(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    found = await entry.runtime_data.client.templates(
        groups=call.data.get(ATTR_GROUPS),
        include_low_priority=True,
        priority=Priority.PERSON,
    )
    return {"templates": [_json(asdict(each)) for each in found]}


async def _averages(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    found = await entry.runtime_data.client.averages(
        date_min=call.data.get(ATTR_START),
        date_max=call.data.get(ATTR_END),
        groups=call.data.get(ATTR_GROUPS),
        attributes=_names(call, entry),
        include_historical=call.data.get(ATTR_HISTORICAL),
        priority=Priority.PERSON,
    )
    return {"averages": [_json(asdict(each)) for each in found]}


async def _correlations(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    word = call.data.get(ATTR_ATTRIBUTE)
    found = await entry.runtime_data.client.correlations(
        strong=call.data.get(ATTR_STRONG),
        confident=call.data.get(ATTR_CONFIDENT),
        attribute=None if word is None else async_name(call.hass, entry, word),
        priority=Priority.PERSON,
    )
    return {"correlations": [_json(asdict(each)) for each in found]}


async def _insights(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    found = await entry.runtime_data.client.insights(
        date_min=call.data.get(ATTR_START),
        date_max=call.data.get(ATTR_END),
        priority=Priority.PERSON,
    )
    return {"insights": [_json(asdict(each)) for each in found]}


def _names(call: ServiceCall, entry: ExistConfigEntry) -> list[str] | None:
    words = call.data.get(ATTR_ATTRIBUTES)
    if words is None:
        return None
    return [async_name(call.hass, entry, word) for word in words]


def _json(value: Any) -> Any:
    """Return what JSON has words for."""
    match value:
        case dict():
            return {key: _json(each) for key, each in value.items()}
        case datetime() | date():
            return value.isoformat()
        case int() if not isinstance(value, bool):
            return int(value)
        case _:
            return value


_READERS: dict[str, tuple[dict[Any, Any], Reader]] = {
    "get_attributes": (
        {
            **_GROUPS,
            vol.Optional(ATTR_INACTIVE): cv.boolean,
            vol.Optional(ATTR_LOW_PRIORITY): cv.boolean,
        },
        _attributes,
    ),
    "get_values": ({vol.Required(ATTR_ATTRIBUTE): WORD, **_RANGE}, _values),
    "get_templates": (_GROUPS, _templates),
    "get_averages": (
        {
            **_GROUPS,
            **_RANGE,
            vol.Optional(ATTR_ATTRIBUTES): WORDS,
            vol.Optional(ATTR_HISTORICAL): cv.boolean,
        },
        _averages,
    ),
    "get_correlations": (
        {
            vol.Optional(ATTR_ATTRIBUTE): WORD,
            vol.Optional(ATTR_STRONG): cv.boolean,
            vol.Optional(ATTR_CONFIDENT): cv.boolean,
        },
        _correlations,
    ),
    "get_insights": (_RANGE, _insights),
}
