"""What happens when an account is removed from Home Assistant."""

from collections.abc import Collection, Sequence

from homeassistant.components import persistent_notification
from homeassistant.const import CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..account.ids import title_of
from ..account.last_poll_file import LastPollFile
from ..account.server import async_get_server
from ..account.session import async_parting_client
from ..api import Attribute, ExistError
from ..const import (
    ATTRIBUTES_URL,
    CONF_CLEAR_ON_REMOVE,
    CONF_RELEASE_ON_REMOVE,
    CONF_SERVER,
    DOMAIN,
)
from ..history.imported import async_clear_statistics
from ..ledger.files import OutboxFile
from ..notices.issues import async_clear_all
from ..notices.plain_text import as_typed
from ..notices.translated import async_load_names, async_text, official_name
from ..runtime import ExistConfigEntry
from ..storage import AccountFiles
from .carry_out import async_owned


async def async_clean_up(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Release what is owned if the person chose so, and say what stays owned."""
    if (runtime := getattr(entry, "runtime_data", None)) is not None:
        # Where unloading failed, it is still at work.
        await runtime.files.async_close()
    files = AccountFiles(hass, entry)
    if entry.options.get(CONF_CLEAR_ON_REMOVE, False):
        await async_clear_statistics(hass, entry, files)
    waiting = (await OutboxFile(files).async_load()).entries
    last = await LastPollFile(files).async_load()
    # What was never set up has not loaded them.
    await async_load_names(hass)
    known = last.visible + last.owned if last else ()
    labels = {
        each.name: official_name(hass, each.template, each.label) for each in known
    }
    unreadable = files.newer
    await files.async_remove()
    async_clear_all(hass, entry)
    await _async_tell_waiting(
        hass,
        entry,
        [f"{labels.get(key.name, key.name)} ({key.day})" for key in sorted(waiting)],
        unreadable=unreadable,
    )
    if entry.data[CONF_SERVER] != async_get_server(hass):
        return
    try:
        client = await async_parting_client(hass, entry)
        owned = await async_owned(client)
        if owned and entry.options.get(CONF_RELEASE_ON_REMOVE, False):
            await client.release(list(owned))
            owned = await async_owned(client)
    except ExistError, HomeAssistantError:
        # Removal goes on whatever Exist says; the person learns what to look at.
        await _async_notify(hass, entry, "removed_unknown", ())
        return
    if owned:
        await _async_notify(hass, entry, "removed_owned", owned.values())


@callback
def async_take_back(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Take back what was said of owners when this person's account was removed."""
    persistent_notification.async_dismiss(hass, _owners_told(entry))


def _owners_told(entry: ExistConfigEntry) -> str:
    """Return the id of the notification, the same when the account is added again."""
    return f"{DOMAIN}_removed_{entry.unique_id}"


async def _async_tell_waiting(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    waiting: Sequence[str],
    *,
    unreadable: bool,
) -> None:
    """Say what was waiting; nothing is lost without a word."""
    if not waiting and not unreadable:
        return
    key = "removed_waiting"
    if unreadable:
        key = "removed_unreadable"
    message = await async_text(
        hass, key, values_escaped=as_typed(", ".join(waiting)), url=ATTRIBUTES_URL
    )
    persistent_notification.async_create(
        hass,
        message,
        title=title_of(entry.data[CONF_USERNAME]),
        notification_id=f"{DOMAIN}_waiting_{entry.entry_id}",
    )


async def _async_notify(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    key: str,
    owned: Collection[Attribute],
) -> None:
    labels = ", ".join(
        sorted(official_name(hass, each.template, each.label) for each in owned)
    )
    message = await async_text(
        hass, key, labels_escaped=as_typed(labels), url=ATTRIBUTES_URL
    )
    persistent_notification.async_create(
        hass,
        message,
        title=title_of(entry.data[CONF_USERNAME]),
        notification_id=_owners_told(entry),
    )
