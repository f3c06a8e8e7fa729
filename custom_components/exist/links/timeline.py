"""From the recorder's rows to spans: pure functions."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from heapq import merge
from itertools import chain
from math import inf
from typing import NamedTuple

from .aggregate import STARTING_SECONDS, Timeline
from .entering import ABSENT, Span
from .false_starts import without_false_starts
from .packed_records import Packed
from .window import Window

# What was recorded last before a crash was seen, if only for so long.
SEEN_SECONDS = 0.001
# While Home Assistant stops, what it lets go of is away already, for so long.
STOPPING_SECONDS = 30.0


class Row(NamedTuple):
    """A state, and since when; `carried` was there before the first row.

    `until` is when it was last seen, where nothing more is known; `reset` is when a
    meter says that it began anew. A row that only brought other state attributes, or
    none of its own, is not `reported`.
    """

    at: float
    state: str
    carried: bool = False
    unit: str | None = None
    until: float = inf
    reset: float | None = None
    reported: bool = True


def packed_rows(*some: Iterable[Row]) -> Packed[Row]:
    """Return rows, one sequence after another, without their weight."""
    return Packed(Row._make, chain.from_iterable(some))


class Run(NamedTuple):
    """One run of the recorder, as its row says; no end while it goes on."""

    start: float
    end: float | None
    closed_incorrect: bool
    last_row: float | None = None
    """The last state that was recorded in it, where its end cannot be believed."""


def running(runs: Sequence[Run], now: float) -> tuple[Window, ...]:
    """Return when the recorder really ran.

    The row of a run that was cut off ends at the next start: its last state is
    the last that is certain.
    """
    windows: list[Window] = []
    for index, run in enumerate(runs):
        end = now if run.end is None else run.end
        if run.closed_incorrect or (run.end is None and index + 1 < len(runs)):
            end = run.start if run.last_row is None else run.last_row + SEEN_SECONDS
        start = max(run.start, windows[-1].end) if windows else run.start
        if end > start:
            windows.append(Window(start, end))
    return tuple(windows)


def without_pauses(
    runs: Sequence[Run], pauses: Sequence[tuple[float, float | None]]
) -> list[Run]:
    """Return the runs without the stretches in which the recorder was told to stop."""
    left = list(runs)
    for start, end in pauses:
        cut: list[Run] = []
        for run in left:
            begins, ends = run.start, inf if run.end is None else run.end
            if end is None or end <= begins or start >= ends:
                cut.append(run)
                continue
            if start > begins:
                cut.append(Run(begins, start, closed_incorrect=False))
            if end < ends:
                cut.append(run._replace(start=end))
        left = cut
    return left


def purged_before(runs: Sequence[Run], first_row: float | None) -> float:
    """Return before which moment states were there and are deleted."""
    if first_row is None or not runs or first_row - runs[0].start < STARTING_SECONDS:
        return -inf
    return first_row


def with_seen(
    rows: Sequence[Row], seen: Sequence[Row], runs: Sequence[Run]
) -> Sequence[Row]:
    """Return recorded rows with what was seen in the present run.

    A state that lasts longer than the recorder remembers has no row any more.
    """
    if not seen or not runs or runs[-1].end is not None:
        return rows
    if rows and rows[0].carried:
        # The recorder knows what was there before; it is not for us to end it.
        seen = [row for row in seen if row.at > rows[0].at]
    begins = runs[-1].start
    lasting = [row for row in seen if row.at <= begins][-1:]
    later = [row for row in seen if row.at > begins]
    more = [
        row
        for row in (
            *(each._replace(at=begins, reported=False) for each in lasting),
            *later,
        )
        if row.until > row.at
    ]
    seen_at = {row.at for row in more}
    known = {row.at for row in rows if row.at in seen_at}
    more = [row for row in more if row.at not in known]
    if not more:
        return rows
    return packed_rows(merge(rows, more, key=lambda row: row.at))


def only_changed(rows: Sequence[Row]) -> list[Row]:
    """Return rows of which only those report that differ from the one before."""
    before = (None, *rows)
    return [
        row
        if last is None or (last.state, last.unit) != (row.state, row.unit)
        else row._replace(reported=False)
        for last, row in zip(before, rows, strict=False)
    ]


def timeline(
    rows: Sequence[Row],
    runs: tuple[Window, ...],
    purged: float = -inf,
    heard: Sequence[float] = (),
    *,
    is_restored: bool = False,
) -> Timeline:
    """Return an entity's spans: each state up to the next one or the run's end.

    What was there before a run is not known in it: every entity that is alive is
    recorded anew at each start. `heard` are moments of equal reports, without rows.
    With `is_restored` a start shows what was kept, which after a crash is an older
    state, and never a new one.
    """
    moments = [row.at for row in rows]
    spans = Packed(Span._make)
    last = Span(-inf, -inf, "")
    reports: list[float] = []
    let_go = False
    for run in runs:
        index = bisect_left(moments, run.start)
        was_away = last.state in ABSENT and not let_go
        is_kept = is_restored
        starting = (
            not was_away
            and index < len(rows)
            and not rows[index].carried
            and rows[index].at - run.start < STARTING_SECONDS
        )
        for row, following in zip(
            rows[index:], chain(moments[index + 1 :], (inf,)), strict=False
        ):
            if row.at >= run.end:
                break
            end = min(following, run.end, row.until)
            absent = row.state in ABSENT
            starting = starting and absent
            is_kept = is_kept and row.at - run.start < STARTING_SECONDS
            if row.reported and not row.carried and not absent:
                if not is_kept:
                    reports.append(row.at)
                is_kept = False
            if end <= row.at or (row.carried and row.at == run.start):
                continue
            span = Span(row.at, end, row.state, row.reset, starting)
            if last.end == row.at and last[2:] == span[2:]:
                span = last._replace(end=end)
                spans.pop()
            spans.append(span)
            last = span
        let_go = run is not runs[-1] and _is_let_go(last, run)
        if let_go:
            spans.pop()
            last = last._replace(starting=True)
            spans.append(last)
    known = without_false_starts(spans, runs)
    return Timeline(known, runs, purged, sorted((*reports, *heard)))


def _is_let_go(last: Span, run: Window) -> bool:
    """Return whether it was away only because Home Assistant was about to stop."""
    return (
        last.state in ABSENT
        and last.end == run.end
        and last.start >= run.end - STOPPING_SECONDS
    )
