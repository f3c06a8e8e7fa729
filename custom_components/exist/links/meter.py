"""What a meter counted: one rule for states and for hourly rows, in pure functions."""

from array import array
from math import inf

from .counted import Counted, held_of, without
from .meter_falls import (
    A_LITTLE_ABOVE,
    A_LITTLE_BELOW,
    ABOUT_ZERO,
    BELOW_FOR_SURE,
    DAY_SECONDS,
    GLITCH_SECONDS,
    NEAR_MIDNIGHT_SECONDS,
    above_zero_again,
    climbs_back,
    comes_back,
    counter_fall,
    is_first_hour,
    is_no_correction,
    is_no_slip,
    is_zero_beside,
    level_before,
    part_comes_back,
    undone_at_once,
    zero_again,
)
from .meter_hours import is_undone_next, most_of_an_hour
from .meter_resets import Habits, began_anew, came_late, habits_of, was_no_reset
from .meter_rises import SoFar, calm_again, first_index, put_right, was_spike
from .packed_records import Packed
from .readings import (
    SHORTEST_DAY_SECONDS,
    History,
    Meter,
    Reading,
    ReadingKind,
    date_of,
)
from .window import HOUR_SECONDS, Window

# Over so long an absence a daily total that fell began anew, whatever it shows.
LONG_GAP_SECONDS = 3600
# So soon after midnight nothing is counted yet.
AT_MIDNIGHT_SECONDS = 60


