"""Ten links over a month, with a clock change, three days off and two power cuts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
import random
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import CONF_GROUPS
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import add_link, evaluate, link_data, record, set_runs
from ..writing import settle
from .link_oracle import History, local_second, oracle

VIENNA = ZoneInfo("Europe/Vienna")
FIRST = date(2026, 3, 15)
LAST = date(2026, 4, 14)
STEP = timedelta(hours=5, minutes=40)


def _moment(*wall: int) -> datetime:
    # In UTC, where an hour is always an hour.
    return datetime(*wall, tzinfo=VIENNA).astimezone(UTC)  # type: ignore[misc, arg-type]


BEGIN = _moment(2026, 3, 15, 0, 0)
END = _moment(2026, 4, 14, 22, 0)
# Killed, three days off in peace, killed.
PIECES = [
    (BEGIN, _moment(2026, 3, 18, 17, 33, 20), True),
    (_moment(2026, 3, 18, 17, 41), _moment(2026, 3, 21, 0, 10), False),
    (_moment(2026, 3, 24, 0, 5), _moment(2026, 4, 2, 3, 12), True),
    (_moment(2026, 4, 2, 3, 55), END, False),
]
DAYS_OFF = [date(2026, 3, 21), date(2026, 3, 22), date(2026, 3, 23)]

type Draw = Callable[[random.Random, "State"], str]


@dataclass
class State:
    """What a generator remembers."""

    number: float = 0.0
    since: float = 0.0


def _tv(rng: random.Random, state: State) -> str:
    return rng.choice(("on", "off", "off", "unavailable"))


def _door(rng: random.Random, state: State) -> str:
    return rng.choice(("on", "off"))


def _person(rng: random.Random, state: State) -> str:
    return rng.choice(("home", "not_home", "Work"))


def _kelvinish(rng: random.Random, state: State) -> str:
    state.number = min(90.0, max(50.0, state.number + rng.uniform(-3, 3)))
    return rng.choice((f"{state.number:.1f}",) * 9 + ("unavailable",))


def _meter(rng: random.Random, state: State) -> str:
    if state.number > 20 and rng.random() < 0.02:
        state.number = 0.0
    state.number += rng.uniform(0, 1.5)
    return f"{state.number:.3f}"


def _counter(rng: random.Random, state: State) -> str:
    state.number += 1
    if state.number > 3 and rng.random() < 0.05:
        state.number = 0.0
    return f"{state.number:.0f}"


def _weight(rng: random.Random, state: State) -> str:
    return f"{rng.uniform(150, 160):.1f}"


@dataclass
class Fed:
    """One link of the month, and what its days must be at Exist."""

    entity: str
    draw: Draw
    every: tuple[int, int]
    aggregate: str
    attribute: str
    value_type: int
    wire: Callable[[float, date], object]
    unit: str | None = None
    template: str | None = None
    more: dict[str, object] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    absent_is_gap: bool = True
    part: tuple[int, int] | None = None
    """From and to, in whole hours, over midnight."""
    history: History | None = None

    def window(self, day: date) -> tuple[int, int]:
        """Return the seconds in which the day begins and ends."""
        after, before = day + timedelta(days=1), day - timedelta(days=1)
        if self.part is None:
            return _second(day, 0), _second(after, 0)
        return _second(before, self.part[0]), _second(day, self.part[1])


def _second(day: date, hour: int) -> int:
    return local_second(VIENNA, day.year, day.month, day.day, hour, 0)


def _minutes(seconds: float, _day: date) -> int:
    return round(seconds / 60)


def _clock(second: float, _day: date) -> int:
    local = datetime.fromtimestamp(second, VIENNA)
    return local.hour * 60 + local.minute


def _links() -> list[Fed]:
    night = {"part": "from_to", "part_start": "22:00", "part_end": "07:00"}
    return [
        Fed(
            "media_player.tv",
            _tv,
            (600, 20000),
            "time_in",
            "gaming_min",
            3,
            _minutes,
            states=("on",),
            absent_is_gap=False,
        ),
        Fed(
            "sensor.bedroom",
            _kelvinish,
            (300, 3000),
            "mean",
            "bedroom",
            1,
            lambda value, _: round((value - 32) * 5 / 9, 2),
            unit="°F",
            more={**night, "unit": "°C"},
            part=(22, 7),
        ),
        Fed(
            "sensor.garden",
            _kelvinish,
            (300, 3000),
            "maximum",
            "weather_temp_max",
            1,
            lambda value, _: round((value - 32) * 5 / 9, 2),
            unit="°F",
            template="weather_temp_max",
        ),
        Fed(
            "sensor.meter",
            _meter,
            (200, 4000),
            "sum",
            "active_energy",
            1,
            lambda value, _: round(value * 3600, 2),
            unit="kWh",
            template="active_energy",
        ),
        Fed(
            "counter.coffee",
            _counter,
            (2000, 20000),
            "sum",
            "coffees",
            0,
            lambda value, _: round(value),
            template="coffees",
        ),
        Fed(
            "sensor.scale",
            _weight,
            (20000, 90000),
            "last",
            "weight",
            1,
            lambda value, _: round(value * 0.45359237, 2),
            unit="lb",
            template="weight",
        ),
        Fed(
            "binary_sensor.door",
            _door,
            (400, 20000),
            "times",
            "door",
            0,
            lambda value, _: int(value),
            states=("on",),
        ),
        Fed(
            "person.ada",
            _person,
            (3000, 30000),
            "first_time",
            "left_home",
            4,
            _clock,
            states=("not_home", "Work"),
        ),
        Fed(
            "person.bo",
            _person,
            (3000, 30000),
            "last_time",
            "came_home",
            4,
            _clock,
            states=("home",),
        ),
        Fed(
            "device_tracker.car",
            _person,
            (20000, 200000),
            "ever",
            "at_work",
            7,
            lambda value, _: bool(value),
            states=("Work",),
        ),
    ]


def _live(fed: Fed, rng: random.Random) -> list[tuple[datetime, str]]:
    """Return all that the recorder would have kept; at each start it begins anew."""
    state = State(number=70.0 if fed.draw is _kelvinish else 5.0)
    rows: list[tuple[datetime, str]] = []
    for start, end, _ in PIECES:
        moment = start + timedelta(seconds=rng.randint(1, 20))
        while moment < end:
            rows.append((moment, fed.draw(rng, state)))
            moment += timedelta(seconds=rng.randint(*fed.every))
    return rows


@pytest.fixture(autouse=True)
def _begin(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(BEGIN)


@pytest.mark.once
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_month_of_ten_links_is_what_a_walk_by_the_second_finds(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    seed: int,
) -> None:
    rng = random.Random(seed)
    links = _links()
    lives = {fed.entity: _live(fed, rng) for fed in links}
    # Of a run that was cut off, the last row of all is the last that is certain.
    runs = [
        (
            int(start.timestamp()),
            max(
                int(at.timestamp())
                for rows in lives.values()
                for at, _ in rows
                if start <= at < end
            )
            if killed
            else int(end.timestamp()),
        )
        for start, end, killed in PIECES
    ]
    for fed in links:
        rows = [(int(at.timestamp()), state) for at, state in lives[fed.entity]]
        fed.history = History(rows, runs)
    entry = await _furnish(hass, exist_server, add_account, links)

    evaluated: list[int] = []
    moment, done = BEGIN + STEP, BEGIN
    piece = PIECES[0]
    while moment <= END:
        now = next((each for each in PIECES if each[0] <= moment < each[1]), None)
        if now is None and moment < END:
            moment += STEP
            continue
        restarts = now is not None and now is not piece
        if restarts:
            await hass.config_entries.async_unload(entry.entry_id)
        # Time that moves lets timers go off: the past must be there by then.
        await _record(hass, lives, done, moment)
        freezer.move_to(moment)
        for fed in links:
            live = [state for at, state in lives[fed.entity] if at < moment][-1]
            known = hass.states.get(fed.entity)
            assert known is not None
            hass.states.async_set(fed.entity, live, known.attributes)
        if now is not None and restarts:
            piece = now
            await hass.config_entries.async_setup(entry.entry_id)
        await evaluate(hass, entry)
        evaluated.append(int(moment.timestamp()))
        done, moment = moment, moment + STEP
    last = done

    wrong = []
    told = 0
    for fed in links:
        assert fed.history is not None
        for number in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=number)
            start, end = fed.window(day)
            until = min(end, int(last.timestamp()))
            if start < BEGIN.timestamp():
                continue
            expected = _expected(fed, day, until)
            found = exist_server.value("ada", fed.attribute, day)
            if expected is None and found is not None:
                # What was told of its first part stays, though a gap came later.
                sent = [each for each in evaluated if start < each <= until]
                parts = [_expected(fed, day, each) for each in sent]
                expected = found if found in parts else None
            if day in DAYS_OFF and fed.part is None and fed.aggregate != "sum":
                # Of a meter, ten minutes show what it counted in them.
                assert expected is None
            told += expected is not None
            if found != expected and (
                found is None or expected is None or found != pytest.approx(expected)
            ):
                wrong.append((fed.attribute, day.isoformat(), found, expected))
    assert not wrong
    assert told > 200
    assert exist_server.requests.total() < 40 * 4 * 31


def _expected(fed: Fed, day: date, until: int) -> object:
    """Return what Exist must have of the day up to a second; None: nothing."""
    assert fed.history is not None
    value = oracle(
        fed.aggregate,
        fed.history,
        fed.window(day)[0],
        until,
        states=fed.states,
        absent_is_gap=fed.absent_is_gap,
        is_counter=fed.entity.startswith("counter."),
    )
    return None if isinstance(value, str) else fed.wire(value, day)


async def _furnish(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    links: list[Fed],
) -> MockConfigEntry:
    for fed in links:
        attributes = {} if fed.unit is None else {"unit_of_measurement": fed.unit}
        hass.states.async_set(fed.entity, "unknown", attributes)
        if fed.template is not None or fed.attribute == "gaming_min":
            exist_server.own("ada", fed.attribute)
            exist_server.users["ada"].attributes[fed.attribute].values.clear()
        else:
            exist_server.add_attribute(
                "ada", fed.attribute, "health", fed.value_type, name=fed.attribute
            )
    # A place that a link looks for, which nobody was at yet.
    hass.states.async_set("zone.work", "0", {"friendly_name": "Work"})
    await settle(hass)
    # No entities but those of what is owned: the recorder is slow here.
    entry = await add_account(options={CONF_GROUPS: []})
    for fed in links:
        data = link_data(
            fed.entity,
            fed.aggregate,
            fed.attribute,
            fed.value_type,
            template=fed.template,
            states=list(fed.states),
            absent_is_gap=fed.absent_is_gap,
            **{"unit": fed.unit, **fed.more},
        )
        await add_link(hass, entry, data)
    return entry


async def _record(
    hass: HomeAssistant,
    lives: dict[str, list[tuple[datetime, str]]],
    done: datetime,
    moment: datetime,
) -> None:
    await record(
        hass,
        {
            entity: [row for row in rows if done <= row[0] < moment]
            for entity, rows in lives.items()
        },
    )
    # A run that was cut off ends, by its row, when the next one begins.
    begun = [piece for piece in PIECES if piece[0] <= moment]
    await set_runs(
        hass,
        [
            (start, following[0] if killed else end, killed)
            for (start, end, killed), following in pairwise(begun)
        ],
        begun[-1][0],
    )


def test_the_month_has_a_change_of_clocks() -> None:
    before = datetime.combine(FIRST, time(), VIENNA).utcoffset()
    assert before != datetime.combine(LAST, time(), VIENNA).utcoffset()
