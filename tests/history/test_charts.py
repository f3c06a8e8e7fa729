"""Which statistic an attribute has, and what a day of it counts."""

from datetime import date, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.api import Attribute, Group, ValueType
from custom_components.exist.history.charts import (
    LONGEST,
    chart_of,
    statistic_id,
    unit_class,
)
from custom_components.exist.history.walks import Walk, progress, walks_for
from custom_components.exist.values.kinds import KINDS, Policy
from custom_components.exist.values.templates import DESCRIPTIONS
from homeassistant.components.recorder.statistics import (
    UNIT_CLASS_TO_UNIT_CONVERTER,
    valid_statistic_id,
)

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

GROUP = Group("health", "Health", 1)
TODAY = date(2026, 11, 18)


def attribute(value_type: ValueType, template: str | None = None) -> Attribute:
    return Attribute(
        name=template or "own",
        label="Own",
        group=GROUP,
        template=template,
        service=None,
        active=True,
        priority=1,
        manual=True,
        value_type=value_type,
    )


def test_a_plain_name_stays_and_whatever_does_not_fit_gets_a_hash() -> None:
    assert statistic_id("ada", "steps_active_min") == "exist:ada_steps_active_min"
    odd = [
        ("ada", "Steps"),
        ("ada", "müde"),
        ("ada", "読書"),
        ("ada", "🏊"),
        ("ada", "a__b"),
        ("ada", "_a"),
        ("ada_b", "c"),
        ("Ada", "steps"),
        ("ada.x", "steps"),
        ("ada", "x" * 300),
    ]
    ids = [statistic_id(*each) for each in odd]
    assert len(set(ids)) == len(ids)
    for each in ids:
        assert valid_statistic_id(each), each
        assert len(each) <= LONGEST + 20
    # Two accounts that one slug would serve.
    assert statistic_id("ada_b", "c") != statistic_id("ada", "b_c")
    assert statistic_id("Ada", "steps") != statistic_id("ada", "steps")


WORDS = st.text(min_size=1, max_size=12)


@given(WORDS, WORDS, WORDS, WORDS)
def test_no_two_attributes_share_a_statistic(
    user: str, name: str, other_user: str, other: str
) -> None:
    one, two = statistic_id(user, name), statistic_id(other_user, other)
    assert valid_statistic_id(one)
    assert (one == two) == ((user, name) == (other_user, other))


@pytest.mark.parametrize("template", DESCRIPTIONS)
def test_every_template_has_a_chart_with_a_unit_that_home_assistant_knows(
    template: str,
) -> None:
    row = DESCRIPTIONS[template]
    chart = chart_of("ada", attribute(row.value_type, template))
    if KINDS[row.value_type].wire.is_text:
        assert chart is None
        return
    assert chart is not None
    if chart.unit_class is None:
        assert chart.unit in (None, "bpm")
    else:
        units = UNIT_CLASS_TO_UNIT_CONVERTER[chart.unit_class].VALID_UNITS
        assert chart.unit in units
    assert chart.adds_up == (row.policy is Policy.TODAY)
    assert unit_class("furlong") is None


@pytest.mark.parametrize(
    ("value_type", "value", "figure", "adds_up"),
    [
        (ValueType.INTEGER, 3, 3, True),
        (ValueType.DECIMAL, 2.5, 2.5, False),
        (ValueType.DURATION, 95, 95, True),
        (ValueType.TIME_OF_DAY, 450, 7.5, False),
        (ValueType.TIME_OF_DAY, 1440, None, False),
        (ValueType.TIME_FROM_MIDDAY, 690, 11.5, False),
        (ValueType.PERCENTAGE, 0.215, 21.5, False),
        (ValueType.BOOLEAN, True, 1, True),
        (ValueType.BOOLEAN, False, 0, True),
        (ValueType.SCALE, 7, 7, False),
        (ValueType.SCALE, 0, None, False),
        (ValueType.SCALE, None, None, False),
        (ValueType.INTEGER, "3", None, True),
    ],
)
def test_what_a_day_counts(
    value_type: ValueType,
    value: float | bool | str | None,
    figure: float | None,
    adds_up: bool,
) -> None:
    policy = Policy.LATEST if value_type is ValueType.DECIMAL else None
    chart = chart_of("ada", attribute(value_type), policy)
    assert chart is not None
    assert chart.figure(value) == figure
    assert chart.adds_up is adds_up


