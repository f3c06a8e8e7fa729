"""Files of an account as the first version wrote them, and ways to look at them."""

import json
from pathlib import Path
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.account.last_poll_file import LastPoll, LastPollFile
from custom_components.exist.account.previous_owners import PreviousOwners
from custom_components.exist.api import Service
from custom_components.exist.const import DOMAIN
from custom_components.exist.findings.found import FindingsContents
from custom_components.exist.history.gathered import (
    FILE as GATHERED_FILE,
    Gathered,
    GatheredFile,
)
from custom_components.exist.history.imported import HistoryContents, history_file
from custom_components.exist.ledger.files import (
    DayContents,
    DayFile,
    OutboxContents,
    OutboxFile,
)
from custom_components.exist.links.kept_attributes import (
    FILE,
    KeptAttributes,
    KeptContents,
)
from custom_components.exist.links.memory import LinkContents, Memory
from custom_components.exist.storage import AccountFiles, FileKind, RecordFile, dump
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

MOMENT = "2026-04-01T10:00:00+00:00"


def waiting(name: str, day: str, value: Any, kind: int) -> dict[str, Any]:
    """Return an entry of the outbox."""
    return {
        "name": name,
        "day": day,
        "value": value,
        "value_type": kind,
        "accepted": MOMENT,
        "writer": "person",
        "base": 1,
        "sent": [2, "x"],
        "hold": "changed",
        "differed": 1,
        "ambiguous": True,
    }


def confirmed(name: str, day: str, value: Any, kind: int) -> dict[str, Any]:
    """Return what Exist confirmed last for a day."""
    return {
        "name": name,
        "day": day,
        "value": value,
        "value_type": kind,
        "writer": "link",
        "suspects": [4, True],
        "polls": 2,
    }


def linked(attribute: str) -> dict[str, Any]:
    """Return what is remembered of a link."""
    return {
        "attribute": attribute,
        "title": "Television",
        "meaning": "abc",
        "since": "2026-01-01",
        "settled": "2026-03-31",
        "asked": MOMENT,
        "filling": MOMENT,
        "filled": "2025-12-01",
    }


def linked_day(value: Any) -> dict[str, Any]:
    """Return what the first version remembered of a link's day."""
    return {
        "confirmed": value,
        "pending": [value, 0.5],
        "edited": True,
        "known": [3600.0, 0.0, 86400.0],
    }


def day(value: Any, kind: int) -> dict[str, Any]:
    """Return what is remembered of a day."""
    return linked_day(value) | {
        "writer": "link",
        "value_type": kind,
        "suspects": [4, True],
        "polls": 2,
        "unseen": True,
    }


def attribute(name: str) -> dict[str, Any]:
    """Return an attribute as Exist told it."""
    return {
        "name": name,
        "label": name.capitalize(),
        "group": {"name": "mood", "label": "Mood", "priority": 2},
        "template": name,
        "service": {"name": "exist", "label": "Exist"},
        "active": True,
        "priority": 3,
        "manual": True,
        "value_type": 0,
        "available_services": [{"name": "fitbit", "label": "Fitbit"}],
        "values": [
            {"date": "2026-04-01", "value": 5},
            {"date": "2026-03-31", "value": None},
        ],
    }


def charted() -> dict[str, Any]:
    """Return what is known of an attribute's statistic."""
    return {
        "zone": "Europe/Vienna",
        "rows": 400,
        "first": "2025-02-25",
        "last": "2026-04-01",
        "cleared": True,
    }


def walk(*names: str) -> dict[str, Any]:
    """Return how far an import of these attributes has got."""
    return {
        "names": list(names),
        "newest": "2026-03-03",
        "at": "2025-12-01",
        "oldest": "2020-01-01",
        "again": True,
        "page": 2,
        "count": 134,
        "found": True,
        "first": "2020-01-01",
        "first_so_far": "2020-02-01",
        "asked": ["steps"],
        "asked_count": 5,
        "listed": ["steps"],
        "asked_twice": True,
    }


