"""Says so when clock or zone would file days wrongly."""

from datetime import datetime, timedelta, tzinfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .day import TOLERANCE, clock_difference
from .plain_text import both_ways

# Whoever travels comes home again.
ZONES_MAY_DIFFER = timedelta(days=14)


def clock_issue_id(entry: ConfigEntry) -> str:
    """Return the id of the account's issue about the clock."""
    return f"clock_differs_{entry.entry_id}"


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
    if difference <= TOLERANCE:
        ir.async_delete_issue(hass, DOMAIN, clock_issue_id(entry))
        return False
    ir.async_create_issue(
        hass,
        DOMAIN,
        clock_issue_id(entry),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="clock_differs",
        translation_placeholders={
            "minutes": str(round(difference.total_seconds() / 60))
        },
    )
    return True


def zones_issue_id(entry: ConfigEntry) -> str:
    """Return the id of the account's issue about two zones."""
    return f"zones_differ_{entry.entry_id}"


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
    if now.astimezone(zone).utcoffset() == now.astimezone(home).utcoffset():
        ir.async_delete_issue(hass, DOMAIN, zones_issue_id(entry))
        return None
    since = differ_since or now
    if now - since >= ZONES_MAY_DIFFER:
        ir.async_create_issue(
            hass,
            DOMAIN,
            zones_issue_id(entry),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="zones_differ",
            translation_placeholders=both_ways(
                account=entry.title, exist=str(zone), home=hass.config.time_zone
            ),
        )
    return since
