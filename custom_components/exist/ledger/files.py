"""The ledger on disk: what waits, in two generations, and what became of days."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
import json
from pathlib import Path
from typing import Any, NamedTuple

from homeassistant.core import callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError

from ..api import Value, ValueType, fits
from ..const import DOMAIN
from ..notices.translated import failed
from ..storage import (
    VERSION,
    AccountFiles,
    DamagedError,
    FileKind,
    Lost,
    NewerVersionError,
    RecordFile,
    SyncedFile,
    async_write_now,
    dump,
    load,
    read_envelope,
    row,
)
from .day import Day, Key, Waiting, Writer
from .transitions import started

# What is not known yet of a day.
NOTHING = Day()
SAVE_SECONDS = 5.0
NAMES = (f"{FileKind.OUTBOX}.0", f"{FileKind.OUTBOX}.1")


@dataclass(frozen=True, slots=True)
class Settled:
    """What the first version wrote of a day that no poll had shown yet."""

    value: float | str
    value_type: ValueType
    writer: Writer
    suspects: tuple[Value, ...] = ()
    polls: int = 0

    def check(self) -> None:
        """Raise ValueError for what we never wrote."""
        if not fits(self.value_type, self.value):
            raise ValueError

    def day(self, day: Day) -> Day:
        """Return the day with what this tells."""
        return replace(
            day,
            confirmed=self.value,
            value_type=self.value_type,
            writer=self.writer,
            suspects=self.suspects,
            polls=self.polls,
            unseen=True,
        )


@dataclass(slots=True)
class OutboxContents:
    """What waits; `written` is the last confirmed write of each attribute."""

    entries: dict[Key, Waiting] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)
    settled: dict[Key, Settled] = field(default_factory=dict)


class Aside(NamedTuple):
    """A value of somebody else's that a link wrote over."""

    value: Value
    value_type: ValueType

    def check(self) -> None:
        """Raise ValueError for what we never wrote."""
        if not fits(self.value_type, self.value):
            raise ValueError


@dataclass(slots=True)
class DayContents:
    """What became of days, by attribute."""

    days: dict[str, dict[date, Day]] = field(default_factory=dict)
    aside: dict[Key, tuple[Aside, ...]] = field(
        default_factory=dict, metadata=row("kept")
    )
    """The last of them is the newest."""
    edits: dict[Key, datetime] = field(default_factory=dict, metadata=row("noticed"))
    """Days that somebody edited, and when that was noticed."""


@dataclass(frozen=True, slots=True)
class _Named:
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
            raise failed("unloading" if self._files.closed else "disk")
        await self._files.async_write(partial(self._async_save, contents))

    async def _async_save(self, contents: OutboxContents) -> None:
        data = json.dumps(dump(contents))
        if data == self._saved:
            return
        self._generation += 1
        text = f'{{"version": {VERSION}, "generation": {self._generation}, "data": {data}}}'
        name = NAMES[self._generation % 2]
        await async_write_now(self._files, name, lambda: text)
        self._saved = data


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
    contents.entries = {key: started(entry) for key, entry in contents.entries.items()}
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
        return load(_Named, raw, []).key
    except DamagedError:
        return None


class DayFile:
    """Keeps what became of days; it is written seldom, and only when it changed."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._files = files
        self.contents = DayContents()
        self._json: dict[str, dict[str, Any]] = {}
        """What is written of an attribute's days, until one of them changes."""
        self._file = SyncedFile(files, FileKind.DAYS, self._data, SAVE_SECONDS)

    @property
    def may_write(self) -> bool:
        """Whether it can be written at all."""
        return self._file.may_write

    async def async_load(self) -> None:
        """Read what was kept; a day that is not remembered is whoever's wrote it.

        Raises ConfigEntryNotReady where what the first version kept cannot be kept.
        """
        contents = await self._async_read(FileKind.DAYS)
        if contents is None and not self._files.newer:
            # The first version kept them together with the links.
            contents = await self._async_read(FileKind.LINKS)
            self.contents = contents or DayContents()
            if contents is not None and self.may_write:
                try:
                    await self.async_save()
                except HomeAssistantError as err:
                    raise ConfigEntryNotReady(
                        translation_domain=DOMAIN, translation_key="disk"
                    ) from err
        self.contents = contents or DayContents()

    async def _async_read(self, name: FileKind) -> DayContents | None:
        file = RecordFile(self._files, name, DayContents, DayContents())
        return (await file.async_load()).record

    def day(self, key: Key) -> Day:
        """Return what became of a day."""
        return self.contents.days.get(key.name, {}).get(key.day, NOTHING)

    @callback
    def set_day(self, key: Key, day: Day) -> None:
        """Take note of what became of a day; it is written later."""
        days = self.contents.days.setdefault(key.name, {})
        if day.matters:
            days[key.day] = day
        else:
            days.pop(key.day, None)
        self.note_change(key.name)

    @callback
    def note_change(self, name: str) -> None:
        """Write all of an attribute's days anew, soon."""
        self._json.pop(name, None)
        self.async_save_soon()

    @callback
    def async_save_soon(self) -> None:
        """Write within a few seconds, once for many changes."""
        self._file.async_save_soon()

    async def async_save(self) -> None:
        """Write now, to the disk itself. Raises HomeAssistantError."""
        await self._file.async_save()

    def _data(self) -> dict[str, Any]:
        for name, days in self.contents.days.items():
            if name not in self._json:
                self._json[name] = dump(days)
        return {**dump(replace(self.contents, days={})), "days": dict(self._json)}
