"""States over gaps: what is bridged, what happened, and what cannot be told."""

import pytest

from custom_components.exist.links.aggregate import Aggregate, Rule, Told, Why
from custom_components.exist.links.aggregating import tell
from custom_components.exist.links.entering import (
    HELPER_PUT_BACK_SECONDS,
    Span,
    was_in,
    without_emptied,
)
from custom_components.exist.links.timeline import Row, timeline
from custom_components.exist.links.window import Window

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

MINUTE = 60.0
HOUR = 3600.0
DAY = Window(24 * HOUR, 48 * HOUR)
NOW = 60 * HOUR
ON = frozenset({"on"})
# Home Assistant was off for so long, from the thirtieth hour on.
SHORT, LONG = 5 * MINUTE, HOUR


def told(
    aggregate: str,
    rows: list[Row],
    off: float = 0.0,
    *,
    day: Window = DAY,
    absent_is_gap: bool = True,
) -> float | str | Why:
    """Return the value of the day, or why there is none."""
    runs: tuple[Window, ...] = (Window(0, NOW),)
    if off:
        runs = (Window(0, 30 * HOUR), Window(30 * HOUR + off, NOW))
    rule = Rule(Aggregate(aggregate), ON, absent_is_gap)
    found = tell(rule, timeline(rows, runs), day, NOW)
    return found.value if isinstance(found, Told) else found.why


def across(before: str, after: str, off: float) -> list[Row]:
    """Return the states around the gap."""
    return [Row(2 * HOUR, before), Row(30 * HOUR + off + 5, after)]


@pytest.mark.parametrize("off", [SHORT, LONG])
def test_equal_sides_of_a_gap_mean_that_nothing_happened(off: float) -> None:
    rows = [*across("on", "on", off), Row(34 * HOUR, "off")]
    assert told("times", rows, off) == 0
    assert told("ever", rows, off) == 1
    left_out = 0 if off == SHORT else off + 5
    assert told("time_in", rows, off) == 10 * HOUR - left_out


def test_after_a_short_gap_a_new_state_is_entered_when_it_is_seen() -> None:
    rows = [*across("off", "on", SHORT), Row(34 * HOUR, "off")]
    assert told("times", rows, SHORT) == 1
    assert told("first_time", rows, SHORT) == 30 * HOUR + SHORT + 5
    assert told("time_in", rows, SHORT) == 4 * HOUR - SHORT - 5


@pytest.mark.parametrize(
    ("late", "is_of_the_day"),
    [(0.05, 0), (4.5, 0), (60.0, 1), (900.0, 1)],
)
def test_what_is_put_back_at_midnight_was_not_of_the_new_day(
    late: float, is_of_the_day: int
) -> None:
    taken = [Row(2 * HOUR, "off"), Row(9 * HOUR, "on"), Row(24 * HOUR + late, "off")]
    assert told("ever", taken, 0) == is_of_the_day
    # Taken again, however early.
    again = [
        *taken,
        Row(24 * HOUR + late + 20, "on"),
        Row(24 * HOUR + late + 40, "off"),
    ]
    assert told("ever", again, 0) == 1
    # The rest of the day is not known: nor is what was in it.
    away = [*taken[:2], Row(24 * HOUR + late, "unavailable")]
    if not is_of_the_day:
        assert told("ever", away, 0) is Why.GAPS


def test_what_a_person_switches_may_be_put_back_minutes_later() -> None:
    spans = [Span(9 * HOUR, 24 * HOUR + 60, "on"), Span(24 * HOUR + 60, DAY.end, "off")]
    assert was_in(ON, spans, DAY)
    assert not was_in(ON, spans, DAY, HELPER_PUT_BACK_SECONDS)
    late = [spans[0]._replace(end=24 * HOUR + HELPER_PUT_BACK_SECONDS + 1)]
    assert was_in(ON, late, DAY, HELPER_PUT_BACK_SECONDS)


