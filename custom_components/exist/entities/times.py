"""Times of day of one day."""

from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity
from homeassistant.const import Platform

from ..api import Value
from ..values.kinds import DAY, HOUR
from .attribute_platform import attribute_platform
from .control import ExistControl


class ExistTime(ExistControl, TimeEntity):
    """A time of day."""

    @override
    def _show(self, value: Value | None) -> None:
        minutes = None if value is None else int(value)
        self._attr_native_value = (
            None
            if minutes is None or not 0 <= minutes < DAY
            else time(minutes // HOUR, minutes % HOUR)
        )

    @override
    async def async_set_value(self, value: time) -> None:
        """Write the time."""
        await self._async_write(value)


async_setup_entry = attribute_platform(Platform.TIME, ExistTime, controls=True)
