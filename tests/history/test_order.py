"""In whatever order days come, statistics end as one clean import would leave them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
import json
from pathlib import Path
import random
import threading
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from sqlalchemy.exc import OperationalError

from custom_components.exist.account.session import DATA_BUDGETS
from custom_components.exist.const import CONF_GROUPS, GROUPS
from custom_components.exist.history.totals import (
    DayRow,
    differing,
    missing,
    rewrite,
    seams,
)
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.components.recorder.tasks import (
    AdjustStatisticsTask,
    RecorderTask,
    SynchronizeTask,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..writing import poll, reload, settle, write
from .history_home import (
    CHARTED,
    MORE,
    add_person,
    are_seamless,
    days_at_exist,
    imported,
    kept,
    reached,
    rows,
)

ALL = (*CHARTED, *MORE)
FIRST = date(2026, 1, 1)
API = "/api/2/attributes/*values/"
WINDOWS = "GET /api/2/attributes/with-values/"


class Table:
    """One statistic as a database keeps it."""

    def __init__(self) -> None:
        """Begin empty."""
        self.rows: dict[date, DayRow] = {}

    def write(self, changed: Mapping[date, float | None], *, crash: bool) -> None:
        """Write as the recorder would; a crash leaves later sums as they were."""
        last = max(changed)
        known = [self.rows[day] for day in sorted(self.rows) if day <= last]
        made = rewrite(known, changed, adds_up=True)
        self.rows |= {row.day: row for row in made.rows}
        if not crash:
            self.lift(last + timedelta(days=1), made.shift)

    def lift(self, since: date, by: float) -> None:
        """Raise sums, as the recorder's own adjustment does."""
        for day, row in self.rows.items():
            if day >= since:
                self.rows[day] = row._replace(total=(row.total or 0) + by)

    def mend(self) -> None:
        """Do what the start does."""
        for day, by in seams([self.rows[day] for day in sorted(self.rows)]):
            self.lift(day, by)


def clean(days: Mapping[date, float | None]) -> dict[date, float]:
    """Return the sums of one clean import."""
    total, sums = 0.0, {}
    for day in sorted(days):
        if (value := days[day]) is not None:
            total += value
            sums[day] = total
    return sums


DAYS = st.integers(0, 40).map(lambda back: FIRST + timedelta(days=back))
# What differs by less is the same to us.
VALUES = (
    st.none() | st.integers(0, 20000) | st.floats(0, 500).map(lambda v: round(v, 3))
)


