"""One record in one file, on the disk itself when a save returns."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
import json
import logging
from pathlib import Path
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from ..notices.translated import failed
from .account_files import VERSION, AccountFiles, FileKind

_LOGGER = logging.getLogger(__name__)


def enveloped(data: Any) -> str:
    """Return the text of a file that holds what JSON can hold."""
    return json.dumps({"version": VERSION, "data": data})


def write_now(path: Path, text: Callable[[], str]) -> None:
    """Write a file, safe against power loss. Raises OSError and WriteError."""
    path.parent.mkdir(exist_ok=True)
    write_utf8_file_atomic(str(path), text(), private=True)


async def async_write_now(
    files: AccountFiles, name: str, text: Callable[[], str]
) -> None:
    """Write a file in a thread, where `text` is made too. Raises HomeAssistantError."""
    try:
        await files.hass.async_add_executor_job(write_now, files.path(name), text)
    except (WriteError, OSError) as err:
        raise failed("disk") from err


class SyncedFile:
    """Writes a record at once, or once for many changes; never two writes at a time.

    Home Assistant's Store only logs a full disk; here who saves hears of it.
    """

    def __init__(
        self,
        files: AccountFiles,
        name: FileKind,
        data: Callable[[], Any],
        seconds: float,
    ) -> None:
        """Prepare; `data` returns what JSON can hold of the record as it is now.

        What is saved soon is saved within some seconds, and at the latest when the
        account is unloaded or Home Assistant stops.
        """
        self._files = files
        self._name = name
        self._data = data
        self._seconds = seconds
        self._timer: CALLBACK_TYPE | None = None
        self._stop_listening = files.hass.bus.async_listen_once(
            EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_final
        )
        files.on_close(self._async_last)

    @property
    def may_write(self) -> bool:
        """Whether it can be written at all: damaged files that cannot be kept are not."""
        return self._files.may_write(self._name)

    async def async_save(self) -> None:
        """Write now. Raises HomeAssistantError where that fails."""
        if not self.may_write:
            raise failed("unloading" if self._files.closed else "disk")
        await self._files.async_write(self._async_write)

    @callback
    def async_save_soon(self) -> None:
        """Write within some seconds, once for many changes."""
        if self._timer is None and self.may_write:
            self._timer = async_call_later(
                self._files.hass, self._seconds, self._async_later
            )

    async def _async_later(self, _now: datetime) -> None:
        self._timer = None
        if self.may_write:
            await self._files.async_write(self._async_try_write)

    async def _async_final(self, _event: Event) -> None:
        if self._timer is not None:
            await self._files.async_write(self._async_try_write)

    async def _async_last(self) -> None:
        """Write what was to come, and never again."""
        self._stop_listening()
        if self._timer is not None:
            await self._async_try_write()

    async def _async_try_write(self) -> None:
        try:
            await self._async_write()
        except HomeAssistantError as err:
            _LOGGER.error(
                "%s could not be written: %s", self._files.key(self._name), err
            )

    async def _async_write(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
        text = partial(enveloped, self._data())
        await async_write_now(self._files, self._name, text)
