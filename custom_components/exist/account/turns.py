"""Goes through many things without keeping everything else waiting."""

import asyncio
from collections.abc import AsyncGenerator, Iterable

from .bells import AT_ONCE


async def async_in_turns[Each](many: Iterable[Each]) -> AsyncGenerator[Each]:
    """Give one after another, and let others go on after some."""
    for number, each in enumerate(many, 1):
        yield each
        if not number % AT_ONCE:
            await asyncio.sleep(0)
