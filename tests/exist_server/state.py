"""People, their attributes, and who owns what (sections 5 and 8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import datetime as dt
import re
from zoneinfo import ZoneInfo

from .clock import Clock
from .groups import GROUPS, SCOPES, Group
from .services import SERVICES, Service
from .switches import Switches
from .templates import TEMPLATES, Template
from .tokens import Client, Token, TokenStore
from .values import Value, ValueType

CLIENT_ID = "home-assistant-demo"
CLIENT_SECRET = "demo-secret"
SERVICE = "home_assistant"
SERVICE_LABEL = "Home Assistant"

CUSTOM_PRIORITY = 9
TAG_PRIORITY = 2


@dataclass(slots=True)
class Attribute:
    """One thing tracked per day; active while a service owns it."""

    name: str
    label: str
    group: Group | None
    value_type: ValueType
    priority: int
    template: str | None = None
    manual: bool = False
    service: str | None = None
    values: dict[dt.date, Value] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Return whether somebody owns it."""
        return self.service is not None

    @property
    def order(self) -> tuple[int, int, str]:
        """Return the place in lists: group priority, own priority, name."""
        return (self.group.priority if self.group else 99, self.priority, self.name)

    @classmethod
    def of(cls, template: Template) -> Attribute:
        """Return a new attribute made from a template."""
        return cls(
            template.name,
            template.label,
            template.group,
            template.value_type,
            template.priority,
            template.name,
        )


@dataclass(slots=True)
class User:
    """A person with an account."""

    username: str
    first_name: str = ""
    last_name: str = ""
    timezone: str = "UTC"
    imperial: bool = False
    trial: bool = False
    delinquent: bool = False
    services: tuple[str, ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)

    @property
    def password(self) -> str:
        """Return what simple-token asks for."""
        return f"{self.username}-password"

    def by_template(self, template: str) -> Attribute | None:
        """Return the attribute made from a template."""
        for attribute in self.attributes.values():
            if attribute.template == template:
                return attribute
        return None


