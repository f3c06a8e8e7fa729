"""What is measured now and then, or all the time, is what was seen, or is not told."""

from collections import Counter
from collections.abc import Sequence
import random
import sys

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.links.aggregate import Aggregate, NotTold, Rule
from custom_components.exist.links.aggregating import tell
from custom_components.exist.links.window import Window

from .home_truth import DAYS, HOUR, Lived, Troubles, recorded, troubles
from .truth_judges import is_one_of, right_of_numbers

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

KINDS = ("scale", "room")
RULES = {
    "scale": (
        Aggregate.LAST,
        Aggregate.FIRST,
        Aggregate.MINIMUM,
        Aggregate.MAXIMUM,
    ),
    "room": (
        Aggregate.MEAN,
        Aggregate.LAST,
        Aggregate.FIRST,
        Aggregate.MINIMUM,
        Aggregate.MAXIMUM,
    ),
}
HOMES = 40


def _measure(rng: random.Random, trouble: Troubles) -> list[Lived]:
    """Return what a scale shows: held between one weighing and the next."""
    moments = [trouble.begin - 5 * HOUR]
    for day in trouble.windows:
        moments += [
            rng.uniform(day.start + 5 * HOUR, day.start + 23 * HOUR)
            for _ in range(rng.choice((0, 1, 1, 1, 3)))
        ]
    moments.sort()
    # An equal weight leaves no row, so each is another one.
    weights = rng.sample(
        [f"{each / 100:.2f}" for each in range(7800, 8400)], len(moments)
    )
    return [
        Lived(start, end, weight)
        for start, end, weight in zip(
            moments, [*moments[1:], trouble.end], weights, strict=True
        )
    ]


def warm(rng: random.Random, trouble: Troubles) -> list[Lived]:
    """Return what a room has all the time."""
    lived: list[Lived] = []
    moment, degrees = trouble.begin - 5, 20.0
    while moment < trouble.end:
        length = rng.uniform(300, 7200)
        degrees = min(26.0, max(15.0, degrees + rng.uniform(-1, 1)))
        lived.append(Lived(moment, moment + length, f"{degrees:.2f}"))
        moment += length
    return lived


def _spoil(rng: random.Random, lived: Sequence[Lived]) -> list[Lived]:
    """Let a scale show 0 for a moment before it knows."""
    spoiled: list[Lived] = []
    for each in lived:
        if rng.random() < 0.2 and each.end - each.start > 60:
            spoiled.append(Lived(each.start, each.start + 4, "0"))
            spoiled.append(each._replace(start=each.start + 4))
        else:
            spoiled.append(each)
    return spoiled


def _of_scale(
    aggregate: Aggregate,
    value: float,
    lived: Sequence[Lived],
    trouble: Troubles,
    day: Window,
) -> bool:
    """Return whether it is what was weighed on that day, as far as that was seen."""
    sure: list[float] = []
    maybe: list[float] = []
    for each in lived[1:]:
        seen_at = each.start
        while trouble.hidden(seen_at):
            seen_at = min(
                gap.end + trouble.late.get(gap, 0.0)
                for gap in (*trouble.off, *trouble.away)
                if gap.end + trouble.late.get(gap, 0.0) > seen_at
            )
        if seen_at >= each.end:
            continue
        here = [day.start <= at < day.end for at in (each.start, seen_at)]
        if all(here):
            sure.append(float(each.state))
        elif any(here):
            maybe.append(float(each.state))
    return is_one_of(aggregate, value, sure, maybe)


def wrong_days(
    seed: int, kind: str, *, harsh: bool = True
) -> tuple[list[str], Counter[str], int]:
    """Return which days are told wrong, how many are, and how many could be."""
    rng = random.Random(f"{kind} {seed}")
    trouble = troubles(rng, harsh=harsh)
    is_scale = kind == "scale"
    lived = (_measure if is_scale else warm)(rng, trouble)
    shown = _spoil(rng, lived) if is_scale else lived
    kept, seen = recorded(rng, shown, trouble)
    wrong: list[str] = []
    told: Counter[str] = Counter()
    for aggregate in RULES[kind]:
        rule = Rule(aggregate, only_new=is_scale, above=0.0 if is_scale else None)
        for number, day in enumerate(trouble.windows):
            value = tell(rule, kept, day, trouble.end)
            if isinstance(value, NotTold):
                continue
            told[aggregate] += 1
            assert not isinstance(value.value, str)
            is_right = (
                _of_scale(aggregate, value.value, lived, trouble, day)
                if is_scale
                else right_of_numbers(aggregate, value.value, seen, day)
            )
            if not is_right:
                wrong.append(f"{kind} {seed} {aggregate} day {number}: {value.value}")
    weighed = sum(
        any(day.start <= each.start < day.end for each in lived[1:])
        for day in trouble.windows
    )
    return wrong, told, weighed if is_scale else DAYS


@given(st.sampled_from(KINDS), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_with_restarts_and_short_absences_every_day_is_right(
    kind: str, seed: int
) -> None:
    wrong, told, days = wrong_days(seed, kind, harsh=False)
    assert not wrong
    assert told[Aggregate.LAST] >= days - 1


def test_of_a_thousand_days_of_homes_where_much_goes_wrong_few_are_told_wrong() -> None:
    for kind in KINDS:
        wrong: list[str] = []
        told: Counter[str] = Counter()
        could = 0
        for seed in range(HOMES):
            found, tells, possible = wrong_days(seed, kind)
            wrong += found
            told += tells
            could += possible
        for aggregate in RULES[kind]:
            far = sum(f" {aggregate} " in each for each in wrong)
            rate = 1000 * far / (DAYS * HOMES)
            sys.stdout.write(
                f"{kind} {aggregate}: {rate:.1f} of a thousand days wrong "
                f"({DAYS * HOMES}, {told[aggregate]} told)\n"
            )
            assert rate < 5, wrong
        assert told[Aggregate.LAST] > 0.75 * could
