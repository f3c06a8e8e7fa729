"""Run the demo; scripts/demo does so with the right Python."""

import argparse
import asyncio
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
import signal
import sys
import tempfile
import time

import aiohttp

from .charts import charted_days
from .children import Child, DemoError, free_port
from .configuration import write_configuration
from .dashboard import EXIST_DAYS, make_dashboard
from .home import PASSWORD, USERNAME, Home
from .links import linked_days, make_links
from .past import Past
from .sign_in import PERSON, add_account, add_credentials
from .summary import ShownEntity, Summary, shown_entities
from .written import write_and_read

REPOSITORY = Path(__file__).resolve().parents[2]
ENTITIES_SECONDS = 30

# All nine value types of Exist; a tag is the boolean among them.
ACQUIRED = [
    *(
        {"template": template}
        for template in (
            "steps",
            "weight",
            "sleep",
            "sleep_start",
            "sleep_end",
            "body_fat",
        )
    ),
    *(
        {"template": template, "manual": True}
        for template in (
            "coffees",
            "mood",
            "mood_note",
            "stress_level",
            "tv_min",
            "water",
        )
    ),
    *({"name": tag, "manual": True} for tag in ("gym", "homeoffice", "family_dinner")),
]


def say(text: str) -> None:
    """Tell the person at the terminal; standard output is for the result."""
    print(text, file=sys.stderr, flush=True)


class Demo:
    """One run of the demo."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        """Check the ports. Raises DemoError."""
        self._options = options
        self._folder = folder
        self._exist_port = free_port(options.exist_port, "--exist-port")
        self._home_port = free_port(options.ha_port, "--ha-port")
        if self._exist_port == self._home_port:
            raise DemoError("The two ports must not be the same.")
        self._exist_url = f"http://127.0.0.1:{self._exist_port}"
        self._home_url = f"http://127.0.0.1:{self._home_port}"
        self._seconds: dict[str, float] = {}
        self._past: Past
        self.shown = False

    async def run(self) -> None:
        """Start everything, show it, and end everything."""
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            with self._phase("furnish the home and start Exist", "exist"):
                exist = await self._start(
                    stack,
                    "The local Exist server",
                    (
                        "tests.exist_server",
                        *("--port", str(self._exist_port), "--days", str(EXIST_DAYS)),
                    ),
                    REPOSITORY,
                )
                config = self._folder / "config"
                await asyncio.to_thread(self._furnish, config)
                await exist.while_alive(self._exist_answers(session))
            with self._phase("start Home Assistant", "home_assistant"):
                # Everything it needs is installed; it must not install more.
                server = await self._start(
                    stack,
                    "Home Assistant",
                    ("homeassistant", "--config", str(config), "--skip-pip"),
                    config,
                )
                home = await server.while_alive(
                    stack.enter_async_context(Home.connected(session, self._home_url))
                )
            try:
                await server.while_alive(exist.while_alive(self._show(home)))
            except DemoError as err:
                raise DemoError(
                    f"{err}\nHome Assistant said:\n{server.tail()}"
                ) from err

    def _furnish(self, config: Path) -> None:
        """Make the home and its past, while Exist starts."""
        # Home Assistant takes its time to be imported.
        from .furniture import furnish

        config.mkdir()
        write_configuration(
            config, REPOSITORY / "custom_components", self._home_port, self._exist_url
        )
        self._past = Past(time.time())
        furnish(config, self._past)

    async def _start(
        self, stack: AsyncExitStack, name: str, module: tuple[str, ...], cwd: Path
    ) -> Child:
        log = self._folder / f"{module[0]}.log"
        child = await Child.start(name, sys.executable, "-m", *module, cwd=cwd, log=log)
        stack.push_async_callback(child.end)
        return child

    @contextmanager
    def _phase(self, text: str, key: str) -> Generator[None]:
        say(f"demo: {text} ...")
        start = time.monotonic()
        yield
        self._seconds[key] = round(time.monotonic() - start, 2)

    async def _exist_answers(self, session: aiohttp.ClientSession) -> None:
        async with asyncio.timeout(30):
            while True:
                try:
                    await self._counted(session)
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
                else:
                    return

    async def _counted(self, session: aiohttp.ClientSession) -> dict[str, int]:
        async with session.get(f"{self._exist_url}/_control/requests") as response:
            counts: dict[str, int] = await response.json()
            return counts

    async def _show(self, home: Home) -> None:
        await add_credentials(home)
        if self._options.sign_in_by_hand:
            self._say_what_to_click()
        else:
            summary = await self._walk(home)
            print(
                summary.as_json() if self._options.json else summary.as_table(),
                flush=True,
            )
            if self._options.once:
                return
            self._say_where_to_look()
        self.shown = True
        await asyncio.Event().wait()

    async def _walk(self, home: Home) -> Summary:
        with self._phase(f"sign in at Exist as {PERSON}", "sign_in"):
            entry_id = await add_account(home)
        with self._phase("acquire a few attributes", "acquire"):
            response = await home.act(
                "exist.acquire_attributes", attributes=ACQUIRED, take_over=True
            )
            acquired = [item["name"] for item in response["success"]]
            owned = [
                attribute["name"]
                for attribute in (await home.act("exist.get_owned_attributes"))[
                    "results"
                ]
            ]
        with self._phase("write one value of each kind", "write"):
            written = await write_and_read(home, self._exist_url)
        with self._phase("make three links", "links"):
            await make_links(home, entry_id)
            links = await linked_days(home, self._exist_url, self._past)
        with self._phase("wait for entities", "entities"):
            entities = await self._entities(home, acquired, owned)
        with self._phase("import the past", "statistics"):
            statistics = await charted_days(home)
        with self._phase("make the dashboard", "dashboard"):
            await make_dashboard(home)
        return Summary(
            home_assistant=(await home.call("GET", "/api/config"))["version"],
            integration=(await home.command("manifest/get", integration="exist"))[
                "version"
            ],
            entities=entities,
            owned=owned,
            acquired=acquired,
            failed=response["failed"],
            written=written,
            links=links,
            statistics=statistics,
            past_until=self._past.until,
            requests=await self._counted(home.session),
            seconds=self._seconds,
        )

    async def _entities(
        self, home: Home, acquired: list[str], owned: list[str]
    ) -> list[ShownEntity]:
        """Wait until every acquired attribute has an entity that is available."""
        missing = set(acquired)
        deadline = time.monotonic() + ENTITIES_SECONDS
        while True:
            entities = await shown_entities(home, owned)
            missing = set(acquired) - {
                entity.attribute for entity in entities if entity.state != "unavailable"
            }
            if not missing:
                return entities
            if time.monotonic() > deadline:
                raise DemoError(
                    f"No entity within {ENTITIES_SECONDS} seconds for: "
                    f"{', '.join(missing)}."
                )
            await asyncio.sleep(0.2)

    def _say_where_to_look(self) -> None:
        say(
            f"""
