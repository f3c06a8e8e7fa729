"""What a day's value must be, found by walking through it second by second."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ABSENT = ("unavailable", "unknown")
NOT_TOLD = "not told"


@dataclass(frozen=True)
class History:
    """Rows of one entity (second, state), and when the recorder really ran."""

    rows: Sequence[tuple[int, str]]
    runs: Sequence[tuple[int, int]]

    def seconds(self, start: int, end: int) -> list[str | None]:
        """Return the state of each second; None where nothing is known."""
        found: list[str | None] = [None] * (end - start)
        for first, last in self.runs:
            rows = [row for row in self.rows if first <= row[0] < last]
            ends = [second for second, _ in rows[1:]] + [last]
            for (second, state), until in zip(rows, ends, strict=False):
                for each in range(max(second, start), min(until, end)):
                    found[each - start] = state
        return found

    def ran(self, start: int, end: int) -> int:
        """Return the seconds in which the recorder ran."""
        ran = {
            second
            for first, last in self.runs
            for second in range(max(first, start), min(last, end))
        }
        return len(ran)


def oracle(
    aggregate: str,
    history: History,
    start: int,
    until: int,
    *,
    states: Sequence[str] = (),
    absent_is_gap: bool = True,
) -> float | str:
    """Return the value of the seconds from `start` to `until`, or NOT_TOLD."""
    numeric = aggregate in NUMERIC

    def usable(state: str | None) -> bool:
        if state is None:
            return False
        if numeric:
            return state not in ABSENT
        return state not in ABSENT or not absent_is_gap

    walked = history.seconds(start - 1, until)
    if until <= start or history.ran(start, until) * 2 < until - start:
        return NOT_TOLD
    before, day = walked[0], walked[1:]
    seen = [state for state in day if usable(state) and state is not None]
    sure = aggregate in ("last", "first") and bool(seen)
    sure = sure or (aggregate == "ever" and any(state in states for state in seen))
    if not sure and len(seen) * 2 < until - start:
        return NOT_TOLD
    if numeric:
        if not seen:
            return NOT_TOLD
        return NUMERIC[aggregate](
            [float(each) for each in seen], usable(before), before
        )
    if aggregate == "time_in":
        return sum(state in states for state in seen)
    if aggregate == "ever":
        return int(any(state in states for state in seen))
    entered = []
    previous = before if usable(before) else None
    for second, state in enumerate(day, start):
        if not usable(state):
            continue
        if previous is not None and state in states and previous not in states:
            entered.append(second)
        previous = state
    if aggregate == "times":
        return len(entered)
    if not entered:
        return NOT_TOLD
    return entered[0] if aggregate == "first_time" else entered[-1]


def _sum(values: list[float], has_before: bool, before: str | None) -> float:
    if has_before and before is not None:
        values = [float(before), *values]
    total, high = 0.0, values[0]
    for value in values[1:]:
        if value > high:
            total += value - high
            high = value
        elif value < 0.9 * high:
            total += value
            high = value
    return total


NUMERIC: dict[str, Callable[[list[float], bool, str | None], float]] = {
    "last": lambda values, *_: values[-1],
    "first": lambda values, *_: values[0],
    "minimum": lambda values, *_: min(values),
    "maximum": lambda values, *_: max(values),
    "mean": lambda values, *_: sum(values) / len(values),
    "sum": _sum,
    "difference": lambda values, *_: values[-1] - values[0],
}


def local_second(zone: ZoneInfo, *wall: int) -> int:
    """Return the second of a wall clock by looking it up among all of the day."""
    wanted = datetime(*wall[:5])  # type: ignore[arg-type]
    guess = int(wanted.replace(tzinfo=UTC).timestamp())
    for second in range(guess - 15 * 3600, guess + 15 * 3600, 900):
        shown = datetime.fromtimestamp(second, zone).replace(tzinfo=None)
        if shown >= wanted:
            return second
    raise AssertionError(wanted)
