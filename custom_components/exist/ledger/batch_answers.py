"""What follows from Exist's answer for each value: 200 and 202 name them one by one."""

from collections.abc import Sequence
from dataclasses import replace

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
from .day import Hold, Waiting, distinct, same
from .outcome import Fate, Outcome
from .state import LedgerState

VALIDATION = "validation"
DIFFERENT_AT_MOST = 2

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
        today = state.coordinator.today
        refused = [
            (waiting, outcome)
            for waiting, outcome in told
            if outcome.code == VALIDATION and waiting.day >= today
        ]
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
            held = replace(waiting, hold=Hold.EARLY)
            if waiting.day > profile.local_time.date() and state.keep(waiting, held):
                state.tell_waiting(Outcome(Fate.HELD, held, Hold.EARLY))

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
            self._state.confirm(waiting)
        elif waiting.differed + 1 >= DIFFERENT_AT_MOST:
            self._state.finish(Outcome(Fate.DIFFERENT, waiting, kept=kept))
        else:
            # Once may have been somebody else writing at that moment.
            sent = waiting.sent
            if kept is not None:
                sent = distinct((*sent, kept))
            again = replace(waiting, differed=waiting.differed + 1, sent=sent)
            self._state.keep(waiting, again)

    @callback
    def _failed(self, waiting: Waiting, bad: ItemOutcome) -> None:
        state = self._state
        if bad.code not in (Hold.UNAUTHORISED, Hold.NOT_FOUND, Hold.NOT_ALLOWED):
            state.finish(Outcome(Fate.REFUSED, waiting, bad.code, bad.message))
            return
        held = replace(waiting, hold=Hold(bad.code), compare=True)
        state.hold(waiting, held, bad.code, bad.message)
        if held.hold is Hold.NOT_ALLOWED:
            state.entry.async_start_reauth(state.hass)
        else:
            state.coordinator.async_refresh_soon()
