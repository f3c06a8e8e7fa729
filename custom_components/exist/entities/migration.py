"""Entities and devices of earlier versions become those of now; nothing of a person's is lost."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_USERNAME, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..account.ids import account_id, link_of, renewed_id
from ..const import DOMAIN
from .entity import async_account_device


async def async_migrate_registries(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> None:
    """Give entities and links' devices the ids of now, and one device to the account.

    Entities keep their entity id and all that a person chose. What they had of a
    group's device, its area and labels and that it was disabled, becomes their own.
    """
    entities, devices = er.async_get(hass), dr.async_get(hass)
    account = devices.async_get_or_create(
        config_entry_id=entry.entry_id,
        **async_account_device(entry, entry.data[CONF_USERNAME]),
    )
    groups: dict[str, dr.DeviceEntry] = {}
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        new = {
            (domain, renewed_id(entry, identifier) or identifier)
            for domain, identifier in device.identifiers
        }
        if any(link_of(entry, identifier) for _, identifier in new):
            devices.async_update_device(device.id, new_identifiers=new)
        elif device.id != account.id:
            groups[device.id] = device

    @callback
    def renew(registered: er.RegistryEntry) -> dict[str, Any] | None:
        changes: dict[str, Any] = {}
        unique_id = renewed_id(entry, registered.unique_id)
        if unique_id is not None:
            changes["new_unique_id"] = unique_id
        group = groups.get(registered.device_id or "")
        if group is not None:
            changes["device_id"] = account.id
            changes["area_id"] = registered.area_id or group.area_id
            changes["labels"] = registered.labels | group.labels
            if registered.disabled_by is er.RegistryEntryDisabler.DEVICE:
                changes["disabled_by"] = er.RegistryEntryDisabler.USER
        return changes

    old = entities.async_get_entity_id(
        Platform.SELECT, DOMAIN, f"{account_id(entry)}.edited_day"
    )
    if old is not None:
        # A date says now which day is edited.
        entities.async_remove(old)
    await er.async_migrate_entries(hass, entry.entry_id, renew)
    for device_id in groups:
        devices.async_remove_device(device_id)
