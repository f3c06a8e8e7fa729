"""Walks through the past of one account: one page at a time, charted or gathered."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from homeassistant.core import HomeAssistant

from ..account.poll import ExistCoordinator
from ..api import ExistClient
from ..storage import AccountFiles
from .asking import AskedPage, Asking
from .choice import Charts
from .comparing import Compared, Comparer, Emptied, ToldDays
from .gathered import Gathered, GatheredFile
from .imported import HistoryContents, history_file
from .walks import YEAR, Walk


class Walker:
    """Takes steps into the past.

    The last year is charted at once; a year beyond that, where nothing is stored yet,
    is gathered first.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        client: ExistClient,
        coordinator: ExistCoordinator,
        files: AccountFiles,
    ) -> None:
        """Prepare; `async_load` reads what is on disk."""
        self._hass = hass
        self.file = history_file(files)
        self._gathered = GatheredFile(files)
        self._asking = Asking(client)
        self.comparer = Comparer(hass, coordinator, lambda: self.contents.charted)

    @property
    def contents(self) -> HistoryContents:
        """What was imported, and what is still to come."""
        return self.file.contents

    @property
    def gathered(self) -> Gathered:
        """What was answered and is not charted yet."""
        return self._gathered.gathered

    async def async_load(self) -> None:
        """Read what was kept."""
        await self.file.async_load()
        self._asking.remember(self.contents.sent)
        if not await self._gathered.async_load():
            self.contents.lose_gathered()
        elif self.contents.gathered_since is None and self.gathered.days:
            # What it goes on from is not known any more.
            self._gathered.forget()

    async def async_step(self, charts: Charts, walk: Walk) -> frozenset[str]:
        """Ask for what comes next; return whose statistics have changed.

        That is one request, two where something has vanished. Raises ExistError.
        """
        contents = self.contents
        changed, is_over = frozenset[str](), False
        if gone := set(walk.names) - charts.keys():
            contents.set_aside(gone, walk)
        if not walk.names:
            pass
        elif walk.needs_first_day:
            rows = {name: each.rows for name, each in contents.charted.items()}
            await self._asking.async_first_day(walk, charts, rows)
        else:
            page, compared = await self._async_read(charts, walk)
            changed = compared.changed
            if page.is_gone:
                contents.set_aside(list(walk.names), walk)
            elif not compared.held:
                # Else it was not written, and is asked for again.
                at, listed = walk.at, {*walk.listed, *page.listed}
                is_over = page.take_note(walk)
                if walk.at != at:
                    contents.ask_singly(walk, at, listed)
        since = contents.gathered_since
        if since is not None and (is_over or since - walk.at >= YEAR):
            changed |= await self.async_chart_gathered(charts)
        if is_over and walk in contents.walks:
            contents.walks.remove(walk)
        contents.sent = self._asking.sent()
        await self.file.async_save()
        return changed

    async def _async_read(
        self, charts: Charts, walk: Walk
    ) -> tuple[AskedPage, Compared]:
        beyond = self._beyond(walk)
        changed = frozenset[str]()
        if self._gathered.gathered.days.keys() & (set(walk.names) - beyond):
            # What is answered now is newer, and must come after it.
            changed = await self.async_chart_gathered(charts)
        page, told = await self._async_ask(charts, walk)
        compared = await self._async_compare(charts, told, beyond, {})
        changed |= compared.changed
        if compared.missing:
            # Two answers in a row, before a day is emptied.
            page, told = await self._async_ask(charts, walk)
            compared = await self._async_compare(charts, told, beyond, compared.missing)
            changed |= compared.changed
        new = {name: told[name] for name in beyond & told.keys()}
        gathered = self._gathered.gathered.with_told(
            new, {name: charts[name][0].value_type for name in new}
        )
        await self._gathered.async_save(gathered)
        if gathered.days:
            since = self.contents.gathered_since or walk.at
            self.contents.gathered_since = max(since, walk.at)
        return page, replace(compared, changed=changed)

    def _beyond(self, walk: Walk) -> set[str]:
        """Return who has nothing yet where the walk is, a year before its begin."""
        if walk.again or walk.at > walk.newest - YEAR:
            return set()
        charted = self.contents.charted
        return {
            name
            for name in walk.names
            if (first := charted[name].first) is None or first > walk.at
        }

    async def _async_ask(
        self, charts: Charts, walk: Walk
    ) -> tuple[AskedPage, dict[str, ToldDays]]:
        page = await self._asking.async_page(walk, set(walk.names), charts)
        return page, {
            name: self.comparer.told(charts, name, span)
            for name, span in page.spans.items()
            # What was made again as another kind has another chart after the next poll.
            if span.value_type is charts[name][0].value_type
        }

    async def _async_compare(
        self,
        charts: Charts,
        told: Mapping[str, ToldDays],
        beyond: Collection[str],
        emptied: Emptied,
    ) -> Compared:
        now = {name: each for name, each in told.items() if name not in beyond}
        return await self.comparer.async_compare(charts, now, emptied)

    async def async_chart_gathered(self, charts: Charts) -> frozenset[str]:
        """Write what was gathered; return whose statistics have changed."""
        contents, left = self.contents, self._gathered.gathered
        changed = frozenset[str]()
        while some := left.slice():
            told = {}
            for name in some:
                days, known = left.days[name], contents.charted.get(name)
                newest = max(days.figures)
                if name in charts:
                    told[name] = ToldDays(days.figures, min(days.figures), newest)
                elif known is not None:
                    known.behind = max(newest, known.behind or newest)
            compared = await self.comparer.async_compare(charts, told, {})
            changed |= compared.changed
            if compared.held:
                break
            left = left.without(some)
        await self._gathered.async_save(left)
        if not left.days:
            contents.gathered_since = None
        return changed

    async def async_forget(self, names: Collection[str]) -> None:
        """Let these be imported anew, as if they were new."""
        for name in names:
            self.contents.charted.pop(name, None)
        await self.async_leave_out(names)

    async def async_leave_out(self, names: Collection[str]) -> None:
        """Ask for nothing more of these, and leave out what was gathered."""
        self.contents.leave_out(names, self.contents.walks)
        if self._gathered.gathered.days.keys() & set(names):
            await self._gathered.async_save(self._gathered.gathered.without(names))
        await self.file.async_save()

    async def async_know_better(self, name: str, days: Collection[date]) -> None:
        """Leave out gathered days that were charted from elsewhere."""
        await self._gathered.async_save(
            self._gathered.gathered.without_days(name, days)
        )
