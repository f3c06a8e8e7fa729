"""What a hundred links cost; scripts/bench runs it."""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, redirect_stderr
import cProfile
from datetime import date, timedelta
import gc
import logging
from pathlib import Path
import sys
import tempfile
import time
import tracemalloc
from typing import Any, cast

import aiohttp

from homeassistant.bootstrap import async_setup_hass
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.db_schema import States
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.runner import RuntimeConfig

from .children import Child, DemoError, free_port
from .configuration import write_configuration
from .database import NAME, write_database
from .figures import (
    Costs,
    print_costs,
    print_home,
    print_polls,
    print_start,
    print_suggestions,
    print_write,
)
from .home import Home
from .linked_home import Linked
from .measuring import Cost, measured, resident
from .reading import ATTRIBUTES, DAYS as VALUE_DAYS, read_pages
from .sign_in import PERSON, add_account, add_credentials
from .suggesting import suggesting

REPOSITORY = Path(__file__).resolve().parents[2]
HOUR = 3600
DAY = timedelta(days=1)
SETTLED_SECONDS = 120
# Where the integration keeps what each person's hour has left.
BUDGETS = "exist_budgets"


def say(text: str) -> None:
    """Tell the person at the terminal; Home Assistant has the present one."""
    print(text, file=sys.__stderr__, flush=True)


