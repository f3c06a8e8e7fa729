"""Whose day it is, and which of two values is the better: pure functions."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.api import Value, ValueType
from custom_components.exist.ledger.day import (
    Day,
    Growth,
    Known,
    Verdict,
    Waiting,
    Writer,
    is_empty,
    is_poorer,
    judge,
    same,
)
from custom_components.exist.storage import dump, load
from custom_components.exist.values.kinds import KINDS
from homeassistant.util import dt as dt_util

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

MINUTES = ValueType.DURATION
WHOLE = Known(39600, 0, 39600)
"""Eleven hours, from midnight on."""
TODAY = date(2026, 5, 20)


@pytest.mark.parametrize(
    ("shown", "day", "verdict"),
    [
        (None, Day(), Verdict.SEND),
        ("", Day(), Verdict.SEND),
        (0, Day(), Verdict.SEND),
        (5, Day(), Verdict.CHANGED),
        (70, Day(confirmed=70), Verdict.SEND),
        (70, Day(pending=(60, 70)), Verdict.SEND),
        # Zero is a value where we wrote another one.
        (0, Day(confirmed=70), Verdict.CHANGED),
        # What a person had confirmed here is no link's to write over.
        (70, Day(confirmed=70, writer=Writer.PERSON), Verdict.CHANGED),
        (100, Day(), Verdict.CONFIRMED),
    ],
)
def test_what_exist_shows_decides(
    shown: float | str | None, day: Day, verdict: Verdict
) -> None:
    assert judge(MINUTES, 100, shown, day) is verdict


def test_a_text_is_never_a_natural_zero() -> None:
    assert is_empty(MINUTES, 0, written=False)
    assert not is_empty(ValueType.TEXT, "0", written=False)
    assert not is_empty(ValueType.SCALE, 0, written=False)


def _waiting(
    value: float, base: Value | None, sent: tuple[Value, ...], writer: Writer
) -> Waiting:
    now = dt_util.utcnow()
    return Waiting("tv_min", TODAY, value, MINUTES, now, writer, base=base, sent=sent)


def test_a_confirmation_leaves_only_what_may_come_late() -> None:
    day = Day(pending=(1,), edited=True, known=WHOLE)
    waiting = _waiting(3, None, (2, 3.0), Writer.LINK)
    certain = day.confirm(replace(waiting, known=WHOLE))
    assert certain.ours == (3,)
    # A late answer takes no day from the person.
    assert certain.edited
    assert certain.unseen
    assert not certain.suspects
    doubtful = day.confirm(replace(waiting, ambiguous=True))
    assert (doubtful.suspects, doubtful.polls) == ((2,), 2)
    by_person = day.confirm(replace(waiting, writer=Writer.PERSON))
    assert by_person.ours == ()
    assert by_person.edited
    assert by_person.known == WHOLE


def test_what_a_link_gave_up_is_still_nobodys_edit() -> None:
    day = Day(confirmed=1).give_up(_waiting(3, None, (2,), Writer.LINK), kept=4)
    assert day.ours == (1, 2, 3, 4)


def test_what_says_nothing_is_not_kept() -> None:
    assert not Day().matters
    assert not Day(confirmed=5, writer=Writer.PERSON).matters
    assert Day(confirmed=5, writer=Writer.PERSON, unseen=True).matters
    assert Day(confirmed=5).matters
    assert Day(edited=True).matters


@given(
    confirmed=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    # No JSON library of Home Assistant's writes larger ones.
    pending=st.lists(st.integers(-(2**63) + 1, 2**63 - 1)),
    edited=st.booleans(),
    known=st.none() | st.tuples(*[st.floats(0, 2e9)] * 3),
    writer=st.sampled_from(Writer),
    polls=st.integers(0, 2),
)
def test_a_day_comes_back_from_disk_as_it_was(
    confirmed: float | None,
    pending: list[int],
    edited: bool,
    known: tuple[float, float, float] | None,
    writer: Writer,
    polls: int,
) -> None:
    day = Day(
        confirmed,
        tuple(pending),
        edited,
        None if known is None else Known(*known),
        writer,
        MINUTES,
        tuple(pending),
        polls,
    )
    assert load(Day, dump(day), []) == day


@pytest.mark.parametrize(
    ("growth", "value", "known", "poorer"),
    [
        # As much is known, or more: late data may change anything.
        (Growth.UP, 20, WHOLE, False),
        (Growth.NONE, 20, Known(39590, 0, 39600), False),
        # Less is known: only more can be right.
        (Growth.UP, 20, Known(30000, 0, 39600), True),
        (Growth.UP, 80, Known(30000, 9600, 39600), False),
        (Growth.NONE, 80, Known(30000, 0, 30000), True),
        (Growth.DOWN, 80, Known(30000, 0, 30000), True),
        (Growth.DOWN, 60, Known(30000, 0, 30000), False),
        # A new database: much of the day, but not its beginning.
        (Growth.UP, 0, Known(45000, 39600, 84600), True),
        (Growth.NONE, 600, Known(45000, 39600, 84600), True),
        (Growth.END, 3, Known(45000, 39600, 84600), False),
        # A backup of this afternoon.
        (Growth.END, 3, Known(30000, 0, 30000), True),
    ],
)
def test_a_value_from_less_of_the_day_gives_way(
    growth: Growth, value: float, known: Known, *, poorer: bool
) -> None:
    assert is_poorer(growth, value, known, 70, WHOLE) is poorer
    # Nothing was sent yet, or nothing is known of what it came from.
    assert not is_poorer(growth, value, known, None, WHOLE)
    assert not is_poorer(growth, value, known, 70, None)


def test_a_text_from_less_of_the_day_gives_way() -> None:
    less = Known(30000, 0, 30000)
    assert is_poorer(Growth.NONE, "rainy", less, "sunny", WHOLE)


# The two judges that there were before, for what waited and for links.


def _judge_of_the_outbox(waiting: Waiting, shown: Value | None) -> Verdict:
    kind = waiting.value_type
    if same(kind, shown, waiting.value):
        return Verdict.CONFIRMED
    if shown is None or shown == "" or same(kind, shown, waiting.base):
        return Verdict.SEND
    if any(same(kind, shown, ours) for ours in waiting.sent):
        return Verdict.SEND
    if KINDS[kind].natural_zero and waiting.base is None and shown == 0:
        return Verdict.SEND
    return Verdict.CHANGED


def _judge_of_links(
    kind: ValueType, ours: tuple[Value, ...], shown: Value | None, value: Value
) -> Verdict:
    if same(kind, shown, value):
        return Verdict.CONFIRMED
    empty = shown is None or shown == "" or (KINDS[kind].natural_zero and shown == 0)
    if shown == 0 and ours:
        empty = False
    if empty or any(same(kind, shown, each) for each in ours):
        return Verdict.SEND
    return Verdict.CHANGED


def _cases() -> Iterator[tuple[ValueType, Value | None, Day, Waiting]]:
    numbers: tuple[Value | None, ...] = (None, 0, 1, 2, 3)
    for kind, shown, confirmed, pending, base, sent, writer in product(
        (MINUTES, ValueType.SCALE),
        numbers,
        (None, 1, 2),
        ((), (1,), (2,)),
        (None, 0, 1),
        ((), (2,)),
        Writer,
    ):
        waiting = replace(_waiting(9, base, sent, writer), value_type=kind)
        yield kind, shown, Day(confirmed=confirmed, pending=pending), waiting


def test_where_the_one_judge_differs_from_the_two_before_is_decided() -> None:
    differed: Counter[str] = Counter()
    for kind, shown, day, waiting in _cases():
        verdict = judge(kind, waiting.value, shown, day, waiting)
        if verdict is not _judge_of_the_outbox(waiting, shown):
            # A link's own value at Exist is nobody's edit, whoever writes next.
            if verdict is Verdict.SEND and shown in day.ours:
                differed["what a link wrote"] += 1
                continue
            # Where a link's value stood, zero is what somebody wrote.
            assert verdict is Verdict.CHANGED
            assert shown == 0
            assert day.stood
            differed["zero over what a link wrote"] += 1
    for kind, shown, day, waiting in _cases():
        verdict = judge(kind, 8, shown, day, waiting)
        if verdict is not _judge_of_links(
            kind, (*day.ours, *waiting.ours), shown, value=8
        ):
            assert verdict is Verdict.SEND
            # What was there when ours was accepted is known, and may be written over.
            if shown == waiting.base:
                differed["what stood there before"] += 1
                continue
            # What was only sent may never have arrived: zero is still nothing.
            assert shown == 0
            assert not day.stood
            differed["zero where ours has not arrived"] += 1
    assert differed.keys() == {
        "what a link wrote",
        "zero over what a link wrote",
        "what stood there before",
        "zero where ours has not arrived",
    }
