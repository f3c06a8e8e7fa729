"""Says so when clock or zone would file days wrongly."""

from datetime import datetime, timedelta, tzinfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..notices.issues import Issue, async_clear, async_raise
from ..values.days import TOLERANCE, clock_difference

CLOCK_DIFFERS = "clock_differs"
ZONES_DIFFER = "zones_differ"
# Whoever travels comes home again.
ZONES_MAY_DIFFER = timedelta(days=14)


@callback
def async_check_clock(
    hass: HomeAssistant,
    entry: ConfigEntry,
    local_time: datetime,
    took: timedelta,
) -> bool:
    """Raise or clear the repair, by the clock in an answer that took so long.

    Returns whether this machine's clock is known to be wrong.
    """
    answered = dt_util.utcnow()
    difference = clock_difference(local_time, answered - took, answered)
    minutes = str(round(difference.total_seconds() / 60))
    problem = Issue(CLOCK_DIFFERS, figures={"minutes": minutes})
    if difference <= TOLERANCE:
        async_clear(hass, entry, problem)
        return False
    async_raise(hass, entry, problem)
    return True


@callback
def async_check_zones(
    hass: HomeAssistant,
    entry: ConfigEntry,
    zone: tzinfo,
    differ_since: datetime | None,
) -> datetime | None:
    """Raise or clear the repair about zones; return since when they differ."""
    now = dt_util.utcnow()
    home = dt_util.get_default_time_zone()
    names = {"exist": str(zone), "home": hass.config.time_zone}
    problem = Issue(ZONES_DIFFER, names=names)
    if now.astimezone(zone).utcoffset() == now.astimezone(home).utcoffset():
        async_clear(hass, entry, problem)
        return None
    since = differ_since or now
    if now - since >= ZONES_MAY_DIFFER:
        async_raise(hass, entry, problem)
    return since
