"""Clients, codes and tokens (section 3)."""

from collections import deque
from dataclasses import dataclass, field
import datetime as dt
import secrets

WINDOW = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Client:
    """A registered OAuth2 client; what it writes carries the name of its service."""

    client_id: str
    secret: str
    service: str
    redirect_uri: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """What a user allowed, waiting to be exchanged."""

    username: str
    client_id: str
    redirect_uri: str | None
    scopes: tuple[str, ...]
    expires: dt.datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A pair of tokens; a simple token has neither client nor end."""

    username: str
    client_id: str | None
    scopes: tuple[str, ...]
    expires: dt.datetime | None = None
    expires_in: int = 0
    access_token: str = field(default_factory=lambda: secrets.token_hex(20))
    refresh_token: str = field(default_factory=lambda: secrets.token_hex(20))

    def json(self) -> dict[str, object]:
        """Return the answer of the token endpoint."""
        return {
            "access_token": self.access_token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "refresh_token": self.refresh_token,
            "scope": " ".join(self.scopes),
        }


@dataclass(slots=True)
class TokenStore:
    """All codes and tokens that are good."""

    codes: dict[str, Code] = field(default_factory=dict)
    bearers: dict[str, Token] = field(default_factory=dict)
    refreshers: dict[str, Token] = field(default_factory=dict)
    simple: dict[str, Token] = field(default_factory=dict)
    _spent: dict[str, deque[dt.datetime]] = field(default_factory=dict)

    def add_code(self, code: Code) -> str:
        """Keep a code and return the text of it."""
        text = secrets.token_hex(20)
        self.codes[text] = code
        return text

    def add(self, token: Token) -> Token:
        """Make a pair of tokens valid."""
        self.bearers[token.access_token] = token
        self.refreshers[token.refresh_token] = token
        return token

    def drop(self, token: Token) -> None:
        """Make both tokens of a pair invalid."""
        self.bearers.pop(token.access_token, None)
        self.refreshers.pop(token.refresh_token, None)

    def of(self, username: str, client_id: str | None = None) -> list[Token]:
        """Return the pairs of a user, of one client or of all."""
        return [
            token
            for token in self.refreshers.values()
            if token.username == username and client_id in (None, token.client_id)
        ]

    def of_client(self, client_id: str) -> list[Token]:
        """Return the pairs of a client."""
        found = self.refreshers.values()
        return [token for token in found if token.client_id == client_id]

    def simple_for(self, username: str, scopes: tuple[str, ...]) -> Token:
        """Return the simple token of a user, always the same."""
        for token in self.simple.values():
            if token.username == username:
                return token
        token = Token(username, None, scopes)
        self.simple[token.access_token] = token
        return token

    def find(self, header: str, now: dt.datetime) -> Token | None:
        """Return the token an Authorization header stands for, if it is good."""
        scheme, _, text = header.partition(" ")
        match scheme.lower():
            case "bearer":
                token = self.bearers.get(text.strip())
            case "token":
                token = self.simple.get(text.strip())
            case _:
                return None
        if token and token.expires and token.expires <= now:
            return None
        return token

    def spend(self, token: Token, now: dt.datetime, limit: int) -> bool:
        """Count a request against the rolling hour; False when it is used up."""
        spent = self._spent.setdefault(token.access_token, deque())
        while spent and spent[0] <= now - WINDOW:
            spent.popleft()
        if len(spent) >= limit:
            return False
        spent.append(now)
        return True

    def forget_spent(self) -> None:
        """Give every token its whole hour again."""
        self._spent.clear()
