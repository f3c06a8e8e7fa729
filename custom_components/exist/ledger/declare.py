"""Links declare what a day's value is; what is new and theirs to send is accepted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
import logging
from typing import NamedTuple

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..api import ExistError, Priority, Value, ValueType
from .at_exist import async_shown_at_exist
from .day import Growth, Key, Known, Verdict, Writer, is_empty, is_poorer, judge, same
from .ledger import Ledger
from .outcome import Fate, Outcome
from .polled import REFUSED_AGAIN_AFTER

_LOGGER = logging.getLogger(__name__)

REFUSED_TRIED_FOR = timedelta(days=7)

# Whether a link still wants a day to be written: it may be edited or deleted meanwhile.
type Still = Callable[[Key], bool]


class Declared(StrEnum):
    """What became of a declared value."""

    SENT = "sent"
    CONFIRMED = "confirmed"
    EDITED = "edited"
    WAITS = "waits"
    """What a person or an automation wrote for the day is still on its way."""
    KNEW_MORE = "knew_more"
    """What was sent came from more of the day than is known now."""


# What Exist has, or will have.
ARRIVING = frozenset({Declared.SENT, Declared.CONFIRMED})


class Due(NamedTuple):
    """A computed value, ready for the wire, and what it was made of."""

    value_type: ValueType
    growth: Growth
    value: float | str
    known: Known


class _Refused(NamedTuple):
    """A value that Exist did not take; it may be tried again after a day."""

    value_type: ValueType
    value: float | str
    told: datetime


@dataclass(frozen=True, slots=True)
class _Step:
    key: Key
    due: Due
    base: Value | None = None
    overwrites: bool = False
    replaces: bool = False


class Declarations:
    """Judges what links declare."""

    def __init__(self, ledger: Ledger) -> None:
        """Prepare; outcomes are heard by `async_start`."""
        self._ledger = ledger
        self._state = ledger.state
        self._refused: dict[Key, _Refused] = {}
        self.waits = False
        """Whether something could not be handed over."""

    async def async_declare(
        self, due: Mapping[Key, Due], today: date, still: Still
    ) -> None:
        """Send what is new and ours to send, of days that are `still` wanted by then.

        One request reads what Exist shows, so that an edit of a minute ago counts.
        While Exist is away, past days go to the outbox, which compares before it
        sends. Raises HomeAssistantError where they cannot be kept.
        """
        wanted = {key: each for key, each in due.items() if self._is_new(key, each)}
        if not wanted:
            return
        before = self._records(wanted)
        try:
            shown = await self._async_shown(wanted, today)
        except ExistError as err:
            _LOGGER.debug("Links wait: %s", err.code)
            self.waits = True
            past = [
                _Step(key, each, self._base(key))
                for key, each in wanted.items()
                if key.day < today and still(key) and self._is_as(before, key)
            ]
            await self._async_accept(past, still, compare=True)
            return
        steps: list[_Step] = []
        for key, each in wanted.items():
            if not self._is_as(before, key):
                # What was read may be older than what became of it meanwhile.
                self.waits = True
            elif still(key):
                self._judge(steps, key, each, shown.get(key), overwrite=False)
        await self._async_accept(steps, still)

    async def async_send(
        self, due: Mapping[Key, Due], today: date, still: Still, *, overwrite: bool
    ) -> dict[Key, str]:
        """Send empty days and ours, with `overwrite` all; return what became of each.

        Raises ExistError where Exist cannot be read, HomeAssistantError where the
        values cannot be kept; nothing is handed over then.
        """
        told: dict[Key, str] = {}
        for key in due:
            if self._somebody_waits(key):
                told[key] = Declared.WAITS
            elif self._state.day(key).edited and not overwrite:
                told[key] = Declared.EDITED
        wanted = {key: each for key, each in due.items() if key not in told}
        before = self._records(wanted)
        shown = await self._async_shown(wanted, today) if wanted else {}
        steps: list[_Step] = []
        for key, each in wanted.items():
            found = shown.get(key)
            written = self._state.day(key).stood
            if not still(key) or not self._is_as(before, key):
                told[key] = Declared.WAITS
            elif (
                not overwrite
                and not is_empty(each.value_type, found, written=written)
                and self._is_poorer(key, each)
            ):
                told[key] = Declared.KNEW_MORE
            else:
                told[key] = self._judge(steps, key, each, found, overwrite=overwrite)
        await self._async_accept(steps, still)
        return told

    def is_settled(self, key: Key, due: Due) -> bool:
        """Return whether nothing is to be sent for a day that is over."""
        # What waits in the outbox is on disk and goes its own way.
        return (
            key in self._state.entries
            or self._state.day(key).edited
            or self._is_confirmed(key, due)
            or self._is_poorer(key, due)
            or (self._is_refused(key, due) and self._is_past_trying(key))
        )

    @callback
    def async_heard(self, outcome: Outcome) -> None:
        """Take note of what Exist did not take."""
        entry = outcome.entry
        if entry.writer is Writer.LINK and outcome.fate in (
            Fate.REFUSED,
            Fate.DIFFERENT,
        ):
            now = dt_util.utcnow()
            self._refused[entry.key] = _Refused(entry.value_type, entry.value, now)

    async def _async_shown(
        self, wanted: Mapping[Key, Due], today: date
    ) -> dict[Key, Value | None]:
        client = self._state.coordinator.client
        return await async_shown_at_exist(client, wanted, today, Priority.OUTBOX)

    def _records(self, keys: Iterable[Key]) -> dict[Key, tuple[object, object]]:
        """Return what is known of days before something is awaited."""
        return {
            key: (self._state.day(key), self._state.entries.get(key)) for key in keys
        }

    def _is_as(self, before: Mapping[Key, tuple[object, object]], key: Key) -> bool:
        """Return whether nothing became of the day meanwhile."""
        day, waiting = before[key]
        return day == self._state.day(key) and waiting is self._state.entries.get(key)

    def _base(self, key: Key) -> Value | None:
        """Return what Exist showed last, where it cannot be asked."""
        waiting = self._state.entries.get(key)
        return self._state.newest(key) if waiting is None else waiting.base

    @callback
    def _is_new(self, key: Key, each: Due) -> bool:
        """Return whether there is something to send for the day."""
        if self._somebody_waits(key) or self._state.day(key).edited:
            return False
        entry = self._state.entries.get(key)
        waits = entry is not None and same(each.value_type, entry.value, each.value)
        if waits or self._is_confirmed(key, each):
            self._know(key, each)
            return False
        return not (self._is_poorer(key, each) or self._is_barred(key, each))

    def _is_confirmed(self, key: Key, due: Due) -> bool:
        day = self._state.day(key)
        return (
            key not in self._state.entries
            and not day.pending
            and day.writer is Writer.LINK
            and same(due.value_type, day.confirmed, due.value)
        )

    def _known(self, key: Key) -> Known | None:
        waiting = self._state.entries.get(key)
        return waiting.known if waiting is not None else self._state.day(key).known

    def _is_poorer(self, key: Key, due: Due) -> bool:
        """Return whether the value is worse than what was sent."""
        newest = self._state.newest(key)
        return is_poorer(due.growth, due.value, due.known, newest, self._known(key))

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
        return key.day < self._state.coordinator.today - REFUSED_TRIED_FOR

    @callback
    def _know(self, key: Key, each: Due) -> None:
        """Take note that the same value now comes from more of the day."""
        known = self._known(key)
        if known is not None and known.seconds >= each.known.seconds:
            return
        if key not in self._state.entries:
            day = self._state.day(key)
            self._state.set_day(key, replace(day, known=each.known))

    def _somebody_waits(self, key: Key) -> bool:
        """Return whether a value waits that no link wrote."""
        entry = self._state.entries.get(key)
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
        state, kind = self._state, each.value_type
        day, waiting = state.day(key), state.entries.get(key)
        if day.edited and not overwrite:
            return Declared.EDITED
        match judge(kind, each.value, shown, day, waiting):
            case Verdict.CHANGED if not overwrite:
                state.note_edited(key)
                return Declared.EDITED
            case Verdict.CHANGED:
                steps.append(_Step(key, each, shown, overwrite, replaces=True))
            case Verdict.CONFIRMED if waiting is None:
                state.set_day(key, day.found(kind, each.value, each.known))
                return Declared.CONFIRMED
            case _:
                # An older value that waits must not come after this one.
                steps.append(_Step(key, each, shown, overwrite))
        return Declared.SENT

    async def _async_accept(
        self, steps: list[_Step], still: Still, *, compare: bool = False
    ) -> None:
        """Hand over; what is written over is kept aside first, on disk.

        Raises HomeAssistantError, and then leaves the days as they were.
        """
        steps = [step for step in steps if not self._somebody_waits(step.key)]
        before = {step.key: self._state.day(step.key) for step in steps}
        try:
            await self._async_put_aside(steps)
            steps = [
                step
                for step in steps
                if still(step.key)
                and not self._state.day(step.key).edited
                and not self._somebody_waits(step.key)
            ]
            if steps:
                await self._ledger.async_accept(
                    [(step.key, step.due.value, step.due.value_type) for step in steps],
                    Writer.LINK,
                    bases={step.key: step.base for step in steps},
                    known={step.key: step.due.known for step in steps},
                    compare=compare,
                )
        except HomeAssistantError:
            for step in steps:
                if step.overwrites:
                    self._state.set_day(step.key, before[step.key])
            raise

    async def _async_put_aside(self, steps: list[_Step]) -> None:
        """Take days from the person who gave the word for that. Raises HomeAssistantError."""
        for step in steps:
            day = self._state.day(step.key)
            if step.replaces and step.base is not None:
                self._state.keep_aside(step.key, step.base, step.due.value_type)
                day = replace(day, confirmed=None)
            if step.overwrites:
                self._state.set_day(step.key, replace(day, edited=False))
        if any(step.replaces for step in steps):
            await self._state.async_save_days()
