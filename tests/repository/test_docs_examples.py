"""Every YAML block of README and docs, run in a real Home Assistant."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from datetime import timedelta
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.const import GROUPS
from homeassistant.components import persistent_notification
from homeassistant.components.recorder.statistics import async_list_statistic_ids
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.script import Script, async_validate_actions_config
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..history.history_home import imported
from ..link_home import TV, add_link, at, evaluate, record, set_runs, tv_link
from ..writing import poll, settle
from .docs_pages import Block, blocks, pages

pytestmark = pytest.mark.shown(*GROUPS)

KEPT_DAYS = timedelta(days=28)
STEPS = "sensor.exist_ada_steps"


def _kind(block: dict[str, Any]) -> str:
    """Return what a block is, by the key that only its kind has."""
    for key, kind in (
        ("triggers", "automation"),
        ("sequence", "script"),
        ("action", "action"),
        ("type", "card"),
        ("views", "card"),
        ("cards", "card"),
    ):
        if key in block:
            return kind
    raise AssertionError(f"Nothing runs this: {block}")


def _of(kind: str) -> list[Any]:
    """Return the blocks of a kind, each with what it says."""
    found: list[tuple[Block, Any]] = [
        (block, parse_yaml(block.text)) for block in blocks("yaml")
    ]
    return [
        pytest.param(block, data, id=data.get("alias", block.place))
        for block, data in found
        if _kind(data) == kind
    ]


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch) -> None:
    """Import the past at once; must come before the home."""
    monkeypatch.setattr("custom_components.exist.history.keeper.BEGIN_SECONDS", -1)


@pytest.fixture
async def home(
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account that owns what the examples write, with a link of a television.

    It is noon of 20 May 2026 in Vienna; yesterday's minutes were edited at Exist.
    """
    freezer.move_to(at(2026, 5, 20, 12))
    await hass.config.async_set_time_zone("Europe/Vienna")
    exist_server.own("ada", "coffees", "mood", "weight", "tv_min", manual=True)
    attributes = exist_server.users["ada"].attributes
    today = exist_server.today("ada")
    for attribute in attributes.values():
        for day in [day for day in attribute.values if day < today - KEPT_DAYS]:
            del attribute.values[day]
    attributes["tv_min"].values.clear()
    exist_server.set_value("ada", "tv_min", today - timedelta(days=1), 5)
    assert await async_setup_component(hass, "persistent_notification", {})
    hass.states.async_set(TV, "off")
    rows = [
        (at(2026, 5, 18, 8), "off"),
        (at(2026, 5, 19, 20), "on"),
        (at(2026, 5, 19, 21, 30), "off"),
    ]
    await record(hass, {TV: rows})
    await set_runs(hass, [], at(2026, 5, 18, 7))
    entry = await add_account()
    await add_link(hass, entry, tv_link("tv_min"))
    await evaluate(hass, entry)
    return entry


def _notes(hass: HomeAssistant) -> list[str]:
    found = persistent_notification._async_get_or_create_notifications(hass).values()
    return [str(each["message"]) for each in found]


async def _at_six(
    hass: HomeAssistant, server: ExistServer, home: MockConfigEntry, steps: int
) -> None:
    server.set_value("ada", "steps", None, steps)
    await poll(hass, home)
    assert state_of(hass, STEPS).state == str(steps)
    async_fire_time_changed(hass, at(2026, 5, 20, 18))
    await settle(hass)


async def _walk(
    hass: HomeAssistant,
    server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(at(2026, 5, 20, 17, 59))
    await _at_six(hass, server, home, 1200)
    assert "1200 steps so far. A walk before dinner?" in _notes(hass)


async def _coffee(
    hass: HomeAssistant, server: ExistServer, _: object, __: object
) -> None:
    server_had = server.value("ada", "coffees") or 0
    hass.states.async_set("input_button.coffee", "2026-05-20T10:00:00+00:00")
    await settle(hass)
    assert server.value("ada", "coffees") == int(server_had) + 1


async def _scale(
    hass: HomeAssistant, server: ExistServer, _: object, __: object
) -> None:
    before = server.value("ada", "weight")
    hass.states.async_set("sensor.scale_weight", "81.5")
    await settle(hass)
    assert before != server.value("ada", "weight") == 81.5


type Play = Callable[
    [HomeAssistant, ExistServer, MockConfigEntry, FrozenDateTimeFactory],
    Awaitable[None],
]
PLAYS: dict[str, Play] = {
    "A walk before dinner": _walk,
    "One more coffee": _coffee,
    "What the scale says": _scale,
}


def test_every_automation_is_played() -> None:
    aliases = [each.values[1]["alias"] for each in _of("automation")]
    assert sorted(aliases) == sorted(PLAYS)


type Automate = Callable[[dict[str, Any]], Awaitable[str]]


@pytest.fixture
async def automate(
    hass: HomeAssistant, home: MockConfigEntry
) -> AsyncGenerator[Automate]:
    """Load an automation, and stop it in the end."""

    async def load(data: dict[str, Any]) -> str:
        assert await async_setup_component(hass, "automation", {"automation": [data]})
        (automation,) = hass.states.async_all("automation")
        # One that is wrong is unavailable.
        assert automation.state == "on"
        return automation.entity_id

    yield load
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )


@pytest.mark.parametrize(("block", "data"), _of("automation"))
async def test_automations(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    automate: Automate,
    block: Block,
    data: dict[str, Any],
) -> None:
    hass.states.async_set("input_button.coffee", "unknown")
    hass.states.async_set("sensor.scale_weight", "unknown")
    automation = await automate(data)
    await PLAYS[data["alias"]](hass, exist_server, home, freezer)
    assert state_of(hass, automation).attributes["last_triggered"], block.place


