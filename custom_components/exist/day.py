"""The only place that knows which day it is."""

import contextlib
from datetime import date, datetime, time, timedelta, tzinfo

from homeassistant.util import dt as dt_util

# Exist files a night under the day of waking, so minutes after midday count from
# the midday before that day. This is an assumption; nothing documents it.
MIDDAY_OFFSET = timedelta(hours=-12)


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


async def async_get_zone(name: str, local_time: datetime | None = None) -> tzinfo:
    """Return the zone of that name.

    For a name that is unknown here, the offset of Exist's own clock stands in;
    without that, the zone of Home Assistant.
    """
    zone: tzinfo | None = None
    with contextlib.suppress(ValueError, OSError):
        zone = await dt_util.async_get_time_zone(name) if name else None
    if zone is None and local_time is not None:
        zone = local_time.tzinfo
    return zone or dt_util.get_default_time_zone()


def clock_difference(
    local_time: datetime, asked: datetime, answered: datetime
) -> timedelta:
    """Return by how much this machine's clock differs from Exist's.

    Exist read its clock at some moment between question and answer.
    """
    if local_time < asked:
        return asked - local_time
    return max(local_time - answered, timedelta())
