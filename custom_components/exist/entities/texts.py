"""Texts: notes of one day."""

import asyncio
from typing import override

from homeassistant.components.text import TextEntity
from homeassistant.const import Platform
from homeassistant.exceptions import HomeAssistantError

from ..api import Value
from ..ledger import Writer
from ..notices.translated import wrong
from ..values.kinds import MAX_TEXT
from .attribute_platform import attribute_platform
from .control import ExistControl

# Two states at once would reach a page as one.
DRAWN_SECONDS = 0.3


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
        writer = self._writer
        present = str(self._present(writer) or "")
        if not value.strip() and not present:
            # It is empty already.
            return
        try:
            if len(present) > MAX_TEXT:
                raise wrong("text_too_long_to_edit", name=str(self.name))
            await self._async_write(value, writer)
        except HomeAssistantError:
            if writer is Writer.PERSON:
                await self._async_show_again()
            raise

    async def _async_show_again(self) -> None:
        """Show what is there again, where a page still has what was refused.

        The field of a page is filled anew only where the state is unlike the one before.
        """
        shown = self._attr_native_value or ""
        self._attr_native_value = f"{shown[: MAX_TEXT - 1]} "
        self.async_write_ha_state()
        try:
            await asyncio.sleep(DRAWN_SECONDS)
        finally:
            self._look()
            self.async_write_ha_state()


async_setup_entry = attribute_platform(Platform.TEXT, ExistText, controls=True)
