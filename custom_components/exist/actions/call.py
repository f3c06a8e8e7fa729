"""What actions share: schemas, and which account and attributes are meant."""

from datetime import date, datetime
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.service import async_get_config_entry

from ..account.ids import attribute_of
from ..api import ExistProtocolError
from ..api.wire import readable
from ..const import DOMAIN
from ..notices.translated import wrong
from ..runtime import ExistConfigEntry

type Fields = dict[Any, Any]


def _sendable(word: str) -> str:
    # Half a character fits into no request.
    try:
        return readable(word)
    except ExistProtocolError:
        raise vol.Invalid("expected text that can be sent") from None


WORD = vol.All(cv.string, vol.Strip, vol.Length(min=1), _sendable)
# Exist's own pages write such lists with commas, which no name holds.
WORDS = vol.All(cv.ensure_list_csv, [WORD])
ACCOUNT: Fields = {vol.Optional("account"): cv.string}
ENTITY: Fields = {vol.Optional("entity"): cv.entity_id}
ENTITIES: Fields = {vol.Optional("entities"): cv.entity_ids}


def calendar_day(raw: Any) -> date:
    """Return a date; a moment is none, for it depends on the zone which day it is."""
    if isinstance(raw, datetime):
        raise vol.Invalid("expected a date without a time")
    given: date = cv.date(raw)
    return given


DAYS: Fields = {vol.Optional("start"): calendar_day, vol.Optional("end"): calendar_day}


def one_or_list(fields: Fields) -> vol.All[Any]:
    """Return the schema of a list of items, of which a single one need be no list."""
    return vol.All(cv.ensure_list, [vol.Schema(fields)])


@callback
def async_account(call: ServiceCall) -> ExistConfigEntry:
    """Return the account that is meant; it need not be named where there is one.

    The device of a link says which, too, and so does an entity that was chosen.
    """
    entry_id: str | None = call.data.get("account") or _account_of_chosen(call)
    if entry_id is None:
        loaded = [
            entry
            for entry in call.hass.config_entries.async_entries(DOMAIN)
            if entry.state is ConfigEntryState.LOADED
        ]
        if len(loaded) > 1:
            raise wrong("account_needed")
    return async_get_config_entry(call.hass, DOMAIN, entry_id)


@callback
def _account_of_chosen(call: ServiceCall) -> str | None:
    device = dr.async_get(call.hass).async_get(call.data.get("link", ""))
    if device is not None:
        return device.config_entry_id
    for entity in (call.data.get("entity"), *call.data.get("entities", ())):
        registered = er.async_get(call.hass).async_get(entity or "")
        if registered is not None and registered.platform == DOMAIN:
            return registered.config_entry_id
    return None


@callback
def async_name(hass: HomeAssistant, entry: ExistConfigEntry, word: str) -> str:
    """Return an attribute's name; one of our entities will do."""
    if "." not in word:
        return word
    registered = er.async_get(hass).async_get(word)
    if registered is None or registered.platform != DOMAIN:
        raise wrong("unknown_entity", entity=word)
    if registered.config_entry_id != entry.entry_id:
        raise wrong("entity_of_other_account", entity=word)
    name = attribute_of(entry, registered.unique_id)
    if name is None:
        raise wrong("unknown_entity", entity=word)
    return name


@callback
def async_one(call: ServiceCall, entry: ExistConfigEntry, *fields: str) -> str | None:
    """Return the name of the attribute that one of the fields names, if any does.

    Two may be there to choose from: a name in words, and an entity from a list.
    """
    given = [call.data[field] for field in fields if field in call.data]
    if len(given) > 1:
        raise wrong("name_or_entity")
    return async_name(call.hass, entry, given[0]) if given else None


@callback
def async_names(
    call: ServiceCall, entry: ExistConfigEntry, field: str
) -> list[str] | None:
    """Return the attributes that are named in a field, or chosen as entities.

    None where neither is there, which is not the same as a list of nothing.
    """
    fields = [each for each in (field, "entities") if each in call.data]
    words = dict.fromkeys(word for each in fields for word in call.data[each])
    names = [async_name(call.hass, entry, word) for word in words]
    return list(dict.fromkeys(names)) if fields else None
