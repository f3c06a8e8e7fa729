"""What a meter counted: one rule for states and for hourly rows, in pure functions."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from math import fsum
from typing import NamedTuple

from .window import HOUR_SECONDS, MIDNIGHT, Window

ABOUT_ZERO = 0.02
"""Of the mark; what falls to it may have begun anew."""
UNDONE = 0.9
"""Of a fall; so much of it comes back within a quarter of an hour after a glitch."""
GLITCH_SECONDS = 900
A_LITTLE_ABOVE = 1.1
BELOW_FOR_SURE = 1 / 3
BELOW_OVER_MIDNIGHT = 0.9
COUNTER_NEAR_MIDNIGHT_SECONDS = 600
SETTLED_DAYS = 7


class ReadingKind(StrEnum):
    """What the numbers of an entity are."""

    COUNTER = "counter"
    DAILY_TOTAL = "daily_total"
    NET_TOTAL = "net_total"
    RUNNING_TOTAL = "running_total"
    AMBIENT = "ambient"
    NOW_AND_THEN = "now_and_then"
    """Entered or measured now and then."""


TOTALS = frozenset(
    {
        ReadingKind.COUNTER,
        ReadingKind.DAILY_TOTAL,
        ReadingKind.NET_TOTAL,
        ReadingKind.RUNNING_TOTAL,
    }
)


class Reading(NamedTuple):
    """What a meter showed, up to the next reading; None while it was away.

    `sum` is that of hourly statistics, where the reading is an hour's last.
    """

    at: float
    value: float | None
    last_reset: float | None = None
    sum: float | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    """What a meter is by its own account; `may_fall` is the state class `total`."""

    is_counter: bool = False
    may_fall: bool = False
    step: float = 1.0
    initial: float = 0.0


@dataclass(frozen=True, slots=True)
class History:
    """All readings of a meter in order, and when Home Assistant was off.

    `zones` are those whose midnights may begin a day: the profile's, Home Assistant's.
    """

    readings: tuple[Reading, ...]
    off: tuple[Window, ...]
    zones: tuple[tzinfo, ...]
    hourly: bool = False

    def over_midnight(self, start: float, end: float) -> bool:
        """Return whether a day ends between the two moments."""
        return any(_date(start, zone) != _date(end, zone) for zone in self.zones)

    def gap(self, start: float, end: float) -> float | None:
        """Return when a restart or an absence began that lies between, or None."""
        begun = [
            window.start
            for window in self.off[bisect_left(self.off, start, key=_end) :]
            if window.start < end
        ][:1]
        first = bisect_right(self.readings, start, key=_at)
        for reading in self.readings[first:]:
            if reading.at >= end or (begun and reading.at >= begun[0]):
                break
            if reading.value is None:
                return reading.at
        return begun[0] if begun else None

    def off_for_a_day(self, start: float, end: float) -> bool:
        """Return whether Home Assistant was off for a calendar day in between."""
        return any(
            _holds_a_day(window, self.zones[0])
            for window in self.off[bisect_left(self.off, start, key=_end) :]
            if window.start < end
        )


def _at(reading: Reading) -> float:
    return reading.at


def _end(window: Window) -> float:
    return window.end


def _date(moment: float, zone: tzinfo) -> date:
    return datetime.fromtimestamp(moment, zone).date()


def _midnight(day: date, zone: tzinfo) -> float:
    return datetime.combine(day, MIDNIGHT, zone).timestamp()


def _holds_a_day(window: Window, zone: tzinfo) -> bool:
    first = _date(window.start - 1, zone) + timedelta(days=1)
    return _midnight(first + timedelta(days=1), zone) <= window.end


@dataclass(frozen=True, slots=True)
class Counted:
    """What a meter counted, moment by moment; `blind` moments make no day told."""

    moments: tuple[float, ...]
    amounts: tuple[float, ...]
    blind: tuple[float, ...]
    held: tuple[Window, ...]
    """When it showed a number."""
    below_zero: bool

    def within(self, window: Window) -> float | None:
        """Return what was counted in the window, or None where that is not told."""
        first = bisect_right(self.held, window.start, key=_end)
        if first == len(self.held) or self.held[first].start >= window.end:
            return None
        if any(window.start <= moment < window.end for moment in self.blind):
            return None
        total = fsum(
            self.amounts[
                bisect_left(self.moments, window.start) : bisect_left(
                    self.moments, window.end
                )
            ]
        )
        return total if self.below_zero else max(total, 0.0)


def recorded_days(history: History) -> int:
    """Return on how many days something was reported."""
    return len(_days(history))


def _days(history: History) -> set[date]:
    days: set[date] = set()
    until = -float("inf")
    for reading in history.readings:
        if reading.value is not None and reading.at >= until:
            day = _date(reading.at, history.zones[0])
            days.add(day)
            until = _midnight(day + timedelta(days=1), history.zones[0])
    return days


def kind_of_meter(history: History, meter: Meter) -> ReadingKind:
    """Return what kind of total it is, by what there is of it."""
    if meter.is_counter:
        return ReadingKind.COUNTER
    began: set[date] = set()
    to_zero = otherwise = 0
    for index, mark, before in _falls(history):
        reading = history.readings[index]
        assert reading.value is not None
        if _is_about_zero(history, reading, mark):
            if not _comes_back(history, index, mark):
                began.add(_date(reading.at, history.zones[0]))
                to_zero += 1
        elif not before:
            otherwise += 1
    if 2 * len(began) > len(_days(history)):
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


def _falls(history: History) -> Iterator[tuple[int, float, bool]]:
    """Return each fall that is not undone at once: its index, mark, and gap."""
    readings, index = history.readings, 0
    mark: Reading | None = None
    while index < len(readings):
        reading = readings[index]
        if reading.value is None:
            index += 1
            continue
        if mark is not None and mark.value is not None and reading.value < mark.value:
            if (back := _undone_at_once(readings, index, mark.value)) is not None:
                index = back
                continue
            gap = history.gap(mark.at, reading.at) is not None
            yield index, mark.value, gap
        mark = reading
        index += 1


def _is_about_zero(history: History, reading: Reading, mark: float) -> bool:
    assert reading.value is not None
    if mark <= 0:
        return False
    if reading.value <= ABOUT_ZERO * mark:
        return True
    # An hour's row shows what was counted since midnight.
    return (
        history.hourly
        and _is_first_hour(history, reading)
        and (reading.value < BELOW_FOR_SURE * mark)
    )


def _is_first_hour(history: History, reading: Reading) -> bool:
    return history.over_midnight(reading.at - HOUR_SECONDS, reading.at)


def _undone_at_once(readings: Sequence[Reading], index: int, mark: float) -> int | None:
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


def _comes_back(history: History, index: int, mark: float) -> int | None:
    """Return where one rise leads from about 0 back to the mark, before another fall."""
    low = history.readings[index].value
    if low is None or mark <= 0 or low > ABOUT_ZERO * mark:
        return None
    for later in range(index + 1, len(history.readings)):
        value = history.readings[later].value
        if value is None:
            continue
        if mark <= value <= A_LITTLE_ABOVE * mark:
            return later
        if value < low or value > ABOUT_ZERO * mark:
            return None
        low = value
    return None


class _Count:
    """Walks through the readings of one meter, once."""

    def __init__(self, history: History, meter: Meter, kind: ReadingKind) -> None:
        self._history = history
        self._meter = meter
        self._kind = kind
        self._resets = _tells_resets(history.readings)
        self._moments: list[float] = []
        self._amounts: list[float] = []
        self._blind: list[float] = []
        self._unless_it_falls: list[float] = []

    def counted(self) -> Counted:
        """Return all that was counted."""
        readings = self._history.readings
        mark: Reading | None = None
        index = _first(self._history, self._kind)
        while index < len(readings):
            reading = readings[index]
            if reading.value is not None:
                if mark is not None:
                    back = self._note(mark, index)
                    if back is not None:
                        index = back
                        continue
                mark = reading
            index += 1
        lowest = min(
            (each.value for each in readings if each.value is not None), default=0
        )
        return Counted(
            tuple(self._moments),
            tuple(self._amounts),
            (*self._blind, *self._unless_it_falls),
            tuple(_held(self._history)),
            self._kind is ReadingKind.NET_TOTAL
            or (self._meter.may_fall and lowest < 0),
        )

    def _add(self, at: float, amount: float) -> None:
        if amount:
            self._moments.append(at)
            self._amounts.append(amount)

    def _note(self, mark: Reading, index: int) -> int | None:
        """Count from the mark to the reading; return where a glitch was over."""
        reading = self._history.readings[index]
        assert mark.value is not None and reading.value is not None
        if _began_anew(mark, reading):
            self._begin(mark, reading, self._since_reset(mark, reading))
        elif reading.value >= mark.value:
            self._rise(mark, reading)
        elif self._meter.is_counter:
            self._add(reading.at, self._counter_fall(mark, reading))
        elif (back := self._glitch(mark, index)) is not None:
            return back
        else:
            self._fall(mark, index)
        return None

    def _since_reset(self, mark: Reading, reading: Reading) -> float:
        assert reading.value is not None
        if mark.sum is not None and reading.sum is not None:
            return reading.sum - mark.sum
        return reading.value

    def _begin(self, mark: Reading, reading: Reading, amount: float) -> None:
        self._add(reading.at, amount)
        zone = self._history.zones[0]
        self._unless_it_falls = [
            at
            for at in self._unless_it_falls
            if _date(at, zone) != _date(reading.at, zone)
        ]

    def _rise(self, mark: Reading, reading: Reading) -> None:
        assert mark.value is not None and reading.value is not None
        amount = reading.value - mark.value
        gap = self._history.gap(mark.at, reading.at)
        if gap is not None and amount:
            if self._history.off_for_a_day(mark.at, reading.at):
                if self._history.hourly:
                    # Nobody knows whether Home Assistant was off or the meter away.
                    self._blind.append(reading.at)
                return
            if self._kind is ReadingKind.DAILY_TOTAL and self._history.over_midnight(
                gap, reading.at
            ):
                self._unless_it_falls.append(reading.at)
                return
        self._add(reading.at, amount)

    def _counter_fall(self, mark: Reading, reading: Reading) -> float:
        assert mark.value is not None and reading.value is not None
        history, meter, fall = self._history, self._meter, reading.value - mark.value
        if history.gap(mark.at, reading.at) is not None:
            return 0.0
        if reading.value in (0.0, meter.initial) and (
            -fall > meter.step
            or history.over_midnight(mark.at, reading.at)
            or history.over_midnight(
                reading.at - COUNTER_NEAR_MIDNIGHT_SECONDS,
                reading.at + COUNTER_NEAR_MIDNIGHT_SECONDS,
            )
        ):
            return 0.0
        return fall

    def _glitch(self, mark: Reading, index: int) -> int | None:
        history, kind = self._history, self._kind
        assert mark.value is not None
        if (back := _undone_at_once(history.readings, index, mark.value)) is not None:
            return back
        if kind is ReadingKind.NET_TOTAL or self._resets:
            return None
        back = _comes_back(history, index, mark.value)
        if (
            back is not None
            and kind is ReadingKind.DAILY_TOTAL
            and history.over_midnight(mark.at, history.readings[back].at)
        ):
            return None
        return back

    def _fall(self, mark: Reading, index: int) -> None:
        history, reading = self._history, self._history.readings[index]
        assert mark.value is not None and reading.value is not None
        if mark.sum is not None and reading.sum is not None:
            self._fall_within_an_hour(mark, reading, reading.sum - mark.sum)
            return
        anew = max(reading.value, 0.0)
        if not self._resets and self._kind is not ReadingKind.NET_TOTAL:
            is_daily = self._kind is ReadingKind.DAILY_TOTAL
            below = self._is_far_below(mark, index)
            if is_daily and (
                below
                or (
                    reading.value < BELOW_OVER_MIDNIGHT * mark.value
                    and history.over_midnight(mark.at, reading.at)
                )
            ):
                self._begin(mark, reading, anew)
                return
            if history.gap(mark.at, reading.at) is not None:
                return
            if below:
                self._begin(mark, reading, anew)
                return
        self._add(reading.at, reading.value - mark.value)

    def _fall_within_an_hour(
        self, mark: Reading, reading: Reading, by_sum: float
    ) -> None:
        assert reading.value is not None
        if by_sum >= 0:
            self._begin(mark, reading, by_sum)
        elif self._kind is ReadingKind.NET_TOTAL or self._resets:
            self._add(reading.at, by_sum)
        elif _is_first_hour(self._history, reading):
            self._begin(mark, reading, max(reading.value, 0.0))
        else:
            self._blind.append(reading.at)

    def _is_far_below(self, mark: Reading, index: int) -> bool:
        """Return whether it is below a third of all that was shown just before."""
        readings = self._history.readings
        reading = readings[index]
        assert mark.value is not None and reading.value is not None
        lowest = mark.value
        for earlier in range(index - 1, -1, -1):
            each = readings[earlier]
            if each.at < reading.at - GLITCH_SECONDS:
                break
            if each.value is not None and each.at <= mark.at:
                lowest = min(lowest, each.value)
        return reading.value < BELOW_FOR_SURE * lowest


def count(history: History, meter: Meter, kind: ReadingKind) -> Counted:
    """Return what a meter of that kind counted."""
    return _Count(history, meter, kind).counted()


def _began_anew(mark: Reading, reading: Reading) -> bool:
    """Return whether the meter says that it was reset since the mark."""
    return reading.last_reset is not None and (
        reading.last_reset > mark.at
        and (mark.last_reset is None or reading.last_reset > mark.last_reset)
    )


def _tells_resets(readings: Sequence[Reading]) -> bool:
    """Return whether it ever said so while it was watched."""
    mark: Reading | None = None
    for reading in readings:
        if reading.value is None:
            continue
        if mark is not None and _began_anew(mark, reading):
            return True
        mark = reading
    return False


def _first(history: History, kind: ReadingKind) -> int:
    """Return where to begin: not with the 0 of a total that reads 0 now and then."""
    readings = history.readings
    shown = [index for index, each in enumerate(readings) if each.value is not None]
    if kind is not ReadingKind.RUNNING_TOTAL or not shown or readings[shown[0]].value:
        return 0
    is_glitchy = any(
        _comes_back(history, index, mark) is not None
        for index, mark, _ in _falls(history)
    )
    return (
        next((index for index in shown if readings[index].value), 0)
        if is_glitchy
        else 0
    )


def _held(history: History) -> Iterator[Window]:
    """Return when a number was shown, joined where one follows another."""
    readings, off = history.readings, history.off
    start: float | None = None
    for index, reading in enumerate(readings):
        if reading.value is None:
            if start is not None:
                yield from _without(Window(start, reading.at), off)
                start = None
        elif start is None:
            start = reading.at
        if start is not None and index + 1 == len(readings):
            yield from _without(Window(start, float("inf")), off)


def _without(window: Window, off: Sequence[Window]) -> Iterator[Window]:
    start = window.start
    for each in off[bisect_left(off, start, key=_end) :]:
        if each.start >= window.end:
            break
        if each.start > start:
            yield Window(start, each.start)
        start = max(start, each.end)
    if start < window.end:
        yield Window(start, window.end)
