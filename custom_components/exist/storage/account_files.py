"""The files of one account: who may write them, and what becomes of damaged ones."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from enum import StrEnum
import glob
import json
import logging
from pathlib import Path
import shutil
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.issue_registry import IssueSeverity
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..notices.issues import Issue, async_clear, async_raise
from ..notices.translated import failed
from .records import DamagedError

_LOGGER = logging.getLogger(__name__)

# Of every file. A field that has a default needs no new one.
VERSION = 1
CORRUPT = "corrupt"
NEWER = "newer_files"
_NEWER = Issue(NEWER, severity=IssueSeverity.ERROR)


class FileKind(StrEnum):
    """What a file keeps; its name may go on after a dot."""

    ACCOUNT = "account"
    DAYS = "days"
    FINDINGS = "findings"
    HISTORY = "history"
    LINKS = "links"
    OUTBOX = "outbox"
    OWNERS = "owners"

    @property
    def problem(self) -> str:
        """The repair that says that it was damaged."""
        return f"damaged_{self}"


class NewerVersionError(Exception):
    """A newer version of the integration wrote the file."""


def read_envelope(path: Path) -> Mapping[str, Any] | None:
    """Return what was written around the data, or None where there is no file.

    Raises DamagedError and NewerVersionError.
    """
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as err:
        raise DamagedError from err
    if not isinstance(raw, Mapping):
        raise DamagedError
    version = raw.get("version", VERSION)
    if type(version) is not int or version < 1:
        raise DamagedError
    if version > VERSION:
        raise NewerVersionError
    return raw


class AccountFiles:
    """Keeps the files of an account from being written when they must not be."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Prepare; nothing is read yet."""
        self.hass = hass
        self.closed = False
        """Whether the account was unloaded or removed: nothing is written any more."""
        self.newer = False
        """Whether a newer version wrote one of them: nothing goes to Exist."""
        self._entry = entry
        self._locked: set[str] = set()
        self._lock = asyncio.Lock()
        self._closing: list[Callable[[], Coroutine[Any, Any, None]]] = []

    def key(self, name: str) -> str:
        """Return the name of a file in Home Assistant's folder."""
        return f"{DOMAIN}.{self._entry.entry_id}.{name}"

    def path(self, name: str) -> Path:
        """Return where a file is."""
        return Path(self.hass.config.path(STORAGE_DIR, self.key(name)))

    def may_write(self, *names: str) -> bool:
        """Return whether these files may be written."""
        return not self.closed and self._locked.isdisjoint(names)

    @callback
    def require_writable(self) -> None:
        """Raise HomeAssistantError where nothing may be changed at Exist."""
        if self.newer:
            raise failed("newer_version")

    @callback
    def note_newer(self, name: str) -> None:
        """Leave a file alone that a newer version wrote, and write nothing to Exist."""
        self.newer = True
        self._locked.add(name)
        async_raise(self.hass, self._entry, _NEWER)

    @callback
    def async_clear_newer(self) -> None:
        """Clear the repair where no file is newer, once all were read."""
        if not self.newer:
            async_clear(self.hass, self._entry, _NEWER)

    async def async_put_aside(self, name: str) -> None:
        """Keep a copy of a damaged file, and say so once."""
        try:
            copy = await self.hass.async_add_executor_job(_copy_aside, self.path(name))
        except OSError:
            # What can be neither read nor kept is not written over either.
            self._locked.add(name)
            copy = self.key(name)
        if copy is None:
            return
        _LOGGER.error("%s was damaged; see %s", self.key(name), copy)
        kind = FileKind(name.partition(".")[0])
        async_raise(
            self.hass,
            self._entry,
            Issue(
                kind.problem,
                names={"file": copy},
                is_fixable=True,
                is_persistent=True,
                severity=IssueSeverity.ERROR,
            ),
        )

    async def async_write(self, write: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Write one file at a time, to its end, whatever becomes of who asked for it."""
        # Two threads must never write one file, nor one after it was deleted.
        await asyncio.shield(self.hass.async_create_task(self._async_write(write)))

    async def _async_write(
        self, write: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        async with self._lock:
            await write()

    @callback
    def on_close(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Call back for the last write of a file."""
        self._closing.append(close)

    async def async_close(self) -> None:
        """Write nothing more; return when what was begun is on disk.

        The account may be loaded anew at once, from the same files.
        """
        self.closed = True
        while self._closing:
            await self.async_write(self._closing.pop())
        async with self._lock:
            pass

    async def async_remove(self) -> None:
        """Delete all files, and what was put aside too."""
        await self.async_close()
        await self.hass.async_add_executor_job(_remove, self.path(""))


def _copy_aside(path: Path) -> str | None:
    """Copy a file beside itself, named by when it was written; None if that was done."""
    written = dt_util.utc_from_timestamp(path.stat().st_mtime)
    copy = path.with_name(f"{path.name}.{CORRUPT}.{written.isoformat()}")
    if copy.exists():
        return None
    try:
        shutil.copy2(path, copy)
    except OSError:
        copy.unlink(missing_ok=True)
        raise
    return copy.name


def _remove(prefix: Path) -> None:
    for path in prefix.parent.glob(f"{glob.escape(prefix.name)}*"):
        try:
            path.unlink(missing_ok=True)
        except OSError as err:
            _LOGGER.error("%s could not be deleted: %s", path.name, err)
