"""What is on disk outlives releases, damage and downgrades."""

from collections.abc import Iterator
from datetime import date, timedelta
import errno
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.account.last_poll_file import LastPoll
from custom_components.exist.api import Service
from custom_components.exist.const import DOMAIN
from custom_components.exist.findings.found import FindingsContents
from custom_components.exist.flows.repair_flow import async_create_fix_flow
from custom_components.exist.history.gathered import FILE as GATHERED_FILE, Gathered
from custom_components.exist.history.imported import HistoryContents
from custom_components.exist.ledger.files import DayContents, OutboxContents, OutboxFile
from custom_components.exist.links.kept_attributes import FILE, KeptContents
from custom_components.exist.links.memory import LinkContents
from custom_components.exist.storage import NEWER, AccountFiles, FileKind, dump, load
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.yaml.objects import NodeStrClass

from ..account.test_init import _pass
from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..link_home import evaluate, later
from ..on_disk import (
    ACCOUNT,
    DAYS,
    FILES,
    FINDINGS,
    HISTORY,
    KINDS,
    LINKS,
    OUTBOX,
    OWNERS,
    asides,
    files_of,
    forget,
    path_of,
    put,
    read,
    repairs,
    waiting,
)
from ..writing import OWNED, reload, settle, write
from .damage import Damage, damages, without


def _without_new_keys(found: Any, first: Any) -> Any:
    """Return what the first version knew of what is written now."""
    if isinstance(first, dict):
        return {key: _without_new_keys(found[key], first[key]) for key in first}
    if isinstance(first, list) and len(first) == len(found):
        return [_without_new_keys(*pair) for pair in zip(found, first, strict=True)]
    return found


@pytest.mark.parametrize("name", KINDS)
async def test_what_the_first_version_wrote_is_read_and_written_as_it_was(
    hass: HomeAssistant, add_account: AddAccount, name: str
) -> None:
    entry = await add_account(setup=False)
    put(path_of(hass, entry, name), KINDS[name][1])
    assert (
        _without_new_keys(await read(hass, entry, name), KINDS[name][1])
        == (KINDS[name][1])
    )
    assert not asides(hass, entry)
    assert not repairs(hass)


def _account_left(damage: Damage) -> Any:
    """Return what is left of an account: what is owned must not seem another's."""
    if not damage.lost or damage.left is None or damage.path[:1] != ("owned",):
        return damage.left
    first = damage.data["owned"][0]
    is_named = isinstance(first, dict) and isinstance(first.get("name"), str)
    return damage.left if is_named else None


@pytest.mark.parametrize("name", KINDS)
async def test_every_key_that_is_missing_or_wrong_costs_its_entry_at_most(
    hass: HomeAssistant, add_account: AddAccount, name: str
) -> None:
    entry = await add_account(setup=False)
    kind, data = KINDS[name]
    path = path_of(hass, entry, name)
    with_parts = (
        OutboxContents,
        DayContents,
        FindingsContents,
        Gathered,
        HistoryContents,
        KeptContents,
        LinkContents,
    )
    empty = dump(kind()) if kind in with_parts else {}
    if kind is LastPoll:
        empty = None
    tried = 0
    for damage in damages(kind, dump(load(kind, data, []))):
        raw = put(path, damage.data)
        left = _account_left(damage) if kind is LastPoll else damage.left
        if kind is LinkContents and left is not None and left.get("zones"):
            # The first zone that is known held from the beginning.
            left["zones"][0] = ["0001-01-01", left["zones"][0][1]]
        found = await read(hass, entry, name)
        if damage.lost:
            assert found == (empty if left is None else left), damage.what
            [aside] = asides(hass, entry)
            assert aside.read_bytes() == raw, damage.what
            assert repairs(hass) == {FileKind(name.partition(".")[0]).problem}
        else:
            if left is not None:
                assert without(found, damage.path) == left, damage.what
            assert found is not None, damage.what
            assert not asides(hass, entry), damage.what
        assert path.read_bytes() == raw
        forget(hass, entry)
        tried += 1
    print(f"{name}: {tried} damaged files")  # noqa: T201
    least = {"owners": 10, "links": 100, "history": 100, "findings": 100, FILE: 20}
    least[GATHERED_FILE] = 20
    assert tried > least.get(name, 250)


