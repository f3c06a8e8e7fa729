"""Tells what links are doing, once for all that happens at the same time."""

from collections.abc import Callable, Mapping

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .view import LinkView


class LinkTeller:
    """Keeps what was last told of each link, and who listens."""

    def __init__(
        self, hass: HomeAssistant, look: Callable[[], Mapping[str, LinkView]]
    ) -> None:
        """Prepare; `look` returns what is to be told now."""
        self._hass = hass
        self._look = look
        self.views: Mapping[str, LinkView] = {}
        self._listeners: list[CALLBACK_TYPE] = []
        self._telling = False

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call back when there is something new."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

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
        for listener in list(self._listeners):
            listener()
