"""Reads single fields of an answer; nonsense is an ExistProtocolError."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from .errors import ExistProtocolError

# What JSON libraries can carry.
LARGEST = 2**63

type Json = dict[str, Any]


def record(raw: object) -> Json:
    """Return a JSON object."""
    if isinstance(raw, dict):
        return raw
    raise ExistProtocolError


def items(raw: object) -> list[Any]:
    """Return a JSON array."""
    if isinstance(raw, list):
        return raw
    raise ExistProtocolError


def text(raw: Json, key: str, default: str | None = None) -> str:
    """Return a text; without a default it must be there."""
    value = raw.get(key, default)
    if isinstance(value, str):
        return readable(value)
    if value is None and default is not None:
        return default
    raise ExistProtocolError


def optional_text(raw: Json, key: str) -> str | None:
    """Return a text, or None where it is missing, null or empty."""
    value = raw.get(key)
    return readable(value) if isinstance(value, str) and value else None


def readable(value: str) -> str:
    """Return a text that can be stored and shown. Raises ExistProtocolError."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ExistProtocolError from None
    return value


def _finite(value: object) -> float | None:
    """Return a number that is one."""
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and abs(value) < LARGEST
    ):
        return value
    return None


def flag(raw: Json, key: str, *, default: bool) -> bool:
    """Return a boolean; Exist's own pages also show it as a text."""
    value = raw.get(key)
    if isinstance(value, str):
        return value.lower() in ("true", "1")
    return default if value is None else bool(value)


def whole(raw: Json, key: str) -> int | None:
    """Return a whole number, or None where there is none."""
    value = _finite(raw.get(key))
    return None if value is None else int(value)


def number(raw: Json, key: str) -> float | None:
    """Return a number, or None where there is none."""
    value = _finite(raw.get(key))
    return None if value is None else float(value)


def day(raw: object) -> date:
    """Return a calendar day written YYYY-mm-dd."""
    if isinstance(raw, str):
        return day_of(raw)
    raise ExistProtocolError


# Every attribute of a poll has the same few days.
@lru_cache(maxsize=2048)
def day_of(raw: str) -> date:
    """Return the calendar day of such a text."""
    try:
        return date.fromisoformat(raw[:10])
    except ValueError as err:
        raise ExistProtocolError from err


def moment(raw: object) -> datetime | None:
    """Return an aware moment, or None where it is missing or has no offset."""
    if not isinstance(raw, str):
        return None
    try:
        value = datetime.fromisoformat(raw)
        # At the ends of the calendar there is no other zone.
        value.astimezone(UTC)
    except ValueError, OverflowError:
        return None
    return value if value.tzinfo is not None else None
