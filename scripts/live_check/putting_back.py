"""What was changed at Exist, and how it is put back: at the end, however that comes."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from .person import Person

type Undo = Callable[[], Awaitable[bool]]


class Changes:
    """Changes that are still there, the newest last."""

    def __init__(self, person: Person) -> None:
        """Begin without any."""
        self._person = person
        self._undo: list[tuple[str, Undo]] = []

    def note(self, what: str, undo: Undo) -> None:
        """Remember a change before it is made; `undo` tells whether it went well."""
        self._undo.append((what, undo))

    async def put_back(self) -> None:
        """Put everything back, and say what cannot be; who ends it meanwhile waits."""
        # A closed terminal is the end of its input and a signal, one after the other.
        putting_back, is_ended = asyncio.create_task(self._put_back()), False
        while not putting_back.done():
            try:
                await asyncio.shield(putting_back)
            except asyncio.CancelledError:
                is_ended = True
        putting_back.result()
        if is_ended:
            raise asyncio.CancelledError

    async def _put_back(self) -> None:
        while self._undo:
            await self.put_back_last()

    async def put_back_last(self) -> None:
        """Put the newest change back; it counts as one until that is over."""
        what, undo = self._undo[-1]
        try:
            is_back = await undo()
        except aiohttp.ClientError, TimeoutError:
            is_back = False
        if not is_back:
            self._person.tell(f"This could not be put back: {what}.")
        self._undo.pop()
