"""Units and numbers as people and devices write them."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.exist.api import ValueType
from custom_components.exist.links import Aggregate
from custom_components.exist.links.convert import in_present_unit, plain_unit
from custom_components.exist.links.numerals import lasting, number_of
from custom_components.exist.links.subject import async_subject, proposed
from custom_components.exist.links.timeline import Row
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import (
    add_link,
    at,
    days_of,
    link_data,
    own_empty,
    past_of,
    record,
    set_runs,
)

YESTERDAY = "2026-05-19"
TODAY = "2026-05-20"


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


@pytest.mark.parametrize(
    ("unit", "state", "attribute", "value_type", "expected"),
    [
        ("lbs", "176.4", "weight", 1, 80.01),
        ("hours", "7.5", "sleep", 3, 450),
        ("hrs", "7.5", "sleep", 3, 450),
        ("minutes", "12", "meditation_min", 3, 12),
        ("mins", "12", "meditation_min", 3, 12),
        ("kCal", "2000", "energy", 1, 8368),
        ("miles", "10", "cycle_distance", 1, 16.09),
    ],
)
async def test_common_spellings_are_understood(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    unit: str,
    state: str,
    attribute: str,
    value_type: int,
    expected: float,
) -> None:
    exist_server.own("ada", attribute)
    exist_server.users["ada"].attributes[attribute].values.clear()
    hass.states.async_set("sensor.x", state, {"unit_of_measurement": unit})
    await record(
        hass, {"sensor.x": [(at(2026, 5, day, 8), state) for day in (18, 19, 20)]}
    )
    await set_runs(hass, [], at(2026, 5, 10, 7))
    home = await add_account()
    await add_link(
        hass,
        home,
        link_data(
            "sensor.x", "last", attribute, value_type, template=attribute, unit=unit
        ),
    )
    got = exist_server.value("ada", attribute, date(2026, 5, 20))
    assert got == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("kilogrammes", "kg"),
        ("uren", "h"),
        ("godz.", "h"),
        ("時間", "h"),
        ("分", "min"),
        ("calorías", "kcal"),
        ("Cals", "kcal"),
        ("kilómetros", "km"),
        ("mi/h", "mph"),
        ("℃", "°C"),
        ("° F", "°F"),
        ("fl.oz.", "fl. oz."),
        ("in/hr", "in/h"),
        ("MG/DL", "mg/dL"),
        ("mmol/l", "mmol/L"),
        # One sign for micro looks like the other.
        ("\N{MICRO SIGN}g/m³", "\N{GREEK SMALL LETTER MU}g/m³"),
        ("ug/m3", "\N{GREEK SMALL LETTER MU}g/m³"),
        ("m2", "m²"),
        ("timmar", "h"),
        ("ч", "h"),
        ("分钟", "min"),
        ("\N{FULLWIDTH PERCENT SIGN}", "%"),
    ],
)
def test_units_of_other_languages_are_understood(written: str, unit: str) -> None:
    assert plain_unit(written) == unit


@pytest.mark.parametrize(
    ("state", "number"),
    [
        ("80.5", 80.5),
        ("80,5", 80.5),
        ("-3,25", -3.25),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        # Thousands or a decimal comma: nobody knows.
        ("1,234", None),
        ("12,345,678", 12345678),
        ("1.234.567", 1234567),
        ("1.234,567", 1234.567),
        ("0,475", 0.475),
        ("nan", None),
        ("1:30", None),
        ("heavy", None),
    ],
)
def test_numbers_with_a_comma_are_numbers(state: str, number: float | None) -> None:
    assert number_of(state) == number


@pytest.mark.parametrize(
    ("state", "unit", "expected"),
    [
        ("1:30", "h", "1.5"),
        ("7:45:00", "hrs", "7.75"),
        ("1:30", "min", "1.5"),
        ("1:30", None, "1:30"),
        ("1:30", "kg", "1:30"),
        # With seconds it can only be hours that come first.
        ("1:05:30", "min", "65.5"),
        ("1:30 h", "min", "90.0"),
        (" 80,5 kg", "kg", "80.5"),
        ("176.5lbs", "lbs", "176.5"),
        ("45 %", "%", "45.0"),
        ("80 kg", "lb", "80 kg"),
    ],
)
def test_what_says_its_unit_itself_is_a_number_of_it(
    state: str, unit: str | None, expected: str
) -> None:
    assert in_present_unit(Row(0, state, unit=unit), unit).state == expected


@pytest.mark.parametrize(
    ("entity", "state", "attributes", "minutes"),
    [
        ("sensor.up", "2026-05-20T05:32:00+00:00", {"device_class": "timestamp"}, 452),
        ("time.up", "07:32:00", {}, 452),
        ("sensor.up", "07:32", {}, 452),
        ("datetime.up", "2026-05-20T05:32:00+00:00", {}, 452),
        ("input_datetime.up", "07:32:00", {"has_time": True}, 452),
        ("input_datetime.up", "2026-05-20 07:32:00", {"has_time": True}, 452),
    ],
)
async def test_a_time_feeds_a_time_of_day(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity: str,
    state: str,
    attributes: dict[str, object],
    minutes: int,
) -> None:
    own_empty(exist_server, "sleep_end")
    rows = [((2026, 5, 18, 8), "unknown"), ((2026, 5, 20, 8), state)]
    await past_of(hass, entity, state, attributes, rows)
    subject = async_subject(hass, entity)
    assert subject is not None
    assert proposed(subject) is Aggregate.LAST
    assert ValueType.TIME_OF_DAY in subject.value_types(Aggregate.LAST)
    home = await add_account()
    data = link_data(entity, "last", "sleep_end", 4, template="sleep_end")
    await add_link(hass, home, data)
    assert exist_server.value("ada", "sleep_end", date(2026, 5, 20)) == minutes
    # Nothing was reported the day before.
    told = await days_of(hass, "sleep_end", "2026-05-19")
    assert isinstance(told["2026-05-19"], str)


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("PT7H30M", 7.5),
        ("P0DT7H30M36S", 7.51),
        ("PT45M", 0.75),
        ("PT45M36.5S", 0.76),
        ("7 hours and 30 minutes", 7.5),
        ("7 hours, 30 minutes, 36 seconds", 7.51),
        ("7 Stunden und 15 Minuten", 7.25),
        ("12 min 36 s", 0.21),
        # So many meters, or years; a day is no part of one.
        ("5m", None),
        ("P7D", None),
        ("P1DT7H", None),
        ("7 and 30 minutes", None),
    ],
)
def test_how_long_is_understood(written: str, hours: float | None) -> None:
    assert lasting(written) == pytest.approx(hours)


async def test_how_long_may_be_written_as_hours_and_minutes(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    own_empty(exist_server, "sleep")
    rows = [((2026, 5, 18, 8), "6:10"), ((2026, 5, 20, 8), "7:30")]
    await past_of(hass, "sensor.night", "7:30", {}, rows)
    home = await add_account()
    data = link_data("sensor.night", "last", "sleep", 3, template="sleep", text=True)
    await add_link(hass, home, data)
    assert exist_server.value("ada", "sleep", date(2026, 5, 20)) == 450
