"""What a day's value must be, found by walking through it second by second."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

# What is shown while Home Assistant stops or starts says nothing.
LET_GO, FALSE_START = "let go", "false start"
ABSENT = ("unavailable", "unknown", LET_GO, FALSE_START)
NOT_TOLD = "not told"


@dataclass(frozen=True, eq=False)
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
                begin, stop = max(second, start), min(until, end)
                if begin < stop:
                    found[begin - start : stop - start] = [state] * (stop - begin)
        return found

    def ran(self, start: int, end: int) -> int:
        """Return the seconds in which the recorder ran."""
        ran = {
            second
            for first, last in self.runs
            for second in range(max(first, start), min(last, end))
        }
        return len(ran)


BRIDGED = 600
STARTING = 600
STOPPING = 30
FALSE_START_SECONDS = 120
PUT_BACK = 5


def oracle(
    aggregate: str,
    history: History,
    start: int,
    until: int,
    *,
    states: Sequence[str] = (),
    absent_is_gap: bool = True,
    is_counter: bool = False,
) -> float | str:
    """Return the value of the seconds from `start` to `until`, or NOT_TOLD."""
    history = _without_stops_and_starts(history)
    if aggregate == "sum":
        return _counted(history, start, until, is_counter=is_counter)
    if until <= start or history.ran(start, until) * 2 < until - start:
        return NOT_TOLD
    if aggregate in NUMERIC:
        day = history.seconds(start, until)
        numbers = [
            float(each) for each in day if each is not None and each not in ABSENT
        ]
        sure = aggregate in ("last", "first") and bool(numbers)
        if not numbers or (not sure and len(numbers) * 2 < until - start):
            return NOT_TOLD
        return NUMERIC[aggregate](numbers)
    return _of_states(aggregate, history, start, until, states, absent_is_gap)


# The walk is kept for the same history, so that this one must be the same, too.
@lru_cache(maxsize=256)
def _without_stops_and_starts(history: History) -> History:
    """Return it with other words for what was shown only because of a stop or start."""
    runs = sorted(history.runs)
    shown = dict(history.rows)
    for first, last in runs[:-1]:
        rows = [row for row in history.rows if first <= row[0] < last]
        away: list[tuple[int, str]] = []
        while rows and rows[-1][1] in ABSENT and rows[-1][1] == (away or rows)[-1][1]:
            away.append(rows.pop())
        if away and away[-1][0] >= last - STOPPING:
            shown |= dict.fromkeys((second for second, _ in away), LET_GO)
    visible = [
        row
        for row in history.rows
        if any(first <= row[0] < last for first, last in runs)
    ]
    for first, _ in runs:
        earlier = [each for at, each in visible if at < first and each not in ABSENT]
        early = [
            row for row in visible if first <= row[0] <= first + FALSE_START_SECONDS
        ]
        back = [at for at, each in early if earlier and each == earlier[-1]]
        for at, each in early:
            if back and at < back[-1] and each != earlier[-1]:
                shown[at] = FALSE_START
    return History([(at, shown[at]) for at, _ in history.rows], history.runs)


def _of_states(
    aggregate: str,
    history: History,
    start: int,
    until: int,
    states: Sequence[str],
    absent_is_gap: bool,
) -> float | str:
    begin = min([start, *(first for first, _ in history.runs)]) - 1
    end = max(until, *(last for _, last in history.runs))
    walked, moments, doubts = _walk(history, begin, end, tuple(states), absent_is_gap)
    day = walked[start - begin : until - begin]
    seen = [state for state in day if state is not None]
    was_in = _was_in(day, walked[start - begin - 1], states)
    sure = aggregate == "ever" and was_in
    if not sure and len(seen) * 2 < until - start:
        return NOT_TOLD
    if aggregate == "time_in":
        return sum(state in states for state in seen)
    if aggregate == "ever":
        return int(was_in)
    entered = [second for second in moments if start <= second < until]
    hidden = [each for each in doubts if each[0] < until and each[1] >= start]
    first = next(index for index, state in enumerate(walked) if state is not None)
    if begin + first - start > BRIDGED:
        # Before that, nothing was recorded at all.
        hidden.append((start, begin + first))
    if aggregate == "times":
        return NOT_TOLD if hidden else len(entered)
    if not entered:
        return NOT_TOLD
    if aggregate == "first_time":
        sure = all(gap[0] >= entered[0] for gap in hidden)
        return entered[0] if sure else NOT_TOLD
    sure = all(gap[1] <= entered[-1] for gap in hidden)
    return entered[-1] if sure else NOT_TOLD


def _was_in(day: list[str | None], before: str | None, states: Sequence[str]) -> bool:
    """Return whether it had one of the states other than by a late reset."""
    is_from_before = before in states
    for second, state in enumerate(day):
        if state is None:
            continue
        if state not in states:
            is_from_before = False
        elif not is_from_before or second >= PUT_BACK:
            return True
    return False


# All days of one history are asked for in turn, and each walk is through all of it.
@lru_cache(maxsize=32)
def _walk(
    history: History,
    begin: int,
    end: int,
    states: tuple[str, ...],
    absent_is_gap: bool,
) -> tuple[list[str | None], list[int], list[tuple[int, int]]]:
    """Return the state of each second, the moments of entering, and what hides some."""
    walked = _usable(history, begin, end, absent_is_gap)
    moments: list[int] = []
    doubts: list[tuple[int, int]] = []
    last: int | None = None
    for index, state in enumerate(walked):
        if state is None:
            continue
        if last is not None:
            gap = index - last - 1
            if 0 < gap <= BRIDGED and walked[last] == state:
                walked[last:index] = [state] * (index - last)
            if state in states and walked[last] not in states:
                if gap > BRIDGED:
                    doubts.append((begin + last + 1, begin + index))
                else:
                    moments.append(begin + index)
        last = index
    return walked, moments, doubts


def _usable(
    history: History, begin: int, end: int, absent_is_gap: bool
) -> list[str | None]:
    """Return the state of each second; None in a gap."""
    walked = history.seconds(begin, end)
    known = list(walked)
    for first, last in sorted(history.runs):
        before = [state for state in known[: first - begin] if state is not None]
        starting = not (before and before[-1] in ABSENT and before[-1] != LET_GO)
        rows = [row for row in history.rows if first <= row[0] < last]
        late = not rows or rows[0][0] - first >= STARTING
        for second in range(first, last):
            state = known[second - begin]
            if state is None:
                continue
            starting = starting and state in ABSENT and not late
            is_odd = state in (LET_GO, FALSE_START)
            if state in ABSENT and (absent_is_gap or starting or is_odd):
                walked[second - begin] = None
    return walked


def _counted(
    history: History, start: int, until: int, *, is_counter: bool
) -> float | str:
    """Return what a total counted that falls only where it begins anew."""
    held = history.seconds(start, until) if until > start else []
    if not any(state is not None and state not in ABSENT for state in held):
        return NOT_TOLD
    total, mark, run_of_mark = 0.0, None, None
    for second, state in history.rows:
        run = next((run for run in history.runs if run[0] <= second < run[1]), None)
        if run is None or state in ABSENT or second >= until:
            continue
        value, counts = float(state), second >= start
        if mark is not None and run_of_mark is not None:
            if value >= mark:
                # Off for more than two days holds a calendar day.
                lost = run[0] - run_of_mark[1] > 2 * 86400
                total += 0 if lost or not counts else value - mark
            elif run == run_of_mark and not is_counter and counts:
                total += value
        mark, run_of_mark = value, run
    return total


NUMERIC: dict[str, Callable[[list[float]], float]] = {
    "last": lambda values: values[-1],
    "first": lambda values: values[0],
    "minimum": min,
    "maximum": max,
    "mean": lambda values: sum(values) / len(values),
    "difference": lambda values: values[-1] - values[0],
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
