"""What a person wishes of an entity, through the form to the value at Exist."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy.exc import OperationalError

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..link_form import (
    asks_for,
    beforehand,
    choose,
    days_shown,
    edit,
    finish,
    refused,
    said,
    start,
    submit,
    walk,
)
from ..link_home import at, record, set_runs
from ..writing import settle

TODAY = at(2026, 5, 20).date()
WATT = {"unit_of_measurement": "W", "device_class": "power"}
CO2 = {"unit_of_measurement": "ppm", "device_class": "carbon_dioxide"}
NEW = {"label": "Wish", "group": "health"}


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


@pytest.fixture
async def home(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account in a home whose entities are known since yesterday."""
    past: dict[str, tuple[dict[str, Any], list[tuple[tuple[int, ...], str]]]] = {
        "sensor.plug": (
            WATT,
            [
                ((7, 0), "2"),
                ((8, 0), "900"),
                ((8, 3), "2"),
                ((9, 0), "1200"),
                ((9, 20), "3"),
            ],
        ),
        "sensor.air": (CO2, [((6, 0), "1200"), ((7, 30), "800")]),
        "switch.one": ({}, [((7, 0), "on"), ((8, 0), "off")]),
        "switch.two": ({}, [((7, 30), "on"), ((9, 0), "off")]),
        "sensor.meter_a": (
            {"unit_of_measurement": "kWh", "state_class": "total_increasing"},
            [((7, 0), "10"), ((9, 0), "12")],
        ),
        "sensor.meter_b": (
            {"unit_of_measurement": "Wh", "state_class": "total_increasing"},
            [((7, 0), "5000"), ((9, 0), "5500")],
        ),
        "input_select.pain": (
            {"options": ["none", "some", "much"]},
            [((7, 0), "some"), ((9, 0), "much")],
        ),
        "sensor.long": ({"unit_of_measurement": "m"}, [((7, 0), "3")]),
    }
    first: dict[str, str] = {"sensor.meter_a": "9", "sensor.meter_b": "4500"}
    for entity, (attributes, rows) in past.items():
        hass.states.async_set(entity, rows[-1][1], attributes)
        before = first.get(entity, rows[-1][1])
        await record(
            hass,
            {
                entity: [
                    (at(2026, 5, 19, 0), before),
                    *((at(2026, 5, 20, *clock), state) for clock, state in rows),
                ]
            },
        )
    await set_runs(hass, [], at(2026, 5, 18, 7))
    return await add_account()


async def _value(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    entity: str,
    more: dict[str, Any],
    *pages: Any,
) -> Any:
    """Walk the form to its end, and return what is at Exist then."""
    page = await walk(hass, await start(hass, home), {"entity": entity, "more": more})
    page = await walk(hass, page, *pages, {"target": "new"}, NEW)
    link = await finish(hass, home, page)
    return exist_server.value("ada", link.data["attribute"], TODAY)


@pytest.mark.parametrize(
    ("entity", "more", "pages", "value"),
    [
        ("sensor.plug", {"above": 50}, ({"aggregate": "time_in"},), 23),
        (
            "sensor.plug",
            {"above": 50, "stay": {"minutes": 5}},
            ({"aggregate": "times"},),
            1,
        ),
        ("sensor.air", {"above": 1000}, ({"aggregate": "time_in"},), 90),
        ("sensor.air", {"above": 700, "below": 1000}, ({"aggregate": "time_in"},), 630),
        ("sensor.air", {"below": 1000}, ({"aggregate": "first_time"},), 450),
        (
            "switch.one",
            {"others": ["switch.two"]},
            ({"aggregate": "time_in"}, {"states": ["on"]}),
            120,
        ),
        (
            "sensor.meter_a",
            {"others": ["sensor.meter_b"]},
            ({"aggregate": "sum"},),
            4,
        ),
        ("input_select.pain", {"steps": True}, ({"aggregate": "last"},), 3),
        (
            "switch.one",
            {},
            ({"aggregate": "time_in"}, {"states": ["on"]}),
            60,
        ),
    ],
)
async def test_a_wish_reaches_exist(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    entity: str,
    more: dict[str, Any],
    pages: Any,
    value: float,
) -> None:
    found = await _value(hass, exist_server, home, entity, more, *pages)
    assert found == value


