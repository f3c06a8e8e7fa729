"""Links on bad days: outages, full disks, lost stores, other zones."""

from collections.abc import Callable
import contextlib
from datetime import date, timedelta
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)

from custom_components.exist.api import ValueType
from custom_components.exist.ledger import Key, Writer
from custom_components.exist.storage import FileKind
from custom_components.exist.storage.synced_file import write_now
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..account.test_init import _pass
from ..conftest import state_of
from ..exist_server import ExistServer, Fault
from ..link_home import (
    TV,
    add_link,
    at,
    edits_of,
    evaluate,
    later,
    link_data,
    record,
    tv_link,
)
from ..writing import reload, settle, write

TODAY = date(2026, 5, 20)
YESTERDAY = date(2026, 5, 19)
STATE = "sensor.media_player_living_room_gaming_min_state"
READ = "*/with-values/"


async def _minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, number: int
) -> None:
    for _ in range(number):
        freezer.tick(60)
        async_fire_time_changed(hass, dt_util.utcnow())
        await settle(hass)


async def test_days_that_a_person_filled_meanwhile_stay_though_one_read_fails(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config_entries.async_unload(linked_home.entry_id)
    exist_server.set_value("ada", "gaming_min", date(2026, 5, 21), 33)
    freezer.move_to(at(2026, 5, 21, 21))
    await record(
        hass, {TV: [(at(2026, 5, 21, 18), "on"), (at(2026, 5, 21, 20), "off")]}
    )
    freezer.move_to(at(2026, 5, 22, 9))
    await hass.config_entries.async_setup(linked_home.entry_id)
    await settle(hass)
    exist_server.faults.add(Fault("status", READ, times=1))
    await evaluate(hass, linked_home)
    await _minutes(hass, freezer, 3)
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min", date(2026, 5, 21)) == 33
    assert not linked_home.runtime_data.ledger.state.aside


async def test_a_lost_answer_and_a_read_that_fails_at_midnight_cost_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.faults.add(Fault("status", "*/update/", times=1))
    await later(hass, freezer, linked_home, 20, 23, on=30)
    await _minutes(hass, freezer, 1)
    assert exist_server.value("ada", "gaming_min", TODAY) == 100
    await record(
        hass, {TV: [(at(2026, 5, 20, 23, 20), "on"), (at(2026, 5, 20, 23, 50), "off")]}
    )
    freezer.move_to(at(2026, 5, 21, 0, 1))
    exist_server.faults.add(Fault("status", READ, times=2))
    await evaluate(hass, linked_home)
    await _minutes(hass, freezer, 3)
    await later(hass, freezer, linked_home, 21, 1)
    assert exist_server.value("ada", "gaming_min", TODAY) == 130
    assert not edits_of(linked_home)


async def test_what_exist_stores_differently_is_no_edit_even_after_a_restart(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    def halve() -> None:
        exist_server.set_value("ada", "gaming_min", TODAY, 50)

    exist_server.faults.add(Fault("status", "*/update/", times=1))
    await later(hass, freezer, linked_home, 20, 14, on=30)
    assert linked_home.runtime_data.ledger.entries
    # Whatever is sent comes out as another value.
    body = '{"success": [{"name": "gaming_min", "date": "2026-05-20", "value": 50}], "failed": []}'
    exist_server.faults.add(
        Fault("status", "*/update/", times=2, status=200, body=body, call=halve)
    )
    await reload(hass, linked_home)
    await _minutes(hass, freezer, 5)
    assert exist_server.value("ada", "gaming_min", TODAY) == 50
    exist_server.faults.clear()
    await later(hass, freezer, linked_home, 20, 16, on=20)
    assert not edits_of(linked_home)
    assert exist_server.value("ada", "gaming_min", TODAY) == 120


async def test_a_full_disk_keeps_the_wish_for_past_days_and_says_so(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(path: Path, text: Callable[[], str]) -> None:
        if FileKind.OUTBOX in path.name:
            raise OSError
        write_now(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(f"{write_now.__module__}.write_now", full)
        with pytest.raises(HomeAssistantError) as raised:
            await write(
                hass, "sync_link", link="gaming_min", start=YESTERDAY.isoformat()
            )
        assert raised.value.translation_key == "disk"
        (subentry,) = linked_home.subentries.values()
        wish = {"past_days": 1, "asked": dt_util.utcnow().isoformat()}
        hass.config_entries.async_update_subentry(
            linked_home, subentry, data={**subentry.data, **wish}
        )
        await settle(hass)
        await _pass(hass, freezer, timedelta(minutes=1))
        assert state_of(hass, STATE).state == "waiting"
    assert exist_server.value("ada", "gaming_min", YESTERDAY) is None
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
    assert state_of(hass, STATE).state == "writing"


async def test_an_attribute_that_was_emptied_is_filled_again(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    start = YESTERDAY.isoformat()
    await write(hass, "sync_link", link="gaming_min", start=start)
    await settle(hass)
    values = exist_server.users["ada"].attributes["gaming_min"].values
    assert values == {YESTERDAY: 90, TODAY: 70}
    values.clear()
    told = await write(hass, "sync_link", link="gaming_min", start=start)
    assert [day["result"] for day in told["days"]] == ["sent", "sent"]
    await settle(hass)
    assert values == {YESTERDAY: 90, TODAY: 70}


async def test_an_old_day_that_a_person_wrote_stays_when_its_read_is_refused(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(at(2026, 6, 25, 12))
    hass.states.async_set(TV, "off", force_update=True)
    await linked_home.runtime_data.coordinator.async_refresh()
    await settle(hass)
    linked_home.runtime_data.ledger.state.forget_days("gaming_min")
    exist_server.set_value("ada", "gaming_min", TODAY, 33)
    body = '{"detail": "No."}'
    fault = exist_server.faults.add(
        Fault("status", "*/values/", status=403, body=body, times=None)
    )
    with contextlib.suppress(HomeAssistantError):
        await write(hass, "sync_link", link="gaming_min", start=TODAY, end=TODAY)
    await settle(hass)
    assert fault.seen
    assert exist_server.value("ada", "gaming_min", TODAY) == 33


def _memory(hass: HomeAssistant, entry: MockConfigEntry) -> Path:
    return Path(hass.config.path(".storage", f"exist.{entry.entry_id}.links"))


async def test_an_old_wish_does_not_come_back_with_a_lost_memory(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    (subentry,) = linked_home.subentries.values()
    wish = {
        "past_days": 1,
        "asked": dt_util.utcnow().isoformat(),
        "replace": True,
    }
    exist_server.set_value("ada", "gaming_min", YESTERDAY, 5)
    hass.config_entries.async_update_subentry(
        linked_home, subentry, data={**subentry.data, **wish}
    )
    await settle(hass)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
    # Weeks later a person corrects the last days, and the store is lost.
    await hass.config_entries.async_unload(linked_home.entry_id)
    _memory(hass, linked_home).unlink()
    freezer.move_to(at(2026, 5, 29, 12))
    for number in (27, 28, 29):
        exist_server.set_value("ada", "gaming_min", date(2026, 5, number), 33)
    exist_server.set_value("ada", "gaming_min", YESTERDAY, 44)
    await hass.config_entries.async_setup(linked_home.entry_id)
    await settle(hass)
    await evaluate(hass, linked_home)
    for number in (27, 28, 29):
        assert exist_server.value("ada", "gaming_min", date(2026, 5, number)) == 33
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 44


async def test_a_memory_that_cannot_be_read_is_as_if_it_never_was(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
) -> None:
    await hass.config_entries.async_unload(linked_home.entry_id)
    _memory(hass, linked_home).write_text('{"version": 1, "data": {"days": 5}}')
    exist_server.set_value("ada", "gaming_min", TODAY, 12)
    await hass.config_entries.async_setup(linked_home.entry_id)
    await settle(hass)
    # Whoever wrote it: it is not known to be ours.
    assert exist_server.value("ada", "gaming_min", TODAY) == 12
    assert state_of(hass, STATE).state == "edited"


async def test_a_journey_to_the_west_stops_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add_link(
        hass,
        linked_home,
        link_data(TV, "times", "weight", 1, states=["on"]) | {"attribute": "weight"},
    )
    exist_server.users["ada"].timezone = "Pacific/Honolulu"
    freezer.move_to(at(2026, 5, 20, 11))
    await linked_home.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert linked_home.runtime_data.coordinator.today == YESTERDAY
    await reload(hass, linked_home)
    await evaluate(hass, linked_home)
    # The day of change goes on until midnight in Honolulu.
    await later(hass, freezer, linked_home, 20, 23, on=10)
    assert exist_server.value("ada", "gaming_min", TODAY) == 80
    await later(hass, freezer, linked_home, 21, 11, on=10)
    assert exist_server.value("ada", "gaming_min", TODAY) == 90


async def test_a_link_that_was_made_while_another_was_set_up_runs(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
) -> None:
    def come() -> None:
        subentry = ConfigSubentry(
            data=tv_link("movies_min"),  # type: ignore[arg-type]
            subentry_type="link",
            title="second",
            unique_id="movies_min",
        )
        hass.config_entries.async_add_subentry(linked_home, subentry)

    exist_server.faults.add(Fault("call", "*/profile/", call=come))
    await reload(hass, linked_home)
    await settle(hass)
    assert len(linked_home.subentries) == len(linked_home.runtime_data.links.links) == 2
    assert exist_server.value("ada", "movies_min") == 70


async def test_what_must_be_read_first_never_holds_up_what_is_certain(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_admin_user: MockUser,
) -> None:
    long_ago = date(2026, 3, 1)
    outbox = linked_home.runtime_data.ledger
    fault = exist_server.faults.add(Fault("status", "*/update/", times=None))
    await outbox.async_accept(
        [(Key("gaming_min", long_ago), 1, ValueType.DURATION)],
        Writer.LINK,
        compare=True,
    )
    exist_server.faults.remove(fault)
    exist_server.faults.add(Fault("status", "*/attributes/values/", times=None))
    person = Context(user_id=hass_admin_user.id)
    answer = await write(hass, name="weight", value=70, context=person)
    assert answer["success"], answer
    assert exist_server.value("ada", "weight") == 70
    exist_server.faults.clear()
    await _minutes(hass, freezer, 40)
    assert exist_server.value("ada", "gaming_min", long_ago) == 1


async def test_while_another_service_owns_it_its_values_are_no_edits(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.steal("ada", "gaming_min", "trakt")
    exist_server.set_value("ada", "gaming_min", TODAY, 5)
    await linked_home.runtime_data.coordinator.async_refresh()
    await later(hass, freezer, linked_home, 20, 14, on=30)
    assert exist_server.value("ada", "gaming_min", TODAY) == 5
    assert state_of(hass, STATE).state == "problem"
    assert state_of(hass, STATE).attributes["problem"] == "not_owned"
    assert not edits_of(linked_home)
    keys = {issue.translation_key for issue in ir.async_get(hass).issues.values()}
    assert "attribute_taken" in keys


async def test_nothing_is_sent_while_the_clock_is_wrong(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.clock.offset = timedelta(minutes=-20)
    await linked_home.runtime_data.coordinator.async_refresh()
    await later(hass, freezer, linked_home, 20, 14, on=30)
    assert exist_server.value("ada", "gaming_min", TODAY) == 70
    with pytest.raises(HomeAssistantError) as raised:
        await write(hass, "sync_link", link="gaming_min")
    assert raised.value.translation_key == "clock_wrong"
    exist_server.clock.offset = timedelta()
    await later(hass, freezer, linked_home, 20, 15)
    assert exist_server.value("ada", "gaming_min", TODAY) == 100


async def test_three_days_without_exist_and_then_all_days_arrive(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    fault = exist_server.faults.add(Fault("status", times=None))
    for number in (20, 21, 22):
        await later(hass, freezer, linked_home, number, 23, on=number)
        if number == 21:
            await reload(hass, linked_home)
    exist_server.faults.remove(fault)
    exist_server.requests.clear()
    await later(hass, freezer, linked_home, 23, 9, on=5)
    await _minutes(hass, freezer, 31)
    assert exist_server.value("ada", "gaming_min", TODAY) == 90
    for number, minutes in ((21, 21), (22, 22), (23, 5)):
        assert exist_server.value("ada", "gaming_min", date(2026, 5, number)) == minutes
    assert exist_server.requests.total() < 30
