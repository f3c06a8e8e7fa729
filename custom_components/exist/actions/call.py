"""What all actions share: which account and which attribute are meant."""

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.service import async_get_config_entry

from ..account.ids import attribute_of
from ..account.scopes import any_write
from ..const import DOMAIN
from ..runtime import ExistConfigEntry

ATTR_ACCOUNT = "account"
ATTR_NAME = "name"

WORD = vol.All(cv.string, vol.Strip, vol.Length(min=1))
WORDS = vol.All(cv.ensure_list, [WORD])
ACCOUNT = {vol.Optional(ATTR_ACCOUNT): cv.string}


@callback
def async_account(call: ServiceCall) -> ExistConfigEntry:
    """Return the account that is meant; it need not be named where there is one."""
    entry_id: str | None = call.data.get(ATTR_ACCOUNT)
    if entry_id is None:
        loaded = [
            entry
            for entry in call.hass.config_entries.async_entries(DOMAIN)
            if entry.state is ConfigEntryState.LOADED
        ]
        if len(loaded) > 1:
            raise wrong("account_needed")
    return async_get_config_entry(call.hass, DOMAIN, entry_id)


def wrong(key: str, **names: str) -> ServiceValidationError:
    """Return a translated error for a call that cannot be carried out."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=names,
    )


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


def require_write(entry: ExistConfigEntry) -> None:
    """Raise where nothing at all may be written."""
    if not any_write(entry.runtime_data.scopes):
        raise wrong("no_write_scope")
