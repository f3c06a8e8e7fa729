"""Actions that write values and create attributes."""

from datetime import date
from typing import Any

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service

from ..api import CreateItem, ValueType
from ..changes.create import async_create
from ..changes.write import Wanted, Word, async_write, check, writer_of
from ..const import DOMAIN, GROUPS
from ..ledger import Writer
from ..ledger.written import Checked, Written
from ..runtime import ExistConfigEntry
from .answers import answer, attribute_json
from .call import (
    ACCOUNT,
    ATTR_NAME,
    WORD,
    async_account,
    async_name,
    require_write,
    wrong,
)
from .rights import async_require_right

UPDATE = "update_values"
INCREMENT = "increment_values"
CREATE = "create_attributes"

ATTR_ADOPT = "adopt"
ATTR_DATE = "date"
ATTR_GROUP = "group"
ATTR_LABEL = "label"
ATTR_MANUAL = "manual"
ATTR_TEMPLATE = "template"
ATTR_VALUE = "value"
ATTR_VALUE_TYPE = "value_type"
ATTR_VALUES = "values"
ATTR_ATTRIBUTES = "attributes"

VALUE_TYPES = {
    "integer": ValueType.INTEGER,
    "decimal": ValueType.DECIMAL,
    "text": ValueType.TEXT,
    "duration": ValueType.DURATION,
    "time_of_day": ValueType.TIME_OF_DAY,
    "percentage": ValueType.PERCENTAGE,
    "boolean": ValueType.BOOLEAN,
    "scale": ValueType.SCALE,
}


def _day(raw: Any) -> date | Word:
    if isinstance(raw, str) and raw.strip().lower() in Word:
        return Word(raw.strip().lower())
    day: date = cv.date(raw)
    return day


def _anything(raw: Any) -> Any:
    # Checked by value type, with a text of ours for each.
    return raw


_ONE = {
    vol.Required(ATTR_NAME): WORD,
    vol.Required(ATTR_VALUE): _anything,
    vol.Optional(ATTR_DATE): _day,
}
_VALUES_SCHEMA = vol.Schema(
    {
        **ACCOUNT,
        vol.Optional(ATTR_NAME): WORD,
        vol.Optional(ATTR_VALUE): _anything,
        vol.Optional(ATTR_DATE): _day,
        vol.Optional(ATTR_VALUES): vol.All(cv.ensure_list, [vol.Schema(_ONE)]),
    }
)

_NEW = {
    vol.Optional(ATTR_TEMPLATE): WORD,
    vol.Optional(ATTR_LABEL): WORD,
    vol.Optional(ATTR_GROUP): vol.In(GROUPS),
    vol.Optional(ATTR_VALUE_TYPE): vol.In(VALUE_TYPES),
    vol.Optional(ATTR_MANUAL): cv.boolean,
}
_CREATE_SCHEMA = vol.Schema(
    {
        **ACCOUNT,
        **_NEW,
        vol.Optional(ATTR_ATTRIBUTES): vol.All(cv.ensure_list, [vol.Schema(_NEW)]),
        vol.Optional(ATTR_ADOPT, default=False): cv.boolean,
    }
)


