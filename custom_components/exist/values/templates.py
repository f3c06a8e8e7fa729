"""One row for each template: what it means in Home Assistant, and who asks for it.

Source: reference page object_types; the units are Exist's own, metric but one.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    UnitOfEnergy,
    UnitOfLength,
    UnitOfMass,
    UnitOfSpeed,
    UnitOfTemperature,
    UnitOfTime,
    UnitOfVolume,
    UnitOfVolumetricFlux,
)

from ..api import InvalidValueError, ValueType
from .kinds import (
    CLOCK,
    COUNT,
    DECIMAL,
    KINDS,
    MINUTES,
    NIGHT_CLOCK,
    SCALE,
    SHARE,
    TEXT,
    AttributeDescription,
    Kind,
    Policy,
)

__all__ = [
    "DESCRIPTIONS",
    "AttributeDescription",
    "Policy",
    "describe",
    "may_be_negative",
    "parse_value",
]

_LATEST = Policy.LATEST

# Nobody sleeps for no time at all: it is what a watch shows before it knows.
_SLEEP_MINUTES = replace(MINUTES, policy=_LATEST, above=0)
_DISTANCE = replace(
    DECIMAL,
    unit=UnitOfLength.KILOMETERS,
    device_class=SensorDeviceClass.DISTANCE,
    precision=2,
)
_ENERGY = replace(
    DECIMAL,
    unit=UnitOfEnergy.KILO_JOULE,
    device_class=SensorDeviceClass.ENERGY,
    precision=0,
)
_GRAMS = replace(DECIMAL, unit=UnitOfMass.GRAMS, precision=1)
_MILLIGRAMS = replace(_GRAMS, unit=UnitOfMass.MILLIGRAMS, precision=0)
_WEIGHT = replace(
    DECIMAL,
    above=0,
    policy=_LATEST,
    unit=UnitOfMass.KILOGRAMS,
    device_class=SensorDeviceClass.WEIGHT,
    precision=1,
)
_BEATS = replace(COUNT, policy=_LATEST, unit="bpm", above=0)
_TEMPERATURE = replace(
    DECIMAL,
    policy=_LATEST,
    unit=UnitOfTemperature.CELSIUS,
    device_class=SensorDeviceClass.TEMPERATURE,
    precision=1,
)

DESCRIPTIONS: Final[Mapping[str, AttributeDescription]] = {
    name: replace(description, icon_key=name, named_unit=description is COUNT)
    for name, description in {
        "steps": COUNT,
        "steps_active_min": MINUTES,
        "steps_elevation": _DISTANCE,
        "floors": COUNT,
        "steps_distance": _DISTANCE,
        "stand_hours": COUNT,
        "cycle_min": MINUTES,
        "cycle_distance": _DISTANCE,
        "active_energy": _ENERGY,
        "workouts": COUNT,
        "workouts_min": MINUTES,
        "workouts_distance": _DISTANCE,
        "productive_min": MINUTES,
        "neutral_min": MINUTES,
        "distracting_min": MINUTES,
        "commits": COUNT,
        "tasks_completed": COUNT,
        "words_written": COUNT,
        "emails_sent": COUNT,
        "emails_received": COUNT,
        "pomodoros_min": MINUTES,
        "keystrokes": COUNT,
        "coffees": COUNT,
        "alcoholic_drinks": COUNT,
        "energy": _ENERGY,
        "water": replace(
            COUNT,
            unit=UnitOfVolume.MILLILITERS,
            device_class=SensorDeviceClass.VOLUME,
        ),
        "carbohydrates": _GRAMS,
        "fat": _GRAMS,
        "fibre": _GRAMS,
        "protein": _GRAMS,
        "sugar": _GRAMS,
        "sodium": _MILLIGRAMS,
        "cholesterol": _MILLIGRAMS,
        "caffeine": _MILLIGRAMS,
        "money_spent": replace(DECIMAL, precision=2),
        "mood": SCALE,
        "mood_note": replace(TEXT, longest=1000),
        "energy_level": SCALE,
        "stress_level": SCALE,
        "sleep": _SLEEP_MINUTES,
        "time_in_bed": _SLEEP_MINUTES,
        "sleep_light": _SLEEP_MINUTES,
        "sleep_deep": _SLEEP_MINUTES,
        "sleep_rem": _SLEEP_MINUTES,
        "sleep_start": NIGHT_CLOCK,
        "sleep_end": CLOCK,
        "sleep_awakenings": replace(COUNT, policy=_LATEST),
        "events": COUNT,
        "events_duration": MINUTES,
        "weight": _WEIGHT,
        "body_fat": replace(SHARE, above=0),
        "lean_mass": _WEIGHT,
        "heartrate": _BEATS,
        "heartrate_max": _BEATS,
        "heartrate_variability": replace(_BEATS, unit=UnitOfTime.MILLISECONDS),
        "heartrate_resting": _BEATS,
        "meditation_min": MINUTES,
        "menstrual_flow": replace(COUNT, policy=_LATEST),
        "sexual_activity": COUNT,
        "checkins": COUNT,
        "location": replace(TEXT, enabled=False),
        "tracks": COUNT,
        "articles_read": COUNT,
        "pages_read": COUNT,
        "mobile_screen_min": MINUTES,
        "gaming_min": MINUTES,
        "tv_min": MINUTES,
        "movies_min": MINUTES,
        "facebook_posts": COUNT,
        "facebook_comments": COUNT,
        "facebook_reactions": COUNT,
        "mastodon_posts": COUNT,
        "mastodon_replies": COUNT,
        "mastodon_boosts": COUNT,
        "mastodon_favourites": COUNT,
        "tweets": COUNT,
        "twitter_mentions": COUNT,
        "twitter_username": replace(TEXT, enabled=False),
        "weather_temp_max": replace(_TEMPERATURE, negative=True),
        "weather_temp_min": replace(_TEMPERATURE, negative=True),
        # The one unit on the wire that is not metric.
        "weather_precipitation": replace(
            DECIMAL,
            policy=_LATEST,
            unit=UnitOfVolumetricFlux.INCHES_PER_HOUR,
            device_class=SensorDeviceClass.PRECIPITATION_INTENSITY,
            precision=2,
        ),
        "weather_cloud_cover": replace(SHARE, precision=0),
        "weather_wind_speed": replace(
            DECIMAL,
            policy=_LATEST,
            unit=UnitOfSpeed.KILOMETERS_PER_HOUR,
            device_class=SensorDeviceClass.WIND_SPEED,
            precision=1,
        ),
        "weather_summary": TEXT,
        "weather_icon": TEXT,
        "day_length": replace(MINUTES, policy=_LATEST),
    }.items()
}


def describe(template: str | None, value_type: ValueType) -> AttributeDescription:
    """Return the template's row where the value type is as documented, else by type."""
    description = DESCRIPTIONS.get(template or "")
    if description is not None and description.value_type is value_type:
        return description
    return KINDS[value_type].default


def may_be_negative(template: str | None) -> bool:
    """Return whether an attribute of that template, or of none, may be below zero."""
    if template is None:
        return True
    description = DESCRIPTIONS.get(template)
    return description is not None and description.negative


def parse_value(value_type: ValueType, template: str | None, raw: Any) -> float | str:
    """Return the wire value of what a person wrote.

    A bare number for a time of day is minutes after midnight, since YAML makes
    that of 22:30. Raises InvalidValueError, whose code says what was expected.
    """
    if raw is None or raw == "":
        raise InvalidValueError("cannot_empty")
    kind = KINDS[value_type]
    value = kind.parse(raw)
    if template is not None:
        _check_template(kind, template, value)
    return kind.wire.write(value)


def _check_template(kind: Kind, template: str, value: float | str) -> None:
    if isinstance(value, str):
        description = DESCRIPTIONS.get(template)
        if description and description.longest and len(value) > description.longest:
            raise InvalidValueError("too_long")
        return
    if value < 0 and not may_be_negative(template):
        raise InvalidValueError("negative")
    if kind.most is not None and value > kind.most:
        raise InvalidValueError("longer_than_a_day")
