"""What follows from Exist's answer for each value: 200 and 202 name them one by one."""

from collections.abc import Sequence

from homeassistant.core import callback

from ..api import (
    ExistClient,
    ExistConnectionError,
    ExistError,
    ExistRequestError,
    ItemOutcome,
    Priority,
    Status,
)
from .day import Waiting, same
from .state import LedgerState
from .transitions import Event

VALIDATION = "validation"
DIFFERENT_AT_MOST = 2
# Exist's word for why it does not take a value that may be right.
HELD_BY = {
    "unauthorised": Event.NOT_OURS,
    "not_found": Event.NO_ATTRIBUTE,
    "not_allowed": Event.NO_RIGHT,
}

type Told = tuple[Waiting, ItemOutcome]


class Answered:
    """Settles values by what Exist said of each."""

    def __init__(self, state: LedgerState, client: ExistClient) -> None:
        """Keep what is needed."""
        self._state = state
        self._client = client

    async def async_settle(self, told: Sequence[Told]) -> None:
        """Confirm, hold, refuse or doubt each value. Raises ExistError."""
        await self._async_hold_early(told)
        self._settle(told)

    async def _async_hold_early(self, told: Sequence[Told]) -> None:
        """Keep what is refused only because Exist's day has not begun."""
        state = self._state
        # Whoever travels west over the date line has yesterday still to come, too.
        refused = [each for each in told if each[1].code == VALIDATION]
        if not refused:
            return
        try:
            profile = await self._client.profile(priority=Priority.OUTBOX)
        except ExistError as err:
            # Undecided: these are sent once more, the others are settled.
            self._settle([each for each in told if each not in refused])
            if isinstance(err, ExistRequestError):
                # It was not the values that were refused.
                raise ExistConnectionError from None
            raise
        if profile.local_time is None:
            return
        for waiting, _ in refused:
            if waiting.day > profile.local_time.date():
                state.happened(waiting, Event.NOT_YET)

    @callback
    def _settle(self, told: Sequence[Told]) -> None:
        for waiting, outcome in told:
            match outcome.status:
                case Status.SUCCEEDED:
                    self._succeeded(waiting, outcome)
                case Status.REFUSED:
                    self._failed(waiting, outcome)
                case Status.UNKNOWN:
                    self._state.doubt(waiting)

    @callback
    def _succeeded(self, waiting: Waiting, good: ItemOutcome) -> None:
        kept = good.answer.get("value", waiting.value)
        if kept is not None and same(waiting.value_type, kept, waiting.value):
            self._state.happened(waiting, Event.STORED)
            return
        again = waiting.differed + 1 >= DIFFERENT_AT_MOST
        event = Event.STORED_OTHERWISE_AGAIN if again else Event.STORED_OTHERWISE
        self._state.happened(waiting, event, kept=kept)

    @callback
    def _failed(self, waiting: Waiting, bad: ItemOutcome) -> None:
        state = self._state
        first = bad.code == VALIDATION and not waiting.refused
        event = HELD_BY.get(bad.code, Event.WRONG if first else Event.WRONG_AGAIN)
        state.happened(waiting, event, code=bad.code, message=bad.message)
        if event is Event.NO_RIGHT:
            state.entry.async_start_reauth(state.hass)
        elif event in HELD_BY.values():
            state.coordinator.async_refresh_soon()
