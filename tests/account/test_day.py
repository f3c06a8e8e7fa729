"""Which day is meant, when the machine's clock is wrong or nobody has said yet."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
import json
import time
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)

from custom_components.exist.const import GROUPS
from custom_components.exist.ledger import Hold
from custom_components.exist.values import days
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from ..conftest import AddAccount, Machine, state_of
from ..entities.test_controls import DAY, MOOD, TAGS, _do, _of
from ..exist_server import ExistServer, Fault
from ..writing import OWNED, poll, reload, settle, write

STEPS = "sensor.exist_ada_steps"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PROFILE = "*/accounts/profile/"
BEHIND = timedelta(hours=-26)

type Act = Callable[[], Awaitable[Any]]


def at(zone: str, *moment: int) -> datetime:
    """Return what a wall clock shows in a zone."""
    return datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type, misc]


@pytest.fixture
async def owner(
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account at noon, which owns what is written by hand."""
    freezer.move_to(at("Europe/Vienna", 2026, 5, 20, 12))
    exist_server.own("ada", *OWNED, manual=True)
    for name in OWNED:
        values = exist_server.users["ada"].attributes[name].values
        for day in [day for day in values if day > date(2026, 5, 20)]:
            # Nobody has written the future.
            del values[day]
    return await add_account()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    # As long as nobody answers, an action waits for this long.
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)


async def _restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Load the account anew, and leave what is done in the background alone."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def _set_all(hass: HomeAssistant) -> None:
    """Write in each way that names no date."""
    await write(hass, name="stromkosten", value=1.25)
    await write(hass, name="meditation_min", value=11, date="today")
    await write(hass, name="vitamin_d", value=True, date="yesterday")
    await write(hass, "increment_values", name="coffees", value=3)
    await _do(hass, "number.set_value", MOOD, value=7)
    await _do(hass, "todo.update_item", TAGS, item="Gym", status="completed")
    await settle(hass)


def _all_set(server: ExistServer, day: date, before: date) -> dict[str, object]:
    return {
        **{
            name: server.value("ada", name, day)
            for name in ("stromkosten", "meditation_min", "coffees", "mood", "gym")
        },
        "vitamin_d": server.value("ada", "vitamin_d", before),
    }


@pytest.mark.parametrize(
    ("zone", "real", "by"),
    [
        ("Europe/Vienna", (2026, 5, 20, 12), BEHIND),
        ("Europe/Vienna", (2026, 5, 20, 23, 30), HOUR),
        ("Europe/Vienna", (2026, 5, 20, 23, 55), 10 * MINUTE),
        ("Europe/Vienna", (2026, 5, 20, 0, 5), -10 * MINUTE),
        # The clocks change, in both directions.
        ("Europe/Vienna", (2026, 3, 29, 0, 30), -HOUR),
        ("Europe/Vienna", (2026, 10, 25, 23, 30), HOUR),
        ("Australia/Adelaide", (2026, 4, 5, 23, 50), 20 * MINUTE),
        ("Australia/Adelaide", (2026, 10, 4, 0, 10), -20 * MINUTE),
        ("Asia/Kathmandu", (2026, 5, 20, 23, 50), 20 * MINUTE),
        ("Asia/Kathmandu", (2026, 5, 20, 0, 10), -20 * MINUTE),
        ("Pacific/Kiritimati", (2026, 5, 20, 23, 30), HOUR),
        ("Pacific/Kiritimati", (2026, 5, 20, 9), BEHIND),
    ],
)
async def test_what_has_no_date_is_of_exists_day_while_the_clock_is_wrong(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
    zone: str,
    real: tuple[int, ...],
    by: timedelta,
) -> None:
    exist_server.users["ada"].timezone = zone
    freezer.move_to(at(zone, *real))
    day = exist_server.today("ada")
    exist_server.set_value("ada", "coffees", day, 0)
    machine.set_clock(freezer, by)
    await poll(hass, owner)
    assert exist_server.today("ada") == day == date(*real[:3])
    await _set_all(hass)
    assert _all_set(exist_server, day, day - timedelta(days=1)) == {
        "stromkosten": 1.25,
        "meditation_min": 11,
        "coffees": 3,
        "mood": 7,
        "gym": 1,
        "vitamin_d": 1,
    }
    assert state_of(hass, MOOD).state == "7"
    assert not owner.runtime_data.ledger.entries
    with pytest.raises(ServiceValidationError) as raised:
        await write(hass, name="mood", value=1, date=day + timedelta(days=1))
    assert raised.value.translation_key == "future_day"


