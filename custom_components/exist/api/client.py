"""ExistClient: one method for each endpoint of Exist's API v2."""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from datetime import date
from typing import Unpack

from aiohttp import ClientSession

from .batch import (
    AcquireItem,
    BatchResult,
    CreateItem,
    IncrementItem,
    Item,
    UpdateItem,
    send,
)
from .budget import Priority, RequestBudget
from .errors import ExistProtocolError, ExistRequestError
from .filters import Filters, ignores, matching, page_of, query_of
from .model import (
    Attribute,
    Average,
    Correlation,
    DayValues,
    Insight,
    Page,
    Profile,
    Template,
    day_values_from_json,
    newest_first,
    page_from_json,
)
from .transport import AccessToken, Transport
from .value_type import Value, ValueType
from .wire import Json

BASE_URL = "https://exist.io"
PAGE_SIZE = 100
# Of a page whose length is not asked for.
PER_PAGE = 20
# Far more than any account needs: 20 000 attributes, or 54 years of days.
MAX_PAGES = 200
_FINDINGS = {
    Average: "averages/",
    Correlation: "correlations/",
    Insight: "insights/",
}


class ExistClient:
    """Talks to Exist for one person. Every method raises children of ExistError."""

    def __init__(
        self,
        session: ClientSession,
        access_token: AccessToken,
        base_url: str = BASE_URL,
        budget: RequestBudget | None = None,
    ) -> None:
        """Prepare; `access_token` returns a valid token or raises ExistError."""
        self.budget = budget or RequestBudget()
        self._transport = Transport(session, access_token, base_url, self.budget)

    async def profile(self, *, priority: Priority = Priority.POLL) -> Profile:
        """Return the person (reference: users)."""
        return Profile.from_json(
            await self._transport.get("accounts/profile/", {}, priority)
        )

    async def templates(
        self, *, priority: Priority = Priority.POLL, **filters: Unpack[Filters]
    ) -> tuple[Template, ...]:
        """Return Exist's official attributes (reference: attributes)."""
        return await self._all(
            "attributes/templates/",
            query_of(**filters),
            Template.from_json,
            lambda template: template.name,
            priority,
        )

    async def attributes(
        self, *, priority: Priority = Priority.POLL, **filters: Unpack[Filters]
    ) -> tuple[Attribute, ...]:
        """Return all attributes of the person without values (reference: attributes)."""
        return (await self.attributes_page(priority=priority, **filters)).results

    async def attributes_page(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        priority: Priority = Priority.POLL,
        **filters: Unpack[Filters],
    ) -> Page[Attribute]:
        """Return attributes without values: all pages, or one."""
        return await self._listed("attributes/", page, limit, priority, filters)

    async def attributes_with_values(
        self,
        *,
        days: int = 1,
        date_max: date | None = None,
        priority: Priority = Priority.POLL,
        **filters: Unpack[Filters],
    ) -> tuple[Attribute, ...]:
        """Return attributes with up to 31 days of values (reference: attributes)."""
        return await self._all(
            "attributes/with-values/",
            query_of(days=days, date_max=date_max, **filters),
            Attribute.from_json,
            _name,
            priority,
        )

    async def with_values_page(
        self,
        page: int,
        *,
        days: int = 1,
        date_max: date | None = None,
        priority: Priority = Priority.POLL,
        **filters: Unpack[Filters],
    ) -> Page[Attribute]:
        """Return one page of attributes with values (reference: attributes)."""
        query = query_of(
            days=days, date_max=date_max, limit=PAGE_SIZE, page=page, **filters
        )
        path = "attributes/with-values/"
        return await self._page(path, query, Attribute.from_json, priority)

    async def values_page(
        self,
        attribute: str,
        *,
        value_type: ValueType,
        page: int = 1,
        limit: int = PAGE_SIZE,
        date_max: date | None = None,
        priority: Priority = Priority.POLL,
    ) -> Page[tuple[date, Value | None]]:
        """Return one page of an attribute's days, newest first."""
        query = query_of(attribute=attribute, date_max=date_max, limit=limit, page=page)
        path = "attributes/values/"
        raw = page_from_json(await self._transport.get(path, query, priority))
        days = newest_first(day_values_from_json(list(raw.results), value_type))
        told = sum(row.get("value") is not None for row in raw.results)
        if told > 1 and not any(value is not None for value in days.values()):
            # It is of another type by now, which is no word on its days.
            raise ExistProtocolError
        return Page(raw.count, raw.next, raw.previous, tuple(days.items()))

    async def values(
        self,
        attribute: str,
        *,
        value_type: ValueType = ValueType.UNKNOWN,
        date_min: date | None = None,
        date_max: date | None = None,
        priority: Priority = Priority.POLL,
    ) -> DayValues:
        """Return one attribute's days, newest first (reference: attributes)."""
        rows = await self._all(
            "attributes/values/",
            query_of(attribute=attribute, date_max=date_max),
            lambda raw: day_values_from_json([raw], value_type).popitem(),
            lambda row: row[0],
            priority,
            enough=lambda row: date_min is not None and row[0] < date_min,
        )
        return newest_first(
            {day: value for day, value in rows if date_min is None or day >= date_min}
        )

    async def owned(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        priority: Priority = Priority.POLL,
        **filters: Unpack[Filters],
    ) -> Page[Attribute]:
        """Return what we own: all pages, or one (reference: attribute_ownership)."""
        return await self._listed("attributes/owned/", page, limit, priority, filters)

    async def acquire(
        self,
        items: Sequence[AcquireItem],
        *,
        success_objects: bool = False,
    ) -> BatchResult:
        """Take ownership, from whoever has it (reference: attribute_ownership)."""
        return await self._batches(
            "attributes/acquire/",
            items,
            Priority.PERSON,
            success_objects=success_objects,
        )

    async def release(self, names: Sequence[str]) -> BatchResult:
        """Give ownership up (reference: attribute_ownership)."""
        return await self._batches(
            "attributes/release/",
            [AcquireItem(name=name) for name in names],
            Priority.PERSON,
        )

    async def create(
        self,
        items: Sequence[CreateItem],
        *,
        success_objects: bool = False,
    ) -> BatchResult:
        """Create attributes, for good (reference: creating_attributes)."""
        return await self._batches(
            "attributes/create/",
            items,
            Priority.PERSON,
            success_objects=success_objects,
        )

    async def update(
        self, items: Sequence[UpdateItem], *, priority: Priority = Priority.PERSON
    ) -> BatchResult:
        """Set whole days (reference: writing_data)."""
        return await self._batches("attributes/update/", items, priority)

    async def increment(
        self, items: Sequence[IncrementItem], *, priority: Priority = Priority.PERSON
    ) -> BatchResult:
        """Add to days; repeating it counts twice (reference: writing_data)."""
        return await self._batches("attributes/increment/", items, priority)

    async def averages(
        self,
        *,
        date_min: date | None = None,
        date_max: date | None = None,
        include_historical: bool | None = None,
        priority: Priority = Priority.POLL,
        **filters: Unpack[Filters],
    ) -> tuple[Average, ...]:
        """Return weekly medians (reference: averages)."""
        return await self._all(
            "averages/",
            query_of(
                date_min=date_min,
                date_max=date_max,
                include_historical=include_historical,
                **filters,
            ),
            Average.from_json,
            lambda average: (average.attribute, average.date),
            priority,
        )

    async def correlations(
        self,
        *,
        strong: bool | None = None,
        confident: bool | None = None,
        attribute: str | None = None,
        priority: Priority = Priority.POLL,
    ) -> tuple[Correlation, ...]:
        """Return this week's correlations (reference: correlations)."""
        return await self._all(
            "correlations/",
            query_of(
                strong=1 if strong else None,
                confident=1 if confident else None,
                attribute=attribute,
            ),
            Correlation.from_json,
            lambda found: (
                found.attribute,
                found.attribute2,
                found.offset,
                found.attribute_category,
            ),
            priority,
        )

    async def correlation(
        self,
        attribute: str,
        attribute2: str,
        *,
        priority: Priority = Priority.POLL,
    ) -> Correlation | None:
        """Return one pair, or None where Exist found none."""
        query = query_of(attribute=attribute, attribute2=attribute2)
        try:
            raw = await self._transport.get("correlations/combo/", query, priority)
        except ExistRequestError as err:
            if err.is_not_found:
                return None
            raise
        return Correlation.from_json(raw)

    async def insights(
        self,
        *,
        date_min: date | None = None,
        date_max: date | None = None,
        priority_filter: int | None = None,
        priority: Priority = Priority.POLL,
    ) -> tuple[Insight, ...]:
        """Return findings in words (reference: insights)."""
        return await self._all(
            "insights/",
            query_of(date_min=date_min, date_max=date_max, priority=priority_filter),
            Insight.from_json,
            lambda insight: insight,
            priority,
        )

    async def findings_page[T: (Average, Correlation, Insight)](
        self, kind: type[T], page: int
    ) -> Page[T]:
        """Return one page of what is newest of that kind, without what makes no sense.

        Each item stands alone, so one of a new kind must not cost the others.
        """
        query = query_of(limit=PAGE_SIZE, page=page)
        raw = page_from_json(
            await self._transport.get(_FINDINGS[kind], query, Priority.POLL)
        )
        found = []
        for each in raw.results:
            with suppress(ExistProtocolError):
                found.append(kind.from_json(each))
        if raw.results and not found:
            raise ExistProtocolError
        return Page(raw.count, raw.next, raw.previous, tuple(found))

    async def _listed(
        self,
        path: str,
        page: int | None,
        limit: int | None,
        priority: Priority,
        filters: Filters,
    ) -> Page[Attribute]:
        """Return one page of a list of attributes, or all of it.

        The live service was seen to ignore a filter, so they are applied again.
        """
        query = query_of(**filters)
        if page is None and limit is None:
            found = await self._all(path, query, Attribute.from_json, _name, priority)
            kept = matching(found, filters)
            return Page(len(kept), None, None, kept)
        query |= query_of(page=page, limit=limit)
        listed = await self._page(path, query, Attribute.from_json, priority)
        if not ignores(listed, filters):
            return listed
        # Its pages are those of another list.
        whole = await self._listed(path, None, None, priority, filters)
        return page_of(whole.results, page or 1, limit or PER_PAGE, listed)

    async def _page[T](
        self,
        path: str,
        query: dict[str, str],
        read: Callable[[Json], T],
        priority: Priority,
    ) -> Page[T]:
        raw = page_from_json(await self._transport.get(path, query, priority))
        return Page(raw.count, raw.next, raw.previous, tuple(map(read, raw.results)))

    async def _all[T](
        self,
        path: str,
        query: dict[str, str],
        read: Callable[[Json], T],
        key: Callable[[T], Hashable],
        priority: Priority,
        enough: Callable[[T], bool] = lambda _: False,
    ) -> tuple[T, ...]:
        """Follow all pages and merge them by key.

        A list that changed between two pages may have hidden an item, so it is
        read once more; what either reading held is there. One whose `next` never
        ends is over at the first page with no new key, if all that it counts came.
        """
        merged: dict[Hashable, T] = {}
        for reading in range(2):
            counts: set[int] = set()
            keys: set[Hashable] = set()
            seen, short = 0, False
            for number in range(1, MAX_PAGES + 1):
                page = page_from_json(
                    await self._transport.get(
                        path,
                        query | query_of(limit=PAGE_SIZE, page=number),
                        priority,
                    )
                )
                counts.add(page.count)
                found = [read(item) for item in page.results]
                merged |= {key(item): item for item in found}
                known = len(keys)
                keys.update(map(key, found))
                seen += len(found)
                if any(map(enough, found)):
                    break
                if page.next is None:
                    # Fewer than it says itself: taken as it is, things would vanish.
                    short = seen < min(counts)
                    break
                if not self._transport.is_own(page.next):
                    raise ExistProtocolError
                if len(keys) == known:
                    if page.counted and 0 < max(counts) <= known:
                        break
                    raise ExistProtocolError
                if seen >= max(counts) + PAGE_SIZE * 2 and page.counted:
                    # More pages than the list can have: it would never end.
                    raise ExistProtocolError
            else:
                raise ExistProtocolError
            if short and reading:
                raise ExistProtocolError
            if len(counts) == 1 and not short:
                break
        return tuple(merged.values())

    async def _batches(
        self,
        path: str,
        items: Sequence[Item],
        priority: Priority,
        *,
        success_objects: bool = False,
    ) -> BatchResult:
        query = query_of(success_objects=success_objects or None)

        async def post(requests: list[Json]) -> object:
            return await self._transport.post(path, query, requests, priority)

        return await send(items, post)


def _name(attribute: Attribute) -> str:
    return attribute.name
