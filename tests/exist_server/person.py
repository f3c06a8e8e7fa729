"""A plausible life: what the days of a seeded person look like.

Everything follows from the name of the person and the date, so that a day has the
same values whenever the server starts, and the values of a day fit together.
"""

from collections.abc import Iterator
import datetime as dt
from functools import lru_cache
from hashlib import blake2b
from math import cos, pi

from .values import NOTE_LENGTH, Value

type DayValues = dict[str, Value]

MORNING = frozenset(
    {
        "sleep",
        "time_in_bed",
        "sleep_light",
        "sleep_deep",
        "sleep_rem",
        "sleep_start",
        "sleep_end",
        "sleep_awakenings",
        "heartrate",
        "heartrate_resting",
        "heartrate_variability",
        "weight",
        "body_fat",
        "lean_mass",
        "weather_temp_max",
        "weather_temp_min",
        "weather_precipitation",
        "weather_cloud_cover",
        "weather_wind_speed",
        "weather_summary",
        "weather_icon",
        "day_length",
        "steps_goal",
        "sleep_goal",
        "productive_min_goal",
        "location",
        "licht_aus",
        "vitamin_d",
    }
)
GROWING = frozenset(
    {
        "steps",
        "steps_active_min",
        "steps_distance",
        "floors",
        "active_energy",
        "productive_min",
        "neutral_min",
        "distracting_min",
        "tasks_completed",
        "commits",
        "coffees",
        "water",
        "tracks",
        "events",
        "events_duration",
        "filterkaffee",
        "tageslicht_draußen",
    }
)
SO_FAR = 0.4

_SENTENCES = (
    "Slept with the window open and woke before the alarm. ",
    "Im Café am Yppenplatz gesessen und zwei Kapitel gelesen. ",
    "The tram was late, so I walked along the canal instead. ",
    "Long call with Zoë about the trip to Kraków, tickets are booked! 🎉 ",
    "Cooked far too much soup; tomorrow's lunch is sorted.\n",
)
_WEATHER = (
    ("Clear all day", "clear-day"),
    ("Partly cloudy", "partly-cloudy-day"),
    ("Overcast with light wind", "cloudy"),
    ("Rain on and off, umbrella weather", "rain"),
)


def note_of_full_length() -> str:
    """Return a mood note that has as many characters as are allowed."""
    text = "".join(_SENTENCES) * 5
    return text[: NOTE_LENGTH - 1] + "."


@lru_cache(maxsize=16)
def history(
    person: str, today: dt.date, days: int, lived_until: dt.date | None = None
) -> dict[str, dict[dt.date, Value]]:
    """Return name to day to value, up to and including a morning of today.

    With `lived_until`, today's values are those of that date, whatever today is.
    """
    later = (lived_until or today) - today
    found: dict[str, dict[dt.date, Value]] = {}
    for back in range(days):
        day = today - dt.timedelta(days=back)
        values = dict(_lived(person, day + later))
        if back == 0:
            values = dict(_so_far(values))
        elif back == 1:
            values["mood_note"] = note_of_full_length()
        for name, value in values.items():
            found.setdefault(name, {})[day] = value
    return found


# Wherever a test moves its time, the same days have been lived.
@lru_cache(maxsize=4096)
def _lived(person: str, date: dt.date) -> DayValues:
    return _Day(person, date).values()


def _so_far(values: DayValues) -> Iterator[tuple[str, Value]]:
    for name, value in values.items():
        if name in MORNING:
            yield name, value
        elif name in GROWING and isinstance(value, int):
            yield name, int(value * SO_FAR)
        elif name in GROWING and isinstance(value, float):
            yield name, round(value * SO_FAR, 2)


