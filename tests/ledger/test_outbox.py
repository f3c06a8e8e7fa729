"""The outbox at its edges: disks, clocks, types, old days and late arrivals."""

import asyncio
from datetime import date, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)

from custom_components.exist.api import ValueType
from custom_components.exist.ledger import Day, Hold, Waiting, Writer
from custom_components.exist.ledger.day import Verdict, judge, replaced, same
from custom_components.exist.ledger.transitions import started
from custom_components.exist.storage import Lost, dump, load
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..writing import OWNED, reload, settle, write

VALUES = st.one_of(st.none(), st.integers(0, 9), st.text(max_size=3))


@pytest.fixture
async def owner(
    exist_server: ExistServer, add_account: AddAccount, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    exist_server.own("ada", *OWNED)
    return await add_account()


@pytest.fixture
def person(hass_admin_user: MockUser) -> Context:
    return Context(user_id=hass_admin_user.id)


def _entry(**changes: Any) -> Waiting:
    given_: dict[str, Any] = {
        "name": "mood",
        "day": date(2026, 4, 2),
        "value": 5,
        "value_type": ValueType.INTEGER,
        "accepted": dt_util.utcnow(),
        "writer": Writer.AUTOMATION,
    }
    return Waiting(**(given_ | changes))


@given(base=VALUES, sent=st.lists(VALUES, max_size=3), shown=VALUES)
def test_only_what_nobody_else_wrote_is_written_over(
    base: Any, sent: list[Any], shown: Any
) -> None:
    entry = _entry(base=base, sent=tuple(each for each in sent if each is not None))
    verdict = judge(entry.value_type, entry.value, shown, Day(), entry)
    if shown == entry.value:
        assert verdict is Verdict.CONFIRMED
    elif shown in (None, "", base, *entry.sent) or (base is None and shown == 0):
        assert verdict is Verdict.SEND
    else:
        assert verdict is Verdict.CHANGED


@given(VALUES, VALUES)
def test_what_is_kept_on_disk_comes_back(base: Any, sent: Any) -> None:
    entry = _entry(base=base, sent=() if sent is None else (sent,), ambiguous=True)
    lost: list[Lost] = []
    back = load(Waiting, json.loads(json.dumps(dump(entry))), lost)
    assert back == entry
    assert not lost
    assert started(back).compare


def test_values_are_compared_by_type() -> None:
    assert same(ValueType.DECIMAL, 65.0, 65)
    assert same(ValueType.BOOLEAN, True, 1)
    assert not same(ValueType.INTEGER, 0, None)
    assert not same(ValueType.TEXT, "5", 5)


def test_a_newer_value_remembers_what_the_older_one_may_have_sent() -> None:
    old = _entry(value=3, sent=(1, 2), compare=True)
    new = replaced(_entry(value=4), old)
    assert new.sent == (1, 2, 3)
    assert new.compare
    word = replaced(
        _entry(value=4, writer=Writer.PERSON), _entry(compare=True, hold=Hold.CHANGED)
    )
    assert not word.compare


async def test_a_full_disk_accepts_nothing(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    before = exist_server.value("ada", "mood")
    storage = Path(hass.config.path(".storage"))
    aside = storage.with_name("elsewhere")
    await hass.async_add_executor_job(storage.rename, aside)
    await hass.async_add_executor_job(storage.write_text, "no folder")
    with pytest.raises(HomeAssistantError) as raised:
        await write(hass, name="mood", value=9)
    assert raised.value.translation_key == "disk"
    await settle(hass)
    assert exist_server.value("ada", "mood") == before
    assert not owner.runtime_data.ledger.entries
    await hass.async_add_executor_job(storage.unlink)
    await hass.async_add_executor_job(aside.rename, storage)
    assert (await write(hass, name="mood", value=9))["success"]


async def test_what_a_full_disk_did_not_take_leaves_the_older_value_as_old_as_it_is(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await exist_server.stop()
    await write(hass, name="mood", value=5)
    freezer.tick(timedelta(hours=1))
    # What Home Assistant itself saves later is saved before the folder goes.
    async_fire_time_changed(hass)
    await settle(hass)
    storage = Path(hass.config.path(".storage"))
    aside = storage.with_name("elsewhere")

    def take_away() -> None:
        # At once: whatever else is saved just then would make the folder anew.
        storage.rename(aside)
        storage.write_text("no folder")

    def bring_back() -> None:
        storage.unlink()
        aside.rename(storage)

    await hass.async_add_executor_job(take_away)
    with pytest.raises(HomeAssistantError):
        await write(hass, name="mood", value=6)
    await hass.async_add_executor_job(bring_back)
    await exist_server.start()
    # Somebody wrote elsewhere within that hour.
    exist_server.set_value("ada", "mood", None, 8)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert not owner.runtime_data.ledger.entries
    assert exist_server.value("ada", "mood") == 8


async def test_at_the_very_end_nothing_is_accepted(
    hass: HomeAssistant, owner: MockConfigEntry
) -> None:
    hass.set_state(CoreState.final_write)
    with pytest.raises(HomeAssistantError) as raised:
        await write(hass, name="mood", value=9)
    assert raised.value.translation_key == "stopping"
    hass.set_state(CoreState.running)


async def test_another_type_is_refused_and_told(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    await exist_server.stop()
    await write(hass, name="coffees", value=3)
    attribute = exist_server.users["ada"].attributes["coffees"]
    attribute.value_type = type(attribute.value_type).STRING
    attribute.values.clear()
    await exist_server.start()
    await reload(hass, owner)
    assert not owner.runtime_data.ledger.entries
    assert exist_server.value("ada", "coffees") is None


@pytest.mark.parametrize("back", [0, 1, 2])
async def test_a_day_that_exist_does_not_know_yet_waits_for_it(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry, back: int
) -> None:
    day = owner.runtime_data.coordinator.today - timedelta(days=back)
    exist_server.clock.offset = -timedelta(days=back + 1)
    answer = await write(hass, name="mood", value=9, date=day)
    assert answer["queued"][0]["error_code"] == "early"
    assert owner.runtime_data.ledger.entries
    exist_server.clock.offset = timedelta()
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood", day) == 9
    assert not owner.runtime_data.ledger.entries


async def test_a_day_may_begin_at_exist_between_two_of_its_answers(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    def midnight() -> None:
        exist_server.clock.offset = timedelta()

    exist_server.clock.offset = -timedelta(days=1)
    exist_server.faults.add(Fault("call", "*/profile/", call=midnight))
    assert (await write(hass, name="mood", value=9))["success"]
    assert exist_server.value("ada", "mood") == 9


async def test_what_exist_calls_wrong_twice_is_refused(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.switches.text_length = 9
    answer = await write(hass, name="mood_note", value="A long day")
    assert answer["failed"][0]["error_code"] == "validation", answer
    assert not owner.runtime_data.ledger.entries


async def test_early_or_refused_is_asked_again_when_exist_is_away(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.clock.offset = -timedelta(days=1)
    fault = exist_server.faults.add(Fault("status", "*/profile/", times=None))
    assert (await write(hass, name="mood", value=9))["queued"]
    exist_server.faults.remove(fault)
    exist_server.clock.offset = timedelta()
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood") == 9


async def test_old_days_are_compared_too(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    today = owner.runtime_data.coordinator.today
    empty, edited = today - timedelta(days=100), today - timedelta(days=90)
    exist_server.clear_value("ada", "coffees", empty)
    exist_server.set_value("ada", "coffees", edited, 7)
    await exist_server.stop()
    for day in (empty, edited):
        await write(hass, name="coffees", value=3, date=day)
    await exist_server.start()
    await reload(hass, owner)
    assert exist_server.value("ada", "coffees", empty) == 3
    # What was there before is not known for so old a day, so it is kept.
    assert exist_server.value("ada", "coffees", edited) == 7
    assert not owner.runtime_data.ledger.entries


async def test_an_older_value_that_arrives_late_is_put_right(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("drop", "*/update/"))
    await write(hass, name="mood", value=3)
    await write(hass, name="mood", value=8)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood") == 8
    # The first request was only slow.
    exist_server.set_value("ada", "mood", None, 3)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood") == 8
    assert state_of(hass, "sensor.exist_ada_mood").state == "8"


async def test_a_value_that_was_repeated_and_arrives_late_is_put_right(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("drop", "*/update/"))
    await write(hass, name="mood", value=3)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood") == 3
    await write(hass, name="mood", value=8)
    await _arrives_late(hass, exist_server, owner, 3)


async def test_what_was_on_its_way_at_a_restart_and_arrives_late_is_put_right(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What was under way at a restart gets no answer.
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 0.5)
    slow = exist_server.faults.add(Fault("delay", "*/update/", seconds=3))
    task = hass.async_create_task(write(hass, name="mood", value=3))
    while not slow.seen:
        await asyncio.sleep(0.05)
    away = exist_server.faults.add(Fault("status", times=None))
    await hass.config_entries.async_reload(owner.entry_id)
    await task
    await write(hass, name="mood", value=8, date=exist_server.today("ada"))
    exist_server.faults.remove(away)
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    await _arrives_late(hass, exist_server, owner, 3)


async def _arrives_late(
    hass: HomeAssistant, server: ExistServer, entry: MockConfigEntry, value: int
) -> None:
    """Let an older request arrive after 8 was written, and expect that 8 stays."""
    assert server.value("ada", "mood") == 8
    server.set_value("ada", "mood", None, value)
    for _ in range(2):
        await entry.runtime_data.coordinator.async_refresh()
        await settle(hass)
    assert server.value("ada", "mood") == 8


async def _ten_minutes(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    for _ in range(60):
        freezer.tick(10)
        async_fire_time_changed(hass)
        await settle(hass)


async def test_a_conflict_on_a_day_that_no_poll_shows_causes_no_storm(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    person: Context,
) -> None:
    old = owner.runtime_data.coordinator.today - timedelta(days=90)
    exist_server.clear_value("ada", "coffees", old)
    await exist_server.stop()
    await write(hass, name="coffees", value=3, date=old, context=person)
    await exist_server.start()
    exist_server.set_value("ada", "coffees", old, 7)
    await reload(hass, owner)
    (held,) = owner.runtime_data.ledger.entries.values()
    assert held.hold is Hold.CHANGED
    exist_server.requests.clear()
    await _ten_minutes(hass, freezer)
    assert exist_server.requests.total() < 20


@pytest.mark.parametrize("code", ["unauthorised", "not_found"])
async def test_what_is_listed_as_ours_and_refused_causes_no_storm(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    code: str,
) -> None:
    failed = [{"name": "mood", "error": "No.", "error_code": code}]
    body = json.dumps({"success": [], "failed": failed})
    fault = exist_server.faults.add(
        Fault("status", "*/update/", status=202, body=body, times=None)
    )
    # It may be past midnight at the end.
    day = owner.runtime_data.coordinator.today
    await write(hass, name="mood", value=5)
    exist_server.requests.clear()
    await _ten_minutes(hass, freezer)
    assert exist_server.requests.total() < 20
    exist_server.faults.remove(fault)
    freezer.tick(timedelta(hours=1))
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood", day) == 5


async def test_a_flood_of_automations_leaves_requests_for_a_persons_value(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    person: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(owner.runtime_data.client.budget, "_limit", 40)
    answers = [await write(hass, name="coffees", value=value) for value in range(1, 45)]
    assert answers[0]["success"]
    assert answers[-1]["queued"]
    assert owner.runtime_data.client.budget.remaining == 2
    assert (await write(hass, name="mood", value=4, context=person))["success"]
    assert exist_server.value("ada", "mood") == 4


async def test_without_the_right_to_read_what_waited_is_sent(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.own("ada", "mood", manual=True)
    exist_server.switches.owned_needs_read_scope = False
    entry = await add_account(scopes=("mood_write", "manual_write"))
    today = entry.runtime_data.coordinator.today
    days = [today, today - timedelta(days=90)]
    await exist_server.stop()
    for day in days:
        await write(hass, name="mood", value=5, date=day)
    freezer.tick(timedelta(hours=1))
    await exist_server.start()
    await entry.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert [exist_server.value("ada", "mood", day) for day in days] == [5, 5]


async def test_a_captive_portal_refuses_nothing(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("status", "*/update/", status=302))
    assert (await write(hass, name="mood", value=8))["queued"]
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood") == 8


async def test_the_newest_of_many_writes_at_once_wins(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    for value in range(1, 10):
        hass.async_create_task(write(hass, name="mood", value=value))
    await settle(hass)
    assert exist_server.value("ada", "mood") == 9
    assert not owner.runtime_data.ledger.entries


async def test_writing_while_the_account_is_loaded_anew_loses_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What was under way when the account was unloaded gets no answer.
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 0.5)
    await exist_server.stop()
    accepted = 0

    async def keep_writing() -> None:
        nonlocal accepted
        for value in range(1, 200):
            try:
                await write(hass, name="coffees", value=value)
            except HomeAssistantError:
                await asyncio.sleep(0)
            else:
                accepted = value

    writing = hass.async_create_task(keep_writing())
    for _ in range(5):
        await asyncio.sleep(0.05)
        await hass.config_entries.async_reload(owner.entry_id)
    await writing
    await exist_server.start()
    await reload(hass, owner)
    assert exist_server.value("ada", "coffees") == accepted > 0
