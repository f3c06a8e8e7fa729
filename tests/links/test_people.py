"""What people and their devices write: units, numbers, clocks, texts and lists."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.links.convert import plain_unit
from custom_components.exist.links.numerals import clock_of, lasting, number_of
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import offered, start, walk
from ..link_home import (
    add_link,
    at,
    days_of,
    evaluate,
    link_data,
    link_issues,
    own_empty,
    past_of,
)

YESTERDAY, TODAY = "2026-05-19", "2026-05-20"


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("KG", "kg"),
        ("Lb.", "lb"),
        ("Min", "min"),
        ("heures", "h"),
        ("MPH", "mph"),
        ("kw", "kW"),
        ("KWH", "kWh"),
        ("inches", "in"),
        ("m3", "m³"),
        ("calories", "kcal"),
        ("Cal", "kcal"),
        # What an entity means by it says its device class.
        ("cal", "cal"),
        ("pct", "%"),
        # These are two units each, or none.
        ("mw", "mw"),
        ("M", "M"),
        ("steps", "steps"),
    ],
)
def test_a_unit_is_known_however_it_is_written(written: str, unit: str) -> None:
    assert plain_unit(written) == unit


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1 234", 1234),
        ("12\u202f345,6", 12345.6),
        ("1'234.5", 1234.5),
        ("\u22125", -5),
        ("1 2", None),
        ("1,234", None),
        ("\u2212", None),
    ],
)
def test_a_number_is_known_however_it_is_grouped(
    written: str, number: float | None
) -> None:
    assert number_of(written) == number


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("7h 30m", 7.5),
        ("7 hr 30 min", 7.5),
        ("45 min", 0.75),
        ("8h", 8),
        ("1 std 30 min", 1.5),
        ("7 Std. 30 Min.", 7.5),
        ("7 hours, 30 minutes", 7.5),
        ("7 horas 30 minutos", 7.5),
        ("7時間30分", 7.5),
        ("PT7H30M", 7.5),
        ("7h30", 7.5),
        ("7h 30s", 7 + 30 / 3600),
        ("7,5 h", 7.5),
        ("7:30 h", 7.5),
        ("h", None),
        ("", None),
        ("7 miles", None),
        ("7 m of rope", None),
        ("5 m", None),
        ("90 min 30 s", 1.5 + 30 / 3600),
    ],
)
def test_how_long_is_known_in_words(written: str, hours: float | None) -> None:
    assert lasting(written) == hours


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("11:05 PM", time(23, 5)),
        ("12:10 am", time(0, 10)),
        ("7:32 a.m.", time(7, 32)),
        ("07:32 Uhr", time(7, 32)),
        ("13:05 PM", None),
        ("7h 30m", None),
    ],
)
def test_a_clock_of_half_a_day_is_known(written: str, clock: time | None) -> None:
    assert clock_of(written, ZoneInfo("UTC")) == clock


CASES: list[tuple[str, str, dict[str, Any], str, int, Any]] = [
    # Watches say calories and mean kilocalories.
    ("1800", "900", {"unit_of_measurement": "cal"}, "energy", 1, 3766),
    ("1800", "900", {"unit_of_measurement": "calories"}, "energy", 1, 3766),
    ("7h 30m", "6h 15m", {}, "sleep", 3, 375),
    ("450", "6h 15m", {"unit_of_measurement": "min"}, "sleep", 3, 375),
    ("11:05 PM", "10:40 PM", {}, "sleep_start", 6, 10 * 60 + 40),
    ("80.5", "79,8", {"unit_of_measurement": "Kg"}, "weight", 1, 79.8),
]


@pytest.mark.parametrize(
    ("first", "last", "attributes", "attribute", "value_type", "value"), CASES
)
async def test_what_devices_say_reaches_exist_as_it_is_meant(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    first: str,
    last: str,
    attributes: dict[str, Any],
    attribute: str,
    value_type: int,
    value: Any,
) -> None:
    own_empty(exist_server, attribute)
    rows = [((2026, 5, 19, 8), first), ((2026, 5, 20, 8), last)]
    await past_of(hass, "sensor.watch", last, attributes, rows)
    home = await add_account()
    data = link_data(
        "sensor.watch",
        "last",
        attribute,
        value_type,
        template=attribute,
        unit=attributes.get("unit_of_measurement"),
        text=value_type == 3 and not attributes,
    )
    await add_link(hass, home, data)
    told = exist_server.value("ada", attribute, date(2026, 5, 20))
    assert told == pytest.approx(value, abs=0.5)


@pytest.mark.parametrize(
    ("state", "target"), [("7h 30m", "Sleep"), ("11:05 PM", "Bedtime")]
)
async def test_the_form_offers_what_is_written_in_words(
    recorder_mock: None,
    hass: HomeAssistant,
    add_account: AddAccount,
    state: str,
    target: str,
) -> None:
    hass.states.async_set("sensor.watch", state, {})
    page = await walk(
        hass,
        await start(hass, await add_account()),
        {"entity": "sensor.watch"},
        {"aggregate": "last"},
    )
    texts = " ".join(offered(page, "target").values())
    assert target in texts
    other = {"Sleep": "Bedtime", "Bedtime": "Time asleep"}[target]
    assert other not in texts


async def _note(
    hass: HomeAssistant,
    server: ExistServer,
    add_account: AddAccount,
    rows: Sequence[tuple[tuple[int, ...], str]],
    aggregate: str = "last",
) -> MockConfigEntry:
    own_empty(server, "mood_note")
    await past_of(hass, "input_text.note", rows[-1][1], {"mode": "text"}, rows)
    home = await add_account()
    data = link_data("input_text.note", aggregate, "mood_note", 2, text=True)
    await add_link(hass, home, data)
    return home


async def test_a_text_that_was_emptied_is_none_of_that_day(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    rows = [
        ((2026, 5, 11, 8), "Old"),
        ((2026, 5, 18, 8), "Calm"),
        ((2026, 5, 19, 9), "Wrong day"),
        ((2026, 5, 19, 10), ""),
        # The same again is entered anew, for it was emptied meanwhile.
        ((2026, 5, 20, 9), "Wrong day"),
    ]
    await _note(hass, exist_server, add_account, rows)
    told = await days_of(hass, "mood_note", "2026-05-18")
    assert told["2026-05-18"] == "Calm"
    assert told[YESTERDAY] == "nothing"
    assert told[TODAY] == "Wrong day"


async def test_the_first_text_of_a_day_is_one_that_says_something(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    rows = [
        ((2026, 5, 11, 8), "Old"),
        ((2026, 5, 19, 9), "Calm"),
        ((2026, 5, 20, 0, 1), ""),
        ((2026, 5, 20, 9), "Busy"),
        ((2026, 5, 20, 11), "Tired"),
    ]
    await _note(hass, exist_server, add_account, rows, "first")
    told = await days_of(hass, "mood_note", YESTERDAY)
    assert told == {YESTERDAY: "Calm", TODAY: "Busy"}


@pytest.mark.parametrize(
    ("entity", "wish"),
    [
        ("input_select.mode", {"aggregate": "times", "states": ["Walk", "Run"]}),
        ("sensor.washer", {"aggregate": "times", "states": ["Run"]}),
        ("input_select.mode", {"aggregate": "last", "steps": ["Walk", "", "Run"]}),
        ("input_select.mode", {"aggregate": "last", "steps": ["1", "2", "Run"]}),
    ],
)
async def test_what_was_taken_off_a_list_is_a_repair_and_no_silent_0(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity: str,
    wish: dict[str, Any],
) -> None:
    own_empty(exist_server, "coffees")
    rows = [((2026, 5, 10, 8), "Rest"), ((2026, 5, 20, 9), "Jog")]
    options = {"options": ["Rest", "Gym", "Jog"]}
    await past_of(hass, entity, "Jog", options, rows, begun=(2026, 5, 1, 7))
    home = await add_account()
    aggregate = wish["aggregate"]
    more = {key: each for key, each in wish.items() if key != "aggregate"}
    await add_link(hass, home, link_data(entity, aggregate, "coffees", 0, **more))
    assert link_issues(hass) == {"link_state_gone": entity}
    assert exist_server.value("ada", "coffees", date(2026, 5, 20)) is None
    hass.states.async_set(entity, "Jog", {"options": ["Rest", "Gym", "Run", "Jog"]})
    await evaluate(hass, home)
    assert link_issues(hass) == {}


@pytest.mark.parametrize(
    ("entity", "options", "state", "wish", "value"),
    [
        # A list that depends on the mode, and a helper that was tidied up.
        (
            "select.program",
            ["auto", "eco"],
            "auto",
            {"aggregate": "time_in", "states": ["auto", "boost"]},
            720,
        ),
        (
            "input_select.mood",
            ["Bad", "Ok", "Good", "Great"],
            "Good",
            {
                "aggregate": "last",
                "steps": ["Awful", "", "Bad", "", "Ok", "", "Good", "", "Great"],
            },
            7,
        ),
        # A number stands for itself, whatever the steps were.
        (
            "input_select.mood",
            ["3", "4"],
            "3",
            {"aggregate": "last", "steps": ["1", "2"]},
            3,
        ),
    ],
)
async def test_what_is_left_of_a_list_still_counts(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity: str,
    options: list[str],
    state: str,
    wish: dict[str, Any],
    value: int,
) -> None:
    own_empty(exist_server, "coffees")
    rows = [((2026, 5, 19, 8), options[-1]), ((2026, 5, 20, 0), state)]
    listed = {"options": options}
    await past_of(hass, entity, state, listed, rows, begun=(2026, 5, 1, 7))
    home = await add_account()
    aggregate = wish["aggregate"]
    more = {key: each for key, each in wish.items() if key != "aggregate"}
    await add_link(hass, home, link_data(entity, aggregate, "coffees", 0, **more))
    assert link_issues(hass) == {}
    assert exist_server.value("ada", "coffees", date(2026, 5, 20)) == value


@pytest.mark.parametrize(
    ("device_class", "begun_in", "value"),
    [
        # As Fitbit and Withings say it of kilocalories.
        ({}, "kcal", 512),
        ({}, "cal", 512),
        ({"device_class": "energy"}, "kcal", 0.512),
        ({"device_class": "energy"}, "cal", 512),
    ],
)
async def test_calories_are_kilocalories_unless_they_are_an_energy(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    device_class: dict[str, str],
    begun_in: str,
    value: float,
) -> None:
    exist_server.add_attribute("ada", "burned", "health", 1, name="burned")
    exist_server.own("ada", "burned", manual=True)
    rows = [((2026, 5, 19, 8), "300"), ((2026, 5, 20, 9), "512")]
    shown = {"unit_of_measurement": "cal", **device_class}
    begun = (2026, 5, 1, 7)
    await past_of(hass, "sensor.burned", "512", shown, rows, begun=begun)
    home = await add_account()
    more = {"unit": begun_in, "decimals": 3}
    await add_link(hass, home, link_data("sensor.burned", "last", "burned", 1, **more))
    assert link_issues(hass) == {}
    assert exist_server.value("ada", "burned", date(2026, 5, 20)) == value
