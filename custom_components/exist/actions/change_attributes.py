"""Actions that acquire, release and create attributes."""

from collections.abc import Sequence
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv

from ..api import AcquireItem, CreateItem
from ..changes import create, ownership
from ..notices.translated import wrong
from ..runtime import ExistConfigEntry
from ..values.kinds import KINDS
from .answers import attribute_json, changed_json
from .call import ENTITIES, WORD, WORDS, Fields, async_name, async_names, one_or_list

# Some thirty of the hour's 300 requests.
MOST_ATTRIBUTES = 1000

VALUE_TYPES = {
    each.name.lower(): each for each, kind in KINDS.items() if kind.creatable
}

ACQUIRE: Fields = {
    vol.Optional("attributes"): vol.All(
        cv.ensure_list,
        [
            vol.All(
                vol.Schema(
                    {
                        vol.Exclusive("template", "what"): WORD,
                        vol.Exclusive("name", "what"): WORD,
                        vol.Optional("manual"): cv.boolean,
                    }
                ),
                cv.has_at_least_one_key("template", "name"),
            )
        ],
    ),
    vol.Optional("templates"): WORDS,
    vol.Optional("names"): WORDS,
    **ENTITIES,
    vol.Optional("manual"): cv.boolean,
    vol.Optional("take_over", default=False): cv.boolean,
    vol.Optional("success_objects", default=False): cv.boolean,
}
RELEASE: Fields = {
    vol.Optional("names"): WORDS,
    **ENTITIES,
    vol.Optional("drop_waiting", default=False): cv.boolean,
}
_NEW: Fields = {
    vol.Optional("template"): WORD,
    vol.Optional("label"): WORD,
    vol.Optional("group"): WORD,
    vol.Optional("value_type"): vol.In(VALUE_TYPES),
    vol.Optional("manual"): cv.boolean,
}
CREATE: Fields = {
    **_NEW,
    vol.Optional("attributes"): one_or_list(_NEW),
    vol.Optional("adopt", default=False): cv.boolean,
}


def _require_some(asked: Sequence[object]) -> None:
    """Raise where nothing is named, or more than an hour's requests should go to."""
    if not asked:
        raise wrong("nothing_named")
    if len(asked) > MOST_ATTRIBUTES:
        raise wrong("too_many_attributes", most=str(MOST_ATTRIBUTES))


def _require_one_will(items: Sequence[AcquireItem]) -> None:
    """Raise where one attribute is to be both entered manually and not."""
    wills: dict[str, bool | None] = {}
    for each in items:
        name = each.template or each.name or ""
        if wills.setdefault(name.casefold(), each.manual) != each.manual:
            raise wrong("attribute_twice", name=name)


async def async_acquire(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Take ownership of templates and of attributes by name."""
    data = call.data
    asked = [
        *data.get("attributes", ()),
        *[{"template": template} for template in data.get("templates", ())],
        *[{"name": name} for name in async_names(call, entry, "names") or ()],
    ]
    _require_some(asked)
    items = [
        AcquireItem(
            each.get("template"),
            async_name(call.hass, entry, each["name"]) if "name" in each else None,
            each.get("manual", data.get("manual")),
        )
        for each in asked
    ]
    _require_one_will(items)
    result = await ownership.async_acquire(
        call.hass, entry, items, take_over=data["take_over"]
    )
    return changed_json(
        items,
        result,
        lambda done: (
            attribute_json(done.attribute)
            if data["success_objects"] and done.attribute
            else {"name": done.name, "template": done.template, "manual": done.manual}
        ),
    )


async def async_release(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Give ownership up."""
    names = async_names(call, entry, "names") or []
    _require_some(names)
    result = await ownership.async_release(
        call.hass, entry, names, drop_waiting=call.data["drop_waiting"]
    )
    return changed_json(
        [AcquireItem(name=name) for name in names],
        result,
        lambda done: {
            "name": done.name,
            "label": done.label,
            # A plain word in this answer, and an empty one where nobody took it over.
            "service": done.service.name if done.service else "",
            "service_label": done.service.label if done.service else None,
            "active": done.active,
        },
    )


async def async_create(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Create attributes, for good."""
    asked = list(call.data.get("attributes", ()))
    if own := {key: call.data[key] for key in map(str, _NEW) if key in call.data}:
        asked.append(own)
    _require_some(asked)
    items = [_create_item(each) for each in asked]
    result = await create.async_create(
        call.hass, entry, items, adopt=call.data["adopt"]
    )
    return changed_json(
        items,
        result,
        lambda done: (
            attribute_json(done.attribute)
            if done.attribute
            else {"name": done.name, "template": done.template}
        ),
    )


def _create_item(raw: dict[str, Any]) -> CreateItem:
    own = {"label", "group", "value_type"}
    if "template" in raw:
        if own & raw.keys():
            raise wrong("template_or_label")
    elif own - raw.keys():
        raise wrong("label_incomplete")
    value_type = VALUE_TYPES.get(raw.get("value_type", ""))
    return CreateItem(**{**raw, "value_type": value_type})
