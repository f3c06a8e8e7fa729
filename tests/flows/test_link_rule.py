"""The rule that the form of a link chooses beforehand."""

from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import beforehand, edit, finish, offered, start, walk
from ..link_home import at, evaluate, record, set_runs

pytestmark = pytest.mark.recorder_db

TODAY = "2026-05-20"
MEASURED = {"state_class": "measurement"}


def today(*clock: int) -> datetime:
    return at(2026, 5, 20, *clock)


@pytest.fixture(autouse=True)
def _night(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(today(22))


@pytest.fixture
async def home(recorder_mock: None, add_account: AddAccount) -> MockConfigEntry:
    return await add_account()


ENTERED: list[tuple[str, dict[str, str]]] = [
    ("input_number.mood", {}),
    ("input_number.room_temperature", {"unit_of_measurement": "°C"}),
    ("number.coffees", {"mode": "box"}),
    ("sensor.scale", {"device_class": "weight", "unit_of_measurement": "lb"}),
    ("sensor.time_asleep", {"device_class": "duration", "unit_of_measurement": "h"}),
    ("sensor.last_call", {"device_class": "duration", "unit_of_measurement": "s"}),
    ("sensor.night", {"friendly_name": "Sleep score", **MEASURED}),
    ("sensor.x_heart_rate", {"unit_of_measurement": "bpm", **MEASURED}),
    ("sensor.x", {"unit_of_measurement": "bpm"}),
    ("sensor.ada_ruhepuls", {"friendly_name": "Puls in Ruhe", **MEASURED}),
    ("sensor.ada_hrv", {"unit_of_measurement": "ms", **MEASURED}),
    ("sensor.body_fat", {"unit_of_measurement": "%", **MEASURED}),
    ("sensor.ada_bmi", MEASURED),
    (
        "sensor.thermometer",
        {"device_class": "temperature", "friendly_name": "Body temperature"},
    ),
    (
        "sensor.cuff",
        {"device_class": "pressure", "friendly_name": "Blood pressure (systolic)"},
    ),
    ("sensor.glucose", {"device_class": "blood_glucose_concentration"}),
    ("input_text.note", {}),
]
AMBIENT: list[tuple[str, dict[str, str]]] = [
    ("sensor.bedroom", {"device_class": "temperature", **MEASURED}),
    ("sensor.sleeping_room", {"device_class": "humidity", **MEASURED}),
    ("sensor.sleep_noise", {"device_class": "sound_pressure", **MEASURED}),
    ("sensor.co2", {"device_class": "carbon_dioxide", **MEASURED}),
    ("sensor.weather_station", {"device_class": "atmospheric_pressure", **MEASURED}),
    ("sensor.plug", {"device_class": "power", **MEASURED}),
    ("sensor.schlafzimmer_luft", {"unit_of_measurement": "ppm", **MEASURED}),
    ("sensor.queue", {"unit_of_measurement": "items", **MEASURED}),
]
OTHERS: list[tuple[str, dict[str, str], str]] = [
    ("counter.coffees", {}, "sum"),
    ("sensor.power_meter", {"device_class": "energy", "state_class": "total"}, "sum"),
    (
        "sensor.playtime",
        {"device_class": "duration", "state_class": "total_increasing"},
        "sum",
    ),
    ("media_player.tv", {}, "time_in"),
    ("input_select.bedtime", {}, "time_in"),
    ("event.bell", {}, "times"),
]


async def test_the_rule_is_chosen_by_what_the_entity_is(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    wanted = {
        **{entity_id: "last" for entity_id, _ in ENTERED},
        **{entity_id: "mean" for entity_id, _ in AMBIENT},
        **{entity_id: rule for entity_id, _, rule in OTHERS},
    }
    chosen = {}
    homes = [*ENTERED, *AMBIENT, *((name, given) for name, given, _ in OTHERS)]
    for entity_id, attributes in homes:
        hass.states.async_set(entity_id, "7", attributes)
        page = await walk(hass, await start(hass, home), {"entity": entity_id})
        chosen[entity_id] = beforehand(page, "aggregate")
    assert chosen == wanted


async def test_every_other_rule_may_still_be_taken(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("input_number.mood", "7")
    page = await walk(hass, await start(hass, home), {"entity": "input_number.mood"})
    assert list(offered(page, "aggregate")) == [
        "mean",
        "last",
        "first",
        "minimum",
        "maximum",
        "sum",
        "difference",
    ]


@pytest.mark.parametrize(
    ("entity_id", "attributes", "attribute", "rows", "value"),
    [
        ("input_number.mood", {}, "mood", ((0, "7"), (20, "2")), 2),
        ("number.mood", {}, "mood", ((0, "7"), (20, "2")), 2),
        (
            "sensor.scale",
            {"device_class": "weight", "unit_of_measurement": "kg"},
            "weight",
            ((0, "80"), (20, "70.5")),
            70.5,
        ),
        (
            "sensor.night",
            {"device_class": "duration", "unit_of_measurement": "h"},
            "sleep",
            ((0, "5"), (20, "7.5")),
            450,
        ),
    ],
)
async def test_what_was_entered_last_goes_out_when_nothing_is_changed_in_the_form(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    entity_id: str,
    attributes: dict[str, str],
    attribute: str,
    rows: tuple[tuple[int, str], ...],
    value: float,
) -> None:
    exist_server.own("ada", attribute)
    exist_server.users["ada"].attributes[attribute].values.clear()
    await home.runtime_data.coordinator.async_refresh()
    hass.states.async_set(entity_id, rows[-1][1], attributes)
    await record(hass, {entity_id: [(today(hour), state) for hour, state in rows]})
    await set_runs(hass, [], at(2026, 5, 18, 7))
    pages: list[dict[str, Any]] = [{"entity": entity_id}, {}]
    page = await walk(
        hass, await start(hass, home), *pages, {"target": f"name:{attribute}"}
    )
    await finish(hass, home, page)
    await evaluate(hass, home)
    assert exist_server.value("ada", attribute, TODAY) == value


async def test_a_rule_that_was_chosen_stays_when_the_link_is_edited(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.own("ada", "stromkosten")
    await home.runtime_data.coordinator.async_refresh()
    hass.states.async_set("input_number.mood", "7")
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "input_number.mood"},
        {"aggregate": "maximum"},
        {"target": "name:stromkosten"},
    )
    link = await finish(hass, home, page)
    page = await walk(hass, await edit(hass, home, link.subentry_id), "aggregate")
    assert beforehand(page, "aggregate") == "maximum"
