"""What released versions left on disk: found again, whole, by the present version."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.exist.ledger.files import NAMES, OutboxContents
from custom_components.exist.storage import NOT_KEPT, VERSION, Lost, dump, load
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)

from ..on_disk import KINDS
from .released_home import MANIFEST, RELEASED, newest_kept, released, shape_of, shapes
from .upgrade_home import World

LATER = timedelta(minutes=5)
FOLDERS = released()
STORED = [
    pytest.param(path, id=f"{folder.name}-{path.name.split('.', 2)[2]}-{number}")
    for folder in FOLDERS
    for number, path in enumerate(sorted((folder / ".storage").glob("exist.*")))
]


def _name(path: Path) -> str:
    """Return what a file keeps, without the account."""
    name = path.name.split(".", 2)[2]
    return "outbox.1" if name in NAMES else name


def missing(old: Any, new: Any, path: str = "") -> list[str]:
    """Return where something that was there is not, or is another."""
    match old:
        case dict():
            if not isinstance(new, dict):
                return [path]
            return [
                found
                for key, value in old.items()
                for found in missing(value, new.get(key), f"{path}.{key}")
                if key in new or value is not None
            ]
        case list():
            if not isinstance(new, list) or len(old) != len(new):
                return [path]
            return [
                found
                for number, (one, other) in enumerate(zip(old, new, strict=True))
                for found in missing(one, other, f"{path}[{number}]")
            ]
    return [] if (type(old), old) == (type(new), new) else [path]


def test_the_present_version_writes_what_the_newest_kept_one_wrote() -> None:
    """Else keep what it writes: raise the version, and run scripts/keep_release."""
    known = json.loads((FOLDERS[-1] / "shapes.json").read_text())
    present = json.loads(json.dumps(shapes()))
    assert missing(known, present) == []
    assert missing(present, known) == []


def test_the_first_release_is_kept() -> None:
    assert FOLDERS[0].name == "0.1.0"
    assert newest_kept() != RELEASED / MANIFEST["version"]


@dataclass
class _Before:
    day: date
    kept: dict[str, int | None] = field(default_factory=dict)


@dataclass
class _Renamed:
    date: date
    kept: dict[str, int | None] = field(default_factory=dict)


@dataclass
class _Retyped:
    day: date
    kept: dict[str, float | None] = field(default_factory=dict)


@dataclass
class _Less:
    day: date
    kept: dict[str, int | None] = field(default_factory=dict, metadata=NOT_KEPT)


@dataclass
class _More:
    day: date
    kept: dict[str, int | None] = field(default_factory=dict)
    why: str = ""


@pytest.mark.parametrize("after", [_Renamed, _Retyped, _Less, _More])
def test_another_shape_is_noticed(after: type) -> None:
    before, now = shape_of(_Before), shape_of(after)
    assert before == {
        "day": "date",
        "kept": {"dict": ["str", {"any of": ["NoneType", "int"]}]},
    }
    assert missing(before, now) or missing(now, before)


@pytest.mark.parametrize("path", STORED)
def test_each_file_is_read_whole(path: Path) -> None:
    stored = json.loads(path.read_text())
    lost: list[Lost] = []
    record = load(KINDS[_name(path)][0], stored["data"], lost)
    assert lost == []
    # What was migrated has another shape, and is looked at in a running home.
    if stored["version"] == VERSION:
        assert missing(stored["data"], dump(record)) == []


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let timers run to the end: a machine that stops unloads nothing."""
    return True


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
async def world(
    request: pytest.FixtureRequest,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    async_test_recorder: Any,
) -> AsyncGenerator[World]:
    """Wake up in the home that a release left, while Exist is away."""
    folder: Path = request.param
    left = datetime.fromisoformat((folder / "left_at.txt").read_text().strip() + "Z")
    freezer.move_to(left + LATER)
    world = World(folder, tmp_path, freezer, async_test_recorder, left + LATER)
    await world.copy()
    await world.server.stop()
    yield world
    await world.server.stop()


def _stored(world: World, name: str) -> Any:
    return json.loads((world.folder / ".storage" / name).read_text())


def _waiting(world: World, entry_id: str) -> OutboxContents:
    """Return what waited, by the newer of the two generations."""
    found = [_stored(world, f"exist.{entry_id}.{name}") for name in NAMES]
    newest = max(found, key=lambda each: each["generation"])
    return load(OutboxContents, newest["data"], [])


def _accounts_are_as_they_were(world: World, hass: HomeAssistant) -> None:
    for known in world.made["data"]["entries"]:
        entry = hass.config_entries.async_get_known_entry(known["entry_id"])
        assert entry.state is ConfigEntryState.LOADED
        assert (entry.title, entry.unique_id) == (known["title"], known["unique_id"])
        assert missing(known["data"], dict(entry.data)) == []
        assert missing(known["options"], dict(entry.options)) == []
        assert entry.subentries.keys() == {
            each["subentry_id"] for each in known["subentries"]
        }
        for link in known["subentries"]:
            present = entry.subentries[link["subentry_id"]]
            assert (present.title, present.unique_id) == (
                link["title"],
                link["unique_id"],
            )
            assert (
                missing(link["data"], json.loads(json.dumps(dict(present.data)))) == []
            )


def _entities_and_devices_are_as_they_were(
    before: Mapping[str, Any], hass: HomeAssistant
) -> None:
    entities, devices = er.async_get(hass), dr.async_get(hass)
    for was in before["entities"]:
        if was["platform"] == "exist":
            now = entities.async_get(was["entity_id"])
            assert now is not None, was["entity_id"]
            assert (now.id, now.unique_id) == (was["id"], was["unique_id"])
            assert now.device_id == was["device_id"]
            assert now.disabled is (was["disabled_by"] is not None)
            if not now.disabled:
                assert hass.states.get(was["entity_id"]) is not None
    for was in before["devices"]:
        device = devices.async_get(was["id"])
        assert device is not None
        assert device.name == was["name"]


async def test_everything_is_found_again(world: World) -> None:
    registries = {
        kind: _stored(world, f"core.{name}_registry")["data"][kind]
        for kind, name in (("entities", "entity"), ("devices", "device"))
    }
    ids = [each["entry_id"] for each in world.made["data"]["entries"]]
    waiting = {each: _waiting(world, each) for each in ids}
    assert sum(len(each.entries) for each in waiting.values()) > 5
    async with world.start() as hass:
        _accounts_are_as_they_were(world, hass)
        _entities_and_devices_are_as_they_were(registries, hass)
        held = set()
        for each, known in waiting.items():
            entry = hass.config_entries.async_get_known_entry(each)
            ledger = entry.runtime_data.ledger
            for key, value in known.entries.items():
                assert ledger.entries[key].value == value.value, key
                if value.hold:
                    held.add((entry.title, key))
        # Nothing that was read was damaged or of another version.
        said = {
            issue.translation_key or ""
            for issue in ir.async_get(hass).issues.values()
            if issue.domain == "exist"
        }
        assert not [key for key in said if key.startswith(("damaged", "newer"))]
        await world.server.start()
        for _ in range(2):
            await world.wait(hass, timedelta(minutes=31))
        for each, known in waiting.items():
            user = hass.config_entries.async_get_known_entry(each).title
            for key, value in known.entries.items():
                if (user, key) not in held:
                    at_exist = world.server.value(user, key.name, key.day)
                    assert at_exist == value.value, key
        _accounts_are_as_they_were(world, hass)
        _entities_and_devices_are_as_they_were(registries, hass)
