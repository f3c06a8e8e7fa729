"""What was entered on a list of named steps is the day's number, or is not told."""

from collections import Counter
from collections.abc import Sequence
import random
import sys

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.links.aggregate import Aggregate, NotTold, Rule
from custom_components.exist.links.aggregating import tell
from custom_components.exist.links.watched import Watched
from custom_components.exist.links.watching import as_watched
from custom_components.exist.links.window import Window

from .home_truth import (
    DAYS,
    HOUR,
    UNKNOWN,
    Lived,
    Troubles,
    only_seen,
    recorded,
    troubles,
)
from .truth_judges import is_one_of, right_of_numbers

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

LISTS = {
    "named": ("Bad", "Ok", "Good"),
    "numbers": tuple(str(each) for each in range(1, 10)),
}
# An automation sets it back at each midnight; this stands for no number.
NOT_SAID = "-"
ENTERED = (Aggregate.LAST, Aggregate.FIRST, Aggregate.MINIMUM, Aggregate.MAXIMUM)
HOMES = 50


def enter(
    rng: random.Random, steps: Sequence[str], trouble: Troubles, *, set_back: bool
) -> list[Lived]:
    """Return what was entered, each until the next; equal entries follow each other."""
    entries = [(trouble.begin - 20 * HOUR, rng.choice(steps))]
    for day in trouble.windows:
        if set_back:
            entries.append((day.start + 0.5, NOT_SAID))
        entries += sorted(
            (rng.uniform(day.start + 5 * HOUR, day.end - 1), rng.choice(steps))
            for _ in range(rng.choice((0, 1, 1, 2, 3)))
        )
    ends = [start for start, _ in entries[1:]] + [trouble.end]
    return [
        Lived(start, end, step)
        for (start, step), end in zip(entries, ends, strict=True)
    ]


def wrong_days(
    seed: int, kind: str, *, harsh: bool = True
) -> tuple[list[str], Counter[str], int]:
    """Return which days are told wrong, how many are, and how many could be."""
    rng = random.Random(f"{kind} {seed}")
    trouble = troubles(rng, harsh=harsh)
    # Home Assistant has it itself: it is there whenever that runs.
    trouble.away.clear()
    steps = LISTS[kind]
    entries = enter(rng, steps, trouble, set_back=rng.random() < 0.3)
    # An equal entry right before a crash leaves no trace.
    entries = only_seen(entries, trouble, before_crash=0.0 if harsh else UNKNOWN)
    numbers = {step: str(steps.index(step) + 1) for step in steps}
    watched = Watched(steps=steps)
    wrong: list[str] = []
    told: Counter[str] = Counter()
    could = 0
    for aggregate in (*ENTERED, Aggregate.MEAN):
        is_entered = aggregate in ENTERED
        kept, seen = recorded(
            rng,
            entries,
            trouble,
            is_restored=is_entered,
            starting=("unknown",),
            are_heard=True,
        )
        kept = as_watched(kept, watched, text=False)
        held = [
            each._replace(state=numbers[each.state])
            for each in seen
            if each.state != NOT_SAID
        ]
        for number, day in enumerate(trouble.windows):
            inside = [
                float(numbers[each.state])
                for each in entries
                if each.state != NOT_SAID and day.start <= each.start < day.end
            ]
            could += bool(inside) and aggregate is Aggregate.LAST
            value = tell(Rule(aggregate, only_new=is_entered), kept, day, trouble.end)
            if isinstance(value, NotTold):
                continue
            told[aggregate] += 1
            assert not isinstance(value.value, str)
            if not _is_right(aggregate, value.value, inside, held, day):
                wrong.append(f"{kind} {seed} {aggregate} day {number}: {value.value}")
    return wrong, told, could


def _is_right(
    aggregate: Aggregate,
    value: float,
    entered: list[float],
    held: Sequence[Lived],
    day: Window,
) -> bool:
    if aggregate in ENTERED:
        return is_one_of(aggregate, value, entered, [])
    return right_of_numbers(aggregate, value, held, day)


@given(st.sampled_from(sorted(LISTS)), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_with_restarts_and_short_absences_every_day_is_right(
    kind: str, seed: int
) -> None:
    wrong, told, could = wrong_days(seed, kind, harsh=False)
    assert not wrong
    assert told[Aggregate.LAST] == could


def test_of_a_thousand_days_of_homes_where_much_goes_wrong_few_are_told_wrong() -> None:
    wrong: list[str] = []
    told: Counter[str] = Counter()
    could = 0
    for kind in LISTS:
        for seed in range(HOMES):
            found, tells, possible = wrong_days(seed, kind)
            wrong += found
            told += tells
            could += possible
    days = DAYS * HOMES * len(LISTS)
    for aggregate in (*ENTERED, Aggregate.MEAN):
        far = sum(f" {aggregate} " in each for each in wrong)
        rate = 1000 * far / days
        sys.stdout.write(
            f"{aggregate}: {rate:.1f} of a thousand days wrong "
            f"({days}, {told[aggregate]} told)\n"
        )
        assert rate < 1, wrong
    assert told[Aggregate.LAST] > 0.75 * could
