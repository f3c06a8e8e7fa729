"""Past days are read a week at a time, and mean what they mean when read at once."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
import random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.links import Link, NotTold
from custom_components.exist.links.compute import DayResult
from custom_components.exist.links.window import weeks_between
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..link_home import at, link_data, record, set_runs

pytestmark = pytest.mark.recorder_db

FIRST = date(2026, 4, 8)
LAST = date(2026, 5, 20)
BEGUN = at(2026, 4, 7)
NOON = at(2026, 5, 20, 12)
KWH = {"unit_of_measurement": "kWh"}
TOTAL = {**KWH, "state_class": "total"}
RISING = {**KWH, "state_class": "total_increasing"}
ABSENT = "unavailable"

type Shows = Callable[[random.Random, datetime, float], tuple[float, str]]


def lifetime(chance: random.Random, at: datetime, was: float) -> tuple[float, str]:
    """Count up, and read 0 each night and for some days."""
    now = was + chance.choice((0.0, 0.1, 0.7))
    away = at.hour < 3 or date(2026, 4, 20) <= at.date() <= date(2026, 4, 26)
    return now, "0" if away else f"{now + 500:.2f}"


def daily(chance: random.Random, at: datetime, was: float) -> tuple[float, str]:
    """Count up, and begin anew each midnight."""
    begins = at.hour == 0 and was > 1
    now = 0.1 if begins else was + chance.choice((0.1, 0.4))
    return now, f"{now:.2f}"


def net(chance: random.Random, at: datetime, was: float) -> tuple[float, str]:
    """Go up and down, below zero in the first weeks only."""
    now = was + chance.choice((-0.3, 0.2, 0.1))
    return now, f"{now + (90 if at.date() > date(2026, 4, 22) else -90):.2f}"


def warmth(chance: random.Random, at: datetime, was: float) -> tuple[float, str]:
    """Measure."""
    return 0.0, f"{chance.uniform(-5, 25):.1f}"


def presence(chance: random.Random, at: datetime, was: float) -> tuple[float, str]:
    """Be on or off, and for two weeks only off."""
    quiet = date(2026, 4, 28) <= at.date() <= date(2026, 5, 11)
    return 0.0, "off" if quiet else chance.choice(("on", "off"))


HOME: Mapping[str, tuple[Shows, Mapping[str, str], dict[str, Any]]] = {
    "sensor.lifetime": (lifetime, RISING, {"aggregate": "sum"}),
    "sensor.daily": (daily, RISING, {"aggregate": "maximum"}),
    "sensor.net": (net, TOTAL, {"aggregate": "sum"}),
    "sensor.settled": (net, TOTAL, {"aggregate": "sum", "kind": "running_total"}),
    "sensor.warmth": (warmth, KWH, {"aggregate": "mean"}),
    "sensor.entered": (warmth, KWH, {"aggregate": "last", "only_new": True}),
    "binary_sensor.time": (presence, {}, {"aggregate": "time_in", "states": ["on"]}),
    "binary_sensor.times": (presence, {}, {"aggregate": "times", "states": ["on"]}),
    "binary_sensor.last": (presence, {}, {"aggregate": "last_time", "states": ["on"]}),
}
TYPES = {"time_in": 3, "times": 0, "last_time": 4}


def _rows(chance: random.Random, shows: Shows) -> list[tuple[datetime, str]]:
    """Draw six weeks of an entity that is away now and then, once for ten days."""
    rows: list[tuple[datetime, str]] = []
    moment, value, away_until = BEGUN, 0.0, BEGUN
    long_away = BEGUN + timedelta(days=chance.uniform(5, 30))
    while moment < NOON:
        value, state = shows(chance, moment, value)
        if moment >= long_away:
            away_until, long_away = moment + timedelta(days=10), NOON
        elif chance.random() < 0.01:
            away_until = moment + timedelta(hours=chance.uniform(0.1, 30))
        rows.append((moment, ABSENT if moment < away_until else state))
        moment += timedelta(minutes=chance.uniform(5, 60))
    return rows


@pytest.fixture
async def home(
    recorder_mock: None, freezer: FrozenDateTimeFactory, add_account: AddAccount
) -> MockConfigEntry:
    """Load an account, at noon."""
    freezer.move_to(NOON)
    return await add_account()


@pytest.mark.parametrize("seed", range(3))
async def test_weeks_tell_what_one_read_tells(
    hass: HomeAssistant,
    home: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    chance = random.Random(seed)
    histories = {name: _rows(chance, shows) for name, (shows, _, _) in HOME.items()}
    for name, rows in histories.items():
        hass.states.async_set(name, rows[-1][1], HOME[name][1])
    await record(hass, histories)
    off = at(2026, 4, 17, 5)
    await set_runs(
        hass,
        [
            (BEGUN, off, False),
            (off + timedelta(minutes=9), at(2026, 5, 6, 22), False),
        ],
        at(2026, 5, 6, 23),
    )

    async def tell() -> dict[str, Mapping[date, DayResult]]:
        told: dict[str, Mapping[date, DayResult]] = {}
        for name, (_, attributes, rule) in HOME.items():
            data = link_data(
                name,
                attribute="x",
                value_type=TYPES.get(rule["aggregate"], 1),
                unit=attributes.get("unit_of_measurement"),
                **rule,
            )
            link = Link.from_data(name, name, data)
            days = await home.runtime_data.links.async_preview(link, FIRST, LAST)
            assert days is not None
            told[name] = days
        return told

    by_weeks = await tell()
    monkeypatch.setattr(
        "custom_components.exist.links.passes.weeks_between",
        lambda first, last: [(first, last)],
    )
    at_once = await tell()
    different = {
        (name, day.isoformat()): (told, at_once[name][day])
        for name, days in by_weeks.items()
        for day, told in days.items()
        if told != at_once[name][day]
    }
    assert not different
    told = [value for days in by_weeks.values() for value in days.values()]
    assert sum(not isinstance(value, NotTold) for value in told) > len(told) / 2
    # In the newest weeks it was never below zero, in the first ones it was.
    newest = [by_weeks["sensor.settled"][LAST - timedelta(days=n)] for n in range(9)]
    values = [value.value for value in newest if not isinstance(value, NotTold)]
    assert any(isinstance(value, float) and value < 0 for value in values)


def test_weeks_are_all_days_once_the_newest_first() -> None:
    weeks = [*weeks_between(FIRST, LAST)]
    assert weeks[0] == (date(2026, 5, 14), LAST)
    assert weeks[-1] == (FIRST, FIRST)
    days = [
        begins + timedelta(days=number)
        for begins, ends in reversed(weeks)
        for number in range((ends - begins).days + 1)
    ]
    assert days == [FIRST + timedelta(days=number) for number in range(len(days))]
    assert days[-1] == LAST
    assert [*weeks_between(LAST, FIRST)] == []
