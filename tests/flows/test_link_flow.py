"""The form of a link: each aggregate, each wrong turn, and the way on from it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy.exc import OperationalError
import voluptuous as vol

from custom_components.exist.links import Aggregate
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er

from ..conftest import AddAccount
from ..exist_server import SCOPES, ExistServer, Fault
from ..link_form import (
    TAKEN,
    asks_for,
    beforehand,
    choose,
    days_shown,
    edit,
    finish,
    offered,
    refused,
    said,
    start,
    submit,
    untouched,
    walk,
    with_part,
)
from ..link_home import Rows, at, evaluate, record, set_runs
from ..writing import settle, write

ROOM = "sensor.bedroom"
OUTSIDE = "sensor.terrace"
SCALE = "sensor.scale"
METER = "sensor.heating"
TRIP = "sensor.trip"
TV = "media_player.living_room"
COFFEE = "switch.espresso"
ADA = "person.ada"
BED = "binary_sensor.bed"
WINDOW = "binary_sensor.window"
SKY = "weather.home"
BELL = "event.bell"
BIN_DAY = "sensor.bin_day"
SECRET = "sensor.secret"
PLAIN = "sensor.plain"
TODAY = date(2026, 5, 20)
YESTERDAY = date(2026, 5, 19)
OURS = "home_assistant"


def today(*clock: int) -> datetime:
    return at(2026, 5, 20, *clock)


def before(*clock: int) -> datetime:
    return at(2026, 5, 19, *clock)


MEASURED = {"state_class": "measurement"}
HOME: dict[str, tuple[dict[str, str], Rows]] = {
    ROOM: (
        {"unit_of_measurement": "°C", "device_class": "temperature", **MEASURED},
        [
            (before(0), "18"),
            (today(0), "20"),
            (today(6), "24"),
            (today(9), "22.5"),
        ],
    ),
    OUTSIDE: (
        {"unit_of_measurement": "°F", "device_class": "temperature", **MEASURED},
        [(before(0), "50"), (today(0), "59"), (today(8), "77"), (today(9), "68")],
    ),
    SCALE: (
        {"unit_of_measurement": "lb", "device_class": "weight", **MEASURED},
        [(before(7), "160"), (today(7), "154.32")],
    ),
    METER: (
        {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
        [(before(0), "7"), (before(20), "9"), (today(6), "9.25"), (today(10), "0.25")],
    ),
    TRIP: (
        {"unit_of_measurement": "mi", **MEASURED},
        [(before(0), "10"), (today(0), "11"), (today(10), "11.5")],
    ),
    TV: ({}, [(before(0), "off"), (today(9), "playing"), (today(10, 10), "off")]),
    COFFEE: (
        {"friendly_name": "Espresso"},
        [
            (before(0), "off"),
            *((today(h, m), s) for h in (7, 8) for m, s in ((0, "on"), (5, "off"))),
        ],
    ),
    ADA: (
        {"friendly_name": "Ada"},
        [(before(0), "home"), (today(8, 15), "not_home"), (today(11), "home")],
    ),
    BED: ({}, [(before(0), "off"), (before(23, 10), "on"), (today(6), "off")]),
    WINDOW: ({}, [(before(0), "off"), (today(7), "on"), (today(7, 1), "off")]),
    SKY: ({"friendly_name": "Sky"}, [(before(0), "rainy"), (today(10), "sunny")]),
    BELL: (
        {},
        [
            (before(0), "2026-05-19T00:00:00+00:00"),
            (today(9), "2026-05-20T07:00:00+00:00"),
        ],
    ),
    BIN_DAY: ({"device_class": "date"}, []),
    SECRET: (MEASURED, []),
    PLAIN: ({"unit_of_measurement": "°C"}, []),
}
NOW = {BIN_DAY: "2026-05-22", SECRET: "1", PLAIN: "20"}


@pytest.fixture
def recorder_config(recorder_config: dict[str, Any]) -> dict[str, Any]:
    return {"exclude": {**recorder_config["exclude"], "entities": [SECRET]}}


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(today(12))


@pytest.fixture
async def furnished(
    recorder_mock: None, hass: HomeAssistant, exist_server: ExistServer
) -> None:
    """Furnish a home with a past of two days; what it feeds is empty at Exist."""
    for entity_id, (attributes, rows) in HOME.items():
        state = rows[-1][1] if rows else NOW[entity_id]
        hass.states.async_set(entity_id, state, attributes)
    await record(hass, {name: rows for name, (_, rows) in HOME.items() if rows})
    await set_runs(hass, [], at(2026, 5, 18, 7))
    exist_server.own("ada", "stromkosten")
    for attribute in exist_server.users["ada"].attributes.values():
        attribute.values.clear()


@pytest.fixture
async def home(furnished: None, add_account: AddAccount) -> MockConfigEntry:
    """Load the account in a furnished home."""
    return await add_account()


WHOLE_DAY = {"part": "whole_day"}
TV_PAGES = (
    {"entity": TV},
    {"aggregate": "time_in"},
    {"states": ["playing"]},
)
ROOM_PAGES = ({"entity": ROOM}, {"aggregate": "mean"})


@dataclass(frozen=True)
class Case:
    """One link: what is entered on the pages, and what must come of it."""

    entity: str
    aggregate: str
    target: str
    attribute: str
    value: float | str
    kind: int
    states: dict[str, Any] | None = None
    part: dict[str, Any] = field(default_factory=lambda: WHOLE_DAY)
    new: dict[str, str] | None = None
    data: dict[str, Any] = field(default_factory=dict)
    owner: str | None = None
    preview: str = ""


CASES = [
    Case(
        ROOM,
        "mean",
        "new",
        "bedroom_warmth",
        21.62,
        1,
        new={"label": "Bedroom warmth", "group": "health"},
        data={"label": "Bedroom warmth", "template": None, "unit": "°C"},
        preview="21.62 °C",
    ),
    Case(ROOM, "first", "name:stromkosten", "stromkosten", 20, 1, owner=OURS),
    Case(
        SCALE,
        "last",
        "name:weight",
        "weight",
        70,
        1,
        owner="withings",
        preview="70 kg",
        data={"unit": "lb", "template": "weight", "label": "Weight"},
    ),
    Case(
        OUTSIDE,
        "minimum",
        "name:weather_temp_min",
        "weather_temp_min",
        15,
        1,
        owner="weather",
        preview="15 °C",
    ),
    Case(
        OUTSIDE,
        "maximum",
        "name:weather_temp_max",
        "weather_temp_max",
        25,
        1,
        owner="weather",
    ),
    Case(METER, "sum", "template:energy", "energy", 1800, 1, preview="1800 kJ"),
    Case(TRIP, "difference", "template:steps_elevation", "steps_elevation", 0.8, 1),
    Case(
        TV,
        "time_in",
        "template:gaming_min",
        "gaming_min",
        70,
        3,
        states={"states": ["playing"], "absent": "not_in_state"},
        data={"states": ["playing"], "absent_is_gap": False},
        preview="1 h 10 min",
    ),
    Case(
        COFFEE,
        "times",
        "name:coffees",
        "coffees",
        2,
        0,
        states={"states": ["on"]},
        owner="exist",
        data={"absent_is_gap": True},
        preview="2",
    ),
    Case(
        ADA,
        "first_time",
        "new",
        "left_home",
        8 * 60 + 15,
        4,
        states={"states": ["not_home"]},
        part={"part": "day_from", "part_start": "04:00:00"},
        new={"label": " Left home ", "group": "location"},
        data={"part": "day_from", "part_start": "04:00", "label": "Left home"},
        preview="08:15",
    ),
    Case(
        BED,
        "last_time",
        "name:sleep_start",
        "sleep_start",
        11 * 60 + 10,
        6,
        states={"states": ["on"]},
        part={"part": "from_to", "part_start": "18:00:00", "part_end": "12:00:00"},
        owner="oura",
        data={"part": "from_to", "part_start": "18:00", "part_end": "12:00"},
        preview="23:10",
    ),
    Case(
        WINDOW,
        "ever",
        "new",
        "aired",
        1,
        7,
        states={"states": ["on"]},
        new={"label": "Aired", "group": "custom"},
        preview="✓",
    ),
    Case(
        SKY,
        "last",
        "name:weather_summary",
        "weather_summary",
        "sunny",
        2,
        owner="weather",
        data={"text": True},
        preview="a text (characters: 5)",
    ),
    Case(BELL, "times", "template:checkins", "checkins", 1, 0),
]


def test_every_aggregate_has_a_case() -> None:
    assert {case.aggregate for case in CASES} == set(Aggregate)


async def test_numbers_are_written_as_the_language_does(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.config.language = "de"
    result = await walk(hass, await start(hass, home), {"entity": ROOM})
    result = await walk(hass, result, {"aggregate": "mean"})
    result = await walk(hass, result, {"target": "new"})
    result = await walk(hass, result, {"label": "Schlafzimmer", "group": "health"})
    today = days_shown(result)[0]
    assert (today.day, today.told) == ("Mi 20.05.2026", "21,62 °C")


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.aggregate}-{case.attribute}"
)
async def test_each_aggregate_from_the_first_page_to_the_value_at_exist(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, case: Case
) -> None:
    result = await walk(hass, await start(hass, home), {"entity": case.entity})
    assert result["step_id"] == "aggregate"
    assert case.aggregate in offered(result, "aggregate")
    result = await walk(hass, result, {"aggregate": case.aggregate})
    if case.states is not None:
        assert result["step_id"] == "states"
        result = await walk(hass, result, case.states)
    assert result["step_id"] == "attribute"
    result = await walk(hass, result, {"target": case.target})
    if case.new is not None:
        assert result["step_id"] == "new_attribute"
        result = await walk(hass, result, case.new)

    # The past is shown before anything is taken.
    assert result["step_id"] == "ready"
    if case.part["part"] != "whole_day":
        result = await with_part(hass, result, case.part)
    rows = days_shown(result)
    assert len(rows) == 31
    assert rows[0].day == "Wed 2026-05-20"
    assert rows[0].told == case.preview or not case.preview
    assert "unknown; " in rows[-1].told
    assert exist_server.owner("ada", case.attribute) == case.owner
    assert untouched(exist_server)
    rival = case.owner not in (None, OURS)
    assert ("take" in result["menu_options"]) is rival
    result = await choose(hass, result, "finish")
    assert ("take_over" in asks_for(result)) is rival

    link = await finish(hass, home, result, **({"take_over": True} if rival else {}))
    assert link.unique_id == case.attribute
    assert link.title.endswith(link.data["label"])
    expected = {
        "entity": case.entity,
        "aggregate": case.aggregate,
        "attribute": case.attribute,
        "value_type": case.kind,
        "text": case.kind == 2,
        "observe": False,
        "part": case.part["part"],
        **case.data,
    }
    assert expected.items() <= link.data.items()
    assert "past_days" not in link.data
    assert ("states" in link.data) is (case.states is not None)
    assert ("decimals" in link.data) is (case.kind == 1)

    assert home.state is ConfigEntryState.LOADED
    assert exist_server.owner("ada", case.attribute) == OURS
    made = exist_server.users["ada"].attributes[case.attribute]
    assert made.value_type == case.kind
    assert exist_server.value("ada", case.attribute, TODAY) == case.value
    registry = er.async_get(hass)
    state = registry.async_get_entity_id(
        "sensor", "exist", f"ada/link/{link.subentry_id}/state"
    )
    assert state is not None
    shown = hass.states.get(state)
    assert shown is not None
    assert shown.state == "writing"


async def test_only_what_makes_sense_is_offered(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    async def aggregates(entity: str) -> list[str]:
        result = await walk(hass, await start(hass, home), {"entity": entity})
        return list(offered(result, "aggregate"))

    assert await aggregates(METER) == [
        "sum",
        "last",
        "first",
        "minimum",
        "maximum",
    ]
    assert (await aggregates(ROOM))[0] == "mean"
    assert await aggregates(BELL) == ["times", "first_time", "last_time", "ever"]
    assert await aggregates(SKY) == [
        "time_in",
        "times",
        "first_time",
        "last_time",
        "ever",
        "last",
        "first",
    ]
    assert set(await aggregates(BED)).isdisjoint({"mean", "last", "sum"})


async def test_absence_means_off_for_screens_and_a_gap_for_others(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    for entity, absent in ((TV, "not_in_state"), (BED, "gap")):
        result = await walk(
            hass, await start(hass, home), {"entity": entity}, {"aggregate": "times"}
        )
        assert beforehand(result, "absent") == absent


async def test_states_that_are_known_are_offered(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    async def states(entity: str) -> list[str]:
        pages = ({"entity": entity}, {"aggregate": "time_in"})
        return list(
            offered(await walk(hass, await start(hass, home), *pages), "states")
        )

    async def likely(entity: str) -> Any:
        pages = ({"entity": entity}, {"aggregate": "time_in"})
        return beforehand(await walk(hass, await start(hass, home), *pages), "states")

    hass.states.async_set("zone.office", "0", {"friendly_name": "Office"})
    assert await states(ADA) == ["home", "not_home", "Office"]
    assert {"sunny", "rainy", "fog"} <= set(await states(SKY))
    assert await likely(SKY) == []
    assert await likely(ADA) == ["home"]
    assert await likely(BED) == ["on"]
    hass.states.async_set("input_select.mode", "Party", {"options": ["Party", "Quiet"]})
    assert await states("input_select.mode") == ["Party", "Quiet"]
    hass.states.async_set("switch.away", "unavailable")
    assert await states("switch.away") == ["on", "off"]


# Wrong turns: nothing can be done just now.


async def test_an_account_that_is_not_loaded(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(home.entry_id)
    result = await start(hass, home)
    assert result["reason"] == "not_loaded"
    await hass.config_entries.async_setup(home.entry_id)
    assert (await start(hass, home))["step_id"] == "entity"


async def test_a_home_without_recorder(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    result = await start(hass, account)
    assert result["reason"] == "no_recorder"


@pytest.mark.parametrize("pages", range(7))
async def test_an_account_that_is_unloaded_while_any_page_is_open(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, pages: int
) -> None:
    entered: list[dict[str, Any]] = [
        *TV_PAGES,
        {"target": "new"},
        {"label": "Telly", "group": "media"},
        {},
    ]
    if pages == 6:
        entered = [*TV_PAGES, {"target": "template:gaming_min"}, {}]
        pages = 4
    result = await walk(hass, await start(hass, home), *entered[:pages])
    await hass.config_entries.async_unload(home.entry_id)
    for page in entered[pages:]:
        result = await submit(hass, result, page)
        if result["type"] is not FlowResultType.FORM:
            break
    assert result["reason"] == "not_loaded"
    assert untouched(exist_server)
    assert not home.subentries


# Wrong turns: which entity?


@pytest.mark.parametrize(
    ("entity", "error", "words"),
    [
        ("", "no_entity", "Choose an entity"),
        ("sensor.nowhere", "entity_without_state", "has no state"),
        (BIN_DAY, "entity_unfit", "Dates and lists"),
        (SECRET, "not_recorded", "recorder excludes this entity"),
    ],
)
async def test_an_entity_that_will_not_do(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    entity: str,
    error: str,
    words: str,
) -> None:
    result = await submit(hass, await start(hass, home), {"entity": entity})
    assert result["errors"] == {"base": error}
    assert words in refused(result)
    # What was chosen stands there still; another one leads on.
    assert beforehand(result, "entity") == (entity or None)
    result = await walk(hass, result, *TV_PAGES, {"target": "template:gaming_min"})
    await finish(hass, home, result)
    assert exist_server.value("ada", "gaming_min") == 70


async def test_an_entity_of_the_registry_is_followed_by_its_id(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    registered = er.async_get(hass).async_get_or_create(
        "binary_sensor", "demo", "door", suggested_object_id="door"
    )
    hass.states.async_set(registered.entity_id, "off")
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": registered.entity_id},
        {"aggregate": "times"},
        {"states": ["on"]},
        {"target": "name:commits"},
    )
    link = await finish(hass, home, result, take_over=True)
    assert link.data["registry_id"] == registered.id


async def test_an_entity_without_history(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    hass.states.async_set("switch.new", "off")
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": "switch.new"},
        {"aggregate": "time_in"},
        {"states": ["on"]},
        {"target": "template:gaming_min"},
    )
    rows = days_shown(result)
    assert len(rows) == 31
    assert all("unknown; " in row.told for row in rows)
    assert "as far back as the recorder keeps states" in said(result)
    link = await finish(hass, home, result, past_days=3)
    assert link.data["past_days"] == 3
    # Never told is never 0.
    assert not exist_server.users["ada"].attributes["gaming_min"].values


async def test_an_entity_that_vanishes_while_the_form_is_open(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *TV_PAGES)
    hass.states.async_remove(TV)
    result = await walk(hass, result, {"target": "template:gaming_min"})
    assert "Nothing can be calculated at the moment" in said(result)
    link = await finish(hass, home, result)
    engine = home.runtime_data.links
    assert engine.views[link.subentry_id].problem == "entity_gone"
    hass.states.async_set(TV, "off")
    await evaluate(hass, home)
    assert exist_server.value("ada", "gaming_min") == 70


async def test_a_database_that_cannot_be_read_is_said_in_place_of_the_preview(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def locked(*_: object, **_more: object) -> None:
        raise OperationalError("select", {}, Exception("database is locked"))

    result = await walk(hass, await start(hass, home), *TV_PAGES)
    with monkeypatch.context() as patched:
        patched.setattr("custom_components.exist.links.passes.read", locked)
        result = await walk(hass, result, {"target": "template:gaming_min"})
    assert "database couldn't be read" in said(result)
    await finish(hass, home, result)
    assert exist_server.value("ada", "gaming_min") == 70


# Wrong turns: which states, which part of the day?


async def test_no_states(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *TV_PAGES[:2])
    assert {"playing", "off", "standby"} <= set(offered(result, "states"))
    nothing: tuple[Any, ...] = ("", [])
    for empty in nothing:
        result = await submit(hass, result, {"states": empty})
        assert result["errors"] == {"base": "no_states"}
        assert "at least one state" in refused(result)
    # A state of the person's own words is taken.
    result = await walk(
        hass,
        result,
        {"states": ["playing", "karaoke"]},
        {"target": "template:gaming_min"},
    )
    assert "States that count: karaoke, playing" in said(result)
    link = await finish(hass, home, result)
    assert link.data["states"] == ["playing", "karaoke"]
    assert exist_server.value("ada", "gaming_min") == 70


@pytest.mark.parametrize(
    ("part", "hours", "error", "words"),
    [
        ("day_from", {}, "no_start", "Enter a start"),
        ("from_to", {"part_end": "07:00:00"}, "no_start", "Enter a start"),
        ("from_to", {"part_start": "07:00:00"}, "no_end", "Enter an end"),
        (
            "from_to",
            {"part_start": "07:00:00", "part_end": "07:00:00"},
            "no_length",
            "must be different",
        ),
    ],
)
async def test_a_part_of_the_day_that_is_none(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    part: str,
    hours: dict[str, str],
    error: str,
    words: str,
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        *TV_PAGES,
        {"target": "template:gaming_min"},
        "change",
        "part",
    )
    assert "Europe/Vienna" in said(result)
    # Hours are asked for only where they are used.
    assert asks_for(result) == {"part"}
    result = await walk(hass, result, {"part": part})
    assert "Europe/Vienna" in said(result)
    assert ("part_end" in asks_for(result)) is (part == "from_to")
    result = await submit(hass, result, hours)
    assert result["errors"] == {"base": error}
    assert words in refused(result)
    for key, value in hours.items():
        assert beforehand(result, key) == value
    given = {"part_start": "08:00:00", "part_end": "09:30:00"}
    given = {key: given[key] for key in asks_for(result)}
    result = await walk(hass, result, given, "ready")
    link = await finish(hass, home, result)
    assert link.data["part_start"] == "08:00"
    assert link.data["part_end"] == given.get("part_end", "00:00:00")[:5]
    until = 30 if part == "from_to" else 70
    assert exist_server.value("ada", "gaming_min") == until


# Wrong turns: which attribute?


async def test_what_can_never_fit_is_not_offered(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *ROOM_PAGES)
    targets = offered(result, "target")
    assert not {"name:weight", "name:tv_min", "template:water"} & set(targets)
    assert {"name:weather_temp_max", "name:stromkosten"} <= set(targets)


async def test_a_number_without_unit_does_not_fit_what_has_one(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.bare", "3", MEASURED)
    result = await walk(
        hass, await start(hass, home), {"entity": "sensor.bare"}, {"aggregate": "last"}
    )
    targets = list(offered(result, "target"))
    assert "name:weight" not in targets
    # Nothing is known to fit: a new one is as likely as any.
    assert targets[0] == "new"
    result = await walk(hass, result, {"target": "name:stromkosten"})
    await finish(hass, home, result)


async def test_a_name_that_is_typed_is_a_new_attribute(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass, await start(hass, home), *ROOM_PAGES, {"target": "Bedroom warmth"}
    )
    assert result["step_id"] == "new_attribute"
    assert beforehand(result, "label") == "Bedroom warmth"
    result = await walk(hass, result, {"group": "health"})
    await finish(hass, home, result)
    assert exist_server.value("ada", "bedroom_warmth", TODAY) == 21.62
    # What is measured adds up to nothing.
    assert home.options["policies"] == {"bedroom_warmth": "latest"}
    state = hass.states.get("sensor.exist_ada_bedroom_warmth")
    assert state is not None
    assert "yesterday" not in state.attributes


async def test_what_fits_comes_first_and_owners_are_told(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": SCALE},
        {"aggregate": "last"},
    )
    targets = offered(result, "target")
    keys = list(targets)
    # What has a mass, a new one, what is just a number; no length, and no count.
    order = ("name:weight", "template:protein", "new", "name:stromkosten")
    assert sorted(order, key=keys.index) == list(order)
    assert keys[0] == "name:weight"
    assert not {"name:steps_distance", "name:coffees", "name:mood"} & set(keys)
    assert targets["name:weight"] == "Weight · Health and body (Withings)"
    assert targets["name:stromkosten"] == "Stromkosten · Finance ✓"
    assert targets["template:protein"] == "Protein · Food and drink (new)"
    assert "name:mood_note" not in keys
    assert "name:gym" not in keys


async def test_what_is_linked_already_is_not_offered(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass, await start(hass, home), *TV_PAGES, {"target": "template:gaming_min"}
    )
    await finish(hass, home, result)
    result = await walk(hass, await start(hass, home), *TV_PAGES)
    assert not {"name:gaming_min", "template:gaming_min"} & set(
        offered(result, "target")
    )
    assert "name:movies_min" in offered(result, "target")


async def test_two_flows_at_once_for_one_attribute(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    slow = await walk(
        hass, await start(hass, home), *TV_PAGES, {"target": "template:gaming_min"}
    )
    quick = await walk(
        hass,
        await start(hass, home),
        {"entity": BED},
        {"aggregate": "time_in"},
        {"states": ["on"]},
        {"target": "template:gaming_min"},
    )
    link = await finish(hass, home, quick)
    result = await submit(hass, slow, {})
    assert result["reason"] == "already_configured"
    assert list(home.subentries) == [link.subentry_id]
    assert exist_server.value("ada", "gaming_min") == 6 * 60


async def test_a_name_that_is_missing_or_taken(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *ROOM_PAGES, {"target": "new"})
    assert beforehand(result, "label") == ROOM
    result = await submit(hass, result, {"label": "   ", "group": "health"})
    assert result["errors"] == {"base": "no_label"}
    assert refused(result) == "Enter a name."
    result = await submit(hass, result, {"label": " wEIGHT "})
    assert result["errors"] == {"base": "label_exists"}
    assert "already" in refused(result)
    assert beforehand(result, "group") == "health"
    result = await walk(hass, result, {"label": "Nest"})
    link = await finish(hass, home, result)
    assert link.data["attribute"] == "nest"
    made = exist_server.users["ada"].attributes["nest"]
    assert (made.label, made.group and made.group.name) == ("Nest", "health")
    assert made.manual is False


@pytest.mark.parametrize(
    ("entity", "attributes", "aggregate", "kind"),
    [
        ("sensor.battery", {"unit_of_measurement": "%"}, "mean", 5),
        ("sensor.nap", {"unit_of_measurement": "s"}, "last", 3),
        ("sensor.euros", {"unit_of_measurement": "EUR"}, "last", 1),
        ("counter.cups", {}, "sum", 0),
        ("input_number.dose", {}, "mean", 1),
        ("input_button.press", {}, "times", 0),
        ("input_text.note", {}, "last", 2),
        ("input_select.mode", {"options": ["a", "7"]}, "first", 2),
    ],
)
async def test_the_type_of_a_new_attribute_follows_from_what_feeds_it(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    entity: str,
    attributes: dict[str, Any],
    aggregate: str,
    kind: int,
) -> None:
    hass.states.async_set(entity, "7", attributes)
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": entity},
        {"aggregate": aggregate},
        {"target": "new"},
        {"label": "Something new", "group": "media"},
    )
    result = await choose(hass, result, "finish")
    # Only what has decimals is rounded to some of them.
    assert ("decimals" in asks_for(result)) is (kind in (1, 5))
    await finish(hass, home, result)
    made = exist_server.users["ada"].attributes["something_new"]
    assert made.value_type == kind


async def test_only_what_is_yes_or_no_can_be_a_tag(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *ROOM_PAGES, {"target": "new"})
    assert "custom" not in offered(result, "group")
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": BED},
        {"aggregate": "ever"},
        {"states": ["on"]},
        {"target": "new"},
    )
    assert "custom" in offered(result, "group")


async def test_decimal_places_are_the_persons(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        *ROOM_PAGES,
        {"target": "name:stromkosten"},
        "finish",
    )
    assert beforehand(result, "decimals") == 2
    link = await finish(hass, home, result, decimals=0)
    assert link.data["decimals"] == 0
    assert exist_server.value("ada", "stromkosten") == 22
    result = await walk(hass, await edit(hass, home, link.subentry_id), "finish")
    assert beforehand(result, "decimals") == 0


@pytest.mark.parametrize(
    ("pages", "reach"),
    [
        (ROOM_PAGES, "has statistics of this entity"),
        (({"entity": PLAIN}, *ROOM_PAGES[1:]), "has no state class"),
        (
            ({"entity": ROOM}, {"aggregate": "last"}),
            "as far back as the recorder keeps states",
        ),
    ],
)
async def test_how_far_back_values_reach_is_said(
    hass: HomeAssistant, home: MockConfigEntry, pages: Any, reach: str
) -> None:
    result = await walk(
        hass, await start(hass, home), *pages, {"target": "name:stromkosten"}
    )
    assert reach in said(result)
    await finish(hass, home, result)


# Wrong turns: whose is it?

WEIGHT_PAGES = (
    {"entity": SCALE},
    {"aggregate": "last"},
    {"target": "name:weight"},
)


async def test_nothing_is_taken_without_a_tick(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *WEIGHT_PAGES, "finish")
    assert "Current owner: Withings" in said(result)
    assert beforehand(result, "take_over") is False
    result = await submit(hass, result, {"decimals": 1, "past_days": 1})
    assert result["errors"] == {"base": "tick_needed"}
    assert "Another service owns" in refused(result)
    assert exist_server.owner("ada", "weight") == "withings"
    assert untouched(exist_server)
    # What was entered is still there.
    assert beforehand(result, "decimals") == 1
    assert beforehand(result, "past_days") == 1
    link = await finish(hass, home, result, take_over=True)
    assert link.data["decimals"] == 1
    assert exist_server.owner("ada", "weight") == OURS
    assert exist_server.value("ada", "weight", TODAY) == 70
    assert exist_server.value("ada", "weight", YESTERDAY) == 72.6


async def test_observing_takes_nothing(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *WEIGHT_PAGES)
    link = await finish(hass, home, result, observe=True)
    assert link.data["observe"] is True
    assert link.data["attribute"] == "weight"
    assert exist_server.owner("ada", "weight") == "withings"
    assert untouched(exist_server)
    assert not exist_server.users["ada"].attributes["weight"].values
    engine = home.runtime_data.links
    assert engine.views[link.subentry_id].value == 70


async def test_a_new_attribute_is_created_when_it_is_no_longer_only_observed(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        *ROOM_PAGES,
        {"target": "new"},
        {"label": "Nest", "group": "health"},
    )
    link = await finish(hass, home, result, observe=True)
    assert "nest" not in exist_server.users["ada"].attributes
    assert untouched(exist_server)
    result = await walk(hass, await edit(hass, home, link.subentry_id), "attribute", {})
    # The name and group that were chosen then are still there.
    assert result["step_id"] == "new_attribute"
    assert beforehand(result, "label") == "Nest"
    assert beforehand(result, "group") == "health"
    result = await walk(hass, result, {}, "finish")
    assert beforehand(result, "observe") is True
    result = await walk(hass, result, {"observe": False})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    assert home.subentries[link.subentry_id].data["attribute"] == "nest"
    assert exist_server.value("ada", "nest", TODAY) == 21.62


async def test_what_somebody_took_meanwhile_is_not_taken(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass, await start(hass, home), *TV_PAGES, {"target": "template:gaming_min"}
    )
    assert "take" not in result["menu_options"]
    exist_server.steal("ada", "gaming_min", "trakt")
    result = await choose(hass, result, "use")
    assert result["errors"] == {"base": "not_owned"}
    assert "couldn't get the attribute" in refused(result)
    assert "Trakt owns it" in refused(result)
    assert "Current owner: Trakt." in said(result)
    assert exist_server.owner("ada", "gaming_min") == "trakt"
    assert not home.subentries
    # From now on it is asked for.
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "tick_needed"}
    assert exist_server.owner("ada", "gaming_min") == "trakt"
    await finish(hass, home, result, take_over=True)
    assert exist_server.owner("ada", "gaming_min") == OURS
    assert exist_server.value("ada", "gaming_min") == 70


async def test_an_owner_that_cannot_be_seen_needs_a_tick_too(
    hass: HomeAssistant,
    exist_server: ExistServer,
    furnished: None,
    add_account: AddAccount,
) -> None:
    entry = await add_account(
        scopes=tuple(each for each in SCOPES if each != "health_read")
    )
    result = await walk(
        hass, await start(hass, entry), *WEIGHT_PAGES[:2], {"target": "template:weight"}
    )
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "tick_needed"}
    assert exist_server.owner("ada", "weight") == "withings"
    await finish(hass, entry, result, take_over=True)
    assert exist_server.owner("ada", "weight") == OURS


async def test_without_the_right_to_write_one_can_only_observe(
    hass: HomeAssistant,
    exist_server: ExistServer,
    furnished: None,
    add_account: AddAccount,
) -> None:
    entry = await add_account(
        scopes=tuple(each for each in SCOPES if each != "media_write")
    )
    result = await walk(hass, await start(hass, entry), *TV_PAGES)
    targets = offered(result, "target")
    assert not {"name:movies_min", "template:gaming_min"} & set(targets)
    assert "name:meditation_min" in targets
    result = await walk(hass, result, {"target": "new"})
    groups = offered(result, "group")
    assert groups["media"] == list(groups.values())[-1] == "Media (observe only)"
    assert groups["health"] == "Health and body"
    result = await walk(hass, result, {"label": "Telly", "group": "media"})
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "not_owned"}
    assert "isn't allowed to write in this group" in refused(result)
    assert "telly" not in exist_server.users["ada"].attributes
    await finish(hass, entry, result, observe=True)
    assert "telly" not in exist_server.users["ada"].attributes


@pytest.mark.parametrize("entered", [False, True])
async def test_what_another_service_sent_today_is_replaced_by_the_link(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    entered: bool,
) -> None:
    exist_server.own("ada", "filterkaffee", service="strava", manual=entered)
    exist_server.set_value("ada", "filterkaffee", None, 1)
    today = exist_server.today("ada")
    exist_server.set_value("ada", "filterkaffee", today - timedelta(days=1), 9)
    await home.runtime_data.coordinator.async_refresh()
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": COFFEE},
        {"aggregate": "times"},
        {},
        {"target": "name:filterkaffee"},
    )
    # What a person entered is theirs, whatever took it in.
    stays = "It stays, and the link starts tomorrow."
    replaced = "Another service already sent a value for today. The link replaces it."
    assert (stays in said(result)) is entered
    assert (replaced in said(result)) is not entered
    result = await choose(hass, result, "take")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settle(hass)
    assert exist_server.value("ada", "filterkaffee") == (1 if entered else 2)
    yesterday = today - timedelta(days=1)
    assert exist_server.value("ada", "filterkaffee", yesterday) == 9
    # What the person says at Exist after that is theirs all the same.
    exist_server.set_value("ada", "filterkaffee", None, 5)
    await home.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "filterkaffee") == 5


async def test_what_was_entered_at_exist_today_stays(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "filterkaffee", None, 1)
    await home.runtime_data.coordinator.async_refresh()
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": COFFEE},
        {"aggregate": "times"},
        {},
        {"target": "name:filterkaffee"},
    )
    assert "It stays, and the link starts tomorrow." in said(result)
    await finish(hass, home, result, take_over=True)
    assert exist_server.value("ada", "filterkaffee") == 1


async def test_an_attribute_of_ones_own_is_taken_over_by_its_name(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    assert exist_server.owner("ada", "filterkaffee") == "exist"
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": COFFEE},
        {"aggregate": "times"},
        {},
        {"target": "name:filterkaffee"},
    )
    assert "Current owner: Exist." in said(result)
    link = await finish(hass, home, result, take_over=True)
    assert link.data["template"] is None
    assert exist_server.owner("ada", "filterkaffee") == OURS
    assert exist_server.value("ada", "filterkaffee") == 2


# Wrong turns: Exist is away.


async def test_exist_away_all_the_way(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("status", status=503, times=None))
    result = await start(hass, home)
    for label in offered(result, "suggestion").values():
        assert not label.endswith(("→ ", "→ None")), label
    result = await walk(hass, result, *TV_PAGES)
    targets = offered(result, "target")
    # What is known without asking is offered.
    assert "name:movies_min" in targets
    assert "template:mobile_screen_min" not in targets
    result = await walk(hass, result, {"target": "name:movies_min"})
    assert "1 h 10 min" in said(result)
    result = await submit(hass, result, {"take_over": True})
    assert result["errors"] == {"base": "not_owned"}
    assert "Exist didn't respond" in refused(result)
    assert not home.subentries
    assert exist_server.owner("ada", "movies_min") == "trakt"
    exist_server.faults.clear()
    await finish(hass, home, result)
    assert exist_server.owner("ada", "movies_min") == OURS
    assert exist_server.value("ada", "movies_min") == 70


async def test_templates_are_asked_for_again_when_exist_is_back(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    away = exist_server.faults.add(Fault("status", status=503, times=None))
    result = await walk(hass, await start(hass, home), *TV_PAGES[:2])
    exist_server.faults.remove(away)
    result = await walk(hass, result, {"states": ["playing"]})
    assert "template:mobile_screen_min" in offered(result, "target")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", TAKEN[0][5:], status=400), "unexpected response"),
        (Fault("status", TAKEN[0][5:], status=429, retry_after="120"), "300 requests"),
        (Fault("html", TAKEN[0][5:], status=502), "response was lost"),
        (Fault("drop", TAKEN[0][5:]), "response was lost"),
        (
            Fault("status", "*/attributes/", status=401, times=None),
            "no longer accepts",
        ),
        (Fault("status", "*/attributes/", status=429), "300 requests"),
        (Fault("malformed", "*/attributes/"), "unexpected response"),
    ],
    ids=[
        "refused",
        "limited",
        "gateway",
        "dropped",
        "signed_out",
        "limited_before",
        "nonsense",
    ],
)
async def test_acquiring_that_fails_can_be_tried_again(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
    words: str,
) -> None:
    result = await walk(
        hass, await start(hass, home), *TV_PAGES, {"target": "template:gaming_min"}
    )
    exist_server.faults.add(fault)
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "not_owned"}
    assert words in refused(result)
    assert exist_server.owner("ada", "gaming_min") is None
    assert not home.subentries
    exist_server.faults.clear()
    freezer.tick(3700)
    await finish(hass, home, result)
    assert exist_server.owner("ada", "gaming_min") == OURS
    assert exist_server.value("ada", "gaming_min") == 70


async def test_a_new_attribute_whose_answer_is_lost_is_linked_all_the_same(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        *ROOM_PAGES,
        {"target": "new"},
        {"label": "Nest", "group": "health"},
    )
    exist_server.faults.add(Fault("drop", TAKEN[1][5:], stored=True))
    link = await finish(hass, home, result)
    assert link.data["attribute"] == "nest"
    assert exist_server.requests[TAKEN[1]] == 1
    assert exist_server.value("ada", "nest", TODAY) == 21.62


async def test_a_new_attribute_that_was_not_created_can_be_tried_again(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        *ROOM_PAGES,
        {"target": "new"},
        {"label": "Nest", "group": "health"},
    )
    exist_server.faults.add(Fault("drop", TAKEN[1][5:]))
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "not_owned"}
    assert "Exist didn't make the change" in refused(result)
    assert "nest" not in exist_server.users["ada"].attributes
    link = await finish(hass, home, result)
    assert link.data["attribute"] == "nest"
    assert exist_server.value("ada", "nest", TODAY) == 21.62


async def test_a_new_attribute_of_which_nothing_is_known_is_found_at_the_next_try(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        *ROOM_PAGES,
        {"target": "new"},
        {"label": "Nest", "group": "health"},
    )
    exist_server.faults.add(Fault("drop", TAKEN[1][5:], stored=True))
    away = exist_server.faults.add(Fault("status", method="GET", times=None))
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "not_owned"}
    assert "Exist couldn't be asked afterwards" in refused(result)
    exist_server.faults.remove(away)
    # Exist has it just once.
    await finish(hass, home, result)
    assert set(exist_server.owned("ada")) == {"stromkosten", "nest"}
    assert exist_server.value("ada", "nest", TODAY) == 21.62


async def test_a_name_that_exist_alone_finds_taken(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        *ROOM_PAGES,
        {"target": "new"},
        # Another label, of which Exist makes the same name.
        {"label": "Stromkosten!", "group": "health"},
    )
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "not_owned"}
    assert "already exists at Exist" in refused(result)
    assert not home.subentries
    await finish(hass, home, result, observe=True)


# Past days.


async def test_past_days_are_sent_and_only_replaced_where_that_was_ticked(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    for name in ("gaming_min", "movies_min"):
        exist_server.own("ada", name)
        exist_server.set_value("ada", name, YESTERDAY, 7)
    await home.runtime_data.coordinator.async_refresh()
    pages = ({"entity": BED}, {"aggregate": "time_in"}, {"states": ["on"]})
    for name, replace in (("gaming_min", False), ("movies_min", True)):
        result = await walk(
            hass, await start(hass, home), *pages, {"target": f"name:{name}"}
        )
        result = await choose(hass, result, "finish")
        assert beforehand(result, "past_days") == 0
        result = await walk(hass, result, {"past_days": 2})
        # One of the two is known; today has no value.
        assert "Days before today that you asked for: 2" in said(result)
        assert "days that can be calculated: 1" in said(result)
        said_of_values = "Days that have a value from elsewhere at Exist, "
        assert f"{said_of_values}including today: 1" in said(result)
        assert beforehand(result, "replace") is False
        link = await finish(hass, home, result, replace=replace)
        assert link.data["past_days"] == 2
        assert link.data["replace"] is replace
        assert link.data["asked"]
        # The link says itself what became of it.
        sent = int(replace)
        state = next(
            each
            for each in hass.states.async_all("sensor")
            if each.attributes.get("friendly_name") == f"{link.title} State"
        )
        assert state.attributes["past_days_sent"] == sent
        page = await edit(hass, home, link.subentry_id)
        assert said(page).endswith(f"Past days sent: {sent}")
        # It shows what it would tell, and what it sent itself is from nowhere else.
        page = await choose(hass, page, "finish")
        assert "This is what the last days would have been:" in said(page)
        assert "<table>" in said(page)
        page = await walk(hass, page, {"past_days": 2})
        assert ("from elsewhere" in said(page)) is not replace
        assert ("replace" in page["data_schema"].schema) is not replace
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 7
    assert exist_server.value("ada", "movies_min", YESTERDAY) == 50
    assert exist_server.value("ada", "gaming_min", TODAY) == 360
    # Of that day, less than half is known.
    assert exist_server.value("ada", "movies_min", date(2026, 5, 18)) is None


async def _own_gaming(exist_server: ExistServer, home: MockConfigEntry) -> None:
    exist_server.own("ada", "gaming_min")
    await home.runtime_data.coordinator.async_refresh()


IN_BED_PAGES = (
    {"entity": BED},
    {"aggregate": "time_in"},
    {"states": ["on"]},
    {"target": "name:gaming_min"},
)


async def test_what_was_just_written_is_shown_and_stays(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    await _own_gaming(exist_server, home)
    result = await walk(hass, await start(hass, home), *IN_BED_PAGES)
    assert "the link starts tomorrow" not in said(result)
    await write(hass, name="gaming_min", value=33)
    # No poll since then has shown it.
    assert home.runtime_data.coordinator.polled("gaming_min", TODAY) is None
    result = await walk(hass, await start(hass, home), *IN_BED_PAGES)
    assert days_shown(result)[0].at_exist == "33 min"
    assert "It stays, and the link starts tomorrow" in said(result)
    await finish(hass, home, result)
    await evaluate(hass, home)
    assert exist_server.value("ada", "gaming_min", TODAY) == 33


async def test_it_is_said_whose_days_they_are_where_the_zones_differ(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *WEIGHT_PAGES)
    zone = home.runtime_data.coordinator.data.profile.timezone
    line = f"in the time zone of your Exist profile: {zone}"
    assert (line in said(result)) is (hass.config.time_zone != zone)
    hass.config.time_zone = "Asia/Kathmandu"
    result = await walk(hass, await start(hass, home), *WEIGHT_PAGES)
    assert line in said(result)
    hass.config.time_zone = zone
    result = await walk(hass, await start(hass, home), *WEIGHT_PAGES)
    assert line not in said(result)


async def test_another_number_of_past_days_is_counted_before_it_is_sent(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    await _own_gaming(exist_server, home)
    result = await walk(hass, await start(hass, home), *IN_BED_PAGES, "finish")
    result = await walk(hass, result, {"past_days": 2}, {"past_days": 5})
    assert result["step_id"] == "past"
    assert "Days before today that you asked for: 5" in said(result)
    assert beforehand(result, "past_days") == 5
    # Whoever wants none after all gets the link without them.
    result = await walk(hass, result, {"past_days": 0})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    [link] = home.subentries.values()
    assert not {"past_days", "replace", "asked"} & set(link.data)
    await settle(hass)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) is None


# Editing.


async def _linked(hass: HomeAssistant, home: MockConfigEntry, **given: Any) -> str:
    result = await walk(
        hass,
        await start(hass, home),
        *TV_PAGES[:2],
        {"states": ["playing", "karaoke"], "absent": "gap"},
        {"target": "template:gaming_min"},
    )
    part = {"part": "day_from", "part_start": "04:30:00"}
    result = await with_part(hass, result, part)
    return (await finish(hass, home, result, **given)).subentry_id


async def test_an_edit_begins_with_what_the_link_is_and_changes_nothing_by_itself(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await _linked(hass, home, past_days=2, replace=True)
    was = dict(home.subentries[link_id].data)
    exist_server.requests.clear()
    result = await edit(hass, home, link_id)
    assert result["step_id"] == "change"
    assert f"**{TV}**: time → **Time gaming**" in said(result)
    result = await choose(hass, result, "entity")
    assert "suggestion" not in asks_for(result)
    assert beforehand(result, "entity") == TV
    result = await walk(hass, result, {}, "aggregate")
    assert beforehand(result, "aggregate") == "time_in"
    result = await walk(hass, result, {}, "states")
    assert beforehand(result, "states") == ["playing", "karaoke"]
    assert beforehand(result, "absent") == "gap"
    result = await walk(hass, result, {}, "part")
    assert beforehand(result, "part") == "day_from"
    result = await walk(hass, result, {})
    assert beforehand(result, "part_start") == "04:30"
    assert asks_for(result) == {"part_start"}
    result = await walk(hass, result, {}, "attribute")
    assert beforehand(result, "target") == "name:gaming_min"
    result = await walk(hass, result, {}, "finish")
    assert "take_over" not in asks_for(result)
    # Past days were sent once; they are not asked for again by themselves.
    assert beforehand(result, "past_days") == 0
    result = await walk(hass, result, {})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    for key in ("past_days", "replace", "asked"):
        del was[key]
    assert dict(home.subentries[link_id].data) == was
    assert untouched(exist_server)


async def test_an_edit_to_another_entity(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await _linked(hass, home)
    assert exist_server.value("ada", "gaming_min") == 70
    assert "Past days sent" not in said(await edit(hass, home, link_id))
    result = await walk(
        hass, await edit(hass, home, link_id), "entity", {"entity": BED}
    )
    # The states of the other one mean nothing here.
    assert result["step_id"] == "states"
    assert beforehand(result, "states") == ["on"]
    whole = {"part": "whole_day"}
    result = await walk(hass, result, {}, "part", whole, "finish", {})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    link = home.subentries[link_id]
    assert link.data["entity"] == BED
    assert link.title == f"{BED} → Time gaming"
    assert exist_server.value("ada", "gaming_min") == 360


async def test_an_edit_of_a_link_whose_entity_is_gone(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await _linked(hass, home, observe=True)
    hass.states.async_remove(TV)
    result = await edit(hass, home, link_id)
    assert result["menu_options"] == ["entity"]
    assert TV in said(result)
    result = await submit(hass, await choose(hass, result, "entity"), {})
    assert result["errors"] == {"base": "entity_without_state"}
    result = await walk(hass, result, {"entity": BED}, {}, "finish")
    # Another entity does not make it write.
    assert beforehand(result, "observe") is True
    result = await walk(hass, result, {})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    assert home.subentries[link_id].data["entity"] == BED
    assert untouched(exist_server)


async def test_an_edit_to_another_attribute(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await _linked(hass, home)
    result = await walk(
        hass,
        await edit(hass, home, link_id),
        "attribute",
        {"target": "name:movies_min"},
        "finish",
    )
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "tick_needed"}
    result = await walk(hass, result, {"take_over": True})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    link = home.subentries[link_id]
    assert link.unique_id == link.data["attribute"] == "movies_min"
    assert exist_server.owner("ada", "movies_min") == OURS
    assert exist_server.value("ada", "movies_min") == 70
    # The attribute left behind is not given away without a question.
    assert exist_server.owner("ada", "gaming_min") == OURS
    assert set(home.runtime_data.links.orphans) == {"gaming_min"}


async def test_an_edit_of_the_part_of_the_day(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await _linked(hass, home)
    for part, data in (
        (
            {"part": "from_to", "part_start": "22:00:00", "part_end": "09:30:00"},
            ("from_to", "22:00", "09:30"),
        ),
        # Hours that it does not use are not kept.
        (
            {"part": "day_from", "part_start": "00:00:00"},
            ("day_from", "00:00", "00:00"),
        ),
        ({"part": "whole_day"}, ("whole_day", "00:00", "00:00")),
    ):
        pages: list[Any] = [{"part": part["part"]}]
        if hours := {key: each for key, each in part.items() if key != "part"}:
            pages.append(hours)
        result = await walk(
            hass, await edit(hass, home, link_id), "part", *pages, "finish", {}
        )
        assert result["reason"] == "reconfigure_successful"
        await settle(hass)
        link = home.subentries[link_id].data
        assert (link["part"], link["part_start"], link["part_end"]) == data
    result = await walk(hass, await edit(hass, home, link_id), "part")
    assert asks_for(result) == {"part"}


async def test_an_edit_to_another_aggregate_asks_no_more_for_states(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(
        hass,
        await start(hass, home),
        {"entity": SKY},
        {"aggregate": "time_in"},
        {"states": ["sunny"]},
        {"target": "template:gaming_min"},
    )
    link_id = (await finish(hass, home, result)).subentry_id
    assert exist_server.value("ada", "gaming_min") == 120
    result = await walk(
        hass, await edit(hass, home, link_id), "aggregate", {"aggregate": "first"}
    )
    # What it feeds takes no texts.
    assert result["step_id"] == "attribute"
    assert beforehand(result, "target") is None
    assert set(offered(result, "target")) >= {"name:mood_note", "new"}
    assert "template:gaming_min" not in offered(result, "target")
    result = await walk(hass, result, {"target": "name:weather_summary"})
    assert "states" not in result["menu_options"]
    result = await walk(hass, result, "finish", {"take_over": True})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    assert "states" not in home.subentries[link_id].data
    assert exist_server.value("ada", "weather_summary") == "rainy"


async def test_an_edit_to_what_another_link_feeds_by_now(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await _linked(hass, home)
    slow = await walk(
        hass,
        await edit(hass, home, link_id),
        "attribute",
        {"target": "name:movies_min"},
        "finish",
    )
    quick = await walk(
        hass, await start(hass, home), *TV_PAGES, {"target": "name:movies_min"}
    )
    await finish(hass, home, quick, take_over=True)
    result = await submit(hass, slow, {"take_over": True})
    assert result["reason"] == "already_configured"
    assert home.subentries[link_id].data["attribute"] == "gaming_min"


async def test_the_form_does_not_offer_what_exist_knows_already(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    result = await start(hass, home)
    selector = result["data_schema"].schema["entity"]
    assert "sensor.exist_ada_stromkosten" in selector.config["exclude_entities"]
    with pytest.raises(InvalidData):
        await submit(hass, result, {"entity": "sensor.exist_ada_stromkosten"})


async def test_a_suggestion_and_another_entity_are_one_too_many(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("media_player.tv", "off", {"friendly_name": "TV"})
    await settle(hass)
    result = await submit(
        hass,
        await start(hass, home),
        {"suggestion": "media_player.tv|time_in|tv_min", "entity": ROOM},
    )
    assert "not both" in refused(result)
    result = await walk(
        hass,
        result,
        {"suggestion": "media_player.tv|time_in|tv_min", "entity": ""},
    )
    assert result["step_id"] == "ready"
    # Nobody was asked which, so the page tells.
    assert "States that count: " in said(result)


async def test_nothing_is_chosen_that_nobody_chose(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *ROOM_PAGES)
    assert result["step_id"] == "attribute"
    assert beforehand(result, "target") is None
    result = await submit(hass, result, {})
    assert "Choose an attribute" in refused(result)
    result = await walk(hass, result, {"target": "new"})
    assert beforehand(result, "group") is None
    # The page asks for it before it sends anything.
    assert {"label", "group"} <= {
        each for each in result["data_schema"].schema if isinstance(each, vol.Required)
    }
    result = await walk(hass, result, {"label": "Nest", "group": "health"})
    assert result["step_id"] == "ready"
    assert "created in the group Health and body when the link starts" in said(result)


async def test_a_look_at_the_past_says_which_days_are_the_person_s(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "gaming_min", TODAY, 95)
    await linked_home.runtime_data.coordinator.async_refresh()
    await settle(hass)
    (link_id,) = linked_home.subentries
    result = await walk(hass, await edit(hass, linked_home, link_id), "finish")
    newest, before, *_ = days_shown(result)
    assert newest == (
        f"Wed {TODAY}",
        "1 h 10 min (edited by you, so it's left alone)",
        "1 h 35 min",
    )
    assert before == ("Tue 2026-05-19", "1 h 30 min", "")


async def test_an_edit_whose_attribute_no_longer_fits_says_so_before_it_ends(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *WEIGHT_PAGES)
    link = await finish(hass, home, result, take_over=True)
    result = await walk(hass, await edit(hass, home, link.subentry_id), "entity")
    result = await submit(hass, result, {"entity": ROOM})
    # Straight to what does not fit, with the reason.
    assert result["step_id"] == "attribute"
    assert "in kg, and °C can't" in refused(result)
    result = await walk(hass, result, {"target": "name:stromkosten"}, "finish", {})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    assert home.subentries[link.subentry_id].data["attribute"] == "stromkosten"


async def test_an_edit_does_not_end_before_all_is_right(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    link_id = await _linked(hass, home)
    link = home.subentries[link_id]
    hass.config_entries.async_update_subentry(
        home, link, data={**link.data, "states": []}
    )
    await settle(hass)
    result = await walk(hass, await edit(hass, home, link_id), "finish")
    assert result["step_id"] == "states"
    result = await walk(hass, result, {"states": ["playing"]}, "finish", {})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    assert home.subentries[link_id].data["states"] == ["playing"]


async def test_who_agreed_to_one_owner_is_asked_again_for_another(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    result = await walk(hass, await start(hass, home), *WEIGHT_PAGES)
    exist_server.faults.add(Fault("status", TAKEN[0][5:], status=400))
    exist_server.steal("ada", "weight", "oura")
    result = await submit(hass, result, {"take_over": True})
    assert result["errors"] == {"base": "not_owned"}
    assert "Current owner: Oura." in said(result)
    assert beforehand(result, "take_over") is False
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "tick_needed"}
    assert exist_server.owner("ada", "weight") == "oura"
