"""The outbox on disk: two generations, so that a broken file costs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
import json
import logging
from pathlib import Path
from typing import Any

from custom_components.exist.api import ValueType
from custom_components.exist.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from .entry import Entry, Key, Settled, Writer

_LOGGER = logging.getLogger(__name__)

VERSION = 1


@dataclass(slots=True)
class Contents:
    """All that is kept: what waits, and what was settled since the last poll."""

    entries: dict[Key, Entry] = field(default_factory=dict)
    settled: dict[Key, Settled] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    """The moment of the last confirmed write of each attribute."""

    def to_json(self) -> dict[str, Any]:
        """Return what is written."""
        return {
            "entries": [entry.to_json() for entry in self.entries.values()],
            "settled": [
                {
                    "name": key.name,
                    "day": key.day.isoformat(),
                    "value": settled.value,
                    "value_type": int(settled.value_type),
                    "writer": settled.writer.value,
                    "suspects": list(settled.suspects),
                    "polls": settled.polls,
                }
                for key, settled in self.settled.items()
            ],
            "written": self.written,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Contents:
        """Read what was written. Raises KeyError, TypeError, ValueError."""
        entries = (Entry.from_json(each) for each in raw["entries"])
        return cls(
            {entry.key: entry for entry in entries},
            {
                Key(each["name"], date.fromisoformat(each["day"])): Settled(
                    each["value"],
                    ValueType(each["value_type"]),
                    Writer(each["writer"]),
                    0,
                    tuple(each["suspects"]),
                    each["polls"],
                )
                for each in raw["settled"]
            },
            dict(raw["written"]),
        )


class OutboxFile:
    """Writes the two files in turn; the newest that is whole counts.

    Home Assistant's Store only logs a full disk, and writes nothing while Home
    Assistant stops; an accepted value needs to know.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; nothing is read yet."""
        self._hass = hass
        self._paths = [
            Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.outbox.{number}"))
            for number in (0, 1)
        ]
        self._generation = 0
        self._saved = ""

    async def async_load(self) -> Contents:
        """Return what was kept by the newest file that can be read."""
        return await self._hass.async_add_executor_job(self._load)

    def _load(self) -> Contents:
        newest = Contents()
        for number, path in enumerate(self._paths):
            try:
                raw = json.loads(path.read_text("utf-8"))
                generation = int(raw["generation"])
                contents = Contents.from_json(raw["data"])
            except FileNotFoundError:
                continue
            except OSError, ValueError, KeyError, TypeError:
                _LOGGER.error("Outbox file %d cannot be read", number)
                continue
            if generation > self._generation:
                self._generation, newest = generation, contents
        return newest

    async def async_save(self, contents: Contents) -> None:
        """Write it, safe against power loss. Raises HomeAssistantError."""
        data = json.dumps(contents.to_json())
        if data == self._saved:
            return
        self._generation += 1
        text = f'{{"version": {VERSION}, "generation": {self._generation}, "data": {data}}}'
        path = self._paths[self._generation % 2]
        try:
            await self._hass.async_add_executor_job(self._write, path, text)
        except (WriteError, OSError) as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="disk"
            ) from err
        self._saved = data

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.parent.mkdir(exist_ok=True)
        write_utf8_file_atomic(str(path), text, private=True)

    async def async_remove(self) -> None:
        """Delete both files."""

        def remove() -> None:
            for path in self._paths:
                path.unlink(missing_ok=True)

        await self._hass.async_add_executor_job(remove)
