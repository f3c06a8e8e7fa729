"""Who hears what: a write, a poll and a new day touch only those whom they concern."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
import time
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.account.bells import AT_ONCE, Bells
from custom_components.exist.account.turns import async_in_turns
from custom_components.exist.const import DOMAIN
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..writing import settle, write
from .test_init import _pass

# A sensor, a number and a button each.
ATTRIBUTES = 400


@pytest.fixture
async def crowd(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    all_enabled: None,
) -> MockConfigEntry:
    """Load an account of 1,200 entities of attributes, all of them owned."""
    names = exist_server.fill("cleo", ATTRIBUTES)
    exist_server.own("cleo", *names, manual=True)
    entry = await add_account("cleo")
    await settle(hass)
    assert len(hass.states.async_all()) >= 3 * ATTRIBUTES
    return entry


def _shown(hass: HomeAssistant, name: str) -> set[str]:
    """Return the entities that show an attribute's value."""
    found = {
        each.entity_id
        for each in er.async_get(hass).entities.values()
        if each.platform == DOMAIN
        and each.unique_id == f"cleo/attribute/{name}"
        and each.domain != "button"
    }
    assert len(found) == 2
    return found


@pytest.fixture
def written(hass: HomeAssistant) -> set[str]:
    """Collect which entities write their state, be it the same or not."""
    found: set[str] = set()

    @callback
    def note(event: Event[Any]) -> None:
        found.add(event.data["entity_id"])

    @callback
    def everything(_data: object) -> bool:
        return True

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    hass.bus.async_listen(EVENT_STATE_REPORTED, note, event_filter=everything)
    return found


def _moments(hass: HomeAssistant) -> dict[str, State]:
    return {state.entity_id: state for state in hass.states.async_all()}


OWN = {
    "sensor.exist_cleo_values_waiting",
    "sensor.exist_cleo_oldest_value_waiting_since",
    "sensor.exist_cleo_last_confirmed_write",
}


async def test_a_write_touches_its_attribute_and_what_counts_writes(
    hass: HomeAssistant,
    exist_server: ExistServer,
    crowd: MockConfigEntry,
    written: set[str],
) -> None:
    name = sorted(crowd.runtime_data.coordinator.data.owned)[7]
    before = _moments(hass)
    written.clear()
    await write(hass, name=name, value=77)
    await settle(hass)
    assert exist_server.value("cleo", name) == 77
    # A button shows the same as before.
    assert written == _shown(hass, name) | OWN
    for entity_id, state in _moments(hass).items():
        if entity_id not in written:
            assert state is before[entity_id]
            assert state.last_reported == before[entity_id].last_reported


async def test_a_poll_with_nothing_new_writes_that_it_came_and_nothing_else(
    hass: HomeAssistant, crowd: MockConfigEntry, written: set[str]
) -> None:
    written.clear()
    await crowd.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert written == {"sensor.exist_cleo_last_answer_from_exist"}


async def test_a_poll_writes_what_it_changed(
    hass: HomeAssistant,
    exist_server: ExistServer,
    crowd: MockConfigEntry,
    written: set[str],
) -> None:
    name = max(crowd.runtime_data.coordinator.data.owned)
    exist_server.set_value("cleo", name, None, 555)
    written.clear()
    await crowd.runtime_data.coordinator.async_refresh()
    await settle(hass)
    shown = _shown(hass, name)
    assert written == shown | {"sensor.exist_cleo_last_answer_from_exist"}
    assert {state_of(hass, each).state for each in shown} == {"555"}


async def test_a_write_touches_its_link_and_no_other(
    hass: HomeAssistant,
    all_enabled: None,
    linked_home: MockConfigEntry,
    written: set[str],
) -> None:
    links = {
        each.entity_id
        for each in er.async_get(hass).entities.values()
        if each.config_subentry_id is not None
    }
    assert len(links) == 4
    written.clear()
    await write(hass, name="movies_min", value=12)
    await settle(hass)
    assert not written & links
    written.clear()
    await write(hass, name="gaming_min", value=12)
    await settle(hass)
    # The day is the person's now, and what the link had there is nothing any more.
    state = next(each for each in links if each.endswith("_state"))
    assert state_of(hass, state).state == "edited"
    today = next(each for each in links if each.endswith("_today_so_far"))
    assert written & links == links - {today}
    assert "sensor.exist_ada_time_gaming" in written
    assert "sensor.exist_ada_watching_movies" not in written


