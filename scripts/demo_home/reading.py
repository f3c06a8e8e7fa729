"""What reading a poll costs, beside the least that any client can do."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import time

import aiohttp
import orjson

from custom_components.exist.api import ExistClient

from .sign_in import NEWCOMER

ATTRIBUTES = 1000
DAYS = 31
PAGE_SIZE = 100
ROUNDS = 9
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """Seconds of CPU for all pages, at best: with every value checked, and bare."""

    ours: float
    bare: float


async def read_pages(web: aiohttp.ClientSession, exist_url: str) -> Reading:
    """Read all pages of a large account by our client and by none, in turn."""

    async def ask(what: str, **said: object) -> dict[str, str]:
        url = f"{exist_url}/_control/{what}"
        async with web.post(url, json={"user": NEWCOMER, **said}) as response:
            response.raise_for_status()
            answer: dict[str, str] = await response.json()
            return answer

    async with asyncio.timeout(START_SECONDS):
        while not await _answers(web, exist_url):
            await asyncio.sleep(0.1)
    await ask("fill", n=ATTRIBUTES, days=DAYS)
    token = (await ask("token"))["access_token"]

    async def access_token(refused: str | None = None) -> str:
        return token

    async def ours() -> None:
        client = ExistClient(web, access_token, exist_url)
        found = await client.attributes_with_values(days=DAYS)
        assert len(found) >= ATTRIBUTES

    async def bare() -> None:
        url: str | None = f"{exist_url}/api/2/attributes/with-values/"
        query: dict[str, int] = {"days": DAYS, "limit": PAGE_SIZE}
        while url is not None:
            headers = {"Authorization": f"Bearer {token}"}
            async with web.get(url, params=query, headers=headers) as response:
                url = orjson.loads(await response.read())["next"]
            query = {}

    costs = [(await _cpu(ours), await _cpu(bare)) for _ in range(ROUNDS)]
    return Reading(min(cost[0] for cost in costs), min(cost[1] for cost in costs))


async def _answers(web: aiohttp.ClientSession, exist_url: str) -> bool:
    try:
        async with web.get(f"{exist_url}/_control/requests") as response:
            return response.ok
    except aiohttp.ClientConnectionError:
        return False


async def _cpu(work: Callable[[], Awaitable[None]]) -> float:
    began = time.process_time()
    await work()
    return time.process_time() - began
