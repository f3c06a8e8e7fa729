"""Conditions, several entities and shares, against a walk through every moment."""

from collections.abc import Sequence
from datetime import UTC
from itertools import groupby, pairwise
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.ledger.day import Known
from custom_components.exist.links.aggregate import (
    Aggregate,
    NotTold,
    Rule,
    Timeline,
    Told,
    Why,
)
from custom_components.exist.links.aggregating import tell
from custom_components.exist.links.convert import bounds_in, told_in, wire_value
from custom_components.exist.links.entering import Span
from custom_components.exist.links.link import Link, watched_of
from custom_components.exist.links.together import Member, any_of, put_together
from custom_components.exist.links.watched import (
    MET,
    NO_VALUE,
    NOT_MET,
    Condition,
    Watched,
)
from custom_components.exist.links.watching import as_met, as_watched, in_steps
from custom_components.exist.links.window import Window

from ..link_home import link_data

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

# A walk looks at each of these; ten minutes are six of them.
TICK = 100
BRIDGED = 6
TICKS = 90

type Walk = list[Any]

LENGTHS = st.integers(1, 9)
NUMBERS = st.sampled_from(["5", "50", "50.0", "50,5", "100", "unavailable", NO_VALUE])
STATES = st.sampled_from(["on", "playing", "off", "unavailable"])


def _spans(pieces: Sequence[tuple[int, str, bool]]) -> tuple[Span, ...]:
    """Return spans of so many ticks; a piece may be a time of which nothing is known."""
    spans: list[Span] = []
    at = 0
    for ticks, state, is_known in pieces:
        if is_known and spans and spans[-1].end == at and spans[-1].state == state:
            spans[-1] = spans[-1]._replace(end=float(at + ticks * TICK))
        elif is_known:
            spans.append(Span(float(at), float(at + ticks * TICK), state))
        at += ticks * TICK
    return tuple(spans)


def _pieces(states: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Span, ...]]:
    piece = st.tuples(LENGTHS, states, st.sampled_from([True, True, True, False]))
    return st.lists(piece, min_size=1, max_size=10).map(_spans)


