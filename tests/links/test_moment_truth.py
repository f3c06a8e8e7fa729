"""How often, first and last a button was pressed is what was seen, or is not told."""

from collections import Counter
from datetime import UTC, datetime
import random
import sys

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.links.aggregate import Aggregate, NotTold, Rule
from custom_components.exist.links.aggregating import tell
from custom_components.exist.links.timeline import Row
from custom_components.exist.links.window import Window

from .home_truth import DAYS, HOUR, Lived, Troubles, only_seen, recorded, troubles

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

RULES = (Aggregate.TIMES, Aggregate.FIRST_TIME, Aggregate.LAST_TIME, Aggregate.EVER)
# One that was pressed long ago, one that never was, and one that is not there before.
KINDS = ("event", "new", "tag")
HOMES = 50


def press(rng: random.Random, kind: str, trouble: Troubles) -> list[Lived]:
    """Return what it shows: when it was pressed last."""
    moments = [trouble.begin - 20 * HOUR] if kind == "event" else []
    often = rng.choice((HOUR / 4, 3 * HOUR, 9 * HOUR, 40 * HOUR))
    moment = trouble.begin + rng.uniform(0, often)
    while moment < trouble.end:
        moments.append(moment)
        moment += rng.uniform(2, often)
    # What comes back by being pressed was away till then.
    moments += [gap.end for gap in trouble.away if rng.random() < 0.4]
    moments.sort()
    ends = [*moments[1:], trouble.end]
    shown = [
        Lived(start, end, _iso(start))
        for start, end in zip(moments, ends, strict=True)
        if start < end
    ]
    if kind == "event":
        return shown
    first = shown[0].start if shown else trouble.end
    return [Lived(trouble.begin - 20 * HOUR, first, "unknown"), *shown]


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")


def _without_unknown(rows: list[Row]) -> list[Row]:
    """Return the rows of what is only there once it was pressed."""
    first = next((i for i, row in enumerate(rows) if row.state[:1] == "2"), len(rows))
    return rows[first:]


def wrong_days(
    seed: int, kind: str, *, harsh: bool = True
) -> tuple[list[str], Counter[str]]:
    """Return which days are told wrong, and how many each rule tells."""
    rng = random.Random(f"{kind} {seed}")
    trouble = troubles(rng, harsh=harsh)
    lived = only_seen(press(rng, kind, trouble), trouble)
    kept, _ = recorded(
        rng,
        lived,
        trouble,
        is_restored=True,
        as_rows=_without_unknown if kind == "tag" else list,
    )
    pressed = [each.start for each in lived if each.state != "unknown"]
    wrong: list[str] = []
    told: Counter[str] = Counter()
    for aggregate in RULES:
        for number, day in enumerate(trouble.windows):
            value = tell(Rule(aggregate), kept, day, trouble.end)
            if isinstance(value, NotTold):
                continue
            told[aggregate] += 1
            assert not isinstance(value.value, str)
            right = right_of_presses(aggregate, pressed, day)
            if right is None or abs(value.value - right) > 0.002:
                wrong.append(
                    f"{kind} {seed} {aggregate} day {number}: {value.value}, not {right}"
                )
    return wrong, told


def right_of_presses(
    aggregate: Aggregate, pressed: list[float], day: Window
) -> float | None:
    """Return what a day's value must be."""
    inside = [each for each in pressed if day.start <= each < day.end]
    match aggregate:
        case Aggregate.TIMES:
            return len(inside)
        case Aggregate.EVER:
            return int(bool(inside))
        case Aggregate.FIRST_TIME:
            return min(inside, default=None)
        case _:
            return max(inside, default=None)


@given(st.sampled_from(KINDS), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_with_restarts_and_short_absences_every_day_isright_of_presses(
    kind: str, seed: int
) -> None:
    wrong, told = wrong_days(seed, kind, harsh=False)
    assert not wrong
    if kind != "tag":
        assert told[Aggregate.TIMES] == DAYS


def test_of_a_thousand_days_of_homes_where_much_goes_wrong_few_are_told_wrong() -> None:
    wrong: list[str] = []
    told: Counter[str] = Counter()
    for kind in KINDS:
        for seed in range(HOMES):
            found, tells = wrong_days(seed, kind)
            wrong += found
            told += tells
    days = DAYS * HOMES * len(KINDS)
    for aggregate in RULES:
        far = sum(f" {aggregate} " in each for each in wrong)
        rate = 1000 * far / days
        sys.stdout.write(
            f"{aggregate}: {rate:.1f} of a thousand days wrong "
            f"({days}, {told[aggregate]} told)\n"
        )
        assert rate < 1, wrong
    assert told[Aggregate.TIMES] > 0.7 * days
