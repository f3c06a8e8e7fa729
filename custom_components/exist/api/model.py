"""What Exist tells: frozen records (reference: object_types)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Self

from .errors import ExistProtocolError
from .value_type import WIRE, Value, ValueType, fits
from .wire import (
    Json,
    day,
    day_of,
    flag,
    items,
    moment,
    number,
    optional_text,
    readable,
    record,
    text,
    whole,
)

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


@dataclass(frozen=True, slots=True)
class Group:
    """Exist's grouping of attributes; a lower priority comes first."""

    name: str
    label: str
    priority: int | None

    @classmethod
    def from_json(cls, raw: object) -> Group | None:
        """Return the group; some templates have none."""
        if raw is None:
            return None
        if isinstance(raw, str):
            return cls(raw, raw.capitalize(), None)
        raw = record(raw)
        name = text(raw, "name")
        return _group(name, text(raw, "label", name), whole(raw, "priority"))


# Many attributes have the same few.
_group = lru_cache(maxsize=64)(Group)
NO_GROUP = Group("", "", None)


@dataclass(frozen=True, slots=True)
class Service:
    """A client of Exist that writes."""

    name: str
    label: str

    @classmethod
    def from_json(cls, raw: object) -> Service | None:
        """Return the service; a plain word names it in some answers."""
        if raw is None or raw == "":
            return None
        if isinstance(raw, str):
            return cls(raw, raw)
        raw = record(raw)
        name = text(raw, "name")
        return _service(name, text(raw, "label", name))


_service = lru_cache(maxsize=64)(Service)


@dataclass(frozen=True, slots=True)
class Template:
    """Exist's definition of an official attribute."""

    name: str
    label: str
    group: Group | None
    priority: int | None
    value_type: ValueType
    value_type_description: str = ""

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read one item of attributes/templates/."""
        raw = record(raw)
        name = text(raw, "name")
        return cls(
            name=name,
            label=text(raw, "label", name),
            group=Group.from_json(raw.get("group")),
            priority=whole(raw, "priority"),
            value_type=ValueType.from_wire(raw.get("value_type")),
            value_type_description=text(raw, "value_type_description", ""),
        )


# None where a day has no value.
type DayValues = Mapping[date, Value | None]


def day_values_from_json(
    rows: list[Any], value_type: ValueType
) -> dict[date, Value | None]:
    """Read rows of values; newest first, whatever their order.

    A value that is none of its type is None: one of them must not cost all the others.
    """
    read = WIRE[value_type].read
    days: dict[date, Value | None] = {}
    for row in rows:
        # A poll has tens of thousands of them.
        if type(row) is not dict or type(written := row.get("date")) is not str:
            raise ExistProtocolError
        value = row.get("value")
        day = day_of(written)
        if value is not None:
            try:
                days[day] = read(value)
                continue
            except ExistProtocolError:
                pass
        # A day that is listed twice has what one of the two has.
        days.setdefault(day, None)
    return newest_first(days)


def newest_first(days: dict[date, Value | None]) -> dict[date, Value | None]:
    """Return the days in their order, as they are where they have it."""
    order = sorted(days, reverse=True)
    return days if order == list(days) else {each: days[each] for each in order}


# Of what is only told on: nothing follows from it, so it is not kept on disk.
_TOLD_ON: Mapping[str, Any] = {"kept": False}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that Exist tracks per day; `values` are newest first."""

    name: str
    label: str
    group: Group
    template: str | None
    service: Service | None
    active: bool
    priority: int | None
    manual: bool
    value_type: ValueType
    available_services: tuple[Service, ...] = ()
    # On disk these are rows, as Exist itself has them.
    values: dict[date, Value | None] = field(
        default_factory=dict, hash=False, metadata={"row": "value", "key": "date"}
    )
    value_type_description: str = field(default="", compare=False, metadata=_TOLD_ON)
    subgroup: object = field(default=None, compare=False, metadata=_TOLD_ON)
    """As it comes: Exist documents it nowhere, and so far it was always null."""

    def check(self) -> None:
        """Raise ValueError for what `from_json` never makes."""
        values = [each for each in self.values.values() if each is not None]
        if not self.name or not all(fits(self.value_type, value) for value in values):
            raise ValueError

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read one attribute object (reference: attributes)."""
        raw = record(raw)
        name = text(raw, "name")
        if not name:
            raise ExistProtocolError
        value_type = ValueType.from_wire(raw.get("value_type"))
        return cls(
            name=name,
            label=text(raw, "label", name),
            group=Group.from_json(raw.get("group")) or NO_GROUP,
            template=optional_text(raw, "template"),
            service=Service.from_json(raw.get("service")),
            active=flag(raw, "active", default=True),
            priority=whole(raw, "priority"),
            manual=flag(raw, "manual", default=False),
            value_type=value_type,
            available_services=tuple(
                service
                for service in map(
                    Service.from_json, items(raw.get("available_services") or [])
                )
                if service is not None
            ),
            values=day_values_from_json(items(raw.get("values") or []), value_type),
            value_type_description=text(raw, "value_type_description", ""),
            subgroup=raw.get("subgroup"),
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """The person: user name, zone, and the clock as Exist read it."""

    username: str
    timezone: str = ""
    local_time: datetime | None = None
    trial: bool = False
    delinquent: bool = False

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read accounts/profile/."""
        raw = record(raw)
        username = text(raw, "username")
        if not username:
            raise ExistProtocolError
        return cls(
            username=username,
            timezone=text(raw, "timezone", ""),
            local_time=moment(raw.get("local_time")),
            trial=flag(raw, "trial", default=False),
            delinquent=flag(raw, "delinquent", default=False),
        )


