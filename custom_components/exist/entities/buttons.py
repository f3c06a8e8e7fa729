"""Buttons: one more of what is counted."""

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.const import Platform

from ..api import Attribute, Value, ValueType
from ..ledger import Writer
from ..values.kinds import Policy
from ..values.templates import describe
from .attribute_platform import attribute_platform
from .control import ExistControl


def _fits(attribute: Attribute) -> bool:
    """Return whether it is a count: heart rates and the like are whole numbers too."""
    description = describe(attribute.template, attribute.value_type)
    return (
        attribute.value_type is ValueType.INTEGER
        and description.policy is Policy.TODAY
        and description.unit is None
    )


class ExistPlusOneButton(ExistControl, ButtonEntity):
    """Writes what is shown and one more, so that a lost answer counts once."""

    @override
    def _named(self, label: str) -> str:
        return f"{label} +1"

    @override
    def _show(self, value: Value | None) -> None:
        """Show nothing; a button has no value."""

    @override
    async def async_press(self) -> None:
        """Count one more; of which day must be known. Raises HomeAssistantError."""
        writer = self._writer
        await self.coordinator.async_wait_for_day(person=writer is Writer.PERSON)
        await self._async_write(int(self._present(writer) or 0) + 1, writer)


async_setup_entry = attribute_platform(
    Platform.BUTTON, ExistPlusOneButton, controls=True, fits=_fits
)
