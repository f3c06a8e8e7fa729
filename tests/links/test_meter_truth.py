"""What a meter counted is what was seen of the truth, or is not told."""

import sys

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.links.meter import count
from custom_components.exist.links.meter_falls import kind_of_meter
from custom_components.exist.links.shown import history_of_hours

from .meter_truth import Truth, hours_of, truth

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

KINDS = ("lifetime", "daily", "dawn", "own_clock", "weekly", "replaced")
HOMES = 40


def wrong_days(home: Truth) -> tuple[list[str], int]:
    """Return which days are told wrong, and how many are told."""
    kind = kind_of_meter(home.history, home.meter)
    counted = count(home.history, home.meter, kind)
    wrong, told = [], 0
    for number, (window, right) in enumerate(home.days.items()):
        value = counted.within(window)
        if value is None or right is None:
            continue
        told += 1
        if abs(value - right[0]) > right[1] + 1e-3:
            wrong.append(f"{kind} day {number}: {value:.3f}, not {right[0]:.3f}")
    return wrong, told


@given(st.sampled_from(KINDS), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_with_glitches_restarts_and_short_absences_each_day_is_right(
    kind: str, seed: int
) -> None:
    wrong, told = wrong_days(truth(seed, kind, harsh=False))
    assert not wrong
    assert told >= 9


def test_of_a_thousand_days_of_homes_where_much_goes_wrong_few_are_told_wrong() -> None:
    wrong: list[str] = []
    told = days = 0
    for kind in KINDS:
        for seed in range(HOMES):
            home = truth(seed, kind)
            found, number = wrong_days(home)
            wrong += [f"{kind} {seed} {each}" for each in found]
            told += number
            days += len(home.days)
    rate = 1000 * len(wrong) / days
    sys.stdout.write(f"{rate:.1f} of a thousand days wrong ({days}, {told} told)\n")
    assert rate < 4, wrong
    assert told > 0.9 * days


@pytest.mark.parametrize("kind", KINDS)
def test_hours_tell_what_states_tell_or_nothing(kind: str) -> None:
    far, told = [], 0
    for seed in range(HOMES // 2):
        home = truth(seed, kind, harsh=False)
        meter_kind = kind_of_meter(home.history, home.meter)
        begin, end = min(home.days).start, max(home.days).end
        hours = hours_of(home.history, home.meter, begin, end)
        by_states = count(home.history, home.meter, meter_kind)
        by_hours = count(
            history_of_hours(hours, home.history.zones), home.meter, meter_kind
        )
        # Of the first day, the hour in which the meter began is not known.
        for window in list(home.days)[1:]:
            states, hourly = by_states.within(window), by_hours.within(window)
            if window.start % 3600 or states is None or hourly is None:
                continue
            told += 1
            right = home.days[window]
            doubt = right[1] if right else 0.0
            if abs(hourly - states) > 0.02 * states + doubt:
                day = list(home.days).index(window)
                far.append(
                    f"{seed} {meter_kind} {day}: {hourly:.2f}, states {states:.2f}"
                )
    sys.stdout.write(f"{kind}: {len(far)} of {told} days far off by hours\n")
    assert not far
    assert told
