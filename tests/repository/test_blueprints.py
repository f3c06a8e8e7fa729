"""Each blueprint imported and run: what counts is what Exist and the phone have then."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import date, datetime, timedelta
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import unquote

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict

from ..conftest import AddAccount, Answer
from ..exist_server import ExistServer
from ..exist_server.groups import GROUPS
from ..findings.findings_home import EVENT, hours, insight
from ..link_home import add_link, evaluate, tv_link
from ..writing import poll, reload, settle
from .phone import Phone, add_phone

pytestmark = pytest.mark.shown(*GROUPS)

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "blueprints" / "automation" / "exist"
MANIFEST = json.loads((ROOT / "custom_components/exist/manifest.json").read_text())
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
TODAY = date(2026, 11, 18)
# Of the event loop; what waits by time would wait for ever.
TURNS = 300
MOST_TURNS = 100_000

type Automate = Callable[..., Awaitable[None]]
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
async def phone(hass: HomeAssistant) -> Phone:
    """Add a phone to a home in Vienna."""
    await hass.config.async_set_time_zone("Europe/Vienna")
    return add_phone(hass)


def read(name: str) -> dict[str, Any]:
    """Return what a file of the folder says."""
    return dict(load_yaml_dict(FOLDER / f"{name}.yaml"))


def imported(name: str) -> Blueprint:
    """Return a blueprint as Home Assistant takes it."""
    return Blueprint(
        read(name), expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )


@pytest.fixture
async def automate(hass: HomeAssistant) -> AsyncGenerator[Automate]:
    """Import a blueprint and make an automation of it, which ends with the test."""

    async def make(name: str, **inputs: Any) -> None:
        assert await async_setup_component(hass, "automation", {})
        path = f"exist/{name}.yaml"
        await async_get_blueprints(hass).async_add_blueprint(imported(name), path)
        blueprint = {"path": path, "input": inputs}
        await hass.async_add_executor_job(
            Path(hass.config.path("configuration.yaml")).write_text,
            json.dumps({"automation": {"id": "a", "use_blueprint": blueprint}}),
        )
        await hass.services.async_call("automation", "reload", blocking=True)
        [automation] = hass.states.async_all("automation")
        assert automation.state == "on"

    yield make
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )


async def until(condition: Callable[[], object]) -> None:
    """Wait while an automation that waits itself is under way."""
    for _ in range(MOST_TURNS):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came")


async def turns() -> None:
    """Let happen whatever would happen now."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def clock(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, *wall: int, day: date = TODAY
) -> None:
    """Let the clock of the home come to an hour and minute."""
    hour, minute = wall
    freezer.move_to(
        datetime(
            day.year,
            day.month,
            day.day,
            hour,
            minute,
            1,
            tzinfo=dt_util.get_default_time_zone(),
        )
    )
    async_fire_time_changed(hass)
    await turns()


@pytest.mark.parametrize("name", NAMES)
def test_each_is_one_that_can_be_imported_from_our_address(name: str) -> None:
    blueprint = imported(name)
    about = blueprint.metadata
    path = f"blueprints/automation/exist/{name}.yaml"
    assert about["source_url"] == f"{MANIFEST['documentation']}/blob/main/{path}"
    assert about["homeassistant"]["min_version"] == "2026.10.0"
    assert about["name"].startswith("Exist - ")
    assert not blueprint.validate()
    for key, given in blueprint.inputs.items():
        assert given["name"], key
        assert given["selector"], key
        for each in (given["selector"].get("entity") or {}).get("filter", ()):
            assert each["integration"] == "exist", key


def test_each_has_a_button_in_the_docs_that_imports_it() -> None:
    docs = (ROOT / "docs" / "dashboard.md").read_text()
    buttons = re.findall(r"blueprint_import/\?blueprint_url=([^)]+)\)", docs)
    assert sorted(map(unquote, buttons)) == [
        imported(name).metadata["source_url"] for name in NAMES
    ]


