"""What links sent, whose days are edited, and what was kept aside; on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from custom_components.exist.api import Value, ValueType
from custom_components.exist.const import DOMAIN
from custom_components.exist.day import async_get_zone
from custom_components.exist.outbox import Key
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .judge import DayMemory
from .window import Zones

VERSION = 1
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


@dataclass(frozen=True, slots=True)
class Aside:
    """A value of somebody else's that a link wrote over."""

    value: Value
    value_type: ValueType


@dataclass(slots=True)
class Contents:
    """All that is kept for an account."""

    zones: list[tuple[date, str]] = field(default_factory=list)
    links: dict[str, LinkMemory] = field(default_factory=dict)
    days: dict[str, dict[date, DayMemory]] = field(default_factory=dict)
    """By attribute."""
    aside: dict[Key, tuple[Aside, ...]] = field(default_factory=dict)
    """The last of them is the newest."""
    orphans: dict[str, str] = field(default_factory=dict)
    """Attributes whose link was deleted, with its title."""
    pauses: list[tuple[float, float | None]] = field(default_factory=list)
    """When the recorder was told to stop, and to go on; the last may be open."""
    edits: dict[Key, datetime] = field(default_factory=dict)
    """Days that somebody edited, and when that was noticed."""


class Memory:
    """The links' memory of one account."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; nothing is read yet."""
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}.links",
            private=True,
            atomic_writes=True,
        )
        self.contents = Contents()
        self._tz: dict[str, tzinfo] = {}
        self._last_on: float | None = None
        self._json: dict[str, dict[str, Any]] = {}
        """What is written of an attribute's days, until one of them changes."""
        self.closed = False

    async def async_load(self) -> None:
        """Read what was kept; what cannot be read is as if it never was.

        A day that is not remembered belongs to whoever wrote it.
        """
        stored = await self._store.async_load()
        try:
            self.contents = _contents(stored or {})
        except KeyError, TypeError, ValueError:
            self.contents = Contents()
        for _, name in self.contents.zones:
            if (zone := await async_get_zone(name)) is not None:
                self._tz[name] = zone
        known = [(day, name) for day, name in self.contents.zones if name in self._tz]
        self.contents.zones = [(date.min, name) for _, name in known[:1]] + known[1:]

    async def async_save(self) -> None:
        """Write now: what is about to be sent must be known after a crash."""
        if not self.closed:
            await self._store.async_save(self._data())

    async def async_close(self) -> None:
        """Write for the last time."""
        self.closed = True
        await self._store.async_save(self._data())

    @callback
    def async_save_soon(self) -> None:
        """Write within a few seconds, once for many changes."""
        if not self.closed:
            self._store.async_delay_save(self._data, SAVE_SECONDS)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        for name, days in self.contents.days.items():
            if name not in self._json:
                self._json[name] = {
                    day.isoformat(): memory.to_json() for day, memory in days.items()
                }
        return _json(self.contents, dict(self._json))

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


def _contents(stored: Mapping[str, Any]) -> Contents:
    return Contents(
        zones=[
            (date.fromisoformat(day), name) for day, name in stored.get("zones", ())
        ],
        links={
            link_id: LinkMemory(
                raw["attribute"],
                raw["title"],
                raw["meaning"],
                date.fromisoformat(raw["since"]),
                date.fromisoformat(raw["settled"]),
                raw["asked"],
                raw["filling"],
                date.fromisoformat(raw["filled"]) if raw["filled"] else None,
            )
            for link_id, raw in stored.get("links", {}).items()
        },
        days={
            name: {
                date.fromisoformat(day): DayMemory.from_json(raw)
                for day, raw in days.items()
            }
            for name, days in stored.get("days", {}).items()
        },
        aside={
            _key(raw): tuple(
                Aside(value, ValueType(value_type)) for value, value_type in raw["kept"]
            )
            for raw in stored.get("aside", ())
        },
        orphans=dict(stored.get("orphans", {})),
        pauses=[(start, end) for start, end in stored.get("pauses", ())],
        edits={
            _key(raw): datetime.fromisoformat(raw["noticed"])
            for raw in stored.get("edits", ())
        },
    )


def _key(raw: Mapping[str, Any]) -> Key:
    return Key(raw["name"], date.fromisoformat(raw["day"]))


def _json(contents: Contents, days: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "zones": [[day.isoformat(), name] for day, name in contents.zones],
        "links": {
            link_id: {
                "attribute": link.attribute,
                "title": link.title,
                "meaning": link.meaning,
                "since": link.since.isoformat(),
                "settled": link.settled.isoformat(),
                "asked": link.asked,
                "filling": link.filling,
                "filled": link.filled.isoformat() if link.filled else None,
            }
            for link_id, link in contents.links.items()
        },
        "days": days,
        "aside": [
            {
                "name": key.name,
                "day": key.day.isoformat(),
                "kept": [[aside.value, int(aside.value_type)] for aside in kept],
            }
            for key, kept in contents.aside.items()
        ],
        "orphans": contents.orphans,
        "pauses": [list(each) for each in contents.pauses],
        "edits": [
            {
                "name": key.name,
                "day": key.day.isoformat(),
                "noticed": noticed.isoformat(),
            }
            for key, noticed in contents.edits.items()
        ],
    }
