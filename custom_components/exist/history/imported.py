"""What was imported of an account, and what is still to come: on disk."""

from dataclasses import dataclass, field
from datetime import date

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..account.ids import account_id
from ..storage import AccountFiles, FileKind, RecordFile, dump
from .charts import statistic_id
from .statistics import async_clear, can_be_asked
from .walks import Walk


@dataclass(slots=True)
class Charted:
    """The statistic of one attribute as it was when we last wrote it.

    `zone` is Home Assistant's at that time. A database that has fewer rows was replaced.
    """

    zone: str
    rows: int = 0
    first: date | None = None
    last: date | None = None
    cleared: bool = False
    """Whether a person cleared it: nothing is written until it is imported again."""


@dataclass(slots=True)
class HistoryContents:
    """All that is kept for an account."""

    charted: dict[str, Charted] = field(default_factory=dict)
    walks: list[Walk] = field(default_factory=list)
    looked: date | None = None
    """The newest day of the window that was last looked at by night."""


class HistoryFile:
    """The file of an account's history."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._file: RecordFile[HistoryContents] = RecordFile(
            files, FileKind.HISTORY, HistoryContents
        )
        self.contents = HistoryContents()

    async def async_load(self) -> None:
        """Read what was kept; what cannot be read is imported once more."""
        self.contents = (await self._file.async_load()).record or HistoryContents()

    async def async_save(self) -> None:
        """Write now: what was answered must not be asked for again."""
        await self._file.async_save(lambda: dump(self.contents))


async def async_clear_statistics(
    hass: HomeAssistant, entry: ConfigEntry, files: AccountFiles
) -> None:
    """Delete the statistics of an account that is removed."""
    if not can_be_asked(hass):
        return
    file = HistoryFile(files)
    await file.async_load()
    account = account_id(entry)
    await async_clear(
        hass, [statistic_id(account, name) for name in file.contents.charted]
    )