class Bench:
    """A real Home Assistant in this process, and Exist in another."""

    def __init__(
        self, hass: HomeAssistant, home: Home, exist_url: str, days: int
    ) -> None:
        """Take what runs."""
        self._hass = hass
        self._home = home
        self._exist_url = exist_url
        self._days = days
        self._entry: ConfigEntry
        self._recorder: Recorder = get_instance(hass)

    async def prepare(self, things: Sequence[Linked]) -> None:
        """Sign in, create the attributes, and give each entity a state."""
        await add_credentials(self._home)
        entry_id = await add_account(self._home)
        entry = self._hass.config_entries.async_get_entry(entry_id)
        assert entry is not None
        self._entry = entry
        made = await self._home.act(
            "exist.create_attributes",
            attributes=[thing.new_attribute for thing in things],
        )
        if {each["name"] for each in made["success"]} != {
            thing.attribute for thing in things
        }:
            raise DemoError(f"Exist did not create all attributes: {made}")
        for thing in things:
            state = "20.0" if thing.is_number else "off"
            self._hass.states.async_set(thing.entity_id, state, thing.state_attributes)
        await self._settle()

    async def link(self, things: Sequence[Linked]) -> None:
        """Add links while the account is unloaded, and wait for what they send."""
        entries = self._hass.config_entries
        await entries.async_unload(self._entry.entry_id)
        linked = {each.unique_id for each in self._entry.subentries.values()}
        for thing in things:
            if thing.attribute not in linked:
                subentry = ConfigSubentry(
                    data=thing.link,  # type: ignore[arg-type]
                    subentry_type="link",
                    title=thing.label,
                    unique_id=thing.attribute,
                )
                entries.async_add_subentry(self._entry, subentry)
        await entries.async_setup(self._entry.entry_id)
        await self._settle()

    async def all_days(self) -> Cost:
        """Evaluate as after days in which the account was not loaded."""
        self._forget_days()
        return await self.evaluate()

    async def evaluate(self) -> Cost:
        """Let an hour's work be done, until Exist has everything."""
        data = self._entry.runtime_data
        outcomes: list[object] = []
        stop = data.ledger.outcomes.async_listen(outcomes.append)
        async with measured(self._recorder, self._counts) as cost:
            await data.links.async_evaluate()
            await self._settle()
        stop()
        cost.values = len(outcomes)
        return cost

    async def memory(self) -> tuple[int, int]:
        """Return Python's peak and the growth of the process, for all days again."""
        self._forget_days()
        before = resident()
        tracemalloc.start()
        try:
            await self._entry.runtime_data.links.async_evaluate()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        return peak, resident() - before

    async def start_without_exist(self) -> float:
        """Return the seconds of a set-up while Exist never answers."""
        entries, entry_id = self._hass.config_entries, self._entry.entry_id
        await entries.async_unload(entry_id)
        await self._meddle("fault", kind="delay", seconds=HOUR, times=None)
        begin = time.perf_counter()
        loaded = await entries.async_setup(entry_id)
        seconds = time.perf_counter() - begin
        await entries.async_unload(entry_id)
        await self._meddle("faults/clear")
        await self._forget_requests()
        await entries.async_setup(entry_id)
        await self._settle()
        if not loaded:
            raise DemoError("The account is not set up while Exist never answers.")
        return seconds

    async def poll(self) -> tuple[Cost, Cost]:
        """Poll a large account for the first time, and again with nothing new."""
        await self._meddle("fill", user=PERSON, n=ATTRIBUTES, days=VALUE_DAYS)
        return await self._poll(), await self._poll()

    async def load_anew(self) -> Cost:
        """Set the large account up, whose entities are registered."""
        entries, entry_id = self._hass.config_entries, self._entry.entry_id
        await self._settle()
        await entries.async_unload(entry_id)
        await self._forget_requests()
        gc.collect()
        async with measured(self._recorder, self._counts) as cost:
            await entries.async_setup(entry_id)
            await self._settle()
        self._require_poll()
        return cost

    async def write(self, name: str) -> tuple[Cost, int]:
        """Write two values; return what one costs, and how many functions the other calls."""

        async def write(value: int) -> None:
            data = {"name": name, "value": value}
            await self._hass.services.async_call(
                "exist", "update_values", data, blocking=True, return_response=True
            )

        cost = await self._drawn(lambda: write(1))
        profile = cProfile.Profile()
        profile.enable()
        await write(2)
        profile.disable()
        return cost, sum(each.callcount for each in profile.getstats())

    async def _poll(self) -> Cost:
        cost = await self._drawn(self._entry.runtime_data.coordinator.async_refresh)
        self._require_poll()
        return cost

    def _require_poll(self) -> None:
        coordinator = self._entry.runtime_data.coordinator
        if not (coordinator.polls and coordinator.last_update_success):
            raise DemoError("A poll failed, so that it says nothing of what one costs.")

    async def _forget_requests(self) -> None:
        """Let the hour be over in which so much was asked; no account may be loaded."""
        self._hass.data[BUDGETS].clear()
        await self._meddle("reset")

    async def _drawn(self, work: Callable[[], Awaitable[None]]) -> Cost:
        """Measure some work, and how many states our entities write for it."""
        # What others left to be done is not this one's.
        await self._settle()
        await self._hass.async_add_executor_job(self._recorder.block_till_done)
        gc.collect()
        written: list[object] = []
        bus = self._hass.bus
        stops = (
            bus.async_listen(EVENT_STATE_CHANGED, written.append, _ours),
            bus.async_listen(EVENT_STATE_REPORTED, written.append, _ours),
        )
        async with measured(self._recorder, self._counts) as cost:
            await work()
            await self._settle()
        for stop in stops:
            stop()
        cost.written = len(written)
        return cost

    async def _meddle(self, what: str, **said: object) -> None:
        url = f"{self._exist_url}/_control/{what}"
        async with self._home.session.post(url, json=said) as response:
            response.raise_for_status()

    async def add_hour(self, things: Sequence[Linked], begin: float) -> None:
        """Let the last hour before the start have happened after all."""

        def write() -> None:
            with session_scope(hass=self._hass) as session:
                for thing in things:
                    known = self._recorder.states_meta_manager.get(
                        thing.entity_id, session, True
                    )
                    session.add_all(
                        States(metadata_id=known, state=state, last_updated_ts=at)
                        for at, state in thing.news(begin, begin + HOUR - 1)
                    )

        await self._recorder.async_add_executor_job(write)

    def _forget_days(self) -> None:
        today: date = self._entry.runtime_data.coordinator.today
        for known in self._entry.runtime_data.links.memory.contents.links.values():
            known.since = today - (self._days - 1) * DAY
            known.settled = known.since - DAY

    async def _settle(self) -> None:
        async with asyncio.timeout(SETTLED_SECONDS):
            await self._hass.async_block_till_done(wait_background_tasks=True)
            while self._entry.runtime_data.ledger.entries:
                await asyncio.sleep(0.05)

    async def _counts(self) -> dict[str, int]:
        url = f"{self._exist_url}/_control/requests"
        async with self._home.session.get(url) as response:
            return cast("dict[str, int]", await response.json())


