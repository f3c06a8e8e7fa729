"""Remembers who owned an attribute before Home Assistant."""

from collections.abc import Iterable, Mapping

from ..api import Service
from ..storage import AccountFiles, FileKind, RecordFile


class PreviousOwners:
    """The previous owner of each acquired attribute, on disk per account."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._file: RecordFile[dict[str, Service]] = RecordFile(
            files, FileKind.OWNERS, dict[str, Service], {}
        )

    async def async_load(self) -> None:
        """Read what was kept."""
        await self._file.async_load()

    def get(self, name: str) -> Service | None:
        """Return the owner before us, if it is known."""
        return self._file.contents.get(name)

    async def async_remember(self, owners: Mapping[str, Service]) -> None:
        """Keep who lost an attribute to us."""
        if owners:
            self._file.contents |= owners
            await self._file.async_save()

    async def async_forget(self, names: Iterable[str]) -> None:
        """Drop what was released."""
        known = self._file.contents.keys() & set(names)
        for name in known:
            del self._file.contents[name]
        if known:
            await self._file.async_save()
