"""What each template means in Home Assistant: a table, no logic.

Source: reference page object_types; the units are Exist's own, metric but one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    PERCENTAGE,
    UnitOfEnergy,
    UnitOfLength,
    UnitOfMass,
    UnitOfSpeed,
    UnitOfTemperature,
    UnitOfTime,
    UnitOfVolume,
    UnitOfVolumetricFlux,
)

from ..api import ValueType


class Policy(StrEnum):
    """Which day a sensor shows."""

    TODAY = "today"
    LATEST = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeDescription:
    """How an attribute is shown; `unit` is the one that values arrive in.

    A reading that is not above `above` is none: nobody weighs nothing.
    """

    value_type: ValueType
    policy: Policy
    unit: str | None = None
    device_class: SensorDeviceClass | None = None
    precision: int | None = None
    enabled: bool = True
    icon_key: str = ""
    above: float | None = None


_TODAY = Policy.TODAY
_LATEST = Policy.LATEST
_Description = AttributeDescription

_COUNT = _Description(value_type=ValueType.INTEGER, policy=_TODAY, precision=0)
_MINUTES = _Description(
    value_type=ValueType.DURATION,
    policy=_TODAY,
    # Of hours the frontend (common/datetime/format_duration.ts) rounds, then floors.
    unit=UnitOfTime.MINUTES,
    device_class=SensorDeviceClass.DURATION,
    precision=0,
)
_SLEEP_MINUTES = replace(_MINUTES, policy=_LATEST)
_DISTANCE = _Description(
    value_type=ValueType.DECIMAL,
    policy=_TODAY,
    unit=UnitOfLength.KILOMETERS,
    device_class=SensorDeviceClass.DISTANCE,
    precision=2,
)
_ENERGY = _Description(
    value_type=ValueType.DECIMAL,
    policy=_TODAY,
    unit=UnitOfEnergy.KILO_JOULE,
    device_class=SensorDeviceClass.ENERGY,
    precision=0,
)
_GRAMS = _Description(
    value_type=ValueType.DECIMAL, policy=_TODAY, unit=UnitOfMass.GRAMS, precision=1
)
_MILLIGRAMS = replace(_GRAMS, unit=UnitOfMass.MILLIGRAMS, precision=0)
_WEIGHT = _Description(
    above=0,
    value_type=ValueType.DECIMAL,
    policy=_LATEST,
    unit=UnitOfMass.KILOGRAMS,
    device_class=SensorDeviceClass.WEIGHT,
    precision=1,
)
_SHARE = _Description(
    value_type=ValueType.PERCENTAGE, policy=_LATEST, unit=PERCENTAGE, precision=1
)
_BEATS = _Description(
    value_type=ValueType.INTEGER, policy=_LATEST, unit="bpm", precision=0, above=0
)
_SCALE = _Description(value_type=ValueType.SCALE, policy=_LATEST, precision=0, above=0)
_TEXT = _Description(value_type=ValueType.TEXT, policy=_LATEST)
_TEMPERATURE = _Description(
    value_type=ValueType.DECIMAL,
    policy=_LATEST,
    unit=UnitOfTemperature.CELSIUS,
    device_class=SensorDeviceClass.TEMPERATURE,
    precision=1,
)
_CLOCK = _Description(
    value_type=ValueType.TIME_OF_DAY,
    policy=_LATEST,
    device_class=SensorDeviceClass.TIMESTAMP,
)
_NIGHT_CLOCK = replace(_CLOCK, value_type=ValueType.TIME_FROM_MIDDAY)

DESCRIPTIONS: Final[Mapping[str, AttributeDescription]] = {
    name: replace(description, icon_key=name)
    for name, description in {
        "steps": _COUNT,
        "steps_active_min": _MINUTES,
        "steps_elevation": _DISTANCE,
        "floors": _COUNT,
        "steps_distance": _DISTANCE,
        "stand_hours": _COUNT,
        "cycle_min": _MINUTES,
        "cycle_distance": _DISTANCE,
        "active_energy": _ENERGY,
        "workouts": _COUNT,
        "workouts_min": _MINUTES,
        "workouts_distance": _DISTANCE,
        "productive_min": _MINUTES,
        "neutral_min": _MINUTES,
        "distracting_min": _MINUTES,
        "commits": _COUNT,
        "tasks_completed": _COUNT,
        "words_written": _COUNT,
        "emails_sent": _COUNT,
        "emails_received": _COUNT,
        "pomodoros_min": _MINUTES,
        "keystrokes": _COUNT,
        "coffees": _COUNT,
        "alcoholic_drinks": _COUNT,
        "energy": _ENERGY,
        "water": replace(
            _COUNT,
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
        "money_spent": _Description(
            value_type=ValueType.DECIMAL, policy=_TODAY, precision=2
        ),
        "mood": _SCALE,
        "mood_note": _TEXT,
        "energy_level": _SCALE,
        "stress_level": _SCALE,
        "sleep": _SLEEP_MINUTES,
        "time_in_bed": _SLEEP_MINUTES,
        "sleep_light": _SLEEP_MINUTES,
        "sleep_deep": _SLEEP_MINUTES,
        "sleep_rem": _SLEEP_MINUTES,
        "sleep_start": _NIGHT_CLOCK,
        "sleep_end": _CLOCK,
        "sleep_awakenings": replace(_COUNT, policy=_LATEST),
        "events": _COUNT,
        "events_duration": _MINUTES,
        "weight": _WEIGHT,
        "body_fat": replace(_SHARE, above=0),
        "lean_mass": _WEIGHT,
        "heartrate": _BEATS,
        "heartrate_max": _BEATS,
        "heartrate_variability": replace(_BEATS, unit=UnitOfTime.MILLISECONDS),
        "heartrate_resting": _BEATS,
        "meditation_min": _MINUTES,
        "menstrual_flow": replace(_COUNT, policy=_LATEST),
        "sexual_activity": _COUNT,
        "checkins": _COUNT,
        "location": replace(_TEXT, enabled=False),
        "tracks": _COUNT,
        "articles_read": _COUNT,
        "pages_read": _COUNT,
        "mobile_screen_min": _MINUTES,
        "gaming_min": _MINUTES,
        "tv_min": _MINUTES,
        "movies_min": _MINUTES,
        "facebook_posts": _COUNT,
        "facebook_comments": _COUNT,
        "facebook_reactions": _COUNT,
        "mastodon_posts": _COUNT,
        "mastodon_replies": _COUNT,
        "mastodon_boosts": _COUNT,
        "mastodon_favourites": _COUNT,
        "tweets": _COUNT,
        "twitter_mentions": _COUNT,
        "twitter_username": replace(_TEXT, enabled=False),
        "weather_temp_max": _TEMPERATURE,
        "weather_temp_min": _TEMPERATURE,
        # The one unit on the wire that is not metric.
        "weather_precipitation": _Description(
            value_type=ValueType.DECIMAL,
            policy=_LATEST,
            unit=UnitOfVolumetricFlux.INCHES_PER_HOUR,
            device_class=SensorDeviceClass.PRECIPITATION_INTENSITY,
            precision=2,
        ),
        "weather_cloud_cover": replace(_SHARE, precision=0),
        "weather_wind_speed": _Description(
            value_type=ValueType.DECIMAL,
            policy=_LATEST,
            unit=UnitOfSpeed.KILOMETERS_PER_HOUR,
            device_class=SensorDeviceClass.WIND_SPEED,
            precision=1,
        ),
        "weather_summary": _TEXT,
        "weather_icon": _TEXT,
        "day_length": _SLEEP_MINUTES,
    }.items()
}

BY_VALUE_TYPE: Final[Mapping[ValueType, AttributeDescription]] = {
    ValueType.INTEGER: replace(_COUNT, icon_key="custom_integer"),
    ValueType.DECIMAL: _Description(
        value_type=ValueType.DECIMAL, policy=_TODAY, icon_key="custom_decimal"
    ),
    ValueType.TEXT: replace(_TEXT, icon_key="custom_text"),
    ValueType.DURATION: replace(_MINUTES, icon_key="custom_duration"),
    ValueType.TIME_OF_DAY: replace(_CLOCK, icon_key="custom_time"),
    ValueType.PERCENTAGE: replace(_SHARE, icon_key="custom_percentage"),
    ValueType.TIME_FROM_MIDDAY: replace(_NIGHT_CLOCK, icon_key="custom_time"),
    ValueType.BOOLEAN: _Description(
        value_type=ValueType.BOOLEAN, policy=_TODAY, icon_key="tag"
    ),
    ValueType.SCALE: replace(_SCALE, icon_key="custom_scale"),
    ValueType.UNKNOWN: _Description(
        value_type=ValueType.UNKNOWN, policy=_LATEST, icon_key="custom_text"
    ),
}


def describe(template: str | None, value_type: ValueType) -> AttributeDescription:
    """Return the template's row where the value type is as documented, else by type."""
    description = DESCRIPTIONS.get(template or "")
    if description is not None and description.value_type is value_type:
        return description
    return BY_VALUE_TYPE[value_type]