# Each as the whole file; then in the place of the data, and of the version.
INSTEAD_OF_DATA: tuple[Any, ...] = (None, True, 5, "words", [], [5], [[]])
INSTEAD_OF_VERSION: tuple[Any, ...] = (None, True, 0, -1, 1.5, "1", "x", [], {})
SHAPES: tuple[bytes, ...] = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"5",
    b'"words"',
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b"{}",
    *(
        json.dumps({"version": 1, "generation": 9, "data": data}).encode()
        for data in INSTEAD_OF_DATA
    ),
    *(
        json.dumps({"version": version, "generation": 9, "data": {}}).encode()
        for version in INSTEAD_OF_VERSION
    ),
)


@pytest.fixture
async def owner(
    exist_server: ExistServer, add_account: AddAccount, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    exist_server.own("ada", *OWNED)
    return await add_account()


async def _load(
    hass: HomeAssistant, entry: MockConfigEntry, files: dict[str, bytes]
) -> None:
    """Load the account from these files."""
    await hass.config_entries.async_unload(entry.entry_id)
    forget(hass, entry)
    for name, raw in files.items():
        path_of(hass, entry, name).write_bytes(raw)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert entry.state is ConfigEntryState.LOADED


def _json(data: Any, **envelope: Any) -> bytes:
    return json.dumps({"version": 1, "generation": 1, "data": data} | envelope).encode()


async def test_no_shape_of_the_files_keeps_an_account_from_loading(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    kept = []
    for number, shape in enumerate(SHAPES):
        await _load(hass, owner, dict.fromkeys(FILES, shape))
        assert repairs(hass) == {kind.problem for kind in FileKind}, shape[:20]
        kept = asides(hass, owner)
        assert len(kept) == len(FILES)
        assert {aside.read_bytes() for aside in kept} == {shape}
        value = number % 9 + 1
        assert (await write(hass, name="mood", value=value))["success"]
        assert exist_server.value("ada", "mood") == value
    await reload(hass, owner)
    assert asides(hass, owner) == kept, "a file is put aside once"
    print(f"{len(SHAPES)} shapes of each of {len(FILES)} files")  # noqa: T201


@pytest.mark.parametrize("name", KINDS)
async def test_a_file_may_be_cut_off_anywhere(
    hass: HomeAssistant, add_account: AddAccount, name: str
) -> None:
    entry = await add_account(setup=False)
    path = path_of(hass, entry, name)
    nothing = await read(hass, entry, name)
    whole = put(path, KINDS[name][1])
    cuts = range(0, len(whole), 23)
    for size in cuts:
        path.write_bytes(whole[:size])
        assert await read(hass, entry, name) == nothing
        [aside] = asides(hass, entry)
        assert aside.read_bytes() == whole[:size]
        forget(hass, entry)
    print(f"{name}: {len(cuts)} cuts")  # noqa: T201


def _bad(kind: Any, data: Any, *path: Any) -> list[Any]:
    """Return one entry in every way in which it can be lost."""
    found = []
    for each in damages(kind, dump(load(kind, data, []))):
        if each.lost and each.path == path:
            place = each.data
            for key in path:
                place = place[key]
            found.append(place)
    return found


async def test_an_account_loads_with_all_damages_at_once(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    day = date(2026, 4, 1)
    account = json.loads(path_of(hass, owner, FileKind.ACCOUNT).read_bytes())["data"]
    links = dict(enumerate(_bad(LinkContents, LINKS, "links", "one")))
    days = _bad(DayContents, DAYS, "days", "tv_min", "2026-03-30")
    many = {f"2025-0{n // 28 + 1}-{n % 28 + 1:02}": each for n, each in enumerate(days)}
    charted = dict(enumerate(_bad(HistoryContents, HISTORY, "charted", "steps")))
    usual = dict(enumerate(_bad(FindingsContents, FINDINGS, "usual", "steps")))
    owners = dict(enumerate(_bad(dict[str, Service], OWNERS, "mood")))
    last = waiting("mood", "2026-04-01", 5, 8) | {"hold": ""}
    files = {
        "outbox.1": {
            "entries": [*_bad(OutboxContents, OUTBOX, "entries", 0), last],
            "settled": _bad(OutboxContents, OUTBOX, "settled", 0),
        },
        FileKind.LINKS: LINKS | {"links": links},
        FileKind.DAYS: DAYS | {"days": {"tv_min": many}},
        FileKind.ACCOUNT: account | {"visible": _bad(LastPoll, ACCOUNT, "visible", 0)},
        FileKind.HISTORY: HISTORY | {"charted": charted},
        FileKind.FINDINGS: FINDINGS | {"usual": usual},
        FileKind.OWNERS: owners | OWNERS,
    }
    exist_server.set_value("ada", "mood", day, 1)
    await _load(hass, owner, {name: _json(data) for name, data in files.items()})
    assert repairs(hass) == {kind.problem for kind in FileKind}
    assert len(asides(hass, owner)) == len(files)
    # The one value that could be read has arrived.
    assert exist_server.value("ada", "mood", day) == 5
    assert not owner.runtime_data.ledger.entries
    assert owner.runtime_data.owners.get("steps") == Service("fitbit", "Fitbit")
    assert owner.runtime_data.coordinator.last_update_success


def _days(found: Any) -> list[tuple[str, str, Any]]:
    return sorted(
        (each["name"], each["day"], each["value"]) for each in found["entries"]
    )


ALL = _days(OUTBOX)


@pytest.mark.parametrize("broken", [b"", b"{", b'{"version": 1, "generation": 9, "da'])
async def test_a_broken_newest_generation_leaves_the_older_one(
    hass: HomeAssistant, add_account: AddAccount, broken: bytes
) -> None:
    entry = await add_account(setup=False)
    put(path_of(hass, entry, "outbox.1"), OUTBOX)
    newest = path_of(hass, entry, "outbox.0")
    newest.write_bytes(broken)
    file = OutboxFile(AccountFiles(hass, entry))
    contents = await file.async_load()
    assert _days(dump(contents)) == ALL
    assert [aside.read_bytes() for aside in asides(hass, entry)] == [broken]
    assert repairs(hass) == {FileKind.OUTBOX.problem}
    # The whole one is not written over before there is another.
    await file.async_save(contents)
    assert json.loads(newest.read_bytes())["generation"] == 2
    assert _days(await read(hass, entry, "outbox")) == ALL


async def test_every_damage_of_the_newest_generation_is_mended_by_the_older_one(
    hass: HomeAssistant, add_account: AddAccount
) -> None:
    entry = await add_account(setup=False)
    tried = 0
    for damage in damages(OutboxContents, OUTBOX):
        if not damage.lost or damage.path[:1] == ("settled",):
            continue
        put(path_of(hass, entry, "outbox.1"), OUTBOX)
        put(path_of(hass, entry, "outbox.0"), damage.data, generation=2)
        assert _days(await read(hass, entry, "outbox")) == ALL, damage.what
        assert len(asides(hass, entry)) == 1
        forget(hass, entry)
        tried += 1
    print(f"{tried} damages of the newest generation")  # noqa: T201


@pytest.mark.parametrize(
    ("newest", "left"),
    [
        # Confirmed since: it stays so.
        ([{**OUTBOX["entries"][1], "hold": "of tomorrow"}], ALL[1:]),
        # Written anew since.
        ([5, waiting("mood", "2026-04-01", 9, 8)], [("mood", "2026-04-01", 9), ALL[1]]),
        # Which day it was cannot be told, so all come back.
        ([5], ALL),
        ([], []),
    ],
)
async def test_what_a_damaged_newest_generation_brings_back(
    hass: HomeAssistant, add_account: AddAccount, newest: list[Any], left: list[Any]
) -> None:
    entry = await add_account(setup=False)
    put(path_of(hass, entry, "outbox.1"), OUTBOX)
    data = {"entries": newest, "settled": [], "written": {}}
    put(path_of(hass, entry, "outbox.0"), data, generation=2)
    assert _days(await read(hass, entry, "outbox")) == left


async def test_what_was_confirmed_since_does_not_come_back(
    hass: HomeAssistant, add_account: AddAccount
) -> None:
    entry = await add_account(setup=False)
    put(path_of(hass, entry, "outbox.1"), OUTBOX)
    settled = [OUTBOX["settled"][0] | {"day": "2026-04-01"}]
    put(
        path_of(hass, entry, "outbox.0"),
        {"entries": [5], "settled": settled},
        generation=2,
    )
    assert _days(await read(hass, entry, "outbox")) == ALL[1:]


@pytest.mark.parametrize(
    ("broken", "told"), [(_json({"entries": [5]}), False), (b"{", True)]
)
async def test_a_damaged_older_generation_costs_nothing(
    hass: HomeAssistant, add_account: AddAccount, broken: bytes, told: bool
) -> None:
    entry = await add_account(setup=False)
    put(path_of(hass, entry, "outbox.0"), OUTBOX, generation=2)
    path_of(hass, entry, "outbox.1").write_bytes(broken)
    assert _days(await read(hass, entry, "outbox")) == ALL
    # Of a file that says nothing it cannot be told that it is the older one.
    assert bool(repairs(hass)) is bool(asides(hass, entry)) is told


async def test_what_can_be_neither_read_nor_copied_is_not_written_over(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(owner.entry_id)
    before = exist_server.value("ada", "mood")
    for name in FILES:
        path = path_of(hass, owner, name)
        path.unlink(missing_ok=True)
        path.mkdir()
    await hass.config_entries.async_setup(owner.entry_id)
    assert owner.state is ConfigEntryState.LOADED
    assert repairs(hass) == {kind.problem for kind in FileKind}
    with pytest.raises(HomeAssistantError) as raised:
        await write(hass, name="mood", value=9)
    assert raised.value.translation_key == "disk"
    assert exist_server.value("ada", "mood") == before


async def test_the_repair_about_damage_is_closed_by_the_person(
    hass: HomeAssistant, owner: MockConfigEntry
) -> None:
    await _load(hass, owner, {FileKind.OWNERS: b"{"})
    [issue] = ir.async_get(hass).issues.values()
    assert issue.is_persistent
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["account"] == "ada"
    assert issue.translation_placeholders["file"] == asides(hass, owner)[0].name
    flow = await async_create_fix_flow(hass, issue.issue_id, dict(issue.data or {}))
    flow.hass, flow.handler, flow.flow_id = hass, DOMAIN, "flow"
    flow.issue_id = issue.issue_id
    form = await flow.async_step_init()  # type: ignore[attr-defined]
    assert form["step_id"] == "confirm"
    done = await flow.async_step_confirm({})  # type: ignore[attr-defined]
    assert done["type"] == "create_entry"
    ir.async_delete_issue(hass, DOMAIN, issue.issue_id)
    await reload(hass, owner)
    assert not repairs(hass), "it is not said again of the same file"


CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "update": (DOMAIN, "update_values", {"name": "mood", "value": 9}),
    "increment": (DOMAIN, "increment_values", {"name": "coffees", "value": 1}),
    "acquire": (DOMAIN, "acquire_attributes", {"names": ["steps"], "take_over": True}),
    "release": (DOMAIN, "release_attributes", {"names": ["mood"]}),
    "create": (
        DOMAIN,
        "create_attributes",
        {"attributes": [{"template": "money_spent"}]},
    ),
    "number": (
        "number",
        "set_value",
        {"entity_id": "number.exist_ada_mood", "value": 9},
    ),
    "button": (
        "button",
        "press",
        {"entity_id": "button.exist_ada_coffees_1"},
    ),
}


@pytest.mark.parametrize("name", FILES)
async def test_a_file_of_a_newer_version_stops_all_writing_and_is_left_alone(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry, name: str
) -> None:
    raw = _json({"of": "tomorrow"}, version=2)
    day = date(2026, 4, 1)
    exist_server.set_value("ada", "mood", day, 1)
    await hass.config_entries.async_unload(owner.entry_id)
    waits = {"entries": [waiting("mood", "2026-04-01", 5, 8) | {"hold": ""}]}
    put(path_of(hass, owner, "outbox.1"), waits)
    path_of(hass, owner, name).write_bytes(raw)
    exist_server.requests.clear()
    await hass.config_entries.async_setup(owner.entry_id)
    await settle(hass)
    assert owner.state is ConfigEntryState.LOADED
    assert repairs(hass) == {NEWER}
    exist_server.set_value("ada", "coffees", None, 7)
    await owner.runtime_data.coordinator.async_refresh()
    assert state_of(hass, "sensor.exist_ada_coffees").state == "7"
    for domain, action, data in CALLS.values():
        with pytest.raises(HomeAssistantError) as raised:
            await hass.services.async_call(domain, action, data, blocking=True)
        assert raised.value.translation_key == "newer_version", action
    await settle(hass)
    assert not [each for each in exist_server.requests if each.startswith("POST")]
    await reload(hass, owner)
    assert path_of(hass, owner, name).read_bytes() == raw
    assert not asides(hass, owner)
    # The person updates the integration again.
    path_of(hass, owner, name).unlink()
    await reload(hass, owner)
    assert not repairs(hass)
    assert exist_server.value("ada", "mood", day) == (1 if name == "outbox.1" else 5)
    assert (await write(hass, name="mood", value=9))["success"]
    path_of(hass, owner, name).write_bytes(raw)
    await reload(hass, owner)
    await hass.config_entries.async_remove(owner.entry_id)
    assert not files_of(hass, owner)
    assert not repairs(hass)


async def test_links_do_nothing_while_a_newer_version_knows_more(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config_entries.async_unload(linked_home.entry_id)
    path = path_of(hass, linked_home, FileKind.LINKS)
    known = path.read_bytes()
    raw = known.replace(b'"version": 1,', b'"version": 2,', 1)
    raw = raw.replace(b'"version":1,', b'"version":2,', 1)
    assert raw != known
    path.write_bytes(raw)
    await hass.config_entries.async_setup(linked_home.entry_id)
    await later(hass, freezer, linked_home, 20, 14, on=10)
    assert exist_server.value("ada", "gaming_min") == 70
    with pytest.raises(HomeAssistantError) as raised:
        await write(hass, "sync_link", link="gaming_min")
    assert raised.value.translation_key == "newer_version"
    state = state_of(hass, "sensor.media_player_living_room_gaming_min_state")
    assert state.state == "waiting"
    await hass.config_entries.async_unload(linked_home.entry_id)
    assert path.read_bytes() == raw
    path.write_bytes(known)
    await hass.config_entries.async_setup(linked_home.entry_id)
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min") == 80


@pytest.fixture(params=[errno.ENOSPC, errno.EROFS], ids=["full", "read-only"])
def refuse(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """Prepare a disk that takes no file any more."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(request.param, "no")

    with monkeypatch.context() as patched:
        patched.setattr("homeassistant.util.file.AtomicWriter", refused)
        yield patched


async def test_a_disk_that_takes_nothing_costs_nothing_but_words(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    refuse: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = exist_server.value("ada", "mood")
    files = files_of(hass, owner)
    for name in ("update", "number"):
        domain, action, data = CALLS[name]
        with pytest.raises(HomeAssistantError) as raised:
            await hass.services.async_call(domain, action, data, blocking=True)
        assert raised.value.translation_key == "disk"
    await settle(hass)
    assert exist_server.value("ada", "mood") == before
    assert not owner.runtime_data.ledger.entries
    # Nice to know, and no more: Home Assistant logs what it could not write.
    coordinator = owner.runtime_data.coordinator
    await coordinator.async_refresh()
    assert coordinator.last_update_success
    await write(hass, "acquire_attributes", names=["steps"], take_over=True)
    assert exist_server.owner("ada", "steps") == "home_assistant"
    assert f"Error writing config for exist.{owner.entry_id}.account" in caplog.text
    assert f"Error writing config for exist.{owner.entry_id}.owners" in caplog.text
    assert files_of(hass, owner) == files
    refuse.undo()
    assert (await write(hass, name="mood", value=9))["success"]


async def test_links_wait_for_a_disk_that_takes_something(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    refuse: pytest.MonkeyPatch,
) -> None:
    await later(hass, freezer, linked_home, 20, 14, on=10)
    assert exist_server.value("ada", "gaming_min") == 70
    state = "sensor.media_player_living_room_gaming_min_state"
    await _pass(hass, freezer, timedelta(minutes=1))
    assert state_of(hass, state).state == "waiting"
    refuse.undo()
    await evaluate(hass, linked_home)
    assert exist_server.value("ada", "gaming_min") == 80
    assert state_of(hass, state).state == "writing"


@pytest.mark.parametrize(
    ("version", "minor", "state", "then"),
    [
        (1, 1, ConfigEntryState.LOADED, 2),
        (1, 2, ConfigEntryState.LOADED, 2),
        (1, 3, ConfigEntryState.LOADED, 3),
        (2, 1, ConfigEntryState.MIGRATION_ERROR, 1),
    ],
)
async def test_an_entry_of_another_version(
    hass: HomeAssistant,
    add_account: AddAccount,
    version: int,
    minor: int,
    state: ConfigEntryState,
    then: int,
) -> None:
    entry = await add_account(setup=False)
    hass.config_entries.async_update_entry(entry, version=version, minor_version=minor)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is state
    assert (entry.version, entry.minor_version) == (version, then)


def test_texts_that_home_assistant_read_from_yaml_are_written_as_texts() -> None:
    zone = NodeStrClass("Europe/Vienna")
    written = dump(LinkContents(zones=[(date.min, zone)]))
    assert [type(each) for each in written["zones"][0]] == [str, str]
    assert written["zones"] == [["0001-01-01", "Europe/Vienna"]]
