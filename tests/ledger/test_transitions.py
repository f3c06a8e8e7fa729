"""The table of what waits, what happens to it, and what it is afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.api import ValueType
from custom_components.exist.ledger import Fate, Hold, Waiting, Writer
from custom_components.exist.ledger.day import Verdict
from custom_components.exist.ledger.transitions import (
    TABLE,
    Event,
    after,
    started,
    what_is_shown,
)

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
WAITS = Waiting(
    "mood", date(2026, 11, 17), 7, ValueType.SCALE, NOW, Writer.PERSON, base=3
)
# What alone lets go of a value that is held, beside a person's word.
FREED_BY = {
    Hold.CHANGED: {Event.SHOWN_FREE},
    Hold.UNAUTHORISED: {Event.OWNED_AGAIN},
    Hold.NOT_FOUND: {Event.OWNED_AGAIN},
    Hold.EARLY: {Event.DAY_BEGAN},
    Hold.NOT_ALLOWED: {Event.STARTED},
    Hold.REFUSED: {Event.REFUSED_FOR_A_DAY, Event.REQUESTS_TAKEN},
    Hold.UNDATED: {Event.DATED},
}
WORDS = {Event.ALLOWED, Event.LOOK_AGAIN}


def happens(waiting: Waiting, event: Event, kept: Any = None) -> Waiting | Fate:
    """Return what an event makes of a value."""
    return after(waiting, event, NOW, kept)


@pytest.mark.parametrize(("hold", "event"), list(product(Hold, Event)))
def test_every_event_in_every_state_is_answered(hold: Hold, event: Event) -> None:
    waiting = replace(WAITS, hold=hold)
    found = happens(waiting, event)
    if event not in TABLE[hold]:
        assert found is waiting
    elif isinstance(found, Waiting):
        # Nothing of what was accepted changes.
        assert (found.key, found.value, found.accepted, found.writer) == (
            waiting.key,
            waiting.value,
            waiting.accepted,
            waiting.writer,
        )


@pytest.mark.parametrize("hold", FREED_BY)
def test_what_is_held_is_freed_by_its_own_cause_alone(hold: Hold) -> None:
    waiting = replace(WAITS, hold=hold)
    freed = {
        event
        for event in Event
        if isinstance(found := happens(waiting, event), Waiting)
        and found.hold is Hold.NONE
    }
    words = set() if hold is Hold.UNDATED else WORDS
    assert freed == FREED_BY[hold] | words


@pytest.mark.parametrize("hold", FREED_BY)
def test_what_was_held_is_compared_before_it_is_sent(hold: Hold) -> None:
    for event in FREED_BY[hold] - {Event.REQUESTS_TAKEN}:
        found = happens(replace(WAITS, hold=hold), event)
        assert isinstance(found, Waiting)
        assert found.compare


def test_only_the_word_of_a_person_sends_without_comparing() -> None:
    held = replace(WAITS, hold=Hold.CHANGED, compare=True)
    for event in Event:
        found = happens(held, event)
        if isinstance(found, Waiting) and not found.compare:
            assert event is Event.ALLOWED


def test_an_edit_waits_for_a_person_and_is_given_way_to_by_all_else() -> None:
    for writer in Writer:
        waiting = replace(WAITS, writer=writer)
        found = happens(waiting, what_is_shown(waiting, Verdict.CHANGED))
        if writer is Writer.PERSON:
            assert isinstance(found, Waiting)
            assert found.hold is Hold.CHANGED
        else:
            assert found is Fate.GAVE_WAY


def test_what_may_have_arrived_is_remembered() -> None:
    lost = happens(WAITS, Event.NO_ANSWER, kept=WAITS.value)
    assert isinstance(lost, Waiting)
    assert lost.ambiguous
    assert lost.compare
    assert lost.sent == (WAITS.value,)
    otherwise = happens(WAITS, Event.STORED_OTHERWISE, kept=5)
    assert isinstance(otherwise, Waiting)
    assert (otherwise.sent, otherwise.differed) == ((5,), 1)
    assert started(WAITS).ambiguous
    assert not started(replace(WAITS, hold=Hold.CHANGED)).ambiguous


def test_what_was_created_again_has_forgotten_what_it_showed() -> None:
    gone = replace(WAITS, hold=Hold.NOT_FOUND)
    for event in (Event.OWNED_AGAIN, *WORDS):
        found = happens(gone, event)
        assert isinstance(found, Waiting)
        assert found.base is None


@given(st.lists(st.sampled_from(list(Event)), max_size=30))
def test_whatever_happens_a_value_waits_or_has_a_fate(events: list[Event]) -> None:
    waiting = WAITS
    for event in events:
        found = happens(waiting, event, kept=4)
        if isinstance(found, Fate):
            return
        assert found.value == WAITS.value
        assert found.hold in TABLE
        waiting = found
