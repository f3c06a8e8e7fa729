"""What hourly rows do not show of a meter is not told, and what they do is."""

from collections.abc import Mapping
from datetime import UTC
from itertools import pairwise

import pytest

from custom_components.exist.links.aggregate import Hour
from custom_components.exist.links.counted import Counted
from custom_components.exist.links.meter import count
from custom_components.exist.links.readings import History, Meter, Reading, ReadingKind
from custom_components.exist.links.shown import history_of_hours
from custom_components.exist.links.window import Window

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

HOUR = 3600.0
DAYS = 5
# The hour of the third day in which something happens.
STRANGE = 2 * 24 + 10


def _day(number: int) -> Window:
    return Window(number * 24 * HOUR, (number + 1) * 24 * HOUR)


def _counted(
    kind: ReadingKind,
    strange: Mapping[int, tuple[float, float]],
    usual: float = 1.0,
    *,
    daily: bool = False,
) -> Counted:
    """Count hours of one unit each; of strange ones the state and the rise of sum."""
    hours: list[Hour] = []
    total = 0.0
    for number in range(24 * DAYS):
        shown = usual * ((number % 24 if daily else number) + 1) + (
            0.0 if daily else 500.0
        )
        state, rise = strange.get(number, (shown, usual))
        total += rise
        hours.append(Hour(number * HOUR, None, None, None, total, state))
    return count(history_of_hours(hours, (UTC, UTC)), Meter(), kind)


@pytest.mark.parametrize("kind", [ReadingKind.RUNNING_TOTAL, ReadingKind.DAILY_TOTAL])
def test_a_spike_at_the_end_of_an_hour_is_left_out(kind: ReadingKind) -> None:
    spike = {STRANGE: (4294967.3, 4294400.0), STRANGE + 1: (560.0, 560.0)}
    counted = _counted(kind, spike)
    for day in range(1, DAYS):
        assert counted.within(_day(day)) == pytest.approx(24)


def test_where_nobody_knows_what_a_spike_was_its_day_is_not_told() -> None:
    # Of 10 it jumps, and is at 0 an hour later: back, or is that a new beginning?
    spike = {STRANGE: (4294967.3, 4294957.3), STRANGE + 1: (0.0, 0.0)}
    counted = _counted(ReadingKind.DAILY_TOTAL, spike, daily=True)
    assert counted.within(_day(1)) == pytest.approx(24)
    assert counted.within(_day(2)) is None
    assert counted.within(_day(3)) == pytest.approx(24)


def test_what_a_glitch_counted_in_the_hour_of_a_new_beginning_is_not_told() -> None:
    began = {
        **{STRANGE + later: (0.5 + later, 1.0) for later in range(24 * DAYS)},
        STRANGE: (0.5, 600.0),
    }
    counted = _counted(ReadingKind.RUNNING_TOTAL, began)
    assert counted.within(_day(2)) is None
    assert counted.within(_day(3)) == pytest.approx(24)
    began[STRANGE] = (0.5, 1.0)
    assert _counted(ReadingKind.RUNNING_TOTAL, began).within(_day(2)) == pytest.approx(
        24
    )


def test_an_hour_at_whose_end_a_total_may_have_read_0_is_not_told() -> None:
    low = {0: (2.0, 2.0), 1: (3.0, 1.0)}
    usual = {number: (float(number), 1.0) for number in range(2, 24 * DAYS)}
    # Of 10 it reads 0, an hour later 12: above a tenth more, and no hour's use.
    at_0 = {**low, **usual, 34: (10.0, 1.0), 35: (0.0, 0.5), 36: (12.0, 12.0)}
    at_0 |= {number: (number - 24.0, 1.0) for number in range(37, 24 * DAYS)}
    counted = _counted(ReadingKind.RUNNING_TOTAL, at_0)
    assert counted.within(_day(1)) is None
    assert counted.within(_day(2)) == pytest.approx(24)


@pytest.mark.parametrize(
    ("state", "by_sum", "told"),
    [(1.0, 1.0, 24.0), (1.0, 1.2, 24.2), (1.0, 1.9, None), (1.0, 2.5, 25.5)],
)
def test_what_may_be_counted_twice_in_the_first_hour_is_not_told(
    state: float, by_sum: float, told: float | None
) -> None:
    strange = {2 * 24: (state, by_sum)}
    counted = _counted(ReadingKind.DAILY_TOTAL, strange, daily=True)
    if told is None:
        assert counted.within(_day(2)) is None
    else:
        assert counted.within(_day(2)) == pytest.approx(told)


@pytest.mark.parametrize(
    ("kind", "least"), [(ReadingKind.RUNNING_TOTAL, 40), (ReadingKind.NET_TOTAL, 0.2)]
)
def test_a_rise_after_a_day_in_which_home_assistant_may_have_been_off_is_not_told(
    kind: ReadingKind, least: float
) -> None:
    begins, ends = 20, 20 + 31
    stood = dict.fromkeys(range(begins, ends), (520.0, 0.0))
    after = 520.0 + least
    stood |= {number: (after + number - ends, 1.0) for number in range(ends, 24 * DAYS)}
    counted = _counted(kind, stood)
    assert counted.within(_day(1)) == 0
    assert counted.within(_day(2)) is None
    assert counted.within(_day(3)) == pytest.approx(24)
    if kind is ReadingKind.RUNNING_TOTAL:
        # As much as any hour has is an hour's.
        stood[ends] = (520.0 + least, 1.0)
        for number in range(ends, 24 * DAYS):
            stood[number] = (521.0 + number - ends, 1.0)
        assert _counted(kind, stood).within(_day(2)) == pytest.approx(21)


def test_what_a_net_total_gives_over_midnight_and_takes_back_counts_on_both_days() -> (
    None
):
    midnight = 2 * 24 * HOUR
    shown = [
        Reading(midnight - 24 * HOUR, 50.0),
        Reading(midnight - 300, 52.0),
        Reading(midnight - 100, 51.0),
        Reading(midnight + 100, 52.5),
        Reading(midnight + 10 * HOUR, 53.0),
    ]

    def days(readings: list[Reading]) -> tuple[float | None, float | None]:
        history = History(tuple(readings), (), (UTC, UTC))
        counted = count(history, Meter(may_fall=True), ReadingKind.NET_TOTAL)
        return counted.within(_day(1)), counted.within(_day(2))

    assert all(before.at < after.at for before, after in pairwise(shown))
    assert days(shown) == pytest.approx((1, 2))
    # A moment's 0 is none of that.
    shown[2] = Reading(midnight - 100, 0.0)
    assert days(shown) == pytest.approx((2, 1))


@pytest.mark.parametrize(
    ("runs", "value"),
    [
        ((), None),
        ((Window(0, 5 * 24 * HOUR),), -2.0),
        # A restart is not a day.
        ((Window(0, 40 * HOUR), Window(40.1 * HOUR, 5 * 24 * HOUR)), -2.0),
        ((Window(0, 23 * HOUR), Window(3 * 24 * HOUR, 5 * 24 * HOUR)), None),
    ],
)
def test_a_net_total_that_stood_still_is_told_where_home_assistant_was_on(
    runs: tuple[Window, ...], value: float | None
) -> None:
    shown = [50.0 if hour < 3 * 24 + 10 else 48.0 for hour in range(24 * DAYS)]
    hours = [
        Hour(number * HOUR, None, None, None, each, each)
        for number, each in enumerate(shown)
    ]
    history = history_of_hours(hours, (UTC, UTC), runs)
    counted = count(history, Meter(may_fall=True), ReadingKind.NET_TOTAL)
    assert counted.within(_day(3)) == value
