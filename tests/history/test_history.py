"""The past of Exist in Home Assistant's long-term statistics, and how it stays right."""

import asyncio
from datetime import date, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.const import (
    CONF_CLEAR_ON_REMOVE,
    CONF_GROUPS,
    CONF_HISTORY_GROUPS,
    CONF_POLICIES,
    GROUPS,
)
from custom_components.exist.diagnostics import async_get_config_entry_diagnostics
from custom_components.exist.history.charts import statistic_id
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    async_list_statistic_ids,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault, ValueType
from ..writing import poll, reload, settle, write
from .history_home import (
    CHARTED,
    MORE,
    add_person,
    are_seamless,
    days_at_exist,
    imported,
    kept,
    rows,
)

STEPS, WEIGHT, BEDTIME = (f"exist:dora_{name}" for name in CHARTED)
ALL = {STEPS, WEIGHT, BEDTIME, *(f"exist:dora_{name}" for name in MORE)}
WINDOWS = "/api/2/attributes/with-values/"
DAYS = "/api/2/attributes/values/"
TODAY = date(2026, 11, 18)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def person(
    recorder_mock: None, freezer: FrozenDateTimeFactory, exist_server: ExistServer
) -> ExistServer:
    """Seed dora with the last hundred days: what is beyond them is the zones' test."""
    add_person(exist_server, days=100)
    return exist_server


@pytest.fixture
async def account(
    person: ExistServer, hass: HomeAssistant, add_account: AddAccount
) -> MockConfigEntry:
    entry = await add_account("dora")
    await imported(hass, entry)
    return entry


async def assert_right(hass: HomeAssistant, exist_server: ExistServer) -> None:
    """Assert that the statistics are Exist's days, and sums without a seam."""
    for name in CHARTED:
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(
            days_at_exist(exist_server, name)
        ), name
    assert are_seamless(await rows(hass, STEPS))


async def known(hass: HomeAssistant) -> dict[str, dict[str, Any]]:
    found = await async_list_statistic_ids(hass)
    return {
        each["statistic_id"]: each
        for each in found
        if each["statistic_id"].startswith("exist:")
    }


