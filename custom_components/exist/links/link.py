"""A link as its config subentry keeps it: "this entity feeds that attribute"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigSubentry

from ..api import ValueType
from ..values.kinds import KINDS
from .aggregate import HOURLY, NUMERIC, POINTS, Aggregate, Rule
from .readings import ReadingKind
from .watched import MET, PLAIN, Condition, Watched
from .window import Part, PartKind

SUBENTRY_LINK: Final = "link"

CONF_ABOVE: Final = "above"
CONF_ABSENT_IS_GAP: Final = "absent_is_gap"
CONF_AGGREGATE: Final = "aggregate"
CONF_ASKED: Final = "asked"
CONF_ATTRIBUTE: Final = "attribute"
CONF_BELOW: Final = "below"
CONF_DECIMALS: Final = "decimals"
CONF_GROUP: Final = "group"
CONF_KIND: Final = "kind"
CONF_LABEL: Final = "label"
CONF_ENTITY: Final = "entity"
CONF_NUMBERED: Final = "numbered"
CONF_OBSERVE: Final = "observe"
CONF_ONLY_NEW: Final = "only_new"
CONF_OTHERS: Final = "others"
CONF_PART: Final = "part"
CONF_PART_END: Final = "part_end"
CONF_PART_START: Final = "part_start"
CONF_PAST_DAYS: Final = "past_days"
CONF_REGISTRY_ID: Final = "registry_id"
CONF_REPLACE: Final = "replace"
CONF_STATE_ATTRIBUTE: Final = "state_attribute"
CONF_STATES: Final = "states"
CONF_STAY: Final = "stay"
CONF_STEPS: Final = "steps"
CONF_TEMPLATE: Final = "template"
CONF_TEXT: Final = "text"
CONF_UNIT: Final = "unit"
CONF_VALUE_TYPE: Final = "value_type"

DEFAULT_DECIMALS: Final = 2
# A time of day is told by a state that is one.
CLOCKS: Final = tuple(each for each, kind in KINDS.items() if kind.moment is not None)
HOURS_OF_PART: Final = {
    PartKind.WHOLE_DAY: (),
    PartKind.DAY_FROM: (CONF_PART_START,),
    PartKind.FROM_TO: (CONF_PART_START, CONF_PART_END),
}


@dataclass(frozen=True, slots=True)
class BackFill:
    """Past days to be sent once; `asked` tells one wish from the next."""

    asked: datetime
    days: int
    replace: bool


@dataclass(frozen=True, slots=True)
class EntityRef:
    """An entity of a link; `registry_id` follows it through renames."""

    entity_id: str
    registry_id: str | None = None

    @property
    def lasting_id(self) -> str:
        """What names it for as long as it can be named."""
        return self.registry_id or self.entity_id


def part_of(data: Mapping[str, Any]) -> Part:
    """Return the part of the day in a subentry's data."""
    return Part(
        PartKind(data.get(CONF_PART, PartKind.WHOLE_DAY)),
        time.fromisoformat(data.get(CONF_PART_START, "00:00")),
        time.fromisoformat(data.get(CONF_PART_END, "00:00")),
    )