@callback
def async_setup_write_actions(hass: HomeAssistant) -> None:
    """Register the actions; creating is for administrators, since it is for good."""
    for name, handler in ((UPDATE, _async_update), (INCREMENT, _async_increment)):
        hass.services.async_register(
            DOMAIN,
            name,
            handler,
            _VALUES_SCHEMA,
            supports_response=SupportsResponse.OPTIONAL,
        )
    async_register_admin_service(
        hass,
        DOMAIN,
        CREATE,
        _async_create,
        _CREATE_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_checked(
    call: ServiceCall, entry: ExistConfigEntry, *, increment: bool = False
) -> list[Checked]:
    """Return all values that may be written, by this user and at all."""
    require_write(entry)
    wanted = _wanted(call, entry)
    await async_require_right(call, entry, [each.name for each in wanted])
    if increment:
        is_person = writer_of(call.context) is Writer.PERSON
        await entry.runtime_data.coordinator.async_wait_for_day(person=is_person)
    return check(entry, wanted, increment=increment)


def _wanted(call: ServiceCall, entry: ExistConfigEntry) -> list[Wanted]:
    data = call.data
    listed = list(data.get(ATTR_VALUES, ()))
    if ATTR_NAME in data or ATTR_VALUE in data:
        if ATTR_NAME not in data or ATTR_VALUE not in data:
            raise wrong("name_and_value")
        listed.append(
            {
                key: data[key]
                for key in (ATTR_NAME, ATTR_VALUE, ATTR_DATE)
                if key in data
            }
        )
    if not listed:
        raise wrong("no_values")
    return [
        Wanted(
            async_name(call.hass, entry, item[ATTR_NAME]),
            item[ATTR_VALUE],
            item.get(ATTR_DATE, data.get(ATTR_DATE)),
        )
        for item in listed
    ]


async def _async_update(call: ServiceCall) -> ServiceResponse:
    entry = async_account(call)
    checked = await _async_checked(call, entry)
    writer = writer_of(call.context)
    written = await async_write(call.hass, entry, checked, writer)
    return written_answer(call, written)


async def _async_increment(call: ServiceCall) -> ServiceResponse:
    entry = async_account(call)
    checked = await _async_checked(call, entry, increment=True)
    writer = writer_of(call.context)
    written = await entry.runtime_data.increments.async_add(checked, writer)
    return written_answer(call, written)


def written_answer(call: ServiceCall, written: list[Written]) -> ServiceResponse:
    """Return all three lists; where nobody reads them, raise for what failed."""
    if call.return_response:
        return {
            result: [_item(each) for each in written if each.result == result]
            for result in ("success", "failed", "queued")
        }
    if failed := [each for each in written if each.result == "failed"]:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="some_failed",
            translation_placeholders={
                "failed": "; ".join(
                    f"{each.name} {each.day}: {each.error}" for each in failed
                )
            },
        )
    return None


def _item(written: Written) -> dict[str, Any]:
    item: dict[str, Any] = {
        ATTR_NAME: written.name,
        ATTR_DATE: written.day.isoformat(),
    }
    if written.current is not None:
        item["current"] = written.current
    if written.code:
        item |= {"code": written.code, "error": written.error}
    return item


async def _async_create(call: ServiceCall) -> ServiceResponse:
    entry = async_account(call)
    require_write(entry)
    listed = list(call.data.get(ATTR_ATTRIBUTES, ()))
    own = {key: call.data[key] for key in map(str, _NEW) if key in call.data}
    if own:
        listed.append(own)
    if not listed:
        raise wrong("nothing_named")
    result = await async_create(
        call.hass,
        entry,
        [_create_item(each) for each in listed],
        adopt=call.data[ATTR_ADOPT],
    )
    return answer(
        call,
        result,
        lambda done: (
            attribute_json(done.attribute)
            if done.attribute
            else {ATTR_NAME: done.name, ATTR_TEMPLATE: done.template}
        ),
    )


def _create_item(raw: dict[str, Any]) -> CreateItem:
    template, manual = raw.get(ATTR_TEMPLATE), raw.get(ATTR_MANUAL)
    rest = (ATTR_LABEL, ATTR_GROUP, ATTR_VALUE_TYPE)
    if template is not None:
        if any(key in raw for key in rest):
            raise wrong("template_or_label")
        return CreateItem(template=template, manual=manual)
    if any(key not in raw for key in rest):
        raise wrong("label_incomplete")
    return CreateItem(
        label=raw[ATTR_LABEL],
        group=raw[ATTR_GROUP],
        value_type=VALUE_TYPES[raw[ATTR_VALUE_TYPE]],
        manual=manual,
    )
