"""State attributes that the recorder leaves out: on disk, in a file of their own."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import callback

from ..storage import AccountFiles, FileKind, RecordFile, dump
from .packed_records import Packed
from .timeline import Row

KeptRow = tuple[float, str, str | None]
"""Since when, what, and in which unit."""

FILE = f"{FileKind.LINKS}.kept"
# Many changes are one write; what a crash takes is as short as a gap that is bridged.
SAVE_SECONDS = 600.0
# Of what changes each ten seconds these are two days.
ROWS_AT_MOST = 20_000


@dataclass(slots=True)
class KeptContents:
    """What is kept of state attributes, by what names each for good."""

    rows: dict[str, list[KeptRow]] = field(default_factory=dict)


class KeptAttributes:
    """Keeps what state attributes were, of each as much as has room."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        # Rows are never changed, and a list is copied at once: a thread may do it.
        self.contents = KeptContents()
        self._file = RecordFile(
            files, FILE, KeptContents, self.contents, data=self._dump, frozen=True
        )

    @property
    def keys(self) -> Container[str]:
        """What of anything is kept."""
        return self.contents.rows.keys()

    async def async_load(self) -> None:
        """Read what was kept."""
        await self._file.async_load()
        self.contents = self._file.contents

    def rows(self, key: str) -> Sequence[Row]:
        """Return what is kept of a state attribute, as it is now."""
        return Packed(_row, self.contents.rows.get(key, ()))

    @callback
    def keep(
        self, key: str, row: KeptRow, oldest: float, *, begins: bool = False
    ) -> None:
        """Keep what a state attribute is now; of what was before `oldest`, the last.

        What is the same as before is left out, but where keeping just `begins`: what
        there was before a start is not known after it.
        """
        kept = self.contents.rows.setdefault(key, [])
        if kept and kept[-1][1:] == row[1:] and not begins:
            return
        kept.append(row)
        gone = max(0, len(kept) - ROWS_AT_MOST)
        while gone < len(kept) - 1 and kept[gone + 1][0] <= oldest:
            gone += 1
        del kept[:gone]
        self._async_save_soon()

    @callback
    def forget(self, key: str) -> None:
        """Forget a state attribute that the recorder keeps after all."""
        if self.contents.rows.pop(key, None) is not None:
            self._async_save_soon()

    @callback
    def forget_others(self, followed: Container[str]) -> None:
        """Forget the state attributes that no link has any more."""
        for key in [each for each in self.contents.rows if each not in followed]:
            self.forget(key)

    @callback
    def _async_save_soon(self) -> None:
        self._file.async_save_soon(SAVE_SECONDS)

    def _dump(self) -> object:
        rows = {key: list(kept) for key, kept in self.contents.rows.copy().items()}
        return dump(KeptContents(rows))


def _row(kept: Iterable[Any]) -> Row:
    at, state, unit = kept
    return Row(at, state, unit=unit)
