"""Every written value passes here: on disk before it is accepted, gone when confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
import random
import time

from custom_components.exist.api import (
    BATCH_SIZE,
    BatchFailure,
    BatchResult,
    BatchSuccess,
    ExistAuthError,
    ExistClient,
    ExistConnectionError,
    ExistError,
    ExistRateLimitError,
    ExistRequestError,
    Priority,
    UpdateItem,
    Value,
    ValueType,
)
from custom_components.exist.const import DOMAIN
from custom_components.exist.coordinator import AccountData, ExistCoordinator
from custom_components.exist.runtime import ExistConfigEntry
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .entry import (
    Entry,
    Hold,
    Key,
    Settled,
    Verdict,
    Writer,
    distinct,
    judge,
    replaced,
    same,
)
from .file import Contents, OutboxFile
from .shown import async_shown_at_exist

# What waited longer is compared with what Exist shows before it is sent.
COMPARE_AFTER = 300.0
FIRST_PAUSE = 10.0
LONGEST_PAUSE = 1800.0
# A gateway that could not wait; the request itself was not refused.
TRANSIENT = frozenset({408, 425})
KEPT_WRITTEN_DAYS = 14
VALIDATION = "validation"
DIFFERENT_AT_MOST = 2
WATCHED_POLLS = 2
# Later than this the disk can no longer be reached.
WRITABLE = frozenset(
    {CoreState.not_running, CoreState.starting, CoreState.running, CoreState.stopping}
)


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


class Outbox:
    """The values of one account that Exist has still to confirm."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ExistConfigEntry,
        client: ExistClient,
        coordinator: ExistCoordinator,
    ) -> None:
        """Prepare; `async_load` reads what waits on disk."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._file = OutboxFile(hass, entry.entry_id)
        self._contents = Contents()
        self._accepted: dict[Key, float] = {}
        self._waiting: dict[Key, set[asyncio.Future[Outcome]]] = {}
        self._unsaved: set[Key] = set()
        self._save_lock = asyncio.Lock()
        self._polls = 0
        self.lock = asyncio.Lock()
        """Held while a write is under way: one at a time for an account."""
        self._task: asyncio.Task[None] | None = None
        self._timer: CALLBACK_TYPE | None = None
        self._not_before = 0.0
        self._failures = 0
        self._listeners: list[Callable[[Outcome], None]] = []

    # What is known.

    @property
    def entries(self) -> Mapping[Key, Entry]:
        """What waits, by attribute and day."""
        return self._contents.entries

    @property
    def oldest(self) -> datetime | None:
        """When the value that waits longest was accepted."""
        return min((entry.accepted for entry in self.entries.values()), default=None)

    @property
    def last_confirmed(self) -> datetime | None:
        """When Exist last confirmed a write."""
        last = max(self._contents.written.values(), default=None)
        return None if last is None else datetime.fromisoformat(last)

    def written_lately(self, name: str) -> bool:
        """Return whether something wrote the attribute within the last two weeks."""
        moment = self._contents.written.get(name)
        return (
            moment is not None
            and (dt_util.utcnow() - datetime.fromisoformat(moment)).days
            <= KEPT_WRITTEN_DAYS
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
        for key, entry in self.entries.items():
            if key.name == name and entry.hold is Hold.NONE:
                days[key.day] = _shown(entry.value_type, entry.value)
        return days

    def base(self, key: Key) -> Value | None:
        """Return what Exist shows for the day, as far as we know."""
        settled = self._contents.settled.get(key)
        if settled is not None and settled.order > self._coordinator.covered:
            return settled.value
        return self._coordinator.polled(*key)

    @callback
    def async_add_listener(self, listener: Callable[[Outcome], None]) -> CALLBACK_TYPE:
        """Call back for each outcome that is more than a confirmation."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # Accepting.

    async def async_load(self) -> None:
        """Read what waited when Home Assistant stopped."""
        self._contents = await self._file.async_load()
        self._coordinator.overlay = self.overlay
        for key, settled in self._contents.settled.items():
            self._contents.settled[key] = replace(
                settled, order=self._coordinator.covered + 1
            )

    @callback
    def async_start(self) -> None:
        """Send what waits, and follow the polls until the account is unloaded."""
        self._entry.async_on_unload(self._stop)
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self._async_follow)
        )
        self.async_kick()

    @callback
    def _stop(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    async def async_accept(
        self, items: Iterable[tuple[Key, float | str, ValueType]], writer: Writer
    ) -> dict[Key, asyncio.Future[Outcome]]:
        """Keep values; they are on disk when this returns.

        Raises HomeAssistantError when they cannot be, and then keeps none of them.
        """
        now = dt_util.utcnow()
        new = {
            key: replaced(
                Entry(
                    key.name,
                    key.day,
                    value,
                    value_type,
                    now,
                    writer,
                    base=self.base(key),
                ),
                self.entries.get(key),
            )
            for key, value, value_type in items
        }
        if self._hass.state not in WRITABLE:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="stopping"
            )
        before = {key: self.entries.get(key) for key in new}
        self._contents.entries.update(new)
        self._unsaved.update(new)
        moment = time.monotonic()
        self._accepted.update(dict.fromkeys(new, moment))
        try:
            await self._async_save()
        except HomeAssistantError:
            for key, entry in before.items():
                if self.entries.get(key) is not new[key]:
                    continue
                if entry is None:
                    del self._contents.entries[key]
                else:
                    self._contents.entries[key] = entry
            raise
        finally:
            self._unsaved.difference_update(new)
        futures: dict[Key, asyncio.Future[Outcome]] = {}
        loop = asyncio.get_running_loop()
        for key, entry in new.items():
            old = before[key]
            if old is not None:
                self._tell_waiting(Outcome(Fate.REPLACED, old))
            futures[key] = loop.create_future()
            self._waiting.setdefault(key, set()).add(futures[key])
            if self.entries.get(key) is not entry:
                # Somebody wrote again while this was saved.
                futures[key].set_result(Outcome(Fate.REPLACED, entry))
        self._coordinator.async_update_listeners()
        if writer is Writer.PERSON:
            self._not_before = 0.0
        self.async_kick()
        return futures

    async def _async_save(self) -> None:
        # Once begun it goes on: two threads must never write one file.
        await asyncio.shield(self._hass.async_create_task(self._async_save_locked()))

    async def _async_save_locked(self) -> None:
        async with self._save_lock:
            await self._file.async_save(self._contents)

    async def _async_try_save(self) -> None:
        # What is lost here is found again by comparing.
        with suppress(HomeAssistantError):
            await self._async_save()

    # Sending.

    @callback
    def async_kick(self) -> None:
        """Send what waits, now or as soon as the pause is over."""
        self._stop()
        if self._task is not None and not self._task.done():
            return
        if not self._sendable():
            return
        wait = self._not_before - time.monotonic()
        if wait > 0:
            self._timer = async_call_later(self._hass, wait, self._async_timer)
            return
        self._task = self._entry.async_create_background_task(
            self._hass, self._async_drain(), f"{DOMAIN} outbox"
        )

    @callback
    def _async_timer(self, _now: datetime) -> None:
        self._timer = None
        self.async_kick()

    def _sendable(self) -> list[Entry]:
        ready = [
            entry
            for entry in self.entries.values()
            if entry.hold is Hold.NONE and entry.key not in self._unsaved
        ]
        ready.sort(key=lambda each: (each.writer is not Writer.PERSON, each.accepted))
        return ready

    async def _async_drain(self) -> None:
        while self._sendable():
            async with self.lock:
                try:
                    await self._async_round(self._sendable()[:BATCH_SIZE])
                except ExistError as err:
                    self._pause(err)
                    break
                except HomeAssistantError:
                    # The disk; what was confirmed is found confirmed again.
                    self._not_before = time.monotonic() + FIRST_PAUSE
                    break
                self._failures = 0
        self._task = None
        if self._sendable():
            self.async_kick()

    @callback
    def _pause(self, err: ExistError) -> None:
        """Wait as long as the error asks for, longer each time it comes again."""
        if isinstance(err, ExistRateLimitError):
            wait = err.retry_after
        else:
            self._failures += 1
            wait = min(FIRST_PAUSE * 2 ** min(self._failures - 1, 10), LONGEST_PAUSE)
            wait *= random.uniform(0.75, 1.25)
        if isinstance(err, ExistAuthError):
            self._entry.async_start_reauth(self._hass)
            wait = LONGEST_PAUSE
        self._not_before = time.monotonic() + wait

    async def _async_round(self, entries: list[Entry]) -> None:
        """Compare what must be, send the rest, and settle it. Raises ExistError."""
        try:
            await self._async_compare_and_send(entries)
        finally:
            self._coordinator.async_update_listeners()
            await self._async_save()

    async def _async_compare_and_send(self, entries: list[Entry]) -> None:
        present = [entry for entry in entries if not self._type_changed(entry)]
        priority = (
            Priority.PERSON
            if any(self._waiting.get(entry.key) for entry in present)
            else Priority.OUTBOX
        )
        doubtful = [entry for entry in present if self._must_compare(entry)]
        send = [entry for entry in present if entry not in doubtful]
        if doubtful:
            shown = await async_shown_at_exist(
                self._client,
                [entry.key for entry in doubtful],
                self._coordinator.today,
                priority,
            )
            for entry in doubtful:
                if entry.key not in shown:
                    send.append(entry)
                    continue
                match judge(entry, shown[entry.key]):
                    case Verdict.CONFIRMED:
                        self._confirmed(entry)
                    case Verdict.SEND:
                        send.append(entry)
                    case Verdict.CHANGED:
                        self._changed(entry)
        send = [entry for entry in send if self.entries.get(entry.key) is entry]
        if send:
            await self._async_send(send, priority)

    def _must_compare(self, entry: Entry) -> bool:
        accepted = self._accepted.get(entry.key)
        return (
            entry.compare
            or accepted is None
            or time.monotonic() - accepted > COMPARE_AFTER
        )

    @callback
    def _type_changed(self, entry: Entry) -> bool:
        attribute = self._coordinator.data.attributes.get(entry.name)
        if attribute is None or attribute.value_type is entry.value_type:
            return False
        self._finish(Outcome(Fate.REFUSED, entry, "type_changed"))
        return True

    async def _async_send(self, entries: list[Entry], priority: Priority) -> None:
        """Send one batch; a request that is refused whole is split. Raises ExistError."""
        items = [UpdateItem(each.name, each.day, each.value) for each in entries]
        try:
            result = await self._client.update(items, priority=priority)
        except ExistRequestError as err:
            if not 400 <= err.status < 500 or err.status in TRANSIENT:
                raise
            if len(entries) == 1:
                self._finish(Outcome(Fate.REFUSED, entries[0], err.code))
                return
            half = len(entries) // 2
            await self._async_send(entries[:half], priority)
            await self._async_send(entries[half:], priority)
            return
        await self._async_hold_early(entries, result)
        self._settle(entries, result)
        if result.error is not None:
            raise result.error
        if result.unknown and not result.success and not result.failed:
            raise ExistConnectionError

    async def _async_hold_early(
        self, entries: list[Entry], result: BatchResult
    ) -> None:
        """Keep what is refused only because Exist's day has not begun."""
        today = self._coordinator.today
        refused = [
            bad
            for bad in result.failed
            if bad.code == VALIDATION and entries[bad.index].day >= today
        ]
        if not refused:
            return
        try:
            profile = await self._client.profile(priority=Priority.OUTBOX)
        except ExistError:
            # Undecided: these are sent once more, the others are settled.
            certain = tuple(bad for bad in result.failed if bad not in refused)
            self._settle(entries, replace(result, failed=certain))
            raise
        if profile.local_time is None:
            return
        for entry in (entries[bad.index] for bad in refused):
            held = replace(entry, hold=Hold.EARLY)
            if entry.day > profile.local_time.date() and self._keep(entry, held):
                self._tell_waiting(Outcome(Fate.HELD, held, Hold.EARLY))

    @callback
    def _settle(self, entries: list[Entry], result: BatchResult) -> None:
        for good in result.success:
            self._succeeded(entries[good.index], good)
        for bad in result.failed:
            self._failed(entries[bad.index], bad)
        for lost in result.unknown:
            self._doubt(entries[lost.index])

    @callback
    def _succeeded(self, entry: Entry, good: BatchSuccess) -> None:
        kept = good.answer.get("value", entry.value)
        if kept is not None and same(entry.value_type, kept, entry.value):
            self._confirmed(entry)
        elif entry.differed + 1 >= DIFFERENT_AT_MOST:
            self._finish(Outcome(Fate.DIFFERENT, entry))
        else:
            # Once may have been somebody else writing at that moment.
            self._keep(entry, replace(entry, differed=entry.differed + 1))

    @callback
    def _failed(self, entry: Entry, bad: BatchFailure) -> None:
        if bad.code in (Hold.UNAUTHORISED, Hold.NOT_FOUND, Hold.NOT_ALLOWED):
            hold = Hold(bad.code)
            held = replace(entry, hold=hold, compare=True)
            if self._keep(entry, held):
                self._tell(Outcome(Fate.HELD, held, bad.code, bad.message))
            if hold is Hold.NOT_ALLOWED:
                self._entry.async_start_reauth(self._hass)
            else:
                self._coordinator.async_refresh_soon()
            return
        if self.entries.get(entry.key) is entry:
            self._finish(Outcome(Fate.REFUSED, entry, bad.code, bad.message))

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

    def _keep(self, entry: Entry, changed: Entry) -> bool:
        if self.entries.get(entry.key) is not entry:
            return False
        self._contents.entries[entry.key] = changed
        return True

    @callback
    def _changed(self, entry: Entry) -> None:
        """Somebody edited the day at Exist: a person decides, anything else gives way."""
        self._coordinator.async_refresh_soon()
        if entry.writer is not Writer.PERSON:
            self._finish(Outcome(Fate.GAVE_WAY, entry))
            return
        held = replace(entry, hold=Hold.CHANGED)
        if self._keep(entry, held):
            self._tell(Outcome(Fate.CHANGED, held))

    @callback
    def _confirmed(self, entry: Entry) -> None:
        self._contents.written[entry.name] = dt_util.utcnow().isoformat()
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
    def note_value(self, key: Key, value: float, value_type: ValueType) -> None:
        """Take note of a day that was changed past the outbox, by an increment."""
        self._contents.settled[key] = Settled(
            value, value_type, Writer.PERSON, self._coordinator.next_order()
        )
        self._contents.written[key.name] = dt_util.utcnow().isoformat()

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
        if outcome.fate is not Fate.CONFIRMED:
            for listener in list(self._listeners):
                listener(outcome)

    @callback
    def _tell_waiting(self, outcome: Outcome) -> None:
        for future in self._waiting.pop(outcome.entry.key, ()):
            if not future.done():
                future.set_result(outcome)

    # What the person decides, and what a poll tells.

    async def async_drop(self, keys: Collection[Key]) -> None:
        """Give up what waits for these days."""
        for key in keys:
            if (entry := self.entries.get(key)) is not None:
                self._finish(Outcome(Fate.DROPPED, entry))
        await self._async_save()
        self._coordinator.async_update_listeners()

    async def async_resume(self, keys: Collection[Key], *, compare: bool) -> None:
        """Send what was held; `compare` is false where the person gave their word."""
        for key in keys:
            if (entry := self.entries.get(key)) is not None:
                self._contents.entries[key] = _resumed(entry, compare=compare)
                if not compare:
                    self._accepted[key] = time.monotonic()
        await self._async_save()
        self._not_before = 0.0
        self._coordinator.async_update_listeners()
        self.async_kick()

    def keys_of(self, names: Collection[str], *holds: Hold) -> list[Key]:
        """Return what waits of these attributes, in any or in these states."""
        return [
            key
            for key, entry in self.entries.items()
            if key.name in names and (not holds or entry.hold in holds)
        ]

    async def async_flush(self, names: Collection[str], seconds: float) -> list[Key]:
        """Try to send what waits of these attributes; return what still does."""
        loop = asyncio.get_running_loop()
        futures = set()
        for key in self.keys_of(names, Hold.NONE):
            future: asyncio.Future[Outcome] = loop.create_future()
            self._waiting.setdefault(key, set()).add(future)
            futures.add(future)
        if futures:
            self._not_before = 0.0
            self.async_kick()
            await asyncio.wait(futures, timeout=seconds)
        return self.keys_of(names)

    @callback
    def _async_follow(self) -> None:
        if self._coordinator.polls != self._polls:
            self._polls = self._coordinator.polls
            self._async_polled(self._coordinator.data)

    @callback
    def _async_polled(self, data: AccountData) -> None:
        """Learn from a complete poll: ownership, late arrivals, and that Exist is back."""
        resumed = False
        for key, entry in list(self.entries.items()):
            owned = key.name in data.owned
            if entry.hold is Hold.EARLY and key.day <= self._coordinator.exist_day:
                self._keep(entry, replace(entry, hold=Hold.NONE, compare=True))
                resumed = True
            if entry.hold is Hold.CHANGED:
                resumed = self._may_go_on(entry) or resumed
                continue
            if owned and entry.hold in (Hold.UNAUTHORISED, Hold.NOT_FOUND):
                self._contents.entries[key] = _resumed(entry, compare=True)
                resumed = True
            elif not owned and entry.hold is Hold.NONE and key.name in data.attributes:
                held = replace(entry, hold=Hold.UNAUTHORISED, compare=True)
                self._contents.entries[key] = held
                self._tell(Outcome(Fate.HELD, held, Hold.UNAUTHORISED))
                resumed = True
        covered = [
            (key, settled)
            for key, settled in self._contents.settled.items()
            if settled.order <= self._coordinator.covered
        ]
        for key, settled in covered:
            self._check_settled(key, settled)
        if resumed or covered:
            self._entry.async_create_task(self._hass, self._async_try_save())
        self._not_before = 0.0
        self._failures = 0
        self.async_kick()

    @callback
    def _may_go_on(self, entry: Entry) -> bool:
        """Take up a conflict that no longer is one."""
        verdict = judge(entry, self._coordinator.polled(*entry.key))
        if verdict is Verdict.CONFIRMED:
            self._confirmed(entry)
        elif verdict is Verdict.SEND:
            self._keep(entry, replace(entry, hold=Hold.NONE, compare=True))
        return verdict is not Verdict.CHANGED

    @callback
    def _check_settled(self, key: Key, settled: Settled) -> None:
        shown = self._coordinator.polled(*key)
        late = any(same(settled.value_type, shown, each) for each in settled.suspects)
        if late and key not in self.entries:
            # An older value arrived after the newer one: ours is the newer one.
            self._contents.entries[key] = Entry(
                key.name,
                key.day,
                settled.value,
                settled.value_type,
                dt_util.utcnow(),
                settled.writer,
                base=shown,
                ambiguous=True,
                compare=True,
            )
        if settled.polls > 1 and not late:
            self._contents.settled[key] = replace(settled, polls=settled.polls - 1)
        else:
            del self._contents.settled[key]

    async def async_forget(self, names: Collection[str]) -> None:
        """Drop all about attributes that were given up."""
        for name in names:
            self._contents.written.pop(name, None)
        await self.async_drop(self.keys_of(names))


def _shown(value_type: ValueType, value: float | str) -> Value:
    return bool(value) if value_type is ValueType.BOOLEAN else value


def _resumed(entry: Entry, *, compare: bool) -> Entry:
    # What was created again has forgotten what it showed.
    base = None if entry.hold is Hold.NOT_FOUND else entry.base
    return replace(entry, hold=Hold.NONE, compare=compare, base=base)
