"""One record in one file, written by Home Assistant's Store."""

from collections.abc import Callable
from functools import partial
import logging
from typing import Any, NamedTuple

from homeassistant.core import callback
from homeassistant.helpers.storage import Store

from .account_files import VERSION, AccountFiles, NewerVersionError, read_envelope
from .records import DamagedError, Lost, load

_LOGGER = logging.getLogger(__name__)


class Loaded[T](NamedTuple):
    """What could be read, None where there is nothing, and what was left out."""

    record: T | None
    lost: tuple[Lost, ...] = ()


class RecordFile[T]:
    """Keeps a record of nice things to know: a disk that refuses is only logged."""

    def __init__(
        self,
        files: AccountFiles,
        name: str,
        kind: type[T],
        *,
        frozen: bool = False,
    ) -> None:
        """Prepare; nothing is read yet. `kind` is the type of the record.

        A record that is replaced and never changed may be `frozen`: then it is dumped
        in a thread.
        """
        self._files = files
        self._name = name
        self._kind = kind
        self._frozen = frozen
        self._soon: Callable[[], Any] | None = None
        self._is_due = False
        self._store: Store[dict[str, Any]] = Store(
            files.hass,
            VERSION,
            files.key(name),
            private=True,
            atomic_writes=True,
            serialize_in_event_loop=not frozen,
        )
        files.on_close(self._async_last)

    async def async_load(self) -> Loaded[T]:
        """Return what was kept; what is damaged is left out and put aside."""
        try:
            loaded = await self._files.hass.async_add_executor_job(self._load)
        except NewerVersionError:
            self._files.note_newer(self._name)
            return Loaded(None)
        if loaded.lost:
            await self._files.async_put_aside(self._name)
        return loaded

    def _load(self) -> Loaded[T]:
        lost: list[Lost] = []
        try:
            raw = read_envelope(self._files.path(self._name))
            if raw is None:
                return Loaded(None)
            return Loaded(load(self._kind, raw.get("data"), lost), tuple(lost))
        except DamagedError:
            return Loaded(None, (Lost("", None),))

    async def async_save(self, data: Callable[[], Any]) -> None:
        """Write what `dump` makes of the record, now; a disk that refuses is logged."""
        if self._files.may_write(self._name):
            await self._files.async_write(partial(self._async_save, data))

    async def _async_save(self, data: Callable[[], Any]) -> None:
        # It is instead of what was to come.
        self._is_due = False
        made = (
            await self._files.hass.async_add_executor_job(data)
            if self._frozen
            else data()
        )
        try:
            await self._store.async_save(made)
        except OSError as err:
            # Of others than the write itself Home Assistant's store says nothing.
            _LOGGER.error("%s could not be written: %s", self._store.key, err)

    @callback
    def async_save_soon(self, data: Callable[[], Any], seconds: float) -> None:
        """Write within some seconds, once for many changes, however many there are."""
        if not self._files.may_write(self._name):
            return
        self._soon = data
        if not self._is_due:
            # Home Assistant's store puts it off whenever it is asked once more.
            self._is_due = True
            self._store.async_delay_save(self._due, seconds)

    def _due(self) -> Any:
        """Return what is to be written by now."""
        self._is_due = False
        return self._soon() if self._soon is not None else None

    async def _async_last(self) -> None:
        """Write what was to come, and never again."""
        if self._soon is not None:
            await self._async_save(self._soon)
        if not self._files.hass.is_stopping:
            # What is saved while stopping is written at its very end.
            self._store.make_read_only()
