"""From the recorder's rows to spans: pure functions."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from .aggregate import Span, Timeline
from .window import Window


class Row(NamedTuple):
    """A recorded state, and since when; `carried` was there before the first row."""

    at: float
    state: str
    carried: bool = False


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
            end = run.start if run.last_row is None else run.last_row
        start = max(run.start, windows[-1].end) if windows else run.start
        if end > start:
            windows.append(Window(start, end))
    return tuple(windows)


def timeline(rows: Sequence[Row], runs: tuple[Window, ...]) -> Timeline:
    """Return an entity's spans: each state up to the next one or the run's end.

    What was there before a run is not known in it: every entity that is alive is
    recorded anew at each start.
    """
    moments = [row.at for row in rows]
    spans: list[Span] = []
    for run in runs:
        index = bisect_left(moments, run.start)
        for row, following in zip(
            rows[index:], [*moments[index + 1 :], float("inf")], strict=False
        ):
            if row.at >= run.end:
                break
            end = min(following, run.end)
            if end <= row.at or (row.carried and row.at == run.start):
                continue
            if spans and spans[-1].end == row.at and spans[-1].state == row.state:
                spans[-1] = Span(spans[-1].start, end, row.state)
            else:
                spans.append(Span(row.at, end, row.state))
    return Timeline(tuple(spans), runs)
