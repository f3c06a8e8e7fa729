"""Sends what waits: batches of 35, one at a time, compared where there is doubt."""

from dataclasses import replace
from datetime import datetime, timedelta
import logging
from pathlib import PurePath
import random
import time
import traceback

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..api import (
    BATCH_SIZE,
    BatchFailure,
    BatchResult,
    BatchSuccess,
    ExistAuthError,
    ExistConnectionError,
    ExistError,
    ExistRateLimitError,
    ExistRequestError,
    Priority,
    UpdateItem,
)
from ..const import DOMAIN
from ..values.days import uptime
from .at_exist import async_shown_at_exist
from .entry import Entry, Hold, Verdict, Writer, distinct, judge, same
from .ledger import Fate, Ledger, Outcome, Refusal

_LOGGER = logging.getLogger(__name__)

# What waited longer is compared with what Exist shows before it is sent.
COMPARE_AFTER = 300.0
FIRST_PAUSE = 10.0
LONGEST_PAUSE = 1800.0
# Exist's own word that something in the request cannot be taken.
CANNOT_BE_TAKEN = frozenset({400, 422})
VALIDATION = "validation"
# Why a value is kept for later.
AWAY = "exist_away"
REFUSES = "exist_refuses"
UNEXPECTED = "unexpected"
SIGN_IN = "sign_in_needed"
DIFFERENT_AT_MOST = 2
# A person first; of what links write, history last.
_RANKS = {Writer.PERSON: 0, Writer.AUTOMATION: 1, Writer.LINK: 2}
LATELY = timedelta(days=2)


class WritesRefusedError(ExistError):
    """Whole requests to write are refused, whatever they hold."""