@dataclass(frozen=True, slots=True)
class Link:
    """One entity, the rule for its day, and the attribute that it feeds.

    `registry_id` follows the entity through renames; an entity without one is known
    by its name alone. `unit` is the entity's when the link was made; `kind` is what its
    numbers are, once that is settled. Without a wish of the person, `only_new` is None.
    Of `others` the same is watched: numbers are added up, of states any counts.
    """

    link_id: str
    title: str
    entity_id: str
    registry_id: str | None
    rule: Rule
    part: Part
    attribute: str
    value_type: ValueType
    template: str | None
    unit: str | None
    decimals: int
    observe: bool
    back_fill: BackFill | None
    kind: ReadingKind | None = None
    only_new: bool | None = None
    watched: Watched = PLAIN
    others: tuple[EntityRef, ...] = ()

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Read what the form wrote."""
        return cls.from_data(subentry.subentry_id, subentry.title, subentry.data)

    @classmethod
    def from_data(cls, link_id: str, title: str, data: Mapping[str, Any]) -> Self:
        """Read a subentry's data."""
        back_fill = None
        if data.get(CONF_PAST_DAYS):
            back_fill = BackFill(
                datetime.fromisoformat(data[CONF_ASKED]),
                data[CONF_PAST_DAYS],
                data.get(CONF_REPLACE, False),
            )
        aggregate = Aggregate(data[CONF_AGGREGATE])
        value_type = ValueType(data[CONF_VALUE_TYPE])
        # One that this version does not know is settled anew.
        kind = next((each for each in ReadingKind if each == data.get(CONF_KIND)), None)
        is_clock = aggregate in POINTS and value_type in CLOCKS
        watched = watched_of(data)
        states = data.get(CONF_STATES, ()) if watched.condition is None else (MET,)
        return cls(
            link_id=link_id,
            title=title,
            entity_id=data[CONF_ENTITY],
            registry_id=data.get(CONF_REGISTRY_ID),
            rule=Rule(
                aggregate,
                frozenset(states),
                data.get(CONF_ABSENT_IS_GAP, True),
                is_clock or data.get(CONF_TEXT, False),
                is_clock,
            ),
            part=part_of(data),
            attribute=data[CONF_ATTRIBUTE],
            value_type=value_type,
            template=data.get(CONF_TEMPLATE),
            unit=data.get(CONF_UNIT),
            decimals=data.get(CONF_DECIMALS, DEFAULT_DECIMALS),
            observe=data.get(CONF_OBSERVE, False),
            back_fill=back_fill,
            kind=kind,
            only_new=data.get(CONF_ONLY_NEW),
            watched=watched,
            others=tuple(
                EntityRef(each[CONF_ENTITY], each.get(CONF_REGISTRY_ID))
                for each in data.get(CONF_OTHERS, ())
            ),
        )

    @property
    def entities(self) -> tuple[EntityRef, ...]:
        """All entities that it is made of; the first one says its unit."""
        return (EntityRef(self.entity_id, self.registry_id), *self.others)

    @property
    def needs_unit(self) -> bool:
        """Return whether its values have the entity's unit."""
        return self.rule.aggregate in NUMERIC and not self.rule.text

    @property
    def is_in_unit(self) -> bool:
        """Return whether its numbers must be in one unit, whatever it changes to."""
        return self.needs_unit or self.watched.condition is not None

    @property
    def has_hours(self) -> bool:
        """Return whether hourly statistics could tell its days."""
        return self.rule.aggregate in HOURLY and self.watched.is_plain

    @property
    def meaning(self) -> str:
        """Return what makes its values what they are; another meaning starts today."""
        parts: tuple[object, ...] = (
            self.registry_id or self.entity_id,
            self.rule.aggregate.value,
            sorted(self.rule.states),
            self.rule.absent_is_gap,
            self.part,
            self.attribute,
            self.decimals,
        )
        # A link of before these could be wished keeps its meaning.
        if self.only_new is not None:
            parts = (*parts, self.only_new)
        if self.watched.condition is not None:
            # Its bounds are in this unit.
            parts = (*parts, self.unit)
        if not self.watched.is_plain:
            parts = (*parts, self.watched)
        if self.watched.numbered:
            parts = (*parts, CONF_NUMBERED)
        if self.others:
            parts = (*parts, sorted(each.lasting_id for each in self.others))
        return repr(parts)


def watched_of(data: Mapping[str, Any]) -> Watched:
    """Return what the data of a subentry say of the wishes, however few they are."""
    above, below = data.get(CONF_ABOVE), data.get(CONF_BELOW)
    condition = None
    if above is not None or below is not None:
        condition = Condition(above, below, data.get(CONF_STAY) or 0.0)
    return Watched(
        data.get(CONF_STATE_ATTRIBUTE) or None,
        condition,
        tuple(data.get(CONF_STEPS) or ()),
        data.get(CONF_NUMBERED, False),
    )
