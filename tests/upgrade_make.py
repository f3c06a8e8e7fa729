"""Makes the folder: a week of two accounts with today's code, by its own ways.

Run by itself: python -m pytest tests/upgrade_make.py; it writes `upgrade/aaf8521`.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
import json
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from .exist_server import CLIENT_ID, CLIENT_SECRET, ExistServer, Fault
from .link_form import edit, finish, start, submit, walk
from .link_home import at
from .sign_in import Browser
from .upgrade_home import BEGIN, home_assistant, live
from .writing import settle, write

TARGET = Path(__file__).parent / "upgrade" / "aaf8521"
KEPT = ("application_credentials", "core.config_entries", "core.*_registry", "exist.*")
PERSON = Context(user_id="person")
AUTOMATION = Context()
TODAY = date(2026, 5, 20)
TV = "media_player.living_room"
OWNED = (
    "coffees",
    "stromkosten",
    "mood_note",
    "meditation_min",
    "licht_aus",
    "akku_übrig",
    "vitamin_d",
    "mood",
    "gym",
    "energy_level",
    "stress_level",
    "kopfschmerz",
    "pages_read",
    "water",
    "alcoholic_drinks",
    "filterkaffee",
)
WHOLE = {"part": "whole_day"}
NIGHT = {"part": "from_to", "part_start": "22:00:00", "part_end": "07:00:00"}
EVENING = {"part": "from_to", "part_start": "18:00:00", "part_end": "12:00:00"}
LATE = {"part": "day_from", "part_start": "04:00:00"}
ON = {"states": ["on"]}


def new(label: str, group: str) -> tuple[dict[str, str], dict[str, str]]:
    return {"target": "new"}, {"label": label, "group": group}


def target(key: str) -> tuple[dict[str, str]]:
    return ({"target": key},)


EARLY_LINKS: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = [
    (TV, "time_in", (ON, WHOLE, *target("template:gaming_min")), {}),
    ("sensor.scale", "last", (WHOLE, *target("name:weight")), {"take_over": True}),
    (
        "sensor.bedroom",
        "first",
        (WHOLE, *new("Bedroom at midnight", "health")),
        {"decimals": 1},
    ),
    ("switch.espresso", "times", (ON, WHOLE, *new("Espressos", "food")), {}),
]
LATER_LINKS: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = [
    ("sensor.bedroom", "minimum", (WHOLE, *new("Bedroom coldest", "health")), {}),
    (
        "sensor.terrace",
        "maximum",
        (WHOLE, *target("name:weather_temp_max")),
        {"take_over": True},
    ),
    ("sensor.bedroom", "mean", (NIGHT, *new("Bedroom at night", "sleep")), {}),
    (
        "sensor.heating",
        "sum",
        (WHOLE, *target("name:active_energy")),
        {"take_over": True, "past_days": 5, "replace": True},
    ),
    ("sensor.trip", "difference", (WHOLE, *target("template:steps_elevation")), {}),
    (TV, "times", (ON, WHOLE, *new("Screen times", "media")), {}),
    (TV, "ever", (ON, WHOLE, *new("Screen", "custom")), {}),
    (TV, "first_time", (ON, LATE, *new("Screen first", "media")), {}),
    (
        "binary_sensor.bed",
        "last_time",
        (ON, EVENING, *target("name:sleep_start")),
        {"take_over": True},
    ),
    (
        "weather.home",
        "last",
        (WHOLE, *target("name:weather_summary")),
        {"take_over": True},
    ),
    (TV, "time_in", (ON, WHOLE, *target("name:movies_min")), {"observe": True}),
]


@pytest.fixture(autouse=True)
def _invented(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count(1)
    monkeypatch.setattr(
        "tests.exist_server.tokens.secrets.token_hex",
        lambda *_: f"invented-{next(numbers)}",
    )
    for name in ("write_actions.WAIT", "writing.WAIT_SECONDS"):
        monkeypatch.setattr(f"custom_components.exist.{name}", 0)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let timers run to the end: a machine that stops unloads nothing."""
    return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def poll(hass: HomeAssistant) -> None:
    for entry in hass.config_entries.async_entries("exist"):
        await entry.runtime_data.coordinator.async_refresh()
        await settle(hass)
        await entry.runtime_data.links.async_evaluate()
        await settle(hass)


