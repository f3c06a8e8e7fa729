"""Past days are cut into pieces that meet: a pure function."""

from datetime import date, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.links.link import BackFill
from custom_components.exist.links.work import PIECE_DAYS, next_piece
from homeassistant.util import dt as dt_util

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once


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
