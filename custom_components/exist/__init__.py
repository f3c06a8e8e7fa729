"""Exist in Home Assistant: set-up and unload of an account."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_URL, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .account.edited_day import EditedDay
from .account.poll import ExistCoordinator
from .account.previous_owners import PreviousOwners
from .account.scopes import granted_scopes
from .account.server import DATA_SERVER, async_get_server, server_address
from .account.session import async_create_client
from .account.token_refresh import async_ask_when_narrowed
from .actions.registry import async_setup_actions
from .changes.removal import async_clean_up, async_take_back
from .const import CONF_SERVER, CONFIG_MINOR_VERSION, DOMAIN
from .current_repairs import async_follow_problems
from .entities.assistants import async_hide_from_assistants
from .entities.entity import async_account_device
from .entities.migration import async_migrate_registries
from .findings.finder import Finder
from .history.keeper import HistoryKeeper
from .ledger import Ledger
from .ledger.increments import IncrementBatcher
from .links import LinkEngine
from .notices.translated import async_load_names
from .runtime import ExistConfigEntry, ExistRuntimeData
from .storage import AccountFiles

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.DATE,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
    Platform.TIME,
    Platform.TODO,
]

type Options = Mapping[str, Any]

CONFIG_SCHEMA = vol.Schema(
    {vol.Optional(DOMAIN): vol.Schema({vol.Optional(CONF_URL): server_address})},
    extra=vol.ALLOW_EXTRA,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, which must exist even while no account is loaded."""
    if url := (config.get(DOMAIN) or {}).get(CONF_URL):
        hass.data[DATA_SERVER] = url
    async_setup_actions(hass)
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Take an entry of any minor version; Home Assistant refuses a newer major one."""
    if entry.minor_version < CONFIG_MINOR_VERSION:
        await async_migrate_registries(hass, entry)
        hass.config_entries.async_update_entry(
            entry, minor_version=CONFIG_MINOR_VERSION
        )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ExistConfigEntry) -> bool:
    """Set up one account."""
    if entry.data[CONF_SERVER] != async_get_server(hass):
        # A token must never travel to another host than the one that gave it.
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="wrong_server",
            translation_placeholders={"server": entry.data[CONF_SERVER]},
        )
    try:
        await _async_set_up(hass, entry)
    except BaseException:
        if hasattr(entry, "runtime_data"):
            del entry.runtime_data
        raise
    return True


async def _async_set_up(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    await async_load_names(hass)
    options = entry.options
    client = async_create_client(hass, entry)
    async_ask_when_narrowed(hass, entry)
    scopes = granted_scopes(entry.data)
    files = AccountFiles(hass, entry)
    entry.async_on_unload(files.async_close)
    coordinator = ExistCoordinator(hass, entry, client, scopes, files)
    ledger = Ledger(hass, entry, client, coordinator, files)
    await ledger.async_load()
    await coordinator.async_begin()
    owners = PreviousOwners(files)
    await owners.async_load()
    links = LinkEngine(hass, entry, coordinator, ledger)
    await links.async_load()
    history = HistoryKeeper(hass, entry, client, coordinator, ledger)
    await history.async_load()
    findings = Finder(hass, entry, client, coordinator, files, scopes)
    await findings.async_load()
    files.async_clear_newer()
    entry.runtime_data = ExistRuntimeData(
        client,
        coordinator,
        scopes,
        owners,
        ledger,
        EditedDay(coordinator),
        links,
        history,
        findings,
        IncrementBatcher(hass, entry, client, coordinator, ledger),
        files,
    )
    # Links hear from the first outcome on.
    links.async_start()
    ledger.async_start()
    history.async_start()
    findings.async_start()
    async_follow_problems(hass, entry)
    async_take_back(hass, entry)

    async_hide_from_assistants(hass, entry)

    # The devices of links name this one as their parent.
    device = async_account_device(entry, coordinator.data.profile.username)
    dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, **device)
    try:
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        _async_follow_changes(entry, options)
        coordinator.async_start()
    except BaseException:
        await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
        raise


@callback
def _async_follow_changes(entry: ExistConfigEntry, options: Options) -> None:
    """Let links and options change in their places, from what the set-up began with.

    Loading the account anew would leave a line in Activity for every entity.
    """
    runtime, applied = entry.runtime_data, options

    @callback
    def apply() -> None:
        nonlocal applied
        runtime.links.async_links_changed()
        if entry.options != applied:
            applied = entry.options
            runtime.coordinator.async_update_listeners()

    async def changed(_hass: HomeAssistant, entry: ExistConfigEntry) -> None:
        # What changes while it is unloaded is read by the set-up that follows.
        if entry.state is ConfigEntryState.LOADED:
            apply()

    entry.async_on_unload(entry.add_update_listener(changed))
    # A form may have been finished while this was set up.
    apply()


async def async_unload_entry(hass: HomeAssistant, entry: ExistConfigEntry) -> bool:
    """Unload one account."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Release what is owned when that was asked for, and leave nothing behind."""
    await async_clean_up(hass, entry)
