"""One value of each of Exist's nine kinds: written by an action, read back at Exist."""

from dataclasses import dataclass
from typing import Any

from .home import Home
from .sign_in import PERSON

# What a person writes, and what must be at Exist afterwards.
VALUES: dict[str, tuple[Any, Any]] = {
    "steps": (8432, 8432),
    "weight": ("71,4", 71.4),
    "mood_note": ("Spaziergang am Fluss", "Spaziergang am Fluss"),
    "tv_min": ("1:05", 65),
    "sleep_end": ("07:05", 425),
    "body_fat": (18.5, 0.185),
    "sleep_start": ("22:30", 630),
    "gym": ("on", 1),
    "mood": (7, 7),
}


@dataclass(frozen=True, slots=True)
class Written:
    """One value: as written, and as Exist has it."""

    attribute: str
    date: str
    value: Any
    wire: Any


async def write_and_read(home: Home, exist_url: str) -> list[Written]:
    """Write all of them for today and look at Exist what became of them."""
    response = await home.act(
        "exist.update_values",
        values=[{"name": name, "value": value} for name, (value, _) in VALUES.items()],
    )
    return [
        Written(
            each["name"],
            each["date"],
            VALUES[each["name"]][0],
            await at_exist(home, exist_url, each["name"], each["date"]),
        )
        for each in response["success"]
    ]


async def at_exist(home: Home, exist_url: str, name: str, day: str) -> Any:
    """Return what Exist has for a day."""
    where = {"user": PERSON, "attribute": name, "date": day}
    async with home.session.get(f"{exist_url}/_control/value", params=where) as found:
        return await found.json()
