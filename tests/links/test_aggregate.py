"""Each aggregate against a walk through the day, second by second."""

from datetime import date, datetime, time, timedelta
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.links.aggregate import (
    ABOUT_STATES,
    NUMERIC,
    Aggregate,
    Hour,
    NotTold,
    Rule,
    Timeline,
    Told,
    Why,
)
from custom_components.exist.links.aggregating import tell, tell_counted
from custom_components.exist.links.entering import Span
from custom_components.exist.links.hourly import tell_hourly
from custom_components.exist.links.meter import count
from custom_components.exist.links.readings import Meter, ReadingKind
from custom_components.exist.links.shown import history_of_hours, history_of_states
from custom_components.exist.links.timeline import Row, Run, running, timeline
from custom_components.exist.links.window import (
    Part,
    PartKind,
    Window,
    Zones,
    day_at,
    window_of,
)

from .link_oracle import NOT_TOLD, History, local_second, oracle

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

# Each with a day on which its clocks change, where they do.
ZONES = {
    "Europe/Vienna": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Australia/Adelaide": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Kathmandu": (date(2026, 5, 1),),
    "America/St_Johns": (date(2026, 3, 8), date(2026, 11, 1)),
    "Pacific/Kiritimati": (date(2026, 5, 1),),
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 24)),
    "America/Santiago": (date(2026, 4, 4), date(2026, 9, 6)),
    "UTC": (date(2026, 5, 1),),
}
PARTS = [
    Part(),
    Part(PartKind.DAY_FROM, time(4)),
    Part(PartKind.FROM_TO, time(21, 30), time(7)),
    Part(PartKind.FROM_TO, time(1, 15), time(3, 45)),
]
STATES = ("on", "off", "unavailable", "unknown")


def expected_window(zone: ZoneInfo, part: Part, day: date) -> tuple[int, int]:
    def at(which: date, clock: time) -> int:
        return local_second(
            zone, which.year, which.month, which.day, clock.hour, clock.minute
        )

    after, before = day + timedelta(days=1), day - timedelta(days=1)
    if part.kind is PartKind.WHOLE_DAY:
        return at(day, time()), at(after, time())
    if part.kind is PartKind.DAY_FROM:
        return at(day, part.start), at(after, part.start)
    begins = day if part.start < part.end else before
    return at(begins, part.start), at(day, part.end)


@pytest.mark.parametrize("zone", ZONES)
def test_windows_are_those_of_the_wall_clock(zone: str) -> None:
    tz = ZoneInfo(zone)
    for change in ZONES[zone]:
        for day in (change - timedelta(days=1), change, change + timedelta(days=1)):
            for part in PARTS[:3]:
                window = window_of(part, Zones(tz), day)
                assert (window.start, window.end) == expected_window(tz, part, day)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Vienna", date(2026, 3, 29), 23),
        ("Europe/Vienna", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Asia/Kathmandu", date(2026, 4, 5), 24),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(
    zone: str, day: date, hours: float
) -> None:
    window = window_of(Part(), Zones(ZoneInfo(zone)), day)
    assert window.seconds == hours * 3600


def test_a_new_zone_ends_the_day_of_change_and_holds_from_the_next() -> None:
    vienna, york = ZoneInfo("Europe/Vienna"), ZoneInfo("America/New_York")
    zones = Zones(vienna, ((date(2026, 5, 11), york),))
    change = window_of(Part(), zones, date(2026, 5, 10))
    assert change.start == datetime(2026, 5, 10, tzinfo=vienna).timestamp()
    assert change.end == datetime(2026, 5, 11, tzinfo=york).timestamp()
    assert change.seconds == 30 * 3600
    following = window_of(Part(), zones, date(2026, 5, 11))
    assert following.start == change.end
    assert following.seconds == 24 * 3600


def test_the_day_under_way_is_that_of_the_window() -> None:
    zones = Zones(ZoneInfo("UTC"))
    night = Part(PartKind.FROM_TO, time(21), time(7))
    today = date(2026, 5, 10)
    late = datetime(2026, 5, 10, 22, tzinfo=ZoneInfo("UTC")).timestamp()
    # The night that began this evening is tomorrow's, and tomorrow is not yet.
    assert day_at(night, zones, today, late) == today
    early = datetime(2026, 5, 10, 3, tzinfo=ZoneInfo("UTC")).timestamp()
    assert day_at(Part(PartKind.DAY_FROM, time(4)), zones, today, early) == date(
        2026, 5, 9
    )


