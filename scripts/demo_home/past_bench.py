"""What the past of a large account costs; scripts/bench runs it."""

import argparse
import asyncio
from collections import Counter
from contextlib import AsyncExitStack, redirect_stderr
import gc
import logging
from pathlib import Path
import sys
import tempfile
from typing import Any
from unittest.mock import patch

import aiohttp

from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    async_list_statistic_ids,
    statistics_during_period,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from .bench import REPOSITORY, home_assistant, say
from .children import Child, DemoError, free_port
from .configuration import write_configuration
from .figures import PastCosts, print_past
from .home import Home
from .measuring import Cost, highest_resident, measured, resident_from_here
from .sign_in import NEWCOMER, add_account, add_credentials

AT_ONCE = 500
WAIT_SECONDS = 3600
LOOK_SECONDS = 0.1


class PastBench:
    """A real Home Assistant in this process, and a person with a long past."""

    def __init__(self, hass: HomeAssistant, home: Home, exist_url: str) -> None:
        """Take what runs."""
        self._hass = hass
        self._home = home
        self._exist_url = exist_url
        self._entry: ConfigEntry
        self._recorder: Recorder = get_instance(hass)
        self._sent: Counter[str] = Counter()

    async def fill(self, attributes: int, days: int) -> None:
        """Give the person so many attributes with so many days."""
        await self._ask("fill", user=NEWCOMER, n=attributes, days=days)

    def forget_hour(self) -> None:
        """Let the hour not count, which would make the bench take two."""
        from custom_components.exist.account.session import DATA_BUDGETS
        from custom_components.exist.api import RequestBudget

        key = f"{self._exist_url} {NEWCOMER}"
        self._hass.data[DATA_BUDGETS] = {key: RequestBudget(limit=1_000_000)}

    async def import_past(self) -> tuple[Cost, int]:
        """Sign in and wait for the whole past; return the cost and the growth."""
        await add_credentials(self._home)
        gc.collect()
        before = resident_from_here()
        # A start has better things to do; here there is nothing else.
        with patch("custom_components.exist.history.keeper.BEGIN_SECONDS", 0.0):
            return await self._import_past(), highest_resident() - before

    async def _import_past(self) -> Cost:
        async with measured(self._recorder, self._counts) as cost:
            entry = self._hass.config_entries.async_get_entry(
                await add_account(self._home, NEWCOMER)
            )
            assert entry is not None
            self._entry = entry
            history = entry.runtime_data.history
            async with asyncio.timeout(WAIT_SECONDS):
                while not history.contents.charted or history.contents.walks:
                    await self._counts()
                    await asyncio.sleep(LOOK_SECONDS)
        return cost

    async def rows(self) -> dict[str, list[Any]]:
        """Return all rows that are there now, by statistic."""
        known = await async_list_statistic_ids(self._hass)
        ids = [each["statistic_id"] for each in known if each["source"] == "exist"]
        found: dict[str, list[Any]] = {}
        for statistic_id in ids:
            found |= await self._recorder.async_add_executor_job(
                statistics_during_period,
                self._hass,
                dt_util.utc_from_timestamp(0),
                None,
                {statistic_id},
                "hour",
                None,
                {"mean", "state", "sum"},
            )
        return found

    async def bare(self, rows: dict[str, list[Any]]) -> Cost:
        """Let the recorder import the same rows without us."""
        gc.collect()
        async with measured(self._recorder, self._counts) as cost:
            for number, each in enumerate(rows.values()):
                for begin in range(0, len(each), AT_ONCE):
                    self._add(f"bench:{number}", each[begin : begin + AT_ONCE])
                    await self._recorder.async_block_till_done()
        return cost

    def _add(self, statistic_id: str, rows: list[Any]) -> None:
        adds_up = rows[0].get("sum") is not None
        mean = StatisticMeanType.NONE if adds_up else StatisticMeanType.ARITHMETIC
        async_add_external_statistics(
            self._hass,
            {
                "source": "bench",
                "statistic_id": statistic_id,
                "name": None,
                "unit_of_measurement": None,
                "unit_class": None,
                "has_sum": adds_up,
                "mean_type": mean,
            },
            [
                {
                    "start": dt_util.utc_from_timestamp(row["start"]),
                    "state": row["state"],
                    "sum": row["sum"],
                }
                if adds_up
                else {
                    "start": dt_util.utc_from_timestamp(row["start"]),
                    "mean": row["mean"],
                    "min": row["mean"],
                    "max": row["mean"],
                }
                for row in rows
            ],
        )

    async def poll(self) -> Cost:
        """Poll and compare, with nothing new."""
        await self._hass.async_block_till_done(wait_background_tasks=True)
        gc.collect()
        async with measured(self._recorder, self._counts) as cost:
            await self._entry.runtime_data.coordinator.async_refresh()
            await self._hass.async_block_till_done(wait_background_tasks=True)
        return cost

    async def audit(self) -> Cost:
        """Look through all rows."""
        from custom_components.exist.history.audit import Audit
        from custom_components.exist.history.choice import async_charts

        data = self._entry.runtime_data
        charts = await async_charts(self._hass, self._entry, data.coordinator.data)
        charted = data.history.contents.charted
        audit = Audit(self._hass, charts, charted, _save_nothing)
        gc.collect()
        async with measured(self._recorder, self._counts) as cost:
            for name in charts:
                await audit.async_check_rows(name)
        if audit.lost:
            raise DemoError(f"Some statistics are not whole: {audit.lost}")
        return cost

    async def _counts(self) -> dict[str, int]:
        # Exist counts anew, for it would refuse within the hour.
        self._sent.update(await self._ask("reset"))
        return dict(self._sent)

    async def _ask(self, what: str, **said: object) -> Any:
        url = f"{self._exist_url}/_control/{what}"
        async with self._home.session.post(url, json=said) as response:
            response.raise_for_status()
            return await response.json()


def leave_out_pages(config: Path) -> None:
    """Let the frontend be set up where its pages are not installed."""
    (config / "pages").mkdir()
    path = config / "configuration.yaml"
    pages = f"frontend:\n  development_repo: {config / 'pages'}\n"
    path.write_text(path.read_text().replace("frontend:\n", pages))


async def _save_nothing() -> None:
    """Keep nothing: no row is moved."""


async def run(options: argparse.Namespace, folder: Path) -> None:
    """Make the home, import the past, and print the figures."""
    exist_port, home_port = free_port(0, ""), free_port(0, "")
    exist_url = f"http://127.0.0.1:{exist_port}"
    config = folder / "config"
    config.mkdir()
    write_configuration(config, REPOSITORY / "custom_components", home_port, exist_url)
    leave_out_pages(config)
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
        bench = PastBench(hass, home, exist_url)
        await bench.fill(options.attributes, options.days)
        bench.forget_hour()
        say(f"bench: importing {options.days:,} days ...")
        imported, growth = await bench.import_past()
        poll, audit = await bench.poll(), await bench.audit()
        say("bench: importing them again without us ...")
        rows = await bench.rows()
        count = sum(len(each) for each in rows.values())
        bare = await bench.bare(rows)
    print_past(
        PastCosts(len(rows), options.days, count, imported, growth, bare, poll, audit)
    )


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Print what a long past costs.")
    parser.add_argument("--attributes", type=int, default=134, help="%(default)s")
    parser.add_argument("--days", type=int, default=3650, help="%(default)s")
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
