"""What was found of an account, and what was told of it: on disk."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..storage import AccountFiles, FileKind, RecordFile, dump
from .found import PairSeen, Together, Usual


class Slow(StrEnum):
    """What is asked for now and then; the first that is due comes first."""

    AVERAGES = "averages"
    INSIGHTS = "insights"
    CORRELATIONS = "correlations"


@dataclass(slots=True)
class FindingsContents:
    """All that is kept for an account."""

    usual: dict[str, Usual] = field(default_factory=dict)
    """Averages, by attribute."""
    pairs: dict[str, PairSeen] = field(default_factory=dict)
    together: Together | None = None
    """The strongest new correlation."""
    told: list[str] = field(default_factory=list)
    """Insights that were told of, those seen last at the end."""
    read: dict[Slow, datetime] = field(default_factory=dict)
    """When all of it was read."""
    asked: list[datetime] = field(default_factory=list)
    """The requests of the last hour."""


class FindingsFile:
    """The file of an account's findings."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._file: RecordFile[FindingsContents] = RecordFile(
            files, FileKind.FINDINGS, FindingsContents
        )
        self.contents = FindingsContents()
        self.knows_told = False
        """Whether it is known what was told of: else all there is passes for told."""

    async def async_load(self) -> None:
        """Read what was kept; what cannot be read is found once more."""
        loaded = await self._file.async_load()
        self.contents = loaded.record or FindingsContents()
        self.knows_told = not loaded.lost and Slow.INSIGHTS in self.contents.read

    async def async_save(self) -> None:
        """Write now: what was told must not be told again."""
        await self._file.async_save(lambda: dump(self.contents))
