"""Values written by actions; what counts is what Exist says afterwards."""

import cProfile
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.api import ValueType
from custom_components.exist.changes.write import MOST_VALUES, Wanted, check
from custom_components.exist.const import GROUPS
from custom_components.exist.ledger.day import Key
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..writing import OWNED, reload, settle, write

UPDATE = "*/update/"
INCREMENT = "*/increment/"

# What people write, and what Exist keeps.
WRITTEN: dict[str, tuple[Any, Any]] = {
    "coffees": ("3", 3),
    "stromkosten": ("1,25", 1.25),
    "mood_note": ("früh auf 🌅", "früh auf 🌅"),
    "meditation_min": ("1:05", 65),
    "licht_aus": ("22:30", 1350),
    "akku_übrig": (57, 0.57),
    "sleep_start": ("01:15", 795),
    "vitamin_d": ("on", 1),
    "mood": (7, 7),
    "gym": (True, 1),
}


@pytest.fixture
async def owner(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> MockConfigEntry:
    exist_server.own("ada", *OWNED)
    return await add_account()


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns"]
)
@pytest.mark.parametrize("seconds", [-60, 60])
async def test_every_value_type_on_both_sides_of_midnight(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    zone: str,
    seconds: int,
) -> None:
    midnight = datetime(2026, 4, 4, tzinfo=ZoneInfo(zone))
    freezer.move_to(midnight + timedelta(seconds=seconds))
    exist_server.users["ada"].timezone = zone
    exist_server.own("ada", *OWNED)
    await add_account()
    today = "2026-04-03" if seconds < 0 else "2026-04-04"
    answer = await write(
        hass,
        values=[{"name": name, "value": said} for name, (said, _) in WRITTEN.items()],
    )
    assert answer["failed"] == answer["queued"] == []
    assert {item["date"] for item in answer["success"]} == {today}
    for name, (_, wire) in WRITTEN.items():
        assert exist_server.value("ada", name, today) == wire, name