@pytest.mark.recorder_db
async def test_each_attribute_has_a_statistic_of_its_kind(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    await assert_right(hass, person)
    found = await known(hass)
    assert found.keys() == ALL
    label = person.users["dora"].attributes["sleep_start"].label
    assert [
        (
            each["name"],
            each["has_sum"],
            each["mean_type"],
            each["statistics_unit_of_measurement"],
            each["unit_class"],
        )
        for each in (found[STEPS], found[WEIGHT], found[BEDTIME])
    ] == [
        ("dora: Steps", True, StatisticMeanType.NONE, None, None),
        ("dora: Weight", False, StatisticMeanType.ARITHMETIC, "kg", "mass"),
        (
            f"dora: {label} (hours after midday of the day before)",
            False,
            StatisticMeanType.ARITHMETIC,
            "h",
            "duration",
        ),
    ]
    for row in await rows(hass, WEIGHT):
        assert row["min"] == row["max"] == row["mean"]


async def test_the_sensor_names_its_statistic_and_the_progress_is_seen(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    for name in CHARTED:
        entity = registry.async_get_entity_id(
            "sensor", "exist", f"dora/attribute/{name}"
        )
        assert entity is not None
        said = state_of(hass, entity).attributes
        assert said["statistic"] == f"exist:dora_{name}"
    progress = state_of(hass, "sensor.exist_dora_history_imported")
    assert progress.state == "100"
    assert progress.attributes["days_to_go"] == 0
    assert progress.attributes["requests_left"] == 0


async def test_diagnostics_count_what_is_there(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    found = await async_get_config_entry_diagnostics(hass, account)
    assert found["history"] == {
        "recorder": True,
        "attributes": len(ALL),
        "cleared": 0,
        "rows": sum([len(await rows(hass, each)) for each in sorted(ALL)]),
        "walks": 0,
        "days_done": 0,
        "days_to_go": 0,
        "requests_left": 0,
        "requests_this_hour": person.requests[f"GET {WINDOWS}"]
        - 1
        + person.requests[f"GET {DAYS}"],
    }


async def test_without_a_recorder_nothing_is_there(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    add_person(exist_server, days=100)
    entry = await add_account("dora")
    await settle(hass)
    assert exist_server.requests[f"GET {WINDOWS}"] == 1
    assert hass.states.get("sensor.exist_dora_history_imported") is None
    with pytest.raises(ServiceValidationError) as raised:
        await write(hass, "import_history")
    assert raised.value.translation_key == "no_recorder"
    assert await hass.config_entries.async_remove(entry.entry_id)


async def test_a_day_that_exist_corrects_is_corrected(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    for name, value in zip(CHARTED, (123, 80.5, 700), strict=True):
        person.set_value("dora", name, ago(12), value)
    # A day that had none, and the newest.
    person.set_value("dora", "weight", ago(3), 81.0)
    person.set_value("dora", "steps", ago(0), 4)
    await poll(hass, account)
    await imported(hass, account)
    await assert_right(hass, person)


@pytest.mark.recorder_db
async def test_a_day_is_emptied_after_two_answers_and_only_while_it_is_listed(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    before = await kept(hass, STEPS)
    person.set_value("dora", "steps", ago(5), None)
    person.clear_value("dora", "steps", ago(6))
    person.steal("dora", "sleep_start", None)
    await poll(hass, account)
    await imported(hass, account)
    assert await kept(hass, STEPS) == before
    await poll(hass, account)
    await poll(hass, account)
    await imported(hass, account)
    # What is no longer listed keeps its past.
    await assert_right(hass, person)
    found = {row["start"]: row for row in await rows(hass, STEPS)}
    emptied = found[dt_util.start_of_local_day(ago(5)).timestamp()]
    assert emptied["state"] is None
    assert emptied["change"] == 0
    person.set_value("dora", "steps", ago(5), 77)
    await poll(hass, account)
    await imported(hass, account)
    await assert_right(hass, person)


async def test_a_day_is_not_emptied_while_its_attribute_is_inactive(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    person.own("dora", "steps", manual=True)
    before = await kept(hass, STEPS)
    person.clear_value("dora", "steps", ago(6))
    await poll(hass, account)
    # It becomes active again in the middle of a poll.
    steps = {
        "name": "steps",
        "label": "Steps",
        "template": "steps",
        "group": {"name": "activity", "label": "Activity", "priority": 1},
        "active": False,
        "value_type": int(ValueType.INTEGER),
    }
    body = json.dumps({"count": 1, "next": None, "results": [steps]})
    person.faults.add(Fault("status", "*/owned/", times=None, status=200, body=body))
    await poll(hass, account)
    await imported(hass, account)
    assert not account.runtime_data.coordinator.data.attributes["steps"].active
    assert await kept(hass, STEPS) == before
    person.faults.clear()
    await poll(hass, account)
    await poll(hass, account)
    await imported(hass, account)
    await assert_right(hass, person)


async def test_one_odd_answer_empties_nothing(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    values = person.users["dora"].attributes["weight"].values
    there = dict(values)
    values.clear()
    await poll(hass, account)
    values.update(there)
    await poll(hass, account)
    values.clear()
    await poll(hass, account)
    values.update(there)
    await imported(hass, account)
    await assert_right(hass, person)


@pytest.mark.recorder_db
async def test_our_own_writes_of_any_age_are_charted_at_once(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    person.own("dora", "steps", "weight", manual=True)
    await poll(hass, account)
    polls = account.runtime_data.coordinator.polls
    for day, value in ((ago(200), 5000), (ago(60), 6000), (ago(0), 7000)):
        answer = await write(hass, name="steps", value=value, date=day)
        assert answer["success"], answer
    await imported(hass, account)
    assert account.runtime_data.coordinator.polls == polls
    await assert_right(hass, person)


async def test_an_older_window_is_looked_at_each_night(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    person.set_value("dora", "steps", ago(45), 1)
    person.clear_value("dora", "weight", ago(70))
    person.set_value("dora", "sleep_start", ago(80), 5)
    asked = person.requests[f"GET {WINDOWS}"]
    for _ in range(4):
        for hours in (10, 14):
            freezer.tick(timedelta(hours=hours))
            async_fire_time_changed(hass)
            await imported(hass, account)
    await assert_right(hass, person)
    polls = 8
    assert person.requests[f"GET {WINDOWS}"] - asked <= 4 + 1 + polls


async def test_another_policy_imports_anew(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    options = {**account.options, CONF_POLICIES: {"steps": "latest", "weight": "today"}}
    hass.config_entries.async_update_entry(account, options=options)
    await settle(hass)
    await imported(hass, account)
    found = await known(hass)
    assert not found[STEPS]["has_sum"]
    assert found[WEIGHT]["has_sum"]
    for name in CHARTED:
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(
            days_at_exist(person, name)
        )
    assert are_seamless(await rows(hass, WEIGHT))


async def _choose(
    hass: HomeAssistant, entry: MockConfigEntry, groups: list[str]
) -> None:
    """Choose whose past is imported, which loads nothing anew."""
    runtime = entry.runtime_data
    options = {**entry.options, CONF_HISTORY_GROUPS: groups}
    hass.config_entries.async_update_entry(entry, options=options)
    await imported(hass, entry)
    assert entry.runtime_data is runtime


async def test_a_group_chosen_later_goes_on_from_what_an_earlier_account_left(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert await hass.config_entries.async_remove(account.entry_id)
    await settle(hass)
    freezer.tick(timedelta(days=70))
    for days in range(66, 70):
        person.set_value("dora", "steps", ago(-days), 1000 + days)
    later = {CONF_GROUPS: list(GROUPS), CONF_HISTORY_GROUPS: ["sleep"]}
    entry = await add_account("dora", options=later)
    await imported(hass, entry)
    assert ago(-66) not in await kept(hass, STEPS)
    await _choose(hass, entry, list(GROUPS))
    await assert_right(hass, person)


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_what_was_confirmed_while_left_out_is_charted_once_it_is_chosen(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    is_restarted: bool,
) -> None:
    person.own("dora", "steps")
    await poll(hass, account)
    await _choose(hass, account, ["sleep", "health"])
    for day in (ago(60), ago(50), ago(2)):
        await write(hass, name="steps", value=7, date=day.isoformat())
    await settle(hass)
    if is_restarted:
        await reload(hass, account)
        await imported(hass, account)
    assert 7 not in (await kept(hass, STEPS)).values()
    asked = person.requests[f"GET {DAYS}"]
    await _choose(hass, account, list(GROUPS))
    await assert_right(hass, person)
    charted = await kept(hass, STEPS)
    assert [charted[day] for day in (ago(60), ago(50), ago(2))] == [7, 7, 7]
    assert person.requests[f"GET {DAYS}"] == asked


async def test_what_is_written_while_left_out_does_not_pile_up(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    person.own("dora", "steps")
    await poll(hass, account)
    await _choose(hass, account, ["sleep"])
    for _ in range(40):
        freezer.tick(timedelta(days=1))
        await poll(hass, account)
        await write(hass, name="steps", value=8)
        await settle(hass)
    [days] = account.runtime_data.history.contents.confirmed.values()
    assert len(days) == 1
    await _choose(hass, account, list(GROUPS))
    await assert_right(hass, person)


async def test_another_choice_is_no_second_answer(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    person.clear_value("dora", "steps", ago(3))
    await poll(hass, account)
    await imported(hass, account)
    for groups in (["activity"], list(GROUPS)):
        await _choose(hass, account, groups)
        assert ago(3) in await kept(hass, STEPS)
    await poll(hass, account)
    await imported(hass, account)
    await assert_right(hass, person)


async def test_an_attribute_of_another_type_is_imported_anew(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    attribute = person.users["dora"].attributes["steps"]
    attribute.value_type = ValueType.SCALE
    attribute.values = {ago(back): back % 9 + 1 for back in range(100)}
    await poll(hass, account)
    await imported(hass, account)
    assert not (await known(hass))[STEPS]["has_sum"]
    assert await kept(hass, STEPS) == attribute.values


async def test_an_attribute_seen_later_is_imported_singly(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    days: dict[date | str, Any] = {ago(back): back for back in range(1, 350, 2)}
    person.add_attribute("dora", "Réveils", "sleep", 0, values=dict(days))
    asked = person.requests.copy()
    await poll(hass, account)
    await imported(hass, account)
    (found,) = (await known(hass)).keys() - ALL
    assert found.startswith("exist:dora_reveils_")
    assert await kept(hass, found) == days
    assert are_seamless(await rows(hass, found))
    assert person.requests[f"GET {DAYS}"] - asked[f"GET {DAYS}"] == 2
    assert person.requests[f"GET {WINDOWS}"] - asked[f"GET {WINDOWS}"] == 1


async def test_a_deleted_database_is_noticed_at_the_next_start(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    # The recorder's queue is empty while it is still at it.
    gone = asyncio.Event()

    def tell() -> None:
        hass.loop.call_soon_threadsafe(gone.set)

    get_instance(hass).async_clear_statistics(list(ALL), on_done=tell)
    await gone.wait()
    await hass.config_entries.async_setup(account.entry_id)
    await imported(hass, account)
    await assert_right(hass, person)


async def test_a_lost_file_costs_only_requests(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)

    def damage() -> None:
        path = f".storage/exist.{account.entry_id}.history"
        Path(hass.config.path(path)).write_text("{")

    await hass.async_add_executor_job(damage)
    await hass.config_entries.async_setup(account.entry_id)
    await imported(hass, account)
    await assert_right(hass, person)


@pytest.mark.recorder_db
async def test_a_seam_that_a_crash_left_is_mended(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    # Older days were written from 0 up, and then the power failed.
    instance = get_instance(hass)
    for day, by in ((ago(60), -33333.0), (ago(20), 500.0)):
        instance.async_adjust_statistics(
            STEPS,
            dt_util.start_of_local_day(day),
            by,
            None,  # type: ignore[arg-type]
        )
    assert not are_seamless(await rows(hass, STEPS))
    await hass.config_entries.async_setup(account.entry_id)
    await imported(hass, account)
    await assert_right(hass, person)


async def test_rows_of_somebody_else_at_odd_hours_are_cleared(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    noon = dt_util.start_of_local_day(ago(9)) + timedelta(hours=12)
    async_add_external_statistics(
        hass,
        {
            "source": "exist",
            "statistic_id": WEIGHT,
            "name": "Weight",
            "unit_of_measurement": "kg",
            "unit_class": "mass",
            "has_sum": False,
            "mean_type": StatisticMeanType.ARITHMETIC,
        },
        [{"start": noon, "mean": 1.0, "min": 1.0, "max": 1.0}],
    )
    await hass.config_entries.async_setup(account.entry_id)
    await imported(hass, account)
    await assert_right(hass, person)
    assert (await known(hass))[WEIGHT]["name"] == "dora: Weight"


@pytest.mark.parametrize("groups", [["activity"], []])
async def test_only_chosen_groups_are_charted(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    groups: list[str],
) -> None:
    options = {CONF_GROUPS: list(GROUPS), CONF_HISTORY_GROUPS: groups}
    entry = await add_account("dora", options=options)
    await imported(hass, entry)
    assert set(await known(hass)) == ({STEPS} if groups else set())


async def test_the_account_goes_and_its_statistics_stay_unless_that_is_chosen(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_remove(account.entry_id)
    await settle(hass)
    assert await kept(hass, WEIGHT) == days_at_exist(person, "weight")


async def test_the_account_goes_with_its_statistics(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    options = {**account.options, CONF_CLEAR_ON_REMOVE: True}
    hass.config_entries.async_update_entry(account, options=options)
    await settle(hass)
    await imported(hass, account)
    assert await hass.config_entries.async_remove(account.entry_id)
    await settle(hass)
    await get_instance(hass).async_block_till_done()
    assert await known(hass) == {}


async def test_what_was_cleared_stays_away_until_it_is_imported_again(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    answer = await write(hass, "clear_history", attributes=["steps"])
    assert answer == {"attributes": ["steps"]}
    await poll(hass, account)
    await reload(hass, account)
    await imported(hass, account)
    assert (await known(hass)).keys() == ALL - {STEPS}
    assert "statistic" not in state_of(hass, "sensor.exist_dora_steps").attributes
    answer = await write(hass, "import_history", attributes=["steps"])
    assert answer["attributes"] == ["steps"]
    assert answer["requests_left"] == 1
    await imported(hass, account)
    await assert_right(hass, person)


async def test_a_range_is_imported_again(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    for name, value in zip(CHARTED, (123, 80.5, 700), strict=True):
        person.set_value("dora", name, ago(50), value)
        person.set_value("dora", name, ago(90), value)
    await write(hass, "import_history", start=ago(60), end=ago(40))
    await imported(hass, account)
    found = await kept(hass, STEPS)
    assert found[ago(50)] == 123
    assert found[ago(90)] != 123
    await write(hass, "import_history")
    await imported(hass, account)
    await assert_right(hass, person)


async def test_wrong_calls_are_refused(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    for action, data, key in (
        ("import_history", {"start": ago(1), "end": ago(2)}, "start_after_end"),
        ("import_history", {"attributes": ["nothing"]}, "not_charted"),
        ("clear_history", {"attributes": ["nothing"]}, "not_charted"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await write(hass, action, **data)
        assert raised.value.translation_key == key


async def test_exist_away_in_the_middle(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    person.faults.add(Fault("status", WINDOWS, skip=2, times=1, status=502))
    entry = await add_account("dora")
    await settle(hass)
    history = entry.runtime_data.history
    progress = state_of(hass, "sensor.exist_dora_history_imported")
    assert history.contents.walks
    assert int(progress.state) < 100
    assert progress.attributes["requests_left"] > 0
    freezer.tick(timedelta(minutes=6))
    async_fire_time_changed(hass)
    await imported(hass, entry)
    await assert_right(hass, person)
    assert int(state_of(hass, "sensor.exist_dora_history_imported").state) == 100


async def test_a_window_that_cannot_be_read_is_left_out(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    person.faults.add(Fault("malformed", WINDOWS, skip=2, times=3))
    # The poll of the half hour finds that all else works.
    person.faults.add(Fault("malformed", WINDOWS, skip=3))
    entry = await add_account("dora")
    await settle(hass)
    for minutes in (6, 11, 14, 7, 6):
        freezer.tick(timedelta(minutes=minutes))
        async_fire_time_changed(hass)
        await settle(hass)
    await imported(hass, entry)
    found = await kept(hass, STEPS)
    assert ago(65) not in found
    assert ago(95) in found
    assert are_seamless(await rows(hass, STEPS))
    # Whatever it was, a later look finds it.
    await write(hass, "import_history", start=ago(99))
    await imported(hass, entry)
    await assert_right(hass, person)


async def test_an_attribute_whose_past_is_never_answered_is_left_out(
    hass: HomeAssistant,
    recorder_mock: None,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    add_person(exist_server, days=100, names=("steps", "weight"))
    # Some query of Exist's takes too long, while all others work.
    never = exist_server.faults.add(Fault("status", DAYS, times=6, status=504))
    entry = await add_account("dora")
    await settle(hass)
    for minutes in (6, 11, 21, 41, 61, 61, 61):
        freezer.tick(timedelta(minutes=minutes))
        async_fire_time_changed(hass)
        await settle(hass)
    await imported(hass, entry)
    assert never.seen == 6
    assert ago(65) not in await kept(hass, STEPS)
    assert await kept(hass, WEIGHT) == days_at_exist(exist_server, "weight")


@pytest.mark.parametrize("kind", ["endless", "shifting"])
async def test_a_list_that_never_ends_or_always_changes_does_end(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount, kind: str
) -> None:
    person.fill("dora", 100)
    person.faults.add(Fault(kind, WINDOWS, times=None, skip=2))
    entry = await add_account("dora")
    await imported(hass, entry)
    await assert_right(hass, person)
    # Thirteen windows of two pages, each of them read three times at the most.
    assert person.requests[f"GET {WINDOWS}"] <= 13 * 6 + 2


async def test_a_list_that_becomes_shorter_is_begun_again(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    person.fill("dora", 100)
    second = person.faults.add(
        Fault("status", WINDOWS, skip=3, times=1, status=404, body="{}")
    )
    entry = await add_account("dora")
    await imported(hass, entry)
    assert second.seen
    await assert_right(hass, person)


async def test_hours_that_are_counted_from_elsewhere_are_imported_anew(
    hass: HomeAssistant,
    person: ExistServer,
    account: MockConfigEntry,
) -> None:
    # Unit and kind of statistic stay the same.
    attribute = person.users["dora"].attributes["sleep_start"]
    attribute.value_type = ValueType.TIME_FROM_MIDNIGHT
    attribute.values = {ago(back): 60 + back for back in range(0, 100, 2)}
    await poll(hass, account)
    await imported(hass, account)
    assert await kept(hass, BEDTIME) == pytest.approx(
        days_at_exist(person, "sleep_start")
    )


async def test_what_is_not_at_exist_any_more_goes_too_and_nothing_of_others(
    hass: HomeAssistant, person: ExistServer, account: MockConfigEntry
) -> None:
    def chart(user: str, name: str) -> str:
        called = statistic_id(user, name)
        async_add_external_statistics(
            hass,
            {
                "source": "exist",
                "statistic_id": called,
                "name": f"{user}: {name}",
                "unit_of_measurement": None,
                "unit_class": None,
                "has_sum": False,
                "mean_type": StatisticMeanType.ARITHMETIC,
            },
            [{"start": dt_util.start_of_local_day(ago(9)), "mean": 1.0}],
        )
        return called

    for name in ("gym", "bedroom_temperature", "Réveils", "x_steps"):
        chart("dora", name)
    others = {
        chart(user, name)
        for user in ("dora_x", "dorax", "dor")
        for name in ("gym", "steps", "Réveils", "a_steps")
    }
    options = {**account.options, CONF_CLEAR_ON_REMOVE: True}
    hass.config_entries.async_update_entry(account, options=options)
    await settle(hass)
    await imported(hass, account)
    assert await hass.config_entries.async_remove(account.entry_id)
    await settle(hass)
    await get_instance(hass).async_block_till_done()
    assert (await known(hass)).keys() == others
