"""A request of an API user: who asks, what is allowed, how answers look."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
import datetime as dt

from aiohttp import web

from .groups import reaches
from .paging import page
from .refusals import Refused
from .state import Attribute, User, World
from .templates import LOW_PRIORITY
from .values import parse_day

type Json = dict[str, object]

TRUE = {"1", "true", "True"}
WORLD = web.AppKey("world", World)


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose token is good."""

    request: web.Request
    world: World
    user: User
    scopes: frozenset[str]
    service: str | None
    """The service of the asking client; None with a simple token."""

    @property
    def today(self) -> dt.date:
        """Return the user's local day."""
        return self.world.today(self.user.username)

    def flag(self, key: str) -> bool:
        """Return whether a boolean query parameter is set."""
        return self.request.query.get(key) in TRUE

    def names(self, key: str) -> set[str] | None:
        """Return the names of a comma list; None when it is not given."""
        text = self.request.query.get(key)
        return {name.strip() for name in text.split(",")} if text else None

    def date(self, key: str) -> dt.date | None:
        """Return a day from the query."""
        text = self.request.query.get(key)
        if not text:
            return None
        if (day := parse_day(text)) is None:
            raise Refused(400, {"detail": f"'{key}' is not a date"})
        return day

    def readable(self, attribute: Attribute) -> bool:
        """Return whether the scopes include reading it (section 3.5)."""
        return reaches(self.scopes, "read", attribute.group, manual=attribute.manual)

    def select(
        self, *, inactive: bool = False, low_priority: bool = True, by_name: bool = True
    ) -> list[Attribute]:
        """Return the readable attributes the common filters let through."""
        found: Iterable[Attribute] = self.user.attributes.values()
        groups = self.names("groups")
        names = self.names("attributes") if by_name else None
        templates = self.names("templates")
        manual = self.request.query.get("manual")
        return sorted(
            (
                each
                for each in found
                if self.readable(each)
                and (inactive or each.active)
                and (low_priority or each.priority < LOW_PRIORITY)
                and (groups is None or (each.group and each.group.name in groups))
                and (names is None or each.name in names)
                and (templates is None or each.template in templates)
                and (not manual or each.manual is (manual in TRUE))
                and not (each.template is None and self.flag("exclude_custom"))
            ),
            key=lambda each: each.order,
        )

    def paged(self, found: Sequence[object]) -> Json:
        """Return the page that is asked for."""
        return page(self.request, found, self.world.switches)

    def service_json(self, service: str | None) -> Json | None:
        """Return the object of a service; null for nobody."""
        return self.world.services[service].json() if service else None

    def attribute_json(self, attribute: Attribute) -> Json:
        """Return the object of an attribute without values (section 5.3)."""
        return {
            "template": attribute.template,
            "name": attribute.name,
            "label": attribute.label,
            "subgroup": self.world.switches.subgroup,
            "group": attribute.group and attribute.group.json(),
            "service": self.service_json(attribute.service),
            "active": attribute.active,
            "priority": attribute.priority,
            "manual": attribute.manual,
            "value_type": attribute.value_type,
            "value_type_description": attribute.value_type.description,
            "available_services": self._available(attribute),
        }

    def _available(self, attribute: Attribute) -> list[Json]:
        names = [
            name
            for name in self.user.services
            if name != self.service
            and attribute.template in self.world.services[name].fills
        ]
        if self.world.switches.lists_own_client and attribute.service == self.service:
            names[:0] = [self.service] if self.service else []
        return [self.world.services[name].json() for name in names]


def identify(request: web.Request, *, clients_only: bool = False) -> Call:
    """Return the call behind a request; refuses bad tokens and too many calls."""
    world = request.app[WORLD]
    now = world.clock.now()
    token = world.tokens.find(request.headers.get("Authorization", ""), now)
    if token is None or token.username not in world.users:
        text = world.switches.invalid_token_text
        raise Refused(world.switches.invalid_token_status, {"detail": text})
    if not world.tokens.spend(token, now, world.switches.requests_per_hour):
        raise Refused(429, retry_after=world.switches.retry_after)
    if clients_only and token.client_id is None:
        raise Refused(403, {"detail": "This needs the token of an OAuth2 client"})
    service = world.clients[token.client_id].service if token.client_id else None
    return Call(
        request, world, world.users[token.username], frozenset(token.scopes), service
    )


def answer(payload: object, status: int = 200) -> web.Response:
    """Return JSON as Exist does."""
    return web.json_response(payload, status=status)


def reading(
    read: Callable[[Call], Json], *, clients_only: bool = False
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Make a handler of a function that reads."""

    async def handle(request: web.Request) -> web.Response:
        return answer(read(identify(request, clients_only=clients_only)))

    return handle
