"""What an account has that a dashboard can show: records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto


class Looks(Enum):
    """How the value of an attribute looks."""

    NUMBER = auto()
    SCALE = auto()
    CLOCK = auto()
    WORDS = auto()
    YES_OR_NO = auto()


@dataclass(frozen=True, slots=True)
class ChartedPast:
    """A statistic that has days; `first` is the oldest, if that is known.

    `by` are its titles where a point of it is more than a day: "week" and "month".
    """

    statistic: str
    title: str
    adds_up: bool
    first: date | None
    by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownAttribute:
    """One attribute: its statistic, and the entities of it that a person sees."""

    looks: Looks
    today: bool
    """Whether it shows today, not the newest day that has a value."""
    sensor: str | None = None
    control: str | None = None
    plus_one: str | None = None
    past: ChartedPast | None = None


@dataclass(frozen=True, slots=True)
class Belongings:
    """All that a person sees of an account: entity IDs, the attributes in Exist's order."""

    today: date
    attributes: Sequence[ShownAttribute] = ()
    edited_day: str | None = None
    tags: str | None = None
    links: Sequence[str] = ()
    """The states of links."""
    connection: Sequence[str] = ()
    """What tells whether Exist answers."""
