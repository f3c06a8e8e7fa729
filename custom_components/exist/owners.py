"""Remembers who owned an attribute before Home Assistant."""

from collections.abc import Iterable, Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .api import Service
from .const import DOMAIN

VERSION = 1


class PreviousOwners:
    """The previous owner of each acquired attribute, on disk per account."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; nothing is read yet."""
        self._store: Store[dict[str, dict[str, str]]] = Store(
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}.owners",
            private=True,
            atomic_writes=True,
        )
        self._owners: dict[str, Service] = {}

    async def async_load(self) -> None:
        """Read what was kept."""
        stored = await self._store.async_load() or {}
        self._owners = {
            name: Service(service["name"], service["label"])
            for name, service in stored.items()
        }

    def get(self, name: str) -> Service | None:
        """Return the owner before us, if it is known."""
        return self._owners.get(name)

    async def async_remember(self, owners: Mapping[str, Service]) -> None:
        """Keep who lost an attribute to us."""
        if owners:
            self._owners |= owners
            await self._async_save()

    async def async_forget(self, names: Iterable[str]) -> None:
        """Drop what was released."""
        known = self._owners.keys() & set(names)
        for name in known:
            del self._owners[name]
        if known:
            await self._async_save()

    async def _async_save(self) -> None:
        await self._store.async_save(
            {
                name: {"name": service.name, "label": service.label}
                for name, service in self._owners.items()
            }
        )

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
