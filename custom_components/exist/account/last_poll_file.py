"""What an account last told, on disk: it loads even while Exist is away."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..api import Attribute, Profile
from ..storage import AccountFiles, FileKind, RecordFile, dump, only


@dataclass(frozen=True, slots=True)
class LastPoll:
    """The answers of the last complete poll, and when they came.

    Of the person no more is kept than is needed; names and the like are not.
    """

    profile: Profile = field(metadata=only("username", "timezone"))
    owned: tuple[Attribute, ...]
    visible: tuple[Attribute, ...]
    polled: datetime
    zones_differ_since: datetime | None
    clock_wrong: bool = False


class LastPollFile:
    """Keeps the last complete poll of an account, in Exist's own shapes."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._file: RecordFile[LastPoll] = RecordFile(files, FileKind.ACCOUNT, LastPoll)

    async def async_load(self) -> LastPoll | None:
        """Return what is known, or None of an account that never worked."""
        known, lost = await self._file.async_load()
        if known is None:
            return None
        # What is owned must not pass for another's: it would lose its entities.
        names = {_name(each.raw) for each in lost if each.field == "owned"}
        if None in names:
            return None
        return replace(
            known,
            visible=tuple(each for each in known.visible if each.name not in names),
        )

    async def async_save(self, known: LastPoll) -> None:
        """Keep the poll; Home Assistant logs it where the disk refuses."""
        await self._file.async_save(dump(known))


def _name(raw: object) -> str | None:
    """Return the name of a damaged attribute, where that can still be told."""
    name = raw.get("name") if isinstance(raw, Mapping) else None
    return name if isinstance(name, str) else None
