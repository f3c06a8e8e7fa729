"""Links when much goes wrong at once: clocks, purges, zones, second wishes."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
import time
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_purge_done,
)

from custom_components.exist.api import Priority
from custom_components.exist.links.timeline import Run, without_pauses
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..exist_server import ExistServer, Fault
from ..link_form import edit, walk
from ..link_home import TV, add_link, at, edits_of, evaluate, later, link_data, record
from ..writing import settle, write

TODAY = date(2026, 5, 20)
YESTERDAY = date(2026, 5, 19)
METER = "sensor.meter"
INCREMENT = "*/increment/"


async def change(hass: HomeAssistant, entry: MockConfigEntry, **more: Any) -> None:
    """Edit the link, as its form does."""
    subentry = next(iter(entry.subentries.values()))
    old: Mapping[str, Any] = {
        key: value
        for key, value in subentry.data.items()
        if key not in ("asked", "past_days", "replace")
    }
    hass.config_entries.async_update_subentry(entry, subentry, data={**old, **more})
    await settle(hass)


async def restart_at(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    moment: Any,
) -> None:
    """Start while the clock shows that moment."""
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.move_to(moment)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)


async def test_a_second_wish_begins_anew(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    asked = dt_util.utcnow().isoformat()
    budget = linked_home.runtime_data.client.budget
    # So many requests that the second piece has to wait.
    with patch("custom_components.exist.links.filler.REQUESTS_AT_MOST", budget.used):
        await change(hass, linked_home, past_days=730, asked=asked)
    freezer.tick(60)
    asked = dt_util.utcnow().isoformat()
    await change(hass, linked_home, past_days=1, asked=asked)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
    await later(hass, freezer, linked_home, 21, 9, on=30)
    assert exist_server.value("ada", "gaming_min", date(2026, 5, 21)) == 30


async def test_states_of_yesterday_that_were_purged_change_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    for hour in range(13, 24):
        freezer.move_to(at(2026, 5, 20, hour))
        await evaluate(hass, linked_home)
    for minute, state in ((30, "on"), (80, "off")):
        freezer.move_to(at(2026, 5, 21) + timedelta(minutes=minute))
        hass.states.async_set(TV, state)
        await settle(hass)
    for hour in range(2, 24):
        freezer.move_to(at(2026, 5, 21, hour))
        await evaluate(hass, linked_home)
    day = date(2026, 5, 21)
    await later(hass, freezer, linked_home, 22, 0, 1)
    assert exist_server.value("ada", "gaming_min", day) == 50
    freezer.move_to(at(2026, 5, 22, 4, 12))
    await settle(hass)
    await hass.services.async_call("recorder", "purge", {"keep_days": 1}, blocking=True)
    await async_wait_purge_done(hass)
    freezer.move_to(at(2026, 5, 22, 5))
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min", day) == 50


async def test_a_start_with_the_clock_in_the_past_asks_for_no_older_days(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.set_value("ada", "gaming_min", date(2026, 5, 18), 44)
    fault = exist_server.faults.add(Fault("status", times=None))
    await restart_at(hass, freezer, linked_home, at(2026, 1, 1, 12))
    exist_server.faults.remove(fault)
    await later(hass, freezer, linked_home, 20, 13)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) is None
    assert exist_server.value("ada", "gaming_min", date(2026, 5, 18)) == 44
    assert not edits_of(linked_home)


async def test_a_start_with_the_clock_in_the_future_invents_no_days(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    fault = exist_server.faults.add(Fault("status", times=None))
    await restart_at(hass, freezer, linked_home, at(2028, 1, 1, 12))
    exist_server.faults.remove(fault)
    assert not linked_home.runtime_data.ledger.entries
    await later(hass, freezer, linked_home, 20, 16, on=30)
    assert exist_server.value("ada", "gaming_min", TODAY) == 100


async def test_a_wish_that_must_wait_does_not_eat_the_hour(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    budget = linked_home.runtime_data.client.budget
    hass.states.async_set(TV, "on")
    await settle(hass)
    await change(hass, linked_home, past_days=30, asked=dt_util.utcnow().isoformat())
    budget = linked_home.runtime_data.client.budget
    while budget.used < 200:
        budget.spend(Priority.PERSON)
    exist_server.faults.add(
        Fault("call", "*/update/", times=None, call=lambda: freezer.tick(60))
    )
    freezer.tick(60)
    await evaluate(hass, linked_home)
    await settle(hass)
    assert budget.used < 210


async def test_a_persons_zero_stays_though_the_read_fails(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, linked_home, 20, 23, on=20)
    assert exist_server.value("ada", "gaming_min", TODAY) == 90
    await record(
        hass, {TV: [(at(2026, 5, 20, 23, 10), "on"), (at(2026, 5, 20, 23, 40), "off")]}
    )
    exist_server.set_value("ada", "gaming_min", TODAY, 0)
    freezer.move_to(at(2026, 5, 21, 0, 1))
    exist_server.faults.add(Fault("status", "*/with-values/", times=1))
    await evaluate(hass, linked_home)
    for _ in range(3):
        freezer.tick(60)
        async_fire_time_changed(hass, dt_util.utcnow())
        await settle(hass)
    assert exist_server.value("ada", "gaming_min", TODAY) == 0


async def test_what_a_person_adds_while_a_link_hands_over_is_not_lost(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_admin_user: MockUser,
) -> None:
    await record(
        hass, {TV: [(at(2026, 5, 20, 12, 5), "on"), (at(2026, 5, 20, 12, 35), "off")]}
    )
    freezer.move_to(at(2026, 5, 20, 12, 59))
    engine = linked_home.runtime_data.links

    def strike() -> None:
        hass.async_create_task(engine.async_evaluate())

    exist_server.faults.add(Fault("call", INCREMENT, call=strike))
    await write(
        hass,
        "increment_values",
        context=Context(user_id=hass_admin_user.id),
        name="gaming_min",
        value=15,
    )
    await settle(hass)
    # Whichever came first, what the person added is in it.
    assert exist_server.value("ada", "gaming_min", TODAY) in (85, 115)


async def test_a_walk_through_the_form_does_not_change_the_unit(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.add_attribute("ada", "Air", "health", 1, name="air")
    await linked_home.runtime_data.coordinator.async_refresh()
    hectopascal = {"unit_of_measurement": "hPa", "state_class": "measurement"}
    hass.states.async_set(METER, "1013", hectopascal)
    await settle(hass)
    data = link_data(METER, "last", "air", 1, unit="hPa", text=False, label="Air")
    link_id = await add_link(hass, linked_home, data)
    inches = {"unit_of_measurement": "inHg", "state_class": "measurement"}
    hass.states.async_set(METER, "29.92", inches)
    result = await edit(hass, linked_home, link_id)
    await walk(hass, result, "entity", {}, "attribute", {}, "finish", {})
    await settle(hass)
    await later(hass, freezer, linked_home, 20, 15)
    found = exist_server.value("ada", "air", TODAY)
    assert isinstance(found, float)
    assert abs(found - 1013.2) < 0.1


async def test_the_day_of_a_journey_east_is_counted_once(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await record(
        hass, {TV: [(at(2026, 5, 20, 17, 30), "on"), (at(2026, 5, 20, 19, 30), "off")]}
    )
    await later(hass, freezer, linked_home, 20, 20)
    assert exist_server.value("ada", "gaming_min", TODAY) == 190
    exist_server.users["ada"].timezone = "Asia/Tokyo"
    await linked_home.runtime_data.coordinator.async_refresh()
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min", TODAY) == 70
    assert exist_server.value("ada", "gaming_min", date(2026, 5, 21)) == 120


async def test_past_days_of_another_entity_are_sent(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
) -> None:
    await write(hass, "sync_link", link="gaming_min", start="2026-05-19")
    await settle(hass)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
    bed = "media_player.bed"
    hass.states.async_set(bed, "off")
    await settle(hass)
    rows = [
        (at(2026, 5, 19, 4), "off"),
        (at(2026, 5, 19, 5), "on"),
        (at(2026, 5, 19, 5, 25), "off"),
    ]
    await record(hass, {bed: rows})
    asked = dt_util.utcnow().isoformat()
    await change(hass, linked_home, entity=bed, past_days=1, asked=asked)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 25


async def test_while_the_recorder_was_told_to_stop_nothing_is_known(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(at(2026, 5, 20, 20))
    hass.states.async_set(TV, "on")
    await settle(hass)
    freezer.move_to(at(2026, 5, 20, 21))
    await evaluate(hass, linked_home)
    await hass.services.async_call("recorder", "disable", blocking=True)
    freezer.move_to(at(2026, 5, 20, 21, 10))
    hass.states.async_set(TV, "off")
    await settle(hass)
    await evaluate(hass, linked_home)
    freezer.move_to(at(2026, 5, 23, 12))
    await hass.services.async_call("recorder", "enable", blocking=True)
    await later(hass, freezer, linked_home, 23, 12, 1)
    for number in (21, 22):
        day = date(2026, 5, number)
        assert exist_server.value("ada", "gaming_min", day) is None
    assert exist_server.value("ada", "gaming_min", TODAY) == 130


def test_pauses_are_cut_out_of_runs() -> None:
    runs = [Run(0, 100, False), Run(200, 300, True, 290), Run(400, None, False)]
    assert without_pauses(runs, [(500, None)]) == runs
    assert without_pauses(runs, [(50, 250), (450, 460)]) == [
        Run(0, 50, False),
        Run(250, 300, True, 290),
        Run(400, 450, False),
        Run(460, None, False),
    ]


async def test_what_was_asked_for_during_a_sync_is_done_after_it(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    engine = linked_home.runtime_data.links
    await record(
        hass, {TV: [(at(2026, 5, 20, 12, 5), "on"), (at(2026, 5, 20, 12, 35), "off")]}
    )
    freezer.move_to(at(2026, 5, 20, 12, 40))
    struck: list[bool] = []

    def strike() -> None:
        struck.append(engine._lock.locked())
        hass.async_create_task(engine.async_evaluate())

    exist_server.faults.add(Fault("call", "*/with-values/", call=strike))
    day = YESTERDAY.isoformat()
    await write(hass, "sync_link", link="gaming_min", start=day, end=day)
    await settle(hass)
    assert struck == [True]
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
    # The second evaluation reads the database anew, in its own time.
    for _ in range(500):
        async with engine._lock:
            await settle(hass)
        if exist_server.value("ada", "gaming_min", TODAY) == 100:
            break
        await asyncio.to_thread(time.sleep, 0.01)
    assert exist_server.value("ada", "gaming_min", TODAY) == 100


async def test_days_in_another_service_s_hand_are_no_second_copy(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.steal("ada", "gaming_min", "trakt")
    await linked_home.runtime_data.coordinator.async_refresh()
    for number in range(21, 26):
        exist_server.set_value("ada", "gaming_min", date(2026, 5, number), 33)
        await later(hass, freezer, linked_home, number, 12, on=number)
    exist_server.own("ada", "gaming_min")
    await later(hass, freezer, linked_home, 26, 12, on=3)
    assert exist_server.value("ada", "gaming_min", date(2026, 5, 23)) == 33
    keys = {issue.translation_key for issue in ir.async_get(hass).issues.values()}
    assert "link_copies" not in keys


async def test_past_days_wait_until_the_clock_is_right(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.clock.offset = timedelta(minutes=-20)
    await linked_home.runtime_data.coordinator.async_refresh()
    asked = dt_util.utcnow().isoformat()
    await change(hass, linked_home, past_days=1, asked=asked)
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) is None
    exist_server.clock.offset = timedelta()
    await linked_home.runtime_data.coordinator.async_refresh()
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
