"""Days and clocks: pure. Which clock counts is decided in account/which_day.py."""

import contextlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
import time as system
from time import clock_gettime, monotonic

from homeassistant.util import dt as dt_util

# Exist files a night under the day of waking, so minutes after midday count from
# the midday before that day. This is an assumption; nothing documents it.
MIDDAY_OFFSET = timedelta(hours=-12)
TOLERANCE = timedelta(minutes=2)
# Goes on while the machine sleeps, where the system has one that does.
_BOOT_CLOCK: int | None = getattr(system, "CLOCK_BOOTTIME", None)


def _read_boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


_BOOT_ID = _read_boot_id()


def boot_id() -> str:
    """Return a name for this run of the machine; empty where it tells none."""
    return _BOOT_ID


def uptime() -> float:
    """Return seconds of a clock that nobody sets."""
    return monotonic() if _BOOT_CLOCK is None else clock_gettime(_BOOT_CLOCK)


@dataclass(frozen=True, slots=True)
class ExistClock:
    """Exist's clock and this machine's, both in UTC, and the uptime at that moment."""

    exist: datetime
    machine: datetime
    uptime: float

    @property
    def now(self) -> datetime:
        """What Exist's clock shows now."""
        return self.exist + self._elapsed

    @property
    def _elapsed(self) -> timedelta:
        return timedelta(seconds=uptime() - self.uptime)

    @property
    def moved(self) -> bool:
        """Whether this machine's clock was set since."""
        return abs(dt_util.utcnow() - self.machine - self._elapsed) > TOLERANCE

    def moment(self, machine: datetime, at: float | None) -> datetime:
        """Return Exist's clock at a moment of the past.

        `at` is its uptime; without it, this machine's clock counts as it was off then.
        """
        if at is None:
            return machine + (self.exist - self.machine)
        return self.exist + timedelta(seconds=at - self.uptime)


def today(zone: tzinfo, now: datetime | None = None) -> date:
    """Return the calendar day in the zone of the Exist profile."""
    return (now or dt_util.utcnow()).astimezone(zone).date()


def clock_time(day: date, minutes: int, zone: tzinfo) -> datetime:
    """Return the moment that many minutes of wall clock after midnight of the day."""
    return _wall_clock(day, timedelta(minutes=minutes), zone)


def night_time(day: date, minutes: int, zone: tzinfo) -> datetime:
    """Return the moment that many minutes of wall clock after the midday before."""
    return _wall_clock(day, MIDDAY_OFFSET + timedelta(minutes=minutes), zone)


def _wall_clock(day: date, offset: timedelta, zone: tzinfo) -> datetime:
    # Added before the zone is attached: 07:05 stays 07:05 on a day of clock change.
    local = datetime.combine(day, time.min) + offset
    return local.replace(tzinfo=zone).astimezone(dt_util.UTC)


async def async_get_zone(
    name: str, local_time: datetime | None = None
) -> tzinfo | None:
    """Return the zone of that name, or None; `str` of it is a name for it.

    For a name that is unknown here, the offset of Exist's own clock stands in.
    """
    zone: tzinfo | None = None
    with contextlib.suppress(ValueError, OSError):
        zone = await dt_util.async_get_time_zone(name) if name else None
    if zone is None:
        # How Python writes an offset that has stood in.
        with contextlib.suppress(ValueError):
            zone = datetime.strptime(name, "UTC%z").tzinfo
    if zone is None and local_time is not None:
        zone = local_time.tzinfo
    return zone


def clock_difference(
    local_time: datetime, asked: datetime, answered: datetime
) -> timedelta:
    """Return by how much this machine's clock differs from Exist's.

    Exist read its clock at some moment between question and answer.
    """
    if local_time < asked:
        return asked - local_time
    return max(local_time - answered, timedelta())