async def test_the_edited_day_goes_with_exists_day_while_the_clock_is_wrong(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    hass_admin_user: MockUser,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
) -> None:
    machine.set_clock(freezer, BEHIND)
    await poll(hass, owner)
    assert state_of(hass, DAY).state == "2026-05-20"
    await _do(hass, "date.set_value", DAY, date="2026-05-19")
    await _do(hass, "number.set_value", MOOD, by=hass_admin_user, value=4)
    await settle(hass)
    assert exist_server.value("ada", "mood", date(2026, 5, 19)) == 4


async def test_a_day_begins_when_exists_does_even_if_the_machine_slept(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
) -> None:
    freezer.move_to(at("Europe/Vienna", 2026, 5, 20, 21))
    machine.set_clock(freezer, 2 * HOUR)
    await poll(hass, owner)
    exist_server.faults.add(Fault("status", PROFILE, times=None))
    freezer.tick(timedelta(hours=2, minutes=30))
    await write(hass, name="mood", value=2)
    # No timer rings while it sleeps.
    freezer.tick(timedelta(hours=8))
    await write(hass, name="mood", value=8)
    assert exist_server.value("ada", "mood", date(2026, 5, 20)) == 2
    assert exist_server.value("ada", "mood", date(2026, 5, 21)) == 8


def test_the_time_since_is_of_a_clock_that_goes_on_in_sleep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(days, "clock_gettime", time.clock_gettime)
    assert abs(days.uptime() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1


async def test_a_clock_that_is_right_again_is_followed_again(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
) -> None:
    machine.set_clock(freezer, BEHIND)
    await poll(hass, owner)
    assert owner.runtime_data.coordinator.clock_wrong
    machine.set_clock(freezer, -BEHIND)
    await write(hass, name="mood", value=3)
    await settle(hass)
    assert exist_server.value("ada", "mood", date(2026, 5, 20)) == 3
    assert not owner.runtime_data.coordinator.clock_wrong
    issue = f"clock_differs_{owner.entry_id}"
    assert ir.async_get(hass).async_get_issue("exist", issue) is None


@pytest.mark.shown(*GROUPS)
async def test_a_clock_set_back_by_a_day_costs_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
) -> None:
    """What a person sees: a repair, today's values, and what they write, on its day."""
    day = exist_server.today("ada")
    before = exist_server.value("ada", "mood", day - timedelta(days=1))
    exist_server.set_value("ada", "steps", day, 4711)
    await write(hass, name="mood", value=3)
    await poll(hass, owner)
    assert state_of(hass, STEPS).state == "4711"
    away = exist_server.faults.add(Fault("status", times=None))
    await write(hass, name="stromkosten", value=2.5)
    machine.set_clock(freezer, timedelta(days=-1))
    answer = await write(hass, name="mood", value=6)
    assert [each["error_code"] for each in answer["queued"]] == ["undated"]
    await _do(hass, "number.set_value", MOOD, value=5)
    assert state_of(hass, MOOD).state == "5"
    assert state_of(hass, STEPS).state == "4711"

    exist_server.faults.remove(away)
    # Noticed within a minute, without waiting for the next poll.
    async_fire_time_changed(hass, datetime.now(UTC) + timedelta(seconds=61))
    await settle(hass)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "stromkosten", day) == 2.5
    assert exist_server.value("ada", "mood", day) == 5
    assert exist_server.value("ada", "mood", day - timedelta(days=1)) == before
    assert not owner.runtime_data.ledger.entries
    assert state_of(hass, STEPS).state == "4711"
    issue = ir.async_get(hass).async_get_issue(
        "exist", f"clock_differs_{owner.entry_id}"
    )
    assert issue is not None
    assert (issue.translation_placeholders or {})["minutes"] == "1440"


