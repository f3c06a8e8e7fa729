"""How well an attribute fits what a link makes of an entity: pure functions."""

from collections.abc import Collection
from enum import IntEnum
import re
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass

from ..api import ValueType
from ..changes.candidates import Candidate
from ..links.aggregate import NUMERIC, Aggregate
from ..links.clues import is_measured
from ..links.convert import Target, convertible
from ..links.link import CONF_ATTRIBUTE
from ..links.readings import ReadingKind
from ..links.subject import Subject, SubjectKind, reading_kind
from .link_draft import LinkDraft

_MONEY: Final = "money_spent"
# What a meter of the home counts, as against what a person drinks.
_UTILITIES: Final = frozenset({SensorDeviceClass.GAS, SensorDeviceClass.WATER})
# As against what a person eats or burns.
_ELECTRIC: Final = "Wh"
_WORD: Final = re.compile(r"[^\W_]+")


class Fits(IntEnum):
    """How well; the lower, the better."""

    MEANT = 0
    """The entity is known to be what the attribute is of."""
    NAMED = 1
    MEASURED = 2
    """In the same kind of unit."""
    POSSIBLE = 3


def how_well(
    draft: LinkDraft, candidate: Candidate, meant: Collection[str]
) -> Fits | None:
    """Return how well it fits, None where it never can.

    `meant` are the templates that the entity is known to be of.
    """
    subject, rule = draft.subject, draft.aggregate
    assert subject is not None
    is_number = rule in NUMERIC and not draft.is_text
    target = draft.as_fed(candidate)
    if candidate.value_type not in draft.feeds or _is_another_share(rule, candidate):
        return None
    if is_number and not convertible(subject.unit, target):
        return None
    is_present = candidate.name == draft.data.get(CONF_ATTRIBUTE)
    if is_number and not is_present and _is_no_count(subject, candidate, target):
        return None
    if candidate.template in meant and subject.watched.state_attribute is None:
        return Fits.MEANT
    is_template = candidate.template is not None
    if is_template and _is_of_home(subject):
        return Fits.POSSIBLE
    if _is_named(subject, candidate):
        return Fits.NAMED
    is_alike = Target(candidate.value_type, candidate.template).unit is not None
    return Fits.MEASURED if is_number and is_alike else Fits.POSSIBLE


def _is_another_share(rule: Aggregate | None, candidate: Candidate) -> bool:
    """Return whether it is a percentage of something else than of the day."""
    return (
        rule is Aggregate.TIME_IN
        and candidate.value_type is ValueType.PERCENTAGE
        and candidate.template is not None
    )


def _is_no_count(subject: Subject, candidate: Candidate, target: Target) -> bool:
    """Return whether a quantity would be put where something else is counted."""
    is_scale = candidate.value_type is ValueType.SCALE
    if is_scale and subject.kind is SubjectKind.METER:
        return True
    is_money = subject.device_class == SensorDeviceClass.MONETARY
    if target.unit is not None or not (is_money or is_measured(subject.unit)):
        return False
    return is_scale or candidate.template not in (None, _MONEY if is_money else None)


def _is_of_home(subject: Subject) -> bool:
    """Return whether it measures a room, the weather, or what a house uses."""
    return (
        reading_kind(subject) is ReadingKind.AMBIENT
        or subject.device_class in _UTILITIES
        or (subject.unit or "").endswith(_ELECTRIC)
    )


def _is_named(subject: Subject, candidate: Candidate) -> bool:
    """Return whether the entity's names have all words of the attribute's."""
    attribute = subject.watched.state_attribute or ""
    known = _words(f"{subject.name} {subject.entity_id} {attribute}")
    labels = _words(candidate.label), _words(candidate.label_at_exist)
    template = _words(candidate.template or "")
    return all(labels) and (
        any(label <= known for label in labels)
        or (len(template) > 1 and template <= known)
    )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
