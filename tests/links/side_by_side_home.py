"""Thirty days of a home, told moment by moment, with much that goes wrong in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
import random
from zoneinfo import ZoneInfo

FIRST = date(2026, 10, 5)
DAYS = 30

TV = "media_player.tv"
COFFEE = "counter.coffee"
SOLAR = "sensor.solar_today"
"""A meter that begins anew each night."""
METER = "sensor.meter"
"""A meter that runs for years."""
ROOM = "sensor.room"
SCALE = "sensor.scale"
ENERGY = {
    "unit_of_measurement": "kWh",
    "device_class": "energy",
    "state_class": "total_increasing",
}
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    TV: {},
    COFFEE: {},
    SOLAR: ENERGY,
    METER: ENERGY,
    ROOM: {
        "unit_of_measurement": "°C",
        "device_class": "temperature",
        "state_class": "measurement",
    },
    SCALE: {
        "unit_of_measurement": "kg",
        "device_class": "weight",
        "state_class": "measurement",
    },
}

STOPS, STARTS, LOOK, MIDNIGHT = "stops", "starts", "look", "midnight"
"""What Home Assistant does, and when its helpers are read."""
TIMES = "times the television was switched on"


@dataclass(frozen=True, slots=True)
class Moment:
    """An entity's new state, or what Home Assistant does."""

    at: datetime
    what: str
    state: str = ""