async def test_a_share_of_the_day(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "switch.one"},
        {"aggregate": "time_in"},
        {"states": ["on"]},
        {"target": "new"},
    )
    assert beforehand(page, "share") is False
    page = await walk(hass, page, {**NEW, "more": {"share": True}})
    link = await finish(hass, home, page)
    made = exist_server.users["ada"].attributes["wish"]
    assert made.value_type == 5
    # One hour of the twelve that are known.
    assert exist_server.value("ada", "wish", TODAY) == pytest.approx(1 / 12, abs=1e-4)
    assert link.data["value_type"] == 5


async def test_a_state_attribute_and_its_past(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    hass.states.async_set(
        "climate.hall", "heat", {"hvac_action": "heating", "hvac_modes": ["heat"]}
    )
    await settle(hass)
    freezer.tick(600)
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "climate.hall", "more": {"state_attribute": "hvac_action"}},
        {"aggregate": "ever"},
    )
    assert "heating" in beforehand(page, "states")
    page = await walk(hass, page, {"states": ["heating"]}, {"target": "new"}, NEW)
    assert "recorder keeps states" in said(page)
    link = await finish(hass, home, page)
    assert link.data["state_attribute"] == "hvac_action"
    assert exist_server.value("ada", "wish", TODAY) == 1


@pytest.mark.parametrize(
    ("entity", "more", "words"),
    [
        ("sensor.air", {"above": 2, "below": 1}, "must be lower"),
        ("sensor.air", {"stay": {"minutes": 5}}, "needs Above or Below"),
        ("sensor.air", {"state_attribute": "nothing"}, "doesn't have this"),
        ("switch.one", {"above": 1}, "need a number"),
        ("switch.one", {"steps": True}, "have named options"),
        ("switch.one", {"others": ["switch.one"]}, "chosen twice"),
        ("switch.one", {"others": ["switch.gone"]}, "no state"),
        ("switch.one", {"others": ["sensor.air"]}, "different kinds"),
        ("sensor.air", {"others": ["sensor.long"]}, "can't be converted"),
        (
            "input_text.a",
            {"others": ["input_text.b"]},
            "can't be combined. Choose only one",
        ),
    ],
)
async def test_a_wish_that_cannot_be(
    hass: HomeAssistant,
    home: MockConfigEntry,
    entity: str,
    more: dict[str, Any],
    words: str,
) -> None:
    for name in "ab":
        hass.states.async_set(f"input_text.{name}", "x")
    page = await submit(hass, await start(hass, home), {"entity": entity, "more": more})
    assert page["step_id"] == "entity"
    assert words in refused(page)
    # What was given is still there; without it the form goes on.
    for key, value in more.items():
        assert beforehand(page, key) == value
    nothing: dict[str, Any] = {key: [] if key == "others" else "" for key in more}
    nothing |= {"steps": False} if "steps" in more else {}
    page = await walk(hass, page, {"more": nothing})
    assert page["step_id"] == "aggregate"


