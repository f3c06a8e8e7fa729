"""What goes wrong with one link is not the bad luck of the others."""

from dataclasses import replace
from datetime import date
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.links import passes
from custom_components.exist.links.compute import Learned, result_of
from custom_components.exist.links.link import Link
from custom_components.exist.links.plan import Plan, asked_of
from custom_components.exist.links.readings import ReadingKind
from custom_components.exist.links.subject import Subject, SubjectKind
from homeassistant.components.recorder.db_schema import StateAttributes
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.recorder import get_instance, session_scope

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import (
    TV,
    add_link,
    all_is_committed,
    at,
    days_of,
    evaluate,
    home_of,
    link_data,
    link_issues,
    past_of,
    record,
    show,
    tv_home,
    tv_link,
)
from ..writing import settle

TODAY = date(2026, 5, 20)
NOW = "2026-05-20"

pytestmark = pytest.mark.usefixtures("recorder_mock")


@pytest.fixture
async def home(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account and a television that was on for 70 minutes today."""
    freezer.move_to(at(2026, 5, 20, 12))
    return await tv_home(hass, exist_server, add_account)


async def test_a_bound_without_a_unit_holds_when_the_entity_has_one(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    await past_of(
        hass,
        "sensor.power",
        "2",
        {"unit_of_measurement": "W"},
        [((2026, 5, 19, 8), "2"), ((2026, 5, 20, 8), "60"), ((2026, 5, 20, 9), "2")],
        begun=(2026, 5, 18, 7),
    )
    data = link_data("sensor.power", "time_in", "movies_min", 3, above=50)
    await add_link(hass, home, data)
    await add_link(hass, home, tv_link())
    assert exist_server.value("ada", "movies_min", TODAY) == 60
    assert exist_server.value("ada", "gaming_min", TODAY) == 70
    assert not link_issues(hass)


async def test_a_link_that_cannot_be_computed_waits_and_the_others_do_not(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    real = result_of

    def broken(plan: Plan, *args: Any) -> Any:
        if plan.link.attribute == "movies_min":
            raise TypeError
        return real(plan, *args)

    with monkeypatch.context() as patched:
        patched.setattr(passes, "result_of", broken)
        await add_link(hass, home, tv_link("movies_min"))
        await add_link(hass, home, tv_link())
        await evaluate(hass, home)
    assert exist_server.value("ada", "gaming_min", TODAY) == 70
    assert exist_server.value("ada", "movies_min", TODAY) is None
    assert "A link cannot be computed: TypeError" in caplog.text
    caplog.clear()
    await evaluate(hass, home)
    assert exist_server.value("ada", "movies_min", TODAY) == 70


async def test_what_a_newer_version_made_is_left_out_and_comes_back(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add_link(hass, home, tv_link())
    other = await add_link(hass, home, tv_link("movies_min"))
    subentry = home.subentries[other]
    known, right = home.runtime_data.links.memory.contents.links, dict(subentry.data)
    before = replace(known[other])
    hass.config_entries.async_update_subentry(
        home, subentry, data=right | {"aggregate": "median"}
    )
    await hass.config_entries.async_reload(home.entry_id)
    await settle(hass)
    links = home.runtime_data.links
    assert [link.attribute for link in links.links.values()] == ["gaming_min"]
    assert f"Link {other} cannot be read: ValueError" in caplog.text
    unreadable = f"link_unreadable_{home.entry_id}_{other}"
    assert ir.async_get(hass).async_get_issue("exist", unreadable)
    assert not links.orphans
    caplog.clear()
    # A kind that is not known costs nothing.
    hass.config_entries.async_update_subentry(
        home, subentry, data=right | {"kind": "lunar_total"}
    )
    await settle(hass)
    assert links.links[other].kind is None
    assert not ir.async_get(hass).async_get_issue("exist", unreadable)
    assert links.memory.contents.links[other].since == before.since


async def test_a_link_that_is_deleted_while_days_are_read_stops_no_other(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await add_link(hass, home, tv_link())
    gone = await add_link(hass, home, tv_link("movies_min"))
    await record(hass, {TV: [(at(2026, 5, 20, 10, 30), "on")]})
    await record(hass, {TV: [(at(2026, 5, 20, 10, 40), "off")]})
    planner = home.runtime_data.links._planner
    real = planner.async_compute

    async def meanwhile(*args: Any, **more: Any) -> Any:
        found = await real(*args, **more)
        if gone in home.subentries:
            hass.config_entries.async_remove_subentry(home, gone)
            home.runtime_data.links.async_links_changed()
        return found

    monkeypatch.setattr(planner, "async_compute", meanwhile)
    await evaluate(hass, home)
    assert exist_server.value("ada", "gaming_min", TODAY) == 80


async def test_damaged_attributes_of_a_row_cost_that_row(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    meter = {"unit_of_measurement": "kWh", "state_class": "total", "last_reset": "x"}
    hass.states.async_set("sensor.damaged", "1", meter)
    hass.states.async_set("sensor.meter", "1", meter)
    await all_is_committed(hass)

    def damage() -> None:
        with session_scope(hass=hass) as session:
            for row in session.query(StateAttributes):
                known = json.loads(row.shared_attrs or "{}")
                if known.get("last_reset") == "x":
                    row.shared_attrs = '{"last_reset": '

    await get_instance(hass).async_add_executor_job(damage)
    no_day = meter | {"last_reset": "2026-13-45T00:00:00+00:00"}
    hass.states.async_set("sensor.meter", "2", no_day)
    for entity, attribute in (("damaged", "weight"), ("meter", "movies_min")):
        data = link_data(f"sensor.{entity}", "maximum", attribute, 1, unit="kWh")
        await add_link(hass, home, data)
    await add_link(hass, home, tv_link())
    assert exist_server.value("ada", "gaming_min", TODAY) == 70


async def test_an_entity_that_is_removed_and_comes_back_did_not_change(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(at(2026, 5, 18, 7))
    home = await home_of(hass, exist_server, add_account, "coffees", "mood_note")
    plug, note = "switch.coffee", "sensor.note"
    await show(hass, freezer, plug, [((19, 20), "off", {})])
    await show(hass, freezer, note, [((20, 7), "Calm", {})])
    await show(hass, freezer, plug, [((20, 8), "on", {})])
    freezer.move_to(at(2026, 5, 20, 9))
    hass.states.async_remove(plug)
    hass.states.async_remove(note)
    await settle(hass)
    await show(hass, freezer, plug, [((20, 9, 0, 2), "on", {})])
    await show(hass, freezer, plug, [((20, 10), "off", {})])
    freezer.move_to(at(2026, 5, 20, 12))
    times = link_data(plug, "times", "coffees", 0, states=["on"])
    await add_link(hass, home, times)
    await add_link(hass, home, link_data(note, "last", "mood_note", 2, text=True))
    assert (await days_of(hass, "coffees", NOW))[NOW] == 1
    hass.states.async_set(note, "unavailable")
    await settle(hass)
    assert (await days_of(hass, "mood_note", NOW))[NOW] == "Calm"


async def test_two_links_in_two_units_of_one_entity_that_is_away(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(at(2026, 5, 18, 7))
    for name in ("large", "small"):
        exist_server.add_attribute("ada", name, "health", 1, name=name)
    home = await home_of(hass, exist_server, add_account, "large", "small")
    meter, kilo = "sensor.load", {"unit_of_measurement": "kW"}
    shown = [
        ((20, 8), "2", kilo),
        ((20, 11), "1", kilo),
        ((20, 11, 50), "unavailable", {}),
    ]
    await show(hass, freezer, meter, shown)
    freezer.move_to(at(2026, 5, 20, 12))
    for name, unit in (("large", "kW"), ("small", "W")):
        await add_link(hass, home, link_data(meter, "last", name, 1, unit=unit))
    assert (await days_of(hass, "large", NOW))[NOW] == 1
    assert (await days_of(hass, "small", NOW))[NOW] == 1000
    assert exist_server.value("ada", "large", TODAY) == 1
    assert exist_server.value("ada", "small", TODAY) == 1000


def test_the_other_entities_are_read_as_long_as_their_kind_is_judged() -> None:
    data = link_data("sensor.a", "sum", "rain", 1, unit="mm", kind="daily_total")
    link = Link.from_data("one", "Rain", data | {"others": [{"entity": "sensor.b"}]})

    def plan(entity: str, kind: ReadingKind | None) -> Plan:
        subject = Subject(
            entity,
            entity,
            SubjectKind.METER,
            "mm",
            "total_increasing",
            None,
            "1",
            (),
        )
        of_it = replace(link, kind=kind)
        return Plan(of_it, entity, "mm", None, TODAY, TODAY, subject=subject)

    whole = replace(plan("sensor.a", link.kind), others=(plan("sensor.b", None),))
    learned = Learned()
    assert passes.are_judged([plan("sensor.a", link.kind)], learned)
    assert not passes.are_judged([whole], learned)
    learned.kinds["one", whole.others[0].key] = ReadingKind.DAILY_TOTAL, 7
    assert passes.are_judged([whole], learned)
    first, second = asked_of([whole], hourly=False, judged=False)
    assert (first.back, second.back) == (2 * 86400, 8 * 86400)
