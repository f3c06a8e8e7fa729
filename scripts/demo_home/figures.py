"""The figures of the bench, for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homeassistant.const import __version__

from .linked_home import BUSY_EVERY, QUIET_A_DAY, Linked
from .measuring import Cost
from .reading import ATTRIBUTES, DAYS, Reading
from .suggesting import STATES, Suggesting

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Costs:
    """What one number of links cost."""

    all_days: Cost
    nothing_new: Cost
    all_new: Cost | None = None
    peak: int = 0
    """Bytes of Python's own memory in the first evaluation."""
    resident: int = 0
    """By how much the process grew in it."""


@dataclass(frozen=True, slots=True)
class PastCosts:
    """What importing the past of a large account costs."""

    statistics: int
    days: int
    rows: int
    imported: Cost
    growth: int
    """By how many bytes the process grew at most."""
    bare: Cost
    poll: Cost
    audit: Cost


def print_home(things: Sequence[Linked], days: int, rows: int, size: int) -> None:
    """Print what was measured."""
    busy = sum(thing.is_busy for thing in things)
    print(
        f"{len(things)} entities, {days} days, {rows:,} states in a SQLite file of"
        f" {size / 2**20:.0f} MiB:\n"
        f"{busy} busy ones with a state every {BUSY_EVERY} s,"
        f" {len(things) - busy} quiet ones with {QUIET_A_DAY} a day."
    )


def print_costs(one: Costs, many: Costs, links: int, days: int) -> None:
    """Print the figures, and what they are to each other."""
    assert many.all_new is not None
    columns: Mapping[str, Cost] = {
        f"1 link, {days} days": one.all_days,
        "1 link, nothing new": one.nothing_new,
        f"{links} links, {days} days": many.all_days,
        f"{links} links, nothing new": many.nothing_new,
        f"{links} links, all new": many.all_new,
    }
    lines = {
        "database queries": [str(cost.queries) for cost in columns.values()],
        "tasks off the loop": [str(cost.jobs) for cost in columns.values()],
        "time off the loop": [_ms(cost.off_loop) for cost in columns.values()],
        "of it computing": [_ms(cost.off_loop_cpu) for cost in columns.values()],
        "longest stall": [_ms(cost.stall) for cost in columns.values()],
        "longest collection": [_ms(cost.collection) for cost in columns.values()],
        "values to Exist": [str(cost.values) for cost in columns.values()],
        "requests to Exist": [str(cost.sent) for cost in columns.values()],
        "until all is there": [_ms(cost.seconds) for cost in columns.values()],
    }
    print("\n" + " " * 20 + "".join(f"{title:>24}" for title in columns))
    for title, cells in lines.items():
        print(f"{title:20}" + "".join(f"{cell:>24}" for cell in cells))
    print(
        f"\n{days} days: all at once, as after so long without the account."
        "\nNothing new: an hour's work; averages and times in a state go on all the same."
        "\nAll new: an hour's work after every entity had new states."
        f"\n\nRequests of {links} links:"
    )
    for title, cost in list(columns.items())[2:]:
        each = ", ".join(f"{n} {path}" for path, n in sorted(cost.requests.items()))
        print(f"  {title}: {each or 'none'}")
    print(
        f"\nMemory of {links} links, {days} days:"
        f" {many.peak / 2**20:.0f} MiB at most,"
        f" the process grew by {many.resident / 2**20:.0f} MiB."
    )
    for title, few, lot in (
        (f"{days} days", one.all_days, many.all_days),
        ("nothing new", one.nothing_new, many.nothing_new),
    ):
        print(
            f"{links} links to 1, {title}: {lot.queries / few.queries:.1f} times"
            f" the queries, {lot.off_loop / few.off_loop:.1f} times the time off the loop,"
            f" {lot.off_loop_cpu / few.off_loop_cpu:.1f} times the computing"
        )
    for title, cost in list(columns.items())[2:]:
        print(
            f"{title}: {cost.off_loop / HOUR:.4%} of an hour off the loop,"
            f" {cost.stall / HOUR:.6%} of it in the longest stall"
        )