def _walk(spans: Sequence[Span]) -> Walk:
    """Return what is known at each tick."""
    known: Walk = [None] * TICKS
    for span in spans:
        for tick in range(int(span.start) // TICK, int(span.end) // TICK):
            known[tick] = span.state
    return known


def _bridge(known: Walk) -> Walk:
    """Fill the short gaps on both sides of which it is the same."""
    filled, at = list(known), 0
    for state, group in groupby(known):
        ticks = len(list(group))
        before = filled[at - 1] if at else None
        after = known[at + ticks] if at + ticks < len(known) else None
        if state is None and ticks <= BRIDGED and before is not None:
            if before == after:
                filled[at : at + ticks] = [before] * ticks
        at += ticks
    return filled


def _stays(known: Walk, ticks: int) -> Walk:
    """Take what did not last for so many ticks as if it had not been."""
    stayed: Walk = []
    for state, group in groupby(known):
        lasted = len(list(group))
        stayed += [NOT_MET if state == MET and lasted < ticks else state] * lasted
    return stayed


def _meets(number: str | None, condition: Condition) -> str | None:
    if number in (None, "unavailable"):
        return None
    if number == NO_VALUE:
        return NOT_MET
    value = float(str(number).replace(",", "."))
    above = condition.above is None or value > condition.above
    below = condition.below is None or value < condition.below
    return MET if above and below else NOT_MET


@given(
    _pieces(NUMBERS),
    st.sampled_from([(50.0, None), (None, 50.0), (4.0, 60.0), (50.0, 100.0)]),
    st.integers(0, 12),
)
@settings(max_examples=300, deadline=None)
def test_a_condition_holds_when_a_walk_says_so(
    spans: tuple[Span, ...], bounds: tuple[float | None, float | None], ticks: int
) -> None:
    condition = Condition(*bounds, stay=float(ticks * TICK))
    met = as_met(spans, condition)
    walk = _bridge([_meets(each, condition) for each in _walk(spans)])
    assert _walk(met) == _bridge(_stays(walk, ticks))
    assert {span.state for span in met} <= {MET, NOT_MET}
    assert all(before.end <= after.start for before, after in pairwise(met))


def test_an_interruption_ends_a_stay_and_the_shortest_stay_counts() -> None:
    spans = (
        Span(0, 500, "60"),
        Span(500, 501, "10"),
        Span(501, 1000, "60"),
        Span(1000, 2000, "10"),
        Span(2000, 2600, "60"),
        Span(2600, 3000, "10"),
    )
    met = as_met(spans, Condition(above=50, stay=600))
    assert [span for span in met if span.state == MET] == [Span(2000, 2600, MET)]


RUN = (Window(0.0, float(TICKS * TICK)),)
ON = frozenset({"on", "playing"})


@given(st.lists(_pieces(STATES), min_size=1, max_size=4), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_of_several_is_on_when_a_walk_says_so(
    several: list[tuple[Span, ...]], is_gap: bool
) -> None:
    rule = Rule(Aggregate.TIME_IN, ON, absent_is_gap=is_gap)
    members = [Member(Timeline(spans, RUN)) for spans in several]
    walks = []
    for spans in several:
        away = None if is_gap else "unavailable"
        walk = [away if each == "unavailable" else each for each in _walk(spans)]
        walks.append(_bridge(walk))
    together: Walk = [
        MET
        if any(each in ON for each in states)
        else None
        if None in states
        else NOT_MET
        for states in zip(*walks, strict=True)
    ]
    told_rule, timeline = any_of(rule, members)
    assert _walk(timeline.spans) == _bridge(together)
    window = Window(1000.0, 6000.0)
    told = tell(told_rule, timeline, window, 6000.0)
    inside = _bridge(together)[10:60]
    if isinstance(told, NotTold):
        assert 2 * (len(inside) - inside.count(None)) < len(inside)
    else:
        assert told.value == inside.count(MET) * TICK
        assert told.known.seconds == TICK * (len(inside) - inside.count(None))


def test_a_short_absence_of_one_is_bridged_whatever_the_others_do() -> None:
    away = (Span(0, 1000, "off"), Span(1500, 3000, "off"))
    other = (Span(0, 1100, "off"), Span(1100, 1200, "on"), Span(1200, 3000, "off"))
    rule = Rule(Aggregate.TIME_IN, ON)
    _, timeline = any_of(rule, [Member(Timeline(away)), Member(Timeline(other))])
    assert tuple(timeline.spans) == (
        Span(0, 1100, NOT_MET),
        Span(1100, 1200, MET),
        Span(1200, 3000, NOT_MET),
    )


def test_an_entity_that_did_not_exist_was_in_no_state() -> None:
    rule = Rule(Aggregate.TIMES, frozenset({"on"}))
    old = Timeline((Span(0, 100, "off"), Span(100, 300, "on"), Span(300, 9000, "off")))
    new = Timeline((Span(5000, 6000, "off"), Span(6000, 9000, "on")))
    run = (Window(0.0, 9000.0),)
    members = [Member(Timeline(old.spans, run)), Member(Timeline(new.spans, run), 5000)]
    told = tell(*any_of(rule, members), Window(0.0, 9000.0), 9000.0)
    assert told == Told(2)
    unsure = [members[0], Member(members[1].timeline)]
    told = tell(*any_of(rule, unsure), Window(0.0, 9000.0), 9000.0)
    assert isinstance(told, NotTold)
    assert members[1].is_missing(4000) and not unsure[1].is_missing(4000)
    # What was recorded earlier than the registry knew it was there all the same.
    assert not Member(old, 9000).is_missing(500)


def test_values_of_several_are_put_together() -> None:
    known = Known(100, 0, 100)
    told = [Told(2.5, known), Told(3, Known(50, 10, 60))]
    assert put_together(Aggregate.SUM, told) == Told(5.5)
    total = put_together(Aggregate.SUM, told)
    assert isinstance(total, Told)
    assert total.known == Known(50, 10, 60)
    assert put_together(Aggregate.EVER, [Told(0), Told(1)]) == Told(1)
    assert put_together(Aggregate.TIMES, [Told(2), Told(1)]) == Told(3)
    nothing = NotTold(Why.NOTHING)
    moments: list[Told | NotTold] = [Told(900.0), nothing, Told(300.0)]
    assert put_together(Aggregate.FIRST_TIME, moments) == Told(300.0)
    assert put_together(Aggregate.LAST_TIME, moments) == Told(900.0)
    assert put_together(Aggregate.LAST_TIME, [nothing, nothing]) == nothing
    assert put_together(Aggregate.LAST, [Told(1), nothing]) == nothing
    gaps = NotTold(Why.GAPS)
    assert put_together(Aggregate.FIRST_TIME, [Told(1), gaps]) == gaps
    assert put_together(Aggregate.SUM, []) == NotTold(Why.NOT_RECORDED)


def test_other_units_are_added_in_the_unit_of_the_first() -> None:
    assert told_in(Told(500.0), Aggregate.SUM, "Wh", "kWh") == Told(0.5)
    warmer = told_in(Told(9.0), Aggregate.DIFFERENCE, "°F", "°C")
    assert isinstance(warmer, Told) and warmer.value == pytest.approx(5.0)
    assert told_in(Told(3), Aggregate.TIMES, "kg", "kWh") == Told(3)
    assert told_in(Told(1.0), Aggregate.SUM, "kg", "kWh") == NotTold(Why.WRONG_UNIT)


def test_bounds_follow_the_unit() -> None:
    bounds = bounds_in(Condition(50, 2000, 60), "W", "kW")
    assert bounds.above == pytest.approx(0.05)
    assert bounds.below == pytest.approx(2)
    assert bounds.stay == 60
    assert bounds_in(Condition(below=68), "°F", "°C").below == pytest.approx(20)


def test_steps_stand_for_their_position_and_numbers_for_themselves() -> None:
    spans = [Span(0, 1, each) for each in ("low", "3", "high", "7,5", "gone")]
    shown = [span.state for span in in_steps(spans, ("low", "3", "high"))]
    assert shown == ["1", "3", "3", "7,5", "gone"]
    spans = [Span(0, 1, each) for each in ("5 - great", "2: ok", "3")]
    for numbered, numbers in ((True, ["5", "2", "3"]), (False, ["1", "2", "3"])):
        told = in_steps(spans, ("5 - great", "2: ok"), numbered=numbered)
        assert [span.state for span in told] == numbers


def test_a_text_that_an_entity_does_not_have_is_none() -> None:
    spans = (Span(0, 10, "HDMI"), Span(10, 20, NO_VALUE))
    source = Watched(state_attribute="source")
    for text, shown in ((True, spans[:1]), (False, spans)):
        watched = as_watched(Timeline(spans), source, text=text)
        assert tuple(watched.spans) == shown


def _link(**more: Any) -> Link:
    data = link_data("media_player.tv", "time_in", "tv_share", 5, states=["on"], **more)
    return Link.from_data("1", "TV", data)


@given(_pieces(STATES), st.integers(0, 60), st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_a_share_is_that_of_the_known_time(
    spans: tuple[Span, ...], begins: int, ticks: int
) -> None:
    link = _link(decimals=4)
    window = Window(float(begins * TICK), float((begins + ticks) * TICK))
    told = tell(link.rule, Timeline(spans, RUN), window, float(TICKS * TICK))
    walk = [None if each == "unavailable" else each for each in _walk(spans)]
    inside = _bridge(walk)[begins : begins + ticks]
    known = len(inside) - inside.count(None)
    # The walk ends where the window may go on.
    if isinstance(told, NotTold):
        assert 2 * known < len(inside) or len(inside) < ticks
        return
    share = wire_value(link, told, None, None, UTC)
    assert share == pytest.approx(inside.count("on") / known, abs=1e-6)


def test_a_link_of_before_keeps_its_meaning() -> None:
    plain = _link()
    assert plain.watched.is_plain and not plain.others
    assert _link(others=[], steps=[], above=None, stay=60).meaning == plain.meaning
    wishes: list[dict[str, Any]] = [
        {"above": 50.0},
        {"above": 50.0, "unit": "W"},
        {"above": 50.0, "stay": 60},
        {"below": 50.0},
        {"state_attribute": "source"},
        {"steps": ["a", "b"]},
        {"steps": ["a", "b"], "numbered": True},
        {"others": [{"entity": "media_player.other", "registry_id": None}]},
        {"others": [{"entity": "media_player.other", "registry_id": "abc"}]},
    ]
    meanings = {plain.meaning, *(_link(**wish).meaning for wish in wishes)}
    assert len(meanings) == len(wishes) + 1
    assert "Watched(state_attribute=None, condition=None, steps=('a',))" in (
        _link(steps=["a"]).meaning
    )
    assert watched_of({"above": 0.0}).condition == Condition(0.0)
