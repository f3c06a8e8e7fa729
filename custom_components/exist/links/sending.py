"""Hands links' values to the outbox, after a look at what Exist shows."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
import logging
from typing import NamedTuple

from custom_components.exist.api import ExistError, Priority, Value, ValueType
from custom_components.exist.coordinator import ExistCoordinator
from custom_components.exist.outbox import (
    Fate,
    Key,
    Outbox,
    Outcome,
    Writer,
    async_shown_at_exist,
    same,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .judge import DayMemory, Verdict, judge
from .memory import Aside, Memory

_LOGGER = logging.getLogger(__name__)

SENT = "sent"
CONFIRMED = "confirmed"
EDITED = "edited"


class Today(NamedTuple):
    """A computed value, ready for the wire."""

    value_type: ValueType
    value: float | str


@dataclass(frozen=True, slots=True)
class _Step:
    key: Key
    due: Today
    shown: Value | None
    replaces: bool


class LinkSender:
    """Judges computed values, and follows what becomes of them."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ExistCoordinator,
        outbox: Outbox,
        memory: Memory,
    ) -> None:
        """Keep what is needed."""
        self._hass = hass
        self._coordinator = coordinator
        self._outbox = outbox
        self._edit_listeners: list[Callable[[Key], None]] = []
        self._refused: dict[Key, float | str] = {}
        self.memory = memory
        self.waits = False
        """Whether Exist could not be read when there was something to send."""

    def is_confirmed(self, key: Key, kind: ValueType, value: float | str) -> bool:
        """Return whether Exist confirmed just this value last."""
        memory = self.memory.day(key)
        return not memory.pending and same(kind, memory.confirmed, value)

    def was_refused(self, key: Key, value: float | str) -> bool:
        """Return whether Exist would not take this value."""
        return self._refused.get(key) == value

    async def async_hand_over(
        self,
        due: Mapping[Key, Today],
        *,
        today: date,
        overwrite: bool = False,
        keep: bool = True,
    ) -> dict[Key, str] | None:
        """Send what is new and ours to send; return what became of each day.

        One request reads what Exist shows, so that an edit of a minute ago counts.
        While Exist is away, past days go to the outbox if `keep`, which compares
        before it sends; returns None then.
        """
        told: dict[Key, str] = {}
        wanted: dict[Key, Today] = {}
        for key, each in due.items():
            if self.memory.day(key).edited and not overwrite:
                told[key] = EDITED
            elif not overwrite and self._is_known(key, each):
                told[key] = CONFIRMED
            else:
                wanted[key] = each
        if not wanted:
            self.waits = False
            return told
        try:
            shown = await async_shown_at_exist(
                self._coordinator.client, wanted, today, Priority.OUTBOX
            )
        except ExistError as err:
            _LOGGER.debug("Links wait: %s", err.code)
            self.waits = True
            if keep:
                past = {key: wanted[key] for key in wanted if key.day < today}
                await self._async_accept(
                    [
                        _Step(key, past[key], self._last_ours(key), False)
                        for key in past
                    ],
                    compare=True,
                )
            return None
        self.waits = False
        steps: list[_Step] = []
        for key, each in wanted.items():
            told[key] = self._judge(steps, key, each, shown.get(key), overwrite)
        await self._async_accept(steps, compare=False)
        return told

    def _is_known(self, key: Key, each: Today) -> bool:
        return (
            self.is_confirmed(key, each.value_type, each.value)
            or self.was_refused(key, each.value)
            or self._waits_already(key, each)
        )

    def _waits_already(self, key: Key, each: Today) -> bool:
        entry = self._outbox.entries.get(key)
        if entry is None:
            return False
        return entry.writer is not Writer.LINK or same(
            each.value_type, entry.value, each.value
        )

    def _last_ours(self, key: Key) -> Value | None:
        confirmed = self.memory.day(key).confirmed
        return self._coordinator.polled(*key) if confirmed is None else confirmed

    @callback
    def _judge(
        self,
        steps: list[_Step],
        key: Key,
        each: Today,
        shown: Value | None,
        overwrite: bool,
    ) -> str:
        kind, value = each
        memory = self.memory.day(key)
        match judge(kind, memory, shown, value, overwrite=overwrite):
            case Verdict.KEEP:
                return EDITED
            case Verdict.EDITED:
                self._note_edited(key)
                return EDITED
            case Verdict.CONFIRMED:
                self._note(key, replace(memory, edited=False).confirm(value))
                return CONFIRMED
            case Verdict.SEND:
                steps.append(_Step(key, each, shown, replaces=False))
            case Verdict.REPLACE:
                steps.append(_Step(key, each, shown, replaces=True))
        return SENT

    async def _async_accept(self, steps: list[_Step], *, compare: bool) -> None:
        if not steps:
            return
        contents = self.memory.contents
        for step in steps:
            if step.replaces and step.shown is not None:
                aside = Aside(step.key, step.shown, step.due.value_type)
                contents.aside.setdefault(step.key, aside)
            memory = self.memory.day(step.key)
            if step.replaces:
                memory = replace(memory, confirmed=None, edited=False)
            contents.days[step.key] = memory.handed_over(step.due.value)
        # Known before it is sent: after a crash it must not pass for an edit.
        await self.memory.async_save()
        steps = [step for step in steps if not self.memory.day(step.key).edited]
        try:
            futures = await self._outbox.async_accept(
                [(step.key, step.due.value, step.due.value_type) for step in steps],
                Writer.LINK,
                bases={step.key: step.shown for step in steps},
                compare=compare,
            )
        except HomeAssistantError as err:
            # The disk, or the end of the run: computed again at the next hour.
            _LOGGER.debug("Links could not hand over: %s", err.translation_key)
            self.waits = True
            return
        for future in futures.values():
            future.add_done_callback(self._async_done)

    @callback
    def _async_done(self, future: asyncio.Future[Outcome]) -> None:
        if future.cancelled():
            return
        outcome = future.result()
        entry = outcome.entry
        key = entry.key
        match outcome.fate:
            case Fate.CONFIRMED if entry.writer is Writer.LINK:
                self._note(key, self.memory.day(key).confirm(entry.value))
            case Fate.GAVE_WAY:
                # The account's event tells of it already.
                self._note_edited(key, tell=False)
            case Fate.REFUSED | Fate.DIFFERENT:
                self._refused[key] = entry.value
        self._coordinator.async_update_listeners()

    @callback
    def _note(self, key: Key, memory: DayMemory) -> None:
        self.memory.contents.days[key] = memory
        self.memory.async_save_soon()

    @callback
    def _note_edited(self, key: Key, *, tell: bool = True) -> None:
        """Leave the day to the person from now on, and say so."""
        memory = self.memory.day(key)
        self._note(key, replace(memory, edited=True))
        if memory.ours:
            # A value from before the link says nothing of another writer.
            self.memory.contents.edits.setdefault(key, dt_util.utcnow())
        if tell:
            for listener in list(self._edit_listeners):
                listener(key)

    @callback
    def async_add_edit_listener(self, listener: Callable[[Key], None]) -> CALLBACK_TYPE:
        """Call back for each day that was found edited."""
        self._edit_listeners.append(listener)
        return lambda: self._edit_listeners.remove(listener)
