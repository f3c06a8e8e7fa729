"""Asks Exist now and then for what it found, and tells of what is new."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
import logging
import math

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..account.bells import Bell
from ..account.poll import ExistCoordinator
from ..account.scopes import any_read
from ..api import (
    Average,
    Correlation,
    ExistClient,
    ExistError,
    ExistRateLimitError,
    Insight,
)
from ..const import DOMAIN
from ..notices.translated import async_text
from ..storage import AccountFiles, FileKind, RecordFile
from ..values.days import uptime
from .found import (
    FindingsContents,
    Slow,
    Together,
    is_news,
    key_of,
    pair_of,
    strongest,
    text_of,
    with_averages,
    with_pairs,
)

_LOGGER = logging.getLogger(__name__)

# After the poll of the start, which all else waits for.
BEGIN_SECONDS = 60.0
TICK = timedelta(minutes=5)
HOUR = timedelta(hours=1)
# With the nightly look into the past fewer than four an hour.
MOST_AN_HOUR = 2
# Exist makes averages and correlations once a week, and insights as days go on.
EVERY = {
    Slow.AVERAGES: timedelta(days=1),
    Slow.INSIGHTS: HOUR,
    Slow.CORRELATIONS: timedelta(days=1),
}
# Of a hundred each; more is no list that a person can have.
MOST_PAGES = {Slow.AVERAGES: 10, Slow.INSIGHTS: 5, Slow.CORRELATIONS: 20}
# Far more than can be met again on so many pages.
TOLD_KEPT = 2000
TOLD_AT_ONCE = 20
FIRST_PAUSE = 1800.0
LONGEST_PAUSE = 12 * 3600.0


class Finder:
    """Reads averages, correlations and insights of one account, a page at a time.

    Nothing waits for it, and that it fails is no case for a person: it tries again,
    more and more rarely, and never while polls fail.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ExistClient,
        coordinator: ExistCoordinator,
        files: AccountFiles,
        scopes: frozenset[str],
    ) -> None:
        """Prepare; `async_load` reads what is on disk."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._files = files
        self.is_on = any_read(scopes)
        """Whether there is anything that may be read."""
        self._file = RecordFile(
            files, FileKind.FINDINGS, FindingsContents, FindingsContents()
        )
        self._knows_told = False
        """Whether it is known what was told of: else all there is passes for told."""
        self._readers: Mapping[Slow, Callable[[int], Awaitable[bool]]] = {
            Slow.AVERAGES: self._async_read_averages,
            Slow.INSIGHTS: self._async_read_insights,
            Slow.CORRELATIONS: self._async_read_correlations,
        }
        self._pages: dict[Slow, int] = {}
        """How many pages were read of what has more."""
        self._failures: dict[Slow, int] = {}
        self._not_before: dict[Slow, float] = {}
        self._insights: dict[str, Insight] = {}
        self._correlations: list[Correlation] = []
        self.bell = Bell[Insight]()
        """Rings with each new insight."""
        self._task: asyncio.Task[None] | None = None
        self._timer: CALLBACK_TYPE | None = None

    @property
    def contents(self) -> FindingsContents:
        """What was found."""
        return self._file.contents

    @property
    def together(self) -> Together | None:
        """The strongest new correlation."""
        return self.contents.together

    def usual_of(self, name: str, day: date) -> float | None:
        """Return an attribute's average of that day of the week, on Exist's scale."""
        known = self.contents.usual.get(name)
        return known.on(day) if known else None

    async def async_load(self) -> None:
        """Read what was kept; what cannot be read is found once more."""
        loaded = await self._file.async_load()
        self._knows_told = not loaded.lost and Slow.INSIGHTS in self.contents.read

    @callback
    def async_start(self) -> None:
        """Begin a while after Home Assistant has started."""
        if self.is_on:
            self._entry.async_on_unload(self._stop)
            self._entry.async_on_unload(async_at_started(self._hass, self._started))

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        job = HassJob(self._begin, cancel_on_shutdown=True)
        self._timer = async_call_later(self._hass, BEGIN_SECONDS, job)

    @callback
    def _begin(self, now: datetime) -> None:
        self._timer = async_track_time_interval(
            self._hass, self._tick, TICK, cancel_on_shutdown=True
        )
        self._tick(now)

    @callback
    def _stop(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def _tick(self, _now: datetime) -> None:
        """Ask for what is due, in the background."""
        coordinator = self._coordinator
        if self._files.closed or not coordinator.last_update_success:
            return
        if coordinator.polls and (self._task is None or self._task.done()):
            self._task = self._entry.async_create_background_task(
                self._hass, self._async_work(), f"{DOMAIN} findings"
            )

    def _next(self) -> Slow | None:
        """Return what is to be asked for now."""
        now, contents = dt_util.utcnow(), self.contents
        contents.asked = [each for each in contents.asked if abs(now - each) < HOUR]
        if len(contents.asked) >= MOST_AN_HOUR:
            return None
        for slow in Slow:
            read = contents.read.get(slow)
            # A clock that was set back must not put it off for good.
            is_due = read is None or abs(now - read) >= EVERY[slow]
            if (is_due or slow in self._pages) and uptime() >= self._not_before.get(
                slow, -math.inf
            ):
                return slow
        return None

    @property
    def _is_unloading(self) -> bool:
        return self._entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS

    async def _async_work(self) -> None:
        while not self._is_unloading and (slow := self._next()) is not None:
            try:
                await self._async_read(slow)
            except ExistRateLimitError as err:
                for each in Slow:
                    self._not_before[each] = uptime() + err.retry_after
            except ExistError as err:
                _LOGGER.debug("Reading %s waits: %s", slow, err.code)
                failures = self._failures[slow] = self._failures.get(slow, 0) + 1
                pause = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE)
                self._not_before[slow] = uptime() + pause
                # It counts after a restart too.
                await self._file.async_save()

    async def _async_read(self, slow: Slow) -> None:
        """Read one page. Raises ExistError; then it begins anew with the first."""
        contents, number = self.contents, self._pages.pop(slow, 0) + 1
        contents.asked.append(dt_util.utcnow())
        has_more = await self._readers[slow](number)
        if self._is_unloading:
            # The entity that would tell of it may be gone by now.
            return
        self._failures.pop(slow, None)
        news: list[Insight] = []
        if has_more and number < MOST_PAGES[slow]:
            self._pages[slow] = number
        else:
            contents.read[slow] = dt_util.utcnow()
            if slow is Slow.INSIGHTS:
                news = self._note_told()
            elif slow is Slow.CORRELATIONS:
                await self._async_choose()
        # First on disk: better never than twice.
        await self._file.async_save()
        await self._async_tell(news)

    async def _async_read_averages(self, number: int) -> bool:
        page = await self._client.findings_page(Average, number)
        usual = with_averages(
            self.contents.usual, page.results, self._coordinator.today
        )
        if usual != self.contents.usual:
            self.contents.usual = usual
            self._coordinator.bells.async_draw_all()
        return page.next is not None

    async def _async_read_insights(self, number: int) -> bool:
        """Read on, the newest first, until there is something that was told of."""
        page = await self._client.findings_page(Insight, number)
        found = {key_of(each): each for each in page.results}
        self._insights = found if number == 1 else {**self._insights, **found}
        is_new = self._knows_told and found.keys().isdisjoint(self.contents.told)
        return is_new and page.next is not None

    async def _async_read_correlations(self, number: int) -> bool:
        page = await self._client.findings_page(Correlation, number)
        before = [] if number == 1 else self._correlations
        self._correlations = [*before, *page.results]
        return page.next is not None

    def _note_told(self) -> list[Insight]:
        """Take the insights for told, and return those that are new, oldest first."""
        contents, found, today = (
            self.contents,
            self._insights,
            self._coordinator.today,
        )
        before = set(contents.told)
        news = [
            each
            for key, each in reversed(found.items())
            if self._knows_told and key not in before and is_news(each, today)
        ]
        left = [key for key in contents.told if key not in found]
        contents.told = [*left, *found][-TOLD_KEPT:]
        self._knows_told, self._insights = True, {}
        return news

    async def _async_tell(self, news: list[Insight]) -> None:
        for number, insight in enumerate(news, start=1):
            self.bell.async_ring(insight)
            if not number % TOLD_AT_ONCE:
                await asyncio.sleep(0)

    async def _async_choose(self) -> None:
        """Choose the correlation that is shown, and put it in words."""
        contents, listed = self.contents, self._correlations
        self._correlations = []
        contents.pairs = with_pairs(contents.pairs, listed)
        together = None
        if (found := strongest(listed, contents.pairs)) is not None:
            together = Together(
                text_of(found) or await self._async_labels(found),
                found.attribute,
                found.attribute2,
                contents.pairs[pair_of(found)].first,
                found.percentage,
                found.value,
                found.stars,
                found.offset,
            )
        if together != contents.together:
            contents.together = together
            self._coordinator.bells.async_draw_all()

    async def _async_labels(self, found: Correlation) -> str:
        called = self._coordinator.called
        return await async_text(
            self._hass,
            "go_together",
            first=called(found.attribute),
            second=called(found.attribute2),
        )