async def test_a_tag_touches_the_list_and_nothing_else_does(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    written: set[str],
) -> None:
    exist_server.own("ada", "gym", "mood", manual=True)
    exist_server.set_value("ada", "gym", None, 0)
    await add_account()
    await settle(hass)
    written.clear()
    await write(hass, name="mood", value=3)
    await settle(hass)
    assert "sensor.exist_ada_mood" in written
    assert "todo.exist_ada_daily_tags" not in written
    await write(hass, name="gym", value=True)
    await settle(hass)
    assert {"todo.exist_ada_daily_tags", "binary_sensor.exist_ada_gym"} <= written
    written.clear()
    # Written and shown already.
    await write(hass, name="gym", value=True)
    await settle(hass)
    assert not {"todo.exist_ada_daily_tags", "binary_sensor.exist_ada_gym"} & written


async def test_a_new_day_is_drawn_for_all(
    hass: HomeAssistant,
    exist_server: ExistServer,
    crowd: MockConfigEntry,
    written: set[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    zone = ZoneInfo(exist_server.users["cleo"].timezone)
    now = datetime.now(zone)
    midnight = now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    written.clear()
    exist_server.requests.clear()
    await _pass(hass, freezer, midnight - now + timedelta(seconds=61))
    controls = set(hass.states.async_entity_ids("number"))
    assert len(controls) == ATTRIBUTES
    assert controls <= written
    assert {state_of(hass, each).attributes["date"] for each in controls} == {
        midnight.date().isoformat()
    }


def _slow(drawn: list[float]) -> Callable[[], None]:
    def redraw() -> None:
        drawn.append(time.perf_counter())

    return redraw


async def test_what_is_drawn_for_all_lets_others_on_in_between(
    hass: HomeAssistant,
) -> None:
    bells, drawn, turns = Bells(hass), list[float](), list[int]()
    for _ in range(5 * AT_ONCE):
        bells.async_draw(_slow(drawn))

    def turn() -> None:
        turns.append(len(drawn))
        if len(turns) < 8:
            hass.loop.call_soon(turn)

    bells.async_draw_all()
    assert len(drawn) == AT_ONCE
    hass.loop.call_soon(turn)
    await hass.async_block_till_done()
    assert len(drawn) == 5 * AT_ONCE
    assert max(after - before for before, after in pairwise(turns)) == AT_ONCE


async def test_who_is_gone_is_not_drawn_and_nothing_is_after_the_end(
    hass: HomeAssistant,
) -> None:
    bells, drawn = Bells(hass), list[float]()
    stops = [bells.async_draw(_slow(drawn), "steps") for _ in range(3 * AT_ONCE)]
    bells.async_draw_all()
    for stop in stops[AT_ONCE : 2 * AT_ONCE]:
        stop()
    await hass.async_block_till_done()
    assert len(drawn) == 2 * AT_ONCE
    bells.async_draw_all()
    bells.async_stop()
    await hass.async_block_till_done()
    assert len(drawn) == 3 * AT_ONCE
    for stop in stops:
        stop()
    bells.async_values_changed(["steps"])
    assert len(drawn) == 3 * AT_ONCE


async def test_what_changed_of_many_lets_others_on_and_of_few_is_drawn_at_once(
    hass: HomeAssistant,
) -> None:
    bells, drawn = Bells(hass), list[str]()
    names = [f"attribute_{number}" for number in range(3 * AT_ONCE)]
    for name in names:
        bells.async_draw(partial(drawn.append, name), name)
    bells.async_values_changed(names[:AT_ONCE])
    assert len(drawn) == AT_ONCE
    drawn.clear()
    bells.async_values_changed(names)
    assert len(drawn) == AT_ONCE
    # What is drawn meanwhile need not be drawn once more.
    left = next(name for name in names if name not in drawn)
    bells.async_values_changed([left])
    assert drawn[AT_ONCE:] == [left]
    await hass.async_block_till_done()
    assert sorted(drawn) == sorted(names)


async def test_many_things_are_gone_through_in_turns(hass: HomeAssistant) -> None:
    gone_through, others = list[int](), list[int]()

    def turn() -> None:
        others.append(len(gone_through))
        if len(gone_through) < 3 * AT_ONCE:
            hass.loop.call_soon(turn)

    hass.loop.call_soon(turn)
    async for each in async_in_turns(range(3 * AT_ONCE)):
        assert len(gone_through) == each
        gone_through.append(each)
    assert gone_through == list(range(3 * AT_ONCE))
    assert others[:2] == [AT_ONCE, 2 * AT_ONCE]