Look at it in a browser, as user '{USERNAME}' with password '{PASSWORD}':
  the dashboard {self._home_url}
  the account   {self._home_url}/config/integrations/integration/exist
  the actions   {self._home_url}/config/developer-tools/action
  one more link on the page of the account: 'Add link', for the coffees
Exist's side is at {self._exist_url}. Ctrl-C ends everything."""
        )

    def _say_what_to_click(self) -> None:
        say(
            f"""
Home Assistant is ready, the application credentials are in place. Sign in by hand:
  1. Open {self._home_url}/config/integrations/dashboard/add?domain=exist
     as user '{USERNAME}' with password '{PASSWORD}'
     (or: Settings, Devices & services, Add integration, Exist).
  2. Say what Home Assistant may do; a page of the local Exist server opens.
  3. Choose a person there, and Allow. The window closes, Home Assistant goes on.
Ctrl-C ends everything."""
        )


def options_of(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Show the integration in a real Home Assistant with a local Exist.",
    )
    parser.add_argument("--once", action="store_true", help="end after the table")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object instead of the table"
    )
    parser.add_argument(
        "--sign-in-by-hand",
        action="store_true",
        help="stop before the account is added, so that you can do it in a browser",
    )
    for option, port, what in (
        ("--ha-port", 8123, "Home Assistant"),
        ("--exist-port", 8124, "the local Exist server"),
    ):
        parser.add_argument(
            option,
            type=int,
            default=port,
            metavar="PORT",
            help=f"port of {what} (%(default)s; 0 takes any free one)",
        )
    options = parser.parse_args(arguments)
    if options.sign_in_by_hand and (options.once or options.json):
        parser.error("--sign-in-by-hand goes with neither --once nor --json")
    return options


async def run(options: argparse.Namespace) -> int:
    """Run the demo until it is done or told to end."""
    task = asyncio.current_task()
    assert task is not None

    def stop() -> None:
        # A second Ctrl-C must not interrupt the tidying up.
        if not task.cancelling():
            say("\ndemo: ending ...")
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    with tempfile.TemporaryDirectory(
        prefix="exist-demo-", ignore_cleanup_errors=True
    ) as folder:
        try:
            demo = Demo(options, Path(folder))
            await demo.run()
        except DemoError as err:
            say(f"demo: {err}")
            return 1
        except asyncio.CancelledError:
            return 0 if demo.shown else 130
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(run(options_of(sys.argv[1:]))))
