"""What was imported of an account, and what is still to come: on disk."""

from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass, field
from datetime import date
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..account.ids import account_id
from ..account.last_poll_file import LastPollFile
from ..api import Value, ValueType
from ..storage import AccountFiles, FileKind, RecordFile
from .charts import is_of, statistic_id
from .statistics import async_names, can_be_asked, clear
from .walks import ONE_DAY, WINDOW, Walk, walks_for

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class Charted:
    """The statistic of one attribute as it was when we last wrote it.

    `zone` is Home Assistant's at that time. A database that has fewer rows was replaced.
    """

    zone: str
    rows: int = 0
    first: date | None = None
    last: date | None = None
    cleared: bool = False
    """Whether a person cleared it: nothing is written until it is imported again."""
    value_type: ValueType | None = None
    seen: date | None = None
    """The newest day that a poll told."""
    behind: date | None = None
    """How far back its import had come when the attribute was not listed any more."""
    is_moving: bool = False
    """Whether its rows are being written at other midnights: cut off, none is right."""

    def must_move(self, zone: str) -> bool:
        """Return whether nothing can be written before its rows are at this midnight."""
        return not self.cleared and self.zone != zone


@dataclass(slots=True)
class HistoryContents:
    """All that is kept for an account."""

    charted: dict[str, Charted] = field(default_factory=dict)
    walks: list[Walk] = field(default_factory=list)
    looked: date | None = None
    """The newest day of the window that was last looked at by night."""
    sent: list[float] = field(default_factory=list)
    """When requests were sent, in seconds since 1970: a restart is no new hour."""
    confirmed: dict[str, dict[date, Value]] = field(default_factory=dict)
    """What Exist confirmed and is not charted yet: of older days no poll tells.

    While its attribute is left out, only days that no answer tells once it is chosen.
    """
    gathered_since: date | None = None
    """The newest day of what was answered but is not charted yet."""

    def must_move(self, names: Iterable[str], zone: str) -> bool:
        """Return whether any of these has rows at other midnights.

        They may have been cleared, or not listed, while Home Assistant's zone changed.
        """
        known = (self.charted[name] for name in names if name in self.charted)
        return any(each.must_move(zone) for each in known)

    def next_confirmed(
        self, charts: Container[str], unpolled: Callable[[str], Container[date]]
    ) -> str | None:
        """Return of which attribute something confirmed can be charted now.

        What is left out keeps days that neither a poll nor what is asked later tells;
        `unpolled` are those of an attribute that the last poll did not tell yet.
        """
        for name in list(self.confirmed):
            if name in charts:
                return name
            known = self.charted.get(name)
            seen = None if known is None or known.cleared else known.seen
            newer = unpolled(name)
            for day in list(self.confirmed[name]):
                if seen is None or (day > seen and day not in newer):
                    del self.confirmed[name][day]
            if not self.confirmed[name]:
                del self.confirmed[name]
        return None

    def leave_out(self, names: Collection[str], walks: Iterable[Walk]) -> None:
        """Let these walks go on without some attributes."""
        for walk in walks:
            walk.names = [name for name in walk.names if name not in names]
        self.walks[:] = [walk for walk in self.walks if walk.names]

    def set_aside(self, names: Collection[str], walk: Walk) -> None:
        """Let a walk go on without those that are not listed, until they are again."""
        for name in names:
            if not walk.again and (known := self.charted.get(name)) is not None:
                known.behind = max(walk.at, known.behind or date.min)
        self.leave_out(names, [walk])

    def ask_singly(self, walk: Walk, at: date, listed: Collection[str]) -> None:
        """Ask each by itself whom the window up to `at` did not list, as it did others.

        Until the next poll nobody knows whether it is away, or was only left out.
        """
        gone = set(walk.names).difference(listed)
        if walk.again or walk.is_single or len(gone) == len(walk.names):
            return
        self.walks += [Walk([name], at, at, walk.oldest) for name in sorted(gone)]
        self.leave_out(gone, [walk])

    def lose_gathered(self) -> None:
        """Ask again for what was answered, but can neither be charted nor read."""
        if (since := self.gathered_since) is not None:
            known = [k for k, each in self.charted.items() if not each.cleared]
            self.begin_again(known, since, None)
            self.gathered_since = None

    def skip(self) -> None:
        """Leave out what would be asked next."""
        if self.walks and self.walks[0].skip():
            del self.walks[0]

    def begin_again(
        self, names: Collection[str], newest: date, oldest: date | None
    ) -> None:
        """Let these days be asked for before all else, and only once."""
        within = [walk for walk in self.walks if walk.is_within(newest, oldest)]
        self.leave_out(names, within)
        self.walks[:0] = walks_for(names, newest, oldest)

    def follow(self, names: Iterable[str], first: date, last: date) -> None:
        """Take note of a poll's days, and ask for those since the last one of each."""
        gaps: dict[tuple[date, date | None], list[str]] = {}
        for name in names:
            known = self.charted[name]
            if known.cleared:
                continue
            if known.behind is not None:
                gaps.setdefault((max(known.behind, first), None), []).append(name)
                known.behind = None
            elif known.seen is not None and known.seen < first - ONE_DAY:
                # What Exist corrected meanwhile is not much older.
                gaps.setdefault((first, known.seen - WINDOW), []).append(name)
            known.seen = last
        for (newest, oldest), some in gaps.items():
            self.walks += walks_for(some, newest, oldest)


def history_file(files: AccountFiles) -> RecordFile[HistoryContents]:
    """Return the file of an account's history; what cannot be read is imported anew."""
    return RecordFile(files, FileKind.HISTORY, HistoryContents, HistoryContents())


async def async_clear_statistics(
    hass: HomeAssistant, entry: ConfigEntry, files: AccountFiles
) -> None:
    """Let the statistics of an account that is removed be deleted.

    A removal waits for no recorder, which may be locked for minutes. Where it cannot be
    read what was imported, Exist's last answer tells of what that must have been, and
    the recorder of what is not at Exist any more.
    """
    from sqlalchemy.exc import SQLAlchemyError

    if not can_be_asked(hass):
        return
    file = history_file(files)
    await file.async_load()
    last = await LastPollFile(files).async_load()
    listed = {each.name for each in last.visible} if last else set()
    account = account_id(entry)
    ids = {
        statistic_id(account, name) for name in file.contents.charted.keys() | listed
    }
    try:
        for each, called in (await async_names(hass)).items():
            if is_of(account, each, is_called_so=f"{entry.title}: " in called):
                ids.add(each)
    except SQLAlchemyError as err:
        _LOGGER.debug("The statistics cannot be listed: %s", type(err).__name__)
    clear(hass, sorted(ids))