@dataclass(frozen=True, slots=True)
class Average:
    """A week's medians, overall and by weekday (reference: averages)."""

    attribute: str
    date: date
    overall: float | None
    weekdays: Mapping[str, float | None]

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read one item; two pages of the reference name the key differently."""
        raw = record(raw)
        name = optional_text(raw, "attribute") or text(raw, "user_attribute")
        return cls(
            name,
            day(raw.get("date")),
            number(raw, "overall"),
            {weekday: number(raw, weekday) for weekday in WEEKDAYS},
        )


@dataclass(frozen=True, slots=True)
class Rating:
    """What the person said of a correlation."""

    positive: bool
    rating_type: int | None
    rating: str

    @classmethod
    def from_json(cls, raw: object) -> Self | None:
        """Read what stands in a correlation; most were never rated."""
        if raw is None:
            return None
        raw = record(raw)
        return cls(
            flag(raw, "positive", default=False),
            whole(raw, "rating_type"),
            text(raw, "rating", ""),
        )


@dataclass(frozen=True, slots=True)
class Correlation:
    """Two attributes that go together (reference: correlations)."""

    date: date
    period: int | None
    offset: int
    attribute: str
    attribute2: str
    value: float | None
    p: float | None
    percentage: float | None
    stars: int | None
    second_person: str
    second_person_elements: tuple[str, ...]
    attribute_category: str | None
    strength_description: str | None
    stars_description: str | None
    description: str | None
    occurrence: str | None
    rating: Rating | None

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read one correlation object."""
        raw = record(raw)
        return cls(
            date=day(raw.get("date")),
            period=whole(raw, "period"),
            offset=whole(raw, "offset") or 0,
            attribute=text(raw, "attribute"),
            attribute2=text(raw, "attribute2"),
            value=number(raw, "value"),
            p=number(raw, "p"),
            percentage=number(raw, "percentage"),
            stars=whole(raw, "stars"),
            second_person=text(raw, "second_person", ""),
            second_person_elements=tuple(
                readable(each)
                for each in items(raw.get("second_person_elements") or [])
                if isinstance(each, str)
            ),
            attribute_category=optional_text(raw, "attribute_category"),
            strength_description=optional_text(raw, "strength_description"),
            stars_description=optional_text(raw, "stars_description"),
            description=optional_text(raw, "description"),
            occurrence=optional_text(raw, "occurrence"),
            rating=Rating.from_json(raw.get("rating")),
        )


@dataclass(frozen=True, slots=True)
class InsightType:
    """What kind of finding it is; `priority` 1 is of today, 2 a day, 3 a week, 4 a month."""

    name: str
    period: int | None
    priority: int | None
    attribute: Template | None

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read the type of an insight; what it is about has the shape of a template."""
        raw = record(raw)
        about = raw.get("attribute")
        return cls(
            name=text(raw, "name", ""),
            period=whole(raw, "period"),
            priority=whole(raw, "priority"),
            attribute=None if about is None else Template.from_json(about),
        )


@dataclass(frozen=True, slots=True)
class Insight:
    """A finding in words (reference: insights)."""

    created: datetime | None
    target_date: date | None
    type: InsightType
    html: str
    text: str

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Read one insight object."""
        raw = record(raw)
        target = raw.get("target_date")
        return cls(
            created=moment(raw.get("created")),
            target_date=None if target is None else day(target),
            type=InsightType.from_json(raw.get("type") or {}),
            html=text(raw, "html", ""),
            text=text(raw, "text", ""),
        )


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list, or a whole list with neither next nor previous."""

    count: int
    next: str | None
    previous: str | None
    results: tuple[T, ...]
    counted: bool = True
    """Whether `count` is Exist's own."""


def page_from_json(raw: object) -> Page[Json]:
    """Read the envelope that every list has."""
    raw = record(raw)
    results = tuple(record(item) for item in items(raw.get("results")))
    count = whole(raw, "count")
    following = raw.get("next")
    if following is not None and not isinstance(following, str):
        raise ExistProtocolError
    return Page(
        len(results) if count is None else count,
        following or None,
        optional_text(raw, "previous"),
        results,
        counted=count is not None,
    )