def test_a_clock_that_is_early_ends_the_day_with_a_zero() -> None:
    full = [Span(30 * HOUR, 40 * HOUR, "8000")]
    empty = Span(DAY.end - 100, DAY.end - 30, "0")
    few, many = (Span(DAY.end - 30, DAY.end, each) for each in ("14", "900"))
    assert without_emptied([*full, empty], DAY) == full
    assert without_emptied([*full, empty, few], DAY) == full
    # That was meant.
    assert without_emptied([*full, empty, many], DAY) == [*full, empty, many]
    assert without_emptied([empty, few], DAY) == [empty, few]


def test_what_a_long_gap_hides_is_not_told() -> None:
    rows = [*across("off", "on", LONG), Row(34 * HOUR, "off")]
    for aggregate in ("times", "first_time", "last_time"):
        assert told(aggregate, rows, LONG) is Why.UNSURE
    assert told("ever", rows, LONG) == 1
    assert told("time_in", rows, LONG) == 3 * HOUR - 5
    # It was left, not entered: nothing depends on when.
    assert told("times", across("on", "off", LONG), LONG) == 0


def test_the_time_before_something_was_first_recorded_hides_what_happened() -> None:
    rows = [Row(32 * HOUR, "off"), Row(40 * HOUR, "on"), Row(41 * HOUR, "off")]
    assert told("first_time", rows) is Why.UNSURE
    assert told("times", rows) is Why.UNSURE
    assert told("last_time", rows) == 40 * HOUR
    assert told("ever", rows) == 1
    # A few minutes hide nothing.
    rows[0] = Row(24 * HOUR + SHORT, "off")
    assert told("first_time", rows) == 40 * HOUR
    assert told("times", rows) == 1


def test_what_does_not_depend_on_the_gap_is_told() -> None:
    early = [Row(2 * HOUR, "off"), Row(26 * HOUR, "on"), Row(27 * HOUR, "off")]
    rows = [*early, Row(31 * HOUR + 5, "on"), Row(34 * HOUR, "off")]
    assert told("first_time", rows, LONG) == 26 * HOUR
    assert told("last_time", rows, LONG) is Why.UNSURE
    rows += [Row(40 * HOUR, "on")]
    assert told("last_time", rows, LONG) == 40 * HOUR
    assert told("times", rows, LONG) is Why.UNSURE


def test_a_long_gap_over_midnight_hides_both_days() -> None:
    rows = [Row(2 * HOUR, "off"), Row(23 * HOUR, "unavailable")]
    rows += [Row(26 * HOUR, "on"), Row(27 * HOUR, "off")]
    assert told("times", rows) is Why.UNSURE
    assert told("times", rows, day=Window(0, 24 * HOUR)) is Why.UNSURE
    assert told("times", [*rows[:2], Row(26 * HOUR, "off")]) == 0


def test_a_television_that_is_away_is_off() -> None:
    rows = [Row(2 * HOUR, "on"), Row(26 * HOUR, "unavailable"), Row(28 * HOUR, "on")]
    rows += [Row(29 * HOUR, "off")]
    assert told("times", rows, absent_is_gap=False) == 1
    assert told("time_in", rows, absent_is_gap=False) == 3 * HOUR


def test_an_absence_that_begins_with_a_start_is_a_gap_even_of_a_television() -> None:
    starts = Row(30 * HOUR + 25, "unavailable")
    rows = [Row(2 * HOUR, "on"), starts, Row(30 * HOUR + 50, "on")]
    rows += [Row(31 * HOUR, "off")]
    assert told("times", rows, 20, absent_is_gap=False) == 0
    assert told("time_in", rows, 20, absent_is_gap=False) == 7 * HOUR
    # It was away before already, which means off.
    rows = [Row(2 * HOUR, "on"), Row(29 * HOUR, "unavailable"), starts]
    rows += [Row(33 * HOUR, "on"), Row(34 * HOUR, "off")]
    assert told("times", rows, 20, absent_is_gap=False) == 1
