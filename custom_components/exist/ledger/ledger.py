"""The ledger of days: every written value passes here."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..account.poll import ExistCoordinator
from ..api import ExistClient, Value, ValueType
from ..notices.translated import failed
from ..storage import AccountFiles
from ..values.days import boot_id, uptime
from .day import Hold, Key, Known, Waiting, Writer, distinct, replaced
from .outcome import Fate, Outcome, Refusal
from .polled import PollFollower
from .sender import Sender
from .state import LedgerState
from .transitions import Event

# Later than this the disk can no longer be reached.
WRITABLE = frozenset(
    {CoreState.not_running, CoreState.starting, CoreState.running, CoreState.stopping}
)


class Ledger:
    """The values of one account: on disk before accepted, gone when confirmed.

    What is known of days and of what waits, `state` tells.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ExistClient,
        coordinator: ExistCoordinator,
        files: AccountFiles,
    ) -> None:
        """Prepare; `async_load` reads what is on disk."""
        self.files = files
        self.state = LedgerState(hass, entry, coordinator, files)
        self.outcomes = self.state.outcomes
        """Rings with each outcome."""
        self._sender = Sender(self.state, client)
        self._polled = PollFollower(self.state, self._sender)

    @property
    def lock(self) -> asyncio.Lock:
        """Held while a write is under way: one at a time for an account."""
        return self._sender.lock

    @property
    def entries(self) -> Mapping[Key, Waiting]:
        """What waits, by attribute and day."""
        return self.state.entries

    @property
    def oldest(self) -> datetime | None:
        """When the value that waits longest was accepted."""
        return min((each.accepted for each in self.entries.values()), default=None)

    @property
    def refusal(self) -> Refusal | None:
        """What Exist says to every write, where it refuses them altogether."""
        return self._sender.refused.refusal

    @property
    def last_confirmed(self) -> datetime | None:
        """When Exist last confirmed a write."""
        return max(self.state.written.values(), default=None)

    async def async_load(self) -> None:
        """Read what was kept when Home Assistant stopped."""
        await self.state.async_load()

    @callback
    def async_start(self) -> None:
        """Send what waits, and follow the polls until the account is unloaded."""
        state = self.state
        state.entry.async_on_unload(self._sender.async_stop)
        state.entry.async_on_unload(
            state.coordinator.async_add_listener(self._polled.async_follow)
        )
        self._sender.async_kick()

    async def async_accept(
        self,
        items: Iterable[tuple[Key, float | str, ValueType]],
        writer: Writer,
        *,
        bases: Mapping[Key, Value | None] | None = None,
        known: Mapping[Key, Known] | None = None,
        compare: bool = False,
        undated: Mapping[Key, int] | None = None,
    ) -> dict[Key, asyncio.Future[Outcome]]:
        """Keep values; they are on disk when this returns.

        `bases` are what Exist shows where the caller knows better than the last poll,
        `known` tells what a link made them of; `compare` reads Exist before anything
        is sent. `undated` are days that are only a guess, with how many days they lie
        before the one on which this is written.
        Raises HomeAssistantError when they cannot be kept, and then keeps none.
        """
        self.files.require_writable()
        state, now = self.state, dt_util.utcnow()
        bases, known, undated = bases or {}, known or {}, undated or {}
        new: dict[Key, Waiting] = {}
        number = max((key.number for key in self.entries), default=0)
        for key, value, value_type in items:
            waiting = Waiting(
                key.name,
                key.day,
                value,
                value_type,
                now,
                writer,
                base=bases[key] if key in bases else state.base(key),
                compare=compare,
                known=known.get(key),
            )
            if key in undated:
                number += 1
                waiting = _undated(waiting, undated[key], number)
            else:
                waiting = self._remembering(waiting)
            new[waiting.key] = waiting
        if self.files.closed:
            raise failed("unloading")
        if state.hass.state not in WRITABLE:
            raise failed("stopping")
        before = {key: self.entries.get(key) for key in new}
        await self._async_put(new)
        self._sender.refused.forget(list(new))
        if writer is not Writer.LINK:
            state.note_written(key for key in new if not key.number)
        futures: dict[Key, asyncio.Future[Outcome]] = {}
        for key, waiting in new.items():
            if (old := before[key]) is not None:
                state.tell_waiting(Outcome(Fate.REPLACED, old))
            futures[key] = state.expect(key)
            if self.entries.get(key) is not waiting:
                # Somebody wrote again while this was saved.
                futures[key].set_result(Outcome(Fate.REPLACED, waiting))
        state.changed({key.name for key in new})
        is_person = writer is Writer.PERSON
        if is_person:
            self._sender.async_hurry()
        if self._polled.date_what_is_held():
            await state.async_try_save()
        coordinator = state.coordinator
        if not coordinator.last_update_success:
            self._polled.tell_not_polled()
        if not coordinator.knows_day and (is_person or coordinator.last_update_success):
            coordinator.async_ask_day(person=is_person)
        self._sender.async_kick()
        return futures

    async def _async_put(self, new: Mapping[Key, Waiting]) -> None:
        """Put values in their places, on disk too. Raises HomeAssistantError."""
        state = self.state
        before = {key: self.entries.get(key) for key in new}
        accepted_before = {key: state.accepted.get(key) for key in new}
        state.entries.update(new)
        state.unsaved.update(new)
        state.accepted.update(dict.fromkeys(new, uptime()))
        try:
            await state.async_save_waiting()
        except HomeAssistantError:
            for key, old in before.items():
                if self.entries.get(key) is not new[key]:
                    continue
                if old is None:
                    del state.entries[key]
                else:
                    state.entries[key] = old
                state.accepted.pop(key)
                if (at := accepted_before[key]) is not None:
                    state.accepted[key] = at
            raise
        finally:
            state.unsaved.difference_update(new)

    def _remembering(self, new: Waiting) -> Waiting:
        """Return a new value that remembers what may still arrive for its day."""
        day = self.state.day(new.key)
        if day.polls and day.confirmed is not None:
            sent = distinct((*new.sent, *day.suspects, day.confirmed))
            new = replace(new, sent=sent, ambiguous=True)
        return replaced(new, self.entries.get(new.key))

    async def async_drop(self, keys: Collection[Key]) -> None:
        """Give up what waits for these days."""
        for key in keys:
            if (waiting := self.entries.get(key)) is not None:
                self.state.happened(waiting, Event.GIVEN_UP)
        await self.state.async_save()
        self.state.changed({key.name for key in keys})

    async def async_resume(self, keys: Collection[Key], *, compare: bool) -> None:
        """Send what was held; `compare` is false where the person gave their word."""
        event = Event.LOOK_AGAIN if compare else Event.ALLOWED
        for key in keys:
            if (waiting := self.entries.get(key)) is not None:
                self.state.happened(waiting, event)
                if not compare:
                    self.state.accepted[key] = uptime()
        await self.state.async_save()
        self._sender.async_hurry()
        self.state.changed({key.name for key in keys})
        self._sender.async_kick()

    async def async_flush(self, names: Collection[str], seconds: float) -> list[Key]:
        """Try to send what waits of these attributes; return what still does."""
        futures = {
            self.state.expect(key) for key in self.state.keys_of(names, Hold.NONE)
        }
        if futures:
            self._sender.async_hurry()
            self._sender.async_kick()
            await asyncio.wait(futures, timeout=seconds)
        return self.state.keys_of(names)

    async def async_forget(self, names: Collection[str]) -> None:
        """Drop all about attributes that were given up."""
        for name in names:
            self.state.written.pop(name, None)
        await self.async_drop(self.state.keys_of(names))

    @callback
    def note_former(self, key: Key, value: Value) -> None:
        """Take note that a former owner's service wrote the day: it is nobody's edit."""
        day = self.state.day(key)
        self.state.set_day(key, replace(day, pending=distinct((*day.pending, value))))


def _undated(waiting: Waiting, back: int, number: int) -> Waiting:
    return replace(
        waiting,
        hold=Hold.UNDATED,
        number=number,
        back=back,
        uptime=uptime(),
        boot=boot_id(),
    )
