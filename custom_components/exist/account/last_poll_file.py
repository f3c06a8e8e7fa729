"""What an account last told, on disk: it loads even while Exist is away."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..api import Attribute
from ..storage import AccountFiles, FileKind, RecordFile

# The moment of a poll alone is written that seldom, and at the end.
MOMENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Person:
    """What is needed of the profile; names and the like are not kept."""

    username: str
    timezone: str = ""

    def check(self) -> None:
        """Raise ValueError for what we never wrote."""
        if not self.username:
            raise ValueError


@dataclass(frozen=True, slots=True)
class LastPoll:
    """The answers of the last complete poll, and when they came."""

    profile: Person
    owned: tuple[Attribute, ...]
    visible: tuple[Attribute, ...]
    polled: datetime
    zones_differ_since: datetime | None
    clock_wrong: bool = False


class LastPollFile:
    """Keeps the last complete poll of an account, in Exist's own shapes."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._file: RecordFile[LastPoll | None] = RecordFile(
            files, FileKind.ACCOUNT, LastPoll, None, frozen=True
        )
        self._written: LastPoll | None = None

    async def async_load(self) -> LastPoll | None:
        """Return what is known, or None of an account that never worked."""
        known, lost = await self._file.async_load()
        if known is None:
            return None
        # What is owned must not pass for another's: it would lose its entities.
        names = {_name(each.raw) for each in lost if each.field == "owned"}
        if None in names:
            return None
        if not lost:
            self._written = known
        return replace(
            known,
            visible=tuple(each for each in known.visible if each.name not in names),
        )

    async def async_save(self, known: LastPoll) -> None:
        """Keep the poll, soon where only its moment is new; a refusing disk is logged."""
        self._file.contents, written = known, self._written
        if (
            written is not None
            and abs(known.polled - written.polled) < MOMENT
            and replace(written, polled=known.polled) == known
        ):
            self._file.async_save_soon(MOMENT.total_seconds())
            return
        self._written = known
        await self._file.async_save()


def _name(raw: object) -> str | None:
    """Return the name of a damaged attribute, where that can still be told."""
    name = raw.get("name") if isinstance(raw, Mapping) else None
    return name if isinstance(name, str) else None
