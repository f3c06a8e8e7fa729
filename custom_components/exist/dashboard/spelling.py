"""How a language writes numbers and durations, as Home Assistant's pages do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Spelling:
    """Signs between digits, what stands after hours, minutes, and a share, and a day.

    `grouped` is the first number that is parted by thousands; a day of this year is
    `near`: on a phone its column is narrow.
    """

    thousands: str = ","
    point: str = "."
    grouped: int = 1000
    hours: str = "h"
    between: str = " "
    minutes: str = "m"
    percent: str = "%"
    day: str = "%Y\u2011%m\u2011%d"
    near: str = "%b\u00a0%d"


ENGLISH: Final = Spelling()
# What browsers write in these languages; a template cannot ask them.
_SPELLINGS: Final[Mapping[str, Spelling]] = {
    "de": Spelling(
        ".",
        ",",
        between=", ",
        minutes=" Min.",
        percent=" %",
        day="%d.%m.%Y",
        near="%d.%m.",
    ),
    "es": Spelling(".", ",", 10_000, minutes="min", day="%d/%m/%Y", near="%d/%m"),
    "fr": Spelling(
        "\u202f", ",", minutes="min", percent=" %", day="%d/%m/%Y", near="%d/%m"
    ),
    "ja": Spelling(between="", day="%Y/%m/%d", near="%m/%d"),
    "nl": Spelling(
        ".",
        ",",
        hours=" u",
        between=", ",
        minutes=" m",
        day="%d\u2011%m\u2011%Y",
        near="%d\u2011%m",
    ),
    "pl": Spelling(
        "\u00a0", ",", 10_000, " h", " i ", " min", day="%d.%m.%Y", near="%d.%m"
    ),
}


def spelling_of(language: str) -> Spelling:
    """Return how a language writes them; English where there are no texts in it."""
    return _SPELLINGS.get(language, ENGLISH)