@st.composite
def _history(draw: st.DrawFn, start: int, end: int, *, numbers: bool) -> History:
    """Draw rows and runs around a window; at each start all is recorded anew."""
    borders = draw(
        st.lists(st.integers(start - 5000, end + 100), max_size=6, unique=True)
    )
    borders.sort()
    runs = list(zip(borders[::2], borders[1::2], strict=False))
    if len(runs) < 2:
        runs = [(start - 5000, end + 5000)]
    state = (
        st.sampled_from(
            ("0", "1", "2.5", "10", "100", "99", "3", "unavailable", "unknown", "x")
        )
        if numbers
        else st.sampled_from(STATES)
    )
    rows: dict[int, str] = {}
    for first, last in runs:
        if last - first < 10:
            continue
        rows[first + draw(st.integers(0, 5))] = draw(state)
        for second in draw(st.lists(st.integers(first, last - 1), max_size=12)):
            rows[second] = draw(state)
    return History(
        sorted(
            (second, state if state != "x" else "unavailable")
            for second, state in rows.items()
        ),
        runs,
    )


@st.composite
def _case(draw: st.DrawFn, *, numbers: bool) -> tuple[History, Window, int]:
    zone = draw(st.sampled_from(sorted(ZONES)))
    day = draw(st.sampled_from(ZONES[zone])) + timedelta(days=draw(st.integers(-1, 1)))
    window = window_of(draw(st.sampled_from(PARTS)), Zones(ZoneInfo(zone)), day)
    start, end = int(window.start), int(window.end)
    # The walk takes a while; the ends of the day are what matters.
    cut = min(end, start + draw(st.sampled_from((900, 3600, 8000))))
    window = Window(start, cut)
    now = draw(st.one_of(st.just(cut + 50), st.integers(start - 10, cut)))
    return draw(_history(start, cut, numbers=numbers)), window, now


def _timeline(history: History) -> Timeline:
    return timeline(
        [Row(second, state) for second, state in history.rows],
        tuple(Window(*run) for run in history.runs),
    )


