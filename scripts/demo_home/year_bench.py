"""What a year of states every ten seconds costs one link; scripts/bench runs it."""

import argparse
import asyncio
from contextlib import AsyncExitStack, redirect_stderr
from datetime import timedelta
import gc
import logging
from pathlib import Path
import sys
import tempfile
import time
import tracemalloc

import aiohttp

from homeassistant.components.recorder.core import Recorder
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance

from .bench import REPOSITORY, home_assistant, say
from .children import Child, DemoError, free_port
from .configuration import write_configuration
from .database import NAME, Steady, write_steady
from .figures import print_year
from .home import Home
from .measuring import Cost, highest_resident, measured, resident_from_here
from .sign_in import NEWCOMER, add_account, add_credentials

EVERY_SECONDS = 10
DAY_SECONDS = 86400
# One by what it shows, one by what it counts, one by a state that it makes.
RULES = ("mean", "sum", "time_in")
ATTRIBUTES = {"unit_of_measurement": "kWh"}
ENTITY = "sensor.bench_year"


class Year:
    """A real Home Assistant in this process, whose recorder has kept a year."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, days: int) -> None:
        """Take what runs."""
        self._hass = hass
        self._entry = entry
        self._days = days
        self._recorder: Recorder = get_instance(hass)

    async def measure(self, rule: str) -> tuple[Cost, int, int]:
        """Compute all days; return the cost, the process's growth, how many were told."""
        gc.collect()
        before = resident_from_here()
        async with measured(self._recorder, self._no_requests) as cost:
            told = await self._compute(rule)
        return cost, highest_resident() - before, told

    async def peak(self, rule: str) -> int:
        """Return Python's own peak for all days again, in bytes."""
        gc.collect()
        tracemalloc.start()
        try:
            await self._compute(rule)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    async def _compute(self, rule: str) -> int:
        # Integration code is only found once Home Assistant has put it on the path.
        from custom_components.exist.links import Link, NotTold

        link = Link.from_data("year", "Year", _link(rule, self._days))
        last = self._entry.runtime_data.coordinator.today - timedelta(days=1)
        first = last - timedelta(days=self._days - 2)
        days = await self._entry.runtime_data.links.async_preview(link, first, last)
        if days is None:
            raise DemoError("The recorder cannot be asked.")
        return sum(not isinstance(value, NotTold) for value in days.values())

    async def _no_requests(self) -> dict[str, int]:
        return {}


def _link(rule: str, days: int) -> dict[str, object]:
    is_of_states = rule == "time_in"
    return {
        "entity": ENTITY,
        "aggregate": rule,
        "attribute": "bench_year",
        "value_type": 3 if is_of_states else 1,
        "unit": ATTRIBUTES["unit_of_measurement"],
        # In the middle of the year it gets there.
        **({"above": days * DAY_SECONDS / EVERY_SECONDS / 200} if is_of_states else {}),
    }


async def run(days: int, folder: Path) -> None:
    """Make the home, measure each rule, and print the figures."""
    exist_port, home_port = free_port(0, ""), free_port(0, "")
    exist_url = f"http://127.0.0.1:{exist_port}"
    config = folder / "config"
    config.mkdir()
    write_configuration(config, REPOSITORY / "custom_components", home_port, exist_url)
    until = time.time()
    steady = Steady(
        ENTITY, ATTRIBUTES, until - days * DAY_SECONDS, until, EVERY_SECONDS
    )
    say(f"bench: writing {steady.count:,} states of one entity ...")
    write_steady(config, steady)
    size = (config / NAME).stat().st_size
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
        hass = await stack.enter_async_context(home_assistant(config))
        home = await stack.enter_async_context(
            Home.connected(web, f"http://127.0.0.1:{home_port}")
        )
        await add_credentials(home)
        # What is measured is the link, not the import of a past.
        account = await add_account(home, NEWCOMER)
        entry = hass.config_entries.async_get_entry(account)
        assert entry is not None
        hass.states.async_set(ENTITY, steady.last, ATTRIBUTES)
        await hass.async_block_till_done(wait_background_tasks=True)
        year = Year(hass, entry, days)
        print(
            f"\n1 entity, {days} days, {steady.count:,} states, one every"
            f" {EVERY_SECONDS} s, in a SQLite file of {size / 2**20:.0f} MiB:"
        )
        for rule in RULES:
            say(f"bench: its {rule} of each day ...")
            cost, growth, told = await year.measure(rule)
            print_year(rule, cost, told, growth, await year.peak(rule))


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Print what a year of states costs.")
    parser.add_argument("--days", type=int, default=365, help="%(default)s")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exist-bench-") as name:
        log = Path(name) / "homeassistant.log"
        # Home Assistant logs to what is the standard error when it starts.
        with log.open("w") as file, redirect_stderr(file):
            try:
                asyncio.run(run(options.days, Path(name)))
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
