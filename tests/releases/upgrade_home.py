"""What surrounds the folder: the home with its past, and Home Assistant over it."""

from collections import Counter
from collections.abc import AsyncGenerator, Container, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime, timedelta
import json
from pathlib import Path
import shutil
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_test_home_assistant,
)

from homeassistant import bootstrap, loader
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..exist_server import CLIENT_ID, ExistServer
from ..exist_server.tokens import Token
from ..link_home import Rows, at, record, set_runs
from ..writing import settle

MADE_AT = "http://127.0.0.1:8124"
NOW = at(2026, 5, 20, 12, 35)
# Exist does not let us write these; the right comes back with the next sign-in.
WITHHELD = {"symptoms_write", "manual_write"}
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
type Key = tuple[str, str, date]

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


class Days(dict[date, Any]):
    """The days of an attribute at Exist, which tell of each write."""

    def __init__(self, known: Mapping[date, Any], written: list[date]) -> None:
        """Begin with what is known, untold."""
        super().__init__(known)
        self._written = written

    @override
    def __setitem__(self, day: date, value: Any) -> None:
        self._written.append(day)
        super().__setitem__(day, value)


class World:
    """Exist as it was when the folder was made, and a copy of that."""

    def __init__(
        self,
        made: Path,
        folder: Path,
        freezer: FrozenDateTimeFactory,
        recorder: Any,
        now: datetime = NOW,
    ) -> None:
        """Make Exist what it was; it is not there yet."""
        self.folder = folder
        self._kept = made
        self._now = now
        self.server = ExistServer(days=40)
        self.made: dict[str, Any] = {}
        """The accounts as they are on disk."""
        self._freezer = freezer
        self._recorder = recorder
        self._written: dict[tuple[str, str], list[date]] = {}
        for user, attributes in json.loads((made / "exist.json").read_text()).items():
            for name, known in attributes.items():
                if known is None:
                    self.server.remove_attribute(user, name)
                else:
                    self.server.add_attribute(user, name=name, **known)
            for name, each in self.server.users[user].attributes.items():
                each.values = Days(
                    each.values, self._written.setdefault((user, name), [])
                )

    async def copy(self) -> None:
        """Copy the folder, as if Exist had always been at its port of today."""
        await self.server.start()
        storage = self.folder / ".storage"
        shutil.copytree(self._kept / ".storage", storage)
        entries = storage / "core.config_entries"
        text = entries.read_text().replace(MADE_AT, self.server.url)
        entries.write_text(text)
        self.made = json.loads(text)
        for entry in self.made["data"]["entries"]:
            token = entry["data"]["token"]
            self.server.tokens.add(
                Token(
                    entry["unique_id"],
                    CLIENT_ID,
                    tuple(set(token["scope"].split()) - WITHHELD),
                    access_token=token["access_token"],
                    refresh_token=token["refresh_token"],
                )
            )

    def start(self) -> AbstractAsyncContextManager[HomeAssistant]:
        """Start Home Assistant on the folder."""
        return home_assistant(
            self.folder,
            self._recorder,
            self.server.url,
            self._now,
            gone={"sensor.trip"},
        )

    async def wait(self, hass: HomeAssistant, passed: timedelta) -> None:
        """Let time pass."""
        self._freezer.tick(passed)
        async_fire_time_changed(hass)
        await settle(hass)

    @property
    def written(self) -> Counter[Key]:
        """How often each day was written since the folder was copied."""
        return Counter(
            (*attribute, day)
            for attribute, days in self._written.items()
            for day in days
        )

    def values(self, keys: Iterable[Key]) -> dict[Key, Any]:
        """Return what Exist has."""
        return {key: self.server.value(*key) for key in keys}
