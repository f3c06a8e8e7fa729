"""What is wrong with states that a person chose."""

from collections.abc import Sequence

from ..links.known_states import impossible_states
from ..links.recent import Recent
from ..links.subject import Subject


def wrong_states(
    subject: Subject, chosen: Sequence[str] | None, recent: Recent | None
) -> str | None:
    """Return the error of the states that are to count, or None."""
    if not chosen:
        return "no_states"
    occurred = recent.states if recent else ()
    is_wrong = impossible_states(subject, chosen, occurred)
    return "state_impossible" if is_wrong else None
