"""Texts: notes of one day."""

from typing import override

from homeassistant.components.text import TextEntity
from homeassistant.const import Platform
from homeassistant.exceptions import ServiceValidationError

from ..api import Value
from ..const import DOMAIN
from ..values.kinds import MAX_TEXT
from .attribute_platform import attribute_platform
from .control import ExistControl


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
        present = str(self._present(self._writer) or "")
        if not value.strip() and not present:
            # It is empty already.
            return
        if len(present) > MAX_TEXT:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="text_too_long_to_edit",
                translation_placeholders={"name": str(self.name)},
            )
        await self._async_write(value)


async_setup_entry = attribute_platform(Platform.TEXT, ExistText, controls=True)
