"""Home Assistant as its frontend sees it: REST and websocket."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Self

import aiohttp

from .children import DemoError

USERNAME = "demo"
PASSWORD = "demo"
START_SECONDS = 120


class Home:
    """A running Home Assistant."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Prepare; nothing is sent yet."""
        self.session = session
        self.url = url
        # Home Assistant builds the redirect address of a sign-in from the second.
        self._headers = {"HA-Frontend-Base": url}
        self._socket: aiohttp.ClientWebSocketResponse
        self._ids = count(1)

    @classmethod
    @asynccontextmanager
    async def connected(
        cls, session: aiohttp.ClientSession, url: str
    ) -> AsyncGenerator[Self]:
        """Wait for a new Home Assistant, make its user, and stay connected."""
        home = cls(session, url)
        async with asyncio.timeout(START_SECONDS):
            await home._answering()
            token = await home._make_user()
            home._headers["Authorization"] = f"Bearer {token}"
            await home._running()
        await home.connect()
        try:
            yield home
        finally:
            await home._socket.close()

    async def connect(self) -> None:
        """Open the socket; one that was idle for a minute answered no pings and is dead."""
        token = self._headers["Authorization"].removeprefix("Bearer ")
        # Years of statistics come as one message.
        socket = await self.session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0
        )
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": token})
        await socket.receive_json()
        self._socket = socket

    async def call(self, method: str, path: str, json: object = None) -> Any:
        """Send a REST request and return what is answered."""
        async with self.session.request(
            method, self.url + path, json=json, headers=self._headers
        ) as response:
            if not response.ok:
                raise DemoError(
                    f"Home Assistant answered {method} {path} with {response.status}: "
                    f"{await response.text()}"
                )
            return await response.json()

    async def command(self, kind: str, /, **fields: object) -> Any:
        """Send a websocket command and return its result."""
        number = next(self._ids)
        await self._socket.send_json({"id": number, "type": kind, **fields})
        answer = await self._socket.receive_json()
        if not answer.get("success"):
            raise DemoError(f"Home Assistant refused {kind}: {answer}")
        return answer["result"]

    async def act(self, action: str, /, **data: object) -> Any:
        """Call an action and return its response."""
        path = f"/api/services/{action.replace('.', '/')}?return_response"
        return (await self.call("POST", path, data))["service_response"]

    async def _answering(self) -> None:
        while True:
            try:
                async with self.session.get(f"{self.url}/api/onboarding") as response:
                    if response.ok:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)

    async def _running(self) -> None:
        while True:
            if (await self.call("GET", "/api/config"))["state"] == "RUNNING":
                return
            await asyncio.sleep(0.1)

    async def _make_user(self) -> str:
        client_id = f"{self.url}/"
        user = await self.call(
            "POST",
            "/api/onboarding/users",
            {
                "name": "Demo",
                "username": USERNAME,
                "password": PASSWORD,
                "client_id": client_id,
                "language": "en",
            },
        )
        async with self.session.post(
            f"{self.url}/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": user["auth_code"],
                "client_id": client_id,
            },
        ) as response:
            token: str = (await response.json())["access_token"]
            return token
