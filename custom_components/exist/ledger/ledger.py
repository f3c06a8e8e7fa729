"""What waits, what was settled, and who is told; on disk before it counts."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..account.poll import ExistCoordinator
from ..api import ExistClient, Value, ValueType
from ..storage import AccountFiles
from ..values.days import boot_id
from .entry import Entry, Hold, Key, Settled, Writer, distinct, same
from .files import OutboxContents, OutboxFile

WATCHED_POLLS = 2
KEPT_WRITTEN_DAYS = 14


class Fate(StrEnum):
    """What became of an accepted value."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    DIFFERENT = "stored_differently"
    CHANGED = "changed"
    GAVE_WAY = "gave_way"
    HELD = "held"
    REPLACED = "replaced"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry; `code` is Exist's word or ours."""

    fate: Fate
    entry: Entry
    code: str = ""
    message: str = ""
    kept: Value | None = None
    """What Exist stored instead."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Exist refuses writing altogether: with which status, and since when."""

    status: int
    since: datetime


class Ledger:
    """The values of one account that wait, and what Exist confirmed last."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ExistClient,
        coordinator: ExistCoordinator,
        files: AccountFiles,
    ) -> None:
        """Prepare; `async_load` reads what waits on disk."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self.files = files
        self._file = OutboxFile(files)
        self._contents = OutboxContents()
        self._accepted: dict[Key, float] = {}
        self._waiting: dict[Key, set[asyncio.Future[Outcome]]] = {}
        self._unsaved: set[Key] = set()
        self._polls = 0
        self.lock = asyncio.Lock()
        """Held while a write is under way: one at a time for an account."""
        self._task: asyncio.Task[None] | None = None
        self._timer: CALLBACK_TYPE | None = None
        self._not_before = 0.0
        self._failures = 0
        self._why = "no_answer"
        self._may_halve = True
        """Whether a refused batch may be halved: once until one is taken, or a pause ends."""
        self._tried_back: dict[Key, float] = {}
        """When what was not ours was last sent again, since a poll lists it as ours."""
        self._suspects: set[Key] = set()
        """Refused alone, while nothing that others were in was taken either."""
        self._unproven: set[Key] = set()
        """Held when nothing else was sent: tried again once something is taken."""
        self._refusal: Refusal | None = None
        self._listeners: list[Callable[[Outcome], None]] = []
        self._written_listeners: list[Callable[[Iterable[Key]], None]] = []

    @property
    def entries(self) -> Mapping[Key, Entry]:
        """What waits, by attribute and day."""
        return self._contents.entries

    @property
    def oldest(self) -> datetime | None:
        """When the value that waits longest was accepted."""
        return min((entry.accepted for entry in self.entries.values()), default=None)

    @property
    def refusal(self) -> Refusal | None:
        """What Exist says to every write, where it refuses them altogether."""
        return self._refusal

    @property
    def last_confirmed(self) -> datetime | None:
        """When Exist last confirmed a write."""
        return max(self._contents.written.values(), default=None)

    def written_lately(self, name: str) -> bool:
        """Return whether something wrote the attribute within the last two weeks."""
        moment = self._contents.written.get(name)
        return (
            moment is not None and (dt_util.utcnow() - moment).days <= KEPT_WRITTEN_DAYS
        )

    @callback
    def overlay(self, name: str) -> dict[date, Value]:
        """Return the days that are newer here than in the last poll."""
        covered = self._coordinator.covered
        days: dict[date, Value] = {
            key.day: _shown(settled.value_type, settled.value)
            for key, settled in self._contents.settled.items()
            if key.name == name and settled.order > covered
        }
        shown = [
            entry
            for key, entry in self.entries.items()
            if key.name == name and entry.hold in (Hold.NONE, Hold.UNDATED)
        ]
        for entry in sorted(shown, key=self._age):
            days[entry.day] = _shown(entry.value_type, entry.value)
        return days

    def _age(self, entry: Entry) -> tuple[bool, float]:
        """Return what orders entries by when they were accepted, whatever the clock."""
        at = self._accepted.get(entry.key)
        return at is not None, entry.accepted.timestamp() if at is None else at

    def base(self, key: Key) -> Value | None:
        """Return what Exist shows for the day, as far as we know."""
        settled = self._contents.settled.get(key)
        if settled is not None and settled.order > self._coordinator.covered:
            return settled.value
        return self._coordinator.polled(key.name, key.day)

    @callback
    def async_add_listener(self, listener: Callable[[Outcome], None]) -> CALLBACK_TYPE:
        """Call back for each outcome."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def async_add_written_listener(
        self, listener: Callable[[Iterable[Key]], None]
    ) -> CALLBACK_TYPE:
        """Call back for the days that somebody but a link writes."""
        self._written_listeners.append(listener)
        return lambda: self._written_listeners.remove(listener)

    @callback
    def _tell_written(self, keys: Iterable[Key]) -> None:
        for listener in list(self._written_listeners):
            listener(keys)

    async def async_load(self) -> None:
        """Read what waited when Home Assistant stopped."""
        self._contents = await self._file.async_load()
        self._coordinator.overlay = self.overlay
        for key, settled in self._contents.settled.items():
            self._contents.settled[key] = replace(
                settled, order=self._coordinator.covered + 1
            )
        for key, entry in self.entries.items():
            if entry.hold is Hold.UNDATED and entry.boot == boot_id() != "":
                self._accepted[key] = entry.uptime

    async def _async_save(self) -> None:
        if self.files.closed:
            # What was confirmed meanwhile is found confirmed again.
            return
        await self._file.async_save(self._contents)

    async def _async_try_save(self) -> None:
        # What is lost here is found again by comparing.
        with suppress(HomeAssistantError):
            await self._async_save()

    def _keep(self, entry: Entry, changed: Entry) -> bool:
        if self.entries.get(entry.key) is not entry:
            return False
        self._contents.entries[entry.key] = changed
        return True

    @callback
    def _doubt(self, entry: Entry) -> None:
        """Keep what may or may not have arrived; it is compared before it goes again."""
        now = self.entries.get(entry.key)
        if now is not None:
            self._contents.entries[entry.key] = replace(
                now,
                compare=True,
                ambiguous=True,
                sent=distinct((*now.sent, entry.value)),
            )

    @callback
    def _confirmed(self, entry: Entry) -> None:
        self._contents.written[entry.name] = dt_util.utcnow()
        self._note_settled(entry)
        self._finish(Outcome(Fate.CONFIRMED, entry))

    @callback
    def _note_settled(self, entry: Entry) -> None:
        suspects = tuple(
            value
            for value in entry.sent
            if not same(entry.value_type, value, entry.value)
        )
        self._contents.settled[entry.key] = Settled(
            entry.value,
            entry.value_type,
            entry.writer,
            self._coordinator.next_order(),
            suspects if entry.ambiguous else (),
            WATCHED_POLLS if entry.ambiguous else 0,
        )

    @callback
    def note_values(self, values: Mapping[Key, tuple[float, ValueType]]) -> None:
        """Take note of days that were changed past the outbox, by increments."""
        for key, (value, value_type) in values.items():
            self._contents.settled[key] = Settled(
                value, value_type, Writer.PERSON, self._coordinator.next_order()
            )
            self._contents.written[key.name] = dt_util.utcnow()
            waiting = self.entries.get(key)
            if waiting is not None and waiting.writer is Writer.LINK:
                # The day is the person's now.
                self._finish(Outcome(Fate.DROPPED, waiting))
        self._tell_written(values)
        self._entry.async_create_task(self._hass, self._async_try_save())

    @callback
    def _finish(self, outcome: Outcome) -> None:
        entry = outcome.entry
        if self.entries.get(entry.key) is entry:
            del self._contents.entries[entry.key]
            self._accepted.pop(entry.key, None)
            self._tell(outcome)

    @callback
    def _tell(self, outcome: Outcome) -> None:
        self._tell_waiting(outcome)
        for listener in list(self._listeners):
            listener(outcome)

    @callback
    def _tell_waiting(self, outcome: Outcome) -> None:
        for future in self._waiting.pop(outcome.entry.key, ()):
            if not future.done():
                future.set_result(outcome)

    def keys_of(self, names: Collection[str], *holds: Hold) -> list[Key]:
        """Return what waits of these attributes, in any or in these states."""
        return [
            key
            for key, entry in self.entries.items()
            if key.name in names and (not holds or entry.hold in holds)
        ]


def _shown(value_type: ValueType, value: float | str) -> Value:
    return bool(value) if value_type is ValueType.BOOLEAN else value
