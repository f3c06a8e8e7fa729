"""Faults on demand: what a network, a gateway or a bad day does to a client."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from aiohttp import web

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FaultKind(StrEnum):
    """What goes wrong."""

    DELAY = "delay"
    """The answer comes `seconds` later; every other kind may be late as well."""
    STATUS = "status"
    DROP = "drop"
    """The connection breaks instead of an answer; aiohttp repeats a GET once."""
    MALFORMED = "malformed"
    """JSON that stops in the middle."""
    HTML = "html"
    ENDLESS = "endless"
    """A list whose `next` never ends."""
    SHIFTING = "shifting"
    """From the second page on, the list is one shorter than on the first."""
    CALL = "call"
    """Nothing but `call` happens, then the request is answered."""


_HTML = "<!doctype html><title>Gateway</title><h1>Something went wrong</h1>"


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong for the requests it matches."""

    kind: FaultKind | str
    path: str = "*"
    """A path with its query left out; * stands for any text."""
    method: str | None = None
    times: int | None = 1
    """For how many requests; None is for ever."""
    skip: int = 0
    """How many matching requests are let through first."""
    stored: bool = False
    """Whether the request takes effect before it goes wrong."""
    seconds: float = 0
    status: int = 503
    retry_after: str | None = None
    body: str | None = None
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    call: Callable[[], object] | None = None
    """Called before the request is handled, with any kind."""
    seen: int = 0
    """How many requests it has hit."""

    def __post_init__(self) -> None:
        """Take kinds by name too."""
        self.kind = FaultKind(self.kind)

    def hits(self, request: web.Request) -> bool:
        """Return whether this request goes wrong, and count it."""
        if (
            (self.times is not None and self.seen >= self.times)
            or (self.method is not None and self.method.upper() != request.method)
            or not fnmatchcase(request.path, self.path)
            or (
                self.kind is FaultKind.SHIFTING
                and request.query.get("page", "1") == "1"
            )
        ):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.seen += 1
        return True

    def answer(self) -> web.Response:
        """Return the wrong answer."""
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = self.retry_after
        match self.kind:
            case FaultKind.HTML:
                status, body, content_type = self.status, _HTML, "text/html"
            case FaultKind.MALFORMED:
                status, body = 200, '{"count": 1, "results": [{"name": "st'
                content_type = "application/json"
            case _:
                status, body, content_type = self.status, "", "application/json"
        if self.body is not None:
            body = self.body
        return web.Response(
            status=status,
            text=body,
            content_type=self.content_type or content_type,
            headers=headers,
        )


FAULT = web.RequestKey("fault", Fault)
"""On requests whose list misbehaves."""


@dataclass(slots=True)
class Faults:
    """The faults in force; of several that match, the oldest one strikes."""

    active: list[Fault] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force."""
        self.active.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take one fault back."""
        self.active.remove(fault)

    def clear(self) -> None:
        """Take all faults back."""
        self.active.clear()

    def let_go(self) -> None:
        """Go on with what is held up now."""
        self.closing.set()
        self.closing = asyncio.Event()

    async def around(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Answer a request, or let it go wrong."""
        fault = next((fault for fault in self.active if fault.hits(request)), None)
        if fault is None:
            return await handler(request)
        if fault.call is not None:
            fault.call()
        if fault.kind is FaultKind.DELAY and fault.stored:
            response = await handler(request)
            await self._pause(fault.seconds)
            return response
        if fault.seconds:
            await self._pause(fault.seconds)
        match fault.kind:
            case FaultKind.DELAY | FaultKind.CALL:
                return await handler(request)
            case FaultKind.ENDLESS | FaultKind.SHIFTING:
                request[FAULT] = fault
                return await handler(request)
        if fault.stored:
            await handler(request)
        if fault.kind is FaultKind.DROP and request.transport is not None:
            request.transport.abort()
        return fault.answer()

    async def _pause(self, seconds: float) -> None:
        # A server that is being closed must not be held up by its faults.
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return
