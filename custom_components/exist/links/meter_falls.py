"""Where a meter falls, and which kind of total that makes it: pure functions."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from .readings import History, Meter, Reading, ReadingKind, date_of, midnight
from .window import HOUR_SECONDS

# Of the mark: what falls to it may have begun anew.
ABOUT_ZERO = 0.02
# Of a fall: so much comes back after a glitch, within so many seconds.
UNDONE = 0.9
GLITCH_SECONDS = 900
# The same by hours: what an hour's row shows, and the one before it.
GLITCH_HOURS_SECONDS = 1.5 * HOUR_SECONDS
A_LITTLE_ABOVE = 1.1
A_LITTLE_BELOW = 0.9
BELOW_FOR_SURE = 1 / 3
SETTLED_DAYS = 7
NEAR_MIDNIGHT_SECONDS = 600
DAY_SECONDS = 86400


def recorded_days(history: History) -> int:
    """Return on how many days something was reported."""
    return len(_days(history))


def _days(history: History) -> set[date]:
    days: set[date] = set()
    until = -float("inf")
    for reading in history.readings:
        if reading.value is not None and reading.at >= until:
            day = date_of(reading.at, history.zones[0])
            days.add(day)
            until = midnight(day + timedelta(days=1), history.zones[0])
    return days


def kind_of_meter(history: History, meter: Meter) -> ReadingKind:
    """Return what kind of total it is, by what there is of it."""
    if meter.is_counter:
        return ReadingKind.COUNTER
    # What may not fall has begun anew wherever it did.
    low = BELOW_FOR_SURE if meter.may_fall else A_LITTLE_BELOW
    began: dict[date, bool] = {}
    came_back: set[date] = set()
    to_zero = otherwise = 0
    hidden = 0.0
    for index, mark, before in falls(history):
        reading = history.readings[index]
        assert reading.value is not None
        day = date_of(reading.at, history.zones[0])
        if _is_about_zero(history, index, mark):
            back = comes_back(history, index, mark)
            if back is None:
                began[day] = True
                to_zero += 1
            else:
                came_back.add(day)
                hidden += (history.readings[back].value or 0.0) - mark
        elif _is_low_after_midnight(history, index, mark, low):
            began.setdefault(day, False)
        elif not before:
            otherwise += 1
    if hidden > _grown_while_shown(history):
        # Days that are alike: a total that reads 0 now and then grows when it is shown.
        began |= dict.fromkeys(came_back, True)
    if meter.may_fall and otherwise >= len(began):
        # What gives and takes may also be low in the morning.
        otherwise += sum(not is_sure for is_sure in began.values())
        began = {day: True for day, is_sure in began.items() if is_sure}
    days = _days(history) - (_begun_at_zero(history) - began.keys())
    if 2 * len(began) > len(days):
        return ReadingKind.DAILY_TOTAL
    if meter.may_fall and (
        otherwise > to_zero
        or any(
            reading.value is not None and reading.value < 0
            for reading in history.readings
        )
    ):
        return ReadingKind.NET_TOTAL
    return ReadingKind.RUNNING_TOTAL


def _begun_at_zero(history: History) -> set[date]:
    """Return the days on which a meter that showed 0 had nothing to fall from."""
    days: set[date] = set()
    shown, until = 1.0, -float("inf")
    for reading in history.readings:
        if reading.value is None:
            continue
        if reading.at >= until:
            day = date_of(reading.at, history.zones[0])
            until = midnight(day + timedelta(days=1), history.zones[0])
            if shown == 0:
                days.add(day)
        shown = reading.value
    return days


def _grown_while_shown(history: History) -> float:
    """Return how much was counted by rises that did not begin at about 0."""
    grown, before = 0.0, 0.0
    for reading in history.readings:
        if reading.value is None:
            continue
        if reading.value > before and not is_zero_beside(before, reading.value):
            grown += reading.value - before
        before = reading.value
    return grown


def falls(history: History) -> Iterator[tuple[int, float, bool]]:
    """Return each fall that is not undone at once: its index, mark, and gap."""
    readings, index = history.readings, 0
    mark: Reading | None = None
    while index < len(readings):
        reading = readings[index]
        if reading.value is None:
            index += 1
            continue
        if mark is not None and mark.value is not None and reading.value < mark.value:
            if (back := undone_at_once(readings, index, mark.value)) is not None:
                index = back
                continue
            low = level_before(readings, index)
            if low is None or not is_back_at(low, mark.value, reading.value):
                gap = history.gap(mark.at, index) is not None
                yield index, mark.value, gap
        mark = reading
        index += 1


def _is_about_zero(history: History, index: int, mark: float) -> bool:
    """Return whether a fall from the mark led to where a total begins."""
    reading = history.readings[index]
    assert reading.value is not None
    if mark <= 0:
        return False
    if reading.value <= ABOUT_ZERO * mark:
        return True
    # An hour's row shows what was counted since midnight.
    return (
        history.hourly
        and is_first_hour(history, reading)
        and (reading.value < BELOW_FOR_SURE * mark)
    )


def _is_low_after_midnight(
    history: History, index: int, mark: float, low: float = BELOW_FOR_SURE
) -> bool:
    """Return whether what is seen first on a day is what a daily total has counted."""
    reading = history.readings[index]
    assert reading.value is not None
    # Some bring the last of a day only in the next day's first hour.
    since = _held_since(history, index, mark) - HOUR_SECONDS
    return 0 < reading.value < low * mark and history.over_midnight(since, reading.at)


def _held_since(history: History, index: int, mark: float) -> float:
    """Return since when the mark was shown, before the reading that fell from it."""
    since = history.readings[index].at
    for earlier in range(index - 1, -1, -1):
        reading = history.readings[earlier]
        if reading.value == mark:
            since = reading.at
        elif reading.value is not None:
            break
    return since


def is_first_hour(history: History, reading: Reading) -> bool:
    """Return whether an hour's row is that of the day's first hour."""
    return history.over_midnight(reading.at - HOUR_SECONDS, reading.at)


def level_before(
    readings: Sequence[Reading],
    index: int,
    seconds: float = GLITCH_SECONDS,
    *,
    until: float | None = None,
    first: int = 0,
) -> float | None:
    """Return the lowest that was shown or held in the seconds before.

    Or in those before `until`; what was shown before the `first` reading is left out.
    """
    lowest: float | None = None
    since = (readings[index].at if until is None else until) - seconds
    for earlier in range(index - 1, first - 1, -1):
        value = readings[earlier].value
        if value is not None and (lowest is None or value < lowest):
            lowest = value
        if readings[earlier].at <= since:
            break
    return lowest


def is_no_slip(mark: float, value: float) -> bool:
    """Return whether it fell by more than rounding and late counts come to."""
    return mark - value > ABOUT_ZERO * mark


def is_no_correction(history: History, index: int, mark: Reading) -> bool:
    """Return whether a running total fell by more than it counted in a day.

    Or by much that it did not count at once, as what began anew unseen.
    """
    value, later = history.readings[index].value, mark.value
    assert value is not None and later is not None
    at_once = UNDONE * (later - value)
    was_as_low, rose_at_once = False, value >= A_LITTLE_BELOW * later
    since = history.readings[index].at - DAY_SECONDS
    for earlier in range(index - 1, -1, -1):
        at, shown, *_ = history.readings[earlier]
        if shown is not None:
            was_as_low = was_as_low or shown <= value
            rose_at_once = rose_at_once or later - shown >= at_once
            later = shown
        if at <= since or (was_as_low and rose_at_once):
            break
    return not (was_as_low and rose_at_once)


def is_zero_beside(value: float, mark: float) -> bool:
    """Return whether it is about 0, measured by what was shown before."""
    return abs(value) <= ABOUT_ZERO * mark


def is_back_at(low: float, high: float, value: float | None) -> bool:
    """Return whether a rise from `low` to `high` is undone to nine tenths."""
    return (
        value is not None
        and 0 < low < high
        and low <= value <= high - UNDONE * (high - low)
    )


def undone_at_once(readings: Sequence[Reading], index: int, mark: float) -> int | None:
    """Return where a fall is undone within a quarter of an hour."""
    low, at = readings[index].value, readings[index].at
    assert low is not None
    for later in range(index + 1, len(readings)):
        reading = readings[later]
        if reading.at > at + GLITCH_SECONDS:
            return None
        if reading.value is not None and reading.value >= low + UNDONE * (mark - low):
            return later
    return None


def above_zero_again(
    history: History, meter: Meter, mark: Reading, index: int
) -> int | None:
    """Return where what cannot be below 0 but is shows a number again, soon.

    What may be, as a cost, is so at the day's end.
    """
    readings = history.readings
    if meter.is_counter:
        return None
    low, at = readings[index].value, readings[index].at
    if mark.value is None or low is None or mark.value < 0 or low >= 0:
        return None
    for later in range(index + 1, len(readings)):
        reading = readings[later]
        if reading.at > at + GLITCH_SECONDS:
            return None
        if reading.value is not None and reading.value >= 0:
            is_end = meter.may_fall and history.over_midnight(at, reading.at)
            return None if is_end else later
    return None


def zero_again(readings: Sequence[Reading], index: int, mark: float) -> int | None:
    """Return where what rose to the mark is far below it again, within an hour.

    However late, where it showed the mark itself and nothing else.
    """
    is_itself = True
    for later in range(index, len(readings)):
        at, value, *_ = readings[later]
        if value is None or mark <= value <= A_LITTLE_ABOVE * mark:
            is_itself = is_itself and value in (None, mark)
            continue
        is_soon = at <= readings[index].at + HOUR_SECONDS
        is_back = later > index and value < BELOW_FOR_SURE * mark
        return later if is_back and (is_soon or is_itself) else None
    return None


def comes_back(history: History, index: int, mark: float) -> int | None:
    """Return where one rise leads from about 0 back to the mark, before another fall."""
    low = history.readings[index].value
    if low is None or mark <= 0 or low > ABOUT_ZERO * mark:
        return None
    return _one_rise(history, index, mark, ABOUT_ZERO * mark)


def part_comes_back(
    history: History, index: int, mark: float, *, over_gap: bool
) -> int | None:
    """Return where a sum of meters of which one was away has all of them again.

    What is low after midnight may as well be a new day, and what is a little less after
    a gap what was kept a while before.
    """
    low = history.readings[index].value
    highest = A_LITTLE_BELOW * mark if over_gap else mark
    if low is None or not ABOUT_ZERO * mark < low < highest:
        return None
    if _is_low_after_midnight(history, index, mark):
        return None
    return _one_rise(history, index, mark, mark - UNDONE * (mark - low))


def climbs_back(readings: Sequence[Reading], index: int, mark: float) -> int | None:
    """Return where an old total is at the mark again within a day, rise by rise.

    It counts too little beside what it shows to have counted all that again.
    """
    low = readings[index].value
    if low is None or low >= A_LITTLE_BELOW * mark:
        return None
    for later in range(index + 1, len(readings)):
        value = readings[later].value
        if readings[later].at > readings[index].at + DAY_SECONDS:
            return None
        if value is None:
            continue
        if value < low:
            return None
        if value >= mark:
            return later if value <= A_LITTLE_ABOVE * mark else None
        low = value
    return None


def _one_rise(history: History, index: int, mark: float, below: float) -> int | None:
    """Return where it is back at the mark, all in one rise from `below` that."""
    low = history.readings[index].value
    assert low is not None
    for later in range(index + 1, len(history.readings)):
        value = history.readings[later].value
        if value is None:
            continue
        if mark <= value <= A_LITTLE_ABOVE * mark:
            return later
        if value < low or value > below:
            return None
        low = value
    return None


def counter_fall(history: History, meter: Meter, mark: Reading, index: int) -> float:
    """Return what a fall of a counter takes off; nothing where it began anew."""
    reading = history.readings[index]
    assert mark.value is not None and reading.value is not None
    fall = reading.value - mark.value
    if history.gap(mark.at, index) is not None:
        return 0.0
    if reading.value in (0.0, meter.initial) and (
        -fall > meter.step
        or history.over_midnight(mark.at, reading.at)
        or history.over_midnight(
            reading.at - NEAR_MIDNIGHT_SECONDS, reading.at + NEAR_MIDNIGHT_SECONDS
        )
    ):
        return 0.0
    return fall
