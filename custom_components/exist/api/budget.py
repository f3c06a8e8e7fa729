"""Exist allows 300 requests in an hour; we refuse before it does."""

from collections import deque
from collections.abc import Callable, Iterable
from enum import IntEnum
import time

from .errors import ExistRateLimitError

LIMIT = 300
WINDOW = 3600.0
SHORTEST_PAUSE = 60.0


class Priority(IntEnum):
    """Who asks; the lower the number, the more of the hour it may use."""

    PERSON = 0
    OUTBOX = 1
    POLL = 2
    BACKGROUND = 3


# What is left to the more important ones, as a share of the hour.
SHARES = {
    Priority.PERSON: 1.0,
    Priority.OUTBOX: 0.95,
    Priority.POLL: 0.8,
    Priority.BACKGROUND: 0.8,
}
# What one of them may send by itself, however little the others do.
OWN_SHARES = {Priority.BACKGROUND: 0.5}


class RequestBudget:
    """Counts requests in the last hour and holds the pause that Exist asked for."""

    def __init__(
        self,
        limit: int = LIMIT,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Prepare an unused budget."""
        self._limit = limit
        self._clock = clock
        self._sent: deque[float] = deque()
        self._own: dict[Priority, deque[float]] = {each: deque() for each in OWN_SHARES}
        self._paused_until = -float("inf")

    def _now(self) -> float:
        # Looked up at each call, so that tests can move the time.
        now = self._clock() if self._clock else time.monotonic()
        for sent in (self._sent, *self._own.values()):
            while sent and now - sent[0] >= WINDOW:
                sent.popleft()
        return now

    def spend(self, priority: Priority) -> None:
        """Count one request. Raises ExistRateLimitError when it must wait."""
        now = self._now()
        if now < self._paused_until:
            raise ExistRateLimitError(self._paused_until - now, sent=False)
        counts = [(self._sent, SHARES[priority])]
        if priority in self._own:
            counts.append((self._own[priority], OWN_SHARES[priority]))
        for sent, share in counts:
            allowed = int(self._limit * share)
            if len(sent) >= allowed:
                frees = sent[len(sent) - allowed] if allowed else now
                raise ExistRateLimitError(frees + WINDOW - now, sent=False)
        for sent, _ in counts:
            sent.append(now)

    def pause(self, seconds: float | None = None) -> float:
        """Send nothing for that long, or for the rest of our hour; return seconds.

        A longer pause that is under way stays.
        """
        now = self._now()
        if seconds is None:
            oldest = self._sent[0] if self._sent else now
            seconds = oldest + WINDOW - now
        seconds = min(max(seconds, SHORTEST_PAUSE), WINDOW)
        self._paused_until = max(self._paused_until, now + seconds)
        return self._paused_until - now

    def ages(self, priority: Priority) -> list[float]:
        """Return how many seconds ago each of its own requests was sent."""
        now = self._now()
        return [now - sent for sent in self._own[priority]]

    def remember(self, priority: Priority, ages: Iterable[float]) -> None:
        """Count what was sent before Home Assistant was restarted."""
        now, own = self._now(), self._own[priority]
        if own:
            return
        own.extend(sorted(now - age for age in ages if 0 <= age < WINDOW))
        self._sent = deque(sorted((*self._sent, *own)))

    def frees_in(self, most: int) -> float:
        """Return in how many seconds no more than `most` count as sent, at the latest."""
        now, over = self._now(), len(self._sent) - most
        frees = self._sent[over - 1] + WINDOW - now if over > 0 else 0.0
        return max(frees, self._paused_until - now, 0.0)

    @property
    def used(self) -> int:
        """Requests sent in the last hour."""
        self._now()
        return len(self._sent)

    @property
    def remaining(self) -> int:
        """Requests that a person may still send."""
        now = self._now()
        return 0 if now < self._paused_until else self._limit - len(self._sent)

    @property
    def paused_for(self) -> float:
        """Seconds of pause left."""
        return max(0.0, self._paused_until - self._now())
