"""How long the import waits after a failure, and when it leaves a window out: pure."""

from http import HTTPStatus

from ..api import (
    ExistConnectionError,
    ExistError,
    ExistProtocolError,
    ExistRequestError,
)

FIRST_SECONDS = 300.0
MOST_SECONDS = 3600.0
# What was only a gateway's bad minute is right at one of these tries.
MOST_ODD = 3
# An outage is over by then, or polls fail too.
MOST_AWAY = 6
# These are of the account, not of what was asked.
_OF_ALL = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}


class Patience:
    """Counts failures in a row."""

    def __init__(self) -> None:
        """Begin without any."""
        self._failures = self._odd = self._away = 0
        self._polls: int | None = None
        """How many polls had gone well at the first of them."""

    def went_well(self) -> None:
        """Take note of an answer that could be used."""
        self._failures = self._odd = self._away = 0
        self._polls = None

    def failed(self) -> float:
        """Take note of a failure; return for how many seconds to wait."""
        seconds = min(FIRST_SECONDS * 2.0**self._failures, MOST_SECONDS)
        self._failures = min(self._failures + 1, 10)
        return seconds

    def gives_up(self, err: ExistError, *, polls_work: bool, polls: int) -> bool:
        """Return whether what was asked cannot be read, though the rest of Exist can.

        That takes a poll that went well since; `polls` is how many ever did.
        """
        if self._polls is None:
            self._polls = polls
        is_odd = isinstance(err, ExistProtocolError) or (
            isinstance(err, ExistRequestError) and err.status not in _OF_ALL
        )
        if not polls_work:
            return False
        self._odd += is_odd
        self._away += isinstance(err, ExistConnectionError)
        if self._odd < MOST_ODD and self._away < MOST_AWAY:
            return False
        if polls == self._polls:
            return False
        self.went_well()
        return True
