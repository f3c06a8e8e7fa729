"""What a person wishes to be watched of an entity instead of its plain state."""

from dataclasses import dataclass, field
from typing import Final

# A condition makes these two states of a number.
MET: Final = "met"
NOT_MET: Final = "not met"
# An entity that is there, but has no such state attribute now: a light that is off.
NO_VALUE: Final = "none"


@dataclass(frozen=True, slots=True)
class Condition:
    """A number above `above`, below `below`, or between them, for `stay` seconds.

    In the unit that the entity had when the link was made; what equals a bound is
    outside of it.
    """

    above: float | None = None
    below: float | None = None
    stay: float = 0.0

    def holds(self, number: float) -> bool:
        """Return whether the number is one that is meant."""
        return (self.above is None or number > self.above) and (
            self.below is None or number < self.below
        )


@dataclass(frozen=True, slots=True)
class Watched:
    """A state attribute, a condition, states that stand for numbers; or none of them.

    The first of `steps` stands for 1, the next for 2, or where they are `numbered`, each
    for the number that it begins with; a state that is a number stands for itself.
    """

    state_attribute: str | None = None
    condition: Condition | None = None
    steps: tuple[str, ...] = ()
    # What links of before it mean is kept as text.
    numbered: bool = field(default=False, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether it is the entity's state as it is, so that statistics have it."""
        return self == PLAIN


PLAIN: Final = Watched()
