"""Tells what links are doing, once for all that happens at the same time."""

from collections.abc import Callable, Mapping

from homeassistant.core import HomeAssistant, callback

from ..account.bells import Bell
from .view import LinkView


class LinkTeller:
    """Keeps what was last told of each link."""

    def __init__(
        self, hass: HomeAssistant, look: Callable[[], Mapping[str, LinkView]]
    ) -> None:
        """Prepare; `look` returns what is to be told now."""
        self._hass = hass
        self._look = look
        self.views: Mapping[str, LinkView] = {}
        self.bell = Bell[()]()
        """Rings when there is something new."""
        self._telling = False

    @callback
    def async_tell_soon(self) -> None:
        """Tell in the next turn of the loop."""
        if not self._telling:
            self._telling = True
            self._hass.loop.call_soon(self._tell)

    @callback
    def _tell(self) -> None:
        self._telling = False
        self.views = self._look()
        self.bell.async_ring()
