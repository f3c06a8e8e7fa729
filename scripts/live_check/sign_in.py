"""Signing in on the console, and what the two OAuth addresses do."""

import secrets
from typing import NamedTuple

from yarl import URL

from custom_components.exist.account.scopes import ALL_SCOPES

from .facts import Fact, Findings
from .person import Person
from .wire import Answer, Wire

REDIRECT = "https://my.home-assistant.io/redirect/oauth"
A_YEAR = 300 * 86400
PROFILE = "accounts/profile/"
SCOPES = sorted(ALL_SCOPES)


class SignInError(Exception):
    """Why there is nothing to go on with; says nothing of a person."""


class Client(NamedTuple):
    """A person's own client."""

    client_id: str
    client_secret: str
    redirect: str

    @property
    def form(self) -> dict[str, str]:
        """What the token endpoint wants to know."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}


class Pair(NamedTuple):
    """The two tokens."""

    access: str
    refresh: str


class SignedIn(NamedTuple):
    """Who signed in, and how."""

    client: Client
    code: str
    pair: Pair


async def sign_in(person: Person, wire: Wire, findings: Findings) -> SignedIn:
    """Let the person allow it in a browser. Raises SignInError."""
    person.tell("Your client at Exist: https://exist.io/account/apps/")
    client = Client(
        (await person.ask("Its client ID: ")).strip(),
        (await person.ask("Its client secret: ", hidden=True)).strip(),
        (await person.ask(f"Its redirect URI [{REDIRECT}]: ")).strip() or REDIRECT,
    )
    state = secrets.token_hex(8)
    address = URL(wire.server) / "oauth2/authorize"
    address = address.with_query(
        response_type="code",
        client_id=client.client_id,
        redirect_uri=client.redirect,
        scope=" ".join(SCOPES),
        state=state,
    )
    person.tell(f"\nOpen this address, and allow what it asks for:\n{address}\n")
    person.tell("Then copy the address of the page that you land on, whatever it says.")
    query = URL((await person.ask("That address: ")).strip()).query
    if "code" not in query:
        raise SignInError("The address has no code.")
    findings.note(Fact.STATE_RETURNS, query.get("state") == state)
    pair = await _exchange(wire, findings, client, query["code"])
    return SignedIn(client, query["code"], pair)


async def _exchange(wire: Wire, findings: Findings, client: Client, code: str) -> Pair:
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": client.redirect,
        **client.form,
    }
    unknown = await wire.tokens(**form | {"code": "0" * 40})
    findings.note(Fact.BAD_CODE, _error(unknown) == "invalid_grant")
    wrong = await wire.tokens(**form | {"code": "0" * 40, "client_secret": "0" * 40})
    findings.note(Fact.WRONG_SECRET, _error(wrong) == "invalid_client")
    answer = await wire.tokens(**form | {"code": code})
    pair = _pair(answer)
    if pair is None:
        raise SignInError(f"Exist gave no token (status {answer.status}).")
    findings.note(
        Fact.TOKENS_LAST,
        bool(pair.refresh) and _number(answer.json.get("expires_in")) > A_YEAR,
    )
    granted = str(answer.json.get("scope", "")).split()
    findings.note(Fact.SCOPES_WHOLE, set(granted) == set(SCOPES))
    return pair


async def use_again(wire: Wire, findings: Findings, signed_in: SignedIn) -> str:
    """Use tokens and the code once more, and return the token that is good then.

    It comes late, since it may end the sign-in: then none is.
    """
    client, code, pair = signed_in
    form = {"grant_type": "refresh_token", **client.form}
    new = _pair(await wire.tokens(**form, refresh_token=pair.refresh))
    if new is None:
        findings.note(Fact.REFRESH_ENDS_OLD, False)
        return pair.access
    old = await wire.get(PROFILE, token=pair.access)
    findings.note(Fact.REFRESH_ENDS_OLD, old.status == 401)
    used = await wire.tokens(**form, refresh_token=pair.refresh)
    still = await wire.get(PROFILE, token=new.access)
    findings.note(Fact.REUSE_REFUSED, _error(used) == "invalid_grant" and still.ok)
    again = await wire.tokens(
        grant_type="authorization_code",
        redirect_uri=client.redirect,
        code=code,
        **client.form,
    )
    findings.note(Fact.CODE_ONCE, _pair(again) is None)
    return (_pair(again) or new).access


def _error(answer: Answer) -> str:
    found = answer.json.get("error") if isinstance(answer.json, dict) else None
    return "" if answer.ok else str(found)


def _pair(answer: Answer) -> Pair | None:
    told = answer.json if isinstance(answer.json, dict) and answer.ok else {}
    access = told.get("access_token")
    return Pair(access, str(told.get("refresh_token", ""))) if access else None


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0