def test_what_cannot_add_up_has_a_mean_whatever_is_chosen() -> None:
    for value_type in ValueType:
        chart = chart_of("ada", attribute(value_type), Policy.TODAY)
        if chart is not None:
            assert chart.adds_up == KINDS[value_type].natural_zero


def test_few_are_walked_singly_and_a_walk_knows_where_it_is() -> None:
    assert walks_for([], TODAY) == []
    assert [walk.names for walk in walks_for("cba", TODAY)] == [["a"], ["b"], ["c"]]
    (walk,) = walks_for("abcd", TODAY, TODAY - timedelta(days=40))
    assert progress([walk]).days_to_go == 41
    assert not walk.page_read(134, has_next=True, found=True, listed="abcd")
    # On the second page there is another one: something has moved between them.
    assert not walk.page_read(135, has_next=False, found=True, listed="abcd")
    assert (walk.page, walk.at) == (1, TODAY)
    assert not walk.page_read(135, has_next=True, found=True, listed="abcd")
    assert not walk.page_read(135, has_next=False, found=True, listed="abcd")
    assert (walk.page, walk.at) == (1, TODAY - timedelta(days=31))
    assert walk.begins == TODAY - timedelta(days=40)
    assert 0 < progress([walk]).percent < 100
    assert progress([walk]).requests_left == 2
    assert not walk.page_read(135, has_next=True, found=False, listed="abcd")
    assert walk.page_read(135, has_next=False, found=False, listed="abcd")
    assert progress([]).percent == 100


def test_a_walk_gets_on_whatever_is_answered() -> None:
    (walk,) = walks_for("abcd", TODAY, TODAY - timedelta(days=40))
    # Its number is another one on each page.
    assert not walk.page_read(100, has_next=True, found=True, listed="ab")
    assert not walk.page_read(34, has_next=False, found=True, listed="cd")
    assert walk.page == 1
    assert not walk.page_read(100, has_next=True, found=True, listed="ab")
    assert not walk.page_read(34, has_next=False, found=True, listed="cd")
    assert walk.at == TODAY - timedelta(days=31)
    # There is always a next page.
    assert not walk.page_read(100, has_next=True, found=True, listed="ab")
    assert not walk.page_read(34, has_next=True, found=True, listed="cd")
    assert not walk.page_read(100, has_next=True, found=True, listed="ab")
    assert walk.page == 2
    assert not walk.page_read(100, has_next=True, found=True, listed="cd")
    assert walk.page_read(100, has_next=True, found=True, listed="ab")
    # Whatever the newest day that is asked for.
    (walk,) = walks_for("a", TODAY)
    newest = [TODAY - timedelta(days=each) for each in range(100)]
    assert not walk.days_read(newest, 400, has_next=True)
    assert walk.days_read(newest, 400, has_next=True)


def test_a_walk_without_an_end_goes_on_while_there_is_anything() -> None:
    walk = Walk(list("abcd"), TODAY, TODAY)
    while not walk.needs_first_day:
        assert not walk.page_read(4, has_next=False, found=True, listed="abcd")
    assert (TODAY - walk.at).days == 372
    asked = []
    while (name := walk.whom_to_ask({"a": 5, "b": 9})) is not None:
        asked.append(name)
        if not walk.asked_count and name == "b":
            walk.asked_first_day(name, TODAY, 50)
            assert walk.whom_to_ask({}) == "b"
        day = walk.at - timedelta(days=35 if name == "b" else 3)
        walk.asked_first_day(name, day, 0)
    assert asked == ["b", "a", "c", "d"]
    walk.first = walk.first_so_far
    assert not walk.needs_first_day
    assert not walk.page_read(4, has_next=False, found=True, listed="abcd")
    # Where the first day is expected, somebody else has more.
    assert not walk.page_read(4, has_next=False, found=True, listed="abcd")
    assert walk.page_read(4, has_next=False, found=False, listed="abcd")
