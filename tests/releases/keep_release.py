"""Keep what the present version writes: scripts/keep_release runs it for a release.

It goes on from what an earlier version left, adds what has come since, and ends while
Exist is away, so that values of each kind wait.
"""

from datetime import timedelta
import json
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import StateInfo

from ..exist_server import ExistServer
from ..link_home import add_link, evaluate, link_data
from ..writing import settle, write
from .released_home import MANIFEST, RELEASED, newest_kept, shapes
from .upgrade_home import MADE_AT, NOW, World

TYPES = {0: "integer", 3: "duration"}
KEPT = ("core.config_entries", "core.device_registry", "core.entity_registry")
WRITTEN_WHILE_AWAY = {
    "coffees": 5,
    "mood": 8,
    "mood_note": "Ein Abend am Wasser 🌊",
    "stromkosten": 2.75,
    "licht_aus": "22:40",
    "akku_übrig": 37.5,
    "sleep_start": "23:15",
    "gym": True,
}
# What the recorder leaves out, links keep by themselves.
UNRECORDED: StateInfo = {"unrecorded_attributes": frozenset({"hvac_action"})}
OPTIONS = {
    "groups": ["mood", "sleep", "activity", "weather"],
    "policies": {"steps": "latest"},
    "history_groups": ["sleep", "activity"],
    "release_on_remove": True,
    "clear_on_remove": False,
}


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let timers run to the end: a machine that stops unloads nothing."""
    return True


def _links() -> list[dict[str, Any]]:
    """Return links with each wish that there was none of yet."""
    return [
        link_data(
            "climate.hall",
            "time_in",
            "heating_time",
            3,
            state_attribute="hvac_action",
            states=["heating"],
            absent_is_gap=True,
            group="health",
            label="Heating time",
        ),
        link_data(
            "sensor.terrace",
            "time_in",
            "warm_terrace",
            3,
            above=18.0,
            below=30.0,
            stay=60.0,
            others=[{"entity": "sensor.bedroom", "registry_id": None}],
            unit="°C",
            group="weather",
            label="Warm terrace",
        ),
        link_data(
            "fan.attic",
            "maximum",
            "fan_speed",
            0,
            steps=["low", "middle", "high"],
            group="health",
            label="Fan speed",
        ),
        link_data(
            "input_number.glasses",
            "sum",
            "glasses",
            0,
            only_new=True,
            kind="now_and_then",
            decimals=0,
            group="food",
            label="Glasses",
        ),
    ]


async def _live_on(hass: HomeAssistant, world: World) -> None:
    """Let the newest things happen."""
    entries = {
        entry.title: entry for entry in hass.config_entries.async_entries("exist")
    }
    ada: Any = entries["ada"]
    hass.config_entries.async_update_entry(ada, options=OPTIONS)
    await settle(hass)
    await write(
        hass,
        "create_attributes",
        account=ada.entry_id,
        attributes=[
            {
                "label": link["label"],
                "group": link["group"],
                "value_type": TYPES[link["value_type"]],
            }
            for link in _links()
        ],
    )
    for link in _links():
        await add_link(hass, ada, link)
    for action, cups in (
        ("idle", "1"),
        ("heating", "2"),
        ("heating", "2"),
        ("idle", "2"),
    ):
        hass.states.async_set("fan.attic", "middle" if cups == "1" else "high")
        hass.states.async_set(
            "climate.hall", "heat", {"hvac_action": action}, state_info=UNRECORDED
        )
        hass.states.async_set("input_number.glasses", cups)
        await world.wait(hass, timedelta(minutes=10))
    await evaluate(hass, ada)
    await world.wait(hass, timedelta(minutes=31))


def _differs(server: ExistServer) -> dict[str, dict[str, Any]]:
    """Return what Exist has beside what it is seeded with."""
    seeded = ExistServer(days=40)
    found: dict[str, dict[str, Any]] = {}
    for user, known in server.users.items():
        before = seeded.users[user].attributes
        mine = found.setdefault(user, {})
        mine |= dict.fromkeys(before.keys() - known.attributes.keys())
        for name, each in known.attributes.items():
            if each == before.get(name):
                continue
            mine[name] = {
                "label": each.label,
                "group": each.group.name if each.group else None,
                "value_type": int(each.value_type),
                "service": each.service,
                "manual": each.manual,
                "template": each.template,
                "priority": each.priority,
                "values": {
                    day.isoformat(): value for day, value in each.values.items()
                },
            }
    return found


async def test_keep(
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    async_test_recorder: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("history.keeper", "findings.finder"):
        monkeypatch.setattr(f"custom_components.exist.{module}.BEGIN_SECONDS", -1)
    freezer.move_to(NOW)
    world = World(newest_kept(), tmp_path, freezer, async_test_recorder)
    await world.copy()
    async with world.start() as hass:
        for _ in range(2):
            await world.wait(hass, timedelta(minutes=31))
        await _live_on(hass, world)
        await world.server.stop()
        ada = hass.config_entries.async_entries("exist")[0].entry_id
        await write(
            hass,
            "update_values",
            account=ada,
            values=[
                {"name": name, "value": value}
                for name, value in WRITTEN_WHILE_AWAY.items()
            ],
        )
        # An import of the past stops in the middle.
        await write(hass, "import_history", account=ada)
        await world.wait(hass, timedelta(minutes=31))
    target = RELEASED / MANIFEST["version"]
    shutil.rmtree(target, ignore_errors=True)
    (target / ".storage").mkdir(parents=True)
    for path in sorted((tmp_path / ".storage").iterdir()):
        if path.name in (*KEPT, "application_credentials") or (
            path.name.startswith("exist.") and ".corrupt." not in path.name
        ):
            text = path.read_text().replace(world.server.url, MADE_AT)
            (target / ".storage" / path.name).write_text(text)
    (target / "exist.json").write_text(
        json.dumps(_differs(world.server), ensure_ascii=False, indent=1) + "\n"
    )
    (target / "shapes.json").write_text(json.dumps(shapes(), indent=1) + "\n")
    (target / "left_at.txt").write_text(f"{freezer.time_to_freeze.isoformat()}\n")