def print_year(rule: str, cost: Cost, told: int, growth: int, peak: int) -> None:
    """Print what a year costs; below 64 MiB and 50 ms it should be."""
    print(
        f"  {rule} of {told} days: the process grew by {growth / 2**20:.0f} MiB at most,"
        f" {peak / 2**20:.0f} MiB of it Python's; {cost.queries} queries,"
        f" {_ms(cost.off_loop)} off the loop ({_ms(cost.off_loop_cpu)} of CPU),"
        f" longest stall {_ms(cost.stall)} (at most {_ms(cost.stall_cpu)} of CPU),"
        f" longest collection {_ms(cost.collection)}"
        f" (at most {_ms(cost.collection_cpu)} of CPU)"
    )


def print_past(past: PastCosts) -> None:
    """Print what the past of a large account costs, beside the recorder alone."""
    cost, seconds = past.imported, past.imported.seconds
    requests = ", ".join(f"{n} {path}" for path, n in sorted(cost.requests.items()))
    print(
        f"\nThe past of {past.statistics} attributes x {past.days:,} days on Home"
        f" Assistant {__version__}:"
        f" {past.rows:,} rows in {seconds:,.0f} s, {past.rows / seconds:,.0f} a second,"
        f" {cost.sent} requests ({requests});\n"
        f"  longest stall {_ms(cost.stall)}, {_ms(cost.collection)} of it at most"
        f" collecting, {_ms(cost.turn)} of CPU in one stall without that;"
        f" {cost.cpu:,.0f} s of CPU, the process grew by {past.growth / 2**20:.0f} MiB"
    )
    print(
        f"  The recorder alone: the same rows in {past.bare.seconds:,.0f} s,"
        f" {past.rows / past.bare.seconds:,.0f} a second,"
        f" {past.bare.cpu:,.0f} s of CPU, longest stall {_ms(past.bare.stall)}"
    )
    for title, each in (
        ("A poll with nothing new", past.poll),
        ("A look through all rows, as at each start", past.audit),
    ):
        print(
            f"  {title}: {_ms(each.off_loop)} off the loop in {each.jobs} tasks,"
            f" {_ms(each.cpu)} of CPU, longest stall {_ms(each.stall)},"
            f" {_ms(each.collection)} of it at most collecting,"
            f" {_ms(each.turn)} of CPU in one stall without that"
        )


def print_start(seconds: float, links: int) -> None:
    """Print how long a start takes while Exist never answers; below 2 s it should be."""
    print(
        f"\nSet-up of a known account with {links} links, Exist never answering:"
        f" {_ms(seconds)}"
    )


def print_polls(reading: Reading, first: Cost, nothing_new: Cost, loaded: Cost) -> None:
    """Print what polls and a set-up cost; nothing new should be next to nothing."""
    print(
        f"\nReading {ATTRIBUTES:,} attributes x {DAYS} days, CPU:"
        f" {_ms(reading.ours)} with every value checked,"
        f" {_ms(reading.bare)} by aiohttp and orjson alone:"
        f" {reading.ours / reading.bare:.1f} times"
    )
    for title, cost in (
        (f"{ATTRIBUTES:,} attributes more", first),
        ("nothing new", nothing_new),
    ):
        print(
            f"A poll with {title}: {_ms(cost.cpu)} of CPU,"
            f" {cost.written:,} states written, longest stall {_ms(cost.stall)},"
            f" {_ms(cost.collection)} of it at most collecting;"
            f" {_ms(cost.turn)} of CPU in one stall without that"
        )
    print(
        f"Set-up with {ATTRIBUTES:,} attributes more: {_ms(loaded.cpu)} of CPU,"
        f" longest stall {_ms(loaded.stall)},"
        f" {_ms(loaded.collection)} of it at most collecting;"
        f" {_ms(loaded.turn)} of CPU in one stall without that"
    )


def print_write(cost: Cost, calls: int) -> None:
    """Print what one written value costs in an account of that size."""
    print(
        f"One written value: {_ms(cost.cpu)} of CPU, {calls:,} functions called,"
        f" {cost.written} states written, longest stall {_ms(cost.stall)}"
    )


def print_suggestions(found: Suggesting) -> None:
    """Print how right links are suggested, and how long that keeps the loop."""
    for name, (rows, figures) in found.sets.items():
        print(
            f"Suggestions for the {rows} entities of {name}: precision"
            f" {figures.precision:.1%}, recall {figures.recall:.1%}"
        )
    print(
        f"Suggestions in a home of {STATES:,} entities: {_ms(found.cpu)} of CPU,"
        f" longest stall {_ms(found.stall)}, {_ms(found.stall_cpu)} at most computing"
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
