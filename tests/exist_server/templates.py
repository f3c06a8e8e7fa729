"""The 86 attribute templates of section 11.

Labels and priorities without a source there are ours. Seven have low priority.
"""

from dataclasses import dataclass

from .groups import GROUPS, Group
from .values import ValueType

LOW_PRIORITY = 10


@dataclass(frozen=True, slots=True)
class Template:
    """Exist's definition of an official attribute."""

    name: str
    label: str
    group: Group | None
    priority: int
    value_type: ValueType

    def json(self) -> dict[str, object]:
        """Return the object as it is on the wire."""
        return {
            "name": self.name,
            "label": self.label,
            "group": self.group and self.group.json(),
            "priority": self.priority,
            "value_type": self.value_type,
            "value_type_description": self.value_type.description,
        }


_ROWS = {
    "activity": (
        ("steps", "Steps", 1, 0),
        ("steps_active_min", "Active minutes", 2, 3),
        ("steps_elevation", "Elevation", 3, 1),
        ("floors", "Floors", 3, 0),
        ("steps_distance", "Distance", 2, 1),
        ("stand_hours", "Stand hours", 4, 0),
        ("cycle_min", "Time cycling", 5, 3),
        ("cycle_distance", "Cycling distance", 6, 1),
        ("active_energy", "Active energy burned", 4, 1),
    ),
    "workouts": (
        ("workouts", "Workouts", 1, 0),
        ("workouts_min", "Workout time", 2, 3),
        ("workouts_distance", "Workout distance", 3, 1),
    ),
    "productivity": (
        ("productive_min", "Productive time", 1, 3),
        ("neutral_min", "Neutral time", 2, 3),
        ("distracting_min", "Distracting time", 3, 3),
        ("commits", "Commits", 4, 0),
        ("tasks_completed", "Tasks completed", 4, 0),
        ("words_written", "Words written", 5, 0),
        ("emails_sent", "Emails sent", 6, 0),
        ("emails_received", "Emails received", 7, 0),
        ("pomodoros_min", "Time in pomodoros", 5, 3),
        ("keystrokes", "Keystrokes", 8, 0),
    ),
    "food": (
        ("coffees", "Coffees", 2, 0),
        ("alcoholic_drinks", "Alcoholic drinks", 3, 0),
        ("energy", "Energy in", 1, 1),
        ("water", "Water", 2, 0),
        ("carbohydrates", "Carbohydrates", 4, 1),
        ("fat", "Fat", 4, 1),
        ("fibre", "Fibre", 5, 1),
        ("protein", "Protein", 4, 1),
        ("sugar", "Sugar", 5, 1),
        ("sodium", "Sodium", 6, 1),
        ("cholesterol", "Cholesterol", 6, 1),
        ("caffeine", "Caffeine", 7, 1),
    ),
    "finance": (("money_spent", "Money spent", 1, 1),),
    "mood": (
        ("mood", "Mood", 1, 8),
        ("mood_note", "Mood note", 2, 2),
        ("energy_level", "Energy level", 3, 8),
        ("stress_level", "Stress level", 4, 8),
    ),
    "sleep": (
        ("sleep", "Time asleep", 1, 3),
        ("time_in_bed", "Time in bed", 2, 3),
        ("sleep_light", "Light sleep", 5, 3),
        ("sleep_deep", "Deep sleep", 5, 3),
        ("sleep_rem", "REM sleep", 5, 3),
        ("sleep_start", "Bedtime", 3, 6),
        ("sleep_end", "Wake time", 4, 4),
        ("sleep_awakenings", "Awakenings", 6, 0),
    ),
    "events": (
        ("events", "Events", 1, 0),
        ("events_duration", "Time in events", 2, 3),
    ),
    "health": (
        ("weight", "Weight", 1, 1),
        ("body_fat", "Body fat", 2, 5),
        ("lean_mass", "Lean mass", 3, 1),
        ("heartrate", "Heart rate", 4, 0),
        ("heartrate_max", "Highest heart rate", 5, 0),
        ("heartrate_variability", "Heart rate variability", 5, 0),
        ("heartrate_resting", "Resting heart rate", 4, 0),
        ("meditation_min", "Time meditating", 6, 3),
        ("menstrual_flow", "Menstrual flow", 7, 0),
        ("sexual_activity", "Sexual activity", 8, 0),
    ),
    "location": (
        ("checkins", "Check-ins", 10, 0),
        ("location", "Location", 1, 2),
    ),
    "media": (
        ("tracks", "Tracks played", 1, 0),
        ("articles_read", "Articles read", 2, 0),
        ("pages_read", "Pages read", 2, 0),
        ("mobile_screen_min", "Mobile screen time", 3, 3),
        ("gaming_min", "Time gaming", 4, 3),
        ("tv_min", "Watching TV", 4, 3),
        ("movies_min", "Watching movies", 5, 3),
    ),
    "social": (
        ("facebook_posts", "Facebook posts", 10, 0),
        ("facebook_comments", "Facebook comments", 10, 0),
        ("facebook_reactions", "Facebook reactions", 2, 0),
        ("mastodon_posts", "Mastodon posts", 3, 0),
        ("mastodon_replies", "Mastodon replies", 4, 0),
        ("mastodon_boosts", "Mastodon boosts", 5, 0),
        ("mastodon_favourites", "Mastodon favourites", 6, 0),
    ),
    # No scope is named after this group, so these have none.
    "twitter": (
        ("tweets", "Tweets", 11, 0),
        ("twitter_mentions", "Twitter mentions", 11, 0),
        ("twitter_username", "Twitter user name", 12, 2),
    ),
    "weather": (
        ("weather_temp_max", "Max temp", 1, 1),
        ("weather_temp_min", "Min temp", 2, 1),
        ("weather_precipitation", "Precipitation", 3, 1),
        ("weather_cloud_cover", "Cloud cover", 4, 5),
        ("weather_wind_speed", "Wind speed", 5, 1),
        ("weather_summary", "Weather summary", 6, 2),
        ("weather_icon", "Weather icon", 10, 2),
        ("day_length", "Day length", 7, 3),
    ),
}

TEMPLATES = {
    name: Template(name, label, GROUPS.get(group), priority, ValueType(value_type))
    for group, rows in _ROWS.items()
    for name, label, priority, value_type in rows
}
