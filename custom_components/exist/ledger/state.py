"""What waits and what became of days: in memory, on disk, and told to whoever asked."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..account.bells import Bell
from ..account.poll import ExistCoordinator
from ..api import Value, ValueType
from ..storage import AccountFiles
from ..values.days import boot_id
from .by_attribute import ByAttribute
from .day import Day, Hold, Key, Waiting, Writer
from .files import Aside, DayFile, OutboxContents, OutboxFile
from .outcome import Fate, Outcome
from .transitions import Event, after

KEPT_WRITTEN_DAYS = 14


class LedgerState:
    """The records of one account; everything that changes one of them is here."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: ExistCoordinator,
        files: AccountFiles,
    ) -> None:
        """Prepare; `async_load` reads what is on disk."""
        self.hass = hass
        self.entry = entry
        self.coordinator = coordinator
        self.files = files
        self.entries = ByAttribute[Waiting]()
        """What waits, by attribute and day."""
        self.accepted: dict[Key, float] = {}
        """When it was accepted, by the uptime of the machine."""
        self.unsaved: set[Key] = set()
        """What is not on disk yet, and so not accepted."""
        self.fed: Mapping[str, date] = {}
        """Attributes that links feed, with the day on which they began to."""
        self.written: dict[str, datetime] = {}
        """The moment of the last confirmed write of each attribute."""
        self._outbox_file = OutboxFile(files)
        self._day_file = DayFile(files)
        self._leaving: dict[Key, Waiting] = {}
        """What is done with, while the disk does not know yet what became of it."""
        self._orders = ByAttribute[int]()
        """What no poll has shown yet, by `next_order`."""
        self._waiting: dict[Key, set[asyncio.Future[Outcome]]] = {}
        self.outcomes = Bell[Outcome]()
        """Rings with each outcome."""
        self._edit_listeners: list[Callable[[Key], None]] = []
        self._untold: list[Key] = []

    async def async_load(self) -> None:
        """Read what was kept when Home Assistant stopped."""
        contents = await self._outbox_file.async_load()
        await self._day_file.async_load()
        self.entries, self.written = ByAttribute(contents.entries), contents.written
        for key, settled in contents.settled.items():
            self.set_day(key, settled.day(self.day(key)))
        for key, day in self.each_day():
            if day.unseen or day.polls:
                self._orders[key] = self.coordinator.covered + 1
        for key, waiting in self.entries.items():
            if waiting.hold is Hold.UNDATED and waiting.boot == boot_id() != "":
                self.accepted[key] = waiting.uptime
        self.coordinator.overlay = self.overlay

    async def async_save(self) -> None:
        """Write what became of days, then what waits. Raises HomeAssistantError."""
        if self.files.closed:
            # What was confirmed meanwhile is found confirmed again.
            return
        if leaving := dict(self._leaving):
            if self._day_file.may_write:
                await self._day_file.async_save()
            for key, waiting in leaving.items():
                if self._leaving.get(key) is waiting:
                    del self._leaving[key]
        await self.async_save_waiting()

    async def async_save_waiting(self) -> None:
        """Write what waits. Raises HomeAssistantError, also once files are closed."""
        entries = {**self._leaving, **self.entries}
        await self._outbox_file.async_save(OutboxContents(entries, self.written))

    async def async_save_days(self) -> None:
        """Write what became of days. Raises HomeAssistantError."""
        await self._day_file.async_save()

    async def async_try_save(self) -> None:
        """Write it; what is lost by that is found again by comparing."""
        with suppress(HomeAssistantError):
            await self.async_save()

    @callback
    def save_soon(self) -> None:
        """Write what waits in the background."""
        self.entry.async_create_task(self.hass, self.async_try_save())

    @callback
    def changed(self, names: Iterable[str]) -> None:
        """Tell entities that days of these attributes look otherwise now."""
        self.coordinator.bells.async_values_changed(names)

    # What is shown.

    @callback
    def overlay(self, name: str) -> dict[date, Value]:
        """Return the days that are newer here than in the last poll."""
        days: dict[date, Value] = {}
        for key, _ in self._orders.of(name):
            day = self.day(key)
            if self._is_newer(key) and day.confirmed is not None:
                days[key.day] = _shown(day.value_type, day.confirmed)
        shown = [
            waiting
            for _, waiting in self.entries.of(name)
            if waiting.hold in (Hold.NONE, Hold.UNDATED)
        ]
        for waiting in sorted(shown, key=self.age):
            days[waiting.day] = _shown(waiting.value_type, waiting.value)
        return days

    def _is_newer(self, key: Key) -> bool:
        """Return whether the last poll cannot know what was confirmed."""
        order = self._orders.get(key)
        return (
            order is not None
            and order > self.coordinator.covered
            and self.day(key).unseen
        )

    def base(self, key: Key) -> Value | None:
        """Return what Exist shows for the day, as far as we know."""
        if self._is_newer(key):
            return self.day(key).confirmed
        return self.coordinator.polled(key.name, key.day)

    def base_before_poll(self, key: Key) -> Value | None:
        """Return what we confirmed last for a day that the last poll may show, if so."""
        return self.day(key).confirmed if key in self._orders else None

    def age(self, waiting: Waiting) -> tuple[bool, float]:
        """Return what orders values by when they were accepted, whatever the clock."""
        at = self.accepted.get(waiting.key)
        return at is not None, waiting.accepted.timestamp() if at is None else at

    def keys_of(self, names: Collection[str], *holds: Hold) -> list[Key]:
        """Return what waits of these attributes, in any or in these states."""
        return [
            key
            for name in dict.fromkeys(names)
            for key, waiting in self.entries.of(name)
            if not holds or waiting.hold in holds
        ]

    def written_lately(self, name: str) -> bool:
        """Return whether something wrote the attribute within the last two weeks."""
        moment = self.written.get(name)
        return (
            moment is not None and (dt_util.utcnow() - moment).days <= KEPT_WRITTEN_DAYS
        )

    # What waits.

    @callback
    def happened(
        self,
        waiting: Waiting,
        event: Event,
        *,
        code: str = "",
        message: str = "",
        kept: Value | None = None,
    ) -> bool:
        """Bring a value where an event leads, and tell whoever must know.

        Returns whether it is still there; another may have taken its place meanwhile.
        """
        to = after(waiting, event, dt_util.utcnow(), kept)
        if to is Fate.CONFIRMED:
            self._confirm(waiting)
            return True
        if isinstance(to, Fate):
            self._finish(Outcome(to, waiting, code, message, kept))
            return True
        if self.entries.get(waiting.key) is not waiting:
            return False
        self.entries[waiting.key] = to
        if to.hold is waiting.hold:
            return True
        if to.hold is Hold.CHANGED:
            self.tell(Outcome(Fate.CHANGED, to))
        elif to.hold is Hold.EARLY:
            self.tell_waiting(Outcome(Fate.HELD, to, Hold.EARLY))
        elif to.hold is not Hold.NONE:
            self.tell(Outcome(Fate.HELD, to, code or to.hold, message))
        return True

    @callback
    def doubt(self, waiting: Waiting) -> None:
        """Keep what may or may not have arrived; it is compared before it goes again."""
        now = self.entries.get(waiting.key)
        if now is not None:
            self.happened(now, Event.NO_ANSWER, kept=waiting.value)

    @callback
    def _confirm(self, waiting: Waiting) -> None:
        """Take note that Exist has the value."""
        key = waiting.key
        self.written[key.name] = dt_util.utcnow()
        self.set_day(key, self.day(key).confirm(waiting))
        self._orders[key] = self.coordinator.next_order()
        if waiting.writer is not Writer.LINK:
            # Said again: that it was accepted may not be on disk.
            self.note_written((key,))
        self._finish(Outcome(Fate.CONFIRMED, waiting))

    @callback
    def _finish(self, outcome: Outcome) -> None:
        """Take a value out of the outbox; only what is still there is told of."""
        waiting = outcome.entry
        key = waiting.key
        if self.entries.get(key) is not waiting:
            return
        del self.entries[key]
        self._leaving[key] = waiting
        self.accepted.pop(key, None)
        if waiting.writer is Writer.LINK and outcome.fate is not Fate.CONFIRMED:
            self.set_day(key, self.day(key).give_up(waiting, outcome.kept))
        if outcome.fate is Fate.GAVE_WAY and waiting.writer is Writer.LINK:
            self.note_edited(key)
        self.tell(outcome)

    # What became of days.

    def day(self, key: Key) -> Day:
        """Return what became of a day."""
        return self._day_file.day(key)

    def days(self, name: str) -> Mapping[date, Day]:
        """Return all that is known of an attribute's days."""
        return self._day_file.contents.days.get(name, {})

    def each_day(self) -> Iterator[tuple[Key, Day]]:
        """Return all days that are remembered."""
        for name, days in self._day_file.contents.days.items():
            for day, record in days.items():
                yield Key(name, day), record

    @callback
    def set_day(self, key: Key, day: Day) -> None:
        """Take note of what became of a day; it is written soon."""
        self._day_file.set_day(key, day)

    def newest(self, key: Key) -> Value | None:
        """Return the newest value that a link wrote or waits to write."""
        waiting = self.entries.get(key)
        if waiting is not None and waiting.writer is Writer.LINK:
            return waiting.value
        return next(reversed(self.day(key).ours), None)

    def uncovered(self) -> list[tuple[Key, Day]]:
        """Return the days that the last poll can show for the first time, or again."""
        return [
            (key, self.day(key))
            for key, order in self._orders.items()
            if order <= self.coordinator.covered
        ]

    @callback
    def seen(self, key: Key, day: Day) -> None:
        """Take note of what a poll showed; a day that is no link's is forgotten then."""
        if not day.polls:
            self._orders.pop(key, None)
            if day.writer is not Writer.LINK:
                day = replace(day, confirmed=None)
        self.set_day(key, day)

    @callback
    def note_values(self, values: Mapping[Key, tuple[float, ValueType]]) -> None:
        """Take note of days that were changed past the outbox, by increments."""
        for key, (value, value_type) in values.items():
            self.written[key.name] = dt_util.utcnow()
            waiting = self.entries.get(key)
            if waiting is not None and waiting.writer is Writer.LINK:
                # The day is the person's now.
                self.happened(waiting, Event.GIVEN_UP)
            day = replace(
                self.day(key),
                confirmed=value,
                value_type=value_type,
                writer=Writer.PERSON,
                suspects=(),
                polls=0,
                unseen=True,
            )
            self.set_day(key, day)
            self._orders[key] = self.coordinator.next_order()
        self.note_written(values)
        self.save_soon()

    @callback
    def note_written(self, keys: Iterable[Key]) -> None:
        """Give days that links feed to the person or automation that wrote them."""
        for key in keys:
            if key.name in self.fed:
                self.set_day(key, replace(self.day(key), edited=True))

    @callback
    def note_edited(self, key: Key) -> None:
        """Leave the day to the person from now on, and say so."""
        day = self.day(key)
        self.set_day(key, replace(day, edited=True))
        yesterday = date.fromordinal(self.coordinator.today.toordinal() - 1)
        since = self.fed.get(key.name)
        is_fed = since is not None and max(since, yesterday) <= key.day
        if not day.ours and not is_fed:
            # A value from before says nothing of another writer.
            return
        self._day_file.contents.edits.setdefault(key, dt_util.utcnow())
        if not self._edit_listeners:
            self._untold.append(key)
        for listener in list(self._edit_listeners):
            listener(key)

    def edits_since(self, since: datetime) -> list[Key]:
        """Return the days whose edit was noticed since; older ones are forgotten."""
        edits = self._day_file.contents.edits
        for key in [key for key, noticed in edits.items() if noticed < since]:
            del edits[key]
        return list(edits)

    @property
    def aside(self) -> Mapping[Key, tuple[Aside, ...]]:
        """What links wrote over; the last of them is the newest."""
        return self._day_file.contents.aside

    @callback
    def keep_aside(self, key: Key, value: Value, value_type: ValueType) -> None:
        """Keep a value that is about to be written over."""
        aside, kept = Aside(value, value_type), self.aside.get(key, ())
        if aside not in kept[-1:]:
            self._day_file.contents.aside[key] = (*kept, aside)
            self._day_file.async_save_soon()

    @callback
    def put_back(self, key: Key) -> None:
        """Forget the newest value that was kept; the one before it is next."""
        kept = self._day_file.contents.aside.pop(key, ())[:-1]
        if kept:
            self._day_file.contents.aside[key] = kept
        self._day_file.async_save_soon()

    @callback
    def forget_days(self, name: str) -> None:
        """Forget all about an attribute's days."""
        self._day_file.contents.days.pop(name, None)
        self._day_file.note_change(name)

    @callback
    def forget_known(self, name: str, first: date = date.min) -> None:
        """From that day on, values of links come from something else."""
        for day, record in list(self.days(name).items()):
            if day >= first and record.known is not None:
                self.set_day(Key(name, day), replace(record, known=None))
        for key, waiting in self.entries.of(name):
            if key.day >= first and waiting.known is not None:
                self.entries[key] = replace(waiting, known=None)

    @callback
    def forget_old(self, first: date) -> None:
        """Forget the days before the first that matters."""
        for key, _ in list(self.each_day()):
            if key.day < first:
                self.set_day(key, Day())

    # Who is told.

    @callback
    def async_add_edit_listener(self, listener: Callable[[Key], None]) -> CALLBACK_TYPE:
        """Call back for each day that was found edited, also while nobody listened."""
        self._edit_listeners.append(listener)
        for key in self._untold:
            self.hass.loop.call_soon(listener, key)
        self._untold.clear()
        return lambda: self._edit_listeners.remove(listener)

    @callback
    def expect(self, key: Key) -> asyncio.Future[Outcome]:
        """Return what will hold the outcome of what waits for the day."""
        future: asyncio.Future[Outcome] = self.hass.loop.create_future()
        self._waiting.setdefault(key, set()).add(future)
        return future

    def is_expected(self, key: Key) -> bool:
        """Return whether somebody waits for the outcome."""
        return bool(self._waiting.get(key))

    @callback
    def move_expected(self, key: Key, to: Key) -> None:
        """Tell of another record what was asked of this one."""
        if (futures := self._waiting.pop(key, None)) is not None:
            self._waiting[to] = futures

    @callback
    def tell(self, outcome: Outcome) -> None:
        """Tell all of an outcome."""
        self.tell_waiting(outcome)
        self.outcomes.async_ring(outcome)

    @callback
    def tell_waiting(self, outcome: Outcome) -> None:
        """Tell only those who wait for it."""
        for future in self._waiting.pop(outcome.entry.key, ()):
            if not future.done():
                future.set_result(outcome)


def _shown(value_type: ValueType | None, value: Value) -> Value:
    return bool(value) if value_type is ValueType.BOOLEAN else value
