"""What tells which attribute an entity feeds: pure records and judgements of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
import re

from homeassistant.const import PERCENTAGE

from ..api import ValueType
from ..values.kinds import KINDS
from ..values.templates import DESCRIPTIONS
from .aggregate import NUMERIC, Aggregate
from .convert import CONVERTERS, Target, convertible, plain_unit
from .entering import ABSENT
from .known_platforms import NO_PERSON
from .known_states import likely_states
from .named_elsewhere import ELSEWHERE
from .numerals import number_of
from .steps import steps_on
from .subject import Subject, SubjectKind
from .window import Part

WHOLE_DAY = Part()


class Sure(IntEnum):
    """What a fit is judged by; the higher, the surer."""

    NAME = 1
    CLASS = 2
    PLATFORM = 3


@dataclass(frozen=True, slots=True)
class Thing:
    """What is known of an entity now.

    `said` is its unit and its names, `place` its area and its device's model, both in
    lower case and without punctuation. `low` and `high` are the range it names.
    """

    subject: Subject
    platform: str | None
    said: str
    place: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def range(self) -> tuple[float, float] | None:
        """The lowest and the highest it can be, by its own account."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        numbers = [number_of(each) for each in self.subject.options]
        known = [each for each in numbers if each is not None]
        if not known or len(known) < len(numbers):
            return None
        return min(known), max(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Entities that feed one attribute; without `template` it is one's own.

    All that is given must hold: one of `domains` and of `classes` (None: without a
    device class), one of `platforms`, the words `said` (by its place too: `placed`),
    and none of the words `unsaid`. Without `aggregate` it is what was counted, or the
    last of what its source has counted; without `states` the likely ones.
    """

    template: str | None
    sure: Sure
    domains: frozenset[str] = frozenset({"sensor"})
    classes: frozenset[str | None] = frozenset({None})
    platforms: frozenset[str] | None = None
    said: re.Pattern[str] | None = None
    placed: re.Pattern[str] | None = None
    unsaid: re.Pattern[str] | None = None
    aggregate: Aggregate | None = None
    states: Mapping[str, Sequence[str]] | None = None
    """By platform; of others the likely ones."""
    part: Part = WHOLE_DAY
    group: str | None = None
    room: str | None = None
    """What of a room it tells, where one entity is enough for that."""

    @property
    def target(self) -> str | None:
        """What one entity is enough for; None if each has its own."""
        return self.template or self.room


# A goal, a mean, another time than this day, a part of a body, or no person's.
_NOT_A_DAY = re.compile(
    r"\b(?:goals?|targets?|ziel\w*|tagesziel|objecti[fv]\w*|budget|remaining"
    r"|average|avg|mean|median|durchschnitt\w*|mittel\w*|baseline|trend|typical"
    r"|week|weekly|month|monthly|year|yearly|annual|ytd|lifetime|all time|yesterday"
    r"|(last|recent|latest) (hour|week|month|year|\d+|workout|activity|run|ride|walk|swim"
    r"|exercise|training|session)|hourly|per hour"
    r"|gestern|woche\w*|monat\w*|jahr\w*|\d+ ?(days?|hours?|weeks?|h|d)"
    r"|forecast|predicted|expected|tomorrow|next|optimal|recommended|suggested|ideal"
    r"|needed|debt|vorhersage|(left|right) (arm|leg|foot|hand)|arms?|legs?|torso"
    r"|trunk|foot|feet|segment\w*|visceral"
    r"|records?|streaks?|wunsch\w*"
    r"|cats?|dogs?|pupp(y|ies)|kittens?|kitty|pets?|litter|katzen?|hunde?|kater"
    r"|du (chat|chien)|rabbits?|hamsters?|horses?|ponies|pony|hens?|chickens?|coop"
    r"|vacuum|robot|mower|washer|dryer|dishwasher|printer|cars?|vehicle|odometer"
    rf"|{ELSEWHERE['not_a_day']})\b"
)
# What of a night can only be a mean.
_NIGHTS_MEAN = re.compile(
    r"\b(average|avg|mean) (sleep|night\w*|overnight) (?=hrv\b|heart ?rate variability\b)"
    r"|(?<=\bhrv )(last night|night\w*|overnight|sleep) (average|avg|mean)\b"
)
_OF_DAYS = frozenset({"binary_sensor", "counter", "input_number", "sensor"})

type Rank = tuple[bool | int, ...]
type Fits = Mapping[tuple[str, str | None], Sequence[Fit]]


def words(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern of whole words."""
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b")


def by_kind(*tables: Sequence[Fit]) -> Fits:
    """Return the fits by domain and device class."""
    found: dict[tuple[str, str | None], list[Fit]] = {}
    for fit in (each for table in tables for each in table):
        for domain in fit.domains:
            for device_class in fit.classes:
                found.setdefault((domain, device_class), []).append(fit)
    return found


def surest(thing: Thing, fits: Sequence[Fit]) -> list[tuple[Fit, Aggregate]]:
    """Return the fits that hold, each with its aggregate, of the surest kind only."""
    if thing.platform in NO_PERSON:
        return []
    said = _NIGHTS_MEAN.sub("", thing.said)
    if thing.subject.domain in _OF_DAYS and _NOT_A_DAY.search(said):
        return []
    held = list(_held(thing, fits))
    most = max((fit.sure for fit, _ in held), default=Sure.NAME)
    return [each for each in held if each[0].sure is most]


def _held(thing: Thing, fits: Sequence[Fit]) -> Iterator[tuple[Fit, Aggregate]]:
    for fit in fits:
        if _is_meant(thing, fit):
            aggregate = fit.aggregate or _counted(thing.subject)
            if _can_feed(thing, fit, aggregate):
                yield fit, aggregate


def _is_meant(thing: Thing, fit: Fit) -> bool:
    if fit.platforms is not None and thing.platform not in fit.platforms:
        return False
    if fit.said is not None and not fit.said.search(thing.said):
        return False
    if fit.placed is not None and not (
        fit.placed.search(thing.said) or fit.placed.search(thing.place)
    ):
        return False
    return fit.unsaid is None or not fit.unsaid.search(thing.said)


def _counted(subject: Subject) -> Aggregate:
    return Aggregate.SUM if subject.kind is SubjectKind.METER else Aggregate.LAST


def _can_feed(thing: Thing, fit: Fit, aggregate: Aggregate) -> bool:
    """Return whether the attribute can take what the aggregate makes of the entity."""
    subject = thing.subject
    types = subject.value_types(aggregate)
    if subject.asks_for_states(aggregate) and not states_of(thing, fit):
        return False
    if fit.template is None:
        return bool(types)
    description = DESCRIPTIONS[fit.template]
    value_type = description.value_type
    if value_type is ValueType.SCALE and subject.kind is SubjectKind.WORD:
        return bool(steps_of(thing, fit))
    if value_type not in types:
        return False
    if aggregate not in NUMERIC or subject.is_text(aggregate):
        return True
    if value_type is ValueType.SCALE:
        return _is_scale(thing.range)
    if description.unit is None:
        return not is_measured(subject.unit)
    return convertible(subject.unit, Target(value_type, fit.template))


def _is_scale(known: tuple[float, float] | None) -> bool:
    # Below its first step stands what was not said yet.
    most = KINDS[ValueType.SCALE].high
    return known is not None and most is not None and 0 <= known[0] < known[1] <= most


def is_measured(unit: str | None) -> bool:
    """Return whether the unit is one of a quantity, which is no count."""
    plain = plain_unit(unit)
    return plain == PERCENTAGE or (
        plain is not None and any(plain in each.VALID_UNITS for each in CONVERTERS)
    )


def states_of(thing: Thing, fit: Fit) -> tuple[str, ...]:
    """Return the states that are meant; none that the entity cannot have."""
    known = (fit.states or {}).get(thing.platform or "")
    return tuple(known or likely_states(thing.subject))


def steps_of(thing: Thing, fit: Fit) -> tuple[str, ...]:
    """Return the steps that stand for the numbers of a scale; none of what has none."""
    subject, most = thing.subject, KINDS[ValueType.SCALE].high
    if fit.template is None or subject.kind is not SubjectKind.WORD or most is None:
        return ()
    if DESCRIPTIONS[fit.template].value_type is not ValueType.SCALE:
        return ()
    return steps_on(subject.options, int(most))


def rank(thing: Thing, fit: Fit) -> Rank:
    """Return how well an entity fits; of two the higher is the better.

    Statistics tell more past days; and what is said besides makes it something else.
    """
    subject = thing.subject
    return (
        fit.sure,
        subject.state not in ABSENT,
        subject.state_class is not None,
        -len(thing.said.split()),
    )