# What the first of all versions wrote, with a word for every key.
OUTBOX: dict[str, Any] = {
    "entries": [
        waiting("mood", "2026-04-01", 5, 8),
        waiting("mood_note", "2026-04-01", "fine", 2),
    ],
    "settled": [
        confirmed("mood", "2026-03-31", 4, 8),
        confirmed("gym", "2026-03-31", 1, 7),
    ],
    "written": {"mood": MOMENT, "gym": MOMENT},
}
LINKS: dict[str, Any] = {
    "zones": [["0001-01-01", "Europe/Vienna"], ["2026-03-01", "Asia/Tokyo"]],
    "links": {"one": linked("tv_min"), "two": linked("gaming_min")},
    "orphans": {"steps": "Steps", "sleep": "Sleep"},
    "pauses": [[1.0, 2.5], [3, None]],
    "heard": {"one": [1.5, 2]},
}
KEPT: dict[str, Any] = {
    "rows": {
        "one hvac_action": [[1.5, "heating", None], [2, "idle", None]],
        "two power": [[1, "5", "W"], [3.5, "unavailable", None]],
    }
}
DAYS: dict[str, Any] = {
    "days": {
        "tv_min": {"2026-03-30": day(30, 3), "2026-03-31": day(31, 3)},
        "mood_note": {"2026-03-31": day("fine", 2)},
    },
    "aside": [
        {"name": "tv_min", "day": "2026-03-30", "kept": [[5, 3], [6, 3]]},
        {"name": "mood_note", "day": "2026-03-30", "kept": [["old", 2]]},
    ],
    "edits": [
        {"name": "tv_min", "day": "2026-03-29", "noticed": MOMENT},
        {"name": "tv_min", "day": "2026-03-28", "noticed": MOMENT},
    ],
}
ACCOUNT: dict[str, Any] = {
    "profile": {"username": "ada", "timezone": "Europe/Vienna"},
    "owned": [attribute("mood"), attribute("coffees")],
    "visible": [attribute("steps"), attribute("sleep")],
    "polled": MOMENT,
    "zones_differ_since": MOMENT,
}
HISTORY: dict[str, Any] = {
    "charted": {name: charted() for name in ("steps", "weight")},
    "walks": [walk("steps", "weight", "sleep", "mood"), walk("tracks")],
    "looked": "2025-12-01",
    "sent": [1764590400.0, 1764590460.0],
    "confirmed": {"steps": {"2020-01-01": 5000}, "weight": {"2020-01-02": 80.5}},
    "gathered_since": "2024-12-01",
}
GATHERED: dict[str, Any] = {
    "days": {
        "steps": {"value_type": 0, "figures": {"2024-12-01": 5000.0}},
        "weight": {"value_type": 1, "figures": {"2024-11-30": 80.5}},
    }
}
FINDINGS: dict[str, Any] = {
    "usual": {
        "steps": {"week": "2026-03-29", "weekdays": [1.0, 2, None, 4.5, 5.0, 6.0, 7.0]},
        "sleep": {"week": "2026-03-29", "weekdays": [400.0] * 7},
    },
    "pairs": {
        "coffees sleep": {"first": "2026-01-04", "last": "2026-03-29"},
        "mood steps": {"first": "2026-03-29", "last": "2026-03-29"},
    },
    "together": {
        "text": "You feel better when you walk more.",
        "attribute": "mood",
        "attribute2": "steps",
        "week": "2026-03-29",
        "percentage": 41.0,
        "value": -0.41,
        "stars": 5,
        "offset": -1,
    },
    "told": ["0123456789abcdef", "fedcba9876543210"],
    "read": {"averages": MOMENT, "insights": MOMENT},
    "asked": [MOMENT, MOMENT],
}
OWNERS: dict[str, Any] = {
    "mood": {"name": "exist", "label": "Exist"},
    "steps": {"name": "fitbit", "label": "Fitbit"},
}
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "outbox.1": (OutboxContents, OUTBOX),
    FileKind.DAYS: (DayContents, DAYS),
    FileKind.LINKS: (LinkContents, LINKS),
    FILE: (KeptContents, KEPT),
    FileKind.ACCOUNT: (LastPoll, ACCOUNT),
    FileKind.HISTORY: (HistoryContents, HISTORY),
    GATHERED_FILE: (Gathered, GATHERED),
    FileKind.FINDINGS: (FindingsContents, FINDINGS),
    FileKind.OWNERS: (dict[str, Service], OWNERS),
}


async def read(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> Any:
    """Read a store as an account does, and return what it would write again."""
    files = AccountFiles(hass, entry)
    if name.startswith(FileKind.OUTBOX):
        return dump(await OutboxFile(files).async_load())
    if name == FileKind.DAYS:
        days = DayFile(files)
        await days.async_load()
        return dump(days.contents)
    if name == FileKind.LINKS:
        memory = Memory(files)
        await memory.async_load()
        return dump(memory.contents)
    if name == FILE:
        kept = KeptAttributes(files)
        await kept.async_load()
        return dump(kept.contents)
    if name == FileKind.HISTORY:
        history = history_file(files)
        await history.async_load()
        return dump(history.contents)
    if name == GATHERED_FILE:
        gathered = GatheredFile(files)
        await gathered.async_load()
        return dump(gathered.gathered)
    if name == FileKind.FINDINGS:
        findings = RecordFile(files, name, FindingsContents, FindingsContents())
        await findings.async_load()
        return dump(findings.contents)
    if name == FileKind.ACCOUNT:
        return dump(await LastPollFile(files).async_load())
    owners = PreviousOwners(files)
    await owners.async_load()
    return dump({each: found for each in OWNERS if (found := owners.get(each))})


def folder(hass: HomeAssistant) -> Path:
    """Return Home Assistant's folder of stores."""
    return Path(hass.config.path(".storage"))


def path_of(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> Path:
    """Return where one of the account's files is."""
    return folder(hass) / f"{DOMAIN}.{entry.entry_id}.{name}"


def put(path: Path, data: Any, **envelope: Any) -> bytes:
    """Write a file as an account does, and return its bytes."""
    path.parent.mkdir(exist_ok=True)
    generation = {"generation": 1} if "outbox" in path.name else {}
    raw = {"version": 1, **generation, "data": data} | envelope
    path.write_text(json.dumps(raw))
    return path.read_bytes()


def asides(hass: HomeAssistant, entry: MockConfigEntry) -> list[Path]:
    """Return the files that were put aside."""
    return sorted(folder(hass).glob(f"{DOMAIN}.{entry.entry_id}.*.corrupt.*"))


def files_of(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, bytes]:
    """Return all files of the account."""
    paths = folder(hass).glob(f"{DOMAIN}.{entry.entry_id}*")
    return {path.name: path.read_bytes() for path in paths}


def repairs(hass: HomeAssistant) -> set[str | None]:
    """Return the repairs of the integration."""
    return {
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


def forget(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Delete the account's files, and what was said of them."""
    for path in folder(hass).glob(f"{DOMAIN}.{entry.entry_id}*"):
        path.unlink()
    for domain, issue_id in list(ir.async_get(hass).issues):
        ir.async_delete_issue(hass, domain, issue_id)


FILES = (
    "outbox.0",
    "outbox.1",
    FileKind.DAYS,
    FileKind.LINKS,
    FileKind.ACCOUNT,
    FileKind.HISTORY,
    FileKind.FINDINGS,
    FileKind.OWNERS,
)
