"""Days of the past that were answered but are not charted yet: on disk.

Beyond the last year nobody waits for a single month, and each older window raises every
later sum. A year of windows is written at once, which raises them once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
import logging

from homeassistant.exceptions import HomeAssistantError

from ..api import ValueType
from ..storage import (
    AccountFiles,
    FileKind,
    RecordFile,
    async_write_now,
    dump,
    enveloped,
)
from .comparing import ToldDays

_LOGGER = logging.getLogger(__name__)

# So many days are compared in one turn of the event loop.
AT_ONCE = 2000
FILE = f"{FileKind.HISTORY}.gathered"


@dataclass(frozen=True, slots=True)
class GatheredDays:
    """What days of one attribute count, as far as they have a value."""

    value_type: ValueType
    figures: dict[date, float]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was answered of each attribute. It is replaced, never changed."""

    days: dict[str, GatheredDays] = field(default_factory=dict)

    def with_told(
        self, told: Mapping[str, ToldDays], types: Mapping[str, ValueType]
    ) -> Gathered:
        """Return this with what was told now; what is newer stays."""
        days = dict(self.days)
        for name, each in told.items():
            found = {
                day: figure for day, figure in each.days.items() if figure is not None
            }
            known = days.get(name)
            if known is not None and known.value_type is types[name]:
                found = known.figures | found
            if found:
                # Of two kinds only the newer one can be charted.
                days[name] = GatheredDays(types[name], found)
        return Gathered(days)

    def without(self, names: Collection[str]) -> Gathered:
        """Return this without some attributes."""
        return Gathered({k: each for k, each in self.days.items() if k not in names})

    def without_days(self, name: str, days: Collection[date]) -> Gathered:
        """Return this without days of an attribute that are known better."""
        known = self.days.get(name)
        if known is None or known.figures.keys().isdisjoint(days):
            return self
        left = {day: each for day, each in known.figures.items() if day not in days}
        others = self.without([name])
        if not left:
            return others
        return Gathered({**others.days, name: replace(known, figures=left)})

    def slice(self) -> list[str]:
        """Return some attributes that are not much work together."""
        names: list[str] = []
        count = 0
        for name, each in self.days.items():
            count += len(each.figures)
            if names and count > AT_ONCE:
                break
            names.append(name)
        return names


class GatheredFile:
    """The file of what was gathered."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self._files = files
        self._file: RecordFile[Gathered] = RecordFile(files, FILE, Gathered, Gathered())

    @property
    def gathered(self) -> Gathered:
        """What was answered and is not charted yet."""
        return self._file.contents

    async def async_load(self) -> bool:
        """Read what was kept; return whether it is whole."""
        loaded = await self._file.async_load()
        return loaded.record is not None and not loaded.lost

    async def async_save(self, gathered: Gathered) -> None:
        """Write now, where there is anything new. Raises HomeAssistantError.

        How far a walk has got is written after it: without these days, that would
        leave a hole.
        """
        if gathered is self.gathered:
            return
        if self._files.may_write(FILE):
            await self._files.async_write(partial(self._async_write, gathered))
        self._file.contents = gathered

    async def _async_write(self, gathered: Gathered) -> None:
        try:
            await async_write_now(self._files, FILE, lambda: enveloped(dump(gathered)))
        except HomeAssistantError as err:
            key = self._files.key(FILE)
            _LOGGER.error("%s could not be written: %s", key, err.__cause__)
            raise

    def forget(self) -> None:
        """Leave out what was gathered; what is gathered next is written over it."""
        self._file.contents = Gathered()
