"""Whose day it is, and which of two values is the better: pure functions."""

from datetime import date, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.api import ValueType
from custom_components.exist.links.aggregate import Aggregate, Known
from custom_components.exist.links.back_fill import PIECE_DAYS, next_piece
from custom_components.exist.links.judge import (
    DayMemory,
    DayVerdict,
    is_empty,
    is_poorer,
    judge,
)
from custom_components.exist.links.link import BackFill
from custom_components.exist.storage import dump, load
from homeassistant.util import dt as dt_util

MINUTES = ValueType.DURATION
WHOLE = Known(39600, 0, 39600)
"""Eleven hours, from midnight on."""


@pytest.mark.parametrize(
    ("shown", "memory", "verdict"),
    [
        (None, DayMemory(), DayVerdict.SEND),
        ("", DayMemory(), DayVerdict.SEND),
        (0, DayMemory(), DayVerdict.SEND),
        (5, DayMemory(), DayVerdict.EDITED),
        (70, DayMemory(confirmed=70), DayVerdict.SEND),
        (70, DayMemory(pending=(60, 70)), DayVerdict.SEND),
        # Zero is a value where we wrote another one.
        (0, DayMemory(confirmed=70), DayVerdict.EDITED),
        (100, DayMemory(), DayVerdict.CONFIRMED),
        (100, DayMemory(edited=True), DayVerdict.KEEP),
        (None, DayMemory(edited=True), DayVerdict.KEEP),
    ],
)
def test_what_exist_shows_decides(
    shown: float | str | None, memory: DayMemory, verdict: DayVerdict
) -> None:
    assert judge(MINUTES, memory, shown, 100) is verdict


@pytest.mark.parametrize(
    ("shown", "memory", "verdict"),
    [
        (5, DayMemory(), DayVerdict.REPLACE),
        (5, DayMemory(edited=True), DayVerdict.REPLACE),
        (70, DayMemory(confirmed=70), DayVerdict.SEND),
        (100, DayMemory(edited=True), DayVerdict.CONFIRMED),
    ],
)
def test_the_persons_word_replaces(
    shown: float, memory: DayMemory, verdict: DayVerdict
) -> None:
    assert judge(MINUTES, memory, shown, 100, overwrite=True) is verdict


def test_a_text_is_never_a_natural_zero() -> None:
    assert not is_empty(ValueType.TEXT, DayMemory(), "0")
    assert not is_empty(ValueType.SCALE, DayMemory(), 0)


def test_a_confirmation_leaves_what_was_handed_over_later() -> None:
    day = DayMemory().handed_over(1).handed_over(2).handed_over(3)
    assert day.confirm(MINUTES, 2) == DayMemory(confirmed=2, pending=(3,))
    assert day.confirm(MINUTES, 3.0) == DayMemory(confirmed=3.0)
    assert day.confirm(MINUTES, 9) == DayMemory(confirmed=9)


@given(
    confirmed=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    # No JSON library of Home Assistant's writes larger ones.
    pending=st.lists(st.integers(-(2**63) + 1, 2**63 - 1)),
    edited=st.booleans(),
    known=st.none() | st.tuples(*[st.floats(0, 2e9)] * 3),
)
def test_a_day_comes_back_from_disk_as_it_was(
    confirmed: float | None,
    pending: list[int],
    edited: bool,
    known: tuple[float, float, float] | None,
) -> None:
    day = DayMemory(
        confirmed, tuple(pending), edited, None if known is None else Known(*known)
    )
    assert load(DayMemory, dump(day), []) == day


@pytest.mark.parametrize(
    ("aggregate", "value", "known", "poorer"),
    [
        # As much is known, or more: late data may change anything.
        (Aggregate.TIME_IN, 20, WHOLE, False),
        (Aggregate.MEAN, 20, Known(39590, 0, 39600), False),
        # Less is known: only more can be right.
        (Aggregate.TIME_IN, 20, Known(30000, 0, 39600), True),
        (Aggregate.TIME_IN, 80, Known(30000, 9600, 39600), False),
        (Aggregate.MEAN, 80, Known(30000, 0, 30000), True),
        (Aggregate.MINIMUM, 80, Known(30000, 0, 30000), True),
        (Aggregate.MINIMUM, 60, Known(30000, 0, 30000), False),
        # A new database: much of the day, but not its beginning.
        (Aggregate.TIME_IN, 0, Known(45000, 39600, 84600), True),
        (Aggregate.FIRST_TIME, 600, Known(45000, 39600, 84600), True),
        (Aggregate.LAST, 3, Known(45000, 39600, 84600), False),
        # A backup of this afternoon.
        (Aggregate.LAST, 3, Known(30000, 0, 30000), True),
        (Aggregate.LAST_TIME, 3, Known(30000, 0, 30000), True),
    ],
)
def test_a_value_from_less_of_the_day_gives_way(
    aggregate: Aggregate, value: float, known: Known, *, poorer: bool
) -> None:
    memory = DayMemory(confirmed=70, known=WHOLE)
    assert is_poorer(aggregate, memory, value, known) is poorer
    # Nothing was sent yet, or nothing is known of what it came from.
    assert not is_poorer(aggregate, DayMemory(known=WHOLE), value, known)
    assert not is_poorer(aggregate, DayMemory(confirmed=70), value, known)


def test_a_text_from_less_of_the_day_gives_way() -> None:
    memory = DayMemory(confirmed="sunny", known=WHOLE)
    less = Known(30000, 0, 30000)
    assert is_poorer(Aggregate.FIRST, memory, "rainy", less)


@given(days=st.integers(1, 3650))
def test_pieces_of_a_back_fill_meet_without_gap_or_overlap(days: int) -> None:
    asked = date(2026, 5, 20)
    wish = BackFill(dt_util.utcnow(), days, replace=False)
    filled, piece = None, next_piece(wish, asked, None)
    seen = 0
    assert piece.last == asked
    while True:
        length = (piece.last - piece.first).days + 1
        assert 1 <= length <= PIECE_DAYS
        seen += length
        if piece.is_last:
            break
        filled = piece.first
        piece = next_piece(wish, asked, filled)
        assert piece.last == filled - timedelta(days=1)
    assert piece.first == asked - timedelta(days=days)
    assert seen == days + 1
