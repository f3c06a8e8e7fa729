"""What a person enters once more, equal to yesterday, is today's: no row says so."""

from datetime import date, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    mock_restore_cache,
)

from custom_components.exist.storage import FileKind
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..link_home import (
    add_link,
    at,
    days_of,
    evaluate,
    link_data,
    own_empty,
    record,
    set_runs,
)
from ..on_disk import path_of
from ..writing import reload, settle

FIRST = date(2026, 11, 18)
SECOND = date(2026, 11, 19)
SCALE = "input_number.scale"
HELPERS: dict[str, Any] = {
    "input_number": {
        "scale": {"min": 0, "max": 200, "step": 0.1, "unit_of_measurement": "kg"}
    },
    "input_text": {"note": {}},
    "input_select": {"place": {"options": ["sea", "hills"]}},
    "input_datetime": {"bed": {"has_time": True, "has_date": False}},
}

pytestmark = pytest.mark.usefixtures("recorder_mock")


@pytest.fixture
async def home(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account and helpers; the recorder has run since yesterday."""
    for attribute in ("weight", "mood_note", "sleep_start"):
        own_empty(exist_server, attribute)
    for domain, config in HELPERS.items():
        assert await async_setup_component(hass, domain, {domain: config})
    await settle(hass)
    await record(hass, {"sensor.other": [(at(2026, 11, 17, 7), "on")]})
    await set_runs(hass, [], at(2026, 11, 17, 7))
    freezer.tick(60)
    return await add_account()


async def enter(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    value: float = 80.2,
    entity: str = SCALE,
) -> None:
    """Enter a number, as a person does, and let a minute pass."""
    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": entity, "value": value}, True
    )
    freezer.tick(60)
    await settle(hass)


async def next_day(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    hour: int = 9,
) -> None:
    """Go on to the second day."""
    freezer.move_to(at(2026, 11, 19, hour))
    await entry.runtime_data.coordinator.async_refresh()
    await evaluate(hass, entry)


async def link_scale(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    **more: Any,
) -> str:
    """Link the number that is entered; the first day is settled."""
    registered = er.async_get(hass).async_get(SCALE)
    assert registered is not None
    link = link_data(SCALE, "last", "weight", 1, template="weight", unit="kg")
    link_id = await add_link(hass, entry, link | {"registry_id": registered.id} | more)
    await enter(hass, freezer)
    await evaluate(hass, entry)
    return link_id


def weight(server: ExistServer, day: date) -> Any:
    return server.value("ada", "weight", day)


def heard(entry: MockConfigEntry) -> list[float]:
    """Return all moments that are remembered."""
    known = entry.runtime_data.links.memory.contents.heard
    return [moment for moments in known.values() for moment in moments]


async def test_what_is_entered_again_is_of_the_day_on_which_it_was(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await link_scale(hass, freezer, home)
    assert weight(exist_server, FIRST) == 80.2
    await next_day(hass, freezer, home)
    assert weight(exist_server, SECOND) is None
    await enter(hass, freezer)
    await evaluate(hass, home)
    assert weight(exist_server, SECOND) == 80.2
    assert weight(exist_server, FIRST) == 80.2


async def test_many_equal_reports_of_a_day_are_one_until_the_state_changes(
    hass: HomeAssistant, home: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await link_scale(hass, freezer, home)
    await next_day(hass, freezer, home)
    for _ in range(3):
        await enter(hass, freezer)
    assert len(heard(home)) == 1
    for value in (81, 81, 81):
        await enter(hass, freezer, value)
    assert len(heard(home)) == 2
    days = await days_of(hass, "weight", str(SECOND))
    assert days[str(SECOND)] == 81


async def test_what_is_entered_all_day_is_heard_a_few_times(
    hass: HomeAssistant, home: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await link_scale(hass, freezer, home)
    await next_day(hass, freezer, home)
    for value in range(80, 90):
        await enter(hass, freezer, value)
        await enter(hass, freezer, value)
    moments = heard(home)
    assert len(moments) == 4
    assert moments == sorted(moments)
    freezer.move_to(at(2026, 11, 20, 9))
    await home.runtime_data.coordinator.async_refresh()
    await enter(hass, freezer, 89)
    assert len(heard(home)) == 5
    days = await days_of(hass, "weight", str(SECOND))
    assert (days[str(SECOND)], days["2026-11-20"]) == (89, 89)


@pytest.mark.parametrize("crash", [False, True])
async def test_what_was_heard_outlives_a_restart(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    *,
    crash: bool,
) -> None:
    await link_scale(hass, freezer, home)
    await next_day(hass, freezer, home)
    await enter(hass, freezer)
    path = path_of(hass, home, FileKind.LINKS)
    if crash:
        freezer.tick(6)
        async_fire_time_changed(hass, dt_util.utcnow())
        await settle(hass)
        as_it_was = path.read_bytes()
    await hass.config_entries.async_unload(home.entry_id)
    if crash:
        # What unloading wrote was never written.
        path.write_bytes(as_it_was)
    assert weight(exist_server, SECOND) is None
    await hass.config_entries.async_setup(home.entry_id)
    await settle(hass)
    await evaluate(hass, home)
    assert weight(exist_server, SECOND) == 80.2


async def test_an_entity_is_heard_by_its_new_name_and_keeps_what_was_heard(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await link_scale(hass, freezer, home)
    await next_day(hass, freezer, home)
    renamed = "input_number.bathroom"
    er.async_get(hass).async_update_entity(SCALE, new_entity_id=renamed)
    await settle(hass)
    assert state_of(hass, renamed).state == "80.2"
    await enter(hass, freezer, entity=renamed)
    again = "input_number.scales"
    er.async_get(hass).async_update_entity(renamed, new_entity_id=again)
    await settle(hass)
    assert len(heard(home)) == 1
    await evaluate(hass, home)
    assert weight(exist_server, SECOND) == 80.2


async def test_what_is_restored_reloaded_or_renamed_was_not_entered(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_empty(exist_server, "weight")
    mock_restore_cache(hass, [State(SCALE, "80.2")])
    config = {"input_number": HELPERS["input_number"]}
    assert await async_setup_component(hass, "input_number", config)
    await settle(hass)
    assert state_of(hass, SCALE).state == "80.2"
    # The recorder was started just now.
    await set_runs(
        hass,
        [(at(2026, 11, 17, 7), at(2026, 11, 18, 10, 59), False)],
        at(2026, 11, 18, 10, 59, 30),
    )
    account = await add_account()
    link = link_data(SCALE, "last", "weight", 1, template="weight", unit="kg")
    await add_link(hass, account, link)
    freezer.tick(3600)

    async def configuration(_: HomeAssistant) -> dict[str, Any]:
        return config

    monkeypatch.setattr("homeassistant.config.load_yaml_config_file", lambda *_: {})
    monkeypatch.setattr("homeassistant.config.async_hass_config_yaml", configuration)
    await hass.services.async_call("input_number", "reload", {}, True)
    er.async_get(hass).async_update_entity(SCALE, labels={"health"})
    await settle(hass)
    assert state_of(hass, SCALE).last_reported == dt_util.utcnow()
    await reload(hass, account)
    await evaluate(hass, account)
    assert not heard(account)
    assert weight(exist_server, FIRST) is None


@pytest.mark.parametrize(
    ("entity", "action", "data", "attribute", "value_type", "expected"),
    [
        ("input_text.note", "set_value", {"value": "calm"}, "mood_note", 2, "calm"),
        (
            "input_select.place",
            "select_option",
            {"option": "sea"},
            "mood_note",
            2,
            "sea",
        ),
        (
            "input_datetime.bed",
            "set_datetime",
            {"time": "22:30"},
            "sleep_start",
            6,
            630,
        ),
    ],
)
async def test_each_helper_may_be_entered_again(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    entity: str,
    action: str,
    data: dict[str, Any],
    attribute: str,
    value_type: int,
    expected: Any,
) -> None:
    link = link_data(entity, "last", attribute, value_type, text=True, only_new=True)
    await add_link(hass, home, link)
    domain = entity.partition(".")[0]
    for hour in (None, 9):
        if hour:
            await next_day(hass, freezer, home, hour)
            assert exist_server.value("ada", attribute, SECOND) is None
        await hass.services.async_call(
            domain, action, {"entity_id": entity, **data}, True
        )
        freezer.tick(60)
        await evaluate(hass, home)
    assert exist_server.value("ada", attribute, SECOND) == expected


async def test_a_device_may_report_its_number_again_once_home_assistant_runs(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    unit = {"unit_of_measurement": "kg"}
    hass.states.async_set("number.scale", "79.5", unit)
    link = link_data("number.scale", "last", "weight", 1, template="weight", unit="kg")
    await add_link(hass, home, link)
    await next_day(hass, freezer, home)
    assert weight(exist_server, SECOND) is None
    hass.states.async_set("number.scale", "79.5", unit)
    freezer.tick(60)
    await evaluate(hass, home)
    assert weight(exist_server, SECOND) == 79.5


@pytest.mark.parametrize(
    "more",
    [
        {"only_new": False},
        # What its readings are says that held ones count.
        {"kind": "ambient"},
        {"aggregate": "mean"},
        {"entity": "sensor.scale", "registry_id": None},
        # It is entered at nine, by the clock of the account.
        {"part": "from_to", "part_start": "05:00", "part_end": "08:00"},
    ],
)
async def test_what_would_tell_nothing_is_not_remembered(
    hass: HomeAssistant,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    more: dict[str, Any],
) -> None:
    await link_scale(hass, freezer, home, **more)
    await next_day(hass, freezer, home)
    hass.states.async_set("sensor.scale", "80.2")
    hass.states.async_set("sensor.scale", "80.2")
    await enter(hass, freezer)
    assert not heard(home)


async def test_what_was_heard_is_forgotten_with_its_link_and_after_a_long_time(
    hass: HomeAssistant, home: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    link_id = await link_scale(hass, freezer, home)
    await next_day(hass, freezer, home)
    await enter(hass, freezer)
    [first] = heard(home)
    freezer.tick(timedelta(days=401))
    await home.runtime_data.coordinator.async_refresh()
    await enter(hass, freezer)
    [second] = heard(home)
    assert second > first
    hass.config_entries.async_remove_subentry(home, link_id)
    await settle(hass)
    assert not heard(home)
    await enter(hass, freezer)
    assert not heard(home)
