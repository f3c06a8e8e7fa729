"""What links' own subentries are changed to, when no person edits them."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..account.poll import ExistCoordinator
from .link import CONF_KIND, CONF_OBSERVE, Link
from .readings import ReadingKind


@callback
def async_let_go(
    hass: HomeAssistant,
    entry: ConfigEntry,
    coordinator: ExistCoordinator,
    links: Mapping[str, Link],
) -> None:
    """Go on without writing where the person gave the attribute up."""
    for link in links.values():
        if (
            not link.observe
            and link.attribute not in coordinator.data.owned
            and coordinator.was_released(link.attribute)
        ):
            _change(hass, entry, link, {CONF_OBSERVE: True})


@callback
def async_keep_kinds(
    hass: HomeAssistant, entry: ConfigEntry, kinds: Mapping[Link, ReadingKind]
) -> None:
    """Keep in links what kinds of meters their entities turned out to be."""
    for link, kind in kinds.items():
        _change(hass, entry, link, {CONF_KIND: kind.value})


def _change(
    hass: HomeAssistant, entry: ConfigEntry, link: Link, change: Mapping[str, Any]
) -> None:
    subentry = entry.subentries.get(link.link_id)
    if subentry is not None:
        data = {**subentry.data, **change}
        hass.config_entries.async_update_subentry(entry, subentry, data=data)
