"""Actions: resolve, validate, call, answer."""

from collections.abc import Callable, Iterable
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)

from .api import AcquireItem, Attribute, Priority, Service
from .const import DOMAIN, GROUPS
from .entity import account_id
from .ownership import Done, OwnershipResult, async_acquire, async_release, exist_errors
from .runtime import ExistConfigEntry
from .scopes import any_write

ACQUIRE = "acquire_attributes"
RELEASE = "release_attributes"
GET_OWNED = "get_owned_attributes"

ATTR_ACCOUNT = "account"
ATTR_ATTRIBUTES = "attributes"
ATTR_EXCLUDE_CUSTOM = "exclude_custom"
ATTR_GROUPS = "groups"
ATTR_INCLUDE_INACTIVE = "include_inactive"
ATTR_INCLUDE_LOW_PRIORITY = "include_low_priority"
ATTR_LIMIT = "limit"
ATTR_MANUAL = "manual"
ATTR_NAME = "name"
ATTR_NAMES = "names"
ATTR_PAGE = "page"
ATTR_SUCCESS_OBJECTS = "success_objects"
ATTR_TAKE_OVER = "take_over"
ATTR_TEMPLATE = "template"
ATTR_TEMPLATES = "templates"

MAX_LIMIT = 100

_WORD = vol.All(cv.string, vol.Strip, vol.Length(min=1))
_WORDS = vol.All(cv.ensure_list, [_WORD])
_ACCOUNT = {vol.Optional(ATTR_ACCOUNT): cv.string}

ACQUIRE_SCHEMA = vol.Schema(
    {
        **_ACCOUNT,
        vol.Optional(ATTR_ATTRIBUTES): vol.All(
            cv.ensure_list,
            [
                vol.All(
                    vol.Schema(
                        {
                            vol.Exclusive(ATTR_TEMPLATE, "what"): _WORD,
                            vol.Exclusive(ATTR_NAME, "what"): _WORD,
                            vol.Optional(ATTR_MANUAL): cv.boolean,
                        }
                    ),
                    cv.has_at_least_one_key(ATTR_TEMPLATE, ATTR_NAME),
                )
            ],
        ),
        vol.Optional(ATTR_TEMPLATES): _WORDS,
        vol.Optional(ATTR_NAMES): _WORDS,
        vol.Optional(ATTR_MANUAL): cv.boolean,
        vol.Optional(ATTR_TAKE_OVER, default=False): cv.boolean,
        vol.Optional(ATTR_SUCCESS_OBJECTS, default=False): cv.boolean,
    }
)

RELEASE_SCHEMA = vol.Schema({**_ACCOUNT, vol.Required(ATTR_NAMES): _WORDS})

