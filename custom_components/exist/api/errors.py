"""What can go wrong between us and Exist. Errors carry codes, never bodies."""

from http import HTTPStatus


class ExistError(Exception):
    """Anything that went wrong; `code` is a machine word and all that is shown."""

    def __init__(self, code: str = "error") -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


class ExistAuthError(ExistError):
    """Exist refused the token (401, in JSON)."""

    def __init__(self) -> None:
        """Keep the code."""
        super().__init__("unauthorised")


class ExistRateLimitError(ExistError):
    """Exist's hour is used up: 429, or the budget refused before sending."""

    def __init__(self, retry_after: float = 3600.0, *, sent: bool = True) -> None:
        """Keep how many seconds to wait, and whether Exist was asked at all."""
        super().__init__("rate_limited")
        self.retry_after = retry_after
        self.sent = sent


class ExistConnectionError(ExistError):
    """No usable answer: refused, dropped, timed out, or a server error (5xx).

    `maybe_stored` is true where a write may have been carried out all the same.
    """

    def __init__(
        self,
        code: str = "connection",
        *,
        maybe_stored: bool = False,
        status: int | None = None,
    ) -> None:
        """Keep what is known."""
        super().__init__(code)
        self.maybe_stored = maybe_stored
        self.status = status


class ExistRequestError(ExistError):
    """The request was refused as a whole (any other status below 500).

    `in_json` tells Exist's own word from a gateway's page.
    """

    def __init__(self, status: int, *, in_json: bool) -> None:
        """Keep the status, and how it was said."""
        super().__init__(f"http_{status}")
        self.status = status
        self.in_json = in_json

    @property
    def is_not_found(self) -> bool:
        """Whether there is no such thing, or no such page (404)."""
        return self.status == HTTPStatus.NOT_FOUND


class ExistProtocolError(ExistError):
    """An answer that makes no sense; it is never half used."""

    def __init__(self, *, maybe_stored: bool = False) -> None:
        """Keep whether a write may have been carried out."""
        super().__init__("protocol")
        self.maybe_stored = maybe_stored