async def test_a_clock_that_was_wrong_before_a_start_refuses_what_has_no_date(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
) -> None:
    machine.set_clock(freezer, BEHIND)
    await poll(hass, owner)
    fault = exist_server.faults.add(Fault("status", times=None))
    await _restart(hass, owner)
    await settle(hass)
    acts: list[Act] = [
        lambda: write(hass, name="mood", value=7),
        lambda: write(hass, name="mood", value=7, date="today"),
        lambda: write(hass, name="mood", value=7, date="yesterday"),
        lambda: _do(hass, "number.set_value", MOOD, value=7),
        lambda: _do(hass, "todo.update_item", TAGS, item="Gym", status="completed"),
    ]
    for act in acts:
        with pytest.raises(HomeAssistantError) as raised:
            await act()
        assert raised.value.translation_key == "clock_wrong_day"
    answer = await write(hass, name="coffees", value=7, date="2026-05-19")
    assert answer["queued"]
    assert len(owner.runtime_data.ledger.entries) == 1

    exist_server.faults.remove(fault)
    await poll(hass, owner)
    await write(hass, name="mood", value=7)
    assert exist_server.value("ada", "mood", date(2026, 5, 20)) == 7
    assert exist_server.value("ada", "coffees", date(2026, 5, 19)) == 7


@pytest.mark.parametrize("then", ["", "restart", "set right"])
@pytest.mark.parametrize(
    ("real", "by"),
    [
        # All of these are written at half past, and have another day by the wrong clock.
        ((2026, 5, 21, 0, 30), -HOUR),
        ((2026, 5, 20, 23, 30), HOUR),
        ((2026, 5, 22, 12, 30), BEHIND),
        ((2026, 5, 22, 12, 30), timedelta(days=3)),
        ((2026, 5, 21, 12, 30), timedelta()),
    ],
)
async def test_what_is_written_before_the_first_poll_gets_its_day_from_that(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
    real: tuple[int, ...],
    by: timedelta,
    then: str,
) -> None:
    """Exist is away over the next midnight; the value keeps the day it was written."""
    fault = exist_server.faults.add(Fault("status", times=None))
    await hass.config_entries.async_unload(owner.entry_id)
    freezer.move_to(at("Europe/Vienna", *real))
    machine.set_clock(freezer, by)
    await hass.config_entries.async_setup(owner.entry_id)
    await settle(hass)
    answer = await write(hass, name="stromkosten", value=1.25)
    assert [each["error_code"] for each in answer["queued"]] == ["undated"]
    await write(hass, name="meditation_min", value=11, date="yesterday")
    await _do(hass, "number.set_value", MOOD, value=7)
    await settle(hass)
    assert state_of(hass, MOOD).state == "7"
    held = owner.runtime_data.ledger.entries.values()
    assert {each.hold for each in held} == {Hold.UNDATED}

    if then == "restart":
        await _restart(hass, owner)
        await settle(hass)
        assert state_of(hass, MOOD).state == "7"
    elif then == "set right":
        machine.set_clock(freezer, -by)
    freezer.tick(timedelta(hours=25))
    exist_server.faults.remove(fault)
    await poll(hass, owner)
    day = date(*real[:3])
    assert not owner.runtime_data.ledger.entries
    assert exist_server.value("ada", "stromkosten", day) == 1.25
    assert exist_server.value("ada", "mood", day) == 7
    before = day - timedelta(days=1)
    assert exist_server.value("ada", "meditation_min", before) == 11
    written = {
        (name, when)
        for name, value in (("stromkosten", 1.25), ("mood", 7), ("meditation_min", 11))
        for when, shown in exist_server.users["ada"].attributes[name].values.items()
        if shown == value and when > date(2026, 5, 20)
    }
    assert written <= {
        ("stromkosten", day),
        ("mood", day),
        ("meditation_min", before),
    }


