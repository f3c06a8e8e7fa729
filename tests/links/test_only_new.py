"""Only new readings: what was held, or recorded anew after a start, is none."""

from dataclasses import replace

import pytest

from custom_components.exist.api import ValueType
from custom_components.exist.links.aggregate import (
    Aggregate,
    NotTold,
    Rule,
    Timeline,
    Told,
    Why,
)
from custom_components.exist.links.aggregating import tell
from custom_components.exist.links.timeline import Row, timeline
from custom_components.exist.links.window import Window
from custom_components.exist.values.templates import describe

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

HOUR = 3600.0
DAY = Window(24 * HOUR, 48 * HOUR)
NOW = 60 * HOUR
WHOLE = (Window(0, NOW),)
LAST = Rule(Aggregate.LAST, only_new=True)


def told(
    rows: list[Row], runs: tuple[Window, ...] = WHOLE, rule: Rule = LAST
) -> float | str | None:
    found = tell(rule, timeline(rows, runs), DAY, NOW)
    if isinstance(found, NotTold):
        assert found.why is Why.NOTHING
        return None
    return found.value


def test_what_is_held_is_no_reading_and_what_is_reported_equal_is_one() -> None:
    held = [Row(7 * HOUR, "80.2")]
    assert told(held) is None
    assert told([*held, Row(31 * HOUR, "80.2")]) == 80.2
    assert told([*held, Row(31 * HOUR, "79.9")]) == 79.9
    # Only its state attributes changed.
    assert told([*held, Row(31 * HOUR, "80.2", reported=False)]) is None


def test_equal_reports_that_leave_no_row_are_heard() -> None:
    line = timeline([Row(7 * HOUR, "80.2")], WHOLE, heard=(31 * HOUR,))
    found = tell(LAST, line, DAY, NOW)
    assert isinstance(found, Told)
    assert found.value == 80.2


@pytest.mark.parametrize("between", [[], [Row(30 * HOUR + 1, "unavailable")]])
def test_a_start_records_what_was_held_anew(between: list[Row]) -> None:
    runs = (Window(0, 29 * HOUR), Window(30 * HOUR, NOW))
    before = [Row(7 * HOUR, "80.2"), *between]
    assert told([*before, Row(30 * HOUR + 9, "80.2")], runs) is None
    # Somebody stood on the scale meanwhile.
    assert told([*before, Row(30 * HOUR + 9, "79.9")], runs) == 79.9
    anew = [*before, Row(30 * HOUR + 9, "80.2"), Row(32 * HOUR, "80.2")]
    assert told(anew, runs) == 80.2


def test_of_a_first_state_after_a_start_nobody_knows_when_it_was_reported() -> None:
    runs = (Window(30 * HOUR, NOW),)
    rule = replace(LAST)
    line = timeline([Row(30 * HOUR + 9, "80.2")], runs)
    found = tell(rule, line, DAY, NOW)
    assert found == NotTold(Why.NOTHING)


def test_what_comes_back_after_an_absence_was_held() -> None:
    away = [Row(7 * HOUR, "80.2"), Row(26 * HOUR, "unavailable")]
    assert told([*away, Row(31 * HOUR, "80.2")]) is None
    assert told([*away, Row(31 * HOUR, "79.9")]) == 79.9


def test_what_cannot_be_is_no_reading_and_what_follows_it_was_held() -> None:
    rule = replace(LAST, above=0)
    rows = [Row(7 * HOUR, "80.2"), Row(26 * HOUR, "0.0"), Row(27 * HOUR, "80.2")]
    assert told(rows, rule=rule) is None
    assert told([*rows, Row(28 * HOUR, "81")], rule=rule) == 81


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [("first", 3.0), ("last", 2.0), ("minimum", 2.0), ("maximum", 5.0)],
)
def test_of_several_readings_only_those_of_the_day_count(
    aggregate: str, expected: float
) -> None:
    rows = [Row(7 * HOUR, "1")]
    rows += [Row(30 * HOUR, "3"), Row(31 * HOUR, "5"), Row(32 * HOUR, "2")]
    rule = Rule(Aggregate(aggregate), only_new=True)
    assert told(rows, rule=rule) == expected


def test_a_state_that_is_held_counts_where_a_link_does_not_ask_for_new_ones() -> None:
    rule = Rule(Aggregate.LAST)
    line: Timeline = timeline([Row(7 * HOUR, "21.5")], WHOLE)
    found = tell(rule, line, DAY, NOW)
    assert isinstance(found, Told)
    assert found.value == 21.5


def test_no_sleep_at_all_is_what_a_watch_shows_before_it_knows() -> None:
    above = describe("sleep", ValueType.DURATION).above
    rule = replace(LAST, above=above)
    reset = [Row(7 * HOUR, "431"), Row(24 * HOUR + 5, "0")]
    assert told(reset, rule=rule) is None
    assert told([*reset, Row(31 * HOUR, "402")], rule=rule) == 402
    early = [Row(31 * HOUR, "402"), Row(47.9 * HOUR, "0")]
    assert told([*reset, *early], rule=rule) == 402
    # A day without light there may be.
    assert describe("day_length", ValueType.DURATION).above is None


def test_a_zero_that_makes_room_for_the_next_day_is_not_the_days_last_reading() -> None:
    drunk = [Row(31 * HOUR, "300"), Row(44 * HOUR, "1500")]
    put_back = Row(48 * HOUR - 60, "0")
    assert told([*drunk, put_back]) == 1500
    # Others are meant: one that stands alone, in the evening, or is no 0.
    assert told([Row(7 * HOUR, "1500"), put_back]) == 0
    assert told([*drunk, Row(45 * HOUR, "0")]) == 0
    assert told([*drunk, Row(48 * HOUR - 60, "1700")]) == 1700
