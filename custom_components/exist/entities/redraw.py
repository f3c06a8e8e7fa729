"""Writes the state of an entity when what it shows is another than before."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.entity import Entity

type Look = Callable[[], object]


@callback
def redrawing(entity: Entity, look: Look) -> CALLBACK_TYPE:
    """Return what writes the entity's state where `look` returns something new.

    `look` brings the entity up to date and returns all that is shown of it.
    """
    shown = look()

    @callback
    def redraw() -> None:
        nonlocal shown
        if (now := look()) != shown:
            shown = now
            entity.async_write_ha_state()

    return redraw
