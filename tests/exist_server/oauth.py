"""Authorise, token exchange and refresh, simple tokens (section 3)."""

from collections.abc import Iterable, Mapping
import datetime as dt
import json

from aiohttp import web
from yarl import URL

from .calls import WORLD, answer
from .consent import consent_page, refusal_page
from .groups import READ_SCOPES, SCOPES
from .refusals import Refused
from .state import World
from .tokens import Client, Code, Token

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}
_TOKEN_HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache"}


async def show(request: web.Request) -> web.Response:
    """Answer GET /oauth2/authorize with the consent page."""
    world = request.app[WORLD]
    query = dict(request.query)
    client, address = _checked(world, query)
    scopes = _scopes(query, address)
    label = world.services[client.service].label
    return _page(200, consent_page(label, world.users.values(), scopes, query))


async def decide(request: web.Request) -> web.Response:
    """Answer the form of the consent page."""
    world = request.app[WORLD]
    form = await _form(request)
    client, address = _checked(world, form)
    scopes = _scopes(form, address)
    if form.get("decision") != "allow":
        raise _sent_back(address, form, error="access_denied")
    username = form.get("username")
    if username not in world.users:
        return _page(400, refusal_page("There is no such user."))
    code = Code(
        username,
        client.client_id,
        form.get("redirect_uri"),
        _granted(world, scopes),
        world.clock.now() + dt.timedelta(seconds=world.switches.code_seconds),
    )
    raise _sent_back(
        address,
        form,
        echo=world.switches.echoes_state,
        code=world.tokens.add_code(code),
    )


async def exchange(request: web.Request) -> web.Response:
    """Answer POST /oauth2/access_token (section 3.3)."""
    world = request.app[WORLD]
    form = await _form(request)
    client = world.clients.get(form.get("client_id", ""))
    if client is None or client.secret != form.get("client_secret"):
        return _token_error(world.switches.secret_error, 401)
    match form.get("grant_type"):
        case "authorization_code":
            token = _from_code(world, client, form)
        case "refresh_token":
            token = _refreshed(world, client, form)
        case _:
            return _token_error("unsupported_grant_type", 400)
    if token is None:
        return _token_error(world.switches.grant_error, 400)
    told = token.json()
    if world.switches.scope_text is not None:
        told["scope"] = world.switches.scope_text
    return web.json_response(told, headers=_TOKEN_HEADERS)


async def simple_token(request: web.Request) -> web.Response:
    """Answer auth/simple-token/ (section 3.4)."""
    world = request.app[WORLD]
    if request.content_type == "application/json":
        try:
            form = await request.json()
        except json.JSONDecodeError:
            form = None
    else:
        form = await _form(request)
    if not isinstance(form, Mapping):
        raise Refused(400, {"detail": "The body must be an object"})
    user = world.users.get(str(form.get("username")))
    if user is None or user.password != form.get("password"):
        raise Refused(400, {"detail": "User name and password do not match"})
    token = world.tokens.simple_for(user.username, READ_SCOPES)
    return answer({"token": token.access_token})


def _from_code(world: World, client: Client, form: Mapping[str, str]) -> Token | None:
    code = world.tokens.codes.get(form.get("code", ""))
    if code is None or code.client_id != client.client_id:
        return None
    if world.switches.codes_end:
        del world.tokens.codes[form["code"]]
    sent = form.get("redirect_uri")
    if code.expires <= world.clock.now() or (sent and sent != code.redirect_uri):
        return None
    return world.grant(code.username, client.client_id, code.scopes)


def _refreshed(world: World, client: Client, form: Mapping[str, str]) -> Token | None:
    token = world.tokens.refreshers.get(form.get("refresh_token", ""))
    if token is None or token.client_id != client.client_id:
        if world.switches.reuse_ends_all and token is None:
            for each in world.tokens.of_client(client.client_id):
                world.tokens.drop(each)
        return None
    world.tokens.drop(token)
    if not world.switches.refresh_ends_old:
        world.tokens.bearers[token.access_token] = token
    return world.grant(token.username, client.client_id, _granted(world, token.scopes))


def _granted(world: World, scopes: Iterable[str]) -> tuple[str, ...]:
    withheld = world.switches.withheld_scopes
    return tuple(scope for scope in scopes if scope not in withheld)


def _checked(world: World, form: Mapping[str, str]) -> tuple[Client, URL]:
    """Return client and address; without them nobody can be told of an error."""
    client = world.clients.get(form.get("client_id", ""))
    if client is None:
        raise _unusable("The client is unknown.")
    text = form.get("redirect_uri") or client.redirect_uri
    if not text:
        raise _unusable("The address to go back to is missing.")
    if client.redirect_uri and text != client.redirect_uri:
        raise _unusable("The address to go back to is not the registered one.")
    try:
        address = URL(text)
    except ValueError:
        raise _unusable("The address to go back to is not an address.") from None
    plain = not world.switches.https_redirects_only and address.host in LOOPBACK
    if not address.host or address.scheme not in (
        {"https", "http"} if plain else {"https"}
    ):
        raise _unusable("The address to go back to must be https, or on this machine.")
    return client, address


def _scopes(form: Mapping[str, str], address: URL) -> list[str]:
    if form.get("response_type") != "code":
        raise _sent_back(address, form, error="unsupported_response_type")
    scopes = form.get("scope", "").split()
    if not scopes or not set(scopes) <= set(SCOPES):
        raise _sent_back(address, form, error="invalid_scope")
    return scopes


def _sent_back(
    address: URL, form: Mapping[str, str], *, echo: bool = True, **answers: str
) -> web.HTTPFound:
    if echo and "state" in form:
        answers["state"] = form["state"]
    return web.HTTPFound(address.update_query(answers))


def _unusable(reason: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(
        text=refusal_page(reason), content_type="text/html", headers=_PAGE_HEADERS
    )


def _page(status: int, text: str) -> web.Response:
    return web.Response(
        status=status, text=text, content_type="text/html", headers=_PAGE_HEADERS
    )


def _token_error(error: str, status: int) -> web.Response:
    return web.json_response({"error": error}, status=status, headers=_TOKEN_HEADERS)


async def _form(request: web.Request) -> dict[str, str]:
    sent = await request.post()
    return {key: value for key, value in sent.items() if isinstance(value, str)}
