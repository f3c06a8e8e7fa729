"""Above, below and between, with a shortest stay, is what was seen, or is not told."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
import random
import sys
from typing import NamedTuple

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.links.aggregate import Aggregate, NotTold, Rule
from custom_components.exist.links.aggregating import tell
from custom_components.exist.links.entering import ABSENT, Span
from custom_components.exist.links.watched import MET, Condition, Watched
from custom_components.exist.links.watching import as_watched
from custom_components.exist.links.window import Window

from .home_truth import DAYS, Lived, Troubles, recorded, troubles
from .truth_judges import BRIDGED, PUT_BACK

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

RULES = (
    Aggregate.TIME_IN,
    Aggregate.TIMES,
    Aggregate.FIRST_TIME,
    Aggregate.LAST_TIME,
    Aggregate.EVER,
)
# A condition, the numbers that are met and those that are not, and how long they last.
THINGS = {
    "washer": (
        Condition(above=5, stay=300),
        ("1800", "40", "6"),
        ("0.4", "5", "2.1"),
        (20, 9000),
    ),
    "freezer": (
        Condition(below=-15, stay=1800),
        ("-18", "-21.5"),
        ("-15", "-3"),
        (300, 40000),
    ),
    "room": (
        Condition(above=19, below=22, stay=60),
        ("19.5", "21,9"),
        ("19", "22", "25", "-2"),
        (20, 20000),
    ),
    "plug": (Condition(above=50, stay=2), ("60", "900"), ("2", "50"), (1, 6000)),
}
HOMES = 40


def live(rng: random.Random, thing: str, trouble: Troubles) -> list[Lived]:
    """Return numbers of which some meet the condition."""
    _, met, not_met, lengths = THINGS[thing]
    lived: list[Lived] = []
    moment, state = trouble.begin - 5, ""
    while moment < trouble.end:
        # Often short, sometimes long; of what is met one number follows another.
        length = lengths[0] * (lengths[1] / lengths[0]) ** rng.random()
        among = [each for each in (*met, *not_met) if each != state]
        state = rng.choice(among)
        lived.append(Lived(moment, min(moment + length, trouble.end), state))
        moment += length
    return lived


class Stay(NamedTuple):
    """A stay that was long enough; `entered` where it was not met before."""

    start: float
    end: float
    entered: bool


def _stays(
    seen: Sequence[Lived], condition: Condition, met: Sequence[str], bridge: float
) -> list[Stay]:
    """Return the stays of those that were long enough, over gaps of up to `bridge`."""
    stays: list[Stay] = []
    before: Lived | None = None
    for each in seen:
        if each.state in met:
            was_met = before is not None and before.state in met
            if before is not None and was_met and each.start - before.end <= bridge:
                stays[-1] = stays[-1]._replace(end=each.end)
            else:
                stays.append(Stay(each.start, each.end, not was_met))
        before = each
    return [each for each in stays if each.end - each.start >= condition.stay]


def _value(aggregate: Aggregate, stays: Sequence[Stay], day: Window) -> float | None:
    inside = [each for each in stays if each.end > day.start and each.start < day.end]
    begun = [each.start for each in inside if each.entered and each.start >= day.start]
    match aggregate:
        case Aggregate.TIME_IN:
            return sum(
                min(each.end, day.end) - max(each.start, day.start) for each in inside
            )
        case Aggregate.TIMES:
            return len(begun)
        case Aggregate.EVER:
            return int(
                any(max(each.start, each.end - PUT_BACK) > day.start for each in inside)
            )
        case Aggregate.FIRST_TIME:
            return min(begun, default=None)
        case _:
            return max(begun, default=None)


def judge(
    thing: str, seen: Sequence[Lived], unknown: Sequence[Span] = ()
) -> Callable[[Aggregate, float, Window], bool]:
    """Return what says whether a day's value is what was seen.

    What was `unknown` to the recorder is a gap as well, whatever it was.
    """
    condition, met, _, _ = THINGS[thing]
    known = [
        each
        for each in seen
        if not any(span.start <= each.start < span.end for span in unknown)
    ]
    # Over a short gap it may have been one stay or two; both were seen.
    read = [
        _stays(some, condition, met, each)
        for some in (seen, known)
        for each in (0.001, BRIDGED)
    ]
    gaps = [
        Window(before.end, after.start)
        for before, after in pairwise(seen)
        if after.start - before.end > 0.001
    ]

    def is_right(aggregate: Aggregate, value: float, day: Window) -> bool:
        right = [_value(aggregate, stays, day) for stays in read]
        return _is_among(aggregate, value, right, gaps, day)

    return is_right


def wrong_days(
    seed: int, thing: str, *, harsh: bool = True
) -> tuple[list[str], Counter[str]]:
    """Return which days are told wrong, and how many each rule tells."""
    rng = random.Random(f"{thing} {seed}")
    trouble = troubles(rng, harsh=harsh)
    lived = live(rng, thing, trouble)
    kept, seen = recorded(rng, lived, trouble)
    unknown = [span for span in kept.spans if span.state in ABSENT]
    kept = as_watched(kept, Watched(condition=THINGS[thing][0]), text=False)
    is_right = judge(thing, seen, unknown)
    wrong: list[str] = []
    told: Counter[str] = Counter()
    for aggregate in RULES:
        for number, day in enumerate(trouble.windows):
            value = tell(Rule(aggregate, frozenset({MET})), kept, day, trouble.end)
            if isinstance(value, NotTold):
                continue
            told[aggregate] += 1
            assert not isinstance(value.value, str)
            if not is_right(aggregate, value.value, day):
                wrong.append(f"{thing} {seed} {aggregate} day {number}: {value.value}")
    return wrong, told


def _is_among(
    aggregate: Aggregate,
    value: float,
    right: Sequence[float | None],
    gaps: Sequence[Window],
    day: Window,
) -> bool:
    """Return whether it is what was seen, whichever way the gaps of the day are read."""
    numbers = [each for each in right if each is not None]
    if aggregate in (Aggregate.FIRST_TIME, Aggregate.LAST_TIME):
        return any(abs(each - value) <= 1 for each in numbers)
    if aggregate is Aggregate.TIMES and len({*right}) > 1:
        # Two stays on both sides of a gap are one, or of two too short ones is none.
        short = sum(day.start - BRIDGED < gap.start < day.end for gap in gaps)
        return min(numbers) - short <= value <= max(numbers) + short
    return min(numbers) - 1e-3 <= value <= max(numbers) + 1e-3


@given(st.sampled_from(sorted(THINGS)), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_with_restarts_and_short_absences_every_day_is_right(
    thing: str, seed: int
) -> None:
    wrong, told = wrong_days(seed, thing, harsh=False)
    assert not wrong
    assert told[Aggregate.TIME_IN] == DAYS


def test_of_a_thousand_days_of_homes_where_much_goes_wrong_few_are_told_wrong() -> None:
    wrong: list[str] = []
    told: Counter[str] = Counter()
    for thing in THINGS:
        for seed in range(HOMES):
            found, tells = wrong_days(seed, thing)
            wrong += found
            told += tells
    days = DAYS * HOMES * len(THINGS)
    for aggregate in RULES:
        far = sum(f" {aggregate} " in each for each in wrong)
        rate = 1000 * far / days
        sys.stdout.write(
            f"{aggregate}: {rate:.1f} of a thousand days wrong "
            f"({days}, {told[aggregate]} told)\n"
        )
        assert rate < 3, wrong
    assert told[Aggregate.TIME_IN] > 0.75 * days
