"""Looking in and meddling from another process, such as a demo; not part of Exist."""

from collections.abc import Awaitable, Callable
import datetime as dt

from aiohttp import web

from .calls import Json, answer
from .faults import Fault, Faults
from .groups import SCOPES
from .refusals import Refused
from .state import CLIENT_ID, SERVICE, World

type Act = Callable[[dict[str, str], Json], object]


class Control:
    """The endpoints below /_control/."""

    def __init__(self, world: World, faults: Faults, counts: dict[str, int]) -> None:
        """Remember what is looked at."""
        self._world = world
        self._faults = faults
        self._counts = counts

    def routes(self) -> list[web.RouteDef]:
        """Return the endpoints; each takes its words by query, form or JSON."""
        acts: dict[str, Act] = {
            "requests": lambda _, __: dict(self._counts),
            "reset": lambda _, __: self._reset(),
            "state": lambda _, __: self._state(),
            "fault": lambda said, body: self._add_fault({**said, **body}),
            "faults/clear": lambda _, __: self._clear_faults(),
            "steal": self._steal,
            "own": self._own,
            "owned": lambda said, _: self._world.owned(
                said["user"], said.get("service", SERVICE)
            ),
            "owner": lambda said, _: self._world.owner(said["user"], said["attribute"]),
            "value": self._value,
            "token": lambda said, _: self._world.issue_token(
                said["user"],
                said["scope"].split() if "scope" in said else SCOPES,
                said.get("client_id", CLIENT_ID),
            ),
            "revoke": lambda said, _: self._world.revoke(said["user"]),
            "expire": lambda said, _: self._world.expire(said["user"]),
            "fill": lambda said, _: self._world.fill(
                said["user"],
                int(said["n"]),
                said.get("service", SERVICE),
                int(said.get("days", 1)),
            ),
            "client": self._client,
            "timezone": self._timezone,
            "clock": self._clock,
        }
        return [
            web.route("*", f"/_control/{name}", _handler(act))
            for name, act in acts.items()
        ]

    def _reset(self) -> Json:
        counts: Json = dict(self._counts)
        self._counts.clear()
        self._world.tokens.forget_spent()
        return counts

    def _state(self) -> Json:
        return {
            "now": self._world.clock.now().isoformat(),
            "users": {
                name: {
                    "timezone": user.timezone,
                    "today": self._world.today(name).isoformat(),
                    "attributes": {
                        each.name: each.service for each in user.attributes.values()
                    },
                }
                for name, user in self._world.users.items()
            },
        }

    def _add_fault(self, said: Json) -> None:
        self._faults.add(Fault(**said))  # type: ignore[arg-type]

    def _clear_faults(self) -> None:
        self._faults.clear()
        self._faults.let_go()

    def _steal(self, said: dict[str, str], _: Json) -> None:
        self._world.steal(said["user"], said["attribute"], said.get("service") or None)

    def _own(self, said: dict[str, str], _: Json) -> list[str]:
        service = said.get("service", SERVICE)
        names = said["attributes"].split(",")
        self._world.own(said["user"], *names, service=service)
        return self._world.owned(said["user"], service)

    def _value(self, said: dict[str, str], body: Json) -> object:
        where = (said["user"], said["attribute"], said.get("date"))
        if "value" in body:
            self._world.set_value(*where, body["value"])  # type: ignore[arg-type]
        return self._world.value(*where)

    def _client(self, said: dict[str, str], _: Json) -> None:
        self._world.register_client(
            said["client_id"],
            said["secret"],
            said["service"],
            said.get("label"),
            redirect_uri=said.get("redirect_uri"),
        )

    def _timezone(self, said: dict[str, str], _: Json) -> None:
        self._world.users[said["user"]].timezone = said["timezone"]

    def _clock(self, said: dict[str, str], _: Json) -> str:
        self._world.clock.offset = dt.timedelta(seconds=float(said["offset"]))
        return self._world.clock.now().isoformat()


def _handler(act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        body: Json = {}
        if request.content_type == "application/json" and request.can_read_body:
            body = await request.json()
        said = {
            key: value
            for key, value in {
                **body,
                **await request.post(),
                **request.query,
            }.items()
            if isinstance(value, str)
        }
        said |= {key: str(body[key]) for key in ("n", "days", "offset") if key in body}
        try:
            return answer(act(said, body))
        except (KeyError, TypeError, ValueError) as err:
            raise Refused(400, {"detail": repr(err)}) from err

    return handle
