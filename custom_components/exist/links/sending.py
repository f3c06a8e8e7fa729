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
from .memory import Memory

_LOGGER = logging.getLogger(__name__)

SENT = "sent"
CONFIRMED = "confirmed"
REFUSED = "refused"
EDITED = "edited"
WAITS = "waits"
"""What a person or an automation wrote for the day is still on its way."""
KNEW_MORE = "knew_more"
"""What was sent came from more of the day than the recorder still knows."""
# The end of a day's known part is not the same to the last fraction of a second.
SLACK_SECONDS = 60.0


class Due(NamedTuple):
    """A computed value, ready for the wire, and how many seconds it comes from."""

    value_type: ValueType
    value: float | str
    known: float


@dataclass(frozen=True, slots=True)
class _Step:
    key: Key
    due: Due
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
        self._untold: list[Key] = []
        self._listeners: list[CALLBACK_TYPE] = []
        self._telling = False
        self._refused: dict[Key, float | str] = {}
        self.memory = memory
        self.waits = False
        """Whether Exist could not be read when there was something to send."""
        self.waiting: frozenset[str] = frozenset()
        """The attributes of which something waits in the outbox."""

    def is_known(self, key: Key, due: Due) -> bool:
        """Return whether there is nothing to send for the day."""
        return (
            self._is_confirmed(key, due)
            or self._knew_more(key, due)
            or self._refused.get(key) == due.value
        )

    def _is_confirmed(self, key: Key, due: Due) -> bool:
        memory = self.memory.day(key)
        return not memory.pending and same(due.value_type, memory.confirmed, due.value)

    def _knew_more(self, key: Key, due: Due) -> bool:
        """Return whether an older value is the better one: states were deleted since."""
        memory = self.memory.day(key)
        return bool(memory.ours) and due.known < memory.known - SLACK_SECONDS

    async def async_hand_over(
        self,
        due: Mapping[Key, Due],
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
        wanted: dict[Key, Due] = {}
        for key, each in due.items():
            if self._somebody_waits(key):
                told[key] = WAITS
            elif overwrite:
                wanted[key] = each
            elif self.memory.day(key).edited:
                told[key] = EDITED
            elif self._is_confirmed(key, each):
                told[key] = CONFIRMED
                self._know(key, each)
            elif self._knew_more(key, each):
                told[key] = KNEW_MORE
            elif self._waits_already(key, each):
                told[key] = SENT
                self._know(key, each)
            elif self._refused.get(key) == each.value:
                told[key] = REFUSED
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

    @callback
    def _know(self, key: Key, each: Due) -> None:
        """Take note that the same value now comes from more of the day."""
        memory = self.memory.day(key)
        if each.known > memory.known:
            self.memory.set_day(key, replace(memory, known=each.known))

    def _waits_already(self, key: Key, each: Due) -> bool:
        entry = self._outbox.entries.get(key)
        return entry is not None and same(each.value_type, entry.value, each.value)

    def _somebody_waits(self, key: Key) -> bool:
        """Return whether a value waits that no link wrote."""
        entry = self._outbox.entries.get(key)
        return entry is not None and entry.writer is not Writer.LINK

    def _last_ours(self, key: Key) -> Value | None:
        confirmed = self.memory.day(key).confirmed
        return self._coordinator.polled(*key) if confirmed is None else confirmed

    @callback
    def _judge(
        self,
        steps: list[_Step],
        key: Key,
        each: Due,
        shown: Value | None,
        overwrite: bool,
    ) -> str:
        kind, value = each.value_type, each.value
        memory = self.memory.day(key)
        match judge(kind, memory, shown, value, overwrite=overwrite):
            case Verdict.KEEP:
                return EDITED
            case Verdict.EDITED:
                self._note_edited(key)
                return EDITED
            case Verdict.CONFIRMED:
                known = replace(memory, edited=False, known=each.known)
                self._note(key, known.confirm(value))
                return CONFIRMED
            case Verdict.SEND:
                steps.append(_Step(key, each, shown, replaces=False))
            case Verdict.REPLACE:
                steps.append(_Step(key, each, shown, replaces=True))
        return SENT

    async def _async_accept(self, steps: list[_Step], *, compare: bool) -> None:
        if not steps:
            return
        for step in steps:
            if step.replaces and step.shown is not None:
                self.memory.keep_aside(step.key, step.shown, step.due.value_type)
            memory = replace(self.memory.day(step.key), known=step.due.known)
            if step.replaces:
                memory = replace(memory, confirmed=None)
            self.memory.set_day(step.key, memory.handed_over(step.due.value))
        # Known before it is sent: after a crash it must not pass for an edit.
        await self.memory.async_save()
        steps = [
            step
            for step in steps
            if not self.memory.day(step.key).edited
            and not self._somebody_waits(step.key)
        ]
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
                if outcome.kept is not None:
                    # What Exist made of it is no edit of anybody's.
                    self._note(key, self.memory.day(key).handed_over(outcome.kept))
        self._tell_soon()

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call back when there is something new about the links."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def _tell_soon(self) -> None:
        """Tell once of all that happens at the same time."""
        if not self._telling:
            self._telling = True
            self._hass.loop.call_soon(self._tell)

    @callback
    def _tell(self) -> None:
        self._telling = False
        self.waiting = frozenset(key.name for key in self._outbox.entries)
        for listener in list(self._listeners):
            listener()

    @callback
    def _note(self, key: Key, memory: DayMemory) -> None:
        self.memory.set_day(key, memory)
        self.memory.async_save_soon()

    @callback
    def _note_edited(self, key: Key, *, tell: bool = True) -> None:
        """Leave the day to the person from now on, and say so."""
        memory = self.memory.day(key)
        self._note(key, replace(memory, edited=True))
        if memory.ours or self.memory.is_linked(key):
            # A value from before the link says nothing of another writer.
            self.memory.contents.edits.setdefault(key, dt_util.utcnow())
        if tell and not self._edit_listeners:
            self._untold.append(key)
        elif tell:
            for listener in list(self._edit_listeners):
                listener(key)

    @callback
    def async_add_edit_listener(self, listener: Callable[[Key], None]) -> CALLBACK_TYPE:
        """Call back for each day that was found edited, also while nobody listened."""
        self._edit_listeners.append(listener)
        for key in self._untold:
            self._hass.loop.call_soon(listener, key)
        self._untold.clear()
        return lambda: self._edit_listeners.remove(listener)
