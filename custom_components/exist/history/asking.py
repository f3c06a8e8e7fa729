"""Asks Exist for the past, one page at a time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
import time
from typing import Any

from ..api import (
    DayValues,
    ExistClient,
    ExistRequestError,
    Page,
    Priority,
    Value,
    ValueType,
)
from ..const import VALUE_DAYS
from .charts import Chart
from .choice import Charts
from .walks import NAMED, OLDEST, Walk


@dataclass(frozen=True, slots=True)
class AskedDays:
    """An attribute's days, all of them between the first and the last."""

    value_type: ValueType
    days: DayValues
    first: date
    last: date
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class AskedPage:
    """One page of the past; `days` are those of a single attribute."""

    spans: Mapping[str, AskedDays]
    count: int
    has_next: bool
    found: bool
    days: tuple[date, ...] = ()
    listed: tuple[str, ...] = ()
    """All that a page of a window lists, whether asked for or not."""
    is_gone: bool = False
    """Whether the single attribute is inactive, though a moment ago it was not."""

    def take_note(self, walk: Walk) -> bool:
        """Let the walk go on from here; return whether it is over."""
        if walk.is_single:
            return walk.days_read(self.days, self.count, has_next=self.has_next)
        return walk.page_read(
            self.count, has_next=self.has_next, found=self.found, listed=self.listed
        )


class Asking:
    """What a walk asks of Exist; every method raises children of ExistError."""

    def __init__(self, client: ExistClient) -> None:
        """Prepare."""
        self._client = client

    def sent(self) -> list[float]:
        """Return when the requests of the last hour were sent, in seconds since 1970."""
        now = time.time()
        ages = self._client.budget.ages(Priority.BACKGROUND)
        return [round(now - age, 1) for age in ages]

    def remember(self, sent: Iterable[float]) -> None:
        """Count what was sent before a restart: Exist's hour goes on meanwhile."""
        now = time.time()
        self._client.budget.remember(Priority.BACKGROUND, (now - at for at in sent))

    async def async_page(
        self,
        walk: Walk,
        names: Collection[str],
        charts: Charts,
    ) -> AskedPage:
        """Return what the walk comes to next, as far as it is of these attributes."""
        if walk.is_single:
            return await self._async_days(walk, charts[walk.names[0]][0])
        try:
            page = await self._client.with_values_page(
                walk.page,
                days=VALUE_DAYS,
                date_max=walk.at,
                priority=Priority.BACKGROUND,
                attributes=names if len(names) <= NAMED else None,
            )
        except ExistRequestError as err:
            if not err.is_not_found or walk.page == 1:
                raise
            # The list has become shorter since the page before.
            return AskedPage({}, 0, has_next=False, found=False)
        spans = {
            each.name: AskedDays(
                each.value_type, each.values, walk.begins, walk.at, each.active
            )
            for each in page.results
            if each.name in names
        }
        found = any(
            value is not None for span in spans.values() for value in span.days.values()
        )
        listed = tuple(each.name for each in page.results)
        has_next = page.next is not None
        return AskedPage(spans, page.count, has_next, found, listed=listed)

    async def _async_days(self, walk: Walk, chart: Chart) -> AskedPage:
        name, value_type = walk.names[0], chart.value_type
        page = await self._async_values(name, value_type, date_max=walk.at)
        if page is None:
            return AskedPage({}, 0, has_next=False, found=False, is_gone=True)
        has_next, days = page.next is not None, dict(page.results)
        oldest = walk.oldest or OLDEST
        first = max(oldest, min(days)) if has_next and days else oldest
        within = {day: value for day, value in days.items() if day >= first}
        spans = {name: AskedDays(value_type, within, first, walk.at)} if days else {}
        return AskedPage(spans, page.count, has_next, bool(days), tuple(days))

    async def async_first_day(
        self,
        walk: Walk,
        charts: Charts,
        rows: Mapping[str, int],
    ) -> None:
        """Ask one attribute for its first day, in two requests that are two steps."""
        name = walk.whom_to_ask(rows)
        if name is None:
            walk.first = walk.first_so_far or walk.at
            return
        if name not in charts:
            walk.asked_first_day(name, None, 0)
            return
        value_type = charts[name][0].value_type
        number = walk.asked_count or 1
        page = await self._async_values(name, value_type, page=number, limit=1)
        if page is None:
            walk.asked_first_day(name, None, 0)
            return
        day = page.results[-1][0] if page.results else None
        is_last = number > 1 or page.count <= 1
        walk.asked_first_day(name, day, 0 if is_last else page.count)

    async def _async_values(
        self, name: str, value_type: ValueType, **asked: Any
    ) -> Page[tuple[date, Value | None]] | None:
        """Return a page; None of what is inactive, or has fewer days than a moment ago."""
        try:
            return await self._client.values_page(
                name, value_type=value_type, priority=Priority.BACKGROUND, **asked
            )
        except ExistRequestError as err:
            if not err.is_not_found:
                raise
            return None