class Sender(Ledger):
    """Brings what waits to Exist."""

    @callback
    def async_kick(self) -> None:
        """Send what waits, now or as soon as the pause is over."""
        self._stop()
        if self.files.closed or self.files.newer:
            return
        if self._task is not None and not self._task.done():
            return
        if not self._sendable():
            return
        wait = self._not_before - time.monotonic()
        if wait > 0:
            self._timer = async_call_later(self._hass, wait, self._async_timer)
            self._tell_why()
            return
        self._task = self._entry.async_create_background_task(
            self._hass, self._async_drain(), f"{DOMAIN} outbox"
        )

    @callback
    def _stop(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def _async_timer(self, _now: datetime) -> None:
        self._timer = None
        self.async_kick()

    def _sendable(self) -> list[Entry]:
        if not self._coordinator.polls:
            # What is known from disk is too old to judge by.
            return []
        ready = [
            entry
            for entry in self.entries.values()
            if entry.hold is Hold.NONE and entry.key not in self._unsaved
        ]
        lately = self._coordinator.today - LATELY
        ready.sort(
            key=lambda each: (
                _RANKS[each.writer],
                each.writer is Writer.LINK and each.day < lately,
                each.accepted,
            )
        )
        return ready

    def _unsuspected(self) -> list[Entry]:
        """Return what is sent together; of what was refused alone, one by itself."""
        ready = self._sendable()
        return [each for each in ready if each.key not in self._suspects] or ready[:1]

    def _certain(self) -> list[Entry]:
        """Return what goes first: it never waits for what must be read before."""
        return [
            entry for entry in self._unsuspected() if not self._must_compare(entry)
        ][:BATCH_SIZE]

    def _doubtful(self) -> list[Entry]:
        """Return what must be compared: a person's values by themselves, or others'."""
        ready = self._unsuspected()
        return [
            entry
            for entry in ready
            if (entry.writer is Writer.PERSON) is (ready[0].writer is Writer.PERSON)
        ][:BATCH_SIZE]

    async def _async_drain(self) -> None:
        while self._sendable():
            async with self.lock:
                certain = self._certain()
                try:
                    await self._async_round(certain or self._doubtful())
                except ExistError as err:
                    if not certain and self._certain():
                        # Accepted while others were read; it goes without reading.
                        continue
                    self._pause(err)
                    break
                except HomeAssistantError:
                    # The disk; what was confirmed is found confirmed again.
                    self._not_before = time.monotonic() + FIRST_PAUSE
                    break
                except Exception as err:  # noqa: BLE001 - what waits must not be stuck
                    _LOGGER.error("Sending failed: %s", _place_of(err))
                    self._pause(ExistError(UNEXPECTED))
                    break
                self._failures = 0
        self._task = None
        if self._sendable():
            self.async_kick()

    @callback
    def _tell_why(self) -> None:
        """Tell those who wait; nobody needs to wait for what cannot come soon."""
        for entry in self._sendable():
            self._tell_waiting(Outcome(Fate.HELD, entry, self._why))

    @callback
    def _pause(self, err: ExistError) -> None:
        """Wait as long as the error asks for, longer each time it comes again."""
        why = AWAY
        if isinstance(err, ExistRateLimitError):
            wait, why = err.retry_after, err.code
        elif isinstance(err, ExistAuthError):
            self._entry.async_start_reauth(self._hass)
            wait, why = LONGEST_PAUSE, SIGN_IN
        else:
            if err.code == UNEXPECTED:
                why = UNEXPECTED
            if isinstance(err, WritesRefusedError):
                why = REFUSES
            self._failures += 1
            wait = min(FIRST_PAUSE * 2 ** min(self._failures - 1, 10), LONGEST_PAUSE)
            wait *= random.uniform(0.75, 1.25)
        self._may_halve = True
        self._why = why
        self._tell_why()
        self._not_before = time.monotonic() + wait

    async def _async_round(self, entries: list[Entry]) -> None:
        """Compare what must be, send the rest, and settle it. Raises ExistError."""
        # What was refused alone may be tried again in the same round.
        names = {each.name for each in entries}
        names |= {key.name for key in self._unproven}
        try:
            await self._async_compare_and_send(entries)
        finally:
            self._coordinator.bells.async_values_changed(names)
            await self._async_save()

    async def _async_compare_and_send(self, entries: list[Entry]) -> None:
        present = [entry for entry in entries if not self._type_changed(entry)]
        priority = (
            Priority.PERSON
            if any(
                self._waiting.get(entry.key) and entry.writer is Writer.PERSON
                for entry in present
            )
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
        return entry.compare or accepted is None or uptime() - accepted > COMPARE_AFTER

    @callback
    def _type_changed(self, entry: Entry) -> bool:
        attribute = self._coordinator.data.attributes.get(entry.name)
        if attribute is None or attribute.value_type is entry.value_type:
            return False
        self._finish(Outcome(Fate.REFUSED, entry, "type_changed"))
        return True

    async def _async_send(self, entries: list[Entry], priority: Priority) -> None:
        """Send one batch. Raises ExistError; a refused request says nothing of it."""
        try:
            await self._async_send_or_halve(entries, priority)
        except ExistRequestError as err:
            self._refusal = Refusal(
                err.status, self._refusal.since if self._refusal else dt_util.utcnow()
            )
            raise WritesRefusedError from None

    async def _async_send_or_halve(
        self, entries: list[Entry], priority: Priority
    ) -> None:
        try:
            await self._async_update(entries, priority)
        except ExistRequestError as err:
            may_halve = self._may_halve or len(entries) == 1
            if not (may_halve and _is_about_a_value(err)):
                raise
            self._may_halve = False
            await self._async_find_refused(entries, priority, err)
        else:
            self._may_halve = True

    async def _async_find_refused(
        self, entries: list[Entry], priority: Priority, err: ExistRequestError
    ) -> None:
        """Halve a refused batch until one value is found, and hold that.

        Raises ExistError; also where perhaps no value is to blame, since all requests
        are refused.
        """
        left, taken, alone = entries, False, len(entries) == 1
        while len(left) > 1:
            half, rest = left[: len(left) // 2], left[len(left) // 2 :]
            if await self._async_is_taken(half, priority):
                left, taken, alone = rest, True, False
            else:
                left, alone = half, len(half) == 1
        if not alone and await self._async_is_taken(left, priority):
            return
        if not taken and len(entries) > 1:
            taken = await self._async_is_taken(entries[len(entries) // 2 :], priority)
        is_known = left[0].held_at is not None
        if not (taken or is_known) and (len(entries) > 1 or self._refusal is not None):
            # The others go first from now on; once one is taken, this one is to blame.
            self._suspects.add(left[0].key)
            raise err
        refused = self.entries.get(left[0].key)
        if refused is left[0]:
            held = replace(
                refused, hold=Hold.REFUSED, compare=True, held_at=dt_util.utcnow()
            )
            self._keep(refused, held)
            self._suspects.discard(held.key)
            if not (taken or is_known):
                self._unproven.add(held.key)
                self._refusal = Refusal(err.status, dt_util.utcnow())
            self._tell(Outcome(Fate.HELD, held, Hold.REFUSED))

    @callback
    def _try_unproven_again(self) -> None:
        """Give what was refused alone another try, now that Exist takes values."""
        for key in self._unproven:
            entry = self.entries.get(key)
            if entry is not None and entry.hold is Hold.REFUSED:
                self._keep(entry, replace(entry, hold=Hold.NONE))
        self._unproven.clear()

    async def _async_is_taken(self, entries: list[Entry], priority: Priority) -> bool:
        """Return whether Exist takes the request; what it holds is settled then."""
        try:
            await self._async_update(entries, priority)
        except ExistRequestError as err:
            if not _is_about_a_value(err):
                raise
            return False
        return True

    async def _async_update(self, entries: list[Entry], priority: Priority) -> None:
        """Send values and settle what Exist answers. Raises ExistError."""
        items = [UpdateItem(each.name, each.day, each.value) for each in entries]
        result = await self._client.update(items, priority=priority)
        self._refusal = None
        self._try_unproven_again()
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
        except ExistError as err:
            # Undecided: these are sent once more, the others are settled.
            certain = tuple(bad for bad in result.failed if bad not in refused)
            self._settle(entries, replace(result, failed=certain))
            if isinstance(err, ExistRequestError):
                # It was not the values that were refused.
                raise ExistConnectionError from None
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
            self._finish(Outcome(Fate.DIFFERENT, entry, kept=kept))
        else:
            # Once may have been somebody else writing at that moment.
            sent = distinct((*entry.sent, kept)) if kept is not None else entry.sent
            self._keep(entry, replace(entry, differed=entry.differed + 1, sent=sent))

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
    def _changed(self, entry: Entry) -> None:
        """Somebody edited the day at Exist: a person decides, anything else gives way."""
        self._coordinator.async_refresh_soon()
        if entry.writer is not Writer.PERSON:
            self._finish(Outcome(Fate.GAVE_WAY, entry))
            return
        held = replace(entry, hold=Hold.CHANGED)
        if self._keep(entry, held):
            self._tell(Outcome(Fate.CHANGED, held))


def _is_about_a_value(err: ExistRequestError) -> bool:
    """Return whether Exist itself says that something in the request is wrong."""
    return err.in_json and err.status in CANNOT_BE_TAKEN


def _place_of(err: BaseException) -> str:
    """Return the kind of an error and where it came from, without its text."""
    frame = traceback.extract_tb(err.__traceback__)[-1]
    return f"{type(err).__name__} at {PurePath(frame.filename).name}:{frame.lineno}"
