"""Actions for days of links: compute anew, look first, and put back what was replaced."""

from datetime import date, timedelta
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv, device_registry as dr

from ..account.ids import link_of
from ..changes.write import async_write, label_of, writer_of
from ..const import DOMAIN
from ..ledger import Key, Writer
from ..ledger.written import Checked
from ..links import Link, NotTold
from ..links.compute import DayResult
from ..links.source import recorder_ready
from ..notices.translated import wrong
from ..runtime import ExistConfigEntry
from .answers import written_json
from .call import DAYS, ENTITIES, WORD, WORDS, Fields, async_names
from .user_rights import async_require_right

MOST_DAYS = 3660
PREVIEW_DAYS = 7

PREVIEW: Fields = {vol.Required("link"): WORD, **DAYS}
SYNC: Fields = {**PREVIEW, vol.Optional("overwrite", default=False): cv.boolean}
RESTORE: Fields = {vol.Optional("names"): WORDS, **ENTITIES, **DAYS}


def _link(call: ServiceCall, entry: ExistConfigEntry) -> Link:
    """Return the link that is meant: by its device, or by its attribute."""
    word: str = call.data["link"]
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
    """Return the first and the last day; without a start, some before today."""
    coordinator = entry.runtime_data.coordinator
    today = coordinator.today
    last: date = call.data.get("end", today)
    first: date = call.data.get("start", min(last, today - timedelta(days=before)))
    if first > last:
        raise wrong("days_reversed")
    if last > today:
        raise wrong(
            "future_link_day",
            day=last.isoformat(),
            today=today.isoformat(),
            zone=str(coordinator.data.zone),
        )
    if (last - first).days > MOST_DAYS:
        raise wrong("too_many_days", days=str(MOST_DAYS))
    return first, last


async def async_preview(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Compute days and write nothing."""
    link = _link(call, entry)
    first, last = _days(call, entry, PREVIEW_DAYS)
    if not recorder_ready(call.hass):
        raise wrong("no_recorder")
    engine = entry.runtime_data.links
    days = await engine.async_preview(link, first, last)
    if days is None:
        raise wrong("link_not_told")
    return {
        "attribute": link.attribute,
        "days": [
            {
                **_day_json(day, value),
                "edited": entry.runtime_data.ledger.state.day(
                    Key(link.attribute, day)
                ).edited,
            }
            for day, value in sorted(days.items())
        ],
    }


def _day_json(day: date, result: DayResult) -> dict[str, Any]:
    if isinstance(result, NotTold):
        return {"date": day.isoformat(), "value": None, "reason": result.why.value}
    return {"date": day.isoformat(), "value": result.value}


async def async_sync(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Compute days anew and send what differs; what a person wrote only if said."""
    link = _link(call, entry)
    overwrite: bool = call.data["overwrite"]
    await async_require_right(call, entry, [link.attribute], link=link, admin=overwrite)
    is_person = writer_of(call.context) is Writer.PERSON
    coordinator, engine = entry.runtime_data.coordinator, entry.runtime_data.links
    await coordinator.async_wait_for_day(person=is_person)
    first, last = _days(call, entry, 1)
    if link.observe:
        raise wrong("link_observes")
    if not recorder_ready(call.hass):
        raise wrong("no_recorder")
    if coordinator.clock_wrong:
        raise wrong("clock_wrong")
    if engine.problem(link) is not None:
        raise wrong("link_problem")
    told = await engine.async_sync(link, first, last, overwrite=overwrite)
    if told is None:
        raise wrong("link_not_told")
    return {
        "attribute": link.attribute,
        "days": [
            {"date": day.isoformat(), "result": result}
            for day, result in sorted(told.items())
        ],
    }


async def async_restore(call: ServiceCall, entry: ExistConfigEntry) -> dict[str, Any]:
    """Put back what `overwrite` replaced."""
    if not {"names", "entities", "start", "end"} & call.data.keys():
        raise wrong("restore_what")
    names = async_names(call, entry, "names")
    first: date = call.data.get("start", date.min)
    last: date = call.data.get("end", date.max)
    ledger = entry.runtime_data.ledger.state
    chosen = {
        key: kept[-1]
        for key, kept in ledger.aside.items()
        if (names is None or key.name in names) and first <= key.day <= last
    }
    if not chosen:
        raise wrong("nothing_aside")
    for key in chosen:
        if key.name not in entry.runtime_data.coordinator.data.owned:
            called = entry.runtime_data.coordinator.called(key.name)
            raise wrong("not_owned", name=called)
    checked = [
        Checked(
            key,
            _wire(aside.value),
            aside.value_type,
            label=label_of(entry, key.name),
        )
        for key, aside in chosen.items()
    ]
    # The person's word: links leave these days alone from now on.
    written = await async_write(call.hass, entry, checked, Writer.PERSON)
    failed = {Key(each.name, each.day) for each in written if each.result == "failed"}
    for key in chosen:
        if key not in failed:
            ledger.put_back(key)
    return written_json(checked, written)


def _wire(value: float | str | bool) -> float | str:
    return int(value) if isinstance(value, bool) else value
