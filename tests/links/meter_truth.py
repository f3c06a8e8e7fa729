"""A home's truth: what was used, and what a meter showed of it while much went wrong."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
import random
from zoneinfo import ZoneInfo

from custom_components.exist.links.aggregate import Hour
from custom_components.exist.links.readings import History, Meter, Reading
from custom_components.exist.links.window import Part, Window, Zones, window_of

FIRST = date(2026, 10, 18)
DAYS = 10
HOUR = 3600.0


@dataclass
class Truth:
    """A meter's history, and what each of its days is, as far as it was seen."""

    history: History
    meter: Meter
    days: dict[Window, tuple[float, float] | None] = field(default_factory=dict)
    """What was used by the last sight of each day, and how much nobody can know."""


@dataclass
class _Use:
    moments: list[float]
    totals: list[float]

    def upto(self, moment: float) -> float:
        index = bisect_right(self.moments, moment)
        return self.totals[index - 1] if index else 0.0


def truth(seed: int, kind: str, *, harsh: bool = True) -> Truth:
    """Draw a home: `kind` is lifetime, daily, dawn, own_clock, weekly or replaced.

    In a home that is not harsh, absences and restarts last minutes.
    """
    rng = random.Random(f"{kind} {seed}")
    zone = ZoneInfo(rng.choice(("Europe/Vienna", "America/New_York", "Asia/Kathmandu")))
    zones = Zones(zone)
    windows = [
        window_of(Part(), zones, FIRST + timedelta(days=number))
        for number in range(DAYS)
    ]
    begin, end = windows[0].start, windows[-1].end
    use = _used(rng, begin, end)
    base = 0.0 if kind not in ("lifetime", "replaced") else rng.uniform(50, 9000)
    resets = _resets(rng, kind, zone, windows)
    off = _gaps(rng, begin, end, rng.choice((0, 1, 2)), harsh=harsh)
    away = _gaps(rng, begin, end, rng.choice((0, 1, 3)), harsh=harsh)
    if kind == "replaced":
        # A power cut: it is away, and begins at 0.
        cut = rng.uniform(begin + 30 * HOUR, end - 30 * HOUR)
        away = [each for each in away if each.end < cut or each.start > cut + HOUR]
        away.append(Window(cut, cut + rng.uniform(60, 3000)))
        away.sort()
        resets = [cut + 30]
    polls = _polls(rng, use, begin, end, resets, off, away)
    readings = _shown(rng, polls, use, resets, base, off, away)
    meter = Meter(may_fall=rng.random() < 0.5)
    told = Truth(History(tuple(readings), tuple(off), (zone, zone)), meter)
    for window in windows:
        told.days[window] = _seen(
            polls,
            use,
            resets,
            off,
            zone,
            window,
            lost_until_seen=kind in ("replaced", "weekly"),
        )
    return told


def _used(rng: random.Random, begin: float, end: float) -> _Use:
    moments: list[float] = []
    totals: list[float] = []
    total, moment = 0.0, begin
    steady = rng.uniform(200, 2000)
    while True:
        moment += rng.expovariate(1 / steady)
        hour = datetime.fromtimestamp(moment, UTC).hour
        if moment >= end:
            return _Use(moments, totals)
        if 0 <= hour < 6 and rng.random() < 0.8:
            continue
        total += round(rng.uniform(0.01, 1.0), 3)
        moments.append(moment)
        totals.append(total)


def _resets(
    rng: random.Random, kind: str, zone: ZoneInfo, windows: list[Window]
) -> list[float]:
    clock = {
        "daily": timedelta(seconds=rng.choice((0, 5))),
        "dawn": timedelta(hours=7, minutes=20),
        "own_clock": timedelta(hours=23, minutes=58, seconds=20),
        "weekly": timedelta(),
    }.get(kind)
    if clock is None:
        return []
    days = [FIRST + timedelta(days=number) for number in range(len(windows))]
    return [
        (datetime.combine(day, time(), zone) + clock).timestamp()
        for day in days
        if kind != "weekly" or not day.weekday()
    ]


def _gaps(
    rng: random.Random, begin: float, end: float, number: int, *, harsh: bool
) -> list[Window]:
    lengths = [
        rng.choice((20.0, 60.0, 400.0, HOUR, 5 * HOUR, 9 * HOUR)[: 6 if harsh else 3])
        for _ in range(number)
    ]
    if harsh and rng.random() < 0.15:
        lengths.append(rng.uniform(49, 60) * HOUR)
    found: list[Window] = []
    for length in lengths:
        start = rng.uniform(begin + 30 * HOUR, end - length)
        if all(
            start > each.end + 60 or start + length < each.start - 60 for each in found
        ):
            found.append(Window(start, start + length))
    return sorted(found)


