"""A folder of an earlier state of the code is started: nothing lost, doubled or orphaned."""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import date, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.exist.flows.repair_flow import async_create_fix_flow
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)

from ..exist_server import SCOPES
from ..writing import settle, write
from .upgrade_home import NOW, Key, World

DOMAIN = "exist"
MADE = Path(__file__).parent / "upgrade" / "aaf8521"
TODAY = date(2026, 5, 20)
US = "home_assistant"

WAITED: dict[Key, float | str] = {
    # Of a person.
    ("ada", "coffees", TODAY): 3,
    ("ada", "stromkosten", date(2026, 5, 19)): 1.25,
    ("ada", "mood_note", TODAY): "Früh auf, spät 🌙",
    ("ada", "meditation_min", date(2026, 5, 18)): 25,
    ("ada", "coffees", date(2026, 3, 1)): 4,
    ("ada", "stress_level", TODAY): 9,
    ("bo", "coffees", TODAY): 2,
    # Of automations.
    ("ada", "licht_aus", TODAY): 23 * 60 + 8,
    ("ada", "akku_übrig", TODAY): 0.625,
    ("ada", "sleep_start", date(2026, 5, 17)): 11 * 60 + 45,
    ("ada", "vitamin_d", date(2026, 5, 19)): 0,
    ("ada", "gym", TODAY): 1,
    ("ada", "mood", date(2026, 5, 17)): 9,
    ("bo", "steps", TODAY): 4321,
    # Of links.
    ("ada", "gaming_min", TODAY): 70,
    ("ada", "weight", TODAY): 71.5,
    ("ada", "bedroom_coldest", TODAY): 17.25,
    ("ada", "weather_temp_max", TODAY): 25.5,
    # Its sensor is gone since.
    ("ada", "steps_elevation", TODAY): 1.25,
    ("ada", "screen_times", TODAY): 2,
    ("ada", "weather_summary", TODAY): "sunny 20",
    ("bo", "telly", TODAY): 145,
    # The meter counted on while Home Assistant was away.
    ("ada", "active_energy", TODAY): 5850,
    # A wish for three past days, of which one was empty.
    ("bo", "telly", date(2026, 5, 17)): 135,
}
# The kind of this meter is settled now, so that its days are told once more; what was
# used in a pause of the recorder counts when it is seen.
TOLD_ANEW = {("ada", "active_energy", date(2026, 5, 18)): 21600}
ANEW_TODAY = ("ada", "active_energy", TODAY)
# The repair, what is chosen, and what Exist has then.
HELD = {
    "energy_level": ("attribute_taken", "take_back", 7),
    "alcoholic_drinks": ("attribute_gone", "create_again", 12),
    "mood": ("value_changed", "send_mine", 5),
}
EDITED = {
    ("gaming_min", date(2026, 5, 18)): 95,
    ("weight", date(2026, 5, 18)): 95,
    ("bedroom_coldest", date(2026, 5, 18)): 95,
    ("bedroom_at_midnight", date(2026, 5, 18)): 1.5,
    ("sleep_start", date(2026, 5, 17)): 11 * 60 + 45,
}