MOOD = "number.exist_ada_mood"
# What the server calls the tag whose label is a picture of a swimmer.
SWIMMING = "attribute"
TAGS = "todo.exist_ada_daily_tags"


@pytest.fixture
async def diary(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load ada, who enters mood, tags and coffees here; today has nothing yet."""
    names = "mood", "gym", "homeoffice", "family_dinner", "coffees", SWIMMING
    exist_server.own("ada", *names, manual=True)
    for name in names:
        exist_server.users["ada"].attributes[name].values.pop(TODAY, None)
    return await add_account()


def tagged(server: ExistServer, day: date = TODAY) -> set[str]:
    """Return the labels of the tags that a day has at Exist."""
    return {
        each.label
        for each in server.users["ada"].attributes.values()
        if each.group is GROUPS["custom"] and each.values.get(day)
    }


async def evening(
    automate: Automate,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    phone: Phone,
    **more: Any,
) -> None:
    """Come to the hour at which the phone asks."""
    await automate(
        "evening_mood_and_tags",
        phone=phone.device_id,
        mood=MOOD,
        **{"tags": TAGS} | more,
    )
    await clock(hass, freezer, 20, 59)
    assert phone.sent == []
    await clock(hass, freezer, 21, 0)
    await until(lambda: phone.sent)


async def test_mood_and_tags_in_one_reply(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    diary: MockConfigEntry,
    phone: Phone,
) -> None:
    await evening(automate, hass, freezer, phone)
    assert phone.last()["title"] == "How was your day?"
    assert "Gym" in phone.last()["message"]
    phone.tap("Reply", "8, GYM and family dinner 🏊")
    await settle(hass)
    assert exist_server.value("ada", "mood", TODAY) == 8
    assert tagged(exist_server) == {"Gym", "Family dinner", "🏊"}
    assert len(phone.sent) == 1


@pytest.mark.parametrize(("words", "mood"), [("Good", 7), ("Bad", 3)])
async def test_a_tap_enters_the_mood_and_then_asks_for_tags(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    diary: MockConfigEntry,
    phone: Phone,
    words: str,
    mood: int,
) -> None:
    await evening(automate, hass, freezer, phone)
    phone.tap(words)
    await until(lambda: len(phone.sent) == 2)
    assert exist_server.value("ada", "mood", TODAY) == mood
    assert tagged(exist_server) == set()
    phone.tap("Reply", "gymnastics, homeoffice")
    await settle(hass)
    assert tagged(exist_server) == {"Homeoffice"}
    assert exist_server.value("ada", "mood", TODAY) == mood


async def test_an_answer_after_midnight_is_of_the_day_of_the_question(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    diary: MockConfigEntry,
    phone: Phone,
) -> None:
    await evening(automate, hass, freezer, phone, hours=5)
    await clock(hass, freezer, 0, 30, day=TODAY + timedelta(days=1))
    phone.tap("Reply", "gym 6")
    await settle(hass)
    assert exist_server.value("ada", "mood", TODAY) == 6
    assert not exist_server.has_value("ada", "mood", TODAY + timedelta(days=1))
    assert tagged(exist_server) == {"Gym"}


async def test_without_tags_or_a_number_nothing_else_is_written(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    diary: MockConfigEntry,
    phone: Phone,
) -> None:
    await evening(automate, hass, freezer, phone, tags=[])
    assert phone.last()["message"] == "Or reply with a number from 1 to 9."
    phone.tap("Reply", "10 of 10, or 7.5, gym")
    await settle(hass)
    assert not exist_server.has_value("ada", "mood", TODAY)
    assert tagged(exist_server) == set()


async def test_a_button_adds_one(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    diary: MockConfigEntry,
) -> None:
    await automate(
        "button_adds_one",
        pressed=[{"trigger": "event", "event_type": "pressed"}],
        count="button.exist_ada_coffees_1",
    )
    for _ in range(3):
        hass.bus.async_fire("pressed")
    await settle(hass)
    assert exist_server.value("ada", "coffees", TODAY) == 3


async def test_yesterday_comes_once_it_has_arrived(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    phone: Phone,
) -> None:
    await automate(
        "yesterday_in_numbers",
        phone=phone.device_id,
        numbers=[
            f"sensor.exist_ada_{name}"
            for name in ("steps", "active_minutes", "time_asleep", "bedtime")
        ],
    )
    tomorrow = TODAY + timedelta(days=1)
    exist_server.set_value("ada", "steps", TODAY, 8765)
    exist_server.set_value("ada", "steps_active_min", TODAY, 95)
    exist_server.set_value("ada", "sleep", tomorrow, 45)
    exist_server.clear_value("ada", "sleep_start", TODAY)
    await clock(hass, freezer, 7, 0, day=tomorrow)
    await account.runtime_data.coordinator.async_refresh()
    await turns()
    assert phone.sent == [], "the bedtime is still that of the night before"
    exist_server.set_value("ada", "sleep_start", tomorrow, 630)
    await account.runtime_data.coordinator.async_refresh()
    await turns()
    await until(lambda: phone.sent)
    assert phone.last()["title"] == "Yesterday"
    assert phone.last()["message"].splitlines() == [
        "Steps: 8765 steps",
        "Active minutes: 1 h 35 min",
        "Time asleep: 45 min",
        "Bedtime: 22:30",
    ]
    assert len(phone.sent) == 1


async def test_what_never_arrives_is_left_out(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    phone: Phone,
) -> None:
    numbers = ["sensor.exist_ada_steps", "sensor.exist_ada_weight"]
    await automate("yesterday_in_numbers", phone=phone.device_id, numbers=numbers)
    for back in range(1, 4):
        exist_server.clear_value("ada", "weight", TODAY + timedelta(days=2 - back))
    exist_server.set_value("ada", "steps", TODAY, 8765)
    tomorrow = TODAY + timedelta(days=1)
    await clock(hass, freezer, 7, 0, day=tomorrow)
    await account.runtime_data.coordinator.async_refresh()
    await turns()
    assert phone.sent == []
    await clock(hass, freezer, 10, 58, day=tomorrow)
    await account.runtime_data.coordinator.async_refresh()
    await turns()
    assert phone.sent == []
    await clock(hass, freezer, 11, 1, day=tomorrow)
    await until(lambda: phone.sent)
    assert phone.last()["message"] == "Steps: 8765 steps"


async def test_a_new_insight_is_sent_once(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    answers: Answer,
    add_account: AddAccount,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.findings.finder.BEGIN_SECONDS", -1)
    answers("insights", insight(1))
    entry = await add_account()
    await settle(hass)
    await automate(
        "new_insight",
        phone=phone.device_id,
        insight=EVENT.format("ada"),
        kinds=["day", "week"],
    )
    assert phone.sent == []
    answers("insights", insight(2), insight(1))
    await hours(hass, freezer)
    assert [each["message"] for each in phone.sent] == ["Insight 2"]
    await reload(hass, entry)
    assert len(phone.sent) == 1, "a start is nothing new"
    answers("insights", insight(3, priority=4), insight(2))
    await hours(hass, freezer)
    assert len(phone.sent) == 1, "months were not asked for"


async def test_a_link_that_confirms_nothing_is_told_of(
    automate: Automate,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    phone: Phone,
) -> None:
    await add_link(hass, linked_home, tv_link("movies_min", observe=True))
    await evaluate(hass, linked_home)
    await automate("silent_link", phone=phone.device_id)
    state = hass.states.get("sensor.media_player_living_room_gaming_min_state")
    assert state is not None
    last = date.fromisoformat(state.attributes["confirmed_day"])
    exist_server.own("ada", "gaming_min", service="exist")
    await poll(hass, linked_home)
    for days, told in ((1, 0), (2, 0), (3, 1)):
        await clock(hass, freezer, 9, 0, day=last + timedelta(days=days))
        assert len(phone.sent) == told, days
    assert phone.last()["message"] == "media_player.living_room → gaming_min"
    assert "nothing" in phone.last()["title"]