class _Count:
    """Walks through the readings of one meter, once."""

    def __init__(
        self, history: History, meter: Meter, kind: ReadingKind, habits: Habits
    ) -> None:
        self._history = history
        self._meter = meter
        self._kind = kind
        self._resets = habits.tells_resets and not habits.resets_in_vain
        self._in_vain = habits.resets_in_vain
        self._below_zero = habits.goes_below_zero
        self._gives_and_takes = habits.gives_and_takes and not meter.may_fall
        # A number of each of a hundred thousand readings is not to be an object.
        self._moments = array("d")
        self._amounts = array("d")
        self._blind: list[float] = []
        self._unless_it_falls: list[float] = []
        self._doubts: list[tuple[float, float]] = []
        # By states all is seen that would have to be guessed by hours.
        self._most = most_of_an_hour(history) if history.hourly else inf
        self._flat_since = -inf
        self._began_at = -inf
        self._fell_from = 0.0
        self._glitch_ended = 0
        self._rose_strangely_at: float | None = None
        self._so_far = SoFar()
        self._wrong: list[Window] = []
        self._left_out = Packed(Window._make)

    def counted(self) -> Counted:
        """Return all that was counted."""
        readings = self._history.readings
        mark: Reading | None = None
        index = first_index(self._history, self._kind)
        if index:
            self._left_out.append(Window(readings[0].at, readings[index].at))
        seen: float | None = None
        while index < len(readings):
            reading = readings[index]
            if reading.value is not None:
                if mark is not None:
                    back = self._note(mark, index)
                    if back is not None:
                        self._leave_out(mark, reading, readings[back].at)
                        self._so_far.note_least(reading.value)
                        seen = None
                        index = self._glitch_ended = back
                        continue
                if mark is None or mark.value != reading.value:
                    self._flat_since = reading.at
                mark = reading
                self._so_far.note(reading.at, reading.value, seen)
            seen = None if reading.value is None else reading.at
            index += 1
        return Counted(
            self._moments,
            self._amounts,
            (*self._blind, *self._unless_it_falls),
            tuple(held_of(self._history, self._wrong)),
            self._kind is ReadingKind.NET_TOTAL
            or (self._meter.may_fall and self._below_zero),
            tuple(self._doubts),
            self._left_out,
        )

    def _leave_out(self, mark: Reading, reading: Reading, until: float) -> None:
        """Leave out a glitch; what was far off may be all that a day holds."""
        assert mark.value is not None and reading.value is not None
        low, high = A_LITTLE_BELOW * mark.value, A_LITTLE_ABOVE * mark.value
        self._left_out.append(Window(reading.at, until))
        is_long = until - reading.at >= SHORTEST_DAY_SECONDS
        if is_long and not low <= reading.value <= high:
            self._wrong.append(Window(reading.at, until))

    def _add(self, at: float, amount: float) -> None:
        if amount:
            self._moments.append(at)
            self._amounts.append(amount)

    def _note(self, mark: Reading, index: int) -> int | None:
        """Count from the mark to the reading; return where a glitch was over."""
        reading = self._history.readings[index]
        assert mark.value is not None and reading.value is not None
        back = was_no_reset(self._history.readings, mark, index)
        if back is None and self._kind is not ReadingKind.NET_TOTAL:
            back = above_zero_again(self._history, self._meter, mark, index)
        if back is not None:
            return back
        if not self._in_vain and began_anew(self._history.readings, mark, index):
            self._begin(mark, reading, self._since_reset(mark, reading))
        elif (
            not self._in_vain
            and came_late(self._history.readings, mark, index)
            and (
                self._kind is not ReadingKind.DAILY_TOTAL or reading.value >= mark.value
            )
        ):
            self._begin_late(mark, reading)
        elif (
            self._kind is ReadingKind.NET_TOTAL
            and reading.value != mark.value
            and self._stood_for_a_day(reading)
        ):
            self._blind.append(reading.at)
        elif reading.value >= mark.value:
            if (back := self._flash(mark, index)) is not None:
                return back
            return self._jump_or_rise(mark, index)
        elif self._meter.is_counter:
            self._add(reading.at, counter_fall(self._history, self._meter, mark, index))
        elif was_spike(self._history, self._kind, mark, index):
            # Where the spike was, so that it does not reach into another day.
            self._add(mark.at, reading.value - mark.value)
            self._left_out.append(Window(mark.at, reading.at))
        elif (back := self._glitch(mark, index)) is not None:
            return back
        else:
            self._fall(mark, index)
        return None

    def _tells(self, reading: Reading) -> bool:
        """Return whether it would say so, had it been reset; some only learn to."""
        return self._resets and reading.last_reset is not None

    def _stood_for_a_day(self, reading: Reading) -> bool:
        """Return whether Home Assistant may have been off for a calendar day.

        The recorder makes rows of those hours, too, of what was shown before.
        """
        flat = Window(self._flat_since, reading.at - HOUR_SECONDS)
        return self._history.hourly and any(
            self._history.holds_a_day(*unknown)
            for unknown in without(flat, self._history.on)
        )

    def _since_reset(self, mark: Reading, reading: Reading) -> float:
        assert reading.value is not None
        if mark.sum is not None and reading.sum is not None:
            return reading.sum - mark.sum
        return reading.value

    def _begin(self, mark: Reading, reading: Reading, amount: float) -> None:
        self._add(reading.at, amount)
        self._began_at = reading.at
        if self._history.over_midnight(reading.at, reading.at + NEAR_MIDNIGHT_SECONDS):
            # The day's own end says nothing of how it began.
            return
        zone = self._history.zones[0]
        self._unless_it_falls = [
            at
            for at in self._unless_it_falls
            if date_of(at, zone) != date_of(reading.at, zone)
        ]

    def _begin_late(self, mark: Reading, reading: Reading) -> None:
        """Count what began before the mark was shown, which was of the time before."""
        assert reading.last_reset is not None
        if self._history.over_midnight(reading.last_reset, reading.at):
            # Nobody knows on which of the days.
            self._blind.append(reading.at)
        self._begin(mark, reading, self._since_reset(mark, reading))

    def _flash(self, mark: Reading, index: int) -> int | None:
        """Return where a daily total is at 0 again that showed yesterday's once more."""
        history, before = self._history, self._fell_from
        assert mark.value is not None
        if (
            self._kind is not ReadingKind.DAILY_TOTAL
            or not before
            or not is_zero_beside(mark.value, before)
        ):
            return None
        back = zero_again(history.readings, index, before)
        if back is None or history.over_midnight(
            history.readings[index].at,
            history.readings[back].at + NEAR_MIDNIGHT_SECONDS,
        ):
            # That was a short day, which ends here.
            return None
        return back

    def _jump_or_rise(self, mark: Reading, index: int) -> int | None:
        """Count a rise; return where a jump that none can be is over."""
        readings, reading = self._history.readings, self._history.readings[index]
        assert mark.value is not None and reading.value is not None
        is_running = self._kind is ReadingKind.RUNNING_TOTAL
        is_daily = self._kind is ReadingKind.DAILY_TOTAL
        if (is_running or is_daily) and self._so_far.is_far_exceeded(mark, reading):
            back = calm_again(readings, index)
        elif is_running and self._so_far.is_exceeded(mark, reading):
            back = put_right(readings, index, mark.value)
            has_gap = self._history.hourly or self._history.gap(mark.at, index)
            if back is None and not has_gap and reading.value <= 2 * mark.value:
                # However unusual, a long way is driven at once.
                self._rise(mark, index)
                return None
        else:
            self._rise(mark, index)
            return None
        if back is None:
            # That is another meter.
            self._blind.append(reading.at)
        return back

    def _rise(self, mark: Reading, index: int) -> None:
        reading = self._history.readings[index]
        assert mark.value is not None and reading.value is not None
        amount = reading.value - mark.value
        if amount > self._most:
            self._rose_strangely_at = reading.at
            if self._stood_for_a_day(reading):
                self._blind.append(reading.at)
                return
        gap = self._history.gap(mark.at, index)
        if gap is not None and amount:
            daily = self._kind is ReadingKind.DAILY_TOTAL
            off_for_a_day = self._history.off_for_a_day(mark.at, reading.at)
            if daily and self._history.over_midnight(gap, reading.at):
                # Whether that is more of yesterday or already today's, a fall tells.
                self._unless_it_falls.append(reading.at)
                if off_for_a_day or reading.at - gap >= DAY_SECONDS:
                    return
            elif off_for_a_day:
                if self._history.hourly:
                    # Nobody knows whether Home Assistant was off or the meter away.
                    self._blind.append(reading.at)
                return
        elif amount and self._may_have_begun_unseen(mark, reading):
            self._unless_it_falls.append(reading.at)
        self._add(reading.at, amount)

    def _may_have_begun_unseen(self, mark: Reading, reading: Reading) -> bool:
        """Return whether a daily total slept over a midnight and woke up higher."""
        assert mark.value is not None and reading.value is not None
        # What began anew just before midnight has begun the new day.
        since = max(self._flat_since, self._began_at + NEAR_MIDNIGHT_SECONDS)
        return (
            self._kind is ReadingKind.DAILY_TOTAL
            and not self._tells(reading)
            and not is_zero_beside(mark.value, reading.value)
            and reading.at - self._flat_since > LONG_GAP_SECONDS
            and since < reading.at
            and self._history.over_all_midnights(since, reading.at)
        )

    def _glitch(self, mark: Reading, index: int) -> int | None:
        history, kind = self._history, self._kind
        low = history.readings[index].value
        assert mark.value is not None and low is not None
        is_old = (
            kind is ReadingKind.RUNNING_TOTAL
            and not self._meter.may_fall
            and not self._tells(history.readings[index])
            and self._so_far.is_old(mark)
        )
        if is_old and (back := climbs_back(history.readings, index, mark.value)):
            seconds = history.readings[back].at - history.readings[index].at
            if not self._so_far.may_count(mark.value - low, seconds):
                return back
        # What a net total gives and takes it has counted, however soon.
        if kind is not ReadingKind.NET_TOTAL or is_zero_beside(low, mark.value):
            back = undone_at_once(history.readings, index, mark.value)
            if back is not None:
                return back
        if kind is ReadingKind.NET_TOTAL or self._tells(history.readings[index]):
            return None
        back = comes_back(history, index, mark.value)
        if kind is ReadingKind.RUNNING_TOTAL and not self._meter.may_fall:
            over_gap = history.gap(mark.at, index) is not None
            back = back or part_comes_back(
                history, index, mark.value, over_gap=over_gap
            )
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
            self._fall_within_an_hour(mark, index, reading.sum - mark.sum)
            return
        anew = reading.value if self._meter.may_fall else max(reading.value, 0.0)
        if self._kind is not ReadingKind.NET_TOTAL and not self._tells(reading):
            is_daily = self._kind is ReadingKind.DAILY_TOTAL
            below = self._is_far_below(mark, index)
            gap = history.gap(mark.at, index)
            if is_daily and (below or self._is_new_day(mark, reading, gap)):
                self._fell_from = mark.value
                self._begin_day(mark, reading, anew)
                return
            if gap is not None:
                return
            if below and self._so_far.is_beyond(mark, reading):
                # That is another meter.
                self._blind.append(reading.at)
                return
            if below:
                self._begin(mark, reading, anew)
                return
            if (
                self._kind is ReadingKind.RUNNING_TOTAL
                and not self._meter.may_fall
                and is_no_slip(mark.value, reading.value)
                and (self._gives_and_takes or is_no_correction(history, index, mark))
            ):
                self._blind.append(reading.at)
                return
        self._add(reading.at, reading.value - mark.value)

    def _begin_day(self, mark: Reading, reading: Reading, anew: float) -> None:
        """Count what a daily total shows that fell."""
        assert mark.value is not None
        while (
            self._amounts
            and self._amounts[-1] < 0
            and reading.at - self._moments[-1] <= GLITCH_SECONDS
            and not self._history.over_midnight(self._moments[-1], reading.at)
        ):
            # One of its parts began anew a little earlier.
            self._amounts.pop()
            self._moments.pop()
        if anew > ABOUT_ZERO * mark.value and self._history.over_midnight(
            reading.at - AT_MIDNIGHT_SECONDS, reading.at
        ):
            self._doubts.append((reading.at, anew))
        self._begin(mark, reading, anew)

    def _is_new_day(self, mark: Reading, reading: Reading, gap: float | None) -> bool:
        """Return whether a daily total that fell a little has begun a new day."""
        assert mark.value is not None and reading.value is not None
        over_midnight = self._history.over_midnight
        is_long = gap is not None and reading.at - gap >= LONG_GAP_SECONDS
        if is_long and gap is not None and over_midnight(gap, reading.at):
            return True
        return reading.value < A_LITTLE_BELOW * mark.value and (
            is_long or over_midnight(mark.at, reading.at)
        )

    def _fall_within_an_hour(self, mark: Reading, index: int, by_sum: float) -> None:
        history, reading = self._history, self._history.readings[index]
        assert mark.value is not None and reading.value is not None
        tells = self._tells(reading)
        running = self._kind is ReadingKind.RUNNING_TOTAL and not tells
        if running and history.gap(mark.at, index) is not None:
            # A new base within the hour: what counts since then is not known.
            self._blind.append(reading.at)
        elif self._rose_strangely_at == mark.at:
            # What was that, and where did it end?
            self._blind += [mark.at, reading.at]
        elif is_undone_next(history, self._kind, mark.value, index):
            self._blind += [reading.at, history.readings[index + 1].at]
        elif running and self._gives_and_takes:
            self._blind.append(reading.at)
        elif by_sum >= 0:
            if self._kind is ReadingKind.DAILY_TOTAL and is_first_hour(
                history, reading
            ):
                # One of its parts may have begun anew a little earlier.
                by_sum = max(by_sum, reading.value)
            if by_sum > self._most:
                # A glitch in that hour was counted as well.
                self._blind.append(reading.at)
            elif self._kind is ReadingKind.DAILY_TOTAL and is_first_hour(
                history, reading
            ):
                more = by_sum - max(reading.value, 0.0)
                if more <= reading.value or more >= mark.value:
                    # Counted before it began anew, or once more after a glitch.
                    self._doubts.append((reading.at, more))
            self._begin(mark, reading, by_sum)
        elif self._kind is ReadingKind.NET_TOTAL or tells:
            self._add(reading.at, by_sum)
        elif is_first_hour(history, reading):
            self._begin(mark, reading, max(reading.value, 0.0))
        else:
            self._blind.append(reading.at)

    def _is_far_below(self, mark: Reading, index: int) -> bool:
        """Return whether it is below a third of all that was shown just before."""
        readings = self._history.readings
        value = readings[index].value
        assert mark.value is not None and value is not None
        low = level_before(readings, index, first=self._glitch_ended)
        lowest = mark.value if low is None else min(mark.value, low)
        # What begins anew does so at 0; what is less is taken off.
        return value < BELOW_FOR_SURE * lowest and not (
            self._meter.may_fall and value < 0
        )


def count(
    history: History, meter: Meter, kind: ReadingKind, habits: Habits | None = None
) -> Counted:
    """Return what a meter of that kind counted; `habits` are those of all its parts."""
    return _Count(history, meter, kind, habits or habits_of(history)).counted()
