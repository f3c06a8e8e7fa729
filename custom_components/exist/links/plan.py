"""What is to be computed of a link, and what must be read for that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf

from homeassistant.components.sensor import SensorStateClass

from ..values.templates import describe
from .aggregate import Aggregate, Rule
from .convert import bounds_in
from .entity_rule import rule_of
from .link import Link
from .readings import TOTALS, Meter, ReadingKind
from .source import Asked
from .state_attributes import asked_key, source_key
from .subject import Subject, reading_kind
from .timeline import Row
from .unit_spellings import meant_unit
from .watched import Watched
from .window import DAY, PartKind, Window, days_between

# How far back states are read: a kind shows itself in a week, a fall in two days, a
# gap in one; a tracker may name places that are no zones.
GONE_BACK = 10 * DAY.total_seconds()
COUNTED_BACK = 8 * DAY.total_seconds()
SETTLED_BACK = 2 * DAY.total_seconds()
STATES_BACK = DAY.total_seconds()
# So many days of states show a kind better than hours do.
ENOUGH_DAYS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """The days of one link that are wanted, and what its entity is just now.

    `heard` are moments of equal reports, which leave no row; `gone` are chosen states
    without which the link means nothing any more. `since` is when the registry first knew
    the entity, `kept` what is known of a state attribute that is not recorded. `others`
    are the same days of the link's other entities.
    """

    link: Link
    entity_id: str
    unit: str | None
    template: str | None
    first: date
    last: date
    seen: tuple[Row, ...] = ()
    subject: Subject | None = None
    heard: tuple[float, ...] = ()
    gone: frozenset[str] = frozenset()
    since: float = -inf
    kept: Sequence[Row] | None = None
    others: tuple[Plan, ...] = ()

    @property
    def key(self) -> str:
        """What names what is recorded of it, in its unit where it must be in one."""
        return asked_key(
            self.entity_id,
            self.link.watched.state_attribute,
            self.unit,
            in_unit=self.link.is_in_unit,
        )

    @property
    def is_own_list(self) -> bool:
        """Whether a person made the list of its states, which no mode changes."""
        return self.entity_id.partition(".")[0] == "input_select"

    @property
    def source(self) -> str:
        """What names it whatever its unit."""
        return source_key(self.entity_id, self.link.watched.state_attribute)

    @property
    def begun_in(self) -> str | None:
        """The unit that the entity had when the link was made, as it means it."""
        return meant_unit(
            self.link.unit, self.subject.device_class if self.subject else None
        )

    @property
    def watched(self) -> Watched:
        """What is watched, in the present unit."""
        watched, unit = self.link.watched, self.begun_in
        if watched.condition is None:
            return watched
        condition = bounds_in(watched.condition, unit, self.unit)
        return replace(watched, condition=condition)

    @property
    def has_hours(self) -> bool:
        """Whether hourly statistics could tell its days."""
        return self.link.has_hours or (
            self.may_be_counted and self.link.watched.is_plain
        )

    @property
    def back(self) -> float:
        """How many seconds before its days its states matter."""
        if self.gone:
            return GONE_BACK
        if self.link.watched.condition is not None:
            return STATES_BACK + self.link.watched.condition.stay
        if not self.may_be_counted:
            return STATES_BACK
        return COUNTED_BACK if self.link.kind is None else SETTLED_BACK

    @property
    def back_when_judged(self) -> float:
        """The same where it is known by now which kind of meter it is."""
        if self.gone or not self.may_be_counted:
            return self.back
        return min(self.back, SETTLED_BACK)

    @property
    def kind(self) -> ReadingKind | None:
        """What its numbers are, as far as that is settled or the entity says it."""
        if self.link.kind is not None:
            return self.link.kind
        return reading_kind(self.subject) if self.subject else None

    @property
    def meter(self) -> Meter:
        """What the entity is as a meter."""
        if self.subject is None:
            return Meter()
        return Meter(
            is_counter=self.kind is ReadingKind.COUNTER,
            may_fall=self.subject.state_class == SensorStateClass.TOTAL,
            step=self.subject.step,
            initial=self.subject.initial,
        )

    @property
    def rule(self) -> Rule:
        """The link's rule, with what follows from the entity and the attribute."""
        link, rule = self.link, self.link.rule
        only_new = link.only_new
        if only_new is None:
            only_new = self.kind is ReadingKind.NOW_AND_THEN
        above = describe(self.template, link.value_type).above
        rule = replace(rule, only_new=only_new, above=above)
        if self.subject is None:
            return rule
        is_whole = link.part.kind is PartKind.WHOLE_DAY
        return rule_of(rule, self.subject, self.unit, is_whole=is_whole)

    @property
    def may_be_counted(self) -> bool:
        """Whether its value may be what a meter counted."""
        return not self.link.rule.text and (
            self.link.rule.aggregate is Aggregate.SUM or self.kind in TOTALS
        )

    def is_before_kept(self, window: Window) -> bool:
        """Return whether nobody kept its state attribute when that time began."""
        first = self.kept[0].at if self.kept else inf
        return self.kept is not None and first > window.start

    @property
    def days(self) -> Sequence[date]:
        """All days of the plan."""
        return days_between(self.first, self.last)


def asked_of(plans: Sequence[Plan], *, hourly: bool, judged: bool) -> list[Asked]:
    """Return each entity once, with all that any of the links needs of it.

    Less is needed where it is `judged` already which kind of meter each is.
    """
    by_key: dict[str, list[Plan]] = {}
    for plan in plans:
        for each in (plan, *plan.others):
            by_key.setdefault(each.key, []).append(each)
    return [
        Asked(
            same[0].entity_id,
            same[0].unit,
            any(plan.link.is_in_unit for plan in same),
            hourly and any(plan.has_hours for plan in same),
            same[0].seen,
            max(plan.back_when_judged if judged else plan.back for plan in same),
            same[0].heard,
            same[0].link.watched.state_attribute,
            same[0].kept,
        )
        for _, same in sorted(by_key.items())
    ]
