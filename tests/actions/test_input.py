"""Bad input to actions: refused in words that a person knows, and nothing is done."""

from datetime import datetime
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.exist.actions.registry import ACTIONS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..writing import settle, write

COFFEES, GYM = "sensor.exist_ada_coffees", "binary_sensor.exist_ada_gym"
FOREIGN = "sun.sun"
NEW = {"label": "Windows opened", "group": "health", "value_type": "integer"}


@pytest.fixture
async def home(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> MockConfigEntry:
    """Load ada, who owns some attributes."""
    exist_server.own("ada", "coffees", "water", "mood", "gym", manual=True)
    return await add_account()


_ENTITIES = [FOREIGN, ["sensor.nothing"], "no entity"]
# Half a character, which no request can carry.
_HALF = "\ud83d"
_WORDS = [" ", [""], [None], "mood,", [_HALF]]
_FLAG = ["perhaps", []]
_DAY = ["2026-02-30", "soon", 5, datetime(2026, 11, 1, 5)]
# Of each field of all actions, what nobody can mean.
BAD: dict[str, list[Any]] = {
    "account": ["none", []],
    "adopt": _FLAG,
    "attribute": [" ", "none", "sensor.nothing", FOREIGN, []],
    "attribute2": [" ", "sensor.nothing", []],
    "attributes": [" ", [{"manual": True}], [{"colour": "red"}], [[]]],
    "confident": _FLAG,
    "date": [*_DAY, "2099-01-01"],
    "day": [*_DAY, "2099-01-01", "today"],
    "drop_waiting": _FLAG,
    "end": [*_DAY, "1999-01-01"],
    "entities": _ENTITIES,
    "entity": [FOREIGN, "sensor.nothing", "no entity", [], "sensor.exist_ada_mood"],
    "entity2": [FOREIGN, "sensor.nothing", "no entity", []],
    "exclude_custom": _FLAG,
    "group": [" ", []],
    "groups": _WORDS,
    "include_historical": _FLAG,
    "include_inactive": _FLAG,
    "include_low_priority": _FLAG,
    "label": [" ", [], _HALF],
    "limit": [0, 101, "many", -1],
    "link": [" ", "none", []],
    "manual": _FLAG,
    "name": [" ", "none", "steps", "sensor.nothing", FOREIGN, []],
    "names": [" ", [_HALF], ["sensor.nothing"], [FOREIGN], []],
    "overwrite": _FLAG,
    "owned": _FLAG,
    "page": [0, 99, "first", -1],
    "priority": [0, 5, "high"],
    "start": [*_DAY, "2099-01-01"],
    "strong": _FLAG,
    "success_objects": _FLAG,
    "take_over": _FLAG,
    "template": [" ", [], _HALF],
    "templates": [" ", [""], [_HALF]],
    "value": ["many", 1.5, -1, None, "", [], {}],
    "value_type": ["color", "time_from_midday", "unknown", 0],
    "values": [
        [{"name": "coffees"}],
        [{"value": 1}],
        [{"name": "coffees", "value": "many"}],
        [{"name": "coffees", "value": 1, "colour": "red"}],
        [{"name": "water", "value": 1}, {"name": "coffees", "value": 1}],
        [{"name": "gym", "value": "perhaps"}],
        "coffees",
    ],
}
# What an action needs beside the bad field to be carried out.
GOOD: dict[str, dict[str, Any]] = {
    "acquire_attributes": {"templates": ["money_spent"]},
    "release_attributes": {"names": ["mood"]},
    "create_attributes": NEW,
    "update_values": {"name": "coffees", "value": 1, "date": "today"},
    "increment_values": {"name": "coffees", "value": 1, "date": "today"},
    "get_values": {"attribute": "coffees", "end": "2026-11-01"},
    "get_averages": {"end": "2026-11-01"},
    "get_insights": {"end": "2026-11-01"},
    "sync_link": {"link": "coffees"},
    "preview_link": {"link": "coffees"},
    "restore_values": {"names": ["coffees"], "end": "2026-11-01"},
}
_TAKES_LIST = {"get_attributes", "get_owned_attributes", "get_averages"}


def _bad(action: str, name: str) -> list[Any]:
    if name == "attributes" and action in _TAKES_LIST:
        return [" ", ["sensor.nothing"], [FOREIGN], [None]]
    if name == "end" and "start" not in GOOD.get(action, {}):
        return _DAY
    if name == "start" and "end" not in GOOD.get(action, {}):
        return _DAY if "link" not in action else [*_DAY, "2099-01-01"]
    # Exist knows more names than we may see, and answers that it found nothing.
    if name in ("attribute", "entity") and action == "get_correlations":
        return BAD["attribute2"]
    if name == "names" and action == "acquire_attributes":
        return [each for each in BAD[name] if each]
    if name == "value" and action == "increment_values":
        return [each for each in BAD[name] if each != -1]
    return BAD[name]


async def _is_refused_in_words(
    hass: HomeAssistant, action: str, said: dict[str, Any]
) -> bool:
    """Return whether a call is refused, by its schema or with a text of ours."""
    try:
        await write(hass, action, **said)
    except vol.Invalid:
        return True
    except ServiceValidationError as err:
        return bool(err.translation_key) and "{" not in str(err)
    return False


@pytest.mark.parametrize("action", [each.name for each in ACTIONS])
async def test_bad_input_to_each_field_and_nothing_is_done(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, action: str
) -> None:
    [row] = [each for each in ACTIONS if each.name == action]
    before = {
        name: dict(each.values)
        for name, each in exist_server.users["ada"].attributes.items()
    }
    owned = exist_server.owned("ada")
    exist_server.requests.clear()
    taken = []
    for name in ("account", *map(str, row.schema)):
        for bad in _bad(action, name):
            said = {**GOOD.get(action, {}), name: bad}
            if not await _is_refused_in_words(hass, action, said):
                taken.append({name: bad})
    assert taken == []
    await settle(hass)
    assert not [each for each in exist_server.requests if each.startswith("POST")]
    assert exist_server.owned("ada") == owned
    assert not home.runtime_data.ledger.entries
    after = exist_server.users["ada"].attributes
    assert before == {name: dict(each.values) for name, each in after.items()}


@pytest.mark.parametrize(
    ("action", "said", "words"),
    [
        (
            "update_values",
            {"name": "coffees", "value": "x"},
            "Coffees takes a whole number, such as 12.",
        ),
        (
            "update_values",
            {"entity": COFFEES, "value": -1},
            "Coffees can't be less than 0.",
        ),
        (
            "update_values",
            {"name": "gym", "value": "x"},
            "Gym takes on or off.",
        ),
        (
            "update_values",
            {"name": "steps", "value": 1},
            "Google Fit owns Steps, and only the owner can write it.",
        ),
        (
            "update_values",
            {"name": "old_diary", "value": "x"},
            "This account has no attribute named old_diary.",
        ),
        (
            "increment_values",
            {"name": "gym", "value": 1},
            "Gym can't be added to. Only whole numbers, decimals, and durations can.",
        ),
        (
            "update_values",
            {"values": [{"name": "gym", "value": 1}] * 2, "day": "2026-11-01"},
            "Gym has two values for 2026-11-01.",
        ),
        (
            "update_values",
            {"name": "gym", "entity": GYM, "value": 1},
            "Choose either an entity or an attribute name, not both.",
        ),
        (
            "update_values",
            {"name": "gym", "value": 1, "date": "today", "day": "2026-11-01"},
            "Choose either a date or a day, not both.",
        ),
        ("update_values", {"value": 1}, "Choose both."),
        ("update_values", {"entity": GYM}, "Choose both."),
        ("update_values", {}, "There is nothing to write."),
        ("release_attributes", {}, "Nothing is selected."),
        ("release_attributes", {"entities": []}, "Nothing is selected."),
        ("acquire_attributes", {}, "Nothing is selected."),
        ("create_attributes", {}, "Nothing is selected."),
        (
            "create_attributes",
            {"label": "Tea"},
            "Choose a template, or enter a label, group, and value type.",
        ),
        (
            "create_attributes",
            {"template": "coffees", "label": "Tea"},
            "Choose either a template, or a label, group, and value type.",
        ),
        ("get_values", {}, "Choose an entity, or enter the name of an attribute."),
        (
            "get_values",
            {"attribute": "none"},
            "This account has no attribute named none.",
        ),
        (
            "get_values",
            {"attribute": "gym", "start": "2026-11-02", "end": "2026-11-01"},
            "The first day is after the last day.",
        ),
        ("get_attributes", {"page": 99}, "There is no page 99."),
        ("get_owned_attributes", {"page": 99}, "There is no page 99."),
        (
            "get_correlations",
            {"attribute2": "mood"},
            "A second attribute needs a first",
        ),
        (
            "get_correlations",
            {"attribute": "mood", "attribute2": "steps", "strong": True},
            "Strong only and Confident only aren't available for a pair",
        ),
        ("restore_values", {}, "Choose attributes or days."),
    ],
)
async def test_wrong_input_is_said_by_label(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    action: str,
    said: dict[str, Any],
    words: str,
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await write(hass, action, **said)
    # Home Assistant leaves the last full stop out.
    assert words in f"{raised.value}."


async def test_values_of_what_was_released_meanwhile(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.steal("ada", "gym", None)
    with pytest.raises(ServiceValidationError) as raised:
        await write(hass, "get_values", entity=GYM)
    assert str(raised.value).startswith("Exist shows no values of Gym,")
