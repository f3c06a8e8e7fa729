"""How requests and items are refused (section 7)."""


class Refused(Exception):
    """The whole request is refused (section 7.2)."""

    def __init__(
        self,
        status: int,
        payload: dict[str, object] | None = None,
        retry_after: str | None = None,
    ) -> None:
        """Remember the answer; without payload it has no body."""
        super().__init__(status)
        self.headers = {} if retry_after is None else {"Retry-After": retry_after}
        self.status = status
        self.payload = payload


class ItemFailed(Exception):
    """One item of a batch fails (section 7.1)."""

    def __init__(self, code: str, text: str, **extra: object) -> None:
        """Remember what is added to the item."""
        super().__init__(text)
        self.added = {**extra, "error_code": code, "error": text}
