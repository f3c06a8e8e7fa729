"""Helpers of Home Assistant and links, set up on the same home for the same days."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_purge_done,
    do_adhoc_statistics,
)

from custom_components.exist.const import CONF_GROUPS
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..history.history_home import rows
from ..link_home import add_link, evaluate, link_data, set_runs
from ..writing import settle, write
from .side_by_side_home import (
    ATTRIBUTES,
    COFFEE,
    DAYS,
    FIRST,
    LOOK,
    METER,
    ROOM,
    SCALE,
    SOLAR,
    TIMES,
    TV,
    Life,
    Moment,
)

type Days = dict[int, float]

ABSENT = ("unavailable", "unknown")


def _history(name: str, what: str) -> MockConfigEntry:
    return MockConfigEntry(
        domain="history_stats",
        title=name,
        version=2,
        options={
            "name": name,
            "entity_id": TV,
            "state": ["on"],
            "type": what,
            "start": "{{ today_at() }}",
            "end": "{{ now() }}",
        },
    )


def _utility(name: str, source: str) -> MockConfigEntry:
    return MockConfigEntry(
        domain="utility_meter",
        title=name,
        version=2,
        minor_version=2,
        options={
            "name": name,
            "source": source,
            "cycle": "daily",
            "offset": 0,
            "tariffs": [],
            "net_consumption": False,
            "delta_values": False,
            "periodically_resetting": True,
            "always_available": False,
        },
    )


def _statistics(name: str, source: str) -> MockConfigEntry:
    return MockConfigEntry(
        domain="statistics",
        title=name,
        minor_version=3,
        options={
            "name": name,
            "entity_id": source,
            "state_characteristic": "average_step",
            "max_age": {"hours": 24, "minutes": 0, "seconds": 0},
            "keep_last_sample": True,
            "percentile": 50,
            "precision": 4,
        },
    )


HELPERS: Mapping[str, Callable[[], MockConfigEntry]] = {
    "tv_time": lambda: _history("tv_time", "time"),
    "tv_count": lambda: _history("tv_count", "count"),
    "coffee_day": lambda: _utility("coffee_day", COFFEE),
    "solar_day": lambda: _utility("solar_day", SOLAR),
    "meter_day": lambda: _utility("meter_day", METER),
    "room_day": lambda: _statistics("room_day", ROOM),
    "scale_day": lambda: _statistics("scale_day", SCALE),
}
METERS = ("coffee_day", "solar_day", "meter_day")
LINKED: Mapping[str, tuple[str, str, int, dict[str, object]]] = {
    "tv_minutes": (TV, "time_in", 3, {"states": ["on"], "absent_is_gap": False}),
    "tv_times": (TV, "times", 0, {"states": ["on"], "absent_is_gap": False}),
    "cups": (COFFEE, "sum", 0, {}),
    "sun": (SOLAR, "sum", 1, {"unit": "kWh"}),
    "used": (METER, "sum", 1, {"unit": "kWh"}),
    "warmth": (ROOM, "mean", 1, {"unit": "°C"}),
    "kilos": (SCALE, "last", 1, {"unit": "kg"}),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What tells the same as a link: a helper, or a column of compiled statistics."""

    attribute: str
    truth: str
    within: float
    helper: str | None = None
    column: str = ""
    factor: float = 1.0


COMPARED = {
    "history_stats time": Compared("tv_minutes", TV, 1.1, "tv_time", factor=60),
    "history_stats count": Compared("tv_times", TIMES, 0.1, "tv_count"),
    "utility_meter counter": Compared("cups", COFFEE, 0.1, "coffee_day"),
    "utility_meter daily": Compared("sun", SOLAR, 0.02, "solar_day"),
    "utility_meter running": Compared("used", METER, 0.02, "meter_day"),
    "statistics room": Compared("warmth", ROOM, 0.1, "room_day"),
    "statistics scale": Compared("kilos", SCALE, 0.05, "scale_day"),
    "compiled daily": Compared("sun", SOLAR, 0.02, column="change"),
    "compiled running": Compared("used", METER, 0.02, column="change"),
    "compiled room": Compared("warmth", ROOM, 0.1, column="mean"),
    "compiled scale": Compared("kilos", SCALE, 0.05, column="mean"),
}


