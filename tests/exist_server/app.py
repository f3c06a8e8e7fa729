"""The server: Exist's API on loopback, with faults on demand."""

from collections import Counter
import datetime as dt
from typing import Self

from aiohttp import web

from .batches import batch
from .calls import WORLD, answer, reading
from .clock import Clock
from .control import Control
from .faults import Faults, Handler
from .findings import averages, combo, correlations, insights
from .oauth import decide, exchange, show, simple_token
from .ownership import acquire, create, release
from .pictured import populate_pictures
from .reads import attributes, owned, profile, templates, values, with_values
from .refusals import Refused
from .seed import HISTORY_DAYS, populate
from .state import World
from .switches import Switches
from .writing import increment, update

HOST = "127.0.0.1"
COUNTED = ("/api/", "/oauth2")


class ExistServer(World):
    """A stateful Exist; also what tests look into and change.

    Use as `async with ExistServer() as server:` and connect to `server.url`.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        switches: Switches | None = None,
        clock: Clock | None = None,
        days: int = HISTORY_DAYS,
        lived_until: dt.date | None = None,
        own: dict[str, tuple[str, ...]] | None = None,
        pictures: str | None = None,
    ) -> None:
        """Seed the people; `own` gives Home Assistant attributes to begin with.

        `lived_until` is the date whose values today has, if it is not today's own.
        With `pictures`, a time zone, the person of pictures is there alone.
        """
        super().__init__(clock=clock or Clock(), switches=switches or Switches())
        self.faults = Faults()
        self.requests: Counter[str] = Counter()
        self._port = port
        self._runner: web.AppRunner | None = None
        if pictures is None:
            populate(self, days, lived_until)
        else:
            populate_pictures(self, pictures, days)
        for username, names in (own or {}).items():
            self.own(username, *names)

    @property
    def port(self) -> int:
        """Return the port it listens on, once started."""
        return self._port

    @property
    def url(self) -> str:
        """Return the origin, without a slash at the end."""
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listen on loopback; after a stop, at the same port as before."""
        self.faults.closing.clear()
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and let every delayed request go."""
        self.faults.closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._count, self._fault, _answer_refusals])
        app[WORLD] = self
        app.add_routes(_ROUTES)
        app.add_routes(Control(self, self.faults, self.requests).routes())
        return app

    @web.middleware
    async def _count(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if request.path.startswith(COUNTED):
            self.requests[f"{request.method} {request.path}"] += 1
        return await handler(request)

    @web.middleware
    async def _fault(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if request.path.startswith(COUNTED):
            return await self.faults.around(request, handler)
        return await handler(request)


@web.middleware
async def _answer_refusals(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as err:
        if err.payload is None:
            return web.Response(status=err.status, headers=err.headers)
        return answer(err.payload, err.status)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as err:
        return answer({"detail": err.reason}, err.status)


def _simple_token_at(version: str) -> web.RouteDef:
    async def handle(request: web.Request) -> web.Response:
        old = request.app[WORLD].switches.simple_token_v1
        if (version == "1") is not old:
            raise web.HTTPNotFound
        return await simple_token(request)

    return web.post(f"/api/{version}/auth/simple-token/", handle)


_API = "/api/2"
_ROUTES = [
    web.get("/oauth2/authorize", show),
    web.post("/oauth2/authorize", decide),
    web.post("/oauth2/access_token", exchange),
    _simple_token_at("1"),
    _simple_token_at("2"),
    web.get(f"{_API}/accounts/profile/", reading(profile)),
    web.get(f"{_API}/attributes/templates/", reading(templates)),
    web.get(f"{_API}/attributes/", reading(attributes)),
    web.get(f"{_API}/attributes/with-values/", reading(with_values)),
    web.get(f"{_API}/attributes/values/", reading(values)),
    web.get(f"{_API}/attributes/owned/", reading(owned, clients_only=True)),
    web.post(f"{_API}/attributes/acquire/", batch(acquire)),
    web.post(f"{_API}/attributes/release/", batch(release)),
    web.post(f"{_API}/attributes/create/", batch(create)),
    web.post(f"{_API}/attributes/update/", batch(update)),
    web.post(f"{_API}/attributes/increment/", batch(increment)),
    web.get(f"{_API}/averages/", reading(averages)),
    web.get(f"{_API}/correlations/", reading(correlations)),
    web.get(f"{_API}/correlations/combo/", reading(combo)),
    web.get(f"{_API}/insights/", reading(insights)),
]
