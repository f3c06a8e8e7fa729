"""Sends what waits: batches of 35, one at a time, compared where there is doubt."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
import logging
from pathlib import PurePath
import random
import time
import traceback

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..api import (
    ExistAuthError,
    ExistClient,
    ExistConnectionError,
    ExistError,
    ExistRateLimitError,
    Priority,
    Status,
    UpdateItem,
    Value,
)
from ..const import DOMAIN
from ..values.days import uptime
from .at_exist import async_shown_at_exist
from .batch_answers import Answered
from .day import Hold, Verdict, Waiting, Writer, judge
from .outcome import Fate, Outcome
from .refused_requests import RefusedRequests, WritesRefusedError
from .state import LedgerState
from .transitions import Event, what_is_shown

_LOGGER = logging.getLogger(__name__)

# What waited longer is compared with what Exist shows before it is sent.
COMPARE_AFTER = 300.0
FIRST_PAUSE = 10.0
LONGEST_PAUSE = 1800.0
# Why a value is kept for later.
AWAY = "exist_away"
REFUSES = "exist_refuses"
UNEXPECTED = "unexpected"
SIGN_IN = "sign_in_needed"
# A person first; of what links write, history last.
_RANKS = {Writer.PERSON: 0, Writer.AUTOMATION: 1, Writer.LINK: 2}
LATELY = timedelta(days=2)


class Sender:
    """Brings what waits to Exist."""

    def __init__(self, state: LedgerState, client: ExistClient) -> None:
        """Prepare; nothing is sent before it is kicked."""
        self._state = state
        self._client = client
        self.refused = RefusedRequests(state)
        self._answered = Answered(state, client)
        self.lock = asyncio.Lock()
        """Held while a write is under way: one at a time for an account."""
        self._task: asyncio.Task[None] | None = None
        self._timer: CALLBACK_TYPE | None = None
        self._not_before = 0.0
        self._failures = 0
        self._why = "no_answer"

    @callback
    def async_kick(self) -> None:
        """Send what waits, now or as soon as the pause is over."""
        self.async_stop()
        state = self._state
        if state.files.closed or state.files.newer:
            return
        if self._task is not None and not self._task.done():
            return
        if not self._sendable():
            return
        wait = self._not_before - time.monotonic()
        if wait > 0:
            self._timer = async_call_later(state.hass, wait, self._async_timer)
            self._tell_why()
            return
        self._task = state.entry.async_create_background_task(
            state.hass, self._async_drain(), f"{DOMAIN} outbox"
        )

    @callback
    def async_hurry(self, *, exist_is_back: bool = False) -> None:
        """End a pause: a person waits, or a poll has shown that Exist answers."""
        self._not_before = 0.0
        if exist_is_back:
            self._failures = 0

    @callback
    def async_stop(self) -> None:
        """Send nothing by itself any more."""
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def _async_timer(self, _now: datetime) -> None:
        self._timer = None
        self.async_kick()

    def _sendable(self) -> list[Waiting]:
        """Return what may go, in the order in which it goes."""
        state = self._state
        if not state.coordinator.polls:
            # What is known from disk is too old to judge by.
            return []
        ready = [
            waiting
            for waiting in state.entries.values()
            if waiting.hold is Hold.NONE and waiting.key not in state.unsaved
        ]
        lately = state.coordinator.today - LATELY
        ready.sort(
            key=lambda each: (
                _RANKS[each.writer],
                each.writer is Writer.LINK and each.day < lately,
                each.accepted,
            )
        )
        return ready

    def _certain(self) -> list[Waiting]:
        """Return what goes first: it never waits for what must be read before."""
        together = self.refused.together(self._sendable())
        certain = [each for each in together if not self._must_compare(each)]
        return certain[: self.refused.most]

    def _doubtful(self) -> list[Waiting]:
        """Return what must be compared: a person's values by themselves, or others'."""
        ready = self.refused.together(self._sendable())
        return [
            each
            for each in ready
            if (each.writer is Writer.PERSON) is (ready[0].writer is Writer.PERSON)
        ][: self.refused.most]

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
        for waiting in self._sendable():
            self._state.tell_waiting(Outcome(Fate.HELD, waiting, self._why))

    @callback
    def _pause(self, err: ExistError) -> None:
        """Wait as long as the error asks for, longer each time it comes again."""
        why = AWAY
        if isinstance(err, ExistRateLimitError):
            wait, why = err.retry_after, err.code
        elif isinstance(err, ExistAuthError):
            self._state.entry.async_start_reauth(self._state.hass)
            wait, why = LONGEST_PAUSE, SIGN_IN
        else:
            if err.code == UNEXPECTED:
                why = UNEXPECTED
            if isinstance(err, WritesRefusedError):
                why = REFUSES
            self._failures += 1
            wait = min(FIRST_PAUSE * 2 ** min(self._failures - 1, 10), LONGEST_PAUSE)
            wait *= random.uniform(0.75, 1.25)
        self.refused.paused()
        self._why = why
        self._tell_why()
        self._not_before = time.monotonic() + wait

    async def _async_round(self, entries: list[Waiting]) -> None:
        """Compare what must be, send the rest, and settle it. Raises ExistError."""
        # What was refused alone may be tried again in the same round.
        names = {each.name for each in entries} | self.refused.unproven
        try:
            await self._async_compare_and_send(entries)
        finally:
            self._state.changed(names)
            await self._state.async_save()

    async def _async_compare_and_send(self, entries: list[Waiting]) -> None:
        state = self._state
        present = [each for each in entries if not self._type_changed(each)]
        asked_for = any(
            state.is_expected(each.key) and each.writer is Writer.PERSON
            for each in present
        )
        priority = Priority.PERSON if asked_for else Priority.OUTBOX
        doubtful = [each for each in present if self._must_compare(each)]
        send = [each for each in present if each not in doubtful]
        if doubtful:
            shown = await async_shown_at_exist(
                self._client,
                [each.key for each in doubtful],
                state.coordinator.today,
                priority,
            )
            send += [
                each
                for each in doubtful
                if each.key not in shown or self._judge(each, shown[each.key])
            ]
        send = [each for each in send if state.entries.get(each.key) is each]
        if send:
            await self.refused.async_send(
                send, lambda batch: self._async_update(batch, priority)
            )

    def _judge(self, waiting: Waiting, shown: Value | None) -> bool:
        """Settle what needs no sending; return whether it is to be sent."""
        day = self._state.day(waiting.key)
        verdict = judge(waiting.value_type, waiting.value, shown, day, waiting)
        if verdict is Verdict.SEND:
            return True
        if verdict is Verdict.CHANGED:
            self._state.coordinator.async_refresh_soon()
        self._state.happened(waiting, what_is_shown(waiting, verdict))
        return False

    def _must_compare(self, waiting: Waiting) -> bool:
        at = self._state.accepted.get(waiting.key)
        return waiting.compare or at is None or uptime() - at > COMPARE_AFTER

    @callback
    def _type_changed(self, waiting: Waiting) -> bool:
        attribute = self._state.coordinator.data.attributes.get(waiting.name)
        if attribute is None or attribute.value_type is waiting.value_type:
            return False
        self._state.happened(waiting, Event.TYPE_CHANGED, code="type_changed")
        return True

    async def _async_update(
        self, entries: Sequence[Waiting], priority: Priority
    ) -> None:
        """Send values and settle what Exist answers. Raises ExistError."""
        items = [UpdateItem(each.name, each.day, each.value) for each in entries]
        result = await self._client.update(items, priority=priority)
        lost = all(each.status is Status.UNKNOWN for each in result.outcomes)
        if not lost:
            self.refused.taken()
        told = list(zip(entries, result.outcomes, strict=True))
        await self._answered.async_settle(told)
        if result.error is not None:
            raise result.error
        if lost:
            raise ExistConnectionError


def _place_of(err: BaseException) -> str:
    """Return the kind of an error and where it came from, without its text."""
    frame = traceback.extract_tb(err.__traceback__)[-1]
    return f"{type(err).__name__} at {PurePath(frame.filename).name}:{frame.lineno}"