@dataclass(slots=True)
class Home:
    """A home whose days are told by helpers and by links alike."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    server: ExistServer
    zone: str
    begun: datetime
    helpers: list[MockConfigEntry] = field(default_factory=list)
    past: list[tuple[datetime, datetime, bool]] = field(default_factory=list)
    theirs: dict[str, Days] = field(default_factory=dict)

    def _day(self, at: datetime) -> int:
        return (at.astimezone(ZoneInfo(self.zone)).date() - FIRST).days

    async def live(self, life: Life) -> None:
        """Let all moments pass."""
        for moment in life.moments:
            self.freezer.move_to(moment.at)
            match moment.what:
                case "stops":
                    await self._stop(moment)
                case "starts":
                    await self._start(moment)
                case "look" | "midnight":
                    await self._pass(moment)
                case entity:
                    self.hass.states.async_set(
                        entity, moment.state, self._attributes(entity)
                    )
                    await self.hass.async_block_till_done()

    def _attributes(self, entity: str) -> Mapping[str, str]:
        return {**ATTRIBUTES[entity], ATTR_FRIENDLY_NAME: entity}

    async def _pass(self, moment: Moment) -> None:
        async_fire_time_changed(self.hass, moment.at)
        await settle(self.hass)
        if moment.what == LOOK:
            self._look(moment.at)
        self._look_back(moment.at)

    def _look(self, at: datetime) -> None:
        """Note what the helpers say of the day."""
        for name in HELPERS:
            state = self.hass.states.get(f"sensor.{name}")
            assert state is not None
            if state.state not in ABSENT:
                self.theirs.setdefault(name, {})[self._day(at)] = float(state.state)

    def _look_back(self, at: datetime) -> None:
        """Note what the meters say of the day that is over."""
        for name in METERS:
            state = self.hass.states.get(f"sensor.{name}")
            assert state is not None
            reset = state.attributes.get("last_reset")
            if reset and self._day(datetime.fromisoformat(reset)) == self._day(at):
                said = float(state.attributes["last_period"])
                self.theirs[name][self._day(at) - 1] = said

    async def _stop(self, moment: Moment) -> None:
        self._look(moment.at)
        await self._unload()
        await get_instance(self.hass).async_block_till_done()
        self.past.append((self.begun, moment.at, False))

    async def _unload(self) -> None:
        for entry in self.helpers:
            assert await self.hass.config_entries.async_unload(entry.entry_id)
        await settle(self.hass)

    async def _start(self, moment: Moment) -> None:
        self.begun = moment.at
        await set_runs(self.hass, self.past, self.begun)
        for entity in ATTRIBUTES:
            # A counter is Home Assistant's own, and never away.
            shown = state_of(self.hass, entity).state
            state = shown if entity == COFFEE else "unavailable"
            self.hass.states.async_set(
                entity, state, self._attributes(entity), force_update=True
            )
        await self.hass.async_block_till_done()
        for entry in self.helpers:
            assert await self.hass.config_entries.async_setup(entry.entry_id)
        await settle(self.hass)

    async def compile(self, life: Life) -> None:
        """Compile the statistics of all hours, of hours in which nothing was as one."""
        await self._unload()
        # Whatever is there is compiled.
        for state in self.hass.states.async_all():
            if state.entity_id not in ATTRIBUTES:
                self.hass.states.async_remove(state.entity_id)
        told = {moment.at for moment in life.moments if moment.what in (METER, SOLAR)}
        begun = [*(start for start, _, _ in self.past[1:]), self.begun]
        off = list(zip((end for _, end, _ in self.past), begun, strict=True))
        periods = {_floor(at, 5) for at in told}
        full = {
            _floor(moment.at, 60)
            for moment in life.moments
            if moment.what in (ROOM, SCALE) and moment.at.minute
        }
        hour = _floor(life.moments[0].at, 60)
        while hour < life.moments[-1].at:
            every = range(0, 60, 5) if hour in full else (55,)
            periods |= {hour + timedelta(minutes=minute) for minute in every}
            hour += timedelta(hours=1)
        for period in sorted(periods):
            if not any(
                start <= period and period + timedelta(minutes=5) <= end
                for start, end in off
            ):
                do_adhoc_statistics(self.hass, start=period)
        await get_instance(self.hass).async_block_till_done()

    async def told_by(self, each: Compared) -> Days:
        """Return what the other side says of each day."""
        if each.helper is not None:
            said = self.theirs[each.helper]
            return {day: value * each.factor for day, value in said.items()}
        found = await rows(self.hass, each.truth, "day")
        return {
            self._day(dt_util.utc_from_timestamp(row["start"])): row[each.column]
            for row in found
        }

    def ours(self, attribute: str) -> Days:
        """Return what is at Exist."""
        found: Days = {}
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            value = self.server.value("ada", attribute, day)
            if value is not None:
                assert isinstance(value, int | float)
                found[number] = float(value)
        return found

    async def by_hours(self, attribute: str) -> Days:
        """Return what links tell of past days as soon as their states are purged."""
        told = await write(
            self.hass, "preview_link", link=attribute, start=FIRST.isoformat()
        )
        return {
            (date.fromisoformat(day["date"]) - FIRST).days: float(day["value"])
            for day in told["days"]
            if day["value"] is not None
        }

    async def purge(self) -> None:
        """Delete all states, as the recorder does when they are old."""
        await self.hass.services.async_call(
            "recorder", "purge", {"keep_days": 0}, blocking=True
        )
        await get_instance(self.hass).async_block_till_done()
        await async_wait_purge_done(self.hass)


def _floor(at: datetime, minutes: int) -> datetime:
    return at.replace(minute=at.minute - at.minute % minutes, second=0, microsecond=0)


async def settle_in(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    server: ExistServer,
    zone: str,
    life: Life,
) -> Home:
    """Set up the helpers and the links as the first day begins."""
    await hass.config.async_set_time_zone(zone)
    server.users["ada"].timezone = zone
    for name, (_, _, value_type, _) in LINKED.items():
        server.add_attribute("ada", name, "health", value_type, name=name)
    begun = life.moments[0].at
    freezer.move_to(begun)
    await set_runs(hass, [], begun)
    first = {moment.what: moment.state for moment in reversed(life.moments)}
    for entity, attributes in ATTRIBUTES.items():
        state = first[entity] if entity != SCALE else "unknown"
        hass.states.async_set(entity, state, attributes)
    await settle(hass)
    home = Home(hass, freezer, server, zone, begun)
    for name, make in HELPERS.items():
        entry = make()
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id), name
        home.helpers.append(entry)
    await settle(hass)
    return home


async def link_all(home: Home, add_account: AddAccount) -> MockConfigEntry:
    """Link all that is compared, and send the days that were."""
    account = await add_account(options={CONF_GROUPS: []})
    for name, (entity, aggregate, value_type, more) in LINKED.items():
        data = link_data(
            entity,
            aggregate,
            name,
            value_type,
            past_days=DAYS,
            asked=dt_util.utcnow().isoformat(),
            **more,
        )
        await add_link(home.hass, account, data)
    await evaluate(home.hass, account)
    return account
