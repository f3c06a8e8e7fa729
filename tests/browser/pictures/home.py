"""The home of pictures: a TV, a bedroom, a coffee machine; and there it is evening."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from math import cos, pi
from pathlib import Path
import random
from zoneinfo import ZoneInfo

from demo_home.configuration import write_configuration
from demo_home.database import Hours, Recorded, write_database
from demo_home.past import Past

from tests.browser.home import REPOSITORY, Place, living

# What is known of a day depends on the hour, so that pictures would, too.
EVENING = 20
STATES_DAYS = 10
HOURS_DAYS = 30
DAY = 86400
HOUR = 3600
TEN_MINUTES = 600

TV = "media_player.living_room_tv"
BEDROOM = "sensor.bedroom_temperature"
COFFEES = "counter.coffees"

type Rows = list[tuple[float, str]]

_CONFIGURATION = """
# The address that Exist wants is then the one that most people see.
my:

input_boolean:
  tv_on:
    name: TV switched on

input_number:
  bedroom_thermometer:
    name: Bedroom thermometer
    min: -20
    max: 50
    step: 0.1
    initial: {temperature}

counter:
  coffees:
    name: Coffees
    icon: mdi:coffee
    initial: {coffees}

media_player:
  - platform: universal
    name: Living room TV
    unique_id: living_room_tv
    device_class: tv
    state_template: >-
      {{{{ 'playing' if is_state('input_boolean.tv_on', 'on') else 'off' }}}}

template:
  - sensor:
      - name: Bedroom temperature
        unique_id: bedroom_temperature
        state: "{{{{ states('input_number.bedroom_thermometer') }}}}"
        device_class: temperature
        state_class: measurement
        unit_of_measurement: °C
"""


def evening_zone(now: datetime) -> str:
    """Return a time zone in which it is between 20 and 21 o'clock."""
    hours = EVENING - now.astimezone(UTC).hour
    # They reach from -12 to +14; the names count the other way round.
    hours = hours if hours <= 14 else hours - 24
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


@asynccontextmanager
async def evening(folder: Path) -> AsyncGenerator[tuple[Place, str]]:
    """Start Exist and Home Assistant in a folder; yield them and their time zone."""
    zone = evening_zone(datetime.now(UTC))

    def furnish(config: Path, home_port: int, exist_url: str, past: Past) -> None:
        write_configuration(
            config,
            REPOSITORY / "custom_components",
            home_port,
            exist_url,
            name="Home",
            zone=zone,
        )
        _furnish(config, Lived(past.until, ZoneInfo(zone)))

    async with living(folder, furnish, ("--pictures", zone)) as place:
        yield place, zone


@dataclass(frozen=True, slots=True)
class Lived:
    """What happened at home until a moment, in seconds of UTC."""

    until: float
    zone: tzinfo

    @property
    def begin(self) -> float:
        """When states begin."""
        return self._moment(STATES_DAYS, time(12))

    def tv(self) -> Rows:
        """Return when the TV was on: a while before it is evening, and after."""
        rows = [(self.begin, "off")]
        for back in range(STATES_DAYS, -1, -1):
            luck = random.Random(back)
            for hour, longest in ((18, 45), (21, 75)):
                start = self._moment(back, time(hour, luck.randrange(60)))
                end = start + 60 * luck.randrange(20, longest)
                if self.begin < start and end < self.until:
                    rows += [(start, "playing"), (end, "off")]
        return rows

    def bedroom(self) -> Rows:
        """Return the temperatures of the bedroom."""
        slots = range(int(self.begin), int(self.until), TEN_MINUTES)
        return [(slot, str(self._temperature(slot))) for slot in slots]

    def bedroom_hours(self) -> Iterator[tuple[float, list[float]]]:
        """Return full hours with the temperatures of each."""
        start = self._moment(HOURS_DAYS, time())
        while start + HOUR <= self.until:
            yield start, [self._temperature(start + k * TEN_MINUTES) for k in range(6)]
            start += HOUR

    def coffees(self) -> Rows:
        """Return the counter of the coffee machine."""
        count = 812
        rows = [(self.begin, str(count))]
        for back in range(STATES_DAYS, -1, -1):
            for hour in (7, 10, 15)[: 2 + back % 2]:
                at = self._moment(back, time(hour, 20))
                if self.begin < at < self.until:
                    count += 1
                    rows.append((at, str(count)))
        return rows

    def _moment(self, back: int, wall: time) -> float:
        today = datetime.fromtimestamp(self.until, self.zone).date()
        day = today - timedelta(days=back)
        return datetime.combine(day, wall, self.zone).timestamp()

    def _temperature(self, slot: float) -> float:
        local = datetime.fromtimestamp(slot, self.zone)
        back = (self.until - slot) / DAY
        by_day = 1.2 * cos((local.hour + local.minute / 60 - 16) * pi / 12)
        return round(
            19 + by_day + cos(back) + random.Random(back).uniform(-0.1, 0.1), 1
        )


def _furnish(folder: Path, lived: Lived) -> None:
    bedroom, coffees = lived.bedroom(), lived.coffees()
    with (folder / "configuration.yaml").open("a") as file:
        # The home goes on where its past ends.
        file.write(
            _CONFIGURATION.format(temperature=bedroom[-1][1], coffees=coffees[-1][1])
        )
    measured = {
        "state_class": "measurement",
        "unit_of_measurement": "°C",
        "device_class": "temperature",
        "friendly_name": "Bedroom temperature",
    }
    on = {"device_class": "tv", "friendly_name": "Living room TV"}
    write_database(
        folder,
        lived.begin,
        lived.until,
        [
            Recorded(TV, lived.tv(), on),
            Recorded(BEDROOM, bedroom, measured),
            Recorded(COFFEES, coffees, {"friendly_name": "Coffees"}),
        ],
        [Hours(BEDROOM, "°C", "temperature", lived.bedroom_hours())],
    )
