"""What the form offers: rules by kind, states that can be, and how far back."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.exist.links.aggregate import Aggregate
from custom_components.exist.links.subject import async_subject, proposed
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import (
    beforehand,
    choose,
    edit,
    finish,
    offered,
    said,
    start,
    submit,
    walk,
    with_part,
)
from ..link_home import Rows, at, evaluate, past_of, record, set_runs
from ..writing import settle

KWH = {"unit_of_measurement": "kWh", "device_class": "energy"}


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


async def _page(
    hass: HomeAssistant,
    add_account: AddAccount,
    entity: str,
    state: str,
    attributes: dict[str, object],
) -> Any:
    hass.states.async_set(entity, state, attributes)
    home = await add_account()
    await settle(hass)
    return await submit(hass, await start(hass, home), {"entity": entity})


@pytest.mark.parametrize(
    ("entity", "state", "meant"),
    [
        ("timer.meditation", "idle", "active"),
        ("vacuum.bob", "docked", "cleaning"),
        ("lock.door", "locked", "unlocked"),
        ("cover.blind", "closed", "open"),
        ("climate.hall", "off", "heat"),
        ("alarm_control_panel.home", "disarmed", "armed_away"),
    ],
)
async def test_only_states_that_it_can_have(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity: str,
    state: str,
    meant: str,
) -> None:
    attributes: dict[str, object] = {}
    if entity.startswith("climate"):
        attributes = {"hvac_modes": ["off", "heat"]}
    page = await _page(hass, add_account, entity, state, attributes)
    page = await submit(hass, page, {"aggregate": "time_in"})
    assert "on" not in (beforehand(page, "states") or [])
    assert meant in offered(page, "states")


@pytest.mark.parametrize(
    ("entity", "state"),
    [
        ("date.last_period", "2026-05-12"),
        ("datetime.alarm", "2026-05-21T06:30:00+00:00"),
        ("input_datetime.both", "2026-05-21 06:30:00"),
    ],
)
async def test_no_time_in_a_date(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity: str,
    state: str,
) -> None:
    page = await _page(hass, add_account, entity, state, {})
    assert page.get("errors") or "time_in" not in offered(page, "aggregate")


async def _past(
    hass: HomeAssistant, entity: str, rows: Rows, attributes: dict[str, Any]
) -> None:
    hass.states.async_set(entity, rows[-1][1], attributes)
    await record(hass, {entity: rows})
    await set_runs(hass, [], at(2026, 5, 10, 7))


async def test_a_daily_total_says_what_each_rule_means(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    rows = [
        (at(2026, 5, day, hour), str(hour / 2))
        for day in range(12, 21)
        for hour in (0, 8, 12)
    ]
    await _past(hass, "sensor.day", rows, {"state_class": "total_increasing", **KWH})
    home = await add_account()
    page = await walk(hass, await start(hass, home), {"entity": "sensor.day"})
    assert "It is a daily total" in said(page)
    assert beforehand(page, "aggregate") == "sum"
    words = offered(page, "aggregate")
    assert words["last"].endswith("which is what it counted")
    assert words["first"].endswith("may still be yesterday's total")


async def test_a_balance_proposes_its_last_reading(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    rows = [
        (at(2026, 5, day, hour), state)
        for day in range(12, 21)
        for hour, state in ((6, "300"), (9, "120"), (11, "90"))
    ]
    money = {
        "unit_of_measurement": "EUR",
        "device_class": "monetary",
        "state_class": "total",
    }
    await _past(hass, "sensor.balance", rows, money)
    home = await add_account()
    page = await walk(hass, await start(hass, home), {"entity": "sensor.balance"})
    assert "It is a net total" in said(page)
    assert beforehand(page, "aggregate") == "last"
    assert offered(page, "aggregate")["last"] == "Last reading of the day"


async def test_a_recorder_that_does_not_answer_keeps_nobody_waiting(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(*_: object) -> None:
        raise TimeoutError

    rows = [(at(2026, 5, 20, hour), str(hour)) for hour in (0, 8, 11)]
    await _past(hass, "sensor.day", rows, {"state_class": "total_increasing", **KWH})
    home = await add_account()
    monkeypatch.setattr("custom_components.exist.links.recent.read", slow)
    page = await walk(hass, await start(hass, home), {"entity": "sensor.day"})
    # What the entity says of itself is known all the same.
    assert "It is a running total" in said(page)
    assert beforehand(page, "aggregate") == "sum"


async def test_states_of_the_last_days_are_offered(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    rows = [
        (at(2026, 5, 13, 8), "rinse"),
        (at(2026, 5, 18, 8), "unavailable"),
        (at(2026, 5, 19, 8), "ready"),
    ]
    await _past(hass, "sensor.washer", rows, {})
    home = await add_account()
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "sensor.washer"},
        {"aggregate": "time_in"},
    )
    assert list(offered(page, "states")) == ["ready", "rinse"]
    assert beforehand(page, "states") == []


ENTERED = "input_number.drinks"


async def test_readings_that_are_only_held_are_left_out_unless_wished_otherwise(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    exist_server.own("ada", "coffees", manual=True)
    exist_server.users["ada"].attributes["coffees"].values.clear()
    past = [((2026, 5, 17, 20), "4"), ((2026, 5, 19, 20), "3")]
    await past_of(hass, ENTERED, "3", {}, past)
    home = await add_account()
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": ENTERED},
        {"aggregate": "last"},
        {"target": "name:coffees"},
    )
    link = await finish(hass, home, page)
    assert "only_new" not in link.data
    assert exist_server.value("ada", "coffees", at(2026, 5, 20).date()) is None
    menu = await edit(hass, home, link.subentry_id)
    page = await choose(hass, menu, "readings")
    assert "Past days don't" in said(page)
    assert beforehand(page, "only_new") is True
    page = await walk(hass, page, {"only_new": False}, "finish", {})
    await settle(hass)
    await evaluate(hass, home)
    assert home.subentries[link.subentry_id].data["only_new"] is False
    assert exist_server.value("ada", "coffees", at(2026, 5, 20).date()) == 3
    # As it would be by itself is no wish.
    menu = await edit(hass, home, link.subentry_id)
    page = await choose(hass, menu, "readings")
    assert beforehand(page, "only_new") is False
    await walk(hass, page, {"only_new": True}, "finish", {})
    await settle(hass)
    assert "only_new" not in home.subentries[link.subentry_id].data


async def test_a_rule_that_cannot_use_it_is_not_asked_for_readings(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    exist_server.own("ada", "coffees", manual=True)
    await past_of(hass, ENTERED, "3", {}, [((2026, 5, 19, 20), "3")])
    home = await add_account()
    pages = (
        {"entity": ENTERED},
        {"aggregate": "last"},
        {"target": "name:coffees"},
    )
    page = await walk(hass, await start(hass, home), *pages)
    link = await finish(hass, home, page)
    menu = await edit(hass, home, link.subentry_id)
    menu = await walk(hass, menu, "readings", {"only_new": False})
    menu = await walk(hass, menu, "aggregate", {"aggregate": "mean"})
    assert "readings" not in menu["menu_options"]
    await walk(hass, menu, "finish", {})
    await settle(hass)
    assert "only_new" not in home.subentries[link.subentry_id].data


@pytest.mark.parametrize(
    ("zone", "aggregate", "part", "reach"),
    [
        ("Europe/Vienna", "mean", {"part": "whole_day"}, "may be years"),
        ("Asia/Kolkata", "mean", {"part": "whole_day"}, "statistics can't be used"),
        (
            "Europe/Vienna",
            "mean",
            {"part": "day_from", "part_start": "04:30:00"},
            "statistics can't be used",
        ),
        ("Asia/Kolkata", "last", {"part": "whole_day"}, "recorder keeps states"),
    ],
)
async def test_how_far_back_is_promised_only_where_statistics_serve(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    zone: str,
    aggregate: str,
    part: dict[str, str],
    reach: str,
) -> None:
    exist_server.users["ada"].timezone = zone
    room = {"unit_of_measurement": "°C", "state_class": "measurement"}
    await past_of(hass, "sensor.room", "20", room, [((2026, 5, 19, 20), "20")])
    home = await add_account()
    page = await walk(
        hass,
        await start(hass, home),
        {"entity": "sensor.room"},
        {"aggregate": aggregate},
        {"target": "new"},
        {"label": "Room", "group": "health"},
    )
    page = await with_part(hass, page, part)
    assert reach in said(page)


@pytest.mark.parametrize(
    ("entity", "unit", "more", "proposes"),
    [
        ("sensor.steps", "steps", {"state_class": "measurement"}, Aggregate.LAST),
        ("sensor.walked_today", "km", {"device_class": "distance"}, Aggregate.LAST),
        ("sensor.water_intake", "mL", {}, Aggregate.LAST),
        ("sensor.eaten", "kcal", {}, Aggregate.LAST),
        ("sensor.fat_ratio", "%", {"state_class": "measurement"}, Aggregate.LAST),
        ("sensor.respiratory_rate", "br/min", {}, Aggregate.LAST),
        # These are there all the time.
        ("sensor.price_today", "EUR/kWh", {}, Aggregate.MEAN),
        ("sensor.average_power_today", "W", {"device_class": "power"}, Aggregate.MEAN),
        ("sensor.battery", "%", {"device_class": "battery"}, Aggregate.MEAN),
    ],
)
async def test_what_grows_over_a_day_proposes_its_last_reading(
    hass: HomeAssistant,
    entity: str,
    unit: str,
    more: dict[str, str],
    proposes: Aggregate,
) -> None:
    hass.states.async_set(entity, "5", {"unit_of_measurement": unit, **more})
    subject = async_subject(hass, entity)
    assert subject is not None
    assert proposed(subject) is proposes
