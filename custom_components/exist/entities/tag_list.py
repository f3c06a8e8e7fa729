"""The to-do list of tags: done means tagged that day."""

from datetime import date
from typing import override

from homeassistant.components import persistent_notification
from homeassistant.components.todo.const import TodoItemStatus, TodoListEntityFeature
from homeassistant.components.todo.entity import TodoItem, TodoListEntity
from homeassistant.const import CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.data import owned_tags
from ..account.failures import exist_errors
from ..account.ids import title_of
from ..account.poll import ExistCoordinator
from ..account.scopes import can_write
from ..api import Attribute, CreateItem, ValueType
from ..changes.carry_out import async_present
from ..changes.create import async_create, same_label
from ..changes.write import Wanted, async_write, check
from ..const import ATTRIBUTES_URL, TAGS_GROUP
from ..ledger import Writer
from ..notices.plain_text import as_typed, in_alphabet
from ..notices.translated import async_text, cached_text, failed, wrong
from ..runtime import ExistConfigEntry
from .control import writer_behind
from .entity import ATTR_DATE, ExistEntity
from .once_owned import async_add_once_owned


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the list once there is a tag that can be written."""
    runtime = entry.runtime_data
    if can_write(runtime.scopes, TAGS_GROUP, manual=True):
        tags = ExistTagList(runtime.coordinator)
        async_add_once_owned(entry, tags, async_add_entities)


_ALWAYS = (
    TodoListEntityFeature.CREATE_TODO_ITEM | TodoListEntityFeature.UPDATE_TODO_ITEM
)


class ExistTagList(ExistEntity, TodoListEntity):
    """The tags that Home Assistant owns."""

    _attr_supported_features = _ALWAYS

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the list."""
        super().__init__(coordinator, "tags")
        self._edited = coordinator.config_entry.runtime_data.edited
        self._names: frozenset[str] = frozenset()

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        bells = self.coordinator.bells
        self.async_on_remove(bells.values.async_listen(self._values_changed))

    @callback
    def _values_changed(self, names: frozenset[str]) -> None:
        if names & self._names:
            self._redraw()

    @override
    def _look(self) -> object:
        day, tags = self._edited.day, self._tags()
        self._names = frozenset(tag.name for tag in tags)
        look = [(tag.name, tag.label, self._tagged(tag.name, day)) for tag in tags]
        earlier = self._earlier(day)
        self._attr_extra_state_attributes = {ATTR_DATE: day.isoformat()}
        # The frontend gives the description back with each tick.
        self._attr_supported_features = _ALWAYS | (
            TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
            if earlier
            else TodoListEntityFeature(0)
        )
        self._attr_todo_items = [
            TodoItem(
                uid=name,
                summary=label,
                status=TodoItemStatus.COMPLETED
                if tagged
                else TodoItemStatus.NEEDS_ACTION,
                description=earlier,
            )
            for name, label, tagged in look
        ]
        if not self._edited.is_read:
            self._attr_todo_items = None
        return day, earlier, look, self.state

    def _earlier(self, day: date) -> str | None:
        """Return what each tag says of the day, where it is not today's.

        A list has no place of its own for it, and a name cannot follow the day.
        """
        if day == self.coordinator.today:
            return None
        weekday = cached_text(self.hass, f"weekday_{day.weekday()}")
        return f"{weekday} {day.isoformat()}"

    @property
    @override
    def available(self) -> bool:
        """While there is a tag to be listed, Exist away or not."""
        return any(owned_tags(self.coordinator.data))

    def _tags(self) -> list[Attribute]:
        tags = owned_tags(self.coordinator.data)
        return sorted(tags, key=lambda tag: in_alphabet(tag.label))

    def _tagged(self, name: str, day: date) -> bool:
        return bool(self._edited.value(name, day))

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        """Create a tag, for good, and say so: a to-do list has no place to ask first.

        One that exists already is never taken.
        """
        entry = self.coordinator.config_entry
        label = (item.summary or "").strip()
        if item.description:
            raise wrong("tag_details")
        with exist_errors(self.hass, entry, writing=False):
            present = await async_present(entry.runtime_data.client)
        if any(same_label(attribute, label) for attribute in present):
            raise wrong("tag_exists")
        new = CreateItem(
            label=label, group=TAGS_GROUP, value_type=ValueType.BOOLEAN, manual=True
        )
        result = await async_create(self.hass, entry, [new])
        if result.failed:
            raise failed("tag_not_created", error=result.failed[0].error)
        message = await async_text(
            self.hass, "tag_created", label_escaped=as_typed(label), url=ATTRIBUTES_URL
        )
        persistent_notification.async_create(
            self.hass, message, title=title_of(entry.data[CONF_USERNAME])
        )

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Tag the day of this call, or take the tag off it."""
        tag = self.coordinator.data.attributes.get(item.uid or "")
        if tag is None:
            raise wrong("tag_unknown")
        if item.summary is not None and item.summary != tag.label:
            raise wrong("tag_rename")
        if item.description != self._earlier(self._edited.day):
            raise wrong("tag_details")
        # The action gives a plain word.
        done = item.status == TodoItemStatus.COMPLETED
        entry = self.coordinator.config_entry
        writer = writer_behind(self._context)
        day = None
        if writer is Writer.PERSON:
            day = self._edited.chosen_by_person()
        if self.coordinator.knows_day and done == self._tagged(
            tag.name, day or self.coordinator.today
        ):
            return
        checked = check(entry, [Wanted(tag.name, done, day)])
        await async_write(self.hass, entry, checked, writer, wait=False)
