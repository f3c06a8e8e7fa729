"""Which day it is: by whose clock, and whether that is known at all."""

from datetime import date, datetime, tzinfo

from homeassistant.util import dt as dt_util

from ..values.days import ExistClock, today


class WhichDay:
    """Goes by this machine's clock, and by Exist's where the two differ.

    Since the start it is known only once Exist has told it, and no longer when a clock
    was set: until the next poll, neither is trusted.
    """

    def __init__(self) -> None:
        """Begin without Exist's clock."""
        self.clock: ExistClock | None = None
        self.clock_wrong = False
        """Whether this machine's clock differed from Exist's when that was last told."""

    @property
    def is_known(self) -> bool:
        """Whether a poll has told which day it is, and no clock was set since."""
        return self.clock is not None and not self.clock.moved

    @property
    def now(self) -> datetime:
        """The moment that counts, in UTC."""
        if self.clock is not None and (self.clock_wrong or self.clock.moved):
            return self.clock.now
        return dt_util.utcnow()

    def today(self, zone: tzinfo) -> date:
        """Return the day it is in that zone."""
        return today(zone, self.now)

    def day_of(self, zone: tzinfo, accepted: datetime, at: float | None) -> date:
        """Return which day it was at a moment of this machine's clock.

        `at` is its uptime, where it was since the start. Only while the day is known.
        """
        assert self.clock is not None
        return today(zone, self.clock.moment(accepted, at))

    def read(
        self, local_time: datetime | None, machine: datetime, answered_at: float
    ) -> ExistClock | None:
        """Return the clocks at an answer; one without a clock leaves what is known."""
        if local_time is not None:
            exist = local_time.astimezone(dt_util.UTC)
        elif self.clock is not None:
            exist = self.clock.now
        elif self.clock_wrong:
            return None
        else:
            exist = machine
        return ExistClock(exist, machine, answered_at)

    def exist_day(self, zone: tzinfo) -> date:
        """Return the day that Exist itself names."""
        return today(zone, self.clock.now if self.clock else None)
