"""Finds the one value for which Exist refuses a whole request, or fails, by halving."""

from collections.abc import Awaitable, Callable, Sequence

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..api import BATCH_SIZE, ExistConnectionError, ExistError, ExistRequestError
from .day import Key, Waiting
from .outcome import Refusal
from .state import LedgerState
from .transitions import Event

# Exist's own word that something in the request cannot be taken.
CANNOT_BE_TAKEN = frozenset({400, 422})
# So often in a row no answer is bad luck; after that, one value may be why.
LOST_AT_MOST = 3

type Send = Callable[[Sequence[Waiting]], Awaitable[None]]


class WritesRefusedError(ExistError):
    """Whole requests to write are refused, whatever they hold."""


class RefusedRequests:
    """What is known of requests that Exist refused as a whole."""

    def __init__(self, state: LedgerState) -> None:
        """Begin without any."""
        self._state = state
        self.refusal: Refusal | None = None
        """What Exist says to every write, where it refuses them altogether."""
        self._may_halve = True
        """Whether a refused batch may be halved: once until one is taken, or a pause ends."""
        self._suspects: set[Key] = set()
        """Refused alone, while nothing that others were in was taken either."""
        self._unproven: set[Key] = set()
        """Held when nothing else was sent: tried again once something is taken."""
        self._lost = 0
        """How many requests in a row had no answer."""
        self._lost_alone: Key | None = None
        """What the last of them held, if only this; to blame once another is taken."""

    @property
    def most(self) -> int:
        """How many values may go in one request: half of them after each lost one."""
        return max(1, BATCH_SIZE >> max(0, self._lost - LOST_AT_MOST))

    def together(self, ready: list[Waiting]) -> list[Waiting]:
        """Return what is sent together; of what was refused alone, one by itself."""
        apart = self._suspects | {self._lost_alone}
        return [each for each in ready if each.key not in apart] or ready[:1]

    @property
    def unproven(self) -> set[str]:
        """The attributes of which something is tried again once anything is taken."""
        return {key.name for key in self._unproven}

    @callback
    def forget(self, keys: Sequence[Key]) -> None:
        """Let new values of these days be tried."""
        self._suspects.difference_update(keys)
        self._unproven.difference_update(keys)

    @callback
    def paused(self) -> None:
        """Let the next refused batch be halved again."""
        self._may_halve = True

    @callback
    def taken(self) -> None:
        """Take note that Exist takes requests; what was refused alone is tried anew."""
        self.refusal = None
        self._lost = 0
        if self._lost_alone is not None:
            self._suspects.add(self._lost_alone)
            self._lost_alone = None
        for key in self._unproven:
            waiting = self._state.entries.get(key)
            if waiting is not None:
                self._state.happened(waiting, Event.REQUESTS_TAKEN)
        self._unproven.clear()

    async def async_send(self, entries: Sequence[Waiting], send: Send) -> None:
        """Send a batch. Raises ExistError; a refused request says nothing of values."""
        if self._lost_alone in {each.key for each in entries}:
            self._lost_alone = None
        try:
            try:
                await send(entries)
            except ExistConnectionError:
                self._lost += 1
                self._lost_alone = entries[0].key if len(entries) == 1 else None
                raise
            except ExistRequestError as err:
                may_halve = self._may_halve or len(entries) == 1
                if not (may_halve and _is_about_a_value(err)):
                    raise
                self._may_halve = False
                await self._async_find(entries, send, err)
            else:
                self._may_halve = True
        except ExistRequestError as err:
            since = self.refusal.since if self.refusal else dt_util.utcnow()
            self.refusal = Refusal(err.status, since)
            raise WritesRefusedError from None

    async def _async_find(
        self, entries: Sequence[Waiting], send: Send, err: ExistRequestError
    ) -> None:
        """Halve a refused batch until one value is found, and hold that.

        Raises ExistError; also where perhaps no value is to blame, since all requests
        are refused.
        """
        left, taken, alone = entries, False, len(entries) == 1
        while len(left) > 1:
            half, rest = left[: len(left) // 2], left[len(left) // 2 :]
            if await _async_is_taken(half, send):
                left, taken, alone = rest, True, False
            else:
                left, alone = half, len(half) == 1
        if not alone and await _async_is_taken(left, send):
            return
        if not taken and len(entries) > 1:
            taken = await _async_is_taken(entries[len(entries) // 2 :], send)
        found = left[0]
        is_known = found.held_at is not None
        if not (taken or is_known) and (len(entries) > 1 or self.refusal is not None):
            # The others go first from now on; once one is taken, this one is to blame.
            self._suspects.add(found.key)
            raise err
        if self._state.entries.get(found.key) is not found:
            return
        self._suspects.discard(found.key)
        if not (taken or is_known):
            self._unproven.add(found.key)
            self.refusal = Refusal(err.status, dt_util.utcnow())
        self._state.happened(found, Event.REQUEST_REFUSED)


async def _async_is_taken(entries: Sequence[Waiting], send: Send) -> bool:
    """Return whether Exist takes the request; what it holds is settled then."""
    try:
        await send(entries)
    except ExistRequestError as err:
        if not _is_about_a_value(err):
            raise
        return False
    return True


def _is_about_a_value(err: ExistRequestError) -> bool:
    """Return whether Exist itself says that something in the request is wrong."""
    return err.in_json and err.status in CANNOT_BE_TAKEN
