"""What Exist finds, as its pages document it, and ways to let it be found."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.const import DOMAIN
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..conftest import AddAccount
from ..writing import settle

TODAY = date(2026, 11, 18)
SUNDAY = date(2026, 11, 15)
EVENT = "event.exist_{}_insight"
TOGETHER = "sensor.exist_{}_strongest_new_correlation"
PATHS = ("averages", "correlations", "insights")

# Every key that the reference page documents.
AVERAGE: dict[str, Any] = {
    "attribute": "steps",
    "date": "2026-11-15",
    "overall": 4100.0,
    "monday": 4000.0,
    "tuesday": 6600.0,
    "wednesday": 4321.5,
    "thursday": 3900.0,
    "friday": 4500.0,
    "saturday": 3600.0,
    "sunday": None,
}
CORRELATION: dict[str, Any] = {
    "date": "2026-11-15",
    "period": 364,
    "offset": 0,
    "attribute": "sleep",
    "attribute2": "coffees",
    "value": -0.41,
    "p": 0.0004,
    "percentage": 41.0,
    "stars": 5,
    "second_person": "you sleep less when you drink more coffee.",
    "second_person_elements": ["you sleep less", "when", "you drink more coffee"],
    "attribute_category": None,
    "strength_description": "Quite often go together",
    "stars_description": "Certain to be related",
    "description": None,
    "occurrence": None,
    "rating": {"positive": True, "rating_type": 50, "rating": "Useful"},
}
ABOUT: dict[str, Any] = {
    "name": "sleep",
    "label": "Time asleep",
    "group": {"name": "sleep", "label": "Sleep", "priority": 3},
    "priority": 1,
    "value_type": 3,
    "value_type_description": "Period (min)",
}
INSIGHT: dict[str, Any] = {
    "created": "2026-11-18T06:17:30+01:00",
    "target_date": "2026-11-17",
    "type": {"name": "dow_sleep", "period": 1, "priority": 1, "attribute": ABOUT},
    "html": '<div class="secondary">You slept long.</div>\r\n<div>More than usual.</div>',
    "text": "You slept long.\r\nMore than usual.",
}


def insight(number: int, day: date = TODAY, priority: int = 2) -> dict[str, Any]:
    return INSIGHT | {
        "created": f"{day.isoformat()}T06:17:30+00:00",
        "text": f"Insight {number}",
        "type": INSIGHT["type"] | {"priority": priority},
    }


def pair(
    one: str, other: str, percentage: float, stars: int = 5, week: date = SUNDAY
) -> dict[str, Any]:
    return CORRELATION | {
        "attribute": one,
        "attribute2": other,
        "percentage": percentage,
        "stars": stars,
        "date": week.isoformat(),
        "second_person": f"{one} and {other}",
    }


async def days(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, count: int = 1
) -> None:
    """Let days pass, and an hour or two for what is slow."""
    for _ in range(count):
        freezer.tick(timedelta(hours=23))
        await hours(hass, freezer, 2)


async def hours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, count: int = 1
) -> None:
    """Let hours pass."""
    for _ in range(count * 2):
        freezer.tick(timedelta(minutes=30, seconds=1))
        async_fire_time_changed(hass)
        await settle(hass)


def enable(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Register the sensor of correlations as a person would enable it."""
    name = entry.title
    return (
        er.async_get(hass)
        .async_get_or_create(
            "sensor",
            DOMAIN,
            f"{name}/account/correlation",
            config_entry=entry,
            suggested_object_id=f"exist_{name}_strongest_new_correlation",
        )
        .entity_id
    )


async def load(
    hass: HomeAssistant, add_account: AddAccount, user: str = "ada", **more: Any
) -> MockConfigEntry:
    """Load an account whose correlations a person enabled."""
    entry = await add_account(user, setup=False, **more)
    assert enable(hass, entry) == TOGETHER.format(user)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    return entry


def fired(events: Iterable[Any], user: str = "ada") -> list[tuple[str, str]]:
    """Return the kind and the text of each insight."""
    told = []
    for event in events:
        before, now = event.data["old_state"], event.data["new_state"]
        if event.data["entity_id"] == EVENT.format(user) and before and now:
            # What is restored after a start is no event.
            if STATE_UNAVAILABLE not in (before.state, now.state):
                if before.state != now.state:
                    told.append((now.attributes["event_type"], now.attributes["text"]))
    return told
