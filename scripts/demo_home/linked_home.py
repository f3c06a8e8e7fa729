"""A home of many entities for the bench: some are busy, most are not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import random
from typing import Any

from .database import Recorded

MINUTE = 60
DAY = 24 * 60 * MINUTE
BUSY_EVERY = MINUTE
QUIET_A_DAY = 50
# One in five is busy, two are numbers and two are on or off.
NUMBERS = ("mean", "maximum", "minimum", "last")
STATES = ("time_in", "times", "last_time")
VALUE_TYPES = {
    "time_in": ("duration", 3),
    "times": ("integer", 0),
    "last_time": ("time_of_day", 4),
}
DECIMAL = ("decimal", 1)


@dataclass(frozen=True, slots=True)
class Linked:
    """One entity and its link."""

    number: int

    @property
    def is_busy(self) -> bool:
        """Whether it has a new state every minute."""
        return self.number % 5 == 0

    @property
    def is_number(self) -> bool:
        """Whether it measures; the others are on or off."""
        return self.number % 5 < 3

    @property
    def entity_id(self) -> str:
        """The entity's name in Home Assistant."""
        domain = "sensor" if self.is_number else "binary_sensor"
        return f"{domain}.bench_{self.number:03}"

    @property
    def aggregate(self) -> str:
        """The rule of its link."""
        rules = NUMBERS if self.is_number else STATES
        return rules[self.number // 5 % len(rules)]

    @property
    def label(self) -> str:
        """The label of its attribute at Exist."""
        return f"Bench {self.number:03}"

    @property
    def attribute(self) -> str:
        """The name of its attribute at Exist."""
        return self.label.lower().replace(" ", "_")

    @property
    def value_type(self) -> tuple[str, int]:
        """The value type, in words and on the wire."""
        return VALUE_TYPES.get(self.aggregate, DECIMAL)

    @property
    def state_attributes(self) -> Mapping[str, str]:
        """What Home Assistant says of each of its states."""
        if not self.is_number:
            return {"device_class": "motion"}
        if self.is_busy:
            return {"unit_of_measurement": "W", "device_class": "power"}
        return {"unit_of_measurement": "°C", "device_class": "temperature"}

    @property
    def new_attribute(self) -> dict[str, object]:
        """What the action asks of Exist."""
        return {
            "label": self.label,
            "group": "health",
            "value_type": self.value_type[0],
            "manual": False,
        }

    @property
    def link(self) -> dict[str, Any]:
        """The data of its link, as the form writes them."""
        return {
            "entity": self.entity_id,
            "registry_id": None,
            "unit": self.state_attributes.get("unit_of_measurement"),
            "aggregate": self.aggregate,
            "text": False,
            "states": [] if self.is_number else ["on"],
            "absent_is_gap": True,
            "part": "whole_day",
            "part_start": "00:00",
            "part_end": "00:00",
            "attribute": self.attribute,
            "label": self.label,
            "group": "health",
            "template": None,
            "value_type": self.value_type[1],
            "observe": False,
            "decimals": 2,
        }

    def states(self, begin: float, end: float) -> Iterator[tuple[float, str]]:
        """Yield states from one moment to the other."""
        chance = random.Random(f"{self.number} {begin}")
        step = BUSY_EVERY if self.is_busy else DAY / QUIET_A_DAY
        at, number = begin, 20.0
        while at < end:
            number += chance.uniform(-1, 1)
            yield (
                at,
                f"{number:.1f}" if self.is_number else chance.choice(("on", "off")),
            )
            at += step

    def news(self, begin: float, end: float) -> Iterator[tuple[float, str]]:
        """Yield states of an hour that changes whatever its link computes."""
        half = (begin + end) / 2
        if not self.is_number:
            yield from ((begin, "off"), (begin + MINUTE, "on"), (half, "off"))
            return
        yield from ((begin, "-40.5"), (half, "95.5"))
        if self.is_busy:
            yield from self.states(half + MINUTE, end)

    def recorded(self, begin: float, end: float) -> Recorded:
        """Return its past."""
        rows = list(self.states(begin, end))
        return Recorded(self.entity_id, rows, self.state_attributes)
