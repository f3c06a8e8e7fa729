"""The home that the browser visits: the demo's Home Assistant and a local Exist."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
import re
import sys
import time
from typing import Any

import aiohttp
from demo_home.children import Child, free_port
from demo_home.configuration import write_configuration
from demo_home.dashboard import EXIST_DAYS
from demo_home.furniture import furnish
from demo_home.home import Home
from demo_home.past import Past

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60
# Longer than any page is looked at.
HELD_SECONDS = 600

_COMPLAINT = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b.*\bexist\b")
# A custom integration is warned of, and a sign-in that was taken back is an error.
_EXPECTED = re.compile("custom integration exist|Authentication failed while fetching")


class Exist:
    """The local Exist: what a person would do or see there."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Remember where it is."""
        self._session = session
        self.url = url

    async def control(self, what: str, /, **said: str) -> Any:
        """Look in or meddle."""
        async with self._session.get(
            f"{self.url}/_control/{what}", params=said
        ) as response:
            response.raise_for_status()
            return await response.json()

    async def value(self, attribute: str, day: str) -> Any:
        """Return what Exist holds for a day; None also while it has no such attribute."""
        return await self._of("value", attribute, date=day)

    async def set_value(self, attribute: str, day: str, value: object) -> None:
        """Change a day as a person does at Exist."""
        async with self._session.post(
            f"{self.url}/_control/value",
            json={"user": "ada", "attribute": attribute, "date": day, "value": value},
        ) as response:
            response.raise_for_status()

    @asynccontextmanager
    async def holding_up(self, path: str) -> AsyncGenerator[None]:
        """Answer nothing that is asked at a path, until the end of the block."""
        fault = {"kind": "delay", "path": path, "times": None, "seconds": HELD_SECONDS}
        async with self._session.post(
            f"{self.url}/_control/fault", json=fault
        ) as response:
            response.raise_for_status()
        yield
        await self.control("faults/clear")

    async def owner(self, attribute: str) -> str | None:
        """Return the service that may write an attribute; None also where there is none."""
        owner: str | None = await self._of("owner", attribute)
        return owner

    async def _of(self, what: str, attribute: str, **said: str) -> Any:
        try:
            return await self.control(what, user="ada", attribute=attribute, **said)
        except aiohttp.ClientResponseError as err:
            if err.status != HTTPStatus.BAD_REQUEST:
                raise
            return None

    async def today(self) -> str:
        """Return the day of the person's profile."""
        today: str = (await self.control("state"))["users"]["ada"]["today"]
        return today


@dataclass(frozen=True, slots=True)
class Place:
    """What runs."""

    home: Home
    exist: Exist
    past: Past
    log: Path

    async def entity(self, domain: str, key: str) -> str:
        """Return the entity ID of an entity of Exist, which is in the home's language."""
        await self.home.connect()
        [found] = [
            each["entity_id"]
            for each in await self.home.command("config/entity_registry/list")
            if each["platform"] == "exist"
            and each["entity_id"].startswith(f"{domain}.")
            and each["unique_id"].endswith(f"/{key}")
        ]
        entity_id: str = found
        return entity_id

    async def poll(self) -> None:
        """Have Exist asked now, as an automation may."""
        await self.home.call(
            "POST",
            "/api/services/homeassistant/update_entity",
            {"entity_id": await self.entity("date", "edited_day")},
        )

    def complaints(self) -> list[str]:
        """Return what Home Assistant complained of, of the integration."""
        return [
            line
            for line in self.log.read_text(errors="replace").splitlines()
            if _COMPLAINT.search(line) and not _EXPECTED.search(line)
        ]


@asynccontextmanager
async def living(
    folder: Path,
    furnish_home: Callable[[Path, int, str, Past], None] | None = None,
    exist_options: Sequence[str] = (),
) -> AsyncGenerator[Place]:
    """Start Exist and Home Assistant in an empty folder, and end both."""
    exist_port, home_port = free_port(0, "Exist"), free_port(0, "Home Assistant")
    exist_url = f"http://127.0.0.1:{exist_port}"
    home_url = f"http://127.0.0.1:{home_port}"
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def start(name: str, cwd: Path, *module: str) -> Child:
            log = folder / f"{module[0]}.log"
            child = await Child.start(
                name, sys.executable, "-m", *module, cwd=cwd, log=log
            )
            stack.push_async_callback(child.end)
            return child

        exist = await start(
            "The local Exist",
            REPOSITORY,
            "tests.exist_server",
            *("--port", str(exist_port), "--days", str(EXIST_DAYS)),
            *exist_options,
        )
        config = folder / "config"
        past = Past(time.time())
        config.mkdir()
        await asyncio.to_thread(
            furnish_home or _furnish, config, home_port, exist_url, past
        )
        await exist.while_alive(_answering(session, exist_url))
        server = await start(
            "Home Assistant",
            config,
            "homeassistant",
            "--config",
            str(config),
            "--skip-pip",
        )
        home = await server.while_alive(
            stack.enter_async_context(Home.connected(session, home_url))
        )
        yield Place(home, Exist(session, exist_url), past, folder / "homeassistant.log")


def _furnish(config: Path, home_port: int, exist_url: str, past: Past) -> None:
    write_configuration(config, REPOSITORY / "custom_components", home_port, exist_url)
    furnish(config, past)


async def _answering(session: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with session.get(f"{url}/_control/requests"):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
