"""Actions for links: compute anew, look first, and put back what was replaced."""

from datetime import date, timedelta
from typing import Any

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)

from ..account.failures import exist_errors
from ..account.ids import link_of
from ..changes.write import async_write, writer_of
from ..const import DOMAIN
from ..ledger import Key, Writer
from ..ledger.written import Checked
from ..links import Link, NotTold
from ..links.compute import DayResult
from ..links.source import recorder_ready
from ..runtime import ExistConfigEntry
from .call import (
    ACCOUNT,
    ATTR_ACCOUNT,
    WORD,
    WORDS,
    async_account,
    async_name,
    require_write,
    wrong,
)
from .rights import async_require_right
from .write_actions import written_answer

SYNC = "sync_link"
PREVIEW = "preview_link"
RESTORE = "restore_values"

ATTR_END = "end"
ATTR_LINK = "link"
ATTR_NAMES = "names"
ATTR_OVERWRITE = "overwrite"
ATTR_START = "start"

MOST_DAYS = 3660
PREVIEW_DAYS = 7

_RANGE: dict[Any, Any] = {
    vol.Optional(ATTR_START): cv.date,
    vol.Optional(ATTR_END): cv.date,
}
_LINK: dict[Any, Any] = {**ACCOUNT, vol.Required(ATTR_LINK): WORD, **_RANGE}


@callback
def async_setup_link_actions(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SYNC,
        _async_sync,
        vol.Schema({**_LINK, vol.Optional(ATTR_OVERWRITE, default=False): cv.boolean}),
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        PREVIEW,
        _async_preview,
        vol.Schema(_LINK),
        supports_response=SupportsResponse.ONLY,
    )
    async_register_admin_service(
        hass,
        DOMAIN,
        RESTORE,
        _async_restore,
        vol.Schema({**ACCOUNT, vol.Optional(ATTR_NAMES): WORDS, **_RANGE}),
        supports_response=SupportsResponse.OPTIONAL,
    )


@callback
def _async_account(call: ServiceCall) -> ExistConfigEntry:
    """Return the account that is meant; a link's device says which."""
    device = dr.async_get(call.hass).async_get(call.data[ATTR_LINK])
    if ATTR_ACCOUNT in call.data or device is None:
        return async_account(call)
    return async_get_config_entry(call.hass, DOMAIN, device.config_entry_id)


def _link(call: ServiceCall, entry: ExistConfigEntry) -> Link:
    """Return the link that is meant: by its device, or by its attribute."""
    word: str = call.data[ATTR_LINK]
    links = entry.runtime_data.links.links
    device = dr.async_get(call.hass).async_get(word)
    if device is not None:
        for domain, identifier, *_ in device.identifiers:
            link = links.get(link_of(entry, identifier) or "")
            if domain == DOMAIN and link is not None:
                return link
    for link in links.values():
        if word == link.attribute:
            return link
    raise wrong("no_such_link", link=word)


def _days(call: ServiceCall, entry: ExistConfigEntry, before: int) -> tuple[date, date]:
    coordinator = entry.runtime_data.coordinator
    last: date = call.data.get(ATTR_END, coordinator.today)
    first: date = call.data.get(ATTR_START, min(last, _ago(coordinator.today, before)))
    if first > last:
        raise wrong("days_reversed")
    if last > coordinator.today:
        raise wrong(
            "future_link_day",
            day=last.isoformat(),
            today=coordinator.today.isoformat(),
            zone=str(coordinator.data.zone),
        )
    if (last - first).days > MOST_DAYS:
        raise wrong("too_many_days", days=str(MOST_DAYS))
    return first, last


def _ago(day: date, days: int) -> date:
    return day - timedelta(days=days)


async def _async_preview(call: ServiceCall) -> ServiceResponse:
    entry = _async_account(call)
    link = _link(call, entry)
    first, last = _days(call, entry, PREVIEW_DAYS)
    if not recorder_ready(call.hass):
        raise wrong("no_recorder")
    memory = entry.runtime_data.links.memory
    days = await entry.runtime_data.links.async_preview(link, first, last)
    if days is None:
        raise wrong("link_not_told")
    return {
        "attribute": link.attribute,
        "days": [
            {
                **_day_json(day, value),
                "edited": memory.day(Key(link.attribute, day)).edited,
            }
            for day, value in sorted(days.items())
        ],
    }


def _day_json(day: date, result: DayResult) -> dict[str, Any]:
    if isinstance(result, NotTold):
        return {"date": day.isoformat(), "value": None, "reason": result.why.value}
    return {"date": day.isoformat(), "value": result.value}


async def _async_sync(call: ServiceCall) -> ServiceResponse:
    entry = _async_account(call)
    require_write(entry)
    link = _link(call, entry)
    overwrite: bool = call.data[ATTR_OVERWRITE]
    await async_require_right(call, entry, [link.attribute], link=link, admin=overwrite)
    is_person = writer_of(call.context) is Writer.PERSON
    await entry.runtime_data.coordinator.async_wait_for_day(person=is_person)
    first, last = _days(call, entry, 1)
    engine = entry.runtime_data.links
    if link.observe:
        raise wrong("link_observes")
    if not recorder_ready(call.hass):
        raise wrong("no_recorder")
    if entry.runtime_data.coordinator.clock_wrong:
        raise wrong("clock_wrong")
    if engine.problem(link) is not None:
        raise wrong("link_problem")
    with exist_errors(call.hass, entry, writing=False):
        told = await engine.async_sync(link, first, last, overwrite=overwrite)
    if told is None:
        raise wrong("link_not_told")
    if not call.return_response:
        return None
    return {
        "attribute": link.attribute,
        "days": [
            {"date": day.isoformat(), "result": result}
            for day, result in sorted(told.items())
        ],
    }


async def _async_restore(call: ServiceCall) -> ServiceResponse:
    entry = async_account(call)
    require_write(entry)
    if not {ATTR_NAMES, ATTR_START, ATTR_END} & call.data.keys():
        raise wrong("restore_what")
    names = {
        async_name(call.hass, entry, word) for word in call.data.get(ATTR_NAMES, ())
    }
    first: date = call.data.get(ATTR_START, date.min)
    last: date = call.data.get(ATTR_END, date.max)
    memory = entry.runtime_data.links.memory
    chosen = {
        key: kept[-1]
        for key, kept in memory.contents.aside.items()
        if (not names or key.name in names) and first <= key.day <= last
    }
    if not chosen:
        raise wrong("nothing_aside")
    owned = entry.runtime_data.coordinator.data.owned
    for key in chosen:
        if key.name not in owned:
            raise wrong("not_owned", name=key.name)
    written = await async_write(
        call.hass,
        entry,
        [
            Checked(key, _wire(aside.value), aside.value_type)
            for key, aside in chosen.items()
        ],
        # The person's word: links leave these days alone from now on.
        Writer.PERSON,
    )
    failed = {Key(each.name, each.day) for each in written if each.result == "failed"}
    for key in chosen:
        if key not in failed:
            memory.put_back(key)
    memory.async_save_soon()
    return written_answer(call, written)


def _wire(value: float | str | bool) -> float | str:
    return int(value) if isinstance(value, bool) else value
