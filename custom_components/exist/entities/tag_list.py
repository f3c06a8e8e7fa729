"""The to-do list of tags: done means tagged that day."""

from typing import override

from homeassistant.components.todo.const import TodoItemStatus, TodoListEntityFeature
from homeassistant.components.todo.entity import TodoItem, TodoListEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.edited_day import WhichDay
from ..account.failures import exist_errors
from ..account.poll import ExistCoordinator
from ..account.scopes import can_write
from ..api import Attribute, CreateItem, Priority, ValueType
from ..changes.create import async_create, same_label
from ..changes.write import Wanted, Word, async_write, check, writer_of
from ..const import DOMAIN, TAGS_GROUP
from ..ledger import Writer
from ..runtime import ExistConfigEntry
from .control import async_hide_from_assistants
from .entity import ExistEntity


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the list where tags can be written."""
    runtime = entry.runtime_data
    if can_write(runtime.scopes, TAGS_GROUP, manual=True):
        async_add_entities([ExistTagList(runtime.coordinator)])


class ExistTagList(ExistEntity, TodoListEntity):
    """The tags that Home Assistant owns."""

    _attr_supported_features = (
        TodoListEntityFeature.CREATE_TODO_ITEM | TodoListEntityFeature.UPDATE_TODO_ITEM
    )

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the list."""
        super().__init__(coordinator, "tags")
        self._edited = coordinator.config_entry.runtime_data.edited
        self._update()

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        async_hide_from_assistants(self.hass, self.entity_id)

    @property
    @override
    def available(self) -> bool:
        """While the account is loaded, Exist away or not."""
        return True

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._update()
        super()._handle_coordinator_update()

    def _update(self) -> None:
        yesterday = self._edited.which is WhichDay.YESTERDAY
        self._attr_translation_key = "tags_yesterday" if yesterday else "tags"
        # Home Assistant keeps a name that it once made.
        for cached in ("name", "_name_translation_key"):
            self.__dict__.pop(cached, None)
        self._attr_todo_items = [
            TodoItem(
                uid=tag.name,
                summary=tag.label,
                status=TodoItemStatus.COMPLETED
                if self._tagged(tag.name)
                else TodoItemStatus.NEEDS_ACTION,
            )
            for tag in self._tags()
        ]

    def _tags(self) -> list[Attribute]:
        data = self.coordinator.data
        return sorted(
            (
                attribute
                for attribute in data.attributes.values()
                if attribute.name in data.owned
                and attribute.group.name == TAGS_GROUP
                and attribute.value_type is ValueType.BOOLEAN
            ),
            key=lambda tag: tag.label.casefold(),
        )

    def _tagged(self, name: str) -> bool:
        return bool(self.coordinator.day_values(name).get(self._edited.day))

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        """Create a tag, for good; one that exists already is never taken."""
        entry = self.coordinator.config_entry
        label = (item.summary or "").strip()
        with exist_errors(self.hass, entry, writing=False):
            present = await entry.runtime_data.client.attributes(
                include_inactive=True,
                include_low_priority=True,
                priority=Priority.PERSON,
            )
        if any(same_label(attribute, label) for attribute in present):
            raise _wrong("tag_exists")
        new = CreateItem(
            label=label, group=TAGS_GROUP, value_type=ValueType.BOOLEAN, manual=True
        )
        result = await async_create(self.hass, entry, [new])
        if result.failed:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="tag_not_created",
                translation_placeholders={"error": result.failed[0].error},
            )

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Tag the day being edited, or take the tag off it."""
        tag = self.coordinator.data.attributes.get(item.uid or "")
        if tag is None:
            raise _wrong("tag_unknown")
        if item.summary is not None and item.summary != tag.label:
            raise _wrong("tag_rename")
        if item.due is not None or item.description:
            raise _wrong("tag_details")
        # The action gives a plain word.
        done = item.status == TodoItemStatus.COMPLETED
        if self.coordinator.knows_day and done == self._tagged(tag.name):
            return
        entry = self.coordinator.config_entry
        day = Word(self._edited.which)
        checked = check(entry, [Wanted(tag.name, done, day)])
        writer = writer_of(self._context) if self._context else Writer.AUTOMATION
        await async_write(self.hass, entry, checked, writer, wait=False)


def _wrong(key: str) -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)
