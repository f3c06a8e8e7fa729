"""The zip of a release in an empty Home Assistant that runs by itself."""

import asyncio
from functools import partial
import importlib.util
import json
from pathlib import Path
from zipfile import ZipFile

from demo_home.configuration import write_configuration
from demo_home.home import Home
from demo_home.past import Past
from demo_home.sign_in import add_account, add_credentials
from release_zip.pack import pack
from release_zip.repository import Repository

from ..browser.home import living

ROOT = Path(__file__).parent.parent.parent
INTEGRATION = ROOT / "custom_components" / "exist"
NAME: str = json.loads((ROOT / "hacs.json").read_text())["filename"]


def _release(folder: Path) -> Path:
    """Make the zip as a release does."""
    target = folder / NAME
    names = Repository(ROOT).files(str(INTEGRATION))
    pack(INTEGRATION, names, target)
    return target


def _install(
    zipped: Path, config: Path, home_port: int, exist_url: str, _past: Past
) -> None:
    """Unpack the zip into a configuration folder that has nothing of ours."""
    components = config.parent / "components"
    with ZipFile(zipped) as release:
        release.extractall(components / "exist")
    write_configuration(config, components, home_port, exist_url)
    if importlib.util.find_spec("hass_frontend") is None:
        # Where only tests run there are no pages; Home Assistant needs their folder.
        (config.parent / "pages" / "hass_frontend").mkdir(parents=True)
        written = config / "configuration.yaml"
        written.write_text(
            written.read_text().replace(
                "frontend:",
                f"frontend:\n  development_repo: {config.parent / 'pages'}",
            )
        )


async def _entities(home: Home, entry_id: str) -> dict[str, str]:
    """Return the states of an account's entities, once none is missing."""
    registered = [
        each["entity_id"]
        for each in await home.command("config/entity_registry/list")
        if each["config_entry_id"] == entry_id and not each["disabled_by"]
    ]
    async with asyncio.timeout(30):
        while True:
            states = {
                each["entity_id"]: each["state"]
                for each in await home.call("GET", "/api/states")
            }
            if registered and states.keys() >= set(registered):
                return {each: states[each] for each in registered}
            await asyncio.sleep(0.1)


def test_the_zip_holds_what_runs_and_is_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    one, other = _release(tmp_path), _release(tmp_path / "again")
    assert one.read_bytes() == other.read_bytes()
    with ZipFile(one) as release:
        names = set(release.namelist())
        assert (
            release.read("manifest.json")
            == (INTEGRATION / "manifest.json").read_bytes()
        )
    assert {
        "manifest.json",
        "__init__.py",
        "config_flow.py",
        "translations/en.json",
        "services.yaml",
        "icons.json",
        "brand/icon.png",
        "api/client.py",
    } <= names
    assert {Path(name).suffix for name in names} == {
        ".json",
        ".png",
        ".py",
        ".typed",
        ".yaml",
    }
    assert not [name for name in names if "test" in name or "cache" in name]


async def test_the_zip_runs_in_an_empty_home_assistant(tmp_path: Path) -> None:
    install = partial(_install, _release(tmp_path))
    async with living(tmp_path, install) as place:
        await add_credentials(place.home)
        entry_id = await add_account(place.home)
        states = await _entities(place.home, entry_id)
        [entry] = [
            each
            for each in await place.home.command("config_entries/get")
            if each["domain"] == "exist"
        ]
        steps = await place.exist.value("steps", await place.exist.today())
        complaints = place.complaints()
        log = place.log.read_text(errors="replace")
    assert entry["state"] == "loaded"
    assert len(states) > 30
    assert states["sensor.exist_ada_steps"] == str(steps)
    assert "unavailable" not in states.values()
    # It is this one that runs, and Home Assistant warns of every custom integration.
    assert "custom integration exist" in log
    assert complaints == []
