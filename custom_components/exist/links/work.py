"""Which days of a link are to be done: pure functions.

Done are all days from its first to `settled`; what follows is done at each evaluation.
Past days that a form asked for are done from the newest to the oldest, in pieces that
leave room for others.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ..api import BATCH_SIZE
from .link import BackFill
from .window import DAY

type IsDone = Callable[[date], bool]

# A year is one piece; more would make the outbox slow.
PIECE_DAYS = 11 * BATCH_SIZE
# What a back-fill leaves of an hour to everybody else.
REQUESTS_AT_MOST = 150
# A few days need a read and a write: they leave room only to what is new and to people.
FEW_AT_MOST = 275
# A wish that the memory does not know was fulfilled, or is too old to be meant.
WISHES_LAST = timedelta(days=7)


# What was told by a wrong kind of meter is told anew so far back.
ANEW_DAYS = 31
# Longer ago nothing is done by itself, and what was done is forgotten.
KEPT_DAYS = 400


def days_due(
    since: date,
    settled: date,
    last: date,
    *,
    writes: bool,
    anew: date | None = None,
) -> tuple[date, date] | None:
    """Return the first and last day to be told: what is not settled, and always two.

    A link that does not write tells only these two; `last` is the day under way.
    What is to be told `anew` begins at that day: past days were sent as well.
    """
    first = min(settled, last - 2 * DAY) + DAY if writes else last - DAY
    first = max(first, since, last - KEPT_DAYS * DAY)
    if first > last:
        return None
    if anew is not None and writes:
        first = min(first, max(anew, last - ANEW_DAYS * DAY))
    return first, last


def settled_until(settled: date, days: Iterable[date], is_done: IsDone) -> date:
    """Return up to which day all are done; `days` are told in any order."""
    for day in sorted(days):
        if day > settled:
            if not is_done(day):
                break
            settled = day
    return settled


class Piece(NamedTuple):
    """Days to be filled at once, both ends included; whether they are the last."""

    first: date
    last: date
    is_last: bool


def next_piece(wish: BackFill, asked: date, filled: date | None) -> Piece:
    """Return the newest days that are still to be filled.

    `asked` is the link's day when it was asked for, `filled` the oldest day done.
    """
    oldest = asked - wish.days * DAY
    last = asked if filled is None else filled - DAY
    first = max(oldest, last - (PIECE_DAYS - 1) * DAY)
    return Piece(first, last, first <= oldest)


def pieces_at_once(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return the first of the pieces that make about as many days as one may have."""
    days = 0
    for index, piece in enumerate(pieces, 1):
        days += (piece.last - piece.first).days + 1
        if days >= PIECE_DAYS:
            return pieces[:index]
    return pieces
