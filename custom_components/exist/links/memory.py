"""What links sent, whose days are edited, and what was kept aside; on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from homeassistant.core import callback

from ..api import Value, ValueType, fits
from ..ledger import Key
from ..storage import AccountFiles, FileKind, RecordFile, dump, row
from ..values.days import async_get_zone
from .judge import DayMemory
from .window import Zones

SAVE_SECONDS = 5.0
KEPT_DAYS = 400
KEPT_PAUSES = 50
EDITS_COUNT_FOR = timedelta(days=7)


@dataclass(slots=True)
class LinkMemory:
    """What was done for one link: `since` its first day, done up to `settled`.

    `asked` is the wish for past days that was fulfilled, `filled` the oldest day that
    was done of the wish `filling`.
    """

    attribute: str
    title: str
    meaning: str
    since: date
    settled: date
    asked: str = ""
    filling: str = ""
    filled: date | None = None


class Aside(NamedTuple):
    """A value of somebody else's that a link wrote over."""

    value: Value
    value_type: ValueType

    def check(self) -> None:
        """Raise ValueError for what we never wrote."""
        if not fits(self.value_type, self.value):
            raise ValueError


@dataclass(slots=True)
class LinkContents:
    """All that is kept for an account."""

    zones: list[tuple[date, str]] = field(default_factory=list)
    links: dict[str, LinkMemory] = field(default_factory=dict)
    days: dict[str, dict[date, DayMemory]] = field(default_factory=dict)
    """By attribute."""
    aside: dict[Key, tuple[Aside, ...]] = field(
        default_factory=dict, metadata=row("kept")
    )
    """The last of them is the newest."""
    orphans: dict[str, str] = field(default_factory=dict)
    """Attributes whose link was deleted, with its title."""
    pauses: list[tuple[float, float | None]] = field(default_factory=list)
    """When the recorder was told to stop, and to go on; the last may be open."""
    edits: dict[Key, datetime] = field(default_factory=dict, metadata=row("noticed"))
    """Days that somebody edited, and when that was noticed."""


class Memory:
    """The links' memory of one account."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._file: RecordFile[LinkContents] = RecordFile(
            files, FileKind.LINKS, LinkContents
        )
        self.contents = LinkContents()
        self._tz: dict[str, tzinfo] = {}
        self._last_on: float | None = None
        self._json: dict[str, dict[str, Any]] = {}
        """What is written of an attribute's days, until one of them changes."""

    async def async_load(self) -> None:
        """Read what was kept; what cannot be read is as if it never was.

        A day that is not remembered belongs to whoever wrote it.
        """
        self.contents = (await self._file.async_load()).record or LinkContents()
        for _, name in self.contents.zones:
            if (zone := await async_get_zone(name)) is not None:
                self._tz[name] = zone
        known = [(day, name) for day, name in self.contents.zones if name in self._tz]
        self.contents.zones = [(date.min, name) for _, name in known[:1]] + known[1:]

    async def async_save(self) -> None:
        """Write now: what is about to be sent must be known after a crash."""
        await self._file.async_save(self._data)

    @callback
    def async_save_soon(self) -> None:
        """Write within a few seconds, once for many changes."""
        self._file.async_save_soon(self._data, SAVE_SECONDS)

    def _data(self) -> dict[str, Any]:
        for name, days in self.contents.days.items():
            if name not in self._json:
                self._json[name] = dump(days)
        return {**dump(replace(self.contents, days={})), "days": dict(self._json)}

    def day(self, key: Key) -> DayMemory:
        """Return what is known of a day."""
        return self.contents.days.get(key.name, {}).get(key.day, DayMemory())

    def days(self, attribute: str) -> Mapping[date, DayMemory]:
        """Return all that is known of an attribute's days."""
        return self.contents.days.get(attribute, {})

    def is_linked(self, key: Key) -> bool:
        """Return whether a link feeds the day by itself, not only by back-fill."""
        return any(
            link.attribute == key.name and link.since <= key.day
            for link in self.contents.links.values()
        )

    @callback
    def set_day(self, key: Key, memory: DayMemory) -> None:
        """Take note of what became of a day."""
        self.contents.days.setdefault(key.name, {})[key.day] = memory
        self._json.pop(key.name, None)

    @callback
    def forget_days(self, attribute: str) -> None:
        """Forget all about an attribute's days."""
        self.contents.days.pop(attribute, None)
        self._json.pop(attribute, None)

    @callback
    def forget_known(self, attribute: str, first: date = date.min) -> None:
        """From that day on, values come from something else."""
        for day, memory in list(self.days(attribute).items()):
            if day >= first:
                self.set_day(Key(attribute, day), replace(memory, known=None))

    @callback
    def note_recorder(self, now: float, *, is_on: bool) -> None:
        """Take note of when the recorder was told to stop, to the hour.

        Its own database does not say so, and its runs go on.
        """
        pauses = self.contents.pauses
        if not is_on and (not pauses or pauses[-1][1] is not None):
            pauses.append((self._last_on or now, None))
        elif is_on and pauses and pauses[-1][1] is None:
            pauses[-1] = (pauses[-1][0], now)
        if is_on:
            self._last_on = now

    @callback
    def keep_aside(self, key: Key, value: Value, value_type: ValueType) -> None:
        """Keep a value that is about to be written over."""
        aside, kept = Aside(value, value_type), self.contents.aside.get(key, ())
        if aside not in kept[-1:]:
            self.contents.aside[key] = (*kept, aside)

    @callback
    def put_back(self, key: Key) -> None:
        """Forget the newest value that was kept; the one before it is next."""
        kept = self.contents.aside.pop(key, ())[:-1]
        if kept:
            self.contents.aside[key] = kept

    def note_zone(self, name: str, zone: tzinfo, today: date) -> None:
        """Take note of the profile's zone; a new one holds from the next day.

        `today` is the day in the zone that held until now.
        """
        zones = self.contents.zones
        self._tz[name] = zone
        if not zones:
            zones.append((date.min, name))
        elif zones[-1][1] != name:
            since = today + timedelta(days=1)
            if zones[-1][0] == since:
                zones.pop()
            if not zones or zones[-1][1] != name:
                zones.append((since, name))

    def zones(self) -> Zones:
        """Return the zones in which days begin."""
        (_, first), *changes = self.contents.zones
        return Zones(
            self._tz[first], tuple((since, self._tz[name]) for since, name in changes)
        )

    def last_zone(self) -> tzinfo | None:
        """Return the zone that held until now."""
        zones = self.contents.zones
        return self._tz[zones[-1][1]] if zones else None

    def forget_old(self, today: date) -> None:
        """Drop what is too old to matter."""
        contents, first = self.contents, today - timedelta(days=KEPT_DAYS)
        contents.pauses = contents.pauses[-KEPT_PAUSES:]
        for name, days in contents.days.items():
            kept = {day: memory for day, memory in days.items() if day >= first}
            if len(kept) < len(days):
                contents.days[name] = kept
                self._json.pop(name, None)

    def edits_since(self, now: datetime) -> list[Key]:
        """Return the days whose edit was noticed within a week."""
        self.contents.edits = {
            key: noticed
            for key, noticed in self.contents.edits.items()
            if now - noticed <= EDITS_COUNT_FOR
        }
        return list(self.contents.edits)
