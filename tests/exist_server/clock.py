"""The server's idea of now, movable by tests."""

from dataclasses import dataclass
import datetime as dt


@dataclass(slots=True)
class Clock:
    """Real time plus an offset; looked up at each call, so freezing time moves it."""

    offset: dt.timedelta = dt.timedelta()

    def now(self) -> dt.datetime:
        """Return the present moment in UTC."""
        return dt.datetime.now(dt.UTC) + self.offset
