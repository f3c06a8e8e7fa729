"""One HTTP request to Exist, and the one place that reads its status."""

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
import json
import logging
import math
import time
from typing import Any, Protocol

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
)
import orjson
from yarl import URL

from .budget import Priority, RequestBudget
from .errors import (
    ExistAuthError,
    ExistConnectionError,
    ExistError,
    ExistProtocolError,
    ExistRateLimitError,
    ExistRequestError,
)

_LOGGER = logging.getLogger(__name__)

API_PATH = "/api/2/"
TIMEOUT = ClientTimeout(total=30)

HTTP_OK = (200, 202)
JSON_TYPE = "application/json"


# Repeating these after a refused token does no harm; the others count or create.
ONCE = frozenset({"attributes/increment/", "attributes/create/"})


class AccessToken(Protocol):
    """Returns a token that is valid now, and not the one that was just refused."""

    def __call__(self, refused: str | None = None) -> Awaitable[str]:
        """Return it, or raise ExistError."""


class Transport:
    """Sends requests within the budget, once each."""

    def __init__(
        self,
        session: ClientSession,
        access_token: AccessToken,
        base_url: str,
        budget: RequestBudget,
    ) -> None:
        """Keep what every request needs; `base_url` is the server's origin."""
        self._session = session
        self._access_token = access_token
        self._base = URL(base_url).origin()
        self.budget = budget

    def is_own(self, address: str) -> bool:
        """Return whether the address is on the server that the token belongs to."""
        try:
            return URL(address).host == self._base.host
        except ValueError:
            return False

    async def get(
        self, path: str, params: Mapping[str, str], priority: Priority
    ) -> Any:
        """Return the JSON of a read. Raises ExistError."""
        return await self._request("GET", path, priority, params=params)

    async def post(
        self, path: str, params: Mapping[str, str], body: list[Any], priority: Priority
    ) -> Any:
        """Return the JSON of a write. Raises ExistError."""
        return await self._request("POST", path, priority, params=params, json=body)

    async def _request(
        self, method: str, path: str, priority: Priority, **kwargs: Any
    ) -> Any:
        token = await self._access_token()
        try:
            return await self._send(method, path, token, priority, **kwargs)
        except ExistAuthError:
            if path in ONCE:
                raise
        # It may only have ended early; what can be renewed is no case for a person.
        token = await self._access_token(token)
        return await self._send(method, path, token, priority, **kwargs)

    async def _send(
        self, method: str, path: str, token: str, priority: Priority, **kwargs: Any
    ) -> Any:
        writing = method == "POST"
        self.budget.spend(priority)
        started = time.monotonic()
        try:
            async with self._session.request(
                method,
                self._base.join(URL(API_PATH + path)),
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT,
                # A redirected write would lose its body, and the token its host.
                allow_redirects=False,
                **kwargs,
            ) as response:
                raw = await response.read()
                if response.status not in HTTP_OK:
                    raise self._error(response, raw, writing=writing)
        except ClientConnectorError:
            # Nothing was sent. The cause names the host only, but codes suffice.
            raise ExistConnectionError from None
        except ClientError:
            raise ExistConnectionError(maybe_stored=writing) from None
        except TimeoutError:
            raise ExistConnectionError("timeout", maybe_stored=writing) from None
        finally:
            milliseconds = round((time.monotonic() - started) * 1000)
            _LOGGER.debug("%s %s took %d ms", method, path, milliseconds)
        try:
            return _loads(raw)
        except ValueError, RecursionError:
            raise ExistProtocolError(maybe_stored=writing) from None

    def _error(
        self, response: ClientResponse, raw: bytes, *, writing: bool
    ) -> ExistError:
        status = response.status
        _LOGGER.debug("Exist answered with status %d", status)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            asked = retry_after(response.headers.get("Retry-After"))
            return ExistRateLimitError(self.budget.pause(asked))
        in_json = _is_json(raw)
        if status == HTTPStatus.UNAUTHORIZED:
            if in_json or (not raw and response.content_type == JSON_TYPE):
                return ExistAuthError()
            # A gateway's page says nothing of the sign-in.
            return ExistConnectionError("server_error", status=status)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ExistConnectionError(
                "server_error", maybe_stored=writing, status=status
            )
        if writing and (
            status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.REQUEST_TIMEOUT
        ):
            # Neither done nor refused: a gateway spoke, and only reading tells.
            return ExistProtocolError(maybe_stored=True)
        return ExistRequestError(status, in_json=in_json)


def _loads(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        # Python's own also reads what is not quite JSON, such as NaN.
        return json.loads(raw)


def _is_json(raw: bytes) -> bool:
    """Return whether the body is an object or a list, which a gateway's page is not."""
    try:
        return isinstance(json.loads(raw), dict | list)
    except ValueError, RecursionError:
        return False


def retry_after(header: str | None) -> float | None:
    """Return the seconds that a Retry-After asks for, in either of its forms."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        pass
    else:
        return seconds if math.isfinite(seconds) else None
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()
