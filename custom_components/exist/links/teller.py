"""Tells what links are doing, once for all that happens at the same time."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import batched

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..account.bells import Bell
from ..const import DOMAIN
from .view import LinkView

# Each has some sensors.
AT_ONCE = 10


class LinkTeller:
    """Keeps what was last told of each link."""

    def __init__(
        self,
        hass: HomeAssistant,
        look: Callable[[Collection[str] | None], Mapping[str, LinkView]],
    ) -> None:
        """Prepare; `look` returns what is to be told of all links now, by their ids.

        With attributes, only of the links that feed them.
        """
        self._hass = hass
        self._look = look
        self.views: Mapping[str, LinkView] = {}
        self._bell = Bell[()]()
        """Rings when there is something new about any link."""
        self._bells: dict[str, Bell[()]] = {}
        """Each for one link."""
        self._telling = False
        self._names: set[str] | None = set()
        """The attributes whose links are to be told of; None for all links."""

    @callback
    def async_listen(
        self, listener: CALLBACK_TYPE, link_id: str | None = None
    ) -> CALLBACK_TYPE:
        """Call back when there is something new, of one link or of any."""
        if link_id is None:
            return self._bell.async_listen(listener)
        return self._bells.setdefault(link_id, Bell()).async_listen(listener)

    @callback
    def async_tell_soon(self, names: Collection[str] | None = None) -> None:
        """Tell in the next turn of the loop, of all links or of some attributes'."""
        if names is None:
            self._names = None
        elif self._names is not None:
            self._names.update(names)
        if not self._telling:
            self._telling = True
            self._hass.loop.call_soon(self._tell)

    @callback
    def _tell(self) -> None:
        names, self._names, self._telling = self._names, set(), False
        views = self._look(names)
        if names is None:
            self.views, told = views, list(self._bells)
        elif views:
            self.views, told = {**self.views, **views}, list(views)
        else:
            return
        self._bell.async_ring()
        if len(told) <= AT_ONCE:
            self._ring(told)
        else:
            self._hass.async_create_task(self._async_ring(told), f"{DOMAIN} links told")

    async def _async_ring(self, told: Sequence[str]) -> None:
        """Tell of many links in turn with what else goes on."""
        for some in batched(told, AT_ONCE, strict=False):
            self._ring(some)
            await asyncio.sleep(0)

    @callback
    def _ring(self, told: Iterable[str]) -> None:
        for link_id in told:
            if link_id in self._bells:
                self._bells[link_id].async_ring()