async def test_days_by_word_by_date_and_none_to_come(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    coordinator = owner.runtime_data.coordinator
    today = coordinator.today
    await write(hass, name="coffees", value=1, date="today")
    await write(hass, name="coffees", value=2, date="yesterday")
    await write(hass, name="coffees", value=3, date=today - timedelta(days=200))
    assert exist_server.value("ada", "coffees", today) == 1
    assert exist_server.value("ada", "coffees", today - timedelta(days=1)) == 2
    assert exist_server.value("ada", "coffees", today - timedelta(days=200)) == 3
    with pytest.raises(ServiceValidationError) as raised:
        await write(hass, name="coffees", value=1, date=today + timedelta(days=1))
    assert raised.value.translation_placeholders is not None
    assert raised.value.translation_placeholders["zone"] == "Europe/Vienna"
    assert raised.value.translation_placeholders["today"] == today.isoformat()


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("coffees", "many", "value_whole_number"),
        ("coffees", 1.5, "value_whole_number"),
        ("coffees", -1, "value_negative"),
        ("stromkosten", "1,250", "value_number"),
        ("mood_note", "", "value_cannot_empty"),
        ("mood_note", None, "value_cannot_empty"),
        ("mood_note", "unavailable", "value_no_state"),
        ("mood_note", " unknown ", "value_no_state"),
        ("mood_note", "x" * 1001, "value_too_long"),
        ("meditation_min", "1:75", "value_duration"),
        ("meditation_min", 1501, "value_longer_than_a_day"),
        ("licht_aus", "24:10", "value_time"),
        ("akku_übrig", 101, "value_percentage"),
        ("vitamin_d", "maybe", "value_boolean"),
        ("mood", 0, "value_scale"),
        ("mood", 10, "value_scale"),
        ("steps", 1, "owned_by"),
        ("nothing", 1, "no_such_attribute"),
    ],
)
async def test_one_wrong_value_and_nothing_is_written(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    name: str,
    value: Any,
    key: str,
) -> None:
    before = exist_server.value("ada", "gym")
    with pytest.raises(ServiceValidationError) as raised:
        await write(
            hass,
            values=[
                {"name": "gym", "value": not before},
                {"name": name, "value": value},
            ],
        )
    assert raised.value.translation_key == key
    assert raised.value.translation_placeholders is not None
    known = exist_server.users["ada"].attributes
    label = known[name].label if name in known else name
    assert label in str(raised.value)
    assert raised.value.translation_placeholders["name"] == label
    assert exist_server.value("ada", "gym") == before
    assert not owner.runtime_data.ledger.entries


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "no_values"),
        ({"name": "mood"}, "name_and_value"),
        ({"value": 1}, "name_and_value"),
        (
            {
                "values": [{"name": "mood", "value": 1}, {"name": "mood", "value": 2}],
            },
            "named_twice",
        ),
    ],
)
async def test_calls_that_say_too_little(
    hass: HomeAssistant, owner: MockConfigEntry, data: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await write(hass, **data)
    assert raised.value.translation_key == key


def _days(owner: MockConfigEntry, number: int) -> list[dict[str, Any]]:
    """Return a value for each of so many days."""
    today = owner.runtime_data.coordinator.today
    return [
        {"name": "coffees", "value": 1, "date": today - timedelta(days=back)}
        for back in range(number)
    ]


@pytest.mark.parametrize("action", ["update_values", "increment_values"])
async def test_of_more_values_than_a_call_takes_none_is_written(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    action: str,
) -> None:
    before = dict(exist_server.users["ada"].attributes["coffees"].values)
    most = _days(owner, MOST_VALUES)
    wrong: dict[str, Any] = {"name": "stromkosten", "value": "much"}
    for call, key in (
        ({"values": [*most, wrong]}, "too_many_values"),
        ({"values": most, **wrong}, "too_many_values"),
        ({"values": [*most[1:], wrong]}, "value_number"),
        ({"values": most[1:], **wrong}, "value_number"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await write(hass, action, **call)
        assert raised.value.translation_key == key
        if key == "too_many_values":
            assert "at most 2000 values" in str(raised.value)
    await settle(hass)
    assert exist_server.users["ada"].attributes["coffees"].values == before
    assert not owner.runtime_data.ledger.entries
    assert not [each for each in exist_server.requests if each.startswith("POST")]


async def test_as_many_values_as_a_call_takes_arrive(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    most = _days(owner, MOST_VALUES)
    await write(hass, values=most)
    await settle(hass)
    days = exist_server.users["ada"].attributes["coffees"].values
    assert days == {each["date"]: 1 for each in most}


async def test_looking_for_a_day_that_is_named_twice_is_linear(
    owner: MockConfigEntry,
) -> None:
    looks = 0

    class Day(date):
        """A day that counts how often it is looked at."""

        def __eq__(self, other: object) -> bool:
            nonlocal looks
            looks += 1
            return super().__eq__(other)

        def __hash__(self) -> int:
            nonlocal looks
            looks += 1
            return super().__hash__()

    def looks_at(number: int) -> int:
        nonlocal looks
        wanted = [
            Wanted("coffees", 1, Day.fromordinal(each["date"].toordinal()))
            for each in _days(owner, number)
        ]
        looks = 0
        assert len(check(owner, wanted)) == number
        found = looks
        with pytest.raises(ServiceValidationError) as raised:
            check(owner, [*wanted[1:], wanted[-1]])
        assert raised.value.translation_key == "named_twice"
        return found

    few, many = looks_at(500), looks_at(2000)
    assert few >= 500
    assert many <= few * 4 * 1.1


async def test_an_entity_will_do_and_shows_it_at_once(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    await write(hass, name="number.exist_ada_mood", value=8)
    assert exist_server.value("ada", "mood") == 8
    assert state_of(hass, "sensor.exist_ada_mood").state == "8"


async def test_a_hundred_items_with_every_failure_mixed_in(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    names = exist_server.fill("ada", 100)
    entry = await add_account()
    exist_server.steal("ada", names[3], "fitbit")
    exist_server.remove_attribute("ada", names[40])
    for name in names:
        attribute = exist_server.users["ada"].attributes.get(name)
        if attribute is not None and name == names[50]:
            attribute.value_type = type(attribute.value_type).SCALE
    kinds = entry.runtime_data.coordinator.data.attributes
    answer = await write(
        hass,
        values=[
            {"name": name, "value": _fitting(kinds[name].value_type)} for name in names
        ],
    )
    assert {(each["name"], each["error_code"]) for each in answer["queued"]} == {
        (names[3], "unauthorised"),
        (names[40], "not_found"),
    }
    assert len(answer["success"]) + len(answer["failed"]) == 98
    assert {each["name"] for each in answer["failed"]} <= {names[50]}


def _fitting(value_type: Any) -> Any:
    return {0: 77, 1: 7.5, 2: "word", 3: 77, 4: "07:07", 5: 77, 7: 1, 8: 7}[
        int(value_type)
    ]


async def test_the_third_batch_dies_and_the_first_two_stay(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = exist_server.fill("ada", 100)
    entry = await add_account()
    kinds = entry.runtime_data.coordinator.data.attributes
    exist_server.faults.add(Fault("status", UPDATE, skip=2, times=None))
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    answer = await write(
        hass,
        values=[
            {"name": name, "value": _fitting(kinds[name].value_type)} for name in names
        ],
    )
    assert len(answer["success"]) == 70
    assert len(answer["queued"]) == 30
    assert {each["error_code"] for each in answer["queued"]} == {"exist_away"}
    exist_server.faults.clear()
    await entry.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert not entry.runtime_data.ledger.entries


async def test_increment_counts_once(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "coffees", None, 2)
    await owner.runtime_data.coordinator.async_refresh()
    answer = await write(hass, "increment_values", name="coffees", value=1)
    assert answer["success"][0]["current"] == 3
    assert exist_server.value("ada", "coffees") == 3
    assert state_of(hass, "sensor.exist_ada_coffees").state == "3"
    for name, value, key in (
        ("mood", 1, "not_incrementable"),
        ("coffees", 0.5, "value_whole_number"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await write(hass, "increment_values", name=name, value=value)
        assert raised.value.translation_key == key


@pytest.mark.parametrize(
    ("stored", "unread", "code"),
    [
        (True, False, None),
        (False, False, "not_counted"),
        (True, True, "unknown_if_counted"),
    ],
)
async def test_increment_after_a_lost_answer_is_read_and_never_repeated(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    stored: bool,
    unread: bool,
    code: str | None,
) -> None:
    exist_server.set_value("ada", "coffees", None, 2)
    await owner.runtime_data.coordinator.async_refresh()
    exist_server.faults.add(Fault("drop", INCREMENT, stored=stored))
    if unread:
        exist_server.faults.add(Fault("status", "*/with-values/", times=None))
    answer = await write(hass, "increment_values", name="coffees", value=1)
    assert exist_server.value("ada", "coffees") == (3 if stored else 2)
    assert exist_server.requests["POST /api/2/attributes/increment/"] == 1
    if code is None:
        assert answer["success"][0]["current"] == 3
    else:
        assert answer["failed"][0]["error_code"] == code


async def test_increment_adds_to_what_waits(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    exist_server.faults.add(Fault("status", UPDATE, times=None))
    assert (await write(hass, name="coffees", value=5))["queued"]
    assert (await write(hass, "increment_values", name="coffees", value=2))["queued"]
    assert exist_server.requests["POST /api/2/attributes/increment/"] == 0
    exist_server.faults.clear()
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "coffees") == 7


async def test_create_and_adopt(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    new: dict[str, Any] = {
        "label": "Windows opened 🪟",
        "group": "health",
        "value_type": "integer",
    }
    answer = await write(hass, "create_attributes", **new)
    name = answer["success"][0]["name"]
    assert exist_server.owner("ada", name) == "home_assistant"
    answer = await write(hass, "create_attributes", **new)
    assert answer["failed"][0]["error_code"] == "exists"
    exist_server.steal("ada", name, None)
    answer = await write(hass, "create_attributes", **new, adopt=True)
    assert answer["success"][0]["name"] == name
    assert exist_server.owner("ada", name) == "home_assistant"
    exist_server.steal("ada", name, "fitbit")
    answer = await write(hass, "create_attributes", **new, adopt=True)
    assert answer["failed"][0]["error_code"] == "owned_by_other"
    assert exist_server.owner("ada", name) == "fitbit"


@pytest.mark.parametrize("stored", [True, False])
async def test_create_after_a_lost_answer_is_settled_by_reading(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    stored: bool,
) -> None:
    exist_server.faults.add(Fault("drop", "*/create/", stored=stored))
    answer = await write(
        hass, "create_attributes", label="Naps", group="sleep", value_type="duration"
    )
    assert exist_server.requests["POST /api/2/attributes/create/"] == 1
    if stored:
        assert answer["success"][0]["name"] == "naps"
    else:
        assert answer["failed"][0]["error_code"] == "not_confirmed"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "nothing_named"),
        ({"template": "steps", "label": "Steps"}, "template_or_label"),
        ({"label": "Steps"}, "label_incomplete"),
    ],
)
async def test_create_says_what_is_missing(
    hass: HomeAssistant, owner: MockConfigEntry, data: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await write(hass, "create_attributes", **data)
    assert raised.value.translation_key == key


@pytest.mark.shown(*GROUPS)
async def test_reading_actions(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    values = await write(hass, "get_values", attribute="steps")
    assert len(values["values"]) > 300
    some = await write(
        hass,
        "get_values",
        attribute="sensor.exist_ada_steps",
        start=values["values"][9]["date"],
        end=values["values"][5]["date"],
    )
    assert some["values"] == values["values"][5:10]
    found = await write(hass, "get_attributes", groups=["mood"])
    assert {each["name"] for each in found["attributes"]} >= {"mood", "mood_note"}
    assert len((await write(hass, "get_templates"))["templates"]) >= 80
    assert (await write(hass, "get_averages", attributes=["steps"]))["averages"]
    assert (await write(hass, "get_correlations"))["correlations"]
    assert (await write(hass, "get_insights"))["insights"]
    with pytest.raises(ServiceValidationError) as raised:
        await write(hass, "get_insights", start="2026-02-02", end="2026-02-01")
    assert raised.value.translation_key == "start_after_end"
    exist_server.faults.add(Fault("status", times=None))
    with pytest.raises(HomeAssistantError) as failed:
        await write(hass, "get_insights")
    assert failed.value.translation_key == "cannot_connect"


async def test_releasing_sends_what_waits_first(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    fault = exist_server.faults.add(Fault("status", UPDATE, times=None))
    await write(hass, name="coffees", value=9)
    answer = await write(hass, "release_attributes", names=["coffees"])
    assert answer["failed"][0]["error_code"] == "values_waiting"
    assert exist_server.owner("ada", "coffees") == "home_assistant"
    exist_server.faults.remove(fault)
    answer = await write(hass, "release_attributes", names=["coffees"])
    assert answer["success"][0]["name"] == "coffees"
    assert exist_server.value("ada", "coffees") == 9
    assert exist_server.owner("ada", "coffees") != "home_assistant"
    exist_server.faults.add(Fault("status", UPDATE, times=None))
    await write(hass, name="mood", value=9)
    answer = await write(hass, "release_attributes", names=["mood"], drop_waiting=True)
    assert answer["success"][0]["name"] == "mood"
    assert not owner.runtime_data.ledger.entries


async def test_what_waits_survives_a_reload(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    await exist_server.stop()
    answer = await write(hass, name="mood", value=9)
    assert answer["queued"][0]["error_code"] == "exist_away"
    await reload(hass, owner)
    assert state_of(hass, "number.exist_ada_mood").state == "9"
    assert (await write(hass, name="coffees", value=4))["queued"]
    await exist_server.start()
    await owner.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert exist_server.value("ada", "mood") == 9
    assert exist_server.value("ada", "coffees") == 4
    assert not owner.runtime_data.ledger.entries


async def test_what_is_shown_of_an_attribute_needs_no_look_at_all_others(
    owner: MockConfigEntry,
) -> None:
    state = owner.runtime_data.ledger.state
    today = state.coordinator.today

    def calls() -> int:
        profile = cProfile.Profile()
        profile.enable()
        state.overlay("mood")
        profile.disable()
        return sum(each.callcount for each in profile.getstats())

    before = calls()
    days = [today - timedelta(days=back) for back in range(500)]
    state.note_values({Key("steps", day): (1, ValueType.INTEGER) for day in days})
    assert len(state.overlay("steps")) == len(days)
    assert calls() == before