async def test_an_edit_shows_and_keeps_what_was_wished(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    more = {"above": 50, "stay": {"hours": 0, "minutes": 5, "seconds": 0}}
    await _value(
        hass, exist_server, home, "sensor.plug", more, {"aggregate": "time_in"}
    )
    (link_id,) = home.subentries
    was = dict(home.subentries[link_id].data)
    menu = await edit(hass, home, link_id)
    assert "states" not in menu["menu_options"]
    page = await choose(hass, menu, "entity")
    assert beforehand(page, "above") == 50
    assert beforehand(page, "stay") == more["stay"]
    page = await walk(hass, page, {}, "finish", {})
    await settle(hass)
    assert dict(home.subentries[link_id].data) == was
    page = await walk(hass, await edit(hass, home, link_id), "entity")
    page = await walk(hass, page, {"more": {"stay": ""}}, "finish")
    assert days_shown(page)[0].told == "23 min"
    await walk(hass, page, {})
    await settle(hass)
    assert "stay" not in home.subentries[link_id].data
    assert exist_server.value("ada", "wish", TODAY) == 23


async def test_who_wishes_nothing_sees_it_folded(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    page = await start(hass, home)
    fields = page["data_schema"].schema
    assert fields["more"].options["collapsed"] is True
    assert {"above", "below", "others"} <= asks_for(page)


async def test_an_attribute_that_is_not_recorded_has_no_past(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.quote", "1", {"attribution": "Somewhere"})
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "sensor.quote", "more": {"state_attribute": "attribution"}},
        {"aggregate": "last"},
        {"target": "new"},
        NEW,
    )
    assert "past days can't be calculated. Values begin today" in said(page)
    page = await choose(hass, page, "finish")
    assert "past_days" not in asks_for(page)
    await finish(hass, home, page, observe=True)


SWITCH_PAGES: tuple[Any, ...] = (
    {"entity": "switch.one"},
    {"aggregate": "time_in"},
    {"states": ["on"]},
)


async def test_exist_is_away_while_past_days_are_counted(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    page = await walk(
        hass, await start(hass, home), *SWITCH_PAGES, {"target": "name:movies_min"}
    )
    page = await choose(hass, page, "finish")
    away = exist_server.faults.add(Fault("status", method="GET", times=None))
    page = await submit(hass, page, {"take_over": True, "past_days": 1})
    assert "Days before today that you asked for: 1" in said(page)
    assert "days that can be calculated: 1" in said(page)
    assert "didn't say which" in said(page)
    assert beforehand(page, "replace") is False
    exist_server.faults.remove(away)
    await finish(hass, home, page)
    assert exist_server.value("ada", "movies_min", TODAY) == 60


@pytest.mark.parametrize("is_gone", [True, False])
async def test_past_days_that_cannot_be_counted_just_now(
    hass: HomeAssistant,
    home: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    is_gone: bool,
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("database is locked"))

    page = await walk(
        hass, await start(hass, home), *SWITCH_PAGES, {"target": "new"}, NEW, "finish"
    )
    with monkeypatch.context() as patched:
        if is_gone:
            hass.states.async_remove("switch.one")
        else:
            patched.setattr("custom_components.exist.links.passes.read", locked)
        page = await submit(hass, page, {"past_days": 2})
    assert "can't be counted at the moment" in said(page)
    link = await finish(hass, home, page, replace=True)
    assert (link.data["past_days"], link.data["replace"]) == (2, True)


async def test_nothing_that_has_a_value_is_nothing_to_ask_about(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    page = await walk(
        hass, await start(hass, home), *SWITCH_PAGES, {"target": "new"}, NEW
    )
    page = await submit(hass, page, {"past_days": 1})
    assert asks_for(page) == {"past_days"}
    assert "have a value" not in said(page)
    link = await finish(hass, home, page)
    assert link.data["replace"] is False
    assert exist_server.value("ada", "wish", at(2026, 5, 19).date()) == 0


async def test_a_link_is_made_with_few_clicks(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    hass.states.async_set("media_player.tv", "off", {"friendly_name": "TV"})
    await settle(hass)
    # Add link; the suggestion and Submit; take it; and close the last window.
    page = await walk(
        hass, await start(hass, home), {"suggestion": "media_player.tv|time_in|tv_min"}
    )
    page = await choose(hass, page, "take")
    assert page["type"] is FlowResultType.CREATE_ENTRY
    await settle(hass)
    assert exist_server.owner("ada", "tv_min") == "home_assistant"
