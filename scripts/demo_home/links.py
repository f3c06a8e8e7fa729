"""The demo's links: made by their form, and what became of them at Exist."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
import time
from typing import Any

from .children import DemoError
from .forms import Step, no_complaint, suggested
from .home import Home
from .past import BEDROOM, CONSOLE, METER, Expected, Past
from .written import at_exist

FLOWS = "/api/config/config_entries/subentries/flow"
MOST_STEPS = 60
# Past days are counted meanwhile.
PROGRESS_SECONDS = 0.5
LOADED_SECONDS = 30
# Half a minute after entities were enabled, Home Assistant loads the account anew.
CONFIRMED_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Wish:
    """One link that is wanted, and what a person changes in its form.

    Some past days are sent at once; `expected` says what a day must be.
    """

    entity: str
    aggregate: str
    attribute: str
    past_days: int
    answers: Mapping[str, Mapping[str, object]]
    expected: Callable[[Past, date], Expected]


WISHES = (
    Wish(
        CONSOLE,
        "time_in",
        "gaming_min",
        7,
        {
            # One of the links that fit this home; the rest is filled in.
            "entity": {"suggestion": f"{CONSOLE}|time_in|gaming_min"},
            # The person at Exist has other values on some of the days.
            "finish": {"past_days": 7},
            "past": {"replace": True},
        },
        Past.console_minutes,
    ),
    Wish(
        BEDROOM,
        "mean",
        "bedroom_at_night",
        # The older of them are known from hourly statistics only.
        20,
        {
            "entity": {"entity": BEDROOM},
            "aggregate": {"aggregate": "mean"},
            "part": {"part": "from_to"},
            "hours": {"part_start": "22:00", "part_end": "07:00"},
            "attribute": {"target": "new"},
            "new_attribute": {"label": "Bedroom at night", "group": "sleep"},
            "finish": {"past_days": 20},
        },
        Past.night_mean,
    ),
    Wish(
        METER,
        "sum",
        "electricity",
        3,
        {
            "entity": {"entity": METER},
            "aggregate": {"aggregate": "sum"},
            "attribute": {"target": "new"},
            "new_attribute": {"label": "Electricity", "group": "finance"},
            "finish": {"past_days": 3},
        },
        Past.electricity,
    ),
)


@dataclass(frozen=True, slots=True)
class LinkedDay:
    """One day of a link: what it computed, and whether Exist has just that."""

    entity: str
    aggregate: str
    attribute: str
    day: str
    value: Any
    confirmed: bool


async def make_links(home: Home, entry_id: str) -> None:
    """Walk through the form of each link, and wait until the link is there."""
    for wish in WISHES:
        await _walk(home, entry_id, wish)
        # The account is loaded anew with each of them.
        await _loaded(home, entry_id, wish.entity)
    made = {
        link["unique_id"]
        for link in await home.command(
            "config_entries/subentries/list", entry_id=entry_id
        )
    }
    if made != {wish.attribute for wish in WISHES}:
        raise DemoError(f"The links feed {made}.")


async def _walk(home: Home, entry_id: str, wish: Wish) -> None:
    details = ("change", "part", "ready") if "part" in wish.answers else ()
    menus = iter((*details, "finish"))
    step: Step = await home.call("POST", FLOWS, {"handler": [entry_id, "link"]})
    for _ in range(MOST_STEPS):
        match step["type"]:
            case "form":
                no_complaint(step)
                answers = {
                    **suggested(step["data_schema"]),
                    **wish.answers.get(step["step_id"], {}),
                }
                path = f"{FLOWS}/{step['flow_id']}"
                step = await home.call("POST", path, answers)
            case "menu":
                path = f"{FLOWS}/{step['flow_id']}"
                step = await home.call("POST", path, {"next_step_id": next(menus)})
            case "progress":
                await asyncio.sleep(PROGRESS_SECONDS)
                step = await home.call("GET", f"{FLOWS}/{step['flow_id']}")
            case "create_entry":
                return
            case kind:
                raise DemoError(f"The form of a link ended in {kind}: {dict(step)}")
    raise DemoError(f"The form of a link has no end: {dict(step)}")


async def _loaded(home: Home, entry_id: str, entity: str) -> None:
    """Wait until a sensor tells how the link is, and the account can take more."""
    deadline = time.monotonic() + LOADED_SECONDS
    while time.monotonic() < deadline:
        is_told = any(
            state["attributes"].get("entity") == entity
            and state["state"] != "unavailable"
            for state in await home.call("GET", "/api/states")
        )
        entries = await home.call("GET", "/api/config/config_entries/entry")
        [entry] = [each for each in entries if each["entry_id"] == entry_id]
        if is_told and entry["state"] == "loaded":
            return
        await asyncio.sleep(0.1)
    raise DemoError(f"The link of {entity} is not there after {LOADED_SECONDS} s.")


async def linked_days(home: Home, exist_url: str, past: Past) -> list[LinkedDay]:
    """Return the days of all links, as soon as Exist has those that are done."""
    deadline = time.monotonic() + CONFIRMED_SECONDS
    while True:
        found = [
            (wish, day)
            for wish in WISHES
            for day in await _days_of(home, exist_url, wish, past.today)
        ]
        # What still changes from minute to minute is sent hourly.
        waiting = any(
            not day.confirmed and wish.expected(past, date.fromisoformat(day.day)).final
            for wish, day in found
        )
        if not waiting or time.monotonic() > deadline:
            return [day for _, day in found]
        await asyncio.sleep(0.2)


async def _days_of(
    home: Home, exist_url: str, wish: Wish, today: date
) -> list[LinkedDay]:
    # One less than are sent: a day may begin meanwhile.
    start = today - timedelta(days=wish.past_days - 1)
    previewed = await home.act(
        "exist.preview_link", link=wish.attribute, start=start.isoformat()
    )
    days = []
    for each in previewed["days"]:
        if (value := each["value"]) is None:
            continue
        found = await at_exist(home, exist_url, wish.attribute, each["date"])
        days.append(
            LinkedDay(
                wish.entity,
                wish.aggregate,
                wish.attribute,
                each["date"],
                value,
                found == value,
            )
        )
    return days