@callback
def _ours(data: Mapping[str, Any]) -> bool:
    return ".exist_" in data["entity_id"]


@asynccontextmanager
async def home_assistant(config: Path) -> AsyncGenerator[HomeAssistant]:
    """Run Home Assistant in this process."""
    hass = await async_setup_hass(RuntimeConfig(config_dir=str(config), skip_pip=True))
    if hass is None:
        raise DemoError("Home Assistant does not start.")
    await hass.async_start()
    try:
        yield hass
    finally:
        await hass.async_stop(force=True)


async def run(options: argparse.Namespace, folder: Path) -> None:
    """Make the home, measure one link and then all, and print the figures."""
    things = [Linked(number) for number in range(options.links)]
    exist_port, home_port = free_port(0, ""), free_port(0, "")
    exist_url = f"http://127.0.0.1:{exist_port}"
    config = folder / "config"
    config.mkdir()
    write_configuration(config, REPOSITORY / "custom_components", home_port, exist_url)
    say("bench: suggesting links ...")
    suggested = await suggesting(folder)
    say(f"bench: writing {options.days} days of {options.links} entities ...")
    until = time.time()
    begin = until - options.days * 24 * HOUR
    # The last hour is for later: nothing happens in it at first.
    rows = [thing.recorded(begin, until - HOUR) for thing in things]
    write_database(config, begin, until, rows, [])
    count = sum(len(each.rows) for each in rows)
    size = (config / NAME).stat().st_size
    del rows
    say("bench: reading a large account ...")
    async with AsyncExitStack() as stack:
        exist = await Child.start(
            "The local Exist server",
            sys.executable,
            *("-m", "tests.exist_server", "--port", str(exist_port)),
            cwd=REPOSITORY,
            log=folder / "exist.log",
        )
        stack.push_async_callback(exist.end)
        web = await stack.enter_async_context(aiohttp.ClientSession())
        reading = await exist.while_alive(read_pages(web, exist_url))
        say("bench: starting Home Assistant ...")
        hass = await stack.enter_async_context(home_assistant(config))
        home = await stack.enter_async_context(
            Home.connected(web, f"http://127.0.0.1:{home_port}")
        )
        bench = Bench(hass, home, exist_url, options.days)
        await bench.prepare(things)
        say("bench: one link ...")
        await bench.link(things[:1])
        one = Costs(await bench.all_days(), await bench.evaluate())
        say(f"bench: {options.links} links ...")
        await bench.link(things)
        all_days, nothing_new = await bench.all_days(), await bench.evaluate()
        await bench.add_hour(things, until - HOUR)
        all_new = await bench.evaluate()
        start = await bench.start_without_exist()
        many = Costs(all_days, nothing_new, all_new, *await bench.memory())
        say(f"bench: polls of {ATTRIBUTES} attributes more ...")
        polls = await bench.poll()
        loaded = await bench.load_anew()
        written = await bench.write(things[0].attribute)
    print_home(things, options.days, count, size)
    print_costs(one, many, options.links, options.days)
    print_start(start, options.links)
    print_polls(reading, *polls, loaded)
    print_write(*written)
    print_suggestions(suggested)


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Print what many links cost."
    )
    parser.add_argument("--links", type=int, default=100, help="%(default)s")
    parser.add_argument("--days", type=int, default=10, help="%(default)s")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exist-bench-") as name:
        log = Path(name) / "homeassistant.log"
        # Home Assistant logs to what is the standard error when it starts.
        with log.open("w") as file, redirect_stderr(file):
            try:
                asyncio.run(run(options, Path(name)))
            except DemoError as err:
                say(f"bench: {err}")
                return 1
            finally:
                # It watches the main thread for good, and would mind the tidying up.
                logging.disable()
                # It would log what goes wrong, and nobody reads that log.
                sys.excepthook = sys.__excepthook__
    return 0


if __name__ == "__main__":
    sys.exit(main())