@pytest.fixture
async def world(
    freezer: FrozenDateTimeFactory, tmp_path: Path, async_test_recorder: Any
) -> AsyncGenerator[World]:
    """Wake up half an hour later, with the code of now."""
    freezer.move_to(NOW)
    world = World(MADE, tmp_path, freezer, async_test_recorder)
    await world.copy()
    yield world
    await world.server.stop()


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let timers run to the end: a machine that stops unloads nothing."""
    return True


def _accounts(hass: HomeAssistant) -> dict[str, ConfigEntry]:
    entries = hass.config_entries.async_entries(DOMAIN)
    assert {entry.state for entry in entries} == {ConfigEntryState.LOADED}
    return {entry.title: entry for entry in entries}


async def _act(hass: HomeAssistant, action: str, user: str = "ada", **data: Any) -> Any:
    answer = await write(hass, action, account=_accounts(hass)[user].entry_id, **data)
    await settle(hass)
    return answer


def _issues(hass: HomeAssistant) -> dict[str, list[ir.IssueEntry]]:
    """Return the repairs by what they say."""
    found: dict[str, list[ir.IssueEntry]] = {}
    for issue in ir.async_get(hass).issues.values():
        if issue.domain == DOMAIN and issue.active:
            found.setdefault(issue.translation_key or "", []).append(issue)
    return found


async def _decide(hass: HomeAssistant, key: str, name: str, choice: str) -> None:
    """Choose from the menu of the only repair of its kind about an attribute."""
    [issue] = [
        issue
        for issue in _issues(hass)[key]
        if issue.data and issue.data["name"] == name
    ]
    flow: Any = await async_create_fix_flow(
        hass, issue.issue_id, dict(issue.data) if issue.data else None
    )
    flow.hass = hass
    flow.handler, flow.flow_id, flow.context = DOMAIN, "flow", {"source": "user"}
    assert choice in (await flow.async_step_init())["menu_options"]
    result = await getattr(flow, f"async_step_{choice}")()
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await settle(hass)


async def _heirs(hass: HomeAssistant, user: str, name: str) -> str:
    """Return who is said to own an attribute next, were it released."""
    flows = hass.config_entries.options
    result: Any = await flows.async_init(_accounts(hass)[user].entry_id)
    for given in (
        {"next_step_id": "release"},
        {"attributes": [name]},
    ):
        result = await flows.async_configure(result["flow_id"], given)
    said: str = result["description_placeholders"]["sections"]
    # The links that feed it are listed below.
    return next(line for line in said.splitlines() if " → " in line)


def _all_is_there(world: World, hass: HomeAssistant) -> None:
    """Look at what needs no Exist."""
    for known in world.made["data"]["entries"]:
        entry = _accounts(hass)[known["title"]]
        assert entry.options.items() >= known["options"].items()
        assert len(entry.subentries) == len(known["subentries"])
        for link in known["subentries"]:
            subentry = entry.subentries[link["subentry_id"]]
            assert subentry.title == link["title"]
            assert subentry.data.items() >= link["data"].items()
    shown: dict[str, set[str]] = {}
    for state in hass.states.async_all("sensor"):
        if "template" in state.attributes:
            shown.setdefault(state.name.split()[-1], set()).add(state.state)
    # From the last poll, from what was confirmed since, and from what waits.
    awake = world.server.value("ada", "sleep_awakenings", TODAY)
    assert shown["Awakenings"] == {str(awake)}
    assert shown["Filterkaffee"] == {"2"}
    assert shown["Coffees"] == {"3", "2"}
    asked = {"link_copies", "link_deleted", *(key for key, *_ in HELD.values())}
    assert _issues(hass).keys() >= asked


def _what_waited_arrived_once_and_nothing_else_was_written(world: World) -> None:
    assert world.values(WAITED) == WAITED
    again = world.written - Counter(WAITED.keys())
    assert world.written.keys() == WAITED.keys() | TOLD_ANEW.keys()
    assert world.values(TOLD_ANEW) == TOLD_ANEW
    # The day under way is told anew with the others, though it has just been sent.
    assert again.total() - again[ANEW_TODAY] == len(TOLD_ANEW)
    assert again[ANEW_TODAY] <= 1


def _only_what_there_is_is_registered(hass: HomeAssistant) -> None:
    entities, devices = er.async_get(hass), dr.async_get(hass)
    for entry in _accounts(hass).values():
        registered = er.async_entries_for_config_entry(entities, entry.entry_id)
        for each in registered:
            assert (hass.states.get(each.entity_id) is None) is each.disabled, each
        assert {each.device_id for each in registered} == {
            device.id
            for device in dr.async_entries_for_config_entry(devices, entry.entry_id)
        }
    for each in entities.entities.values():
        assert each.platform != DOMAIN or each.config_entry_id is not None, each


async def _links_know_journeys_and_pauses(hass: HomeAssistant) -> None:
    told = await _act(hass, "preview_link", link="active_energy", start="2026-05-15")
    days = {day["date"]: day for day in told["days"]}
    assert days["2026-05-15"]["value"] == 10800
    # Home from Lisbon, where the day had begun an hour later.
    assert days["2026-05-16"]["value"] == 10350
    # It was read at its begin; what was used in the pause counts when it is seen.
    assert days["2026-05-17"]["value"] == 0


async def _days_that_are_somebodys_stay_theirs(
    world: World, hass: HomeAssistant
) -> None:
    for (name, day), value in EDITED.items():
        asked = {"link": name, "start": day.isoformat(), "end": day.isoformat()}
        [told] = (await _act(hass, "preview_link", **asked))["days"]
        assert told["edited"], name
        [told] = (await _act(hass, "sync_link", **asked))["days"]
        assert told["result"] not in ("sent", "confirmed"), name
        assert world.server.value("ada", name, day) == value


async def _what_was_put_aside_comes_back(world: World, hass: HomeAssistant) -> None:
    for name, day, values in (
        ("gaming_min", date(2026, 5, 16), (34, 33)),
        ("active_energy", date(2026, 5, 13), (1365.6,)),
    ):
        for value in values:
            assert (await _act(hass, "restore_values", names=[name]))["success"]
            assert world.server.value("ada", name, day) == value
        with pytest.raises(ServiceValidationError):
            await _act(hass, "restore_values", names=[name])


async def _who_had_an_attribute_before_is_known(hass: HomeAssistant) -> None:
    for user, name, owner in (
        ("ada", "active_energy", "Google Fit"),
        ("bo", "steps", "Fitbit"),
    ):
        assert (await _heirs(hass, user, name)).endswith(f" → {owner}")


async def _what_was_held_waits_for_a_persons_word(
    world: World, hass: HomeAssistant
) -> None:
    for name, (key, choice, value) in HELD.items():
        await _decide(hass, key, name, choice)
        assert world.server.owner("ada", name) == US
        assert world.server.value("ada", name, TODAY) == value
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    assert world.server.value("ada", "kopfschmerz", TODAY) is None
    assert _issues(hass)["attribute_taken"]
    await _decide(hass, "attribute_taken", "screen", "take_back")
    # What a link would have sent meanwhile, and what it is today.
    await world.wait(hass, timedelta(minutes=61))
    for day in (date(2026, 5, 18), date(2026, 5, 19), TODAY):
        assert world.server.value("ada", "screen", day) == 1
    assert not _issues(hass).keys() & {key for key, *_ in HELD.values()}
    tokens = world.server.tokens
    for token in tokens.of("ada"):
        tokens.add(replace(token, scopes=SCOPES))
    await hass.config_entries.async_reload(_accounts(hass)["ada"].entry_id)
    await settle(hass)
    assert world.server.value("ada", "kopfschmerz", TODAY) == 3


async def _a_deleted_link_is_still_asked_about(
    world: World, hass: HomeAssistant
) -> None:
    assert world.server.owner("ada", "espressos") == US
    await _decide(hass, "link_deleted", "espressos", "release")
    assert world.server.owner("ada", "espressos") is None
    assert "link_deleted" not in _issues(hass)


@pytest.mark.parametrize("away", [False, True], ids=["there", "away"])
async def test_nothing_is_lost_doubled_or_orphaned(world: World, away: bool) -> None:
    if away:
        await world.server.stop()
    async with world.start() as hass:
        _all_is_there(world, hass)
        if away:
            assert not world.written
            await world.server.start()
        for _ in range(2):
            await world.wait(hass, timedelta(minutes=31))
        _all_is_there(world, hass)
        _what_waited_arrived_once_and_nothing_else_was_written(world)
        _only_what_there_is_is_registered(hass)
        await _links_know_journeys_and_pauses(hass)
        await _days_that_are_somebodys_stay_theirs(world, hass)
        await _what_was_put_aside_comes_back(world, hass)
        await _who_had_an_attribute_before_is_known(hass)
        await _what_was_held_waits_for_a_persons_word(world, hass)
        await _a_deleted_link_is_still_asked_about(world, hass)


async def test_started_twice_is_started_once(world: World) -> None:
    seen = []
    for _ in range(2):
        async with world.start() as hass:
            await world.wait(hass, timedelta(minutes=31))
            _all_is_there(world, hass)
            _what_waited_arrived_once_and_nothing_else_was_written(world)
            _only_what_there_is_is_registered(hass)
            entities = er.async_get(hass).entities.values()
            seen.append(
                (
                    {key: len(found) for key, found in _issues(hass).items()},
                    {each.entity_id for each in entities if each.platform == DOMAIN},
                    {device.id for device in dr.async_get(hass).devices},
                    [
                        await _act(hass, "preview_link", link=name)
                        for name in ("gaming_min", "active_energy")
                    ],
                )
            )
    assert seen[0] == seen[1]


async def test_what_was_confirmed_lately_is_still_looked_after(world: World) -> None:
    # A value whose answer was lost arrives late, after the newer one.
    world.server.set_value("ada", "pages_read", TODAY, 3)
    world.server.steal("ada", "water", "fitbit")
    async with world.start() as hass:
        await world.wait(hass, timedelta(minutes=31))
        assert world.server.value("ada", "pages_read", TODAY) == 44
        taken = [issue.data or {} for issue in _issues(hass)["attribute_taken"]]
        assert {data["name"] for data in taken} == {"energy_level", "screen", "water"}
        # A fortnight since the accounts were added, not since the upgrade.
        assert "zones_differ" not in _issues(hass)
        await world.wait(hass, timedelta(days=8))
        assert "zones_differ" in _issues(hass)


def _change(
    folder: Path, registry: str, by_id: Mapping[str, Mapping[str, Any]]
) -> None:
    """Change what a registry on disk says, by a record's id or entity id."""
    path = folder / ".storage" / f"core.{registry}_registry"
    stored = json.loads(path.read_text())
    kind = {"device": "devices", "entity": "entities"}[registry]
    changed = 0
    for each in stored["data"][kind]:
        new = by_id.get(each["id"]) or by_id.get(each.get("entity_id", ""))
        if new is not None:
            each.update(new)
            changed += 1
    assert changed == len(by_id)
    path.write_text(json.dumps(stored))