@given(
    st.lists(
        st.tuples(st.dictionaries(DAYS, VALUES, min_size=1, max_size=8), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
@settings(deadline=None, max_examples=200)
def test_any_order_with_any_crash_gives_the_sums_of_one_clean_import(
    steps: list[tuple[dict[date, float | None], bool]],
) -> None:
    table, truth = Table(), dict[date, float | None]()
    for told, crash in steps:
        truth |= told
        stored = {day: row.value for day, row in table.rows.items()}
        changed = differing(stored, told)
        changed |= dict.fromkeys(missing(stored, told, told), None)
        if changed:
            table.write(changed, crash=crash)
        if crash:
            # The next start looks through all of them.
            table.mend()
    sums = clean(truth)
    assert {
        day: row.total for day, row in table.rows.items() if row.value is not None
    } == pytest.approx(sums)
    before = 0.0
    for day in sorted(table.rows):
        row = table.rows[day]
        before += row.value or 0.0
        assert row.total == pytest.approx(before)


@pytest.fixture
def person(
    recorder_mock: None, freezer: FrozenDateTimeFactory, exist_server: ExistServer
) -> ExistServer:
    add_person(exist_server, days=130)
    exist_server.own("dora", *ALL, manual=True)
    return exist_server


async def assert_clean(hass: HomeAssistant, exist_server: ExistServer) -> None:
    for name in ALL:
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(
            days_at_exist(exist_server, name)
        ), name
    for name in ("steps", "coffees"):
        assert are_seamless(await rows(hass, f"exist:dora_{name}")), name


@pytest.mark.parametrize(
    "seed",
    [*range(4), *(pytest.param(n, marks=pytest.mark.recorder_db) for n in (4, 5))],
)
async def test_corrections_and_imports_in_random_order(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount, seed: int
) -> None:
    dice = random.Random(seed)
    today = person.today("dora")
    entry = await add_account("dora")
    if dice.random() < 0.5:
        await imported(hass, entry)

    def some_day() -> date:
        return today - timedelta(days=dice.choice((*range(40), *range(180))))

    async def correct() -> None:
        for _ in range(5):
            name = dice.choice(ALL)
            value = dice.randint(1, 9) if name == "mood" else dice.randint(1, 900)
            person.set_value("dora", name, some_day(), value)

    async def delete() -> None:
        for _ in range(5):
            name = dice.choice(ALL)
            if dice.random() < 0.5:
                person.clear_value("dora", name, some_day())
            else:
                person.set_value("dora", name, some_day(), None)

    async def write_one() -> None:
        name, value = dice.choice(("steps", "coffees", "mood")), dice.randint(1, 9)
        await write(hass, name=name, value=value, date=some_day())

    async def import_some() -> None:
        first, last = sorted((some_day(), some_day()))
        names = dice.sample(ALL, dice.randint(1, len(ALL)))
        await write(hass, "import_history", start=first, end=last, attributes=names)

    async def poll_now() -> None:
        await poll(hass, entry)

    async def restart() -> None:
        await reload(hass, entry)

    async def clear() -> None:
        names = [dice.choice(ALL)]
        await write(hass, "clear_history", attributes=names)
        await write(hass, "import_history", attributes=names)

    steps = (correct, delete, write_one, import_some, poll_now, restart, clear)
    for _ in range(14):
        await dice.choice(steps)()
        if dice.random() < 0.5:
            await settle(hass)
    await settle(hass)
    await write(hass, "import_history")
    await imported(hass, entry)
    await assert_clean(hass, person)


def _file(hass: HomeAssistant, entry: MockConfigEntry) -> Path:
    return Path(hass.config.path(f".storage/exist.{entry.entry_id}.history"))


async def kill(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """End the account with what is on disk at this moment, and nothing more."""
    path = _file(hass, entry)
    there = path.read_bytes() if path.exists() else None
    await hass.config_entries.async_unload(entry.entry_id)
    if there is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(there)


@pytest.mark.recorder_db
async def test_killed_five_times_no_page_is_asked_for_twice(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    uninterrupted = sum(
        count for path, count in person.requests.items() if "values/" in path
    )
    await write(hass, "clear_history")
    await hass.config_entries.async_unload(entry.entry_id)
    _file(hass, entry).unlink()
    person.requests.clear()
    kills = 0
    for pages in (0, 1, 2, 3, 2):
        # The poll's own page comes first.
        fault = person.faults.add(Fault("delay", API, skip=pages + 1, seconds=99))
        await hass.config_entries.async_setup(entry.entry_id)
        await reached(fault)
        await kill(hass, entry)
        person.faults.clear()
        kills += 1
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await assert_clean(hass, person)
    asked = sum(count for path, count in person.requests.items() if "values/" in path)
    # Each start polls once more, and asks once more for what was in flight.
    assert asked == uninterrupted + 2 * kills


async def test_an_older_file_than_the_database_changes_nothing(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    fault = person.faults.add(Fault("delay", API, skip=3, seconds=99))
    entry = await add_account("dora", setup=False)
    await hass.config_entries.async_setup(entry.entry_id)
    await reached(fault)
    older = _file(hass, entry).read_bytes()
    await kill(hass, entry)
    person.faults.clear()
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    _file(hass, entry).write_bytes(older)
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await assert_clean(hass, person)


async def test_the_budget_leaves_room_for_others(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    budget = entry.runtime_data.client.budget
    used = budget.used
    # 160 windows are more than the hour has for it.
    start = person.today("dora") - timedelta(days=31 * 160)
    await write(hass, "import_history", start=start)
    await settle(hass)
    history = entry.runtime_data.history
    assert history.contents.walks
    assert budget.used <= 150 + 3
    assert budget.used > used
    before = budget.used
    freezer.tick(timedelta(minutes=30))
    async_fire_time_changed(hass)
    await settle(hass)
    # Nothing more but the poll.
    assert budget.used <= before + 3
    freezer.tick(timedelta(minutes=31))
    async_fire_time_changed(hass)
    await settle(hass)
    assert not history.contents.walks
    await assert_clean(hass, person)


@pytest.mark.recorder_db
async def test_a_slow_recorder_is_waited_for(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    adjust, begun = AdjustStatisticsTask.run, threading.Event()

    def slow(self: AdjustStatisticsTask, instance: Recorder) -> None:
        begun.set()
        time.sleep(0.3)
        adjust(self, instance)

    queue_task = Recorder.queue_task

    def queue(self: Recorder, task: Any) -> None:
        queue_task(self, task)
        if isinstance(task, AdjustStatisticsTask):
            # Its queue is empty while it is still at work.
            begun.wait()
            begun.clear()

    monkeypatch.setattr(AdjustStatisticsTask, "run", slow)
    monkeypatch.setattr(Recorder, "queue_task", queue)
    today = person.today("dora")
    for back in (80, 70, 60):
        day = today - timedelta(days=back)
        await write(hass, name="steps", value=back, date=day)
    await imported(hass, entry)
    await assert_clean(hass, person)


@dataclass(slots=True)
class Busy(RecorderTask):
    """Keeps the recorder busy."""

    over: threading.Event

    def run(self, instance: Recorder) -> None:
        """Wait."""
        self.over.wait(60)


async def test_rows_that_never_came_are_not_taken_for_written(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fillers = person.fill("dora", 25, days=130)
    entry = await add_account("dora", options={CONF_GROUPS: list(GROUPS)})
    await imported(hass, entry)
    recorder = get_instance(hass)
    await write(hass, name="steps", value=7)
    await imported(hass, entry)
    freezer.tick(timedelta(days=29))
    attributes = person.users["dora"].attributes
    for attribute in attributes.values():
        for back in range(29):
            day = person.today("dora") - timedelta(days=back)
            attribute.values[day] = back % 9 + 1
    busy = Busy(threading.Event())
    recorder.queue_task(busy)
    queue_task, waits = Recorder.queue_task, asyncio.Event()

    def queue(self: Recorder, task: Any) -> None:
        queue_task(self, task)
        if isinstance(task, SynchronizeTask):
            waits.set()

    monkeypatch.setattr(Recorder, "queue_task", queue)
    polling = hass.async_create_task(entry.runtime_data.coordinator.async_refresh())
    # More rows are to come than may wait.
    await waits.wait()
    await polling
    await hass.config_entries.async_unload(entry.entry_id)
    busy.over.set()
    raw = await hass.async_add_executor_job(_file(hass, entry).read_bytes)
    known = json.loads(raw)["data"]["charted"]
    there = {name: len(await rows(hass, f"exist:dora_{name}")) for name in known}
    assert {there[name] for name in fillers} == {130, 159}
    assert all(known[name]["rows"] <= there[name] for name in known)
    asked = person.requests.copy()
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    # A walk through the past takes a dozen.
    assert person.requests[WINDOWS] - asked[WINDOWS] <= 2
    await assert_clean(hass, person)


async def test_what_fails_at_first_loses_no_past(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads = 0

    def read(*args: Any) -> Any:
        nonlocal reads
        reads += 1
        # Each was looked through; now the first poll is compared.
        if reads == len(ALL) + 1:
            raise OperationalError("", {}, Exception())
        return statistics_during_period(*args)

    monkeypatch.setattr(
        "homeassistant.components.recorder.statistics.statistics_during_period", read
    )
    entry = await add_account("dora")
    await settle(hass)
    assert reads == len(ALL) + 1
    freezer.tick(timedelta(minutes=31))
    async_fire_time_changed(hass)
    await imported(hass, entry)
    await assert_clean(hass, person)


async def test_an_attribute_that_is_away_meanwhile_is_gone_on_with(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    person.faults.add(Fault("status", API, skip=2, times=1, status=502))
    entry = await add_account("dora")
    await settle(hass)
    assert entry.runtime_data.history.contents.walks
    attributes = person.users["dora"].attributes
    away = {name: attributes.pop(name) for name in ("steps", "weight")}
    await poll(hass, entry)
    freezer.tick(timedelta(minutes=6))
    async_fire_time_changed(hass)
    await imported(hass, entry)
    attributes |= away
    await poll(hass, entry)
    await imported(hass, entry)
    await assert_clean(hass, person)


async def test_after_two_months_away_no_day_is_missing(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(timedelta(days=75))
    for name in ALL:
        for back in range(75):
            day = person.today("dora") - timedelta(days=back)
            person.set_value("dora", name, day, back % 9 + 1)
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await assert_clean(hass, person)


async def test_a_restart_is_no_new_hour(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    start = person.today("dora") - timedelta(days=31 * 160)
    await write(hass, "import_history", start=start)
    await settle(hass)
    windows = person.requests[WINDOWS]
    await hass.config_entries.async_unload(entry.entry_id)
    # What was spent is forgotten with the process.
    hass.data.pop(DATA_BUDGETS)
    freezer.tick(timedelta(minutes=20))
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    # The poll's own.
    assert person.requests[WINDOWS] == windows + 1
    assert entry.runtime_data.history.contents.walks
    freezer.tick(timedelta(minutes=41))
    async_fire_time_changed(hass)
    await imported(hass, entry)


async def test_the_same_days_are_asked_for_only_once(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    fault = person.faults.add(Fault("status", API, times=None, status=502))
    start = person.today("dora") - timedelta(days=90)
    for _ in range(5):
        await write(hass, "import_history", start=start)
        await write(hass, "import_history", start=date(1, 1, 1))
    await settle(hass)
    assert fault.seen
    contents = entry.runtime_data.history.contents
    assert [walk.oldest for walk in contents.walks] == [date(2000, 1, 1)]
