"""The form walked with Next only, for the kinds of entities that homes have.

Whatever is chosen beforehand tells the day right, or the person is asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import beforehand, days_shown, start, submit, walk
from ..link_home import at, record, set_runs

MEASURED = {"state_class": "measurement"}
RISING = {"state_class": "total_increasing"}
TOTAL = {"state_class": "total"}
ASKED = "asked for states"


class Kind(NamedTuple):
    """An entity as its integration shows it, its today, and what Next tells of it.

    It was `first` all of yesterday; `told` is of the rule, up to noon.
    """

    entity: str
    attributes: Mapping[str, Any]
    first: str
    today: Sequence[tuple[float, str]]
    rule: str
    told: str


def _sensor(
    name: str, unit: str | None, device_class: str | None, **more: Any
) -> tuple[str, Mapping[str, Any]]:
    given = {"unit_of_measurement": unit, "device_class": device_class, **more}
    return f"sensor.{name}", {key: each for key, each in given.items() if each}


ON = [(7, "on"), (9, "off")]
KINDS = [
    Kind(
        "person.ada",
        {},
        "home",
        [(8, "not_home"), (10, "home")],
        "time_in",
        "10 h 0 min",
    ),
    Kind(
        "device_tracker.phone",
        {"source_type": "gps"},
        "home",
        [(8, "not_home")],
        "time_in",
        "8 h 0 min",
    ),
    Kind("switch.lamp", {}, "off", ON, "time_in", "2 h 0 min"),
    Kind("light.lamp", {"color_mode": "onoff"}, "off", ON, "time_in", "2 h 0 min"),
    Kind("fan.room", {}, "off", ON, "time_in", "2 h 0 min"),
    Kind("humidifier.room", {}, "off", ON, "time_in", "2 h 0 min"),
    Kind("input_boolean.guest", {}, "off", ON, "time_in", "2 h 0 min"),
    Kind(
        "binary_sensor.motion",
        {"device_class": "motion"},
        "off",
        ON,
        "time_in",
        "2 h 0 min",
    ),
    Kind(
        "binary_sensor.door",
        {"device_class": "door"},
        "off",
        ON,
        "time_in",
        "2 h 0 min",
    ),
    Kind("calendar.work", {}, "off", ON, "time_in", "2 h 0 min"),
    Kind("schedule.heating", {"next_event": "x"}, "off", ON, "time_in", "2 h 0 min"),
    Kind("script.movie", {}, "off", ON, "time_in", "2 h 0 min"),
    Kind("automation.lights", {}, "on", [], "time_in", ASKED),
    Kind("alert.door", {}, "idle", [(7, "on"), (9, "idle")], "time_in", "2 h 0 min"),
    Kind(
        "group.family",
        {},
        "not_home",
        [(8, "home"), (10, "not_home")],
        "time_in",
        "2 h 0 min",
    ),
    Kind("camera.porch", {}, "idle", [], "time_in", ASKED),
    Kind(
        "media_player.tv",
        {"device_class": "tv"},
        "off",
        [(7, "playing"), (8, "paused"), (9, "off")],
        "time_in",
        "2 h 0 min",
    ),
    Kind("remote.box", {}, "off", ON, "time_in", "2 h 0 min"),
    Kind(
        "vacuum.bob",
        {},
        "docked",
        [(7, "cleaning"), (8, "returning"), (8.5, "docked")],
        "time_in",
        "1 h 0 min",
    ),
    Kind(
        "lawn_mower.joe",
        {},
        "docked",
        [(7, "mowing"), (9, "docked")],
        "time_in",
        "2 h 0 min",
    ),
    Kind(
        "lock.door",
        {},
        "locked",
        [(7, "unlocked"), (8, "locked")],
        "time_in",
        "1 h 0 min",
    ),
    Kind(
        "cover.blind",
        {},
        "closed",
        [(7, "open"), (8, "closed")],
        "time_in",
        "1 h 0 min",
    ),
    Kind(
        "valve.garden",
        {},
        "closed",
        [(7, "open"), (8, "closed")],
        "time_in",
        "1 h 0 min",
    ),
    Kind(
        "alarm_control_panel.home",
        {},
        "disarmed",
        [(7, "armed_away"), (11, "disarmed")],
        "time_in",
        "4 h 0 min",
    ),
    Kind(
        "climate.hall",
        {"hvac_modes": ["off", "heat"]},
        "off",
        [(6, "heat"), (9, "off")],
        "time_in",
        "3 h 0 min",
    ),
    Kind(
        "water_heater.tank",
        {"operation_list": ["off", "eco"]},
        "off",
        [(6, "eco"), (9, "off")],
        "time_in",
        "3 h 0 min",
    ),
    Kind(
        "timer.yoga", {}, "idle", [(7, "active"), (8, "idle")], "time_in", "1 h 0 min"
    ),
    Kind(
        "sun.sun", {}, "below_horizon", [(5, "above_horizon")], "time_in", "7 h 0 min"
    ),
    Kind("weather.home", {}, "rainy", [(10, "sunny")], "time_in", ASKED),
    Kind(
        "input_select.mode", {"options": ["a", "b"]}, "a", [(9, "b")], "time_in", ASKED
    ),
    Kind(
        *_sensor("washer", None, "enum", options=["idle", "wash"]),
        "idle",
        [(9, "wash")],
        "time_in",
        ASKED,
    ),
    Kind("event.bell", {}, "2026-05-18T07:00:00+00:00", [(9, "x")], "times", "1"),
    Kind("button.pill", {}, "2026-05-18T07:00:00+00:00", [(9, "x")], "times", "1"),
    Kind("input_button.pill", {}, "unknown", [(9, "x"), (10, "y")], "times", "2"),
    Kind("scene.night", {}, "2026-05-18T07:00:00+00:00", [(9, "x")], "times", "1"),
    Kind("counter.cups", {"step": 1}, "2", [(8, "3"), (10, "4")], "sum", "2"),
    Kind("input_number.dose", {}, "3", [(8, "4"), (10, "5")], "last", "5"),
    Kind("input_text.note", {}, "a", [(8, "bcd")], "last", "a text (characters: 3)"),
    Kind(
        "input_datetime.alarm",
        {"has_time": True, "has_date": False},
        "06:00:00",
        [(8, "06:30:00")],
        "last",
        "06:30",
    ),
    Kind(
        *_sensor("warmth", "°C", "temperature", **MEASURED),
        "20",
        [(6, "22")],
        "mean",
        "21 °C",
    ),
    Kind(
        *_sensor("air", "ppm", "carbon_dioxide", **MEASURED),
        "600",
        [(6, "800")],
        "mean",
        "700 ppm",
    ),
    Kind(
        *_sensor("power", "W", "power", **MEASURED), "10", [(6, "30")], "mean", "20 W"
    ),
    Kind(
        *_sensor("scale", "kg", "weight", **MEASURED),
        "80",
        [(7, "79.5"), (8, "79")],
        "last",
        "79 kg",
    ),
    Kind(
        *_sensor("heart", "bpm", None, **MEASURED),
        "60",
        [(7, "70"), (8, "66")],
        "last",
        "66 bpm",
    ),
    Kind(
        *_sensor("sleep", "h", "duration", **MEASURED),
        "7",
        [(7, "6.5")],
        "last",
        "6 h 30 min",
    ),
    Kind(
        *_sensor("energy", "kWh", "energy", **RISING),
        "9",
        [(7, "9.5"), (9, "10")],
        "sum",
        "1 kWh",
    ),
    Kind(*_sensor("water", "L", "water", **RISING), "9", [(7, "19")], "sum", "10 L"),
    Kind(
        *_sensor("steps", "steps", None, **RISING),
        "900",
        [(0.1, "0"), (9, "500")],
        "sum",
        "500 steps",
    ),
    Kind(*_sensor("cost", "EUR", "monetary", **TOTAL), "2", [(7, "3")], "sum", "1 EUR"),
    Kind(
        *_sensor("next_alarm", None, "timestamp"),
        "2026-05-19T05:00:00+00:00",
        [(8, "2026-05-21T04:30:00+00:00")],
        "last",
        "06:30",
    ),
]


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


async def test_nothing_that_is_chosen_beforehand_is_wrong_or_0_for_ever(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    for kind in KINDS:
        now = kind.today[-1][1] if kind.today else kind.first
        hass.states.async_set(kind.entity, now, kind.attributes)
    await record(
        hass,
        {
            kind.entity: [
                (at(2026, 5, 19), kind.first),
                *(
                    (at(2026, 5, 20, int(hour), round(hour % 1 * 60)), state)
                    for hour, state in kind.today
                ),
            ]
            for kind in KINDS
        },
    )
    await set_runs(hass, [], at(2026, 5, 18, 7))
    home = await add_account()
    found = {}
    for kind in KINDS:
        page = await walk(hass, await start(hass, home), {"entity": kind.entity})
        rule = beforehand(page, "aggregate")
        page = await submit(hass, page, {})
        if page["step_id"] == "states":
            page = await submit(hass, page, {})
        if page.get("errors"):
            found[kind.entity] = rule, ASKED
            continue
        page = await walk(
            hass, page, {"target": "new"}, {"label": kind.entity, "group": "health"}
        )
        assert page["type"] is FlowResultType.MENU
        found[kind.entity] = rule, days_shown(page)[0].told
    assert len(KINDS) >= 40
    wanted = {kind.entity: (kind.rule, kind.told) for kind in KINDS}
    wrong = {key: each for key, each in found.items() if each != wanted[key]}
    assert wrong == {}
