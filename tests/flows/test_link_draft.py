"""The draft of a link: what is said of it, what is wrong, what is stored; pure."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.api import Group, Service, ValueType
from custom_components.exist.changes.candidates import Candidate
from custom_components.exist.flows.link_draft import LinkDraft
from custom_components.exist.links import Aggregate, Link
from custom_components.exist.links.home_suggestions import NIGHT
from custom_components.exist.links.readings import ReadingKind
from custom_components.exist.links.subject import Subject, SubjectKind, allowed
from custom_components.exist.links.suggest import Suggestion
from custom_components.exist.links.window import Part, PartKind

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

MEDIA = Group("media", "Media", 1)
TRAKT = Service("trakt", "Trakt")
TV = Subject("media_player.tv", "TV", SubjectKind.STATE, None, None, None, "off", ())
ROOM = Subject("sensor.room", "Room", SubjectKind.NUMBER, "°C", None, None, "20", ())
TV_MIN = Candidate(
    "name:tv_min", "TV", MEDIA, "tv_min", "tv_min", ValueType.DURATION, owner=TRAKT
)
WARMTH = Candidate(
    "name:warmth", "Warmth", MEDIA, "warmth", None, ValueType.DECIMAL, owned=True
)
WEIGHT = replace(WARMTH, name="weight", label="Weight", template="weight")
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
WISHES = {"observe": False, "decimals": 1.0, "past_days": 0}


def of(subject: Subject, draft: LinkDraft | None = None) -> LinkDraft:
    """Return a draft of which the entity is chosen."""
    given_ = {"entity": subject.entity_id, "registry_id": "id"}
    return (draft or LinkDraft()).with_entity(given_, subject, is_recorded=True)


def room() -> LinkDraft:
    """Return a draft of which nothing is wrong."""
    draft = of(ROOM).with_aggregate({"aggregate": "mean"})
    return draft.with_target(WARMTH)


def test_the_pages_come_one_after_the_other() -> None:
    draft = LinkDraft()
    assert draft.wrong == {"entity": "no_entity"}
    draft = of(TV)
    assert draft.wrong == {"aggregate": None}
    draft = draft.with_aggregate({"aggregate": "time_in"})
    assert list(draft.wrong.items()) == [
        ("states", "no_states"),
        ("attribute", "no_target"),
    ]
    draft = draft.with_states({"states": ["on"], "absent": "not_in_state"})
    draft = draft.with_part({"part": "day_from", "part_start": "04:00:00"})
    assert draft.wrong == {"attribute": "no_target"}
    draft = draft.with_target(TV_MIN)
    assert draft.wrong == {}
    assert draft.must_tick
    assert draft.stored == {
        "entity": "media_player.tv",
        "registry_id": "id",
        "aggregate": "time_in",
        "text": False,
        "states": ["on"],
        "absent_is_gap": False,
        "part": "day_from",
        "part_start": "04:00",
        "part_end": "00:00",
        "attribute": "tv_min",
        "unit": None,
        "label": "TV",
        "template": "tv_min",
        "value_type": 3,
        "observe": False,
    }


@pytest.mark.parametrize(
    ("subject", "is_recorded", "wrong"),
    [
        (None, False, "entity_without_state"),
        (replace(TV, kind=SubjectKind.OTHER), True, "entity_unfit"),
        (TV, False, "not_recorded"),
    ],
)
def test_an_entity_that_will_not_do(
    subject: Subject | None, is_recorded: bool, wrong: str
) -> None:
    draft = LinkDraft().with_entity(
        {"entity": "sensor.x"}, subject, is_recorded=is_recorded
    )
    assert draft.wrong["entity"] == wrong


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ({"part": "whole_day", "part_start": "04:00"}, None),
        ({"part": "day_from"}, "no_start"),
        ({"part": "from_to", "part_start": "04:00"}, "no_end"),
        (
            {"part": "from_to", "part_start": "04:00", "part_end": "04:00:30"},
            "no_length",
        ),
    ],
)
def test_a_part_of_the_day(part: dict[str, str], wrong: str | None) -> None:
    assert room().with_part(part).wrong.get("hours") == wrong


def test_an_attribute_that_does_not_fit() -> None:
    assert room().wrong == {}
    assert room().with_target(WEIGHT).wrong == {"attribute": "wrong_unit"}
    assert room().with_target(TV_MIN).wrong == {"attribute": "wrong_unit"}
    times = room().with_target(replace(WARMTH, value_type=ValueType.TEXT))
    assert times.wrong == {"attribute": "no_target"}


def test_a_new_attribute() -> None:
    draft = room().found([], frozenset({"warmth"}))
    for given_, wrong in (
        ({"label": "  ", "group": "media"}, "no_label"),
        ({"label": " wArmth ", "group": "media"}, "label_exists"),
        ({"label": "Nest"}, "no_group"),
    ):
        assert draft.with_new(given_).wrong == {"new_attribute": wrong}
    draft = draft.with_new({"label": " Nest ", "group": "media"})
    assert draft.wrong == {}
    assert draft.creates
    assert draft.stored["attribute"] == "new:Nest"
    assert (draft.item.label, draft.item.group) == ("Nest", "media")
    assert draft.item.value_type is ValueType.DECIMAL
    # The rule decides of which type it will be.
    text = of(replace(ROOM, kind=SubjectKind.TEXT), draft)
    text = text.with_aggregate({"aggregate": "last"})
    assert text.item.value_type is ValueType.TEXT


def test_another_entity_keeps_what_means_the_same() -> None:
    draft = of(TV).with_aggregate({"aggregate": "times"}).with_target(TV_MIN)
    draft = draft.with_states({"states": ["on"], "absent": "gap"})
    assert of(TV, draft).data["states"] == ["on"]
    other = of(replace(TV, entity_id="media_player.b"), draft)
    assert "states" not in other.data
    assert other.stored["absent_is_gap"] is False
    assert other.aggregate is Aggregate.TIMES


def test_a_suggestion_says_all_but_what_is_the_persons() -> None:
    wish = Suggestion(
        "sensor.room", "Room", Aggregate.MEAN, label="Night", part=NIGHT, group="sleep"
    )
    draft = of(ROOM).with_suggestion(wish)
    assert draft.wrong == {}
    stored = draft.stored
    assert (stored["part_start"], stored["part_end"]) == ("22:00", "07:00")
    assert (stored["attribute"], stored["group"]) == ("new:Night", "sleep")
    wish = Suggestion(
        "media_player.tv", "TV", Aggregate.TIME_IN, "tv_min", states=("on",)
    )
    draft = of(TV).with_suggestion(wish)
    assert draft.wrong == {"attribute": "no_target"}
    assert draft.found([WARMTH, TV_MIN], frozenset()).wrong == {}


def test_who_agreed_to_one_owner_did_not_agree_to_another() -> None:
    draft = room().with_target(TV_MIN)
    draft = draft.with_wishes({**WISHES, "take_over": True})
    assert draft.found([TV_MIN], frozenset()).take_over
    assert draft.found([], frozenset()).take_over
    rival = replace(TV_MIN, owner=Service("oura", "Oura"))
    assert not draft.found([rival], frozenset()).take_over


def test_past_days_are_asked_for_anew_each_time() -> None:
    draft = room().with_wishes({**WISHES, "past_days": 3.0})
    draft = draft.with_past({"replace": True}, NOW)
    stored = draft.stored
    assert (stored["past_days"], stored["replace"]) == (3, True)
    assert stored["asked"] == NOW.isoformat()
    again = of(ROOM, LinkDraft.from_stored(stored)).found([WARMTH], frozenset())
    assert {"past_days", "replace", "asked"}.isdisjoint(again.stored)


def test_what_was_begun_in_a_unit_stays_in_it() -> None:
    draft = LinkDraft.from_stored(room().stored)
    fahrenheit = of(replace(ROOM, unit="°F"), draft).found([WARMTH], frozenset())
    assert fahrenheit.wrong == {}
    assert fahrenheit.stored["unit"] == "°C"
    metres = of(replace(ROOM, unit="m"), draft).found([WARMTH], frozenset())
    assert metres.wrong == {"attribute": "wrong_unit"}


def test_a_link_of_the_first_version_has_its_whole_day() -> None:
    data = {"entity": "x.y", "aggregate": "mean", "attribute": "a", "value_type": 1}
    assert of(ROOM, LinkDraft.from_stored(data)).stored["part"] == "whole_day"


CLOCKS = st.times().map(lambda each: each.replace(second=0, microsecond=0))
PARTS = st.one_of(
    st.just(Part()),
    st.builds(Part, st.just(PartKind.DAY_FROM), CLOCKS, st.just(time())),
    st.builds(Part, st.just(PartKind.FROM_TO), CLOCKS, CLOCKS),
)


@given(
    subject=st.sampled_from([TV, ROOM]),
    number=st.integers(0, 6),
    part=PARTS,
    states=st.lists(st.text(min_size=1), unique=True, min_size=1),
    is_gap=st.booleans(),
    wishes=st.fixed_dictionaries({"observe": st.booleans()}),
)
def test_a_stored_link_that_is_edited_without_a_change_means_the_same(
    subject: Subject,
    number: int,
    part: Part,
    states: list[str],
    is_gap: bool,
    wishes: dict[str, Any],
) -> None:
    rules = allowed(subject)
    draft = of(subject).with_aggregate({"aggregate": rules[number % len(rules)].value})
    if draft.asks_for_states:
        absent = "gap" if is_gap else "not_in_state"
        draft = draft.with_states({"states": states, "absent": absent})
    hours = {"part_start": str(part.start), "part_end": str(part.end)}
    draft = draft.with_part({"part": part.kind.value, **hours})
    target = replace(WARMTH, value_type=draft.feeds[0])
    draft = draft.with_target(target).with_wishes({**WISHES, **wishes})
    stored = draft.stored
    again = of(subject, LinkDraft.from_stored(stored)).found([target], frozenset())
    assert again.stored == stored
    link = Link.from_data("", "", stored)
    assert Link.from_data("", "", again.stored).meaning == link.meaning
    assert link.part == part


def test_a_settled_kind_goes_before_what_the_last_days_show() -> None:
    assert room().kind is None
    stored = {**room().stored, "kind": "daily_total"}
    assert of(ROOM, LinkDraft.from_stored(stored)).kind is ReadingKind.DAILY_TOTAL
