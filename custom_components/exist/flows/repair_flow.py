"""Repairs that a person decides: take back, drop, create again, or choose a value."""

from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError

from ..account.failures import exist_errors
from ..api import AcquireItem, CreateItem, ValueType
from ..changes.carry_out import OwnershipResult
from ..changes.create import async_create
from ..changes.ownership import async_acquire, async_release
from ..const import ATTRIBUTES_URL
from ..current_repairs import CHANGED, DELETED, GONE, REFUSED, TAKEN
from ..ledger import Hold, Key, written
from ..links.link import CONF_GROUP, CONF_LABEL, CONF_OBSERVE, CONF_VALUE_TYPE
from ..notices.plain_text import both_ways
from ..notices.translated import async_text
from ..runtime import ExistConfigEntry
from ..storage import FileKind
from .form_pieces import Given, loaded

MENUS = {
    TAKEN: ["take_back", "stop"],
    GONE: ["create_again", "stop"],
    CHANGED: ["keep_theirs", "send_mine"],
    REFUSED: ["try_again", "drop"],
    DELETED: ["keep", "release"],
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow for one of the issues; of damaged files it only takes note."""
    assert data is not None
    if data["key"] in {kind.problem for kind in FileKind}:
        return ConfirmRepairFlow()
    return ExistRepairFlow(data)


class ExistRepairFlow(RepairsFlow):
    """A menu of what can be done; nothing is done without the person's word."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Keep what the issue is about."""
        self._data = data

    async def async_step_init(self, user_input: Given = None) -> RepairsFlowResult:
        """Offer the ways on."""
        entry = self._entry
        attribute = entry.runtime_data.coordinator.data.attributes.get(self._name)
        keys = entry.runtime_data.ledger.state.keys_of({self._name})
        return self.async_show_menu(
            step_id="init",
            menu_options=MENUS[self._data["key"]],
            description_placeholders={
                **both_ways(
                    account=entry.title,
                    label=entry.runtime_data.coordinator.called(self._name),
                    owner=attribute.service.label
                    if attribute and attribute.service
                    else "–",
                ),
                "day": self._data["day"],
                "waiting": str(len(keys)),
                "url": ATTRIBUTES_URL,
            },
        )

    @property
    def _name(self) -> str:
        name: str = self._data["name"]
        return name

    @property
    def _entry(self) -> ExistConfigEntry:
        return loaded(self.hass.config_entries.async_get_entry(self._data["entry_id"]))

    async def async_step_take_back(self, user_input: Given = None) -> RepairsFlowResult:
        """Acquire the attribute again and send what waits."""
        entry = self._entry
        items = [AcquireItem(name=self._name)]
        await _done(async_acquire(self.hass, entry, items, take_over=True))
        return await self._resume(entry)

    async def async_step_create_again(
        self, user_input: Given = None
    ) -> RepairsFlowResult:
        """Create the attribute once more and send what waits."""
        entry = self._entry
        ledger = entry.runtime_data.ledger
        keys = ledger.state.keys_of({self._name})
        link = self._link(entry)
        if link is not None:
            kind = ValueType(link.data[CONF_VALUE_TYPE])
        elif keys:
            kind = ledger.entries[keys[0]].value_type
        else:
            return self.async_create_entry(data={})
        with _or_say_why(), exist_errors(self.hass, entry, writing=False):
            templates = await entry.runtime_data.coordinator.async_templates()
        item = (
            CreateItem(template=self._name)
            if self._name in templates
            else _as_it_was(self._name, kind, link)
        )
        result = await _done(async_create(self.hass, entry, [item], adopt=True))
        if (name := result.success[0].name) != self._name:
            raise _failed(await async_text(self.hass, "name_differs", name=name))
        entry.runtime_data.links.async_begin_anew(self._name)
        return await self._resume(entry)

    async def _resume(self, entry: ExistConfigEntry) -> RepairsFlowResult:
        ledger = entry.runtime_data.ledger
        keys = ledger.state.keys_of({self._name}, Hold.UNAUTHORISED, Hold.NOT_FOUND)
        await ledger.async_resume(keys, compare=True)
        return self.async_create_entry(data={})

    async def async_step_stop(self, user_input: Given = None) -> RepairsFlowResult:
        """Drop what waits for the attribute; its link goes on without writing."""
        entry = self._entry
        await entry.runtime_data.ledger.async_forget([self._name])
        if (link := self._link(entry)) is not None:
            self.hass.config_entries.async_update_subentry(
                entry, link, data={**link.data, CONF_OBSERVE: True}
            )
        return self.async_create_entry(data={})

    def _link(self, entry: ExistConfigEntry) -> ConfigSubentry | None:
        """Return the link that writes the attribute."""
        return next(
            (
                entry.subentries[link.link_id]
                for link in entry.runtime_data.links.links.values()
                if link.attribute == self._name and not link.observe
            ),
            None,
        )

    async def async_step_try_again(self, user_input: Given = None) -> RepairsFlowResult:
        """Send a refused value once more, now."""
        entry = self._entry
        ledger = entry.runtime_data.ledger
        await ledger.async_resume([self._key], compare=True)
        await ledger.async_flush([self._name], written.ANSWER_SECONDS)
        waiting = ledger.entries.get(self._key)
        if waiting is not None and waiting.hold is Hold.REFUSED:
            raise _failed(await async_text(self.hass, "still_refused"))
        return self.async_create_entry(data={})

    async def async_step_drop(self, user_input: Given = None) -> RepairsFlowResult:
        """Give a refused value up."""
        return await self.async_step_keep_theirs()

    async def async_step_keep_theirs(
        self, user_input: Given = None
    ) -> RepairsFlowResult:
        """Drop our value of that day."""
        entry = self._entry
        await entry.runtime_data.ledger.async_drop([self._key])
        return self.async_create_entry(data={})

    async def async_step_send_mine(self, user_input: Given = None) -> RepairsFlowResult:
        """Write our value of that day over theirs."""
        entry = self._entry
        await entry.runtime_data.ledger.async_resume([self._key], compare=False)
        return self.async_create_entry(data={})

    async def async_step_release(self, user_input: Given = None) -> RepairsFlowResult:
        """Give up an attribute whose link was deleted, after sending what waits."""
        entry = self._entry
        await _done(async_release(self.hass, entry, [self._name]))
        return await self.async_step_keep()

    async def async_step_keep(self, user_input: Given = None) -> RepairsFlowResult:
        """Ask no more."""
        entry = self._entry
        entry.runtime_data.links.async_forget_orphan(self._name)
        return self.async_create_entry(data={})

    @property
    def _key(self) -> Key:
        return Key(self._name, date.fromisoformat(self._data["day"]))


def _failed(why: str) -> AbortFlow:
    return AbortFlow("failed", both_ways(error=why))


@contextmanager
def _or_say_why() -> Iterator[None]:
    try:
        yield
    except HomeAssistantError as err:
        raise _failed(str(err)) from err


async def _done(change: Awaitable[OwnershipResult]) -> OwnershipResult:
    """Carry a change out; end the repair where Exist refused."""
    with _or_say_why():
        result = await change
    if result.failed:
        raise _failed(result.failed[0].error)
    return result


def _as_it_was(name: str, kind: ValueType, link: ConfigSubentry | None) -> CreateItem:
    """Return an attribute that gets the name of the lost one."""
    known = link.data if link is not None else {}
    return CreateItem(
        label=known.get(CONF_LABEL) or name.replace("_", " "),
        group=known.get(CONF_GROUP) or "custom",
        value_type=kind,
    )
