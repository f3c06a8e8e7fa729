"""State attributes that the recorder leaves out, from the states to Exist."""

from collections.abc import Mapping
from datetime import date
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.links.kept_attributes import FILE, ROWS_AT_MOST
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import StateInfo
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import (
    add_link,
    at,
    days_of,
    evaluate,
    home_of,
    link_data,
    move_on,
    set_runs,
    show,
)
from ..on_disk import path_of
from ..writing import settle

TODAY = date(2026, 5, 20)
FLAT = "climate.flat"
LEFT_OUT = StateInfo(unrecorded_attributes=frozenset({"hvac_action"}))

pytestmark = pytest.mark.usefixtures("recorder_mock")


def doing(action: str, now: float = 20) -> Mapping[str, Any]:
    return {"hvac_action": action, "current_temperature": now}


@pytest.fixture
async def home(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account and a thermostat, linked in the evening; it heats nothing yet."""
    freezer.move_to(at(2026, 5, 19, 20))
    account = await home_of(hass, exist_server, add_account, "gaming_min", "mood_note")
    await show(hass, freezer, FLAT, [((19, 22), "heat", doing("idle"))], LEFT_OUT)
    await add_link(hass, account, heating())
    return account


def heating(**more: Any) -> dict[str, Any]:
    """Return a link that feeds the minutes in which it heats."""
    wish = {"state_attribute": "hvac_action", "states": ["heating"], **more}
    return link_data(FLAT, "time_in", "gaming_min", 3, **wish)


async def crash(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    *wall: int,
) -> None:
    """Let Home Assistant end without unloading the account, and start a minute later."""
    freezer.tick(601)
    async_fire_time_changed(hass, dt_util.utcnow())
    await settle(hass)
    path = path_of(hass, entry, FILE)
    as_it_was = path.read_bytes()
    assert await hass.config_entries.async_unload(entry.entry_id)
    path.write_bytes(as_it_was)
    ended = at(2026, 5, *wall)
    freezer.move_to(ended.replace(minute=ended.minute + 1))
    await set_runs(hass, [(at(2026, 5, 18, 7), ended, False)], dt_util.utcnow())
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)


async def test_what_else_changes_does_not_end_what_is_kept(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    for hour in range(24):
        action = "heating" if 6 <= hour < 18 else "idle"
        shown = ((20, hour, 1), "heat", doing(action, hour))
        await show(hass, freezer, FLAT, [shown], LEFT_OUT)
        freezer.tick(60)
        await evaluate(hass, home)
    await move_on(hass, freezer, home, 21, 1)
    assert exist_server.value("ada", "gaming_min", TODAY) == 720


async def test_what_was_held_is_not_new_when_something_else_changes(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    link = link_data(
        FLAT,
        "last",
        "mood_note",
        2,
        text=True,
        only_new=True,
        state_attribute="hvac_action",
    )
    await add_link(hass, home, link)
    for day, hour in ((20, 6), (21, 8)):
        shown = ((day, hour), "heat", doing("heating", hour))
        await show(hass, freezer, FLAT, [shown], LEFT_OUT)
        await move_on(hass, freezer, home, day, hour + 1)
    assert exist_server.value("ada", "mood_note", TODAY) == "heating"
    assert exist_server.value("ada", "mood_note", date(2026, 5, 21)) is None


async def test_what_is_the_same_after_a_restart_goes_on(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await show(hass, freezer, FLAT, [((20, 13), "heat", doing("heating"))], LEFT_OUT)
    await crash(hass, freezer, home, 20, 14)
    await move_on(hass, freezer, home, 21, 1)
    # The minute of the restart is bridged.
    assert exist_server.value("ada", "gaming_min", TODAY) == 11 * 60


async def test_an_outage_of_which_the_registry_tells_is_one(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await show(hass, freezer, FLAT, [((20, 9), "heat", doing("heating"))], LEFT_OUT)
    away = ((20, 10), "unavailable", {"restored": True})
    await show(hass, freezer, FLAT, [away])
    await show(hass, freezer, FLAT, [((20, 15), "heat", doing("heating"))], LEFT_OUT)
    await show(hass, freezer, FLAT, [((20, 16), "heat", doing("idle"))], LEFT_OUT)
    await move_on(hass, freezer, home, 21, 1)
    assert exist_server.value("ada", "gaming_min", TODAY) == 120


async def test_the_day_in_which_keeping_begins_is_not_told_from_a_part(
    hass: HomeAssistant, home: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await show(hass, freezer, FLAT, [((20, 6), "heat", doing("idle"))], LEFT_OUT)
    other = heating() | {"attribute": "mood_note", "state_attribute": "fan"}
    info = StateInfo(unrecorded_attributes=frozenset({"hvac_action", "fan"}))
    await add_link(hass, home, other | {"states": ["on"]})
    await show(hass, freezer, FLAT, [((20, 7), "heat", {"fan": "on"})], info)
    await move_on(hass, freezer, home, 21, 1)
    assert (await days_of(hass, "mood_note", "2026-05-20"))["2026-05-20"] == "not_kept"


async def test_what_is_kept_has_its_own_file_and_room_for_so_much(
    hass: HomeAssistant, home: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    kept = home.runtime_data.links.memory.kept
    path = path_of(hass, home, FILE)
    for number in range(ROWS_AT_MOST + 10):
        kept.keep("many", (1000.0 + number, str(number), None), 0)
    for number in range(10):
        kept.keep("old", (1000.0 + number, str(number), None), 1005)
    assert len(kept.rows("many")) == ROWS_AT_MOST
    assert kept.rows("many")[0][:2] == (1010, "10")
    assert [row.state for row in kept.rows("old")] == ["5", "6", "7", "8", "9"]
    freezer.tick(300)
    async_fire_time_changed(hass, dt_util.utcnow())
    await settle(hass)
    assert not path.exists()
    kept.keep("last", (1.0, "on", "W"), 0)
    freezer.tick(301)
    async_fire_time_changed(hass, dt_util.utcnow())
    await settle(hass)
    rows = json.loads(path.read_bytes())["data"]["rows"]
    assert rows["last"] == [[1.0, "on", "W"]]
    assert len(rows["many"]) == ROWS_AT_MOST
