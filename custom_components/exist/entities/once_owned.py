"""What appears with the first attribute that it is for: an empty list helps nobody."""

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.data import AccountData, is_tag, owned_attributes
from ..runtime import ExistConfigEntry
from ..values.kinds import KINDS


def has_controls(data: AccountData) -> bool:
    """Return whether a person can enter anything."""
    return any(
        is_tag(each) or (each.manual and KINDS[each.value_type].control is not None)
        for each in owned_attributes(data)
    )


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
