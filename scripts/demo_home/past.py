"""What happened in the demo's home, and what that makes of each day.

All of it follows from the date, so that whoever judges the demo knows it too. The days
are counted here by themselves, without the integration.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import cos, pi, sin
import random
from zoneinfo import ZoneInfo

# Of the home, and of the person at Exist.
ZONE = ZoneInfo("Europe/Vienna")
STATES_DAYS = 14
HOURS_DAYS = 30
NIGHT = (time(22), time(7))

DAY = timedelta(days=1)
HOUR = 3600
TEN_MINUTES = 600
QUARTER = 900
# Less of a day may be too little to tell, as Home Assistant takes a moment to start.
CERTAIN_SECONDS = 120
# A demo ends within this; meanwhile an average goes on.
DEMO_SECONDS = 600
ROUNDING = 0.0051

CONSOLE = "media_player.playstation"
BEDROOM = "sensor.bedroom_temperature"
METER = "sensor.electricity_meter"
COFFEES = "counter.coffees"

type Rows = list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a link must make of a day.

    `certain` says that there must be a value, `final` that the demo does not move it.
    """

    low: float
    high: float
    certain: bool
    final: bool

    def fits(self, value: object) -> bool:
        """Return whether the value may be that of the day."""
        return isinstance(value, int | float) and self.low <= value <= self.high


def moment(day: date, wall: time) -> float:
    """Return the second of a wall clock in the home."""
    return datetime.combine(day, wall, ZONE).timestamp()


@dataclass(frozen=True, slots=True)
class Past:
    """All that happened until a moment, in seconds of UTC."""

    until: float

    @property
    def today(self) -> date:
        """The day on which it ends."""
        return datetime.fromtimestamp(self.until, ZONE).date()

    @property
    def begin(self) -> float:
        """When states begin; hourly statistics reach further back."""
        return moment(self.today - STATES_DAYS * DAY, time(12))

    def console(self) -> Rows:
        """Return when the console was switched on and off."""
        rows = [(self.begin, "off")]
        for back in range(STATES_DAYS, -1, -1):
            for start, minutes in sessions(self.today - back * DAY):
                # It is off when Home Assistant starts.
                if self.begin < start < self.until - minutes * 60:
                    rows += [(start, "playing"), (start + minutes * 60, "off")]
        return rows

    def bedroom(self) -> Rows:
        """Return the temperatures of the bedroom."""
        rows: Rows = []
        for slot in self._slots(TEN_MINUTES):
            state = str(temperature(slot))
            if not rows or rows[-1][1] != state:
                rows.append((slot, state))
        return rows

    def meter(self) -> Rows:
        """Return the readings of the electricity meter in kWh."""
        hundredths = 421_337
        rows: Rows = []
        for slot in self._slots(QUARTER):
            hundredths += used(slot)
            rows.append((slot, str(hundredths / 100)))
        return rows

    def coffees(self) -> Rows:
        """Return the counter of the coffee machine."""
        count = 812
        rows = [(self.begin, str(count))]
        for back in range(STATES_DAYS, -1, -1):
            for hour in (7, 10, 15):
                at = moment(self.today - back * DAY, time(hour, 20))
                if self.begin < at < self.until:
                    count += 1
                    rows.append((at, str(count)))
        return rows

    def bedroom_hours(self) -> Iterator[tuple[float, list[float]]]:
        """Return full hours with the temperatures of each."""
        start = moment(self.today - HOURS_DAYS * DAY, time())
        while start + HOUR <= self.until:
            yield start, [temperature(start + k * TEN_MINUTES) for k in range(6)]
            start += HOUR

    def console_minutes(self, day: date) -> Expected:
        """Return how long the console was on."""
        total = sum(
            minutes
            for start, minutes in sessions(day)
            if start + minutes * 60 < self.until
        )
        return self._expected(moment(day, time()), total, total, final=True)

    def night_mean(self, day: date) -> Expected:
        """Return the average of the night that ends on that day."""
        start, end = moment(day - DAY, NIGHT[0]), moment(day, NIGHT[1])
        over = end <= self.until
        means = [
            self._mean(start, until)
            for until in (min(end, self.until), min(end, self.until + DEMO_SECONDS))
        ]
        return self._expected(
            start, min(means) - ROUNDING, max(means) + ROUNDING, final=over
        )

    def electricity(self, day: date) -> Expected:
        """Return the kWh of the day."""
        start, end = moment(day, time()), moment(day + DAY, time())
        slots = range(int(start), int(min(end, self.until)), QUARTER)
        total = sum(map(used, slots)) / 100
        return self._expected(start, total - 1e-9, total + 1e-9, final=True)

    def _expected(
        self, start: float, low: float, high: float, *, final: bool
    ) -> Expected:
        return Expected(low, high, self.until - start >= CERTAIN_SECONDS, final)

    def _slots(self, seconds: int) -> range:
        return range(int(self.begin), int(self.until), seconds)

    def _mean(self, start: float, end: float) -> float:
        """Return the average; after the last measurement it stays as it was."""
        last = self._slots(TEN_MINUTES)[-1]
        total = known = 0.0
        for slot in range(int(start), int(end), TEN_MINUTES):
            seconds = min(TEN_MINUTES, end - slot)
            total += seconds * temperature(min(slot, last))
            known += seconds
        return total / known if known else 0.0


def sessions(day: date) -> Iterator[tuple[float, int]]:
    """Return when the console was on, and for how many minutes."""
    chance = random.Random(f"console {day}")
    for hour, longest in ((7, 35), (19, 120)):
        minute = chance.randrange(60)
        yield moment(day, time(hour, minute)), chance.randrange(15, longest)


def temperature(slot: float) -> float:
    """Return the temperature that was measured at a moment."""
    local = datetime.fromtimestamp(slot, UTC).astimezone(ZONE)
    by_day = 1.5 * cos((local.hour + local.minute / 60 - 16) * pi / 12)
    # No night is like the one before.
    by_week = 2 * sin(slot * 2 * pi / (9 * 24 * HOUR))
    noise = random.Random(int(slot)).uniform(-0.3, 0.3)
    return round(19.5 + by_day + by_week + noise, 1)


def used(slot: float) -> int:
    """Return what the meter counted up to a moment, in hundredths of a kWh."""
    return random.Random(int(slot)).randrange(3, 40)
