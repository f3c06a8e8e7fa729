"""What surrounds the folder: the home with its past, and Home Assistant over it."""

from collections.abc import AsyncGenerator, Container, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pytest_homeassistant_custom_component.common import async_test_home_assistant

from homeassistant import bootstrap, loader
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .link_home import Rows, at, record, set_runs
from .writing import settle

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BEGIN = at(2026, 5, 11)
END = at(2026, 5, 20, 12)
MEASURED = {"state_class": "measurement"}
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "sensor.bedroom": {
        "unit_of_measurement": "°C",
        "device_class": "temperature",
        **MEASURED,
    },
    "sensor.terrace": {
        "unit_of_measurement": "°C",
        "device_class": "temperature",
        **MEASURED,
    },
    "sensor.scale": {
        "unit_of_measurement": "kg",
        "device_class": "weight",
        **MEASURED,
    },
    "sensor.heating": {
        "unit_of_measurement": "kWh",
        "device_class": "energy",
        "state_class": "total_increasing",
    },
    "sensor.trip": {"unit_of_measurement": "km", **MEASURED},
    "media_player.living_room": {},
    "binary_sensor.bed": {},
    "switch.espresso": {},
    "weather.home": {},
}


def _days() -> list[datetime]:
    return [at(2026, 5, day) for day in range(BEGIN.day, END.day + 1)]


def _past() -> dict[str, Rows]:
    """Return all that happened in the home, a day much like the other."""
    hours = [BEGIN + number * HOUR for number in range(9 * 24 + 12)]
    return {
        "sensor.bedroom": [
            *((hour, str(18 + hour.day / 10 + hour.hour / 8)) for hour in hours),
            (END - HOUR / 6, "17.25"),
        ],
        "sensor.terrace": [
            *((hour, str(hour.day - abs(12 - hour.hour) / 2)) for hour in hours),
            (END - HOUR / 6, "25.5"),
        ],
        "sensor.scale": [
            *((day + 7 * HOUR, str(68 + day.day / 10)) for day in _days()),
            (END - HOUR / 6, "71.5"),
        ],
        "sensor.heating": [
            (hour + HOUR / 2, str(100 + number / 8))
            for number, hour in enumerate([*hours, END])
        ],
        "sensor.trip": [
            (day + hour * HOUR, str(1000 + day.day + hour / 20))
            for day in _days()
            for hour in (0, 10)
        ]
        + [(END - HOUR / 6, "1021.25")],
        "media_player.living_room": [
            (BEGIN, "off"),
            *(
                (day + at_ * HOUR, state)
                for day in _days()
                for at_, state in ((9, "on"), (10, "off"), (22.5, "on"), (23.75, "off"))
            ),
            (END - HOUR / 3, "on"),
            (END - HOUR / 6, "off"),
        ],
        "binary_sensor.bed": [
            (BEGIN, "off"),
            *(
                (day + at_ * HOUR, state)
                for day in _days()
                for at_, state in ((6, "off"), (23, "on"))
            ),
        ],
        "switch.espresso": [
            (BEGIN, "off"),
            *(
                (day + at_ * HOUR, state)
                for day in _days()
                for at_, state in ((7, "on"), (7.25, "off"))
            ),
        ],
        "weather.home": [
            *((day, f"cloudy {day.day}") for day in _days()),
            (END - HOUR / 6, "sunny 20"),
        ],
    }


async def _live(hass: HomeAssistant, gone: Container[str]) -> None:
    """Let the recorder know what happened, and show how things are now."""
    past = {entity_id: sorted(rows) for entity_id, rows in _past().items()}
    await record(
        hass,
        {
            entity_id: [row for row in rows if row[0] < END]
            for entity_id, rows in past.items()
        },
    )
    # A state of just this moment is not yet part of the day.
    seen = (dt_util.utcnow() - MINUTE).timestamp()
    for entity_id, rows in past.items():
        *_, state = (state for at_, state in rows if at_ <= dt_util.utcnow())
        if entity_id not in gone:
            attributes: Mapping[str, Any] = ATTRIBUTES[entity_id]
            hass.states.async_set(entity_id, state, attributes, timestamp=seen)
    await settle(hass)


@asynccontextmanager
async def home_assistant(
    folder: Path, recorder: Any, url: str, now: datetime, gone: Container[str]
) -> AsyncGenerator[HomeAssistant]:
    """Start Home Assistant on the folder, at `now` or later, and stop it in the end."""
    async with async_test_home_assistant(
        load_registries=False, config_dir=str(folder)
    ) as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        await hass.config.async_set_time_zone("Europe/Vienna")
        await bootstrap.async_load_base_functionality(hass)
        async with recorder(hass):
            await set_runs(hass, [(BEGIN, END, False)], now - MINUTE)
            await _live(hass, gone)
            hass.set_state(CoreState.not_running)
            assert await async_setup_component(hass, "exist", {"exist": {"url": url}})
            hass.set_state(CoreState.running)
            hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
            await settle(hass)
            try:
                yield hass
            finally:
                await hass.async_stop(force=True)
