"""What appears with the first attribute that it is for: an empty list helps nobody."""

from collections.abc import Iterable

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.data import AccountData
from ..api import Attribute, ValueType
from ..const import TAGS_GROUP
from ..runtime import ExistConfigEntry
from ..values.kinds import KINDS


def is_tag(attribute: Attribute) -> bool:
    """Return whether it belongs on the list of tags."""
    return (
        attribute.group.name == TAGS_GROUP and attribute.value_type is ValueType.BOOLEAN
    )


def owned_tags(data: AccountData) -> Iterable[Attribute]:
    """Return the tags that Home Assistant may write."""
    return (each for each in _owned(data) if is_tag(each))


def has_controls(data: AccountData) -> bool:
    """Return whether a person can enter anything."""
    return any(
        is_tag(each) or (each.manual and KINDS[each.value_type].control is not None)
        for each in _owned(data)
    )


def _owned(data: AccountData) -> Iterable[Attribute]:
    return (data.attributes[name] for name in data.owned if name in data.attributes)


@callback
def async_add_once_owned(
    entry: ExistConfigEntry,
    entity: Entity,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entity as soon as it is available by what is owned."""
    waiting = [entity]

    @callback
    def add() -> None:
        if waiting and entity.available:
            async_add_entities([waiting.pop()])

    add()
    coordinator = entry.runtime_data.coordinator
    entry.async_on_unload(coordinator.async_add_listener(add))
