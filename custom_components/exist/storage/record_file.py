"""One record in one file, written by Home Assistant's Store."""

from collections.abc import Callable
import logging
from typing import Any, NamedTuple

from homeassistant.core import callback
from homeassistant.helpers.storage import Store

from .account_files import VERSION, AccountFiles, NewerVersionError, read_envelope
from .records import DamagedError, Lost, dump, load

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
        kind: type[Any],
        contents: T,
        *,
        data: Callable[[], Any] | None = None,
        frozen: bool = False,
    ) -> None:
        """Prepare; nothing is read yet. `kind` is the type of the record.

        Until it is read, and where there is nothing, it is as `contents`. What `data`
        returns is written; else what `dump` makes of the record. One that is replaced
        and never changed may be `frozen`: then that is made in a thread.
        """
        self.contents = contents
        self._files = files
        self._name = name
        self._kind = kind
        self._data = data or self._dump
        self._frozen = frozen
        self._was_put_off = False
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
        """Read what was kept, and return it; what is damaged is left out, put aside."""
        try:
            loaded = await self._files.hass.async_add_executor_job(self._load)
        except NewerVersionError:
            self._files.note_newer(self._name)
            return Loaded(None)
        if loaded.lost:
            await self._files.async_put_aside(self._name)
        if loaded.record is not None:
            self.contents = loaded.record
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

    async def async_save(self) -> None:
        """Write now; a disk that refuses is logged."""
        if self._files.may_write(self._name):
            await self._files.async_write(self._async_save)

    async def _async_save(self) -> None:
        # It is instead of what was to come.
        self._is_due = False
        made = (
            await self._files.hass.async_add_executor_job(self._data)
            if self._frozen
            else self._data()
        )
        try:
            await self._store.async_save(made)
        except OSError as err:
            # Of others than the write itself Home Assistant's store says nothing.
            _LOGGER.error("%s could not be written: %s", self._store.key, err)

    @callback
    def async_save_soon(self, seconds: float) -> None:
        """Write within some seconds, once for many changes, however many there are."""
        if not self._files.may_write(self._name):
            return
        self._was_put_off = True
        if not self._is_due:
            # Home Assistant's store puts it off whenever it is asked once more.
            self._is_due = True
            self._store.async_delay_save(self._due, seconds)

    def _due(self) -> Any:
        """Return what is to be written by now."""
        self._is_due = False
        return self._data()

    def _dump(self) -> Any:
        return dump(self.contents)

    async def _async_last(self) -> None:
        """Write what was to come, and never again."""
        if self._was_put_off:
            await self._async_save()
        if not self._files.hass.is_stopping:
            # What is saved while stopping is written at its very end.
            self._store.make_read_only()
