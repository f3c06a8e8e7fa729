"""Rows of one statistic, one for each day: what must be rewritten, and by how much.

The recorder takes 0 before the first row, so a sum's first row holds its own value, and
each later one the sum of all days up to it. A day that was emptied keeps its row: its
value is None, and its sum that of the day before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
import math
from typing import NamedTuple

# Sums of many days are not exact to the last bit.
TOLERANCE = 1e-6


class DayRow(NamedTuple):
    """One day; `total` only where days add up."""

    day: date
    value: float | None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Rows to write, and by how much the sums of all later rows rise."""

    rows: tuple[DayRow, ...]
    shift: float = 0.0


def is_same(one: float | None, other: float | None) -> bool:
    """Return whether two figures are equal, as far as a database keeps them."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def differing(
    stored: Mapping[date, float | None], told: Mapping[date, float | None]
) -> dict[date, float | None]:
    """Return the days that have another value than is stored; none is emptied."""
    return {
        day: value
        for day, value in told.items()
        if value is not None and not is_same(stored.get(day), value)
    }


def missing(
    stored: Mapping[date, float | None],
    told: Mapping[date, float | None],
    days: Iterable[date],
) -> frozenset[date]:
    """Return which of these days are stored, but have no value any more."""
    return frozenset(
        day for day in days if stored.get(day) is not None and told.get(day) is None
    )


def rewrite(
    stored: Sequence[DayRow], changed: Mapping[date, float | None], *, adds_up: bool
) -> Rewrite:
    """Return what must be written so that these days have other values.

    `stored` are all rows up to the last changed day, oldest first; what is older than
    they are may be one row that holds the sum up to there.
    """
    if not adds_up:
        return Rewrite(tuple(DayRow(day, changed[day]) for day in sorted(changed)))
    first, last = min(changed), max(changed)
    earlier = [row for row in stored if row.day < first]
    total = before = (earlier[-1].total or 0.0) if earlier else 0.0
    within = {row.day: row for row in stored if first <= row.day <= last}
    values = {day: row.value for day, row in within.items()} | dict(changed)
    rows = []
    for day in sorted(values):
        total += values[day] or 0.0
        rows.append(DayRow(day, values[day], total))
    old = within[max(within)].total or 0.0 if within else before
    return Rewrite(tuple(rows), 0.0 if is_same(total, old) else total - old)


def seams(rows: Iterable[DayRow]) -> list[tuple[date, float]]:
    """Return from which days on a sum must rise, and by how much.

    That is where it is not the sum of the row before and the day's own value: a crash
    came between writing older days and raising the later ones.
    """
    found: list[tuple[date, float]] = []
    before = raised = 0.0
    for row in rows:
        total = (row.total or 0.0) + raised
        gap = before + (row.value or 0.0) - total
        if abs(gap) > TOLERANCE * max(1.0, abs(total)):
            found.append((row.day, gap))
            raised += gap
            total += gap
        before = total
    return found
