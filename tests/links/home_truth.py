"""What was lived in a home, and what its recorder kept of it while much went wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
import random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from custom_components.exist.links.aggregate import Timeline
from custom_components.exist.links.timeline import (
    SEEN_SECONDS,
    Row,
    Run,
    purged_before,
    running,
    timeline,
)
from custom_components.exist.links.window import Part, Window, Zones, window_of

FIRST = date(2026, 10, 18)
DAYS = 10
HOUR = 3600.0
AWAY = "unavailable"
# How long before a crash the last row of all may be.
UNKNOWN = 300.0


class Lived(NamedTuple):
    """What an entity truly was from `start` up to `end`."""

    start: float
    end: float
    state: str


@dataclass(slots=True)
class Troubles:
    """When Home Assistant was off, how each start went, and when a device was away."""

    begin: float
    end: float
    windows: list[Window]
    zone: str
    off: list[Window] = field(default_factory=list)
    killed: set[Window] = field(default_factory=set)
    away: list[Window] = field(default_factory=list)
    late: dict[Window, float] = field(default_factory=dict)
    """How long after a start the device is there again."""
    purged: float | None = None

    def hidden(self, moment: float) -> bool:
        """Return whether nobody saw anything then."""
        return any(
            each.start <= moment < each.end + self.late.get(each, 0.0)
            for each in (*self.off, *self.away)
        )


def troubles(rng: random.Random, *, harsh: bool = True) -> Troubles:
    """Draw the days, and what goes wrong in them."""
    name = rng.choice(("Europe/Vienna", "America/New_York", "Asia/Kathmandu"))
    zone = ZoneInfo(name)
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    windows = [window_of(Part(), Zones(zone), day) for day in days]
    found = Troubles(windows[0].start, windows[-1].end, windows, name)
    taken: list[Window] = []
    for gaps, most in ((found.off, 4), (found.away, 5)):
        for _ in range(rng.randrange(most)):
            longest = (20.0, 90.0, 400.0, 1500.0, 5 * HOUR, 9 * HOUR, 50 * HOUR)
            length = rng.choice(longest if harsh else longest[:3])
            start = rng.uniform(found.begin + 3 * HOUR, found.end - length - HOUR)
            gap = Window(start, start + length)
            if all(
                gap.start > each.end + 1000 or gap.end < each.start - 1000
                for each in taken
            ):
                gaps.append(gap)
                taken.append(gap)
        gaps.sort()
    for gap in found.off:
        found.late[gap] = rng.choice((0.5, 8.0, 60.0, 400.0))
        if rng.random() < 0.4:
            found.killed.add(gap)
    if harsh and rng.random() < 0.3:
        found.purged = rng.uniform(found.begin + 20 * HOUR, found.begin + 70 * HOUR)
    return found


def only_seen(
    lived: Sequence[Lived], trouble: Troubles, *, before_crash: float = 0.0
) -> list[Lived]:
    """Return what was lived where nothing can happen that Home Assistant does not see.

    Nor does anything happen for `before_crash` seconds before one.
    """
    seen: list[Lived] = []
    for each in lived:
        if seen and (
            trouble.hidden(each.start)
            or any(
                gap.start - before_crash <= each.start < gap.start
                for gap in trouble.killed
            )
        ):
            seen[-1] = seen[-1]._replace(end=each.end)
        else:
            seen.append(each)
    return seen


class Kept(NamedTuple):
    """What is in the database, and all that was seen of what was lived."""

    rows: list[Row]
    runs: list[Run]
    seen: list[Lived]


def recorded(
    rng: random.Random,
    lived: Sequence[Lived],
    trouble: Troubles,
    *,
    is_restored: bool = False,
    are_heard: bool = False,
    **more: Any,
) -> tuple[Timeline, list[Lived]]:
    """Return what links know of what was kept, and all that was seen.

    Reports that equal what is shown leave no row, but `are_heard`; the rest is as of
    `kept`.
    """
    rows, runs, seen = kept(rng, lived, trouble, is_restored=is_restored, **more)
    purged = purged_before(runs, rows[0].at if rows else None)
    moments = {row.at for row in rows}
    heard = [each.start for each in lived if are_heard and each.start not in moments]
    known = timeline(
        rows, running(runs, trouble.end), purged, heard, is_restored=is_restored
    )
    return known, seen


def kept(
    rng: random.Random,
    lived: Sequence[Lived],
    trouble: Troubles,
    *,
    is_restored: bool = False,
    starting: Sequence[str] = (AWAY, "unknown"),
    as_rows: Callable[[list[Row]], list[Row]] = list,
) -> Kept:
    """Return what the recorder kept, and all that was seen of what was lived.

    What `is_restored` shows after a crash what it was up to 15 minutes before it; at a
    start it is one of `starting` until it is there; `as_rows` adds what is told besides.
    """
    rows = [
        Row(each.start, each.state) for each in lived if not trouble.hidden(each.start)
    ]

    def state_at(moment: float) -> str:
        return next(each.state for each in lived if each.start <= moment < each.end)

    for gap in trouble.away:
        rows += [Row(gap.start, AWAY), Row(gap.end, state_at(gap.end))]
    for gap in trouble.off:
        back = gap.end + trouble.late[gap]
        if trouble.late[gap] > 1:
            rows.append(Row(gap.end + 0.2, rng.choice(starting)))
        shown = back
        if is_restored and gap in trouble.killed:
            shown = max(lived[0].start, gap.start - rng.uniform(0, 900))
        rows.append(Row(back, state_at(shown)))
    rows.sort(key=lambda row: row.at)
    # What the database does not have is what was before.
    rows = [
        row
        for index, row in enumerate(rows)
        if not index or rows[index - 1].state != row.state or _starts(row, trouble)
    ]
    rows = as_rows(rows)
    runs: list[Run] = []
    # Long enough before the first day that nothing is new in it.
    begun, hidden = trouble.begin - 24 * HOUR, []
    for gap in trouble.off:
        last = gap.start - SEEN_SECONDS
        if gap in trouble.killed:
            before = [row.at for row in rows if row.at < gap.start]
            last = max((*before[-1:], gap.start - rng.uniform(0, UNKNOWN)))
            runs.append(Run(begun, gap.end, closed_incorrect=True, last_row=last))
        else:
            runs.append(Run(begun, gap.start, closed_incorrect=False))
        hidden.append(Window(last + SEEN_SECONDS, gap.end + trouble.late[gap]))
        begun = gap.end
    runs.append(Run(begun, None, closed_incorrect=False))
    if trouble.purged is not None:
        rows = [row for row in rows if row.at >= trouble.purged]
        runs = [run for run in runs if run.end is None or run.end > trouble.purged]
        hidden.append(Window(trouble.begin, rows[0].at if rows else trouble.end))
    return Kept(rows, runs, list(_seen(lived, [*hidden, *trouble.away])))


def _starts(row: Row, trouble: Troubles) -> bool:
    """Return whether it is the first one after a start, which records all anew."""
    return any(gap.end <= row.at <= gap.end + trouble.late[gap] for gap in trouble.off)


def _seen(lived: Sequence[Lived], hidden: Sequence[Window]) -> list[Lived]:
    """Return what was lived without what was hidden."""
    seen = list(lived)
    for gap in hidden:
        seen = [
            piece
            for each in seen
            for piece in (
                each._replace(end=min(each.end, gap.start)),
                each._replace(start=max(each.start, gap.end)),
            )
            if piece.end > piece.start
        ]
    return sorted(set(seen))
