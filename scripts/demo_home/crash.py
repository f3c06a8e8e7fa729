"""Kill a real Home Assistant at the worst moments, and look at what Exist has in the end."""

import argparse
import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
import json
from pathlib import Path
import random
import sys
import tempfile
import time

import aiohttp

from .children import Child, DemoError, free_port
from .configuration import write_configuration
from .home import Home
from .sign_in import add_account, add_credentials

REPOSITORY = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 60
OWNED = ("coffees", "water", "pages_read", "alcoholic_drinks", "mood")
LARGEST = {"mood": 9}
CASES = ("request", "store", "stopping", "token")


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


@dataclass(slots=True)
class Crashes:
    """One Exist, and a Home Assistant that is killed again and again."""

    folder: Path
    session: aiohttp.ClientSession
    exist_port: int
    home_port: int
    random: random.Random
    token: str = ""
    entities: dict[str, str] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    possible: dict[str, set[int]] = field(default_factory=dict)
    tried: dict[str, deque[str]] = field(default_factory=dict)
    """What became of the last writes, for whoever has to explain a failure."""
    count: int = 0
    writes: int = 0
    done: Counter[str] = field(default_factory=Counter)
    signed_in_again: int = 0

    @property
    def config(self) -> Path:
        """Home Assistant's folder."""
        return self.folder / "config"

    async def control(self, name: str, **said: object) -> object:
        """Look into Exist, or meddle with it."""
        url = f"http://127.0.0.1:{self.exist_port}/_control/{name}"
        async with self.session.post(url, json=said) as response:
            response.raise_for_status()
            return await response.json()

    async def start(self) -> Child:
        """Start Home Assistant."""
        return await Child.start(
            "Home Assistant",
            sys.executable,
            *("-m", "homeassistant", "--config", str(self.config), "--skip-pip"),
            cwd=self.config,
            log=self.folder / "home_assistant.log",
        )

    async def prepare(self) -> None:
        """Sign in once, own a few attributes, and stop in peace."""
        self.config.mkdir()
        exist = f"http://127.0.0.1:{self.exist_port}"
        write_configuration(
            self.config, REPOSITORY / "custom_components", self.home_port, exist
        )
        child = await self.start()
        url = f"http://127.0.0.1:{self.home_port}"
        async with Home.connected(self.session, url) as home:
            self.token = await home.command(
                "auth/long_lived_access_token", client_name="soak", lifespan=3
            )
            await add_credentials(home)
            await add_account(home)
            await home.act(
                "exist.acquire_attributes",
                attributes=[{"template": name, "manual": True} for name in OWNED],
                take_over=True,
            )
            await asyncio.sleep(1)
            for entry in await home.command("config/entity_registry/list"):
                name = entry["unique_id"].removeprefix("ada/attribute/")
                if entry["entity_id"].startswith("number.") and name in OWNED:
                    self.entities[name] = entry["entity_id"]
            await asyncio.sleep(2)
        await child.end()
        if set(self.entities) != set(OWNED):
            raise DemoError(f"Controls are missing: {self.entities}")

    async def request(self, method: str, path: str, body: object = None) -> object:
        """Send a REST request to Home Assistant."""
        async with self.session.request(
            method,
            f"http://127.0.0.1:{self.home_port}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
        ) as response:
            response.raise_for_status()
            return await response.json()

    async def waiting(self) -> str | None:
        """Return how many values wait, or None while nothing can be said."""
        try:
            state = await self.request(
                "GET", "/api/states/sensor.exist_ada_values_waiting"
            )
        except aiohttp.ClientError, TimeoutError:
            return None
        assert isinstance(state, dict)
        return str(state["state"])

    async def write(self, name: str) -> None:
        """Set a control; what is answered with success is accepted."""
        self.count += 1
        value = self.count % LARGEST.get(name, 1000) + 1
        possible = self.possible.setdefault(name, set())
        # A small range repeats itself: the same value may have arrived before.
        in_doubt = value in possible
        possible.add(value)
        tried = self.tried.setdefault(name, deque(maxlen=20))
        try:
            changed = await self.request(
                "POST",
                "/api/services/number/set_value",
                {"entity_id": self.entities[name], "value": value},
            )
        except aiohttp.ClientConnectorError:
            tried.append(f"{value} nobody there")
            if not in_doubt:
                possible.discard(value)
            await asyncio.sleep(0.05)
        except (aiohttp.ClientError, TimeoutError) as err:
            tried.append(f"{value} {type(err).__name__}")
            return
        else:
            # An entity that is not loaded yet is passed over without a word.
            assert isinstance(changed, list)
            if not any(each["entity_id"] == self.entities[name] for each in changed):
                tried.append(f"{value} passed over")
                await asyncio.sleep(0.05)
                return
            tried.append(f"{value} accepted")
            self.writes += 1
            self.accepted[name] = value
            self.possible[name] = set()

    async def write_in_turn(self) -> None:
        """Write one after the other, until killed."""
        while True:
            await self.write(self.random.choice(OWNED))

    async def crash(self, child: Child, case: str) -> Child:
        """Reach the worst moment, kill, start again, compare; return what runs now."""
        # So many starts would use up Exist's hour, which is not the question here.
        await self.control("reset")
        if case == "token":
            child = await self._with_expired_token(child)
        writing = asyncio.ensure_future(self._provoke(case, child))
        await asyncio.sleep(self._moment(case))
        child.kill()
        await child.ended()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await self.control("faults/clear")
        child = await self.start()
        if case == "token" and not await self._signed_in():
            child.kill()
            await child.ended()
            await self._sign_in_again()
            child = await self.start()
        try:
            await self.until_quiet()
        except TimeoutError:
            raise DemoError(f"{case}: values still wait.\n{child.tail()}") from None
        for name, value in self.accepted.items():
            found = await self.control("value", user="ada", attribute=name)
            if found != value and found not in self.possible.get(name, ()):
                tried = ", ".join(self.tried[name])
                raise DemoError(
                    f"{case}: {name} is {found}, accepted was {value}. Tried: {tried}."
                )
            if isinstance(found, int):
                self.accepted[name] = found
            self.possible[name] = set()
        self.done[case] += 1
        return child

    async def _with_expired_token(self, child: Child) -> Child:
        """Start anew with a token that the first request has to refresh."""
        await child.end()
        self._change_token({"expires_at": 0})
        before = await self._refreshes()
        child = await self.start()
        async with asyncio.timeout(WAIT_SECONDS):
            while await self._refreshes() == before:
                await asyncio.sleep(0.05)
        return child

    async def _refreshes(self) -> int:
        counts = await self.control("requests")
        assert isinstance(counts, dict)
        return int(counts.get("POST /oauth2/access_token", 0))

    async def _signed_in(self) -> bool:
        """Return whether Exist takes the token that survived."""
        async with asyncio.timeout(WAIT_SECONDS):
            while await self.waiting() is None:
                await asyncio.sleep(0.1)
        path = "/api/services/exist/get_owned_attributes?return_response"
        try:
            await self.request("POST", path, {})
        except aiohttp.ClientResponseError:
            return False
        return True

    def _moment(self, case: str) -> float:
        return {
            "request": self.random.uniform(0.2, 0.6),
            "store": self.random.uniform(0, 0.3),
            "stopping": self.random.uniform(0, 1.5),
            "token": self.random.uniform(0, 1),
        }[case]

    async def _provoke(self, case: str, child: Child) -> None:
        match case:
            case "request":
                stored = self.random.random() < 0.5
                await self.control(
                    "fault",
                    kind="drop" if stored else "delay",
                    path="*/update/",
                    stored=stored,
                    seconds=self.random.choice([0, 1]),
                )
            case "stopping":
                child.terminate()
        await self.write_in_turn()

    async def until_quiet(self) -> None:
        """Wait until the account is loaded and nothing waits."""
        async with asyncio.timeout(WAIT_SECONDS):
            while await self.waiting() != "0":
                await asyncio.sleep(0.1)

    async def _sign_in_again(self) -> None:
        """Give the entry a new token, as signing in again does."""
        self.signed_in_again += 1
        token = await self.control("token", user="ada")
        assert isinstance(token, dict)
        self._change_token({**token, "expires_at": time.time() + token["expires_in"]})

    def _change_token(self, changes: dict[str, object]) -> None:
        path = self.config / ".storage" / "core.config_entries"
        stored = json.loads(path.read_text())
        for entry in stored["data"]["entries"]:
            if entry["domain"] == "exist":
                entry["data"]["token"].update(changes)
        path.write_text(json.dumps(stored))


