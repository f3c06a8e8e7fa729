"""Buttons: one more of what is counted."""

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..api import Attribute, Value, ValueType
from ..ledger import Writer
from ..runtime import ExistConfigEntry
from ..values.templates import Policy, describe
from .control import ExistControl
from .entity import EntityManager


def _fits(attribute: Attribute) -> bool:
    """Return whether it is a count: heart rates and the like are whole numbers too."""
    description = describe(attribute.template, attribute.value_type)
    return (
        attribute.value_type is ValueType.INTEGER
        and description.policy is Policy.TODAY
        and description.unit is None
    )


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's buttons."""
    EntityManager(
        entry,
        Platform.BUTTON,
        _fits,
        ExistPlusOneButton,
        async_add_entities,
        controls=True,
    ).async_start()


class ExistPlusOneButton(ExistControl, ButtonEntity):
    """Writes what is shown and one more, so that a lost answer counts once."""

    @override
    def _show(self, value: Value | None) -> None:
        """Show nothing; a button has no value."""

    @override
    async def async_press(self) -> None:
        """Count one more; of which day must be known. Raises HomeAssistantError."""
        is_person = self._writer is Writer.PERSON
        await self.coordinator.async_wait_for_day(person=is_person)
        await self._async_write(int(self.day_value or 0) + 1)
