"""States however they are written, and what a start shows that is not so."""

import pytest

from custom_components.exist.links.entering import Span, fired
from custom_components.exist.links.false_starts import (
    FALSE_START_SECONDS,
    without_false_starts,
)
from custom_components.exist.links.state_spellings import as_spelled, without_alike
from custom_components.exist.links.text_of_day import first_text, last_text
from custom_components.exist.links.window import Window

DAY = Window(86400.0, 2 * 86400.0)
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("chosen", "state", "alike"),
    [
        ("Run", "run", True),
        ("Solar Preferred", "solar_preferred", True),
        ("pre-heat", "Pre Heat", True),
        ("Büro", "BÜRO", True),
        ("on", " On ", True),
        ("clear", "clear-night", False),
        ("1", "-1", False),
        ("15", "1.5", False),
        ("yes", "no", False),
    ],
)
def test_only_spelling_makes_no_difference(
    chosen: str, state: str, alike: bool
) -> None:
    spans = [Span(0, 1, state), Span(1, 2, "unavailable")]
    found = as_spelled(spans, frozenset({chosen, "Unavailable"}))
    assert (found[0].state == chosen) is alike
    # That it is away is no state of its own.
    assert found[1].state == "unavailable"
    assert without_alike({chosen}, [state]) == (NONE if alike else {chosen})


def test_what_is_written_as_chosen_is_left_as_it_is() -> None:
    spans = [Span(0, 1, "on"), Span(1, 2, "off")]
    assert as_spelled(spans, frozenset({"on"})) is spans


@pytest.mark.parametrize(
    ("shown", "comes", "is_false"),
    [
        ("not_home", 60.0, True),
        ("unavailable", 60.0, True),
        ("not_home", FALSE_START_SECONDS + 60, False),
        ("home", 60.0, False),
    ],
)
def test_a_start_shows_what_is_not_so(shown: str, comes: float, is_false: bool) -> None:
    runs = (Window(0, 1000), Window(1100, 9000))
    spans = [
        Span(0, 1000, "home"),
        Span(1105, 1100 + comes, shown),
        Span(1100 + comes, 9000, "home"),
    ]
    found = without_false_starts(spans, runs)
    assert (found[1].state == "unknown") is is_false
    assert [found[0], found[2]] == [spans[0], spans[2]]
    # What comes back as something else did change.
    other = [*spans[:2], spans[2]._replace(state="Work")]
    assert without_false_starts(other, runs) is other


def test_an_event_counts_when_it_is_newer_than_what_was_known() -> None:
    start, end = DAY
    spans = [
        Span(start - 9, start, "double", start - 9),
        Span(start, start + 5, "double", start - 9),
        Span(start + 5, start + 6, "unavailable"),
        Span(start + 6, start + 7, "double", start + 6),
        Span(start + 7, end, "single", start + 7),
        Span(end, end + 1, "double", end),
    ]
    double = frozenset({"double"})
    assert fired(spans, double, DAY).moments == (start + 6,)
    # Of what was never seen before, nobody knows whether it is new.
    assert not fired(spans[3:4], double, DAY).moments
    never = [Span(start, start + 6, "unknown"), *spans[3:4]]
    assert fired(never, double, DAY).moments == (start + 6,)


def test_a_text_that_makes_room_for_the_next_is_none_of_the_day() -> None:
    start, end = DAY
    unsaid = frozenset({"-"})
    calm = Span(start + 50, end - 60, "Calm")
    for empty in ("", "-"):
        late, early = Span(end - 60, end, empty), Span(end - 9000, end, empty)
        assert last_text([calm, late], unsaid, DAY) == "Calm"
        assert last_text([calm, early], unsaid, DAY) == ""
        assert last_text([late], unsaid, DAY) == ""
        old = Span(start - 900, start + 60, "Old")
        made = Span(start + 60, start + 99, empty)
        assert first_text([old, made, calm], unsaid, DAY) == "Calm"
        assert first_text([old, made], unsaid, DAY) == ""
        kept = old._replace(end=start + 9000)
        assert first_text([kept, made], unsaid, DAY) == "Old"
    assert first_text([], unsaid, DAY) == last_text([], unsaid, DAY) == ""
