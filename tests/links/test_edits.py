"""Whose day it is: hand edits, restored backups, a second copy."""

from datetime import date
from pathlib import Path
import time

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.api import ValueType
from custom_components.exist.const import DOMAIN
from custom_components.exist.ledger import Declarations, Due, Growth, Key, Writer
from custom_components.exist.ledger.day import Known
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..link_home import (
    TV,
    add_link,
    at,
    edits_of,
    evaluate,
    later,
    record,
    set_runs,
    tv_link,
)
from ..writing import poll, settle, write

TODAY = date(2026, 5, 20)
STATE = "sensor.media_player_living_room_gaming_min_state"
CONTROL = "number.exist_ada_time_gaming"
EVENT = "event.exist_ada_writing"


def event_of(hass: HomeAssistant) -> tuple[str, str, str]:
    """Return what happened last, to which attribute and day."""
    said = state_of(hass, EVENT).attributes
    return said["event_type"], said["attribute"], said["date"]


async def test_a_hand_edit_at_exist_stays_and_is_told(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert exist_server.value("ada", "gaming_min") == 70
    exist_server.set_value("ada", "gaming_min", None, 95)
    await later(hass, freezer, linked_home, 20, 14, on=30)
    assert exist_server.value("ada", "gaming_min") == 95
    assert state_of(hass, STATE).state == "edited"
    assert state_of(hass, STATE).attributes["edited_days"] == ["2026-05-20"]
    assert event_of(hass) == ("value_gave_way", "gaming_min", "2026-05-20")
    # The next day is the link's again.
    await later(hass, freezer, linked_home, 21, 9, on=20)
    assert exist_server.value("ada", "gaming_min") == 20
    assert exist_server.value("ada", "gaming_min", TODAY) == 95
    assert state_of(hass, STATE).state == "writing"


async def test_an_edit_between_reading_and_writing_is_seen_by_the_next_poll(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.faults.add(
        Fault(
            "call",
            "*/update/",
            method="POST",
            call=lambda: exist_server.set_value("ada", "gaming_min", None, 95),
        )
    )
    await later(hass, freezer, linked_home, 20, 14, on=30)
    # Nobody can tell that edit from ours coming first; the next one can be told.
    assert exist_server.value("ada", "gaming_min") == 100
    exist_server.set_value("ada", "gaming_min", None, 95)
    await later(hass, freezer, linked_home, 20, 15, on=10)
    assert exist_server.value("ada", "gaming_min") == 95


async def test_what_a_person_or_an_automation_writes_here_stays(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await write(hass, name="gaming_min", value=5, context=Context())
    await settle(hass)
    await later(hass, freezer, linked_home, 20, 14, on=30)
    assert exist_server.value("ada", "gaming_min") == 5
    assert state_of(hass, STATE).state == "edited"
    # Not another copy: nothing to be told.
    assert not edits_of(linked_home)
    await later(hass, freezer, linked_home, 21, 9)
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": CONTROL, "value": 9},
        blocking=True,
    )
    await later(hass, freezer, linked_home, 21, 10, on=30)
    assert exist_server.value("ada", "gaming_min") == 9


async def test_a_persons_value_that_waits_is_not_written_over(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 0)
    exist_server.faults.add(Fault("status", "*/update/", times=1))
    await write(hass, name="gaming_min", value=5)
    assert linked_home.runtime_data.ledger.entries
    told = await write(
        hass, "sync_link", link="gaming_min", overwrite=True, start=TODAY.isoformat()
    )
    assert told["days"] == [{"date": "2026-05-20", "result": "waits"}]
    await later(hass, freezer, linked_home, 20, 14, on=30)
    await settle(hass)
    assert exist_server.value("ada", "gaming_min") == 5


async def test_the_persons_word_gives_a_day_back_to_the_link(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.set_value("ada", "gaming_min", None, 95)
    await later(hass, freezer, linked_home, 20, 14, on=30)
    day = TODAY.isoformat()
    told = await write(hass, "sync_link", link="gaming_min", start=day)
    assert told["days"] == [{"date": day, "result": "edited"}]
    told = await write(hass, "sync_link", link="gaming_min", start=day, overwrite=True)
    assert told["days"] == [{"date": day, "result": "sent"}]
    await settle(hass)
    assert exist_server.value("ada", "gaming_min") == 100
    await later(hass, freezer, linked_home, 20, 16, on=30)
    assert exist_server.value("ada", "gaming_min") == 130
    # What was written over can be had back, and is the person's then.
    answer = await write(hass, "restore_values", names=["gaming_min"])
    assert answer["success"]
    await later(hass, freezer, linked_home, 20, 18, on=30)
    assert exist_server.value("ada", "gaming_min") == 95


async def test_two_values_that_were_written_over_come_back_in_order(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    day = TODAY.isoformat()
    for hour, value in ((14, 95), (15, 96)):
        exist_server.set_value("ada", "gaming_min", None, value)
        await later(hass, freezer, linked_home, 20, hour)
        await write(hass, "sync_link", link="gaming_min", start=day, overwrite=True)
        await settle(hass)
        assert exist_server.value("ada", "gaming_min") == 70
    for value in (96, 95):
        await write(hass, "restore_values", names=["gaming_min"])
        await settle(hass)
        assert exist_server.value("ada", "gaming_min") == value


async def test_a_backup_from_the_evening_before_keeps_the_fuller_value(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, linked_home, 20, 18, on=10)
    assert exist_server.value("ada", "gaming_min") == 80
    await hass.config_entries.async_unload(linked_home.entry_id)
    ours = f"{DOMAIN}.{linked_home.entry_id}"
    folder = Path(hass.config.path(".storage"))
    files = {
        path: path.read_bytes()
        for path in folder.glob(f"{ours}*")  # noqa: ASYNC240
    }
    assert folder / f"{ours}.links" in files
    await hass.config_entries.async_setup(linked_home.entry_id)
    await later(hass, freezer, linked_home, 20, 23, on=40)
    assert exist_server.value("ada", "gaming_min") == 120
    await hass.config_entries.async_unload(linked_home.entry_id)
    for path in folder.glob(f"{ours}*"):  # noqa: ASYNC240
        path.unlink()
    for path, content in files.items():
        path.write_bytes(content)
    # The recorder's database is of 18:00 as well, and the machine came back at 9.
    await set_runs(
        hass,
        [(at(2026, 5, 18, 7), at(2026, 5, 20, 18, 0, 1), False)],
        at(2026, 5, 21, 8, 59),
    )
    freezer.move_to(at(2026, 5, 21, 9))
    hass.states.async_set(TV, "off", force_update=True)
    await hass.config_entries.async_setup(linked_home.entry_id)
    await settle(hass)
    await later(hass, freezer, linked_home, 21, 10)
    assert exist_server.value("ada", "gaming_min", TODAY) == 120
    assert event_of(hass) == ("value_gave_way", "gaming_min", "2026-05-20")
    assert state_of(hass, STATE).attributes["edited_days"] == ["2026-05-20"]


async def test_a_second_home_assistant_with_the_same_links_is_noticed(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    copy = MockConfigEntry(
        domain=DOMAIN,
        title="copy",
        unique_id="copy",
        data=dict(linked_home.data),
        options=dict(linked_home.options),
    )
    copy.add_to_hass(hass)
    hass.states.async_set("media_player.elsewhere", "off")
    await hass.config_entries.async_setup(copy.entry_id)
    await settle(hass)
    await add_link(hass, copy, tv_link() | {"entity": "media_player.elsewhere"})
    seen = {}
    # On each day one of the two finds the other's value; one of them three times.
    for day in (20, 21, 22, 23, 24):
        for hour in (13, 19, 23):
            await later(hass, freezer, linked_home, day, hour, on=hour)
            await record(
                hass,
                {
                    "media_player.elsewhere": [
                        (at(2026, 5, day, hour - 1), "on"),
                        (at(2026, 5, day, hour), "off"),
                    ]
                },
            )
            await copy.runtime_data.coordinator.async_refresh()
            await evaluate(hass, copy)
        seen[day] = exist_server.value("ada", "gaming_min", date(2026, 5, day))
    # The first to write a day keeps it; no value swings back and forth.
    for day, value in seen.items():
        assert exist_server.value("ada", "gaming_min", date(2026, 5, day)) == value
    issues = {
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }
    assert "link_copies" in issues


async def test_a_links_late_answer_takes_no_day_from_the_person(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    ledger = linked_home.runtime_data.ledger
    key = Key("gaming_min", date(2026, 5, 20))
    fault = exist_server.faults.add(Fault("delay", "*/update/", seconds=20))
    await ledger.async_accept([(key, 75, ValueType.DURATION)], Writer.LINK)
    while not fault.seen:
        # The loop's own clock stands still.
        await hass.async_add_executor_job(time.sleep, 0.01)
    await ledger.async_accept([(key, 0, ValueType.DURATION)], Writer.PERSON)
    exist_server.faults.closing.set()
    await settle(hass)
    await poll(hass, linked_home)
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min") == 0
    assert ledger.state.day(key).edited
    assert not edits_of(linked_home)


async def test_what_a_link_gave_up_makes_no_edit_of_an_empty_day(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    ledger = linked_home.runtime_data.ledger
    key = Key("gaming_min", date(2026, 5, 19))
    exist_server.set_value("ada", "gaming_min", key.day, 0)
    await exist_server.stop()
    await ledger.async_accept([(key, 75, ValueType.DURATION)], Writer.LINK)
    await ledger.async_drop([key])
    await exist_server.start()
    await poll(hass, linked_home)
    assert not ledger.state.day(key).edited
    assert not edits_of(linked_home)


@pytest.mark.parametrize("still", [True, False])
async def test_a_link_that_is_gone_when_exist_was_read_writes_nothing(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    *,
    still: bool,
) -> None:
    ledger = linked_home.runtime_data.ledger
    key = Key("gaming_min", date(2026, 5, 19))
    known = Known(86400, 0, 86400)
    due = {key: Due(ValueType.DURATION, Growth.UP, 33, known)}
    today = linked_home.runtime_data.coordinator.today
    await Declarations(ledger).async_declare(due, today, lambda _: still)
    await settle(hass)
    value = exist_server.value("ada", "gaming_min", key.day)
    assert value == (33 if still else None)
