"""Judge the JSON of a demo on standard input; scripts/test does so."""

from collections.abc import Iterator
from datetime import date, timedelta
import json
import sys
from typing import Any

from .dashboard import EXIST_DAYS
from .links import WISHES, Wish
from .past import Past
from .written import VALUES

ENTITIES_WANTED = 12
# What has values all through the years that Exist has, on a third of the days or more.
CHARTED = ("exist:ada_sleep", "exist:ada_steps", "exist:ada_weight")
YEARS = timedelta(days=EXIST_DAYS - 31)


def faults(summary: dict[str, Any]) -> list[str]:
    """Return what is wrong with a summary."""
    found = []
    if (count := len(summary["entities"])) < ENTITIES_WANTED:
        found.append(f"there are {count} entities, not {ENTITIES_WANTED} or more")
    if not summary["acquired"]:
        found.append("nothing was acquired")
    if strange := set(summary["acquired"]) - set(summary["owned"]):
        found.append(f"acquired but not owned: {', '.join(sorted(strange))}")
    wires = {each["attribute"]: each["wire"] for each in summary["written"]}
    if wires != {name: wire for name, (_, wire) in VALUES.items()}:
        found.append(f"written values came out as {wires}")
    if summary["failed"]:
        found.append(f"failed: {summary['failed']}")
    charted = {each["id"]: each for each in summary["statistics"]}
    found += [
        f"{each}: {fault}"
        for each in CHARTED
        if (fault := _of_statistic(charted.get(each))) is not None
    ]
    past = Past(summary["past_until"])
    for wish in WISHES:
        days = [
            each for each in summary["links"] if each["attribute"] == wish.attribute
        ]
        found += [f"{wish.attribute}: {fault}" for fault in _of_link(wish, days, past)]
    return found


def _of_statistic(told: dict[str, Any] | None) -> str | None:
    """Return what is wrong with the past of an attribute."""
    if told is None:
        return "the statistic is missing"
    first, last = (date.fromisoformat(told[key]) for key in ("first", "last"))
    if last - first < YEARS:
        return f"the past is {first} to {last}"
    days = (last - first).days + 1
    if not days // 3 <= told["rows"] <= days:
        return f"there are {told['rows']} rows of {days} days"
    return None


def _of_link(wish: Wish, days: list[dict[str, Any]], past: Past) -> Iterator[str]:
    """Yield what is wrong with the days of a link, judged by what happened at home."""
    if not days:
        yield "the link is missing"
        return
    if not any(each["confirmed"] for each in days):
        yield "Exist confirmed nothing"
    told = {date.fromisoformat(each["day"]) for each in days}
    for back in range(wish.past_days):
        day = past.today - timedelta(days=back)
        if wish.expected(past, day).certain and day not in told:
            yield f"{day} has no value"
    for each in days:
        expected = wish.expected(past, date.fromisoformat(each["day"]))
        if (each["entity"], each["aggregate"]) != (wish.entity, wish.aggregate):
            yield f"{each['day']} is made of {each['entity']} by {each['aggregate']}"
        if not expected.fits(each["value"]):
            yield f"{each['day']} is {each['value']}, which is not {expected}"
        if expected.final and expected.certain and not each["confirmed"]:
            yield f"{each['day']} is {each['value']}, and Exist has something else"


if __name__ == "__main__":
    try:
        wrong = faults(json.load(sys.stdin))
    except json.JSONDecodeError:
        wrong = ["the demo printed no JSON"]
    sys.exit("\n".join(f"demo: {fault}" for fault in wrong) or None)
