"""Says so when this machine's clock is wrong: a wrong clock files days wrongly."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .api import Profile
from .const import DOMAIN
from .day import clock_difference
from .runtime import ExistConfigEntry

TOLERANCE = timedelta(minutes=2)


def clock_issue_id(entry: ExistConfigEntry) -> str:
    """Return the id of the account's issue about the clock."""
    return f"clock_differs_{entry.entry_id}"


@callback
def async_check_clock(
    hass: HomeAssistant, entry: ExistConfigEntry, profile: Profile, asked: datetime
) -> None:
    """Raise or clear the repair, by the clock that came with the profile."""
    if profile.local_time is None:
        return
    difference = clock_difference(profile.local_time, asked, dt_util.utcnow())
    if difference <= TOLERANCE:
        ir.async_delete_issue(hass, DOMAIN, clock_issue_id(entry))
        return
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
