"""Actions: resolve, validate, call, answer."""

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service

from ..account.failures import exist_errors
from ..api import AcquireItem, ExistRequestError, Priority
from ..changes.ownership import async_acquire, async_release
from ..const import DOMAIN, GROUPS
from .answers import ATTR_TEMPLATE, answer, attribute_json
from .call import (
    ACCOUNT,
    ATTR_NAME,
    WORD,
    WORDS,
    async_account,
    async_name,
    require_write,
    wrong,
)
from .link_actions import async_setup_link_actions
from .read_actions import async_setup_read_actions
from .write_actions import async_setup_write_actions

ACQUIRE = "acquire_attributes"
RELEASE = "release_attributes"
GET_OWNED = "get_owned_attributes"

ATTR_ATTRIBUTES = "attributes"
ATTR_DROP_WAITING = "drop_waiting"
ATTR_EXCLUDE_CUSTOM = "exclude_custom"
ATTR_GROUPS = "groups"
ATTR_INCLUDE_INACTIVE = "include_inactive"
ATTR_INCLUDE_LOW_PRIORITY = "include_low_priority"
ATTR_LIMIT = "limit"
ATTR_MANUAL = "manual"
ATTR_NAMES = "names"
ATTR_PAGE = "page"
ATTR_SUCCESS_OBJECTS = "success_objects"
ATTR_TAKE_OVER = "take_over"
ATTR_TEMPLATES = "templates"

MAX_LIMIT = 100
HTTP_NOT_FOUND = 404

ACQUIRE_SCHEMA = vol.Schema(
    {
        **ACCOUNT,
        vol.Optional(ATTR_ATTRIBUTES): vol.All(
            cv.ensure_list,
            [
                vol.All(
                    vol.Schema(
                        {
                            vol.Exclusive(ATTR_TEMPLATE, "what"): WORD,
                            vol.Exclusive(ATTR_NAME, "what"): WORD,
                            vol.Optional(ATTR_MANUAL): cv.boolean,
                        }
                    ),
                    cv.has_at_least_one_key(ATTR_TEMPLATE, ATTR_NAME),
                )
            ],
        ),
        vol.Optional(ATTR_TEMPLATES): WORDS,
        vol.Optional(ATTR_NAMES): WORDS,
        vol.Optional(ATTR_MANUAL): cv.boolean,
        vol.Optional(ATTR_TAKE_OVER, default=False): cv.boolean,
        vol.Optional(ATTR_SUCCESS_OBJECTS, default=False): cv.boolean,
    }
)

RELEASE_SCHEMA = vol.Schema(
    {
        **ACCOUNT,
        vol.Required(ATTR_NAMES): WORDS,
        vol.Optional(ATTR_DROP_WAITING, default=False): cv.boolean,
    }
)

GET_OWNED_SCHEMA = vol.Schema(
    {
        **ACCOUNT,
        vol.Optional(ATTR_GROUPS): vol.All(cv.ensure_list, [vol.In(GROUPS)]),
        vol.Optional(ATTR_ATTRIBUTES): WORDS,
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
    async_setup_write_actions(hass)
    async_setup_link_actions(hass)
    async_setup_read_actions(hass)
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


async def _async_acquire(call: ServiceCall) -> ServiceResponse:
    entry = async_account(call)
    require_write(entry)
    manual = call.data.get(ATTR_MANUAL)
    items = [
        AcquireItem(
            item.get(ATTR_TEMPLATE),
            async_name(call.hass, entry, item[ATTR_NAME])
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
        AcquireItem(name=async_name(call.hass, entry, name), manual=manual)
        for name in call.data.get(ATTR_NAMES, ())
    ]
    if not items:
        raise wrong("nothing_named")
    result = await async_acquire(
        call.hass, entry, items, take_over=call.data[ATTR_TAKE_OVER]
    )
    full = call.data[ATTR_SUCCESS_OBJECTS]
    return answer(
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
    entry = async_account(call)
    require_write(entry)
    names = [async_name(call.hass, entry, name) for name in call.data[ATTR_NAMES]]
    if not names:
        raise wrong("nothing_named")
    result = await async_release(
        call.hass, entry, names, drop_waiting=call.data[ATTR_DROP_WAITING]
    )
    return answer(
        call,
        result,
        lambda done: {
            ATTR_NAME: done.name,
            "service": done.service.label if done.service else None,
            "active": done.active,
        },
    )


async def _async_get_owned(call: ServiceCall) -> ServiceResponse:
    entry = async_account(call)
    data = call.data
    attributes = data.get(ATTR_ATTRIBUTES)
    with exist_errors(call.hass, entry, writing=False):
        try:
            page = await entry.runtime_data.client.owned(
                page=data.get(ATTR_PAGE),
                limit=data.get(ATTR_LIMIT),
                groups=data.get(ATTR_GROUPS),
                attributes=None
                if attributes is None
                else [async_name(call.hass, entry, word) for word in attributes],
                exclude_custom=data.get(ATTR_EXCLUDE_CUSTOM),
                manual=data.get(ATTR_MANUAL),
                include_inactive=data.get(ATTR_INCLUDE_INACTIVE),
                include_low_priority=data.get(ATTR_INCLUDE_LOW_PRIORITY),
                priority=Priority.PERSON,
            )
        except ExistRequestError as err:
            if err.status == HTTP_NOT_FOUND and ATTR_PAGE in data:
                raise wrong("no_such_page", page=str(data[ATTR_PAGE])) from None
            raise
    return {
        "count": page.count,
        "next": page.next,
        "previous": page.previous,
        "results": [attribute_json(attribute) for attribute in page.results],
    }