async def run(options: argparse.Namespace) -> int:
    """Crash so many times in each way and print the figures."""
    with tempfile.TemporaryDirectory(prefix="exist-crash-") as folder:
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=15)
        ) as session:
            crashes = Crashes(
                Path(folder),
                session,
                free_port(0, ""),
                free_port(0, ""),
                random.Random(options.seed),
            )
            exist = await Child.start(
                "The local Exist server",
                sys.executable,
                *("-m", "tests.exist_server", "--port", str(crashes.exist_port)),
                cwd=REPOSITORY,
                log=Path(folder) / "exist.log",
            )
            start = time.monotonic()
            child: Child | None = None
            try:
                await asyncio.sleep(1)
                await crashes.prepare()
                child = await crashes.start()
                await crashes.until_quiet()
                for number in range(options.times):
                    for case in CASES:
                        child = await crashes.crash(child, case)
                    say(f"crash: {number + 1} of {options.times} of each kind survived")
            except DemoError as err:
                say(f"crash: {err}")
                return 1
            finally:
                await exist.end()
                if child is not None:
                    await child.end()
    for case in CASES:
        print(f"{case:16} {crashes.done[case]}")
    print(f"{'signed in again':16} {crashes.signed_in_again}")
    print(f"{'writes':16} {crashes.writes}")
    print(f"{'seconds':16} {time.monotonic() - start:.0f}")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="scripts/soak --crash")
    parser.add_argument("--times", type=int, default=50, help="of each (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(asyncio.run(run(parser.parse_args())))