def _inside(moment: float, windows: list[Window]) -> bool:
    return any(window.start <= moment < window.end for window in windows)


def _polls(
    rng: random.Random,
    use: _Use,
    begin: float,
    end: float,
    resets: list[float],
    off: list[Window],
    away: list[Window],
) -> list[float]:
    """Return when the meter was seen: as it counts, and as it comes back."""
    late = rng.choice((1.0, 30.0))
    seen = {begin + 1, *(moment + late for moment in use.moments)}
    seen |= {moment + 1 for moment in resets}
    seen |= {window.end + rng.uniform(1, 30) for window in (*off, *away)}
    return sorted(
        moment
        for moment in seen
        if begin < moment < end
        and not _inside(moment, off)
        and not _inside(moment, away)
    )


def _count_at(use: _Use, resets: list[float], base: float, moment: float) -> float:
    past = [each for each in resets if each <= moment]
    since = use.upto(past[-1]) if past else -base
    return round(use.upto(moment) - since, 3)


def _shown(
    rng: random.Random,
    polls: list[float],
    use: _Use,
    resets: list[float],
    base: float,
    off: list[Window],
    away: list[Window],
) -> list[Reading]:
    """Return what was recorded: with glitches, spikes and absences."""
    readings = {
        moment: Reading(moment, _count_at(use, resets, base, moment))
        for moment in polls
    }
    for window in away:
        if not _inside(window.start, off):
            readings[window.start] = Reading(window.start, None)
    for window in off:
        # What comes back may be away for a moment first.
        if rng.random() < 0.5 and not _inside(window.end, away):
            readings[window.end + 0.5] = Reading(window.end + 0.5, None)
    quiet = [
        (before, after)
        for before, after in pairwise(polls)
        if after - before > 120
        and not any(before - 901 < each < after + 901 for each in resets)
        and not any(
            each.start < after + 5 and each.end > before - 5 for each in (*off, *away)
        )
    ]
    for before, after in rng.sample(quiet, min(len(quiet), rng.choice((0, 1, 3)))):
        start = rng.uniform(before + 1, after - 100)
        true = _count_at(use, resets, base, start)
        wrong = rng.choice((0.0, 0.0, 4294967.3))
        readings[start] = Reading(start, wrong)
        ends = start + rng.choice((4.0, 60.0))
        readings[ends] = Reading(ends, true)
    return [readings[moment] for moment in sorted(readings)]


def _seen(
    polls: list[float],
    use: _Use,
    resets: list[float],
    off: list[Window],
    zone: ZoneInfo,
    window: Window,
    *,
    lost_until_seen: bool,
) -> tuple[float, float] | None:
    """Return what was seen of the window, and what nobody can know; None: nothing."""
    total = doubt = 0.0
    for before, after in pairwise(polls):
        if not window.start <= after < window.end:
            continue
        if any(_is_day_off(each, zone) for each in off if before < each.end <= after):
            resets_between = [each for each in resets if before < each <= after]
            if resets_between:
                counted = use.upto(after) - use.upto(resets_between[-1])
                total += counted
                # Of a day that began before, this is another day's as well.
                before_today = resets_between[-1] < window.start - 1
                doubt += counted if lost_until_seen or before_today else 0.0
            continue
        between = [each for each in resets if before < each <= after]
        total += use.upto(after) - use.upto(between[-1] if between else before)
        if between:
            doubt += use.upto(between[0]) - use.upto(before)
            if lost_until_seen:
                doubt += use.upto(after) - use.upto(between[-1])
    return total, doubt


def _is_day_off(window: Window, zone: ZoneInfo) -> bool:
    first = datetime.fromtimestamp(window.start, zone).date() + timedelta(days=1)
    ends = datetime.combine(first + timedelta(days=1), time(), zone).timestamp()
    return ends <= window.end


def hours_of(history: History, meter: Meter, begin: float, end: float) -> list[Hour]:
    """Return the hourly rows that Home Assistant's recorder would have compiled.

    As it starts it makes up for the hours in which it was off: what was shown before.
    """
    hours: list[Hour] = []
    total, mark, shown, index = 0.0, None, None, 0
    reset: float | None = None
    readings = history.readings
    for start in range(int(begin), int(end), int(HOUR)):
        seen = shown is not None
        while index < len(readings) and readings[index].at < start + HOUR:
            shown, said = readings[index].value, readings[index].last_reset
            if shown is not None:
                seen = True
                if mark is not None:
                    began = said != reset if meter.may_fall else shown < 0.9 * mark
                    total += shown if began else shown - mark
                mark, reset = shown, said
            index += 1
        if seen and mark is not None:
            hours.append(Hour(start, None, None, None, total, mark, reset))
    return hours
