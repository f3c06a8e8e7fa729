"""Every written value passes here: on disk before it is accepted, gone when confirmed."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from homeassistant.core import CoreState, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..account.data import AccountData, value_of
from ..api import Value, ValueType
from ..const import DOMAIN
from ..values.days import boot_id, uptime
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
from .ledger import Fate, Outcome
from .sender import AWAY, Sender

REFUSED_AGAIN_AFTER = timedelta(days=1)
OWNED_AGAIN_AFTER = 3600.0
# Later than this the disk can no longer be reached.
WRITABLE = frozenset(
    {CoreState.not_running, CoreState.starting, CoreState.running, CoreState.stopping}
)


class Outbox(Sender):
    """The values of one account that Exist has still to confirm."""

    async def async_accept(
        self,
        items: Iterable[tuple[Key, float | str, ValueType]],
        writer: Writer,
        *,
        bases: Mapping[Key, Value | None] | None = None,
        sent: Mapping[Key, tuple[Value, ...]] | None = None,
        compare: bool = False,
        undated: Mapping[Key, int] | None = None,
    ) -> dict[Key, asyncio.Future[Outcome]]:
        """Keep values; they are on disk when this returns.

        `bases` are what Exist shows where the caller knows better than the last
        poll, `sent` are values of the caller's own that are no edit of anybody's;
        `compare` reads Exist before anything is sent. `undated` are days that are only
        a guess, with how many days they lie before the one on which this is written.
        Raises HomeAssistantError when they cannot be kept, and then keeps none.
        """
        self.files.require_writable()
        bases, undated = bases or {}, undated or {}
        now = dt_util.utcnow()
        number = max((key.number for key in self.entries), default=0)
        new = {
            key: self._doubted(
                Entry(
                    key.name,
                    key.day,
                    value,
                    value_type,
                    now,
                    writer,
                    base=bases[key] if key in bases else self.base(key),
                    sent=distinct((sent or {}).get(key, ())),
                    compare=compare,
                ),
                key if key not in undated else None,
            )
            for key, value, value_type in items
        }
        for key, back in undated.items():
            number += 1
            held = replace(
                new.pop(key),
                hold=Hold.UNDATED,
                number=number,
                back=back,
                uptime=uptime(),
                boot=boot_id(),
            )
            new[held.key] = held
        if self.files.closed:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="unloading"
            )
        if self._hass.state not in WRITABLE:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="stopping"
            )
        before = {key: self.entries.get(key) for key in new}
        accepted_before = {key: self._accepted.get(key) for key in new}
        self._contents.entries.update(new)
        self._unsaved.update(new)
        self._accepted.update(dict.fromkeys(new, uptime()))
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
                self._accepted.pop(key)
                if (at := accepted_before[key]) is not None:
                    self._accepted[key] = at
            raise
        finally:
            self._unsaved.difference_update(new)
        self._suspects.difference_update(new)
        self._unproven.difference_update(new)
        if writer is not Writer.LINK:
            self._tell_written([key for key in new if not key.number])
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
        self._coordinator.bells.async_values_changed(key.name for key in new)
        if writer is Writer.PERSON:
            self._not_before = 0.0
        if self._date_what_is_held():
            await self._async_try_save()
        coordinator, is_person = self._coordinator, writer is Writer.PERSON
        if not coordinator.last_update_success:
            self._tell_not_polled()
        if not coordinator.knows_day and (is_person or coordinator.last_update_success):
            coordinator.async_ask_day(person=is_person)
        self.async_kick()
        return futures

    def _doubted(self, new: Entry, key: Key | None) -> Entry:
        """Return a new entry that remembers what may still arrive for its day."""
        if key is None:
            return new
        settled = self._contents.settled.get(key)
        if settled is not None and settled.polls:
            sent = distinct((*new.sent, *settled.suspects, settled.value))
            new = replace(new, sent=sent, ambiguous=True)
        return replaced(new, self.entries.get(key))

    @callback
    def async_start(self) -> None:
        """Send what waits, and follow the polls until the account is unloaded."""
        self._entry.async_on_unload(self._stop)
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self._async_follow)
        )
        self.async_kick()

    async def async_drop(self, keys: Collection[Key]) -> None:
        """Give up what waits for these days."""
        for key in keys:
            if (entry := self.entries.get(key)) is not None:
                self._finish(Outcome(Fate.DROPPED, entry))
        await self._async_save()
        self._coordinator.bells.async_values_changed(key.name for key in keys)

    async def async_resume(self, keys: Collection[Key], *, compare: bool) -> None:
        """Send what was held; `compare` is false where the person gave their word."""
        for key in keys:
            if (entry := self.entries.get(key)) is not None:
                self._contents.entries[key] = _resumed(entry, compare=compare)
                if not compare:
                    self._accepted[key] = uptime()
        await self._async_save()
        self._not_before = 0.0
        self._coordinator.bells.async_values_changed(key.name for key in keys)
        self.async_kick()

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
        elif not self._coordinator.last_update_success:
            self._tell_not_polled()

    @callback
    def _tell_not_polled(self) -> None:
        """Tell those who wait for a poll that none comes soon."""
        for entry in list(self.entries.values()):
            if entry.hold is Hold.UNDATED:
                self._tell_waiting(Outcome(Fate.HELD, entry, Hold.UNDATED))
            elif entry.hold is Hold.NONE and not self._coordinator.polls:
                self._tell_waiting(Outcome(Fate.HELD, entry, AWAY))

    @callback
    def _date_what_is_held(self) -> bool:
        """Give what is UNDATED its day, where that is known now; the newest counts."""
        if not self._coordinator.knows_day:
            return False
        held = [
            entry
            for entry in self.entries.values()
            if entry.hold is Hold.UNDATED and entry.key not in self._unsaved
        ]
        for entry in sorted(held, key=self._age):
            self._date(entry)
        return bool(held)

    @callback
    def _date(self, entry: Entry) -> None:
        at = self._accepted.get(entry.key)
        day = self._coordinator.day_of(entry.accepted, at)
        key = Key(entry.name, day - timedelta(days=entry.back))
        present = self.entries.get(key)
        if present is not None and self._age(present) > self._age(entry):
            self._finish(Outcome(Fate.REPLACED, entry))
            return
        dated = replace(
            entry,
            day=key.day,
            number=0,
            back=0,
            hold=Hold.NONE,
            compare=True,
            base=self._base_before(key),
        )
        del self._contents.entries[entry.key]
        self._contents.entries[key] = replaced(dated, present)
        if present is not None:
            self._tell_waiting(Outcome(Fate.REPLACED, present))
        if (futures := self._waiting.pop(entry.key, None)) is not None:
            self._waiting[key] = futures
        if at is not None:
            del self._accepted[entry.key]
            self._accepted[key] = at
        if entry.writer is not Writer.LINK:
            self._tell_written((key,))

    def _base_before(self, key: Key) -> Value | None:
        """Return what Exist showed when it was accepted, before the poll that dated it."""
        if (settled := self._contents.settled.get(key)) is not None:
            return settled.value
        before = self._coordinator.data_before or self._coordinator.data
        return value_of(before, key.name, key.day)

    @callback
    def _async_polled(self, data: AccountData) -> None:
        """Learn from a complete poll: ownership, late arrivals, and that Exist is back."""
        resumed = self._date_what_is_held()
        for key, entry in list(self.entries.items()):
            owned = key.name in data.owned
            if entry.hold is Hold.EARLY and key.day <= self._coordinator.exist_day:
                self._keep(entry, replace(entry, hold=Hold.NONE, compare=True))
                resumed = True
            if entry.hold is Hold.REFUSED and _is_a_day_old(entry):
                self._contents.entries[key] = _resumed(entry, compare=True)
                resumed = True
            if entry.hold is Hold.CHANGED:
                resumed = self._may_go_on(entry) or resumed
                continue
            if owned and self._is_back(entry):
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

    def _is_back(self, entry: Entry) -> bool:
        """Return whether an attribute that we had lost may be tried again.

        Exist may list as ours what it refuses to take from us.
        """
        if entry.hold not in (Hold.UNAUTHORISED, Hold.NOT_FOUND):
            return False
        tried = self._tried_back.get(entry.key)
        if tried is not None and uptime() - tried < OWNED_AGAIN_AFTER:
            return False
        self._tried_back[entry.key] = uptime()
        return True

    @callback
    def _may_go_on(self, entry: Entry) -> bool:
        """Take up a conflict that no longer is one, as far as polls can tell."""
        if not self._coordinator.covers(entry.name, entry.day):
            return False
        verdict = judge(entry, self._coordinator.polled(entry.name, entry.day))
        if verdict is Verdict.CONFIRMED:
            self._confirmed(entry)
        elif verdict is Verdict.SEND:
            self._keep(entry, replace(entry, hold=Hold.NONE, compare=True))
        return verdict is not Verdict.CHANGED

    @callback
    def _check_settled(self, key: Key, settled: Settled) -> None:
        shown = self._coordinator.polled(key.name, key.day)
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


def _is_a_day_old(entry: Entry) -> bool:
    return (
        entry.held_at is None or dt_util.utcnow() - entry.held_at >= REFUSED_AGAIN_AFTER
    )


def _resumed(entry: Entry, *, compare: bool) -> Entry:
    # What was created again has forgotten what it showed.
    base = None if entry.hold is Hold.NOT_FOUND else entry.base
    return replace(entry, hold=Hold.NONE, compare=compare, base=base)