def _registered_before(folder: Path) -> list[dict[str, Any]]:
    path = folder / ".storage" / "core.entity_registry"
    stored = json.loads(path.read_text())["data"]["entities"]
    return [each for each in stored if each["platform"] == DOMAIN]


MOOD_DEVICE = "2005b9707615c1cf1eeff45dc9ec634a"
SLEEP_DEVICE = "d0449af6f55478abd7e85cd4189f1aa7"
LINK_DEVICE = "f969bd6fad8384b9fec579dfb0e6c79d"


async def test_entities_keep_their_ids_and_all_that_a_person_chose(
    world: World,
) -> None:
    folder = world.folder
    _change(
        folder,
        "device",
        {
            MOOD_DEVICE: {"area_id": "study", "labels": ["diary"]},
            SLEEP_DEVICE: {"disabled_by": "user"},
            LINK_DEVICE: {"area_id": "lounge", "name_by_user": "Telly time"},
        },
    )
    asleep = [
        each["entity_id"]
        for each in _registered_before(folder)
        if each["device_id"] == SLEEP_DEVICE
    ]
    assert len(asleep) > 3
    _change(
        folder,
        "entity",
        {
            **{each: {"disabled_by": "device"} for each in asleep},
            "sensor.exist_ada_activity_steps": {
                "name": "Way",
                "icon": "mdi:foot-print",
            },
            "sensor.exist_ada_mood_mood": {"area_id": "garden", "labels": ["mine"]},
            "number.exist_ada_mood_mood_today": {"entity_id": "number.my_mood"},
            "number.exist_ada_food_and_drink_coffees_today": {"hidden_by": "user"},
        },
    )
    before = _registered_before(folder)
    # Only Exist can tell what is gone, so all must be there while it is away.
    await world.server.stop()
    async with world.start() as hass:
        entities, devices = er.async_get(hass), dr.async_get(hass)
        for was in before:
            now = entities.async_get(was["entity_id"])
            if was["unique_id"].endswith(".edited_day"):
                assert now is None
                continue
            assert now is not None, was["entity_id"]
            assert now.id == was["id"]
            assert now.name == was["name"]
            assert now.icon == was["icon"]
            assert now.hidden_by == was["hidden_by"]
            assert now.disabled is (was["disabled_by"] is not None), was
            # A device that is enabled would enable what it disabled.
            assert now.disabled_by in (None, er.RegistryEntryDisabler.USER)
            account, separator, rest = now.unique_id.partition("/")
            assert separator
            assert account in ("ada", "bo")
            assert was["unique_id"].startswith(account)
            assert rest.split("/", 1)[0] in ("attribute", "account", "link")
            assert rest.rpartition("/")[2].endswith(
                was["unique_id"].removeprefix(account)[1:].rpartition(".")[2]
            )
        mood, control = (
            entities.async_get("sensor.exist_ada_mood_mood"),
            entities.async_get("number.my_mood"),
        )
        assert mood is not None
        assert control is not None
        assert (mood.area_id, mood.labels) == ("garden", {"mine", "diary"})
        assert (control.area_id, control.labels) == ("study", {"diary"})
        steps = entities.async_get("sensor.exist_ada_activity_steps")
        assert steps is not None
        assert steps.area_id is None
        for title, entry in _accounts(hass).items():
            assert entry.minor_version == 2
            here = dr.async_entries_for_config_entry(devices, entry.entry_id)
            names = [each.name for each in here if each.config_subentry_id is None]
            assert names == [f"Exist ({title})"]
            assert len(here) == 1 + len(entry.subentries)
            assert hass.states.get(f"date.exist_{title}_day_to_edit")
        link = devices.async_get(LINK_DEVICE)
        assert link is not None
        assert (link.area_id, link.name_by_user) == ("lounge", "Telly time")
        assert hass.states.get("sensor.exist_ada_activity_steps")