async def test_what_has_no_day_yet_keeps_it_when_the_clock_is_set_and_it_restarts(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
) -> None:
    fault = exist_server.faults.add(Fault("status", times=None))
    await hass.config_entries.async_unload(owner.entry_id)
    freezer.move_to(at("Europe/Vienna", 2026, 5, 22, 12, 30))
    machine.set_clock(freezer, BEHIND)
    await hass.config_entries.async_setup(owner.entry_id)
    await settle(hass)
    answer = await write(hass, name="mood", value=7)
    assert [each["error_code"] for each in answer["queued"]] == ["undated"]
    machine.set_clock(freezer, -BEHIND)
    await _restart(hass, owner)
    exist_server.faults.remove(fault)
    await poll(hass, owner)
    assert not owner.runtime_data.ledger.entries
    assert exist_server.value("ada", "mood", date(2026, 5, 22)) == 7
    assert exist_server.value("ada", "mood", date(2026, 5, 21)) != 7


async def test_two_of_a_day_are_one_and_a_midnight_between_them_makes_two(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
) -> None:
    fault = exist_server.faults.add(Fault("status", times=None))
    await hass.config_entries.async_unload(owner.entry_id)
    # By the machine, all of this happens after midnight.
    freezer.move_to(at("Europe/Vienna", 2026, 5, 20, 23, 30))
    machine.set_clock(freezer, HOUR)
    await hass.config_entries.async_setup(owner.entry_id)
    await settle(hass)
    for minutes, value in ((0, 1), (20, 2), (20, 3), (20, 4)):
        freezer.tick(minutes * MINUTE)
        await write(hass, name="mood", value=value)
    await write(hass, name="coffees", value=1, date="2026-05-20")
    freezer.tick(MINUTE)
    await write(hass, name="coffees", value=2, date="yesterday")
    await write(hass, name="stromkosten", value=1, date="yesterday")
    freezer.tick(MINUTE)
    await write(hass, name="stromkosten", value=2, date="2026-05-20")
    exist_server.faults.remove(fault)
    await poll(hass, owner)
    assert exist_server.value("ada", "mood", date(2026, 5, 20)) == 2
    assert exist_server.value("ada", "mood", date(2026, 5, 21)) == 4
    # Of a dated and an undated one, the later.
    assert exist_server.value("ada", "coffees", date(2026, 5, 20)) == 2
    assert exist_server.value("ada", "stromkosten", date(2026, 5, 20)) == 2
    assert not owner.runtime_data.ledger.entries


async def test_what_exist_showed_otherwise_meanwhile_is_not_written_over(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
) -> None:
    day = exist_server.today("ada")
    exist_server.set_value("ada", "mood", day, 4)
    await poll(hass, owner)
    fault = exist_server.faults.add(Fault("status", times=None))
    await _restart(hass, owner)
    await settle(hass)
    await write(hass, name="mood", value=7)
    exist_server.set_value("ada", "mood", day, 8)
    exist_server.faults.remove(fault)
    await poll(hass, owner)
    assert exist_server.value("ada", "mood", day) == 8
    assert not owner.runtime_data.ledger.entries


async def _with_late_answer(
    hass: HomeAssistant, server: ExistServer, entry: MockConfigEntry, **said: Any
) -> Any:
    """Write after a start, and let Exist answer only then; time stands still."""
    server.faults.add(Fault("delay", PROFILE, seconds=30))
    server.requests.clear()
    await _restart(hass, entry)
    task = hass.async_create_task(write(hass, **said))
    while not server.requests["GET /api/2/accounts/profile/"]:
        await asyncio.sleep(0)
    assert not task.done()
    server.faults.closing.set()
    answer = await task
    server.faults.closing.clear()
    return answer


async def test_a_start_that_exist_answers_soon_is_not_noticed(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    exist_server: ExistServer,
    owner: MockConfigEntry,
) -> None:
    person = Context(user_id=hass_admin_user.id)
    answer = await _with_late_answer(
        hass, exist_server, owner, name="mood", value=7, context=person
    )
    [written] = answer["success"]
    assert (written["date"], written["value"]) == ("2026-05-20", 7)
    assert exist_server.value("ada", "mood") == 7


