"""Texts: notes of one day."""

from typing import override

from homeassistant.components.text import TextEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..api import Attribute, Value
from ..const import DOMAIN
from ..runtime import ExistConfigEntry
from ..values.kinds import MAX_TEXT
from .control import ExistControl, has_control
from .entity import EntityManager


def _fits(attribute: Attribute) -> bool:
    return has_control(attribute, Platform.TEXT)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's texts."""
    EntityManager(
        entry, Platform.TEXT, _fits, ExistText, async_add_entities, controls=True
    ).async_start()


class ExistText(ExistControl, TextEntity):
    """A note; one that is longer than a state may be is neither shown nor replaced."""

    _attr_native_max = MAX_TEXT

    @override
    def _show(self, value: Value | None) -> None:
        text = "" if value is None else str(value)
        # The frontend puts the word "unknown" into the field, to be written with it.
        self._attr_native_value = "" if len(text) > MAX_TEXT else text

    @override
    async def async_set_value(self, value: str) -> None:
        """Write the note."""
        present = str(self.day_value or "")
        if not value.strip() and not present:
            # It is empty already.
            return
        if len(present) > MAX_TEXT:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="text_too_long_to_edit",
                translation_placeholders={"name": self._name},
            )
        await self._async_write(value)
