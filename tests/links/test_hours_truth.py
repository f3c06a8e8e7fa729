"""Past days by hourly statistics: what states tell, or almost, or nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from itertools import pairwise
import random
import sys

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.links.aggregate import (
    Aggregate,
    Hour,
    NotTold,
    Rule,
    Timeline,
    Told,
)
from custom_components.exist.links.aggregating import tell, tell_counted
from custom_components.exist.links.hourly import tell_hourly
from custom_components.exist.links.meter import count
from custom_components.exist.links.meter_falls import kind_of_meter
from custom_components.exist.links.numerals import number_of
from custom_components.exist.links.readings import History, Meter, Reading, ReadingKind
from custom_components.exist.links.shown import history_of_hours
from custom_components.exist.links.window import Window, whole_hours

from .home_truth import HOUR, recorded, troubles
from .meter_truth import Truth, hours_of, truth
from .test_meter_truth import KINDS as METERS
from .test_reading_truth import warm

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

KINDS = (*METERS, "net", "room")
OF_ROOMS = (Aggregate.MEAN, Aggregate.MINIMUM, Aggregate.MAXIMUM)
ALMOST = 0.02


def _net(seed: int, *, harsh: bool) -> Truth:
    """Return a meter of what is bought less what is sold, away as another one was."""
    rng = random.Random(f"net {seed}")
    home = truth(seed, "lifetime", harsh=harsh)
    shown, readings = rng.uniform(-20, 20), []
    for each in home.history.readings:
        if each.value is not None:
            shown = round(shown + rng.uniform(-1, 1), 3)
        readings.append(each if each.value is None else Reading(each.at, shown))
    home.history = History(tuple(readings), home.history.off, home.history.zones)
    home.meter = Meter(may_fall=True)
    return home


def _is_quiet(history: History, window: Window) -> bool:
    """Return whether no hour of the day holds a fall, and nothing was away."""
    if any(
        gap.end > window.start - HOUR and gap.start < window.end for gap in history.off
    ):
        return False
    inside = [
        each for each in history.readings if window.start - HOUR <= each.at < window.end
    ]
    return all(each.value is not None for each in inside) and not any(
        before.value > after.value
        for before, after in pairwise(inside)
        if before.value is not None and after.value is not None
    )


def _runs(off: Sequence[Window], begin: float, end: float) -> tuple[Window, ...]:
    """Return when Home Assistant was on."""
    starts = (begin - 24 * HOUR, *(each.end for each in off))
    ends = (*(each.start for each in off), end)
    return tuple(map(Window, starts, ends, strict=True))


def _gross(history: History, window: Window) -> float:
    shown = [
        each.value
        for each in history.readings
        if each.value is not None and window.start - HOUR <= each.at < window.end
    ]
    return sum(abs(after - before) for before, after in pairwise(shown))


def _of_meter(seed: int, kind: str, *, harsh: bool) -> tuple[Counter[str], list[str]]:
    home = _net(seed, harsh=harsh) if kind == "net" else truth(seed, kind, harsh=harsh)
    of = kind_of_meter(home.history, home.meter)
    begin, end = min(home.days).start, max(home.days).end
    hours = hours_of(home.history, home.meter, begin, end)
    by_states = count(home.history, home.meter, of)
    # The runs of long ago are no longer known.
    runs = _runs(home.history.off, begin, end) if seed % 2 else ()
    by_hours = count(history_of_hours(hours, home.history.zones, runs), home.meter, of)
    found: Counter[str] = Counter()
    far: list[str] = []
    # Of the first day, the hour in which the meter began is not known.
    for number, window in enumerate(list(home.days)[1:], 1):
        states = by_states.within(window)
        hourly = tell_counted(by_hours, None, window, end)
        if states is None or not whole_hours(window):
            continue
        found["days"] += 1
        quiet = _is_quiet(home.history, window)
        found["quiet"] += quiet
        right = home.days[window]
        # A net total may be near 0: of it, all that went either way is looked at.
        gross = _gross(home.history, window) if kind == "net" else abs(states)
        _compare(
            found,
            far,
            hourly,
            states,
            0.001 if quiet else ALMOST * gross + (right[1] if right else 0.0),
            f"{kind} {seed} {of} day {number} {quiet=}",
        )
        if quiet and isinstance(hourly, NotTold):
            found["not told though quiet"] += 1
    return found, far


def _compare(
    found: Counter[str],
    far: list[str],
    hourly: Told | NotTold,
    states: float,
    within: float,
    which: str,
) -> None:
    if isinstance(hourly, NotTold):
        found["not told"] += 1
        return
    assert not isinstance(hourly.value, str)
    if abs(hourly.value - states) > within:
        far.append(f"{which}: {hourly.value:.3f}, states {states:.3f}")
    found["unequal"] += abs(hourly.value - states) > 0.001


def _compiled(kept: Timeline, begin: float, end: float) -> list[Hour]:
    """Return the rows that the recorder compiles of a measurement."""
    hours: list[Hour] = []
    for start in range(int(begin), int(end), int(HOUR)):
        inside = [
            (min(span.end, start + HOUR) - max(span.start, start), number)
            for span in kept.spans
            if span.end > start and span.start < start + HOUR
            if (number := number_of(span.state)) is not None
        ]
        if inside:
            values = [number for _, number in inside]
            mean = sum(length * number for length, number in inside)
            mean /= sum(length for length, _ in inside)
            hours.append(Hour(start, mean, min(values), max(values)))
    return hours


def _of_room(seed: int, *, harsh: bool) -> tuple[Counter[str], list[str]]:
    rng = random.Random(f"room {seed}")
    trouble = troubles(rng, harsh=harsh)
    kept, _ = recorded(rng, warm(rng, trouble), trouble)
    hours = _compiled(kept, trouble.begin, trouble.end)
    found: Counter[str] = Counter()
    far: list[str] = []
    gaps = (*trouble.off, *trouble.away)
    for number, window in enumerate(trouble.windows):
        if not whole_hours(window):
            continue
        quiet = trouble.purged is None and not any(
            gap.end + HOUR > window.start and gap.start - HOUR < window.end
            for gap in gaps
        )
        for aggregate in OF_ROOMS:
            states = tell(Rule(aggregate), kept, window, trouble.end)
            if isinstance(states, NotTold):
                continue
            assert not isinstance(states.value, str)
            found["days"] += 1
            found["quiet"] += quiet
            within = 0.001 if quiet else ALMOST * states.value
            hourly = tell_hourly(Rule(aggregate), hours, window)
            which = f"room {seed} {aggregate} day {number} {quiet=}"
            _compare(found, far, hourly, states.value, within, which)
            if quiet and isinstance(hourly, NotTold):
                found["not told though quiet"] += 1
    return found, far


def _by_hours(seed: int, kind: str, *, harsh: bool) -> tuple[Counter[str], list[str]]:
    """Return what days there are, and which of them are told too far off."""
    if kind == "room":
        return _of_room(seed, harsh=harsh)
    return _of_meter(seed, kind, harsh=harsh)


@given(st.sampled_from(KINDS), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_where_nothing_fell_and_nothing_was_away_hours_tell_what_states_do(
    kind: str, seed: int
) -> None:
    found, far = _by_hours(seed, kind, harsh=False)
    assert not [each for each in far if "quiet=True" in each]
    assert not found["not told though quiet"]


def test_of_a_thousand_past_days_few_are_told_far_off_by_hours() -> None:
    far: list[str] = []
    found: Counter[str] = Counter()
    for kind in KINDS:
        for seed in range(15):
            counted, off = _by_hours(seed, kind, harsh=True)
            far += off
            found += counted
    rate = 1000 * len(far) / found["days"]
    unequal = 1000 * found["unequal"] / found["days"]
    sys.stdout.write(
        f"{rate:.1f} of a thousand past days more than 2 % off, {unequal:.1f} unequal "
        f"({found['days']}, {found['not told']} not told)\n"
    )
    assert rate < 1, far
    assert found["not told"] < 0.13 * found["days"]


def test_only_the_first_rise_after_a_gap_is_one_over_it() -> None:
    zone = UTC
    days = [float(day * 24 * HOUR) for day in range(4)]
    readings = (
        Reading(days[0] + 1, 5.0),
        Reading(days[3], 9.0),
        Reading(days[3] + HOUR, 10.0),
    )
    history = History(readings, (Window(days[0] + 2, days[3]),), (zone, zone))
    counted = count(history, Meter(), ReadingKind.RUNNING_TOTAL)
    assert counted.within(Window(days[3], days[3] + 24 * HOUR)) == 1


def test_what_a_meter_counts_within_the_hour_of_a_new_base_is_not_told() -> None:
    hours = [
        Hour(hour * HOUR, None, None, None, total, state)
        for hour, total, state in ((0, 1.0, 51.0), (1, 2.0, 52.0), (4, 9.0, 7.0))
    ]
    history = history_of_hours(hours, (UTC, UTC))
    counted = count(history, Meter(), ReadingKind.RUNNING_TOTAL)
    assert counted.within(Window(HOUR, 2 * HOUR)) == 1
    assert counted.within(Window(0, 24 * HOUR)) is None
