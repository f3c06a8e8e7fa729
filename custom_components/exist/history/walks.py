"""What of the past is still to be asked for, and how far that has got: pure.

A walk goes backwards: all attributes in windows of 31 days, a hundred attributes a page,
or a single attribute a hundred days a page. It is kept after each page, so that what
was answered is never asked for again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..const import VALUE_DAYS

WINDOW = timedelta(days=VALUE_DAYS)
ONE_DAY = timedelta(days=1)
# Whatever Exist says, nothing is older.
OLDEST = date(2000, 1, 1)
YEAR = timedelta(days=365)
PAGE = 100
# More attributes than these are cheaper together, in windows.
SINGLY = 3
# So many names still fit into an address.
NAMED = 50
# For how many the first day is asked: those that have most days, and those of which
# the last year has none.
ASKED_OF_EACH = 5


@dataclass(slots=True)
class Walk:
    """Some attributes, from the newest day back to the oldest.

    `at` is the newest day of what is asked next. Without an `oldest` day it goes as far
    as there is anything. `again` is a nightly look at days that are known.
    """

    names: list[str]
    newest: date
    at: date
    oldest: date | None = None
    again: bool = False
    page: int = 1
    count: int = 0
    """How many attributes, or days of a single one, Exist says there are."""
    found: bool = False
    """Whether the window that is being read has held anything."""
    listed: list[str] = field(default_factory=list)
    """Whom the pages of this window have listed so far."""
    asked_twice: bool = False
    """Whether the window is read again, since somebody was not listed."""
    begun_again: bool = False
    """Whether the window is read again, since the list had changed."""
    first: date | None = None
    """The oldest day of those that were asked for theirs."""
    first_so_far: date | None = None
    asked: list[str] = field(default_factory=list)
    """Whose first day was asked for, the last perhaps only half."""
    asked_count: int = 0
    """How many days the last of these has, while its first is still to be asked."""

    @property
    def is_single(self) -> bool:
        """Whether it is of one attribute."""
        return len(self.names) == 1

    @property
    def needs_first_day(self) -> bool:
        """Whether the last year is done, and it is not known how far back it goes."""
        return (
            not self.is_single
            and self.oldest is None
            and self.first is None
            and self.at <= self.newest - YEAR
        )

    def is_within(self, newest: date, oldest: date | None) -> bool:
        """Return whether all that is still to be asked is of these days."""
        return self.at <= newest and (
            oldest is None or (self.oldest is not None and oldest <= self.oldest)
        )

    @property
    def begins(self) -> date:
        """The oldest day of the window that is asked next."""
        begins = self.at - WINDOW + ONE_DAY
        return begins if self.oldest is None else max(begins, self.oldest)

    def page_read(
        self, count: int, *, has_next: bool, found: bool, listed: Iterable[str]
    ) -> bool:
        """Take note of one page of a window; return whether the walk is over."""
        self.found |= found
        if self.page > 1 and count != self.count and not self.begun_again:
            # What moved to another page meanwhile must not be missed.
            self.page, self.count, self.listed = 1, count, []
            self.begun_again = True
            return False
        self.count = count
        new = set(listed).difference(self.listed)
        self.listed += sorted(new)
        if has_next and new:
            # A list that never ends says nothing new.
            self.page += 1
            return False
        if not self.asked_twice and not set(self.listed).issuperset(self.names):
            # Exist lists those without values too: one odd answer must not leave a hole.
            self.page, self.listed, self.asked_twice = 1, [], True
            return False
        return self._window_read()

    def skip(self) -> bool:
        """Leave out what is asked next; return whether the walk is over."""
        return self.is_single or self._window_read()

    def _window_read(self) -> bool:
        before = self.begins - ONE_DAY
        if self.oldest is not None:
            is_over = before < self.oldest
        else:
            # Somebody may have begun earlier than those who were asked.
            is_known = self.first is not None and before < self.first
            is_over = (is_known and not self.found) or before < OLDEST
        self.at, self.page, self.found = before, 1, False
        self.listed, self.asked_twice, self.begun_again = [], False, False
        return is_over

    def days_read(self, days: Iterable[date], count: int, *, has_next: bool) -> bool:
        """Take note of one page of a single attribute; return whether that is over."""
        last = min(days, default=None)
        self.count = max(0, count - PAGE) if has_next else 0
        # Days that were not asked for would never end.
        if last is None or not has_next or last > self.at:
            return True
        self.at = last - ONE_DAY
        return self.oldest is not None and self.at < self.oldest

    def asked_first_day(self, name: str, day: date | None, count: int) -> None:
        """Take note of an attribute's first day, or how many days it is behind."""
        if name not in self.asked:
            self.asked.append(name)
        self.asked_count = count
        if not count and day is not None:
            self.first_so_far = min(day, self.first_so_far or day)

    def whom_to_ask(self, rows: Mapping[str, int]) -> str | None:
        """Return whose first day is to be asked next, by their numbers of days so far."""
        if self.asked_count:
            return self.asked[-1]
        by_days = sorted(self.names, key=lambda name: (-rows.get(name, 0), name))
        empty = [name for name in by_days if not rows.get(name)]
        for name in (*by_days[:ASKED_OF_EACH], *empty[:ASKED_OF_EACH]):
            if name not in self.asked:
                return name
        return None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the past is imported: days, and roughly how many requests are missing."""

    days_done: int = 0
    days_to_go: int = 0
    requests_left: int = 0

    @property
    def percent(self) -> int:
        """What share is done, 100 only where nothing is left."""
        days = self.days_done + self.days_to_go
        if not self.requests_left:
            return 100
        return min(99, 100 * self.days_done // days) if days else 0


def progress(walks: Iterable[Walk]) -> Progress:
    """Return how far the walks have got; nightly looks are none of a person's concern."""
    done = to_go = requests = 0
    for walk in walks:
        if walk.again:
            continue
        done += (walk.newest - walk.at).days
        if walk.is_single:
            end = walk.oldest or walk.at - timedelta(days=walk.count)
            days = max(1, (walk.at - end).days)
            pages = -(-days // PAGE)
        else:
            end = walk.oldest or walk.first or min(walk.at, walk.newest - YEAR)
            days = max(1, (walk.at - end).days + 1)
            a_window = max(1, -(-(walk.count or len(walk.names)) // PAGE))
            pages = -(-days // VALUE_DAYS) * a_window - (walk.page - 1)
        to_go += days
        requests += max(1, pages)
    return Progress(done, to_go, requests)


def walks_for(
    names: Iterable[str], newest: date, oldest: date | None = None
) -> list[Walk]:
    """Return the walks for some attributes: few go singly."""
    ordered = sorted(names)
    if not ordered:
        return []
    newest = max(newest, OLDEST)
    if oldest is not None:
        oldest = max(oldest, OLDEST)
    if len(ordered) <= SINGLY:
        return [Walk([name], newest, newest, oldest) for name in ordered]
    return [Walk(ordered, newest, newest, oldest)]


def night_walk(
    names: Iterable[str], today: date, looked: date | None, firsts: Iterable[date]
) -> Walk:
    """Return the walk through the window before that of the last night, in rotation."""
    newest = (looked or today) - WINDOW
    if newest < min(firsts, default=today):
        newest = today - WINDOW
    return Walk(sorted(names), newest, newest, newest - WINDOW + ONE_DAY, again=True)
