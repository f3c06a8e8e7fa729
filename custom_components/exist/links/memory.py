"""What was done for each link, and what held when: on disk."""

from bisect import bisect_left, insort
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from homeassistant.core import callback

from ..storage import AccountFiles, FileKind, RecordFile
from ..values.days import async_get_zone
from .kept_attributes import KeptAttributes
from .link import Link
from .readings import ReadingKind
from .window import DAY, Zones, day_at
from .work import ANEW_DAYS, WISHES_LAST

SAVE_SECONDS = 5.0
KEPT_PAUSES = 50


@dataclass(slots=True)
class LinkMemory:
    """What was done for one link: `since` its first day, done up to `settled`.

    `asked` is the wish for past days that was fulfilled, `filled` the oldest day that
    was done of the wish `filling`, `sent` how many of its days went to Exist, None
    where it began before they were counted. `kinds` are those of meters by which its
    days were told, None where that is not known; `anew` says that they are told once
    more.
    """

    attribute: str
    title: str
    meaning: str
    since: date
    settled: date
    asked: str = ""
    filling: str = ""
    filled: date | None = None
    sent: int | None = None
    kinds: list[ReadingKind] | None = None
    anew: bool = False

    @property
    def first(self) -> date:
        """The oldest day that it can have told; what is older means something else."""
        return self.since if self.filled is None else min(self.since, self.filled)


@dataclass(slots=True)
class LinkContents:
    """All that is kept for an account."""

    zones: list[tuple[date, str]] = field(default_factory=list)
    links: dict[str, LinkMemory] = field(default_factory=dict)
    orphans: dict[str, str] = field(default_factory=dict)
    """Attributes whose link was deleted, with its title."""
    pauses: list[tuple[float, float | None]] = field(default_factory=list)
    """When the recorder was told to stop, and to go on; the last may be open."""
    heard: dict[str, list[float]] = field(default_factory=dict)
    """Moments of equal reports, in order, by what names their entity for good."""


