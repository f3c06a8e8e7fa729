"""The bells of an account, each for one thing that happened."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import DOMAIN

# What is drawn for all makes room for others after as many.
AT_ONCE = 50


class Bell[*What]:
    """Rings for one thing, with what there is to say of it."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._listeners: dict[Callable[[*What], None], None] = {}

    @callback
    def async_listen(self, listener: Callable[[*What], None]) -> CALLBACK_TYPE:
        """Call back at each ring; what is returned ends that."""
        self._listeners[listener] = None
        return lambda: self._listeners.pop(listener, None)

    @callback
    def async_ring(self, *what: *What) -> None:
        """Tell all who listen."""
        for listener in list(self._listeners):
            listener(*what)


class Bells:
    """Tells only those whom it concerns.

    *Polled*: Home Assistant's own listeners of the coordinator, who decide what appears
    and vanishes; then all that is drawn. *Day changed*: also that the last answer has
    become too old to be shown. *Values changed* (names): what is drawn of those names.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nobody listening."""
        self._hass = hass
        self._drawn: dict[CALLBACK_TYPE, None] = {}
        self._drawn_of: dict[str, dict[CALLBACK_TYPE, None]] = {}
        self.day = Bell[()]()
        """Rings when it is another day, or what is known has become too old."""
        self.values = Bell[frozenset[str]]()
        """Rings with the names of attributes whose days are others now."""
        self._left: dict[CALLBACK_TYPE, None] = {}
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_draw(self, redraw: CALLBACK_TYPE, *names: str) -> CALLBACK_TYPE:
        """Call back at each bell; at changed values only for those of these names."""
        groups = [self._drawn_of.setdefault(name, {}) for name in names]
        for group in (self._drawn, *groups):
            group[redraw] = None

        @callback
        def stop() -> None:
            for group in (self._drawn, self._left, *groups):
                group.pop(redraw, None)

        return stop

    @callback
    def async_day_changed(self) -> None:
        """Tell those who follow the day, then draw all."""
        self.day.async_ring()
        self.async_draw_all()

    @callback
    def async_values_changed(self, names: Iterable[str]) -> None:
        """Tell of written or settled values of these attributes."""
        changed = frozenset(names)
        self.values.async_ring(changed)
        self._draw(
            redraw for name in changed for redraw in self._drawn_of.get(name, ())
        )

    @callback
    def async_draw_all(self) -> None:
        """Draw all."""
        self._draw(self._drawn)

    @callback
    def _draw(self, drawn: Iterable[CALLBACK_TYPE]) -> None:
        """Draw some now, and more of them in turn with what else goes on."""
        some = dict.fromkeys(drawn)
        if len(some) <= AT_ONCE:
            for redraw in some:
                self._left.pop(redraw, None)
                redraw()
            return
        self._left |= some
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_task(
                self._async_draw_left(), f"{DOMAIN} draw"
            )

    @callback
    def async_stop(self) -> None:
        """Leave undrawn what is left."""
        if self._task is not None:
            self._task.cancel()

    async def _async_draw_left(self) -> None:
        while self._left:
            for redraw in list(islice(self._left, AT_ONCE)):
                del self._left[redraw]
                redraw()
            await asyncio.sleep(0)
