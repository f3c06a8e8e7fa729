"""Requests as they are: status and JSON, whatever it is. Our client would hide both."""

from dataclasses import dataclass
from http import HTTPStatus
import json
from typing import Any

import aiohttp

PAGES = 50
TIMEOUT = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    json: Any
    """None where it is no JSON."""
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the request as a whole was taken."""
        return self.status in (HTTPStatus.OK, HTTPStatus.ACCEPTED)

    @property
    def success(self) -> list[dict[str, Any]]:
        """The items of a batch that went well."""
        return self._items("success")

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The items of a batch that did not."""
        return self._items("failed")

    @property
    def results(self) -> list[dict[str, Any]]:
        """The items of a list."""
        return self._items("results")

    def failed_as(self, code: str) -> bool:
        """Return whether the only item failed with that code."""
        return [each.get("error_code") for each in self.failed] == [code]

    def _items(self, key: str) -> list[dict[str, Any]]:
        found = self.json.get(key) if isinstance(self.json, dict) else None
        return found if isinstance(found, list) else []


class Wire:
    """Exist's server; the token is whatever the sign-in has got to."""

    def __init__(self, session: aiohttp.ClientSession, server: str) -> None:
        """Remember where it is; nothing is sent yet."""
        self.session = session
        self.server = server
        self.token = ""

    async def get(
        self, path: str, *, token: str | None = None, **query: object
    ) -> Answer:
        """Read; an empty `token` sends none."""
        params = {key: str(value) for key, value in query.items()}
        return await self._send("GET", f"/api/2/{path}", token, params=params)

    async def every(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Return the items of all pages."""
        found: list[dict[str, Any]] = []
        for number in range(1, PAGES + 1):
            answer = await self.get(path, limit=100, page=number, **query)
            found += answer.results
            if not answer.ok or not answer.json.get("next"):
                break
        return found

    async def post(self, path: str, items: object, **query: object) -> Answer:
        """Write a batch to attributes/."""
        params = {key: str(value) for key, value in query.items()}
        return await self._send(
            "POST", f"/api/2/attributes/{path}", None, params=params, json=items
        )

    async def tokens(self, **form: str) -> Answer:
        """Ask the token endpoint."""
        return await self._send("POST", "/oauth2/access_token", "", data=form)

    async def _send(
        self, method: str, path: str, token: str | None, **sent: Any
    ) -> Answer:
        token = self.token if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.request(
            method,
            self.server + path,
            headers=headers,
            timeout=TIMEOUT,
            allow_redirects=False,
            **sent,
        ) as response:
            text = await response.text()
            status, asked = response.status, response.headers.get("Retry-After")
        try:
            return Answer(status, json.loads(text), asked)
        except ValueError:
            return Answer(status, None, asked)
