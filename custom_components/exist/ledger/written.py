"""What is written, and what became of it in words."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from homeassistant.core import HomeAssistant

from ..api import ValueType
from ..notices.translated import async_text
from .day import Key
from .outcome import Fate, Outcome

# As long as somebody waits for an answer.
ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Checked:
    """One value that may be written, in wire form."""

    key: Key
    value: float | str
    value_type: ValueType
    back: int | None = None
    """How many days ago, where it is not known yet which day it is."""
    label: str = ""
    """Exist's, for answers; the account may be gone when it is told."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one value; `result` is success, failed or queued."""

    name: str
    day: date
    result: str
    code: str = ""
    error: str = ""
    current: float | None = None


async def async_written(
    hass: HomeAssistant, key: Key, outcome: Outcome | None
) -> Written:
    """Return an outcome in words."""
    if outcome is not None:
        key = outcome.entry.key
    if outcome is None or outcome.fate is Fate.REPLACED:
        code = "replaced" if outcome else "no_answer"
        return await async_told(hass, key, "queued", code)
    match outcome.fate:
        case Fate.CONFIRMED:
            return Written(key.name, key.day, "success")
        case Fate.HELD | Fate.CHANGED:
            code = outcome.code or "changed"
            return await async_told(hass, key, "queued", code)
        case _:
            code = outcome.code or outcome.fate.value
            return await async_told(hass, key, "failed", code, outcome.message)


async def async_all_written(
    hass: HomeAssistant,
    futures: Mapping[Key, asyncio.Future[Outcome]],
    *,
    wait: bool = True,
) -> dict[Key, Written]:
    """Wait a little for what becomes of values, and return it in words."""
    if wait and futures:
        await asyncio.wait(futures.values(), timeout=ANSWER_SECONDS)
    return {
        key: await async_written(hass, key, future.result() if future.done() else None)
        for key, future in futures.items()
    }


TOLD = frozenset(
    {
        "changed",
        "dropped",
        "early",
        "exist_away",
        "exist_refuses",
        "gave_way",
        "no_answer",
        "rate_limited",
        "refused",
        "replaced",
        "sign_in_needed",
        "stored_differently",
        "type_changed",
        "unexpected",
        "unauthorised",
        "undated",
        "not_found",
        "not_allowed",
    }
)


async def async_told(
    hass: HomeAssistant, key: Key, result: str, code: str, message: str = ""
) -> Written:
    """Return what became of a value, with our text for the code or Exist's own."""
    text = message or code
    if code in TOLD:
        text = await async_text(hass, f"write_{code}")
    return Written(key.name, key.day, result, code, text)