async def test_make(
    freezer: FrozenDateTimeFactory,
    folder: Path,
    async_test_recorder: Any,
    aiohttp_client: Any,
    current_request_with_host: None,
) -> None:
    # Its people have a past up to the end of what happens here.
    freezer.move_to(at(2026, 5, 20, 12))
    server = ExistServer(port=8124, days=40)
    seed = ExistServer(days=40)
    freezer.move_to(at(2026, 5, 14, 9))
    ada = server.users["ada"]
    for name in (
        "gaming_min",
        "weight",
        "weather_temp_max",
        "active_energy",
        "sleep_start",
        "weather_summary",
    ):
        values = ada.attributes[name].values
        for day in [day for day in values if day >= date(2026, 5, 14)]:
            del values[day]
    server.users["ada"].timezone = "Europe/Lisbon"
    await server.start()
    async with home_assistant(
        folder, async_test_recorder, server.url, at(2026, 5, 14, 9)
    ) as hass:
        await _live_through(hass, freezer, server, aiohttp_client)
    await server.stop()
    shutil.rmtree(TARGET, ignore_errors=True)
    storage = TARGET / ".storage"
    storage.mkdir(parents=True)
    for pattern in KEPT:
        for path in (folder / ".storage").glob(pattern):
            if path.name in {
                "core.area_registry",
                "core.category_registry",
                "core.floor_registry",
                "core.issue_registry",
                "core.label_registry",
            }:
                continue
            shutil.copy(path, storage / path.name)
    (TARGET / "exist.json").write_text(
        json.dumps(_difference(server, seed), ensure_ascii=False, indent=1) + "\n"
    )


def _difference(server: ExistServer, seed: ExistServer) -> dict[str, Any]:
    """Return what Exist has that it is not seeded with."""
    found: dict[str, Any] = {}
    for user in ("ada", "bo"):
        known = seed.users[user].attributes
        found[user] = {
            name: {
                "label": each.label,
                "group": each.group.name if each.group else None,
                "value_type": int(each.value_type),
                "template": each.template,
                "service": each.service,
                "manual": each.manual,
                "priority": each.priority,
                "values": {
                    day.isoformat(): value for day, value in sorted(each.values.items())
                },
            }
            for name, each in server.users[user].attributes.items()
            if each != known.get(name)
        }
        for name in known.keys() - server.users[user].attributes.keys():
            found[user][name] = None
    return found