def _same(found: Told | NotTold, expected: float | str) -> bool:
    if isinstance(found, NotTold):
        return expected == NOT_TOLD
    if isinstance(expected, str) or isinstance(found.value, str):
        return found.value == expected
    return math.isclose(found.value, expected, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("aggregate", sorted(NUMERIC - {Aggregate.SUM}))
@given(case=_case(numbers=True))
@settings(max_examples=40, deadline=None)
def test_numbers_are_what_a_walk_through_the_day_finds(
    aggregate: Aggregate, case: tuple[History, Window, int]
) -> None:
    history, window, now = case
    until = min(int(window.end), now)
    found = tell(Rule(aggregate), _timeline(history), window, now)
    expected = oracle(aggregate.value, history, int(window.start), until)
    assert _same(found, expected), (found, expected)


@pytest.mark.parametrize("aggregate", sorted(ABOUT_STATES))
@given(case=_case(numbers=False), absent_is_gap=st.booleans())
@settings(max_examples=40, deadline=None)
def test_states_are_what_a_walk_through_the_day_finds(
    aggregate: Aggregate, case: tuple[History, Window, int], absent_is_gap: bool
) -> None:
    history, window, now = case
    until = min(int(window.end), now)
    rule = Rule(aggregate, frozenset({"on"}), absent_is_gap)
    found = tell(rule, _timeline(history), window, now)
    expected = oracle(
        aggregate.value,
        history,
        int(window.start),
        until,
        states=("on",),
        absent_is_gap=absent_is_gap,
    )
    assert _same(found, expected), (found, expected)


DAY = Window(0, 86400)


def _all_day(*spans: tuple[float, float, str]) -> Timeline:
    return Timeline(tuple(Span(*span) for span in spans), (Window(-86400, 172800),))


def test_a_day_that_the_recorder_hardly_saw_is_not_told_rather_than_zero() -> None:
    seen = Timeline((Span(0, 40000, "off"),), (Window(0, 40000),))
    rule = Rule(Aggregate.TIME_IN, frozenset({"on"}))
    assert tell(rule, seen, DAY, 90000) == NotTold(Why.NOT_RECORDED)
    seen = Timeline((Span(0, 43200, "off"),), (Window(0, 43200),))
    assert tell(rule, seen, DAY, 90000) == Told(0)


def test_presses_of_a_button_are_counted_and_restarts_are_not() -> None:
    rule = Rule(Aggregate.TIMES)
    pressed = _all_day(
        (-50, 100, "unknown"),
        (100, 200, "2026-05-01T00:01:40+00:00"),
        (200, 300, "unavailable"),
        (300, 400, "2026-05-01T00:01:40+00:00"),
        (400, 86400, "2026-05-01T00:06:40+00:00"),
    )
    assert tell(rule, pressed, DAY, 90000) == Told(2)


def test_a_run_that_was_cut_off_ends_with_its_last_row() -> None:
    runs = [
        Run(0, 5000, closed_incorrect=True, last_row=1000),
        Run(5000, 6000, closed_incorrect=False),
        Run(7000, None, closed_incorrect=False),
    ]
    assert running(runs, 9000) == (
        Window(0, 1000.001),
        Window(5000, 6000),
        Window(7000, 9000),
    )
    assert running([Run(0, 50, closed_incorrect=True)], 9000) == ()


def test_what_was_there_before_a_run_is_not_known_in_it() -> None:
    rows = [Row(10, "on"), Row(560, "off")]
    runs = (Window(0, 100), Window(500, 1000))
    told = timeline(rows, runs).spans
    assert [*told] == [Span(10, 100, "on"), Span(560, 1000, "off")]


@given(
    st.lists(
        st.tuples(st.integers(0, 86399), st.integers(0, 40)), min_size=1, max_size=60
    )
)
@settings(max_examples=60, deadline=None)
def test_hourly_statistics_say_the_same_on_days_without_gaps(
    changes: list[tuple[int, int]],
) -> None:
    rows = sorted({-4000: 0, **dict(changes)}.items())
    ends = [second for second, _ in rows[1:]] + [90000]
    spans = [
        Span(second, end, str(value))
        for (second, value), end in zip(rows, ends, strict=True)
    ]
    line = Timeline(tuple(spans), (Window(-4000, 90000),))
    found = []
    for start in range(-3600, 86400, 3600):
        window = Window(start, start + 3600)

        def value(aggregate: Aggregate, window: Window = window) -> float:
            told = tell(Rule(aggregate), line, window, 90000)
            assert isinstance(told, Told)
            return float(told.value)

        found.append(
            Hour(
                start,
                value(Aggregate.MEAN),
                value(Aggregate.MINIMUM),
                value(Aggregate.MAXIMUM),
                None,
            )
        )
    for aggregate in (Aggregate.MEAN, Aggregate.MINIMUM, Aggregate.MAXIMUM):
        told = tell(Rule(aggregate), line, DAY, 90000)
        hourly = tell_hourly(Rule(aggregate), found, DAY)
        assert isinstance(told, Told)
        assert isinstance(hourly, Told)
        assert told.value == pytest.approx(hourly.value)


@given(st.lists(st.integers(0, 500), min_size=30, max_size=60))
@settings(max_examples=60, deadline=None)
def test_hourly_sums_say_the_same_as_the_meter(increments: list[int]) -> None:
    step = 90000 // len(increments)
    spans, hours, reading = [], [], 0
    for index, more in enumerate(increments):
        start = -3600 + index * step
        reading += more
        spans.append(Span(start, start + step, str(reading)))
    for start in range(-3600, 86400, 3600):
        last = [span for span in spans if span.start < start + 3600][-1]
        total = float(last.state)
        hours.append(Hour(start, None, None, None, total, total))
    line = Timeline(tuple(spans), (Window(-3600, 90000),))
    zones = (ZoneInfo("UTC"),)
    by_states, by_hours = (
        tell_counted(
            count(history, Meter(), ReadingKind.RUNNING_TOTAL), None, DAY, 86400
        )
        for history in (history_of_states(line, zones), history_of_hours(hours, zones))
    )
    assert isinstance(by_states, Told)
    assert by_hours == by_states


def test_few_hours_of_statistics_do_not_make_a_day() -> None:
    hours = [Hour(hour * 3600, 20, 19, 21, None) for hour in range(11)]
    for aggregate in (Aggregate.MEAN, Aggregate.MINIMUM, Aggregate.MAXIMUM):
        assert tell_hourly(Rule(aggregate), hours, DAY) == NotTold(Why.NOT_RECORDED)


def test_an_hour_with_an_impossible_reading_tells_nothing() -> None:
    hours = [Hour(hour * 3600, 60, 50, 70) for hour in range(24)]
    hours[3] = Hour(3 * 3600, 30, 0, 70)
    told = tell_hourly(Rule(Aggregate.MINIMUM, above=0), hours, DAY)
    assert isinstance(told, Told)
    assert told.value == 50
    told = tell_hourly(Rule(Aggregate.MEAN, above=0), hours, DAY)
    assert isinstance(told, Told)
    assert told.value == 60