@dataclass(slots=True)
class Life:
    """All moments in order, and what each day truly was, by entity."""

    moments: list[Moment] = field(default_factory=list)
    truth: dict[str, dict[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """From a clock of one day to one of the same or another, in minutes."""

    start: int
    end: int


def minutes(day: int, clock: str) -> int:
    """Return wall clock minutes since the first day began."""
    hour, minute = clock.split(":")
    return day * 1440 + int(hour) * 60 + int(minute)


def _span(day: int, start: str, end: str, until: int | None = None) -> Span:
    return Span(minutes(day, start), minutes(day if until is None else until, end))


# Home Assistant is off: a minute, half an afternoon, and a day and two half ones.
OFF = (
    Span(minutes(5, "20:10"), minutes(5, "20:11")),
    _span(8, "13:00", "16:30"),
    _span(16, "21:00", "9:00", until=18),
)
TV_ON = (
    _span(3, "22:30", "0:40", until=4),
    _span(5, "19:30", "21:15"),
    _span(7, "18:00", "19:00"),
    _span(7, "20:00", "21:00"),
    _span(8, "12:00", "17:00"),
    _span(16, "20:00", "20:45"),
)
DAYS_OF_ITS_OWN = (3, 4, 5, 7, 8, 16, 17, 18)
TV_UNPLUGGED = (_span(7, "19:00", "20:00"),)
ROOM_AWAY = (_span(13, "8:10", "13:10"),)
SOLAR_AWAY = (_span(14, "23:40", "0:25", until=15),)
METER_REPLACED = _span(22, "11:00", "11:20")
METER_CORRECTED = minutes(11, "16:00")
METER_READS_0 = minutes(10, "15:00")
METER_SPIKES = minutes(26, "12:00")
METER_AFTER_MIDNIGHT = minutes(24, "0:20")
COFFEE_TAKEN_BACK = minutes(12, "14:00")
COFFEE_RESET = minutes(12, "18:00")
WEIGHED = {0: 81.2, 3: 81.0, 4: 80.6, 9: 80.9, 15: 80.3, 19: 80.1, 25: 79.8}


@dataclass(slots=True)
class _Draft:
    zone: ZoneInfo
    life: Life = field(default_factory=Life)

    @property
    def past_hour(self) -> int:
        """The minutes of a wall clock at a full hour of UTC."""
        return -self.at(0).minute % 60

    def at(self, minute: float) -> datetime:
        """Return the moment of a wall clock, in UTC."""
        day, rest = divmod(minute, 1440)
        begins = datetime.combine(FIRST + timedelta(days=int(day)), time(), self.zone)
        # A wall clock knows no change of clocks.
        return (begins + timedelta(minutes=rest)).astimezone(UTC)

    def show(self, minute: float, entity: str, state: str) -> None:
        """Let an entity show a state, whether Home Assistant is on or not."""
        self.life.moments.append(Moment(self.at(minute), entity, state))

    def count(self, entity: str, minute: float, amount: float) -> None:
        """Note what was used, drunk or watched on a day."""
        days = self.life.truth.setdefault(entity, dict.fromkeys(range(DAYS), 0.0))
        days[int(minute // 1440)] += amount


def live(zone: str) -> Life:
    """Return the thirty days on the clocks of a zone."""
    draft = _Draft(ZoneInfo(zone))
    rng = random.Random(12)
    _watch(draft, rng)
    _drink(draft, rng)
    _use(draft, rng)
    _shine(draft, rng)
    _warm(draft, rng)
    for day, weight in WEIGHED.items():
        # Upon a full hour of UTC, for the same reason.
        draft.show(minutes(day, "7:00") + draft.past_hour, SCALE, str(weight))
    for day in range(DAYS):
        for minute, what in ((1439.5, LOOK), (1440, MIDNIGHT)):
            draft.show(day * 1440 + minute, what, "")
    shown = sorted(draft.life.moments, key=lambda each: each.at)
    for span in OFF:
        shown = _switched_off(shown, draft.at(span.start), draft.at(span.end))
    draft.life.moments = shown
    draft.life.truth[ROOM] = _mean(shown, draft)
    draft.life.truth[SCALE] = dict(WEIGHED)
    return draft.life


def _switched_off(
    shown: list[Moment], stops: datetime, starts: datetime
) -> list[Moment]:
    """Leave out what nobody saw; it is there again a moment after the start."""
    there = {each.what: each for each in shown if each.at < starts}
    return sorted(
        [
            *(each for each in shown if not stops <= each.at < starts),
            Moment(stops, STOPS),
            Moment(starts, STARTS),
            *(
                Moment(starts + timedelta(seconds=20), entity, there[entity].state)
                for entity in ATTRIBUTES
            ),
        ],
        key=lambda each: each.at,
    )


def _watch(draft: _Draft, rng: random.Random) -> None:
    spans = list(TV_ON)
    for day in range(DAYS):
        if day not in DAYS_OF_ITS_OWN:
            evening = minutes(day, "19:00") + rng.randrange(60)
            spans.append(Span(evening, evening + rng.randrange(20, 150)))
            if rng.random() < 0.5:
                noon = minutes(day, "12:00") + rng.randrange(60)
                spans.append(Span(noon, noon + rng.randrange(5, 90)))
    draft.show(1, TV, "off")
    for span in spans:
        draft.show(span.start, TV, "on")
        unplugged = any(span.end == each.start for each in TV_UNPLUGGED)
        draft.show(span.end, TV, "unavailable" if unplugged else "off")
        for minute in range(span.start, span.end):
            draft.count(TV, minute, 1)
        draft.count(TIMES, span.start, 1)


def _drink(draft: _Draft, rng: random.Random) -> None:
    cups = sorted(
        minutes(day, "6:30") + rng.randrange(1, 800)
        for day in range(DAYS)
        for _ in range(rng.randrange(1, 6))
    )
    shown = 3
    draft.show(1, COFFEE, str(shown))
    for minute in sorted({*cups, COFFEE_TAKEN_BACK, COFFEE_RESET}):
        if minute == COFFEE_RESET:
            shown = 0
        else:
            if any(span.start <= minute < span.end for span in OFF):
                # A counter is Home Assistant's own.
                continue
            change = -1 if minute == COFFEE_TAKEN_BACK else 1
            shown += change
            draft.count(COFFEE, minute, change)
        draft.show(minute, COFFEE, str(shown))


def _uses(
    draft: _Draft, rng: random.Random, first: int, last: int
) -> Iterator[tuple[float, float]]:
    # Late in an hour of UTC, so that one compilation of five minutes serves it.
    for day in range(DAYS):
        for hour in sorted(rng.sample(range(first, last), 7)):
            yield (
                day * 1440 + hour * 60 + draft.past_hour - 3,
                round(rng.uniform(0.05, 0.9), 2),
            )


def _use(draft: _Draft, rng: random.Random) -> None:
    total, replaced = 4321.0, False
    draft.show(1, METER, f"{total:.2f}")
    events: list[tuple[float, float]] = list(_uses(draft, rng, 5, 23))
    events += [(METER_READS_0, 0), (METER_CORRECTED, -0.4), (METER_SPIKES, 0)]
    events.append((METER_AFTER_MIDNIGHT, 0.8))
    events.append((METER_REPLACED.start, 0))
    for minute, amount in sorted(events):
        if minute in (METER_READS_0, METER_SPIKES):
            wrong = "0" if minute == METER_READS_0 else "999999"
            draft.show(minute, METER, wrong)
            draft.show(minute + 0.2, METER, f"{total:.2f}")
            continue
        if minute == METER_REPLACED.start:
            draft.show(minute, METER, "unavailable")
            total, replaced = 0.2, True
            draft.show(METER_REPLACED.end, METER, f"{total:.2f}")
            continue
        if replaced and minute < METER_REPLACED.end:
            continue
        total += amount
        draft.count(METER, minute, amount)
        draft.show(minute, METER, f"{total:.2f}")


def _shine(draft: _Draft, rng: random.Random) -> None:
    today, day = 0.0, 0
    draft.show(1, SOLAR, "0.0")
    events = [*_uses(draft, rng, 8, 19)]
    events += [(each * 1440 + 0.1, 0.0) for each in range(1, DAYS)]
    for minute, amount in sorted(events):
        if minute // 1440 != day:
            today, day = 0.0, int(minute // 1440)
        today += amount
        draft.count(SOLAR, minute, amount)
        if not any(span.start <= minute < span.end for span in SOLAR_AWAY):
            draft.show(minute, SOLAR, f"{today:.2f}")
    for span in SOLAR_AWAY:
        draft.show(span.start, SOLAR, "unavailable")
        draft.show(span.end, SOLAR, "0.0")


def _warm(draft: _Draft, rng: random.Random) -> None:
    begins = draft.at(1).replace(minute=0)
    moment, degrees = begins, 20.5
    until = draft.at(DAYS * 1440)
    away = [(draft.at(span.start), draft.at(span.end)) for span in ROOM_AWAY]
    shown = draft.life.moments
    while moment < until:
        degrees = min(26.0, max(16.0, degrees + rng.uniform(-0.6, 0.6)))
        if not any(start <= moment < end for start, end in away):
            # Upon full hours of UTC, as weather services do: quick to compile.
            shown.append(Moment(max(moment, draft.at(1)), ROOM, f"{degrees:.1f}"))
        moment += timedelta(hours=2)
    for start, end in away:
        shown += [Moment(start, ROOM, "unavailable"), Moment(end, ROOM, "23.0")]


def _mean(shown: list[Moment], draft: _Draft) -> dict[int, float]:
    """Return the mean of each day over the time in which it was shown."""
    days: dict[int, float] = {}
    for day in range(DAYS):
        begin, end = draft.at(day * 1440), draft.at((day + 1) * 1440)
        area = seconds = 0.0
        value, since = "unavailable", begin
        for each in shown:
            if each.what not in (ROOM, STOPS):
                continue
            start, until = max(since, begin), min(each.at, end)
            if value != "unavailable" and until > start:
                area += float(value) * (until - start).total_seconds()
                seconds += (until - start).total_seconds()
            value, since = each.state or "unavailable", each.at
        if 2 * seconds > (end - begin).total_seconds():
            days[day] = area / seconds
    return days
