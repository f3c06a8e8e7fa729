"""How a language writes numbers and durations, as Home Assistant's pages do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Spelling:
    """Signs between digits, and what stands after hours, minutes, and a share.

    `grouped` is the first number that is parted by thousands.
    """

    thousands: str = ","
    point: str = "."
    grouped: int = 1000
    hours: str = "h"
    between: str = " "
    minutes: str = "m"
    percent: str = "%"


ENGLISH: Final = Spelling()
# What browsers write in these languages; a template cannot ask them.
_SPELLINGS: Final[Mapping[str, Spelling]] = {
    "de": Spelling(".", ",", between=", ", minutes=" Min.", percent=" %"),
    "es": Spelling(".", ",", 10_000, minutes="min"),
    "fr": Spelling("\u202f", ",", minutes="min", percent=" %"),
    "ja": Spelling(between=""),
    "nl": Spelling(".", ",", hours=" u", between=", ", minutes=" m"),
    "pl": Spelling("\u00a0", ",", 10_000, " h", " i ", " min"),
}


def spelling_of(language: str) -> Spelling:
    """Return how a language writes them; English where there are no texts in it."""
    return _SPELLINGS.get(language, ENGLISH)
