"""The one person of pictures: an invented life with English words only.

It is counted back from today, so that a picture shows the same on each day.
"""

from collections.abc import Iterator
import datetime as dt
from hashlib import blake2b
from math import cos, pi, sin

from .groups import GROUPS
from .state import Attribute, World
from .templates import TEMPLATES
from .values import Value, ValueType

PERSON = "ada"
# It is evening: most of what is counted by itself has been.
_SO_FAR = 0.9
# By it, the last days are good ones.
_LUCK = 126
_GROWING = {"steps", "steps_distance"}
# A Wednesday in autumn is what today is like.
_TODAY = dt.date(2026, 11, 18)

_TEMPLATES = {
    "googlefit": "steps steps_distance",
    "oura": "sleep sleep_start sleep_end heartrate_resting",
    "withings": "weight",
    "exist": "mood mood_note stress_level coffees pages_read",
    "trakt": "tv_min",
}
# How often a day has the tag: on workdays, and at weekends.
_TAGS = {
    "Family dinner": (0.15, 0.6),
    "Friends": (0.15, 0.5),
    "Gym": (0.35, 0.25),
    "Reading": (0.5, 0.6),
    "Working from home": (0.5, 0.0),
}
_TODAYS_TAGS = {"Gym", "Reading", "Working from home"}
_GOALS = {
    "steps_goal": ("Steps goal", "activity", ValueType.INTEGER, 8000),
    "sleep_goal": ("Time asleep goal", "sleep", ValueType.PERIOD, 450),
}
_NOTES = (
    "Walked home along the river",
    "Slept well, and it showed all day",
    "Long call with Zoe about the trip",
    "Soup, blanket, book",
    "Busy, but everything got done",
)


def populate_pictures(world: World, zone: str, days: int) -> None:
    """Add the person, whose clock is that of the zone, with so many days."""
    user = world.add_user(PERSON, zone)
    user.services = (*_TEMPLATES, "builtin")
    for service, names in _TEMPLATES.items():
        for name in names.split():
            made = Attribute.of(TEMPLATES[name])
            made.service, made.manual = service, service == "exist"
            user.attributes[name] = made
    for name, (label, group, value_type, _) in _GOALS.items():
        user.attributes[name] = Attribute(
            name, label, GROUPS[group], value_type, 11, name, service="builtin"
        )
    for tag in _TAGS:
        world.add_attribute(
            PERSON, tag, "custom", ValueType.BOOLEAN, service="exist", manual=True
        )
    today = world.today(PERSON)
    for back in range(days):
        day = today - dt.timedelta(days=back)
        for name, value in _PicturedDay(back, days).values():
            user.attributes[name].values[day] = value


class _PicturedDay:
    """One day, so many days ago."""

    def __init__(self, back: int, days: int) -> None:
        self._back = back
        self._date = _TODAY - dt.timedelta(days=back)
        self._weekend = self._date.weekday() >= 5
        # From 0 on the first day to 1 today.
        self._lived = 1 - back / days
        self._summer = (1 - cos((self._date.timetuple().tm_yday - 10) * pi / 182.5)) / 2

    def values(self) -> Iterator[tuple[str, Value]]:
        """Yield names and values; what was not tracked is left out."""
        values = self._measured() | self._entered()
        for name, value in values.items():
            if not self._back and name in _GROWING and isinstance(value, (int, float)):
                value = type(value)(round(value * _SO_FAR, 1))
            yield name, value
        for name, (_, _, _, goal) in _GOALS.items():
            yield name, goal

    def _measured(self) -> dict[str, Value]:
        steps = round(
            6000
            + 1300 * self._lived
            + 1500 * self._summer
            + 900 * self._wave(80)
            + self._chance("steps", 3600)
        )
        asleep = round(
            438
            + 22 * self._wave(170)
            + 30 * self._weekend
            + self._chance("sleep", 55)
            - 20 * self._summer
        )
        bedtime = round(
            655 + 14 * self._wave(240) + 40 * self._weekend + self._chance("bed", 40)
        )
        values: dict[str, Value] = {
            "steps": steps,
            "steps_distance": round(steps * 0.00074, 1),
            "sleep": asleep,
            "sleep_start": bedtime,
            "sleep_end": (bedtime + asleep + 24 - 720) % 1440,
            "heartrate_resting": round(
                58 - 3 * self._lived + 2 * self._wave(150) + self._chance("heart", 3)
            ),
        }
        if not self._back or self._often("scales", 0.6):
            values["weight"] = round(
                73.5
                - 3.4 * self._lived
                + 0.9 * self._wave(330)
                + self._chance("scales", 0.5),
                1,
            )
        return values

    def _entered(self) -> dict[str, Value]:
        good = 0.9 * self._wave(45) + 0.4 * self._weekend
        values: dict[str, Value] = {
            "mood": self._scale(6.2 + good + self._chance("mood", 2)),
            "stress_level": self._scale(
                4.2 - good - self._weekend + self._chance("stress", 2)
            ),
            "coffees": max(0, round(2.1 + self._chance("coffees", 1.8))),
        }
        if self._back < 2 or self._often("note", 0.7):
            values["mood_note"] = _NOTES[self._back % len(_NOTES)]
        if self._often("pages", 0.6):
            values["pages_read"] = round(24 + self._chance("pages", 18))
        if self._back:
            values["tv_min"] = max(0, round(70 + self._chance("tv", 60)))
        for tag, shares in _TAGS.items():
            used = self._often(tag, shares[self._weekend])
            if not self._back:
                used = tag in _TODAYS_TAGS
            values[tag.lower().replace(" ", "_")] = int(used)
        return values

    def _wave(self, days: int) -> float:
        """Return where a slow change is, between -1 and 1; none is quite regular."""
        at = self._back * 2 * pi / days
        return 0.6 * sin(at + days) + 0.4 * sin(at * 0.37 + 2 * days)

    def _often(self, key: str, share: float) -> bool:
        return self._noise(f"{key}?") < share

    def _chance(self, key: str, most: float) -> float:
        """Return what luck adds or takes; seldom nearly the most."""
        return (self._noise(key) + self._noise(f"{key}'") - 1) * most

    def _noise(self, key: str) -> float:
        digest = blake2b(f"{_LUCK} {self._back} {key}".encode(), digest_size=6).digest()
        return int.from_bytes(digest) / 2**48

    @staticmethod
    def _scale(value: float) -> int:
        return max(1, min(9, round(value)))