@pytest.mark.parametrize("said", [{}, {"date": "2026-05-20"}])
async def test_increments_wait_for_the_first_poll(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    said: dict[str, str],
) -> None:
    exist_server.set_value("ada", "coffees", "2026-05-20", 1)
    said = {"action": "increment_values", "name": "coffees", **said}
    answer = await _with_late_answer(hass, exist_server, owner, value=2, **said)
    assert answer["success"][0]["current"] == 3


async def test_increments_wait_no_longer_than_a_person(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.account.poll.WAIT_SECONDS", 0.2)
    exist_server.faults.add(Fault("delay", PROFILE, seconds=30, times=None))
    await _restart(hass, account)
    began = time.perf_counter()
    with pytest.raises(HomeAssistantError) as raised:
        await account.runtime_data.coordinator.async_wait_for_day(person=True)
    assert raised.value.translation_key == "day_unknown"
    assert time.perf_counter() - began < 2


async def test_increments_fail_without_a_poll_and_count_nothing(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("status", PROFILE, times=None))
    await reload(hass, owner)
    acts: list[Act] = [
        lambda: write(hass, "increment_values", name="coffees", value=2),
        lambda: _do(hass, "button.press", _of(hass, "button", "coffees")),
    ]
    for act in acts:
        with pytest.raises(HomeAssistantError) as raised:
            await act()
        assert raised.value.translation_key == "day_unknown"
    assert not exist_server.requests["POST /api/2/attributes/increment/"]
    assert not owner.runtime_data.ledger.entries


@pytest.mark.parametrize("name", ["", None, "Mars/Olympus"])
async def test_a_profile_without_zone_and_time_keeps_the_zone_that_was_known(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    name: str | None,
) -> None:
    # It is morning in Vienna, and still the day before in Home Assistant's zone.
    await hass.config.async_set_time_zone("America/Los_Angeles")
    freezer.move_to(at("Europe/Vienna", 2026, 5, 21, 8))
    body = json.dumps({"username": "ada", "timezone": name})
    exist_server.faults.add(Fault("status", PROFILE, status=200, body=body, times=None))
    for _ in range(2):
        await poll(hass, owner)
        coordinator = owner.runtime_data.coordinator
        assert coordinator.last_update_success
        assert str(coordinator.data.zone) == "Europe/Vienna"
        await write(hass, name="mood", value=6)
        assert exist_server.value("ada", "mood", date(2026, 5, 21)) == 6
        await reload(hass, owner)


async def test_a_profile_without_time_still_dates_what_is_written_after_a_clock_was_set(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    machine: Machine,
) -> None:
    body = json.dumps({"username": "ada", "timezone": "Europe/Vienna"})
    exist_server.faults.add(Fault("status", PROFILE, status=200, body=body, times=None))
    machine.set_clock(freezer, 10 * MINUTE)
    await write(hass, name="mood", value=4)
    await poll(hass, owner)
    await write(hass, name="mood", value=5)
    await poll(hass, owner)
    assert not owner.runtime_data.ledger.entries
    assert exist_server.value("ada", "mood", date(2026, 5, 20)) == 5


async def test_without_any_zone_an_account_is_not_set_up(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    body = '{"username": "ada", "timezone": ""}'
    exist_server.faults.add(Fault("status", PROFILE, status=200, body=body))
    entry = await add_account()
    assert entry.state is ConfigEntryState.SETUP_RETRY


@pytest.mark.shown(*GROUPS)
async def test_an_offset_that_stands_in_for_a_zone_outlives_a_restart(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(at("Asia/Kathmandu", 2026, 5, 21, 0, 30))
    profile = {
        "username": "ada",
        "timezone": "Mars/Olympus",
        "local_time": "2026-05-21T00:30:00+05:45",
    }
    exist_server.users["ada"].timezone = "Asia/Kathmandu"
    exist_server.faults.add(
        Fault("status", PROFILE, status=200, body=json.dumps(profile))
    )
    await poll(hass, owner)
    exist_server.faults.add(Fault("status", times=None))
    await reload(hass, owner)
    coordinator = owner.runtime_data.coordinator
    assert coordinator.today == date(2026, 5, 21)
    assert state_of(hass, STEPS).state != STATE_UNAVAILABLE