async def test_who_has_walked_is_not_reminded(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    automate: Automate,
) -> None:
    found = {each.values[1]["alias"]: each.values[1] for each in _of("automation")}
    await automate(found["A walk before dinner"])
    freezer.move_to(at(2026, 5, 20, 17, 59))
    await _at_six(hass, exist_server, home, 9000)
    assert not [note for note in _notes(hass) if "walk" in note]


async def _run(hass: HomeAssistant, data: dict[str, Any]) -> Any:
    """Run one action as a script does, and return its answer if it has one."""
    steps = await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA([data]))
    script = Script(hass, steps, "docs", "script")
    ended = await script.async_run(context=Context())
    await settle(hass)
    assert ended is not None
    name = data.get("response_variable")
    return ended.variables[name] if name else None


def _names(answer: Any, key: str) -> set[str]:
    return {each["name"] for each in answer[key]}


# What an answer must hold, for a reader who is shown it.
ANSWERED: dict[str, Callable[[Any], bool]] = {
    "acquire_attributes": lambda told: (
        _names(told, "success") == {"gaming_min", "money_spent"}
    ),
    "release_attributes": lambda told: _names(told, "success") == {"money_spent"},
    "create_attributes": lambda told: _names(told, "success") == {"loads_of_laundry"},
    "get_owned_attributes": lambda told: told["count"] == len(told["results"]),
    "update_values": lambda told: _names(told, "success") == {"coffees", "mood"},
    "increment_values": lambda told: _names(told, "success") == {"coffees"},
    "preview_link": lambda told: (
        [each["value"] for each in told["days"]][-2:] == [90, 0]
    ),
    "sync_link": lambda told: told["days"][-2]["result"] in ("sent", "confirmed"),
    "restore_values": lambda told: told["success"][0]["value"] == 5,
    "import_history": lambda told: told is None,
    "clear_history": lambda told: told is None,
    "get_attributes": lambda told: "sleep_start" in _names(told, "attributes"),
    "get_templates": lambda told: "mood_note" in _names(told, "templates"),
    "get_dashboard": lambda told: bool(told["views"]),
    "get_averages": lambda told: told["averages"][0]["attribute"] == "steps",
    "get_correlations": lambda told: all(
        "mood" in (each["attribute"], each["attribute2"])
        for each in told["correlations"]
    ),
    "get_insights": lambda told: all(
        each["type"]["priority"] == 3 for each in told["insights"]
    ),
}


async def test_actions(
    history: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
) -> None:
    """One after the other, as a reader might try them."""
    await imported(hass, home)
    examples = [each.values for each in _of("action")]
    assert {data["action"].removeprefix("exist.") for _, data in examples} == set(
        ANSWERED
    )
    for block, data in examples:
        answer = await _run(hass, data)
        assert not (answer or {}).get("failed"), block.place
        is_right = ANSWERED[data["action"].removeprefix("exist.")]
        assert is_right(answer), (block.place, answer)
    assert exist_server.value("ada", "coffees") is not None
    assert exist_server.value("ada", "mood") == 7
    await imported(hass, home)
    ids = {each["statistic_id"] for each in await async_list_statistic_ids(hass)}
    assert "exist:ada_steps" in ids
    assert "exist:ada_weight" not in ids


async def _steps_of_a_week(hass: HomeAssistant, server: ExistServer) -> None:
    today = server.today("ada")
    days = [today - timedelta(days=back) for back in range(1, 8)]
    total = sum(int(server.value("ada", "steps", day) or 0) for day in days)
    assert total
    assert f"{total} steps" in _notes(hass)


SCRIPTS = {"Steps of the last week": _steps_of_a_week}


@pytest.mark.parametrize(("block", "data"), _of("script"))
async def test_scripts(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    block: Block,
    data: dict[str, Any],
) -> None:
    assert await async_setup_component(hass, "script", {"script": {"docs": data}})
    assert state_of(hass, "script.docs").state == "off", block.place
    await hass.services.async_call("script", "docs", blocking=True)
    await SCRIPTS[data["alias"]](hass, exist_server)


def _named(node: Any) -> Iterator[str]:
    """Return every entity and statistic of a card, and of those in it."""
    if isinstance(node, list):
        for each in node:
            yield from _named(each)
    elif isinstance(node, dict):
        for key, each in node.items():
            if key == "entity":
                yield each
            elif key == "entities":
                yield from (
                    one if isinstance(one, str) else one["entity"] for one in each
                )
            else:
                yield from _named(each)


async def test_cards(history: None, hass: HomeAssistant, home: MockConfigEntry) -> None:
    await imported(hass, home)
    statistics = {
        each["statistic_id"]: each for each in await async_list_statistic_ids(hass)
    }
    entities = er.async_get(hass).entities
    cards = [each.values for each in _of("card")]
    assert len(cards) >= 3
    for block, card in cards:
        names = [*_named(card)]
        assert names, block.place
        asked = card.get("stat_types", [card.get("stat_type")])
        for name in names:
            assert name in statistics or name in entities, (block.place, name)
            if "change" in asked:
                assert statistics[name]["has_sum"], block.place
            if "mean" in asked:
                assert statistics[name]["mean_type"], block.place


async def test_every_entity_that_is_named_exists(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "coffees", manual=True)
    await add_account()
    entities = er.async_get(hass).entities
    named = {
        name
        for page in pages()
        for name in re.findall(r"\b[a-z_]+\.exist_ada_\w+", page.text)
    }
    assert len(named) >= 3
    assert not named - set(entities)
