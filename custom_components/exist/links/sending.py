"""Hands links' values to the outbox, after a look at what Exist shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
import logging
from typing import NamedTuple

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..account.poll import ExistCoordinator
from ..api import ExistError, Priority, Value, ValueType
from ..ledger import (
    REFUSED_AGAIN_AFTER,
    Fate,
    Key,
    Outbox,
    Outcome,
    Writer,
    async_shown_at_exist,
    same,
)
from .aggregate import Aggregate, Known
from .judge import DayMemory, DayVerdict, is_empty, is_poorer, judge
from .memory import Memory

_LOGGER = logging.getLogger(__name__)

SENT = "sent"
CONFIRMED = "confirmed"
EDITED = "edited"
WAITS = "waits"
"""What a person or an automation wrote for the day is still on its way."""
KNEW_MORE = "knew_more"
"""What was sent came from more of the day than the recorder still knows."""


REFUSED_TRIED_FOR = timedelta(days=7)


class Refused(NamedTuple):
    """A value that Exist did not take; it may be tried again after a day."""

    value_type: ValueType
    value: float | str
    told: datetime


class Due(NamedTuple):
    """A computed value, ready for the wire, and what it comes from."""

    value_type: ValueType
    aggregate: Aggregate
    value: float | str
    known: Known


@dataclass(frozen=True, slots=True)
class _Step:
    key: Key
    due: Due
    base: Value | None = None
    replaces: bool = False


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
        self._refused: dict[Key, Refused] = {}
        self.memory = memory
        self.waits = False
        """Whether something could not be handed over."""

    async def async_hand_over(self, due: Mapping[Key, Due], today: date) -> None:
        """Send what is new and ours to send.

        One request reads what Exist shows, so that an edit of a minute ago counts.
        While Exist is away, past days go to the outbox, which compares before it
        sends. Raises HomeAssistantError where they cannot be kept.
        """
        wanted = {key: each for key, each in due.items() if self._is_new(key, each)}
        if not wanted:
            return
        try:
            shown = await self._async_shown(wanted, today)
        except ExistError as err:
            _LOGGER.debug("Links wait: %s", err.code)
            self.waits = True
            past = [
                _Step(key, each, next(reversed(self.memory.day(key).ours), None))
                for key, each in wanted.items()
                if key.day < today
            ]
            await self._async_accept(past, compare=True)
            return
        steps: list[_Step] = []
        for key, each in wanted.items():
            self._judge(steps, key, each, shown.get(key), overwrite=False)
        await self._async_accept(steps)

    async def async_send(
        self, due: Mapping[Key, Due], today: date, *, overwrite: bool
    ) -> dict[Key, str]:
        """Send empty days and ours, with `overwrite` all; return what became of each.

        Raises ExistError where Exist cannot be read, HomeAssistantError where the
        values cannot be kept; nothing is handed over then.
        """
        told: dict[Key, str] = {}
        for key in due:
            if self._somebody_waits(key):
                told[key] = WAITS
            elif self.memory.day(key).edited and not overwrite:
                told[key] = EDITED
        wanted = {key: each for key, each in due.items() if key not in told}
        shown = await self._async_shown(wanted, today) if wanted else {}
        steps: list[_Step] = []
        for key, each in wanted.items():
            found, memory = shown.get(key), self.memory.day(key)
            if (
                not overwrite
                and not is_empty(each.value_type, memory, found)
                and is_poorer(each.aggregate, memory, each.value, each.known)
            ):
                told[key] = KNEW_MORE
            else:
                told[key] = self._judge(steps, key, each, found, overwrite=overwrite)
        await self._async_accept(steps)
        return told

    async def _async_shown(
        self, wanted: Mapping[Key, Due], today: date
    ) -> dict[Key, Value | None]:
        return await async_shown_at_exist(
            self._coordinator.client, wanted, today, Priority.OUTBOX
        )

    @callback
    def _is_new(self, key: Key, each: Due) -> bool:
        """Return whether there is something to send for the day."""
        if self._somebody_waits(key) or self.memory.day(key).edited:
            return False
        entry = self._outbox.entries.get(key)
        waits = entry is not None and same(each.value_type, entry.value, each.value)
        if waits or self._is_confirmed(key, each):
            self._know(key, each)
            return False
        return not (self._is_poorer(key, each) or self._is_barred(key, each))

    def is_settled(self, key: Key, due: Due) -> bool:
        """Return whether nothing is to be sent for a day that is over."""
        # What waits in the outbox is on disk and goes its own way.
        return (
            key in self._outbox.entries
            or self.memory.day(key).edited
            or self._is_confirmed(key, due)
            or self._is_poorer(key, due)
            or (self._is_refused(key, due) and self._is_past_trying(key))
        )

    def _is_confirmed(self, key: Key, due: Due) -> bool:
        memory = self.memory.day(key)
        return not memory.pending and same(due.value_type, memory.confirmed, due.value)

    def _is_poorer(self, key: Key, due: Due) -> bool:
        """Return whether the value is worse than what was sent."""
        return is_poorer(due.aggregate, self.memory.day(key), due.value, due.known)

    def _is_refused(self, key: Key, due: Due) -> bool:
        """Return whether Exist refused just this when it was sent last."""
        refused = self._refused.get(key)
        return refused is not None and refused[:2] == (due.value_type, due.value)

    def _is_barred(self, key: Key, due: Due) -> bool:
        """Return whether it is too soon to try again what Exist refused."""
        return (
            self._is_refused(key, due)
            and dt_util.utcnow() - self._refused[key].told < REFUSED_AGAIN_AFTER
        )

    def _is_past_trying(self, key: Key) -> bool:
        return key.day < self._coordinator.today - REFUSED_TRIED_FOR

    @callback
    def _know(self, key: Key, each: Due) -> None:
        """Take note that the same value now comes from more of the day."""
        memory = self.memory.day(key)
        if memory.known is None or memory.known.seconds < each.known.seconds:
            self.memory.set_day(key, replace(memory, known=each.known))

    def _somebody_waits(self, key: Key) -> bool:
        """Return whether a value waits that no link wrote."""
        entry = self._outbox.entries.get(key)
        return entry is not None and entry.writer is not Writer.LINK

    @callback
    def _judge(
        self,
        steps: list[_Step],
        key: Key,
        each: Due,
        shown: Value | None,
        *,
        overwrite: bool,
    ) -> str:
        kind, value = each.value_type, each.value
        memory, waits = self.memory.day(key), key in self._outbox.entries
        match judge(kind, memory, shown, value, overwrite=overwrite):
            case DayVerdict.KEEP:
                return EDITED
            case DayVerdict.EDITED:
                self._note_edited(key)
                return EDITED
            case DayVerdict.CONFIRMED if not waits:
                ours = replace(memory, edited=False, known=each.known)
                self._note(key, ours.confirm(kind, value))
                return CONFIRMED
            case DayVerdict.REPLACE:
                steps.append(_Step(key, each, shown, replaces=True))
            case _:
                # An older value that waits must not come after this one.
                steps.append(_Step(key, each, shown))
        return SENT

    async def _async_accept(self, steps: list[_Step], *, compare: bool = False) -> None:
        """Remember and hand over. Raises HomeAssistantError."""
        if not steps:
            return
        ours = {step.key: self.memory.day(step.key).ours for step in steps}
        for step in steps:
            if step.replaces and step.base is not None:
                self.memory.keep_aside(step.key, step.base, step.due.value_type)
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
        await self._outbox.async_accept(
            [(step.key, step.due.value, step.due.value_type) for step in steps],
            Writer.LINK,
            bases={step.key: step.base for step in steps},
            sent=ours,
            compare=compare,
        )

    @callback
    def async_note_outcome(self, outcome: Outcome) -> None:
        """Take note of what became of a link's value, however long ago it was sent."""
        entry = outcome.entry
        if entry.writer is not Writer.LINK:
            return
        key = entry.key
        memory = self.memory.day(key)
        match outcome.fate:
            case Fate.CONFIRMED:
                self._note(key, memory.confirm(entry.value_type, entry.value))
            case Fate.GAVE_WAY:
                self._note_edited(key)
            case Fate.REFUSED | Fate.DIFFERENT:
                self._refused[key] = Refused(
                    entry.value_type, entry.value, dt_util.utcnow()
                )
                if outcome.kept is not None:
                    # What Exist made of it is no edit of anybody's.
                    self._note(key, memory.handed_over(outcome.kept))
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
        for listener in list(self._listeners):
            listener()

    @callback
    def _note_edited(self, key: Key) -> None:
        """Leave the day to the person from now on, and say so."""
        memory = self.memory.day(key)
        self._note(key, replace(memory, edited=True))
        yesterday = self._coordinator.today - timedelta(days=1)
        is_fed = self.memory.is_linked(key) and key.day >= yesterday
        if not memory.ours and not is_fed:
            # A value from before says nothing of another writer.
            return
        self.memory.contents.edits.setdefault(key, dt_util.utcnow())
        if not self._edit_listeners:
            self._untold.append(key)
        for listener in list(self._edit_listeners):
            listener(key)

    @callback
    def _note(self, key: Key, memory: DayMemory) -> None:
        self.memory.set_day(key, memory)
        self.memory.async_save_soon()

    @callback
    def async_add_edit_listener(self, listener: Callable[[Key], None]) -> CALLBACK_TYPE:
        """Call back for each day that was found edited, also while nobody listened."""
        self._edit_listeners.append(listener)
        for key in self._untold:
            self._hass.loop.call_soon(listener, key)
        self._untold.clear()
        return lambda: self._edit_listeners.remove(listener)
