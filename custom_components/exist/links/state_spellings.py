"""States however they are written: an update changes capitals and spaces only."""

from collections.abc import Iterable, Sequence
import re

from .entering import ABSENT, Span
from .packed_records import Packed

_BETWEEN_WORDS = re.compile(r"[\s_-]+")


def folded(state: str) -> str:
    """Return what `Pre Heat`, `pre-heat` and `pre_heat` have in common."""
    return _BETWEEN_WORDS.sub("_", state.strip().casefold())


def without_alike(states: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return states that no known one is like."""
    alike = {folded(each) for each in known}
    return frozenset(each for each in states if folded(each) not in alike)


def as_spelled(spans: Sequence[Span], states: frozenset[str]) -> Sequence[Span]:
    """Return spans in which chosen states are written as they were chosen."""
    meant = {folded(each): each for each in states}
    others = {span.state for span in spans} - states - ABSENT
    written = {each: meant.get(folded(each), each) for each in others}
    if all(each == meant_by for each, meant_by in written.items()):
        return spans
    return Packed(
        Span._make,
        (span._replace(state=written.get(span.state, span.state)) for span in spans),
    )
