"""A link while its form is filled in: a frozen record, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self

from ..api import CreateItem, ValueType
from ..changes.candidates import Candidate
from ..links.aggregate import NUMERIC, OF_REPORTS, Aggregate, is_counted
from ..links.convert import Target, convertible
from ..links.link import (
    CONF_ABOVE,
    CONF_ABSENT_IS_GAP,
    CONF_AGGREGATE,
    CONF_ASKED,
    CONF_ATTRIBUTE,
    CONF_BELOW,
    CONF_DECIMALS,
    CONF_ENTITY,
    CONF_GROUP,
    CONF_KIND,
    CONF_LABEL,
    CONF_NUMBERED,
    CONF_OBSERVE,
    CONF_ONLY_NEW,
    CONF_OTHERS,
    CONF_PART,
    CONF_PART_END,
    CONF_PART_START,
    CONF_PAST_DAYS,
    CONF_REPLACE,
    CONF_STATE_ATTRIBUTE,
    CONF_STATES,
    CONF_STAY,
    CONF_STEPS,
    CONF_TEMPLATE,
    CONF_TEXT,
    CONF_UNIT,
    CONF_VALUE_TYPE,
    HOURS_OF_PART,
)
from ..links.new_value_type import new_value_type
from ..links.readings import ReadingKind
from ..links.recent import Recent
from ..links.steps import are_numbered
from ..links.subject import Subject, allowed, reading_kind
from ..links.suggest import Suggestion
from ..links.window import PartKind
from .form_pieces import clock
from .link_states import wrong_states

CONF_ABSENT: Final = "absent"
CONF_MORE: Final = "more"
CONF_SHARE: Final = "share"
CONF_TAKE_OVER: Final = "take_over"
GAP: Final = "gap"
# Of an attribute that is not created yet, Exist has not said the name.
NEW_PREFIX: Final = "new:"
WISHES: Final = (
    CONF_OTHERS,
    CONF_STATE_ATTRIBUTE,
    CONF_ABOVE,
    CONF_BELOW,
    CONF_STAY,
    CONF_STEPS,
    CONF_NUMBERED,
)


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """What was said of a link so far; each page makes another one of it.

    `data` is as a subentry keeps it, and grows; its attribute may be a template's
    name. `target` is what Exist has under that name, `taken` the labels that there are,
    in lower case. `begun` is what the link has fed until now, and in which unit.
    `recent` is what the entity was in the last days, once that was looked at;
    `trouble` the error of what is wished of it, `has_past` whether that is recorded.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    subject: Subject | None = None
    recent: Recent | None = None
    is_recorded: bool = False
    trouble: str | None = None
    has_past: bool = True
    target: Candidate | None = None
    taken: frozenset[str] = frozenset()
    begun: tuple[str, str | None] | None = None
    take_over: bool = False
    is_share: bool = False

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Begin with a link; its entity and its attribute are still to be found."""
        draft = cls(
            data,
            begun=(data[CONF_ATTRIBUTE], data.get(CONF_UNIT)),
            is_share=data[CONF_VALUE_TYPE] == ValueType.PERCENTAGE,
        )
        return draft._with({}, without=(CONF_PAST_DAYS, CONF_REPLACE, CONF_ASKED))

    def _with(self, given: Mapping[str, Any], without: Iterable[str] = ()) -> Self:
        kept = {key: self.data[key] for key in self.data if key not in without}
        return replace(self, data={**kept, **given})

    def with_entity(
        self,
        given: Mapping[str, Any],
        subject: Subject | None,
        *,
        trouble: str | None = None,
        is_recorded: bool = False,
        has_past: bool = True,
    ) -> Self:
        """Take another entity, or the same one as it is now, and what is wished of it.

        `given` is as a subentry keeps it.
        """
        # The states of something else mean nothing here; the rest is kept.
        is_same = all(
            self.data.get(key) == given.get(key)
            for key in (CONF_ENTITY, CONF_STATE_ATTRIBUTE, CONF_STEPS)
        )
        of_another = (CONF_STATES, CONF_ABSENT_IS_GAP, CONF_KIND, CONF_ONLY_NEW)
        draft = self._with(given, (*WISHES, *(() if is_same else of_another)))
        return replace(
            draft,
            subject=subject,
            recent=None,
            trouble=trouble,
            is_recorded=is_recorded,
            has_past=has_past,
        )

    def with_suggestion(self, wish: Suggestion) -> Self:
        """Take all that a suggestion says."""
        part = wish.part
        hours = {CONF_PART_START: str(part.start), CONF_PART_END: str(part.end)}
        draft = self._with(
            {
                CONF_AGGREGATE: wish.aggregate.value,
                CONF_STATES: list(wish.states),
                CONF_ATTRIBUTE: wish.template or f"{NEW_PREFIX}{wish.label}",
                CONF_LABEL: wish.label,
                **({CONF_STEPS: list(wish.steps)} if wish.steps else {}),
                **({CONF_NUMBERED: True} if are_numbered(wish.steps) else {}),
                **({CONF_GROUP: wish.group} if wish.group else {}),
            }
        )
        draft = draft.with_part({CONF_PART: part.kind, **hours})
        return replace(draft, target=None)

    def with_aggregate(self, given: Mapping[str, Any]) -> Self:
        """Take the rule."""
        return self._with({CONF_AGGREGATE: given[CONF_AGGREGATE]})

    def with_states(self, given: Mapping[str, Any]) -> Self:
        """Take the states, and what absence means."""
        is_gap = given[CONF_ABSENT] == GAP
        states = given.get(CONF_STATES, [])
        return self._with({CONF_STATES: states, CONF_ABSENT_IS_GAP: is_gap})

    def with_readings(self, given: Mapping[str, Any]) -> Self:
        """Take which readings count; as it would be by itself is no wish."""
        only_new = given[CONF_ONLY_NEW]
        wish = {} if only_new is self.is_only_new else {CONF_ONLY_NEW: only_new}
        return self._with(wish, (CONF_ONLY_NEW,))

    def with_part(self, given: Mapping[str, Any]) -> Self:
        """Take a part of the day."""
        kind, used = PartKind(given[CONF_PART]), HOURS_OF_PART[self.part]
        known = {**{key: self.data.get(key) for key in used}, **given}
        # What the kind does not use must not make it another link.
        hours = {
            key: clock(known.get(key)) if key in HOURS_OF_PART[kind] else "00:00"
            for key in (CONF_PART_START, CONF_PART_END)
        }
        return self._with({CONF_PART: kind.value, **hours})

    def with_hours(self, given: Mapping[str, Any]) -> Self:
        """Take the hours of the part of the day."""
        hours = {key: given.get(key) for key in HOURS_OF_PART[self.part]}
        return self.with_part({CONF_PART: self.part, **hours})

    def with_target(self, target: Candidate) -> Self:
        """Take an attribute that exists."""
        return replace(self._with({CONF_ATTRIBUTE: target.name}), target=target)

    def with_new(self, given: Mapping[str, Any]) -> Self:
        """Take an attribute that does not exist yet."""
        label = given[CONF_LABEL].strip()
        draft = self._with(
            {
                CONF_ATTRIBUTE: f"{NEW_PREFIX}{label}",
                CONF_LABEL: label,
                CONF_GROUP: given.get(CONF_GROUP),
            }
        )
        is_share = given.get(CONF_MORE, {}).get(CONF_SHARE, False)
        return replace(draft, target=None, is_share=is_share)

    def with_wishes(self, given: Mapping[str, Any]) -> Self:
        """Take what the last page asks for; who only observes sends no past days."""
        wishes = {CONF_OBSERVE: given[CONF_OBSERVE]}
        if CONF_DECIMALS in given:
            wishes[CONF_DECIMALS] = int(given[CONF_DECIMALS])
        days = int(given.get(CONF_PAST_DAYS, 0))
        if days and not given[CONF_OBSERVE]:
            wishes[CONF_PAST_DAYS] = days
        draft = self._with(wishes, (CONF_PAST_DAYS, CONF_REPLACE, CONF_ASKED))
        return replace(draft, take_over=given.get(CONF_TAKE_OVER, False))

    def with_past(self, given: Mapping[str, Any], now: datetime) -> Self:
        """Take what becomes of past days that have a value."""
        is_over = given.get(CONF_REPLACE, False)
        return self._with({CONF_REPLACE: is_over, CONF_ASKED: now.isoformat()})

    def found(self, targets: Iterable[Candidate], taken: frozenset[str]) -> Self:
        """Look at what Exist has now; what is no longer found stays as it was."""
        name, before = self.data.get(CONF_ATTRIBUTE), self.target
        same = (each for each in targets if name in (each.name, each.template))
        target = next(same, before) if name is not None else None
        # Who agreed to take it from one service did not agree to another.
        is_same = before is None or target is None or before.owner == target.owner
        agreed = self.take_over and is_same
        return replace(self, target=target, taken=taken, take_over=agreed)

    @property
    def aggregate(self) -> Aggregate | None:
        """The rule, once it was chosen."""
        raw = self.data.get(CONF_AGGREGATE)
        return None if raw is None else Aggregate(raw)

    @property
    def part(self) -> PartKind:
        """The kind of part of the day."""
        return PartKind(self.data.get(CONF_PART, PartKind.WHOLE_DAY))

    @property
    def rules(self) -> Sequence[Aggregate]:
        """The rules to be offered; of two that tell the same, the one that says so."""
        subject, others = self.subject, self.data.get(CONF_OTHERS)
        rules = allowed(subject, several=bool(others)) if subject else ()
        twice, chosen = Aggregate.DIFFERENCE, self.aggregate
        if chosen is twice or not is_counted(twice, self.kind):
            return rules
        return tuple(rule for rule in rules if rule is not twice)

    @property
    def past_days(self) -> int:
        """How many past days are to be sent."""
        days: int = self.data.get(CONF_PAST_DAYS, 0)
        return days

    @property
    def creates(self) -> bool:
        """Whether the attribute is still to be created."""
        name: str = self.data.get(CONF_ATTRIBUTE, "")
        return name.startswith(NEW_PREFIX)

    @property
    def is_text(self) -> bool:
        """Whether its values are texts."""
        subject, aggregate = self._subject_and_aggregate
        return subject.is_text(aggregate)

    @property
    def asks_for_states(self) -> bool:
        """Whether it must be said which states are meant."""
        subject, aggregate = self._subject_and_aggregate
        return subject.asks_for_states(aggregate)

    @property
    def kind(self) -> ReadingKind | None:
        """What the entity's numbers are, as far as that is known."""
        if (settled := self.data.get(CONF_KIND)) is not None:
            return ReadingKind(settled)
        if self.recent is not None:
            return self.recent.kind
        return reading_kind(self.subject) if self.subject else None

    @property
    def may_be_only_new(self) -> bool:
        """Whether the rule can leave out readings that are only held."""
        rule = self.aggregate
        return rule in OF_REPORTS and not is_counted(rule, self.kind)

    @property
    def is_only_new(self) -> bool:
        """Whether only new readings count, if the person wishes nothing."""
        return self.kind is ReadingKind.NOW_AND_THEN

    @property
    def counts_only_new(self) -> bool:
        """Whether only new readings count."""
        wish: bool = self.data.get(CONF_ONLY_NEW, self.is_only_new)
        return wish and self.may_be_only_new

    @property
    def feeds(self) -> tuple[ValueType, ...]:
        """The value types that it may feed."""
        subject, aggregate = self._subject_and_aggregate
        return subject.value_types(aggregate)

    @property
    def value_type(self) -> ValueType:
        """The value type of the attribute, or of one that is made for it."""
        subject, aggregate = self._subject_and_aggregate
        if self.target is not None:
            return self.target.value_type
        if self.is_share and self.may_be_share:
            return ValueType.PERCENTAGE
        return new_value_type(subject, aggregate)

    @property
    def may_be_share(self) -> bool:
        """Whether a new attribute may hold how much of the day it was, in percent."""
        rule = self.aggregate
        return rule is Aggregate.TIME_IN and ValueType.PERCENTAGE in self.feeds

    @property
    def _subject_and_aggregate(self) -> tuple[Subject, Aggregate]:
        assert self.subject is not None
        return self.subject, Aggregate(self.data[CONF_AGGREGATE])

    @property
    def label(self) -> str:
        """The label of the attribute; empty while there is none."""
        label: str = self.data.get(CONF_LABEL, "")
        return self.target.label if self.target else label

    @property
    def is_at_exist(self) -> bool:
        """Whether the attribute may have values already."""
        return self.target is not None and self.target.exists

    @property
    def must_tick(self) -> bool:
        """Whether the attribute is, or may be, another service's."""
        return self.target is not None and self.target.takes_over

    @property
    def item(self) -> CreateItem:
        """What is asked of Exist for a new attribute."""
        return CreateItem(
            label=self.label,
            group=self.data[CONF_GROUP],
            value_type=self.value_type,
            manual=False,
        )

    def as_fed(self, target: Candidate) -> Target:
        """Return what its values must be there."""
        name, unit = self.begun or ("", None)
        begun_in = unit if name == target.name else None
        return Target(target.value_type, target.template, begun_in)

    @property
    def stored(self) -> dict[str, Any]:
        """What the subentry keeps, once nothing is wrong."""
        subject, _ = self._subject_and_aggregate
        target = self.target
        begun_in = self.as_fed(target).begun_in if target else None
        stored = {
            CONF_OBSERVE: False,
            CONF_PART: PartKind.WHOLE_DAY.value,
            CONF_PART_START: "00:00",
            CONF_PART_END: "00:00",
            **self.data,
            CONF_TEXT: self.is_text,
            CONF_UNIT: begun_in or subject.unit,
            CONF_LABEL: target.label_at_exist if target else self.label,
            CONF_TEMPLATE: target.template if target else None,
            CONF_VALUE_TYPE: int(self.value_type),
        }
        if target is not None:
            stored[CONF_ATTRIBUTE] = target.name
        if self.asks_for_states:
            stored.setdefault(CONF_ABSENT_IS_GAP, subject.absent_is_gap)
        else:
            stored.pop(CONF_STATES, None)
        if not self.may_be_only_new:
            stored.pop(CONF_ONLY_NEW, None)
        if CONF_ASKED not in stored:
            # They are counted first.
            stored.pop(CONF_PAST_DAYS, None)
        return stored

    @property
    def wrong(self) -> dict[str, str | None]:
        """The pages that need an answer, in order; None where none was given yet."""
        return dict(self._wrong())

    def _wrong(self) -> Iterator[tuple[str, str | None]]:
        subject, data = self.subject, self.data
        if subject is None:
            is_named = data.get(CONF_ENTITY) is not None
            yield "entity", "entity_without_state" if is_named else "no_entity"
            return
        if self.trouble is not None:
            yield "entity", self.trouble
            return
        if not self.rules:
            yield "entity", "entity_unfit"
        elif not self.is_recorded:
            yield "entity", "not_recorded"
        if self.aggregate not in self.rules:
            yield "aggregate", None
            return
        states = data.get(CONF_STATES)
        if self.asks_for_states and (
            of_states := wrong_states(subject, states, self.recent)
        ):
            yield "states", of_states
        if CONF_PART in data and (of_hours := self._wrong_hours()) is not None:
            yield "hours", of_hours
        if self.creates:
            if (of_new := self._wrong_new()) is not None:
                yield "new_attribute", of_new
        elif (of_target := self._wrong_target(subject)) is not None:
            yield "attribute", of_target

    def _wrong_hours(self) -> str | None:
        kind = self.part
        start, end = self.data[CONF_PART_START], self.data[CONF_PART_END]
        if start is None:
            return "no_start"
        if end is None:
            return "no_end"
        is_empty = kind is PartKind.FROM_TO and start == end
        return "no_length" if is_empty else None

    def _wrong_new(self) -> str | None:
        if not self.label:
            return "no_label"
        if self.label.casefold() in self.taken:
            return "label_exists"
        return "no_group" if self.data.get(CONF_GROUP) is None else None

    def _wrong_target(self, subject: Subject) -> str | None:
        target = self.target
        if target is None or target.value_type not in self.feeds:
            return "no_target"
        if self.aggregate not in NUMERIC or self.is_text:
            return None
        fits = convertible(subject.unit, self.as_fed(target))
        return None if fits else "wrong_unit"
