"""The people the server starts with: ada, bo and cleo, who has just signed up."""

from dataclasses import dataclass
import datetime as dt

from .groups import GROUPS
from .person import history
from .state import Attribute, User, World
from .templates import TEMPLATES
from .values import ValueType

HISTORY_DAYS = 400


@dataclass(frozen=True, slots=True)
class _Custom:
    """An attribute of a person's own."""

    label: str
    group: str
    value_type: ValueType
    service: str | None = "exist"
    manual: bool = True


_ADA_TEMPLATES: dict[str | None, str] = {
    "googlefit": "steps steps_active_min steps_distance floors active_energy"
    " cycle_min cycle_distance",
    "oura": "sleep time_in_bed sleep_light sleep_deep sleep_rem sleep_start sleep_end"
    " sleep_awakenings heartrate_resting heartrate_variability",
    "withings": "weight body_fat lean_mass heartrate",
    "rescuetime": "productive_min neutral_min distracting_min",
    "todoist": "tasks_completed",
    "github": "commits",
    "exist": "mood mood_note energy_level stress_level coffees alcoholic_drinks water"
    " meditation_min pages_read location",
    "weather": "weather_temp_max weather_temp_min weather_precipitation"
    " weather_cloud_cover weather_wind_speed weather_summary weather_icon day_length",
    "strava": "workouts workouts_min workouts_distance",
    "lastfm": "tracks",
    "trakt": "tv_min movies_min",
    "mastodon": "mastodon_posts mastodon_favourites",
    "google_calendar": "events events_duration",
    None: "facebook_reactions gaming_min keystrokes",
}
_ADA_CUSTOMS = (
    _Custom("☕ Filterkaffee", "food", ValueType.INTEGER),
    _Custom("Tageslicht draußen", "health", ValueType.PERIOD),
    _Custom("読書", "media", ValueType.PERIOD),
    _Custom("Licht aus", "sleep", ValueType.TIME_FROM_MIDNIGHT),
    _Custom("Akku übrig 🔋", "health", ValueType.PERCENTAGE),
    _Custom("Schönster Moment ✨", "mood", ValueType.STRING),
    _Custom("Vögel im Garten 🐦", "events", ValueType.INTEGER),
    _Custom("Kopfschmerz", "symptoms", ValueType.SCALE),
    _Custom("Vitamin D", "medication", ValueType.BOOLEAN),
    _Custom("Stromkosten", "finance", ValueType.FLOAT),
    _Custom("Old diary", "media", ValueType.STRING, None),
    _Custom("Gym", "custom", ValueType.BOOLEAN),
    _Custom("Homeoffice", "custom", ValueType.BOOLEAN),
    _Custom("Müde 😴", "custom", ValueType.BOOLEAN),
    _Custom("Family dinner", "custom", ValueType.BOOLEAN),
    _Custom("Spätschicht", "custom", ValueType.BOOLEAN),
    _Custom("🏊", "custom", ValueType.BOOLEAN),
    _Custom("Fasching", "custom", ValueType.BOOLEAN, None),
)
_BO_TEMPLATES: dict[str | None, str] = {
    "fitbit": "steps steps_distance floors active_energy sleep time_in_bed sleep_start"
    " sleep_end heartrate_resting",
    "withings": "weight body_fat",
    "exist": "mood mood_note coffees water",
    "weather": "weather_temp_max weather_temp_min weather_precipitation"
    " weather_wind_speed weather_summary",
}
_BO_CUSTOMS = (_Custom("Gym", "custom", ValueType.BOOLEAN),)
_GOALS = (
    ("steps_goal", "Steps goal", "activity", ValueType.INTEGER),
    ("sleep_goal", "Time asleep goal", "sleep", ValueType.PERIOD),
    (
        "productive_min_goal",
        "Productive time goal",
        "productivity",
        ValueType.PERIOD,
    ),
)


def populate(
    world: World, days: int = HISTORY_DAYS, lived_until: dt.date | None = None
) -> None:
    """Add the seeded people with values up to their today."""
    ada = world.add_user("ada", "Europe/Vienna")
    ada.services = tuple(world.services[name].name for name in _ADA_SERVICES)
    _fill_in(world, ada, _ADA_TEMPLATES, _ADA_CUSTOMS, days, lived_until)
    bo = world.add_user("bo", "Pacific/Auckland")
    bo.imperial = True
    bo.services = ("exist", "builtin", "fitbit", "withings", "weather")
    _fill_in(world, bo, _BO_TEMPLATES, _BO_CUSTOMS, days, lived_until)
    cleo = world.add_user("cleo", "America/St_Johns")
    cleo.trial = True
    cleo.services = ("exist", "weather")


_ADA_SERVICES = (
    *(name for name in _ADA_TEMPLATES if name is not None),
    "builtin",
)


def _fill_in(
    world: World,
    user: User,
    templates: dict[str | None, str],
    customs: tuple[_Custom, ...],
    days: int,
    lived_until: dt.date | None,
) -> None:
    found = user.attributes
    for service, names in templates.items():
        for name in names.split():
            found[name] = Attribute.of(TEMPLATES[name])
            found[name].service = service
            found[name].manual = service == "exist" and name != "location"
    for name, label, group, value_type in _GOALS:
        # Goals have a template, though not one that is listed.
        found[name] = Attribute(
            name, label, GROUPS[group], value_type, 11, name, service="builtin"
        )
    for each in customs:
        world.add_attribute(
            user.username,
            each.label,
            each.group,
            each.value_type,
            service=each.service,
            manual=each.manual,
        )
    today = world.today(user.username)
    lived = history(user.username, today, days, lived_until)
    for name, attribute in found.items():
        attribute.values = dict(lived.get(name, {}))
