"""What the ledger learns from a poll: days, owners, edits, late arrivals."""

from dataclasses import replace
from datetime import timedelta

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..account.data import AccountData, value_of
from ..api import Value
from ..values.days import uptime
from .day import (
    Day,
    Hold,
    Key,
    Verdict,
    Waiting,
    Writer,
    is_edited,
    judge,
    replaced,
    same,
)
from .outcome import Fate, Outcome
from .sender import AWAY, Sender
from .state import LedgerState
from .transitions import Event, after, what_is_shown

REFUSED_AGAIN_AFTER = timedelta(days=1)
OWNED_AGAIN_AFTER = 3600.0


class PollFollower:
    """Brings the ledger up to date with what Exist tells."""

    def __init__(self, state: LedgerState, sender: Sender) -> None:
        """Prepare; polls are followed by `async_follow`."""
        self._state = state
        self._sender = sender
        self._polls = 0
        self._tried_back: dict[Key, float] = {}
        """When what was not ours was last sent again, since a poll lists it as ours."""

    @callback
    def async_follow(self) -> None:
        """Learn from a new poll, or tell that there is none."""
        coordinator = self._state.coordinator
        if coordinator.polls != self._polls:
            self._polls = coordinator.polls
            self._learn(coordinator.data)
        elif not coordinator.last_update_success:
            self.tell_not_polled()

    @callback
    def tell_not_polled(self) -> None:
        """Tell those who wait for a poll that none comes soon."""
        state = self._state
        for waiting in list(state.entries.values()):
            if waiting.hold is Hold.UNDATED:
                state.tell_waiting(Outcome(Fate.HELD, waiting, Hold.UNDATED))
            elif waiting.hold is Hold.NONE and not state.coordinator.polls:
                state.tell_waiting(Outcome(Fate.HELD, waiting, AWAY))

    @callback
    def date_what_is_held(self) -> bool:
        """Give what is UNDATED its day, where that is known now; the newest counts."""
        state = self._state
        if not state.coordinator.knows_day:
            return False
        held = [
            waiting
            for waiting in state.entries.values()
            if waiting.hold is Hold.UNDATED and waiting.key not in state.unsaved
        ]
        for waiting in sorted(held, key=state.age):
            self._date(waiting)
        return bool(held)

    @callback
    def _date(self, waiting: Waiting) -> None:
        state = self._state
        at = state.accepted.get(waiting.key)
        day = state.coordinator.day_of(waiting.accepted, at)
        key = Key(waiting.name, day - timedelta(days=waiting.back))
        present = state.entries.get(key)
        if present is not None and state.age(present) > state.age(waiting):
            state.happened(waiting, Event.OVERWRITTEN)
            return
        freed = after(waiting, Event.DATED, waiting.accepted)
        assert isinstance(freed, Waiting)
        base = self._base_before(key)
        dated = replace(freed, day=key.day, number=0, back=0, base=base)
        del state.entries[waiting.key]
        state.entries[key] = replaced(dated, present)
        if present is not None:
            state.tell_waiting(Outcome(Fate.REPLACED, present))
        state.move_expected(waiting.key, key)
        if at is not None:
            del state.accepted[waiting.key]
            state.accepted[key] = at
        state.note_written((key,))

    def _base_before(self, key: Key) -> Value | None:
        """Return what Exist showed when it was accepted, before the poll that dated it."""
        if (confirmed := self._state.base_before_poll(key)) is not None:
            return confirmed
        coordinator = self._state.coordinator
        before = coordinator.data_before or coordinator.data
        return value_of(before, key.name, key.day)

    @callback
    def _learn(self, data: AccountData) -> None:
        state = self._state
        resumed = self.date_what_is_held()
        for waiting in list(state.entries.values()):
            resumed = self._look_at(waiting, data) or resumed
        uncovered = state.uncovered()
        for key, day in uncovered:
            self._look_for_late(key, day)
        self._note_edits(data)
        if resumed or uncovered:
            state.save_soon()
        self._sender.async_hurry(exist_is_back=True)
        self._sender.async_kick()

    def _look_at(self, waiting: Waiting, data: AccountData) -> bool:
        """Hold or take up what waits; return whether anything changed."""
        state, hold = self._state, waiting.hold
        owned = waiting.name in data.owned
        event: Event | None = None
        match hold:
            case Hold.CHANGED:
                event = self._is_shown(waiting)
            case Hold.EARLY if waiting.day <= state.coordinator.exist_day:
                event = Event.DAY_BEGAN
            case Hold.REFUSED if _is_a_day_old(waiting):
                event = Event.REFUSED_FOR_A_DAY
            case Hold.UNAUTHORISED | Hold.NOT_FOUND if owned and self._is_back(waiting):
                event = Event.OWNED_AGAIN
            case Hold.NONE if not owned and waiting.name in data.attributes:
                event = Event.NOT_OURS
        return event is not None and state.happened(waiting, event)

    def _is_back(self, waiting: Waiting) -> bool:
        """Return whether an attribute that we had lost may be tried again.

        Exist may list as ours what it refuses to take from us.
        """
        tried = self._tried_back.get(waiting.key)
        if tried is not None and uptime() - tried < OWNED_AGAIN_AFTER:
            return False
        self._tried_back[waiting.key] = uptime()
        return True

    def _is_shown(self, waiting: Waiting) -> Event | None:
        """Return what a poll tells of a conflict, if it no longer is one."""
        state = self._state
        if not state.coordinator.covers(waiting.name, waiting.day):
            return None
        shown = state.coordinator.polled(waiting.name, waiting.day)
        day = state.day(waiting.key)
        verdict = judge(waiting.value_type, waiting.value, shown, day, waiting)
        if verdict is Verdict.CHANGED:
            return None
        return what_is_shown(waiting, verdict)

    @callback
    def _look_for_late(self, key: Key, day: Day) -> None:
        """Look whether an older value arrived after the newer one; ours is the newer."""
        state = self._state
        kind, shown = day.value_type, state.coordinator.polled(key.name, key.day)
        late = (
            kind is not None
            and isinstance(day.confirmed, (float, int, str))
            and any(same(kind, shown, each) for each in day.suspects)
        )
        if late and key not in state.entries:
            assert kind is not None
            assert day.confirmed is not None
            state.entries[key] = Waiting(
                key.name,
                key.day,
                day.confirmed,
                kind,
                dt_util.utcnow(),
                day.writer,
                base=shown,
                sent=day.suspects,
                ambiguous=True,
                compare=True,
                known=day.known if day.writer is Writer.LINK else None,
            )
        polls = 0 if late else max(0, day.polls - 1)
        suspects = day.suspects if polls else ()
        state.seen(key, replace(day, polls=polls, suspects=suspects, unseen=False))

    @callback
    def _note_edits(self, data: AccountData) -> None:
        """Learn which days that links wrote were edited at Exist."""
        state = self._state
        for name in state.fed.keys() & data.owned:
            kind = data.attributes[name].value_type
            days = state.days(name)
            for date in data.values.get(name, {}):
                day, key = days.get(date), Key(name, date)
                if day is None or not day.ours or day.edited or key in state.entries:
                    continue
                if is_edited(kind, state.base(key), day):
                    state.note_edited(key)


def _is_a_day_old(waiting: Waiting) -> bool:
    return (
        waiting.held_at is None
        or dt_util.utcnow() - waiting.held_at >= REFUSED_AGAIN_AFTER
    )
