"""The outbox on disk: two generations, so that a broken file costs nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
import json
from pathlib import Path
from typing import NamedTuple

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from ..const import DOMAIN
from ..storage import (
    VERSION,
    AccountFiles,
    DamagedError,
    FileKind,
    Lost,
    NewerVersionError,
    dump,
    load,
    read_envelope,
)
from .entry import Entry, Key, Settled

NAMES = (f"{FileKind.OUTBOX}.0", f"{FileKind.OUTBOX}.1")


@dataclass(slots=True)
class OutboxContents:
    """All that is kept: what waits, and what was settled since the last poll."""

    entries: dict[Key, Entry] = field(default_factory=dict)
    settled: dict[Key, Settled] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)
    """The moment of the last confirmed write of each attribute."""


@dataclass(frozen=True, slots=True)
class _Day:
    """The fields that say which day an entry is of."""

    name: str
    day: date
    number: int = 0

    @property
    def key(self) -> Key:
        return Key(self.name, self.day, self.number)


class _Generation(NamedTuple):
    """One of the two files, as far as it could be read."""

    name: str
    number: int
    contents: OutboxContents
    lost: tuple[Lost, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether it cannot be told which generation it is."""
        return self.number < 1


class OutboxFile:
    """Writes the two files in turn; the newest that is whole counts.

    Home Assistant's Store only logs a full disk, and writes nothing while Home
    Assistant stops; an accepted value needs to know.
    """

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._files = files
        self._generation = 0
        self._saved = ""

    async def async_load(self) -> OutboxContents:
        """Return what was kept; of a damaged newer file, what can be read.

        What the newer one has lost is taken from the older one.
        """
        found = []
        for name in NAMES:
            try:
                generation = await self._files.hass.async_add_executor_job(
                    _read, name, self._files.path(name)
                )
            except NewerVersionError:
                self._files.note_newer(name)
                continue
            if generation is not None:
                found.append(generation)
        if self._files.newer:
            return OutboxContents()
        found.sort(key=lambda each: each.number)
        self._generation = max((each.number for each in found), default=0)
        newest, *older = [*reversed(found)] or [_Generation("", 1, OutboxContents())]
        for each in found:
            if each.broken or (each is newest and each.lost):
                await self._files.async_put_aside(each.name)
        return _mended(newest, older)

    async def async_save(self, contents: OutboxContents) -> None:
        """Write it, safe against power loss. Raises HomeAssistantError."""
        self._files.require_writable()
        if not self._files.may_write(*NAMES):
            key = "unloading" if self._files.closed else "disk"
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key=key)
        await self._files.async_write(partial(self._async_save, contents))

    async def _async_save(self, contents: OutboxContents) -> None:
        data = json.dumps(dump(contents))
        if data == self._saved:
            return
        self._generation += 1
        text = f'{{"version": {VERSION}, "generation": {self._generation}, "data": {data}}}'
        path = self._files.path(NAMES[self._generation % 2])
        try:
            await self._files.hass.async_add_executor_job(self._write, path, text)
        except (WriteError, OSError) as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="disk"
            ) from err
        self._saved = data

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.parent.mkdir(exist_ok=True)
        write_utf8_file_atomic(str(path), text, private=True)


def _read(name: str, path: Path) -> _Generation | None:
    lost: list[Lost] = []
    try:
        raw = read_envelope(path)
        if raw is None:
            return None
        number = raw.get("generation")
        contents = load(OutboxContents, raw.get("data"), lost)
    except DamagedError:
        return _Generation(name, 0, OutboxContents())
    if type(number) is not int or number < 1:
        number = 0
    contents.entries = {
        key: entry.reloaded() for key, entry in contents.entries.items()
    }
    return _Generation(name, number, contents, tuple(lost))


def _mended(newest: _Generation, older: Iterable[_Generation]) -> OutboxContents:
    """Return the newest contents, with what they lost as the older ones have it.

    What was confirmed since stays confirmed: where the damage still tells its days,
    only these come back.
    """
    contents = newest.contents
    damaged = [_key(each.raw) for each in newest.lost if each.field == "entries"]
    all_of_it = newest.broken or None in damaged
    for each in older:
        contents.entries |= {
            key: entry
            for key, entry in each.contents.entries.items()
            if (all_of_it or key in damaged)
            and key not in contents.entries
            and key not in contents.settled
        }
    return contents


def _key(raw: object) -> Key | None:
    """Return the day of a damaged entry, where that can still be told."""
    try:
        return load(_Day, raw, []).key
    except DamagedError:
        return None