async def _live_through(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    server: ExistServer,
    aiohttp_client: Any,
) -> None:
    now = BEGIN

    async def until(moment: datetime) -> None:
        nonlocal now
        freezer.move_to(moment)
        await live(hass, now, moment)
        now = moment
        await poll(hass)

    registry = er.async_get(hass)
    hass.states.async_remove(TV)
    registry.async_get_or_create(
        "media_player", "demo", "tv", suggested_object_id="living_room"
    )
    now = at(2026, 5, 14, 9)
    await live(hass, now, now)
    assert await async_setup_component(hass, "http", {})
    await async_import_client_credential(
        hass, "exist", ClientCredential(CLIENT_ID, CLIENT_SECRET), "exist"
    )

    async def client() -> Any:
        return await aiohttp_client(hass.http.app)

    browser = Browser(hass, client)
    groups = {
        "ada": ["mood", "sleep", "activity", "weather"],
        "bo": ["activity", "mood"],
    }
    for user in ("ada", "bo"):
        result = await browser.consent(await browser.start(), user)
        result = await browser.submit(result, {"groups": groups[user]})
        assert result["type"] == "create_entry", result
        await settle(hass)
    ada, bo = hass.config_entries.async_entries("exist")
    accounts = {"ada": ada.entry_id, "bo": bo.entry_id}

    async def option(entry: ConfigEntry, step: str, given: dict[str, Any]) -> None:
        menu = await hass.config_entries.options.async_init(entry.entry_id)
        result = await hass.config_entries.options.async_configure(
            menu["flow_id"], {"next_step_id": step}
        )
        result = await hass.config_entries.options.async_configure(
            result["flow_id"], given
        )
        assert result["type"] == "create_entry", result
        await settle(hass)

    await option(ada, "policies", {"switched": ["steps"]})
    await option(ada, "removal", {"release_on_remove": True})
    await option(bo, "policies", {"switched": ["floors"]})
    answer = await write(
        hass,
        "acquire_attributes",
        account=accounts["ada"],
        names=[*OWNED],
        manual=True,
        take_over=True,
    )
    assert not answer["failed"], answer
    answer = await write(
        hass,
        "acquire_attributes",
        account=accounts["bo"],
        names=["steps", "mood", "coffees", "gym"],
        take_over=True,
    )
    assert not answer["failed"], answer
    await settle(hass)

    async def link(
        entry: ConfigEntry,
        entity: str,
        aggregate: str,
        pages: tuple[Any, ...],
        last: dict[str, Any],
    ) -> None:
        result = await walk(
            hass,
            await start(hass, entry),
            {"entity": entity},
            {"aggregate": aggregate},
            *pages,
        )
        assert result["step_id"] == "finish", result["step_id"]
        await finish(hass, entry, result, **last)

    for each in EARLY_LINKS:
        await link(ada, *each)
    await until(at(2026, 5, 14, 13))
    await until(at(2026, 5, 15, 20))
    # Home from a journey.
    server.users["ada"].timezone = "Europe/Vienna"
    await until(at(2026, 5, 16, 12))
    await until(at(2026, 5, 17, 0, 10))
    await hass.services.async_call("recorder", "disable", blocking=True)
    await poll(hass)
    freezer.move_to(at(2026, 5, 17, 23, 50))
    await hass.services.async_call("recorder", "enable", blocking=True)
    await until(at(2026, 5, 18, 10))
    for each in LATER_LINKS:
        await link(ada, *each)
    await link(bo, TV, "time_in", (ON, WHOLE, *new("Telly", "media")), {})
    await until(at(2026, 5, 18, 20))
    # A person at Exist; then sure that the link is right, after all, and then not.
    for name in ("gaming_min", "weight", "bedroom_coldest"):
        server.set_value("ada", name, date(2026, 5, 18), 95)
    server.set_value("ada", "gaming_min", date(2026, 5, 16), 33)
    await until(at(2026, 5, 18, 21))
    day = "2026-05-16"
    sync: dict[str, Any] = {
        "link": "gaming_min",
        "account": accounts["ada"],
        "overwrite": True,
    }
    assert (await write(hass, "sync_link", **sync, start=day, end=day))["days"] == [
        {"date": day, "result": "sent"}
    ]
    await settle(hass)
    server.set_value("ada", "gaming_min", date(2026, 5, 16), 34)
    await until(at(2026, 5, 18, 22))
    await write(hass, "sync_link", **sync, start=day, end=day)
    await settle(hass)

    async def put(
        name: str, value: Any, back: int, who: Context, user: str = "ada"
    ) -> Any:
        day = TODAY - timedelta(days=back)
        answer = await write(
            hass,
            context=who,
            account=accounts[user],
            name=name,
            value=value,
            date=day.isoformat(),
        )
        await settle(hass)
        return answer

    await put("bedroom_at_midnight", 1.5, 2, PERSON)
    await put("water", 750, 2, PERSON)
    # Somebody takes what a link feeds, which has days to send since then.
    server.steal("ada", "screen", "fitbit")
    await until(at(2026, 5, 19, 12))
    floors = next(
        entity_id
        for entity_id, each in registry.entities.items()
        if each.platform == "exist" and each.unique_id == "ada_floors"
    )
    registry.async_update_entity(floors, disabled_by=er.RegistryEntryDisabler.USER)
    # A link is deleted; a question stays.
    old = next(
        each for each in ada.subentries.values() if each.unique_id == "espressos"
    )
    hass.config_entries.async_remove_subentry(ada, old.subentry_id)
    await settle(hass)
    await until(at(2026, 5, 20, 11, 35))

    # What is held.
    server.steal("ada", "energy_level", "fitbit")
    server.clear_value("ada", "energy_level")
    await put("energy_level", 7, 0, PERSON)
    server.remove_attribute("ada", "alcoholic_drinks")
    await put("alcoholic_drinks", 12, 0, AUTOMATION)
    fault = server.faults.add(Fault("status", "*/update/", status=503, times=None))
    server.clear_value("ada", "mood")
    await poll(hass)
    await put("mood", 5, 0, PERSON)
    server.set_value("ada", "mood", None, 8)
    server.faults.remove(fault)
    await hass.config_entries.async_reload(ada.entry_id)
    await settle(hass)
    await poll(hass)
    for bearer, token in list(server.tokens.bearers.items()):
        if token.username == "ada":
            withheld = ("symptoms_write", "manual_write")
            scopes = tuple(each for each in token.scopes if each not in withheld)
            server.tokens.bearers[bearer] = replace(token, scopes=scopes)
    await put("kopfschmerz", 3, 0, PERSON)
    for token in server.tokens.refreshers.values():
        server.tokens.bearers[token.access_token] = token
    assert hass.config_entries.flow.async_progress_by_handler("exist")

    # An answer that was lost, and the next value.
    await poll(hass)
    server.faults.add(Fault("drop", "*/update/", times=1))
    await put("pages_read", 3, 0, PERSON)
    await put("pages_read", 44, 0, PERSON)
    assert server.value("ada", "pages_read") == 44
    await put("water", 1250, 1, AUTOMATION)
    await write(
        hass,
        "increment_values",
        account=accounts["ada"],
        name="filterkaffee",
        value=2,
    )
    await settle(hass)
    server.clock.offset = -timedelta(days=1)
    await put("stress_level", 9, 0, PERSON)
    server.clock.offset = timedelta()

    # What waits.
    server.faults.add(Fault("status", "*/update/", status=503, times=None))
    await put("coffees", 3, 0, PERSON)
    await put("stromkosten", 1.25, 1, PERSON)
    await put("mood_note", "Früh auf, spät 🌙", 0, PERSON)
    await put("meditation_min", 25, 2, PERSON)
    await put("coffees", 4, 80, PERSON)
    await put("licht_aus", "23:08", 0, AUTOMATION)
    await put("akku_übrig", "62.5", 0, AUTOMATION)
    await put("sleep_start", "23:45", 3, AUTOMATION)
    await put("vitamin_d", False, 1, AUTOMATION)
    await put("gym", True, 0, AUTOMATION)
    await put("mood", 9, 3, AUTOMATION)
    await put("steps", 4321, 0, AUTOMATION, "bo")
    await put("coffees", 2, 0, PERSON, "bo")
    freezer.move_to(at(2026, 5, 20, 12))
    await live(hass, now, at(2026, 5, 20, 12))
    for entry in (ada, bo):
        await entry.runtime_data.links.async_evaluate()
    await settle(hass)
    # A wish for past days that was not fulfilled any more.
    server.faults.add(Fault("status", "*/with-values/", status=503, times=None))
    (telly,) = bo.subentries
    pages: tuple[dict[str, Any], ...] = ({}, {}, {}, {}, {})
    result = await walk(hass, await edit(hass, bo, telly), *pages)
    assert result["step_id"] == "finish", result
    result = await submit(hass, result, {"past_days": 3})
    assert result["reason"] == "reconfigure_successful", result
    await settle(hass)
