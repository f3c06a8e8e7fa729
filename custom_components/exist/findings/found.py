"""What Exist found, and which of it is new: records and pure functions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from ..api import Average, Correlation, Insight
from ..api.model import WEEKDAYS

# Exist makes its medians from as many days: what is older is no average of now.
USUAL_FOR = timedelta(days=60)
# A pair that was away for some weeks is not new again.
PAIR_KNOWN_FOR = timedelta(days=364)
# What comes to light later tells of days that are long over.
NEWS_FOR = timedelta(days=31)


class InsightKind(StrEnum):
    """What an insight looks at."""

    TODAY = "today"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_BY_PRIORITY = dict(enumerate(InsightKind, start=1))


@dataclass(frozen=True, slots=True)
class Usual:
    """An attribute's medians of one week, Monday's first; None where it has none."""

    week: date
    weekdays: tuple[float | None, ...]

    def check(self) -> None:
        """Raise ValueError for what is no week."""
        if len(self.weekdays) != len(WEEKDAYS):
            raise ValueError

    def on(self, day: date) -> float | None:
        """Return the median of that day of the week, on Exist's scale."""
        return self.weekdays[day.weekday()]


@dataclass(frozen=True, slots=True)
class PairSeen:
    """The first and the last week in which Exist told of a pair."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Together:
    """A correlation as it is shown; `percentage` is its strength, 0 to 100.

    It is new since `week`. `value` is from -1 to 1, and `offset` -1 where one of them
    leads by a day.
    """

    text: str
    attribute: str
    attribute2: str
    week: date
    percentage: float | None = None
    value: float | None = None
    stars: int | None = None
    offset: int = 0


class Slow(StrEnum):
    """What is asked for now and then; the first that is due comes first."""

    AVERAGES = "averages"
    INSIGHTS = "insights"
    CORRELATIONS = "correlations"


@dataclass(slots=True)
class FindingsContents:
    """All that is kept for an account."""

    usual: dict[str, Usual] = field(default_factory=dict)
    """Averages, by attribute."""
    pairs: dict[str, PairSeen] = field(default_factory=dict)
    together: Together | None = None
    """The strongest new correlation."""
    told: list[str] = field(default_factory=list)
    """Insights that were told of, those seen last at the end."""
    read: dict[Slow, datetime] = field(default_factory=dict)
    """When all of it was read."""
    asked: list[datetime] = field(default_factory=list)
    """The requests of the last hour."""


def with_averages(
    known: Mapping[str, Usual], found: Collection[Average], today: date
) -> dict[str, Usual]:
    """Return the averages that hold now; what a page does not have stays a while."""
    new = {
        each.attribute: Usual(each.date, tuple(each.weekdays[day] for day in WEEKDAYS))
        for each in sorted(found, key=lambda each: each.date)
    }
    return {
        name: each
        for name, each in {**known, **new}.items()
        if today - each.week <= USUAL_FOR
    }


def pair_of(found: Correlation) -> str:
    """Return what names the pair, in whichever order Exist has it."""
    names = sorted((found.attribute, found.attribute2))
    return " ".join((*names, found.attribute_category or "")).rstrip()


def with_pairs(
    known: Mapping[str, PairSeen], listed: Collection[Correlation]
) -> dict[str, PairSeen]:
    """Return the pairs that were told of, with those that are listed now."""
    pairs, now = dict(known), {pair_of(each) for each in listed}
    for each in listed:
        pair = pair_of(each)
        before = pairs.get(pair)
        pairs[pair] = PairSeen(before.first if before else each.date, each.date)
    newest = max((each.last for each in pairs.values()), default=date.min)
    return {
        pair: each
        for pair, each in pairs.items()
        # Exist may list weeks that are far apart.
        if pair in now or newest - each.last <= PAIR_KNOWN_FOR
    }


def strongest(
    listed: Collection[Correlation], pairs: Mapping[str, PairSeen]
) -> Correlation | None:
    """Return the strongest of those that were new last, as long as they are listed.

    Stars come first: of few days, chance alone makes a strong one.
    """

    def rank(found: Correlation) -> tuple[date, int, float]:
        size = found.percentage
        if size is None:
            size = abs(found.value or 0.0) * 100
        return pairs[pair_of(found)].first, found.stars or 0, size

    return max(listed, key=rank, default=None)


def text_of(found: Correlation) -> str | None:
    """Return Exist's own words as a sentence, or None where it has none."""
    text = found.second_person or " ".join(found.second_person_elements)
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] or None


def kind_of(insight: Insight) -> InsightKind:
    """Return what the insight looks at; a new kind of Exist's is of a day."""
    return _BY_PRIORITY.get(insight.type.priority or 0, InsightKind.DAY)


def key_of(insight: Insight) -> str:
    """Return what tells it from any other, and nothing of what it says.

    A label or an offset that changes makes no other insight of it.
    """
    about = insight.type.attribute
    created = insight.created and insight.created.astimezone(UTC)
    parts = (
        insight.type.name,
        about.name if about else None,
        insight.target_date,
        created,
        insight.text,
    )
    return blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def is_news(insight: Insight, today: date) -> bool:
    """Return whether it is recent enough to be told of."""
    created = insight.created.date() if insight.created else insight.target_date
    return created is None or today - created <= NEWS_FOR