class _Day:
    """One day of one person."""

    def __init__(self, person: str, date: dt.date) -> None:
        self._seed = f"{person} {date.toordinal()} "
        self._date = date
        self._weekend = date.weekday() >= 5
        # 0 in the middle of winter, 1 in the middle of summer.
        self._summer = (1 - cos((date.timetuple().tm_yday - 10) * 2 * pi / 365)) / 2

    def values(self) -> DayValues:
        """Return the values of the day; what was not tracked is left out."""
        night = self._night()
        rested = max(0.0, min(1.0, (int(str(night["sleep"])) - 300) / 240))
        moving = self._moving()
        return {
            **night,
            **moving,
            **self._sky(),
            **self._work(),
            **self._feelings(rested),
            **self._body(rested),
            **self._table(),
            **self._leisure(),
            **self._own(),
            **self._tags(rested),
        }

    def _noise(self, key: str) -> float:
        digest = blake2b(f"{self._seed}{key}".encode(), digest_size=6).digest()
        return int.from_bytes(digest) / 2**48

    def _between(self, key: str, low: float, high: float) -> float:
        middling = (self._noise(key) + self._noise(key + "'")) / 2
        return low + (high - low) * middling

    def _whole(self, key: str, low: float, high: float) -> int:
        return round(self._between(key, low, high))

    def _often(self, key: str, share: float) -> bool:
        return self._noise(key + "?") < share

    def _night(self) -> DayValues:
        late = 60 if self._weekend else 0
        start = self._whole("sleep_start", 590, 760) + late
        asleep = self._whole("sleep", 340, 520) + late // 2
        awake = self._whole("awake", 10, 50)
        deep = round(asleep * self._between("deep", 0.12, 0.24))
        rem = round(asleep * self._between("rem", 0.15, 0.27))
        return {
            "sleep": asleep,
            "time_in_bed": asleep + awake,
            "sleep_deep": deep,
            "sleep_rem": rem,
            "sleep_light": asleep - deep - rem,
            "sleep_start": start,
            "sleep_end": (start + asleep + awake - 720) % 1440,
            "sleep_awakenings": self._whole("awakenings", 0, 6),
            "sleep_goal": 450,
            "licht_aus": (start + 705) % 1440,
        }

    def _moving(self) -> DayValues:
        steps = self._whole("steps", 2500, 14500) + (1500 if self._weekend else 0)
        kilometres = round(steps * 0.00074, 2)
        values: DayValues = {
            "steps": steps,
            "steps_goal": 9000,
            "steps_distance": kilometres,
            "steps_active_min": steps // 130,
            "floors": self._whole("floors", 0, 22),
            "active_energy": round(steps * 0.16 + 320, 1),
        }
        if self._often("cycle", 0.25 + 0.35 * self._summer):
            minutes = self._whole("cycle", 12, 70)
            values |= {"cycle_min": minutes, "cycle_distance": round(minutes * 0.27, 2)}
        if self._often("workout", 0.35):
            minutes = self._whole("workout", 25, 80)
            values |= {
                "workouts": 1,
                "workouts_min": minutes,
                "workouts_distance": round(minutes * 0.15, 2),
            }
        return values

    def _sky(self) -> DayValues:
        warmest = round(self._between("warm", -4, 10) + 23 * self._summer, 1)
        clouds = round(self._noise("clouds"), 2)
        wet = round(self._between("wet", 0, 0.12), 3) if clouds > 0.75 else 0
        summary, icon = _WEATHER[3 if wet else int(clouds * 3)]
        return {
            "weather_temp_max": warmest,
            "weather_temp_min": round(warmest - self._between("cool", 4, 13), 1),
            "weather_precipitation": wet,
            "weather_cloud_cover": clouds,
            "weather_wind_speed": round(self._between("wind", 2, 38), 1),
            "weather_summary": summary,
            "weather_icon": icon,
            "day_length": round(502 + 460 * self._summer),
        }

    def _work(self) -> DayValues:
        busy = 0.2 if self._weekend else 1.0
        values: DayValues = {
            "productive_min": round(self._between("productive", 200, 430) * busy),
            "productive_min_goal": 300,
            "neutral_min": round(self._between("neutral", 30, 120) * busy),
            "distracting_min": self._whole("distracting", 15, 150),
            "tasks_completed": round(self._between("tasks", 1, 14) * busy),
            "keystrokes": round(self._between("keys", 4000, 22000) * busy),
        }
        if self._often("commits", 0.8 * busy):
            values["commits"] = self._whole("commits", 1, 12)
        if self._often("events", 0.9 * busy):
            events = self._whole("events", 1, 6)
            values |= {"events": events, "events_duration": events * 35}
        return values

    def _feelings(self, rested: float) -> DayValues:
        if self._often("forgotten", 0.06):
            return {}
        values: DayValues = {
            "mood": max(1, min(9, round(4 + 3 * rested + self._between("m", -2, 2)))),
            "energy_level": max(
                1, min(9, round(3 + 4 * rested + self._between("e", -2, 2)))
            ),
            "stress_level": max(
                1, min(9, round(6 - 3 * rested + self._between("s", -2, 2)))
            ),
        }
        if self._often("note", 0.6):
            values["mood_note"] = _SENTENCES[int(self._noise("note") * 5)].strip()
        if self._often("head", 0.2):
            values["kopfschmerz"] = self._whole("head", 1, 6)
        return values

    def _body(self, rested: float) -> DayValues:
        drift = self._date.toordinal() % 365 / 365
        weight = round(66.5 + cos(drift * 2 * pi) + self._between("kg", -0.5, 0.5), 1)
        fat = round(self._between("fat", 0.232, 0.251), 3)
        values: DayValues = {
            "heartrate": self._whole("heart", 66, 82),
            "heartrate_resting": round(60 - 6 * rested + self._between("rest", -2, 2)),
            "heartrate_variability": round(
                38 + 25 * rested + self._between("hrv", -6, 6)
            ),
        }
        if self._often("scales", 0.45):
            values |= {
                "weight": weight,
                "body_fat": fat,
                "lean_mass": round(weight * (1 - fat), 1),
            }
        if self._often("meditation", 0.3):
            values["meditation_min"] = self._whole("meditation", 5, 25)
        return values

    def _table(self) -> DayValues:
        coffees = self._whole("coffees", 0, 5)
        values: DayValues = {
            "coffees": coffees,
            "filterkaffee": coffees // 2,
            "alcoholic_drinks": self._whole("drinks", 0, 4) if self._weekend else 0,
            "water": self._whole("water", 3, 11) * 250,
        }
        if self._often("power", 0.97):
            values["stromkosten"] = round(self._between("power", 0.9, 3.4), 2)
        return values

    def _leisure(self) -> DayValues:
        values: DayValues = {
            "tracks": self._whole("tracks", 0, 60),
            "location": "48.2082,16.3738",
        }
        spare = {
            "tv_min": (0.5, 20, 150),
            "movies_min": (0.15, 85, 140),
            "pages_read": (0.6, 5, 70),
            "gaming_min": (0.3, 15, 160),
            "mastodon_posts": (0.4, 1, 5),
            "mastodon_favourites": (0.5, 1, 20),
            "facebook_reactions": (0.4, 1, 15),
        }
        for name, (share, low, high) in spare.items():
            if self._often(name, share):
                values[name] = self._whole(name, low, high)
        return values

    def _own(self) -> DayValues:
        values: DayValues = {
            "tageslicht_draußen": self._whole("light", 15, 90)
            + round(80 * self._summer),
            "akku_übrig": round(self._between("akku", 0.05, 0.6), 2),
        }
        if self._often("kanji", 0.55):
            values["読書"] = self._whole("kanji", 10, 60)
        if self._often("birds", 0.4):
            values["vögel_im_garten"] = self._whole("birds", 1, 14)
        if self._often("moment", 0.5):
            moments = (
                "Sonne auf dem Balkon ☀️",
                "Ein Brief von Łukasz",
                "Nichts, schön",
            )
            values["schönster_moment"] = moments[int(self._noise("moment") * 3)]
        values["vitamin_d"] = int(self._often("vitamin", 0.8))
        if self._often("diary", 0.3):
            values["old_diary"] = "Kept elsewhere now"
        return values

    def _tags(self, rested: float) -> DayValues:
        shares = {
            "gym": 0.3,
            "homeoffice": 0.0 if self._weekend else 0.5,
            "müde": 0.8 - 0.7 * rested,
            "family_dinner": 0.5 if self._weekend else 0.1,
            "spätschicht": 0.05,
            "attribute": 0.12,
            "fasching": 0.02,
        }
        # A day without a tag has either no row or a zero.
        return {
            tag: int(used)
            for tag, share in shares.items()
            if (used := self._often(tag, share)) or self._often(tag + " row", 0.5)
        }