class Memory:
    """The links' memory of one account."""

    def __init__(self, files: AccountFiles) -> None:
        """Prepare; nothing is read yet."""
        self.contents = LinkContents()
        self._file = RecordFile(files, FileKind.LINKS, LinkContents, self.contents)
        self.kept = KeptAttributes(files)
        self._tz: dict[str, tzinfo] = {}
        self._last_on: float | None = None

    async def async_load(self) -> None:
        """Read what was kept; what cannot be read is as if it never was."""
        await self._file.async_load()
        self.contents = self._file.contents
        await self.kept.async_load()
        for _, name in self.contents.zones:
            if (zone := await async_get_zone(name)) is not None:
                self._tz[name] = zone
        known = [(day, name) for day, name in self.contents.zones if name in self._tz]
        self.contents.zones = [(date.min, name) for _, name in known[:1]] + known[1:]

    @callback
    def async_save_soon(self) -> None:
        """Write within a few seconds, once for many changes."""
        self._file.async_save_soon(SAVE_SECONDS)

    async def async_save(self) -> None:
        """Write now; a disk that refuses is logged."""
        await self._file.async_save()

    @callback
    def note_recorder(self, now: float, *, is_on: bool) -> None:
        """Take note of when the recorder was told to stop, to the hour.

        Its own database does not say so, and its runs go on.
        """
        pauses = self.contents.pauses
        del pauses[:-KEPT_PAUSES]
        if not is_on and (not pauses or pauses[-1][1] is not None):
            pauses.append((self._last_on or now, None))
        elif is_on and pauses and pauses[-1][1] is None:
            pauses[-1] = (pauses[-1][0], now)
        if is_on:
            self._last_on = now

    def past_sent(self, link: Link) -> int | None:
        """Return how many past days were sent; None where that was never counted."""
        known, wish = self.contents.links.get(link.link_id), link.back_fill
        if known is None:
            return None
        if wish is not None and self.past_waits(link):
            # From the moment of asking on.
            return known.sent if known.filling == wish.asked.isoformat() else 0
        return known.sent if known.filling else None

    def past_waits(self, link: Link) -> bool:
        """Return whether past days that were asked for are still to be sent."""
        known, wish = self.contents.links.get(link.link_id), link.back_fill
        if known is None or wish is None or link.observe:
            return False
        return known.asked != wish.asked.isoformat()

    def heard(self, entity: str) -> tuple[float, ...]:
        """Return the moments in which an entity's state was reported once more."""
        return tuple(self.contents.heard.get(entity, ()))

    @callback
    def note_heard(self, entity: str, at: float, oldest: float) -> None:
        """Take note of an equal report, and forget those before the oldest."""
        heard = self.contents.heard.setdefault(entity, [])
        del heard[: bisect_left(heard, oldest)]
        insort(heard, at)
        self.async_save_soon()

    @callback
    def keep_heard(self, entities: Container[str]) -> None:
        """Forget the reports of entities that no link has any more."""
        heard = self.contents.heard
        for entity in [each for each in heard if each not in entities]:
            del heard[entity]
            self.async_save_soon()

    def note_zone(self, name: str, zone: tzinfo, today: date) -> None:
        """Take note of the profile's zone; a new one holds from the next day.

        `today` is the day in the zone that held until now.
        """
        zones = self.contents.zones
        self._tz[name] = zone
        if not zones:
            zones.append((date.min, name))
        elif zones[-1][1] != name:
            since = today + timedelta(days=1)
            if zones[-1][0] == since:
                zones.pop()
            if not zones or zones[-1][1] != name:
                zones.append((since, name))

    def zones(self) -> Zones:
        """Return the zones in which days begin."""
        (_, first), *changes = self.contents.zones
        return Zones(
            self._tz[first], tuple((since, self._tz[name]) for since, name in changes)
        )

    def last_zone(self) -> tzinfo | None:
        """Return the zone that held until now."""
        zones = self.contents.zones
        return self._tz[zones[-1][1]] if zones else None

    def note_links(
        self,
        links: Mapping[str, Link],
        kept: Container[str],
        today: date,
        now: datetime,
        was_written: Callable[[str], bool],
        *,
        trusted: bool,
    ) -> list[tuple[str, date]]:
        """Begin new links and other meanings today; deleted links leave a question.

        Of `kept` ones that cannot be read just now nothing is forgotten.
        `was_written` tells whether an attribute has values of links; where the day is
        not trusted, links begin no earlier than they did. Returns the attributes whose
        values come from something else now, and from which day on.
        """
        contents = self.contents
        begun: list[tuple[str, date]] = []
        for link_id, known in list(contents.links.items()):
            link = links.get(link_id)
            if link is None and link_id in kept:
                continue
            if link is None or link.attribute != known.attribute:
                if was_written(known.attribute):
                    contents.orphans[known.attribute] = known.title
                del contents.links[link_id]
        for link in links.values():
            contents.orphans.pop(link.attribute, None)
            present = contents.links.get(link.link_id)
            first = day_at(link.part, self.zones(), today, now.timestamp())
            if present is not None and present.meaning == link.meaning:
                present.title = link.title
                # A clock that was wrong, or a journey to the west.
                present.settled = min(present.settled, first)
                if trusted:
                    present.since = min(present.since, first)
                if link.kind and self._is_other_kind(present, link.kind):
                    present.anew = True
                    begun.append(
                        (link.attribute, max(present.first, first - ANEW_DAYS * DAY))
                    )
                continue
            contents.links[link.link_id] = new = LinkMemory(
                link.attribute, link.title, link.meaning, first, first - DAY, kinds=[]
            )
            wish = link.back_fill
            if wish is not None and now - wish.asked > WISHES_LAST:
                new.asked = wish.asked.isoformat()
            begun.append((link.attribute, date.min))
        return begun

    @staticmethod
    def _is_other_kind(known: LinkMemory, kind: ReadingKind) -> bool:
        """Return whether days were told by another kind than what is settled now."""
        kinds, known.kinds = known.kinds, [kind]
        return kinds is None or any(each is not kind for each in kinds)

    @callback
    def note_told(self, kinds: Mapping[str, ReadingKind]) -> None:
        """Take note of the kinds by which links' days are told, until it is settled."""
        for link_id, kind in kinds.items():
            known = self.contents.links.get(link_id)
            if known is not None and known.kinds is not None:
                known.kinds = sorted({*known.kinds, kind})
