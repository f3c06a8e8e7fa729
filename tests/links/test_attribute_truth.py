"""A state attribute instead of the state tells what was seen of it, or nothing."""

from collections import Counter
from collections.abc import Mapping
import random
import sys
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.links.aggregate import Aggregate, NotTold, Rule
from custom_components.exist.links.aggregating import tell
from custom_components.exist.links.state_attributes import attribute_state
from custom_components.exist.links.timeline import Row, only_changed
from custom_components.exist.links.watched import (
    MET,
    NO_VALUE,
    NOT_MET,
    Condition,
    Watched,
)
from custom_components.exist.links.watching import as_watched

from .home_truth import AWAY, DAYS, Lived, Troubles, recorded, troubles
from .truth_judges import right_of_numbers, right_of_states

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

STATES = (
    Aggregate.TIME_IN,
    Aggregate.TIMES,
    Aggregate.FIRST_TIME,
    Aggregate.LAST_TIME,
    Aggregate.EVER,
)
NUMBERS = (
    Aggregate.MEAN,
    Aggregate.LAST,
    Aggregate.FIRST,
    Aggregate.MINIMUM,
    Aggregate.MAXIMUM,
)
BRIGHT = Condition(above=100)
ACTION = Watched("hvac_action")
WARMTH = Watched("current_temperature")
LIGHT = Watched("brightness", BRIGHT)
# What is watched, the states that it had, how long, the rules, and which states count.
THINGS: Mapping[str, tuple[Watched, tuple[str, ...], tuple[Aggregate, ...], str]] = {
    "thermostat": (ACTION, ("heating", "idle", NO_VALUE), STATES, "heating"),
    "warmth": (WARMTH, ("19.5", "20", "20.5", "21", "23.5"), NUMBERS, ""),
    "light": (LIGHT, (NO_VALUE, "40", "255"), STATES, MET),
}
HOMES = 40


def _live(rng: random.Random, states: tuple[str, ...], end: Troubles) -> list[Lived]:
    lived: list[Lived] = []
    moment, state = end.begin - 5, rng.choice(states)
    while moment < end.end:
        length = rng.uniform(900, 20000)
        lived.append(Lived(moment, moment + length, state))
        moment += length
        state = rng.choice([each for each in states if each != state])
    return lived


def _as_rows(rng: random.Random, name: str, rows: list[Row]) -> list[Row]:
    """Return rows as the recorder has them: others of its attributes change as well."""
    more: list[Row] = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        more.append(row)
        if after is not None and row.state not in (AWAY, "unknown"):
            length = min(after.at - row.at, 3000)
            moments = sorted(rng.uniform(0, length) for _ in range(rng.randrange(4)))
            more += [row._replace(at=row.at + each) for each in moments if each > 1]
    shown = []
    for row in more:
        is_there = row.state not in (AWAY, "unknown")
        attributes: dict[str, Any] = {"friendly_name": "Thing"}
        if is_there and row.state != NO_VALUE:
            attributes[name] = row.state
        state = "on" if is_there else row.state
        shown.append(row._replace(state=attribute_state(state, attributes, name)))
    return only_changed(shown)


def wrong_days(
    seed: int, thing: str, *, harsh: bool = True
) -> tuple[list[str], Counter[str]]:
    """Return which days are told wrong, and how many each rule tells."""
    rng = random.Random(f"{thing} {seed}")
    trouble = troubles(rng, harsh=harsh)
    watched, states, rules, meant = THINGS[thing]
    name = watched.state_attribute
    assert name is not None
    kept, seen = recorded(
        rng,
        _live(rng, states, trouble),
        trouble,
        # An entity may be there before it knows its attributes.
        starting=(AWAY, "unknown", NO_VALUE),
        as_rows=lambda rows: _as_rows(rng, name, rows),
    )
    kept = as_watched(kept, watched, text=False)
    if watched.condition is not None:
        seen = [
            each._replace(
                state=MET
                if each.state != NO_VALUE and BRIGHT.holds(float(each.state))
                else NOT_MET
            )
            for each in seen
        ]
    wrong: list[str] = []
    told: Counter[str] = Counter()
    for aggregate in rules:
        rule = Rule(aggregate, frozenset({meant}) if meant else frozenset())
        for number, day in enumerate(trouble.windows):
            value = tell(rule, kept, day, trouble.end)
            if isinstance(value, NotTold):
                continue
            told[aggregate] += 1
            assert not isinstance(value.value, str)
            is_right = (
                right_of_states(aggregate, value.value, seen, (meant,), day)
                if meant
                else right_of_numbers(aggregate, value.value, seen, day)
            )
            if not is_right:
                wrong.append(f"{thing} {seed} {aggregate} day {number}: {value.value}")
    return wrong, told


@given(st.sampled_from(sorted(THINGS)), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_with_restarts_and_short_absences_every_day_is_right(
    thing: str, seed: int
) -> None:
    wrong, told = wrong_days(seed, thing, harsh=False)
    assert not wrong
    assert told[THINGS[thing][2][0]] == DAYS


def test_of_a_thousand_days_of_homes_where_much_goes_wrong_few_are_told_wrong() -> None:
    for thing, (_, _, rules, _) in THINGS.items():
        wrong: list[str] = []
        told: Counter[str] = Counter()
        for seed in range(HOMES):
            found, tells = wrong_days(seed, thing)
            wrong += found
            told += tells
        days = DAYS * HOMES
        for aggregate in rules:
            far = sum(f" {aggregate} " in each for each in wrong)
            rate = 1000 * far / days
            sys.stdout.write(
                f"{thing} {aggregate}: {rate:.1f} of a thousand days wrong "
                f"({days}, {told[aggregate]} told)\n"
            )
            assert rate < 3, wrong
        assert told[rules[0]] > 0.75 * days
