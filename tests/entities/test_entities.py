"""What entities show, and how they appear and vanish."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.exist.api import DayValues, ValueType
from custom_components.exist.const import CONF_GROUPS, DOMAIN, GROUPS
from custom_components.exist.values.days import clock_time, night_time
from custom_components.exist.values.displayed import shown_value
from custom_components.exist.values.templates import Policy
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from ..account.test_init import STEPS, _pass, _poll
from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer

pytestmark = pytest.mark.shown(*GROUPS)

ZONES = [
    "Asia/Kathmandu",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
    "America/St_Johns",
    "Africa/Cairo",
    "UTC",
]


async def test_values_units_and_days(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    today = exist_server.today("ada")
    yesterday = today - timedelta(days=1)
    exist_server.set_value("ada", "steps", today, 1234)
    exist_server.clear_value("ada", "weight", today)
    exist_server.set_value("ada", "weight", yesterday, 70.5)
    exist_server.set_value("ada", "sleep", today, 450)
    exist_server.set_value("ada", "body_fat", today, 0.215)
    exist_server.set_value("ada", "sleep_start", today, 795)
    exist_server.set_value("ada", "sleep_end", today, 425)
    await account.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()

    steps = state_of(hass, STEPS)
    assert (steps.state, steps.attributes["date"]) == ("1234", today.isoformat())
    assert "state_class" not in steps.attributes
    weight = state_of(hass, "sensor.exist_ada_weight")
    assert (weight.state, weight.attributes["unit_of_measurement"]) == ("70.5", "kg")
    assert weight.attributes["date"] == yesterday.isoformat()
    sleep = state_of(hass, "sensor.exist_ada_time_asleep")
    assert (sleep.state, sleep.attributes["unit_of_measurement"]) == ("450", "min")
    assert sleep.attributes["state_class"] == "measurement"
    fat = state_of(hass, "sensor.exist_ada_body_fat")
    assert (fat.state, fat.attributes["unit_of_measurement"]) == ("21.5", "%")
    bed = state_of(hass, "sensor.exist_ada_bedtime")
    zone = ZoneInfo("Europe/Vienna")
    local = datetime(today.year, today.month, today.day, 1, 15, tzinfo=zone)
    assert bed.state == "01:15"
    assert bed.attributes["moment"] == local.astimezone(UTC).isoformat()
    assert "device_class" not in bed.attributes
    assert state_of(hass, "sensor.exist_ada_wake_time").state == "07:05"


async def test_a_sensor_of_today_tells_yesterday_in_the_unit_that_was_chosen(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    today = exist_server.today("ada")
    yesterday = (today - timedelta(days=1)).isoformat()
    exist_server.set_value("ada", "steps", yesterday, 9000)
    exist_server.set_value("ada", "steps_distance", yesterday, 5)
    exist_server.clear_value("ada", "steps", today)
    poll = account.runtime_data.coordinator.async_refresh
    await poll()
    await hass.async_block_till_done()
    steps = state_of(hass, STEPS)
    assert (steps.state, steps.attributes["yesterday"]) == ("unknown", 9000)
    assert steps.attributes["yesterday_date"] == yesterday
    # The watch reports in the morning.
    exist_server.set_value("ada", "steps", yesterday, 11000)
    await poll()
    await hass.async_block_till_done()
    assert state_of(hass, STEPS).attributes["yesterday"] == 11000
    distance = entity_registry.async_get_entity_id(
        "sensor", DOMAIN, "ada/attribute/steps_distance"
    )
    assert distance is not None
    assert state_of(hass, distance).attributes["yesterday"] == 5
    entity_registry.async_update_entity_options(
        distance, "sensor", {"unit_of_measurement": "m"}
    )
    await hass.async_block_till_done()
    assert state_of(hass, distance).attributes["yesterday"] == 5000
    for latest in ("sensor.exist_ada_weight", "sensor.exist_ada_bedtime"):
        assert "yesterday" not in state_of(hass, latest).attributes


async def test_a_tag_tells_whether_it_was_used_yesterday(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "gym")
    today = exist_server.today("ada")
    exist_server.set_value("ada", "gym", today, 1)
    exist_server.set_value("ada", "gym", today - timedelta(days=1), 0)
    await add_account()
    gym = state_of(hass, "binary_sensor.exist_ada_gym")
    assert (gym.state, gym.attributes["yesterday"]) == ("on", False)


async def test_yesterday_is_not_recorded(
    recorder_mock: Recorder, hass: HomeAssistant, account: MockConfigEntry
) -> None:
    assert "yesterday" in state_of(hass, STEPS).attributes
    await async_wait_recording_done(hass)
    kept = await recorder_mock.async_add_executor_job(
        get_significant_states,
        hass,
        dt_util.utcnow() - timedelta(minutes=5),
        None,
        [STEPS],
    )
    [*_, last] = kept[STEPS]
    assert isinstance(last, State)
    assert last.attributes["date"]
    assert not {"yesterday", "yesterday_date"} & last.attributes.keys()


async def test_state_attributes_are_small(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    for state in hass.states.async_all():
        assert len(str(dict(state.attributes))) < 1024
        assert len(state.state) <= 255


@pytest.mark.parametrize("zone", ZONES)
async def test_a_new_day_is_noticed_within_a_minute_without_a_request(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    zone: str,
) -> None:
    freezer.move_to("2026-04-04 06:00:00+00:00")
    exist_server.users["ada"].timezone = zone
    local = dt_util.utcnow().astimezone(ZoneInfo(zone))
    midnight = datetime.combine(
        local.date() + timedelta(days=1), datetime.min.time(), ZoneInfo(zone)
    )
    freezer.move_to(midnight.astimezone(UTC) - timedelta(seconds=30))
    exist_server.set_value("ada", "steps", None, 77)
    await add_account()
    assert state_of(hass, STEPS).state == "77"
    exist_server.requests.clear()
    await _pass(hass, freezer, timedelta(seconds=61))
    assert exist_server.requests.total() == 0
    assert state_of(hass, STEPS).state == "unknown"
    assert state_of(hass, STEPS).attributes["date"] == midnight.date().isoformat()


async def test_a_zone_moved_at_exist_moves_the_day_with_the_next_poll(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to("2026-04-04 12:00:00+00:00")
    exist_server.users["ada"].timezone = "America/St_Johns"
    exist_server.set_value("ada", "steps", "2026-04-04", 4)
    exist_server.set_value("ada", "steps", "2026-04-05", 5)
    await add_account()
    assert state_of(hass, STEPS).state == "4"
    exist_server.users["ada"].timezone = "Pacific/Kiritimati"
    await _poll(hass, freezer)
    assert state_of(hass, STEPS).state == "5"
    assert state_of(hass, STEPS).attributes["date"] == "2026-04-05"


@pytest.mark.parametrize("minutes", [-1, 1440, 10**15])
@pytest.mark.parametrize("kind", [ValueType.TIME_OF_DAY, ValueType.TIME_FROM_MIDDAY])
def test_a_time_that_no_clock_shows_is_unknown(kind: ValueType, minutes: int) -> None:
    day = date(2026, 4, 4)
    values = {day: minutes}
    assert shown_value(kind, Policy.LATEST, values, day, UTC).value is None


def test_times_follow_the_wall_clock_on_days_of_clock_change() -> None:
    zone = ZoneInfo("Europe/Vienna")
    for day in (datetime(2026, 3, 29).date(), datetime(2026, 10, 25).date()):
        wake = clock_time(day, 425, zone).astimezone(zone)
        assert (wake.date(), wake.hour, wake.minute) == (day, 7, 5)
        bed = night_time(day, 630, zone).astimezone(zone)
        assert (bed.date(), bed.hour, bed.minute) == (day - timedelta(days=1), 22, 30)


def test_null_is_unknown_and_never_zero() -> None:
    zone = ZoneInfo("UTC")
    today = datetime(2026, 5, 5).date()
    rows: DayValues = {today: None, today - timedelta(days=1): 5}
    shown = shown_value(ValueType.INTEGER, Policy.TODAY, rows, today, zone)
    assert (shown.value, shown.date) == (None, today)
    shown = shown_value(ValueType.INTEGER, Policy.LATEST, rows, today, zone)
    assert (shown.value, shown.date) == (5, today - timedelta(days=1))
    shown = shown_value(ValueType.INTEGER, Policy.LATEST, {}, today, zone)
    assert (shown.value, shown.date) == (None, None)
    shown = shown_value(ValueType.BOOLEAN, Policy.TODAY, {}, today, zone)
    assert (shown.value, shown.date) == (False, today)
    shown = shown_value(ValueType.BOOLEAN, Policy.LATEST, {}, today, zone)
    assert shown.value is None


async def test_new_attributes_appear_and_released_ones_go(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await add_account(options={CONF_GROUPS: []})
    exist_server.own("ada", "steps")
    await _poll(hass, freezer)
    assert state_of(hass, STEPS).attributes["owner"] == "Home Assistant"

    exist_server.steal("ada", "steps", "withings")
    await _poll(hass, freezer)
    assert entity_registry.async_get(STEPS), "one odd answer costs nothing"
    exist_server.own("ada", "steps")
    await _poll(hass, freezer)
    exist_server.steal("ada", "steps", "withings")
    await _poll(hass, freezer)
    assert entity_registry.async_get(STEPS)
    await _poll(hass, freezer)
    assert entity_registry.async_get(STEPS) is None
    devices = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert [device.name for device in devices] == ["Exist (ada)"]


async def test_an_absent_attribute_is_unavailable_then_gone(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    exist_server.remove_attribute("ada", "steps")
    await _poll(hass, freezer)
    assert state_of(hass, STEPS).state == "unavailable"
    await _poll(hass, freezer)
    assert entity_registry.async_get(STEPS) is None


async def test_owning_enables_a_tag(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    tag = "binary_sensor.exist_ada_gym"
    registered = entity_registry.async_get(tag)
    assert registered is not None
    assert registered.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    exist_server.own("ada", "gym")
    exist_server.set_value("ada", "gym", None, True)
    await _poll(hass, freezer)
    assert state_of(hass, tag).state == "on"
    # Home Assistant would load all anew half a minute later.
    runtime = account.runtime_data
    freezer.tick(timedelta(seconds=31))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, tag).state == "on"
    assert account.runtime_data is runtime
    registered = entity_registry.async_get(tag)
    assert registered is not None
    assert registered.config_entry_id == account.entry_id


async def test_accounts_whose_names_begin_alike_have_their_own_entities(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity_registry: er.EntityRegistry,
) -> None:
    exist_server.add_user("ada_x")
    today = exist_server.today("ada_x")
    exist_server.users["ada"].timezone = "UTC"
    for user, name, value in (("ada", "x_steps", 1), ("ada_x", "steps", 2)):
        # Custom, so a count of today.
        exist_server.add_attribute(
            user, name, name=name, manual=True, values={today: value}
        )
    entries = {user: await add_account(user) for user in ("ada", "ada_x")}
    shown = {}
    for user, name in (("ada", "x_steps"), ("ada_x", "steps")):
        for domain in ("sensor", "number", "button"):
            entity_id = entity_registry.async_get_entity_id(
                domain, DOMAIN, f"{user}/attribute/{name}"
            )
            assert entity_id is not None, (user, domain)
            registered = entity_registry.async_get(entity_id)
            assert registered is not None
            assert registered.config_entry_id == entries[user].entry_id
            shown[user, domain] = state_of(hass, entity_id).state
    assert shown["ada", "sensor"] == shown["ada", "number"] == "1"
    assert shown["ada_x", "sensor"] == shown["ada_x", "number"] == "2"
    assert len({state.entity_id for state in hass.states.async_all()}) == len(
        entity_registry.entities
    ) - sum(each.disabled for each in entity_registry.entities.values())


async def test_all_but_the_links_is_on_one_device(
    hass: HomeAssistant,
    account: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    [device] = dr.async_entries_for_config_entry(device_registry, account.entry_id)
    assert device.name == "Exist (ada)"
    registered = er.async_entries_for_config_entry(entity_registry, account.entry_id)
    assert len(registered) > 60
    assert {each.device_id for each in registered} == {device.id}