GET_OWNED_SCHEMA = vol.Schema(
    {
        **_ACCOUNT,
        vol.Optional(ATTR_GROUPS): vol.All(cv.ensure_list, [vol.In(GROUPS)]),
        vol.Optional(ATTR_ATTRIBUTES): _WORDS,
        vol.Optional(ATTR_EXCLUDE_CUSTOM): cv.boolean,
        vol.Optional(ATTR_MANUAL): cv.boolean,
        vol.Optional(ATTR_INCLUDE_INACTIVE): cv.boolean,
        vol.Optional(ATTR_INCLUDE_LOW_PRIORITY): cv.boolean,
        vol.Optional(ATTR_PAGE): vol.All(vol.Coerce(int), vol.Range(min=1)),
        vol.Optional(ATTR_LIMIT): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MAX_LIMIT)
        ),
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_register_admin_service(
        hass,
        DOMAIN,
        ACQUIRE,
        _async_acquire,
        ACQUIRE_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    async_register_admin_service(
        hass,
        DOMAIN,
        RELEASE,
        _async_release,
        RELEASE_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        GET_OWNED,
        _async_get_owned,
        GET_OWNED_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


@callback
def _async_account(call: ServiceCall) -> ExistConfigEntry:
    """Return the account that is meant; it need not be named where there is one."""
    entry_id: str | None = call.data.get(ATTR_ACCOUNT)
    if entry_id is None:
        loaded = [
            entry
            for entry in call.hass.config_entries.async_entries(DOMAIN)
            if entry.state is ConfigEntryState.LOADED
        ]
        if len(loaded) > 1:
            raise _wrong("account_needed")
    return async_get_config_entry(call.hass, DOMAIN, entry_id)


def _wrong(key: str, **names: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=names,
    )


@callback
def _async_name(hass: HomeAssistant, entry: ExistConfigEntry, word: str) -> str:
    """Return an attribute's name; one of our entities will do."""
    if "." not in word:
        return word
    registered = er.async_get(hass).async_get(word)
    if registered is None or registered.platform != DOMAIN:
        raise _wrong("unknown_entity", entity=word)
    if registered.config_entry_id != entry.entry_id:
        raise _wrong("entity_of_other_account", entity=word)
    prefix = f"{account_id(entry)}_"
    if not registered.unique_id.startswith(prefix):
        raise _wrong("unknown_entity", entity=word)
    return registered.unique_id.removeprefix(prefix)


def _require_write(entry: ExistConfigEntry) -> None:
    if not any_write(entry.runtime_data.scopes):
        raise _wrong("no_write_scope")


async def _async_acquire(call: ServiceCall) -> ServiceResponse:
    entry = _async_account(call)
    _require_write(entry)
    manual = call.data.get(ATTR_MANUAL)
    items = [
        AcquireItem(
            item.get(ATTR_TEMPLATE),
            _async_name(call.hass, entry, item[ATTR_NAME])
            if ATTR_NAME in item
            else None,
            item.get(ATTR_MANUAL, manual),
        )
        for item in call.data.get(ATTR_ATTRIBUTES, ())
    ]
    items += [
        AcquireItem(template=template, manual=manual)
        for template in call.data.get(ATTR_TEMPLATES, ())
    ]
    items += [
        AcquireItem(name=_async_name(call.hass, entry, name), manual=manual)
        for name in call.data.get(ATTR_NAMES, ())
    ]
    if not items:
        raise _wrong("nothing_named")
    result = await async_acquire(
        call.hass, entry, items, take_over=call.data[ATTR_TAKE_OVER]
    )
    full = call.data[ATTR_SUCCESS_OBJECTS]
    return _answer(
        call,
        result,
        lambda done: (
            attribute_json(done.attribute)
            if full and done.attribute
            else {
                ATTR_NAME: done.name,
                ATTR_TEMPLATE: done.template,
                ATTR_MANUAL: done.manual,
            }
        ),
    )


async def _async_release(call: ServiceCall) -> ServiceResponse:
    entry = _async_account(call)
    _require_write(entry)
    names = [_async_name(call.hass, entry, name) for name in call.data[ATTR_NAMES]]
    if not names:
        raise _wrong("nothing_named")
    result = await async_release(call.hass, entry, names)
    return _answer(
        call,
        result,
        lambda done: {
            ATTR_NAME: done.name,
            "service": done.service.label if done.service else None,
            "active": done.active,
        },
    )


def _answer(
    call: ServiceCall, result: OwnershipResult, show: Callable[[Done], dict[str, Any]]
) -> ServiceResponse:
    """Return both lists; where nobody reads them, raise for what failed."""
    if call.return_response:
        return {
            "success": [show(done) for done in result.success],
            "failed": [
                {
                    **({ATTR_NAME: failed.name} if failed.name else {}),
                    **({ATTR_TEMPLATE: failed.template} if failed.template else {}),
                    "code": failed.code,
                    "error": failed.error,
                }
                for failed in result.failed
            ],
        }
    if result.failed:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="some_failed",
            translation_placeholders={
                "failed": "; ".join(
                    f"{failed.name or failed.template}: {failed.error}"
                    for failed in result.failed
                )
            },
        )
    return None


async def _async_get_owned(call: ServiceCall) -> ServiceResponse:
    entry = _async_account(call)
    data = call.data
    attributes = data.get(ATTR_ATTRIBUTES)
    with exist_errors(call.hass, entry, writing=False):
        page = await entry.runtime_data.client.owned(
            page=data.get(ATTR_PAGE),
            limit=data.get(ATTR_LIMIT),
            groups=data.get(ATTR_GROUPS),
            attributes=None
            if attributes is None
            else [_async_name(call.hass, entry, word) for word in attributes],
            exclude_custom=data.get(ATTR_EXCLUDE_CUSTOM),
            manual=data.get(ATTR_MANUAL),
            include_inactive=data.get(ATTR_INCLUDE_INACTIVE),
            include_low_priority=data.get(ATTR_INCLUDE_LOW_PRIORITY),
            priority=Priority.PERSON,
        )
    return {
        "count": page.count,
        "next": page.next,
        "previous": page.previous,
        "results": [attribute_json(attribute) for attribute in page.results],
    }


def attribute_json(attribute: Attribute) -> dict[str, Any]:
    """Return the attribute as Exist shows it."""
    return {
        "template": attribute.template,
        "name": attribute.name,
        "label": attribute.label,
        "group": {
            "name": attribute.group.name,
            "label": attribute.group.label,
            "priority": attribute.group.priority,
        },
        "service": _service_json(attribute.service),
        "active": attribute.active,
        "priority": attribute.priority,
        "manual": attribute.manual,
        "value_type": int(attribute.value_type),
        "available_services": _services_json(attribute.available_services),
    }


def _service_json(service: Service | None) -> dict[str, str] | None:
    if service is None:
        return None
    return {"name": service.name, "label": service.label}


def _services_json(services: Iterable[Service]) -> list[dict[str, str]]:
    return [{"name": service.name, "label": service.label} for service in services]
