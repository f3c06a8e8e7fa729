"""The rival services people connect to Exist."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A client that writes, and the templates it says it can fill."""

    name: str
    label: str
    fills: frozenset[str] = frozenset()

    def json(self) -> dict[str, object]:
        """Return the object as it is on the wire."""
        return {"name": self.name, "label": self.label}


_STEPS = "steps steps_active_min steps_distance floors active_energy"
_NIGHT = "sleep time_in_bed sleep_light sleep_deep sleep_rem sleep_start sleep_end"
_BODY = "weight body_fat lean_mass heartrate"

_FILLS = {
    ("exist", "Exist"): "mood mood_note energy_level stress_level coffees"
    " alcoholic_drinks water meditation_min pages_read location",
    ("builtin", "Built-ins"): "",
    ("googlefit", "Google Fit"): f"{_STEPS} cycle_min cycle_distance weight heartrate",
    ("fitbit", "Fitbit"): f"{_STEPS} {_NIGHT} {_BODY} heartrate_resting",
    ("oura", "Oura"): f"{_STEPS} {_NIGHT} sleep_awakenings heartrate_resting"
    " heartrate_variability",
    ("withings", "Withings"): f"{_STEPS} {_NIGHT} {_BODY}",
    ("rescuetime", "RescueTime"): "productive_min neutral_min distracting_min",
    ("strava", "Strava"): "workouts workouts_min workouts_distance cycle_min"
    " cycle_distance",
    ("todoist", "Todoist"): "tasks_completed",
    ("github", "GitHub"): "commits",
    ("google_calendar", "Google Calendar"): "events events_duration",
    ("lastfm", "Last.fm"): "tracks",
    ("trakt", "Trakt"): "tv_min movies_min",
    ("mastodon", "Mastodon"): "mastodon_posts mastodon_replies mastodon_boosts"
    " mastodon_favourites",
    ("weather", "Weather"): "weather_temp_max weather_temp_min weather_precipitation"
    " weather_cloud_cover weather_wind_speed weather_summary weather_icon day_length",
}

SERVICES = tuple(
    Service(name, label, frozenset(fills.split()))
    for (name, label), fills in _FILLS.items()
)
