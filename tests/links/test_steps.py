"""A list of named moods is told on Exist's scale, the worst as 1 and the best as 9."""

from collections.abc import Sequence

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.exist.links.entering import Span
from custom_components.exist.links.steps import are_numbered, said_steps, steps_on
from custom_components.exist.links.watching import in_steps
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import asks_for, beforehand, edit, finish, offered, start, walk
from ..link_home import at, evaluate, own_empty, record, set_runs
from ..writing import settle

MOST = 9


def _told(options: Sequence[str]) -> dict[str, str]:
    """Return the number of each option on Exist's scale."""
    steps = steps_on(options, MOST)
    spans = [Span(0, 1, each) for each in options]
    numbered = are_numbered(steps)
    shown = [each.state for each in in_steps(spans, steps, numbered=numbered)]
    return dict(zip(options, shown, strict=True)) if steps else {}


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("Bad", "Ok", "Good"), (1, 5, 9)),
        (("Great", "Good", "Ok", "Bad", "Awful"), (9, 7, 5, 3, 1)),
        (("Sehr schlecht", "Schlecht", "Gut", "Sehr gut"), (1, 4, 6, 9)),
        (("Very low", "Low", "Medium", "High", "Very high"), (1, 3, 5, 7, 9)),
        (tuple("123456789"), tuple(range(1, 10))),
        (("5 - great", "4 - good", "3 - ok", "2 - bad", "1 - awful"), (5, 4, 3, 2, 1)),
        (("1: 😞", "4: 😐", "7: 😀"), (1, 4, 7)),
        (("1 bad", "2 ok", "3 good"), (1, 2, 3)),
    ],
)
def test_each_name_has_its_place_whichever_comes_first(
    options: tuple[str, ...], numbers: tuple[int, ...]
) -> None:
    assert _told(options) == dict(zip(options, map(str, numbers), strict=True))


@pytest.mark.parametrize(
    "options",
    [
        ("Happy", "Angry", "Sad"),
        ("1-2 good", "3-4 better"),
        ("1 - bad", "Good"),
        ("1 - bad", "1 - good"),
        ("Good", "Great"),
        ("Not good", "Ok", "Good"),
        ("Home", "Away", "Night"),
        tuple(map(str, range(11))),
        ("Good",),
        ("-", "Select…"),
        (),
    ],
)
def test_what_is_no_scale_has_no_steps(options: tuple[str, ...]) -> None:
    assert _told(options) == {}


@pytest.mark.parametrize(
    ("options", "are"),
    [
        (("5 - great", "3: ok"), True),
        (("1) a", "2. b", "3 = c", "4 (d)", "5 \u2013 e", "6- f", "7"), True),
        (("0 drinks", "1-2 drinks", "3-4 drinks", "5+ drinks"), False),
        (("0-10 min", "10-30 min", "30-60 min"), False),
        (("0 \u2013 10", "10 \u2013 30"), False),
        (("0", "1", "2", "3+"), False),
        (("10 min", "30 min"), False),
        (("10-min", "30-min"), False),
        (("1.5 h", "2.5 h"), False),
        (("1:30", "2:30"), False),
        (("0 h", "1/day"), False),
        (("5 - great", "5 - good"), False),
        (("5 - great", "ok"), False),
        ((), False),
    ],
)
def test_a_number_of_something_is_no_number_of_its_own(
    options: tuple[str, ...], are: bool
) -> None:
    assert are_numbered(options) is are


def test_what_stands_for_nothing_chosen_is_no_step() -> None:
    assert _told(("-", "Bad", "Good")) == {"-": "-", "Bad": "1", "Good": "9"}
    options = ("Please choose", "-", "…", "Mild", "Severe", "Not set", "None")
    assert said_steps(options) == ("Mild", "Severe", "None")


@pytest.mark.parametrize(
    ("options", "entered", "value"),
    [
        (["-", "Bad", "Ok", "Good"], "Good", 9),
        (["Good", "Ok", "Bad"], "Bad", 1),
        (list("123456789"), "7", 7),
    ],
)
async def test_the_suggestion_carries_its_steps(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    options: list[str],
    entered: str,
    value: int,
) -> None:
    mood = "input_select.mood"
    freezer.move_to(at(2026, 5, 20, 20))
    own_empty(exist_server, "mood")
    hass.states.async_set(mood, entered, {"options": options})
    await record(
        hass, {mood: [(at(2026, 5, 19), options[0]), (at(2026, 5, 20, 19), entered)]}
    )
    await set_runs(hass, [], at(2026, 5, 18, 7))
    home = await add_account()
    key = f"{mood}|last|mood"
    page = await start(hass, home)
    assert offered(page, "suggestion")[key] == "mood: last value → Mood"
    page = await walk(hass, page, {"suggestion": key})
    # Whoever looks at the first page again keeps the places of the names.
    page = await walk(hass, page, "change", "entity")
    assert beforehand(page, "steps") is True
    page = await walk(hass, page, {"entity": mood, "more": {"steps": True}}, "ready")
    link = await finish(hass, home, page)
    await evaluate(hass, home)
    assert exist_server.value("ada", link.data["attribute"]) == value
    assert link.data["attribute"] == "mood"


@pytest.mark.parametrize("entity", ["input_select.mood_lighting", "select.energy_mode"])
async def test_lamps_and_modes_have_no_mood(
    recorder_mock: None,
    hass: HomeAssistant,
    add_account: AddAccount,
    entity: str,
) -> None:
    hass.states.async_set(entity, "Low", {"options": ["Low", "High"]})
    assert "suggestion" not in asks_for(await start(hass, await add_account()))


DRINKS = ["0 drinks", "1-2 drinks", "3-4 drinks", "5+ drinks"]
GRADES = ["9 - great", "5 - ok", "2 - bad"]


@pytest.mark.parametrize(
    ("options", "entered", "value"), [(DRINKS, "1-2 drinks", 2), (GRADES, "5 - ok", 5)]
)
async def test_the_form_says_once_whether_steps_have_their_own_numbers(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    options: list[str],
    entered: str,
    value: int,
) -> None:
    chosen = "input_select.chosen"
    freezer.move_to(at(2026, 5, 20, 20))
    own_empty(exist_server, "coffees")
    hass.states.async_set(chosen, entered, {"options": options})
    rows = [(at(2026, 5, 19), options[0]), (at(2026, 5, 20, 19), entered)]
    await record(hass, {chosen: rows})
    await set_runs(hass, [], at(2026, 5, 18, 7))
    home = await add_account()
    named = {"entity": chosen, "more": {"steps": True}}
    page = await walk(hass, await start(hass, home), named, {"aggregate": "last"})
    page = await walk(hass, page, {"target": "name:coffees"})
    link = await finish(hass, home, page)
    await evaluate(hass, home)
    assert exist_server.value("ada", "coffees") == value
    # A link of before takes them by their place, also once it is edited.
    data = {key: each for key, each in link.data.items() if key != "numbered"}
    hass.config_entries.async_update_subentry(home, link, data=data)
    await settle(hass)
    place = options.index(entered) + 1
    assert exist_server.value("ada", "coffees") == place
    page = await walk(hass, await edit(hass, home, link.subentry_id), "entity")
    assert beforehand(page, "steps") is True
    page = await walk(hass, page, named, "finish")
    await walk(hass, page, {})
    await evaluate(hass, home)
    assert "numbered" not in home.subentries[link.subentry_id].data
    assert exist_server.value("ada", "coffees") == place
