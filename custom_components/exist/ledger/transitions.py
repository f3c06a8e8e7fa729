"""One table: what waits, what happens to it, and what it is afterwards. Pure.

A value that waits is in one of the states of `Hold`; `Hold.NONE` is sent as soon as
possible. It leaves with one of the fates. What the table does not name cannot happen
to a value in that state, and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from ..api import Value
from .day import Hold, Verdict, Waiting, Writer, distinct
from .outcome import Fate


class Event(Enum):
    """What happens to a value that waits."""

    STORED = auto()
    """Exist answered that it has the value."""
    STORED_OTHERWISE = auto()
    """Exist answered with another value; once that may have been another writer."""
    STORED_OTHERWISE_AGAIN = auto()
    WRONG = auto()
    """Exist says that the value cannot be; its day may have begun only after that."""
    WRONG_AGAIN = auto()
    NOT_YET = auto()
    """Exist refused it only because its day has not begun there."""
    NOT_OURS = auto()
    """Another service owns the attribute; Exist said so, or a poll shows it."""
    NO_ATTRIBUTE = auto()
    NO_RIGHT = auto()
    REQUEST_REFUSED = auto()
    """Exist refuses every request that holds it."""
    NO_ANSWER = auto()
    """It may have arrived."""

    SHOWN_OURS = auto()
    """Exist shows the value on its day."""
    SHOWN_FREE = auto()
    """Exist shows nothing there, or what was there before, or what we sent."""
    SHOWN_EDITED = auto()
    """Exist shows an edit, and a person is to decide."""
    SHOWN_NEWER = auto()
    """Exist shows an edit, to which automations and links give way."""

    OWNED_AGAIN = auto()
    DAY_BEGAN = auto()
    REFUSED_FOR_A_DAY = auto()
    REQUESTS_TAKEN = auto()
    """Exist takes other requests again."""
    DATED = auto()
    """A poll told which day it is for."""

    ALLOWED = auto()
    """The person gave their word: it is sent whatever Exist shows."""
    LOOK_AGAIN = auto()
    """The cause is said to be gone: it is compared, then sent."""
    GIVEN_UP = auto()
    OVERWRITTEN = auto()
    TYPE_CHANGED = auto()
    STARTED = auto()
    """Home Assistant was started; nobody knows what the last run still sent."""


type To = Hold | Fate

_ALWAYS: Mapping[Event, To] = {
    Event.GIVEN_UP: Fate.DROPPED,
    Event.OVERWRITTEN: Fate.REPLACED,
    Event.TYPE_CHANGED: Fate.REFUSED,
}
_SAID: Mapping[Event, To] = {Event.ALLOWED: Hold.NONE, Event.LOOK_AGAIN: Hold.NONE}


def _row(hold: Hold, events: Mapping[Event, To]) -> Mapping[Event, To]:
    """Return a row of the table; what is not named otherwise stays as it is."""
    stays: Mapping[Event, To] = {Event.NO_ANSWER: hold, Event.STARTED: hold}
    return {**stays, **_ALWAYS, **events}


_ROWS: Mapping[Hold, Mapping[Event, To]] = {
    Hold.NONE: {
        **_SAID,
        Event.STORED: Fate.CONFIRMED,
        Event.STORED_OTHERWISE: Hold.NONE,
        Event.STORED_OTHERWISE_AGAIN: Fate.DIFFERENT,
        Event.WRONG: Hold.NONE,
        Event.WRONG_AGAIN: Fate.REFUSED,
        Event.NOT_YET: Hold.EARLY,
        Event.NOT_OURS: Hold.UNAUTHORISED,
        Event.NO_ATTRIBUTE: Hold.NOT_FOUND,
        Event.NO_RIGHT: Hold.NOT_ALLOWED,
        Event.REQUEST_REFUSED: Hold.REFUSED,
        Event.SHOWN_OURS: Fate.CONFIRMED,
        Event.SHOWN_EDITED: Hold.CHANGED,
        Event.SHOWN_NEWER: Fate.GAVE_WAY,
    },
    Hold.CHANGED: {
        **_SAID,
        Event.SHOWN_OURS: Fate.CONFIRMED,
        Event.SHOWN_FREE: Hold.NONE,
    },
    Hold.UNAUTHORISED: {**_SAID, Event.OWNED_AGAIN: Hold.NONE},
    Hold.NOT_FOUND: {**_SAID, Event.OWNED_AGAIN: Hold.NONE},
    Hold.EARLY: {**_SAID, Event.DAY_BEGAN: Hold.NONE},
    # Another sign-in may have brought the right.
    Hold.NOT_ALLOWED: {**_SAID, Event.STARTED: Hold.NONE},
    Hold.REFUSED: {
        **_SAID,
        Event.REFUSED_FOR_A_DAY: Hold.NONE,
        Event.REQUESTS_TAKEN: Hold.NONE,
    },
    # Nobody can allow it before it has a day.
    Hold.UNDATED: {Event.DATED: Hold.NONE},
}
TABLE = {hold: _row(hold, events) for hold, events in _ROWS.items()}

# After these Exist is read before the value is sent.
_COMPARED = frozenset(
    {
        Event.NOT_OURS,
        Event.NO_ATTRIBUTE,
        Event.NO_RIGHT,
        Event.REQUEST_REFUSED,
        Event.NO_ANSWER,
        Event.OWNED_AGAIN,
        Event.DAY_BEGAN,
        Event.REFUSED_FOR_A_DAY,
        Event.DATED,
        Event.LOOK_AGAIN,
        Event.SHOWN_FREE,
        Event.STARTED,
    }
)
_SHOWN = {
    Verdict.CONFIRMED: Event.SHOWN_OURS,
    Verdict.SEND: Event.SHOWN_FREE,
}


def what_is_shown(waiting: Waiting, verdict: Verdict) -> Event:
    """Return what it means for a value that Exist's day was judged so."""
    by_person = waiting.writer is Writer.PERSON
    edited = Event.SHOWN_EDITED if by_person else Event.SHOWN_NEWER
    return _SHOWN.get(verdict, edited)


def after(
    waiting: Waiting, event: Event, now: datetime, kept: Value | None = None
) -> Waiting | Fate:
    """Return the value as it waits after an event, or what became of it.

    `kept` is what Exist stored or may have stored instead.
    """
    to = TABLE[waiting.hold].get(event)
    if to is None:
        return waiting
    if isinstance(to, Fate):
        return to
    changed = replace(
        waiting,
        hold=to,
        compare=event is not Event.ALLOWED and (waiting.compare or event in _COMPARED),
        sent=waiting.sent if kept is None else distinct((*waiting.sent, kept)),
    )
    if to is Hold.NONE and waiting.hold is Hold.NOT_FOUND:
        # What was created again has forgotten what it showed.
        changed = replace(changed, base=None)
    match event:
        case Event.STORED_OTHERWISE:
            return replace(changed, differed=waiting.differed + 1)
        case Event.WRONG:
            return replace(changed, refused=True)
        case Event.REQUEST_REFUSED:
            return replace(changed, held_at=now)
        case Event.NO_ANSWER:
            return replace(changed, ambiguous=True)
        case Event.STARTED if to is Hold.NONE:
            # It may have been on its way when the last run ended.
            return replace(changed, ambiguous=True)
    return changed


def started(waiting: Waiting) -> Waiting:
    """Return the value as it waits after a start."""
    waits = after(waiting, Event.STARTED, waiting.accepted)
    assert isinstance(waits, Waiting)
    return waits