@dataclass(slots=True)
class World:
    """Everything the server knows, and the ways for tests to look and change."""

    clock: Clock = field(default_factory=Clock)
    switches: Switches = field(default_factory=Switches)
    users: dict[str, User] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: TokenStore = field(default_factory=TokenStore)

    def __post_init__(self) -> None:
        """Start with the rival services and Home Assistant's client."""
        self.services |= {service.name: service for service in SERVICES}
        self.register_client(CLIENT_ID, CLIENT_SECRET, SERVICE, SERVICE_LABEL)

    def register_client(
        self,
        client_id: str,
        secret: str,
        service: str,
        label: str | None = None,
        *,
        redirect_uri: str | None = None,
        fills: Iterable[str] = (),
    ) -> Client:
        """Register a client and the service it writes as (section 3.1)."""
        if service not in self.services or label:
            self.services[service] = Service(
                service, label or service.replace("_", " ").title(), frozenset(fills)
            )
        client = Client(client_id, secret, service, redirect_uri)
        self.clients[client_id] = client
        return client

    def today(self, username: str) -> dt.date:
        """Return the local calendar day of a user."""
        return self.local_time(username).date()

    def local_time(self, username: str) -> dt.datetime:
        """Return the present moment in the zone of a user."""
        return self.clock.now().astimezone(ZoneInfo(self.users[username].timezone))

    def value(
        self, username: str, attribute: str, date: dt.date | str | None = None
    ) -> Value:
        """Return what is stored for a day, today by default; None without a row."""
        return self._attribute(username, attribute).values.get(
            self._day(username, date)
        )

    def has_value(
        self, username: str, attribute: str, date: dt.date | str | None = None
    ) -> bool:
        """Return whether there is a row for a day, be it null."""
        return self._day(username, date) in self._attribute(username, attribute).values

    def set_value(
        self,
        username: str,
        attribute: str,
        date: dt.date | str | None,
        value: Value,
    ) -> None:
        """Store a value as the owner would; unchecked."""
        values = self._attribute(username, attribute).values
        values[self._day(username, date)] = value

    def clear_value(
        self, username: str, attribute: str, date: dt.date | str | None = None
    ) -> None:
        """Remove the row of a day."""
        self._attribute(username, attribute).values.pop(self._day(username, date), None)

    def owner(self, username: str, attribute: str) -> str | None:
        """Return the service that owns an attribute; None for inactive or unknown."""
        found = self.users[username].attributes.get(attribute)
        return found.service if found else None

    def owned(self, username: str, service: str = SERVICE) -> list[str]:
        """Return the names of what a service owns, in the order of lists."""
        found = self.users[username].attributes.values()
        return [
            attribute.name
            for attribute in sorted(found, key=lambda attribute: attribute.order)
            if attribute.service == service
        ]

    def own(
        self,
        username: str,
        *attributes: str,
        service: str = SERVICE,
        manual: bool | None = None,
    ) -> None:
        """Make a service the owner; templates the user lacks are added."""
        for name in attributes:
            if name not in self.users[username].attributes:
                made = Attribute.of(TEMPLATES[name])
                self.users[username].attributes[name] = made
            self.steal(username, name, service)
            if manual is not None:
                self._attribute(username, name).manual = manual

    def steal(self, username: str, attribute: str, service: str | None) -> None:
        """Change the owner as a user may on the web; None makes it inactive."""
        if service is not None and service not in self.services:
            raise KeyError(service)
        self._attribute(username, attribute).service = service

    def heir(self, username: str, attribute: Attribute) -> str | None:
        """Return the service that gets an attribute when its owner lets go."""
        for service in self.users[username].services:
            fills = self.services[service].fills
            if service != attribute.service and attribute.template in fills:
                return service
        return None

    def add_user(self, username: str, timezone: str = "UTC") -> User:
        """Add a person who tracks nothing yet."""
        user = User(username, username.title(), "Example", timezone)
        self.users[username] = user
        return user

    def add_attribute(
        self,
        username: str,
        label: str,
        group: str = "activity",
        value_type: int = 0,
        *,
        name: str | None = None,
        service: str | None = SERVICE,
        manual: bool = False,
        template: str | None = None,
        priority: int | None = None,
        values: Mapping[dt.date | str, Value] | None = None,
    ) -> Attribute:
        """Add an attribute without a request."""
        if priority is None:
            priority = TAG_PRIORITY if group == "custom" else CUSTOM_PRIORITY
        attribute = Attribute(
            name or self.free_name(username, label),
            label,
            GROUPS[group],
            ValueType(value_type),
            priority,
            template,
            manual,
            service,
        )
        self.users[username].attributes[attribute.name] = attribute
        for date, value in (values or {}).items():
            self.set_value(username, attribute.name, date, value)
        return attribute

    def remove_attribute(self, username: str, attribute: str) -> None:
        """Remove an attribute with its history."""
        del self.users[username].attributes[attribute]

    def fill(
        self, username: str, n: int, owned_by: str | None = SERVICE, days: int = 1
    ) -> list[str]:
        """Add n attributes with a value for each of the last days, to have many pages."""
        today = self.today(username)
        return [
            self.add_attribute(
                username,
                f"Filler {index:04}",
                "productivity",
                service=owned_by,
                values={today - dt.timedelta(back): index for back in range(days)},
            ).name
            for index in range(n)
        ]

    def free_name(self, username: str, label: str) -> str:
        """Return the name made from a label (section 5.9)."""
        slug = re.sub(r"\W+", "_", label.lower()).strip("_")
        name, taken = slug or "attribute", self.users[username].attributes
        number = 2
        # Only a label without any letter may get a number: others clash.
        while not slug and name in taken:
            name, number = f"attribute_{number}", number + 1
        return name

    def issue_token(
        self,
        username: str,
        scopes: Iterable[str] = SCOPES,
        client_id: str = CLIENT_ID,
    ) -> dict[str, object]:
        """Return a good token without the browser."""
        return self.grant(username, client_id, tuple(scopes)).json()

    def grant(self, username: str, client_id: str, scopes: tuple[str, ...]) -> Token:
        """Make a pair of tokens."""
        seconds = self.switches.token_seconds
        expires = self.clock.now() + dt.timedelta(seconds=seconds)
        return self.tokens.add(Token(username, client_id, scopes, expires, seconds))

    def revoke(self, username: str, client_id: str | None = None) -> None:
        """Make all tokens of a user invalid, those of one client or of all."""
        for token in self.tokens.of(username, client_id):
            self.tokens.drop(token)

    def expire(self, username: str) -> None:
        """Make the access tokens of a user invalid; refreshing still works."""
        for token in self.tokens.of(username):
            self.tokens.bearers.pop(token.access_token, None)

    def _attribute(self, username: str, attribute: str) -> Attribute:
        return self.users[username].attributes[attribute]

    def _day(self, username: str, date: dt.date | str | None) -> dt.date:
        if date is None:
            return self.today(username)
        return dt.date.fromisoformat(date) if isinstance(date, str) else date
