"""Which entities tell what a person's body did: walked, weighed, slept, ate."""

from datetime import time
import re
from typing import Final

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass

from .aggregate import Aggregate
from .clues import Fit, Sure, words
from .known_platforms import BOTTLES, PHONES, WEARABLES
from .named_elsewhere import ELSEWHERE, elsewhere
from .window import Part, PartKind

_SENSORS = frozenset({"sensor", "input_number"})
_LENGTH = frozenset({None, SensorDeviceClass.DISTANCE})
_TIME = frozenset({None, SensorDeviceClass.DURATION})
_ENERGY = frozenset({None, SensorDeviceClass.ENERGY})
_MASS = frozenset({None, SensorDeviceClass.WEIGHT})
_VOLUME = frozenset(
    {
        None,
        SensorDeviceClass.VOLUME,
        SensorDeviceClass.VOLUME_STORAGE,
        SensorDeviceClass.WATER,
    }
)
# Exist files a night under the day of waking.
IN_BED: Final = Part(PartKind.FROM_TO, time(18), time(12))

_SMALL_CHILD = ("bab(y|ies)", "infants?", "toddlers?", ELSEWHERE["small_child"])
_NO_SLEEP = words(
    *_SMALL_CHILD,
    *("deep", "light", "rem", "core", "awake", "latency", "fall", "to sleep", "need"),
    *("naps?", "in bed", "score", "efficiency", "wake", "wakeup", "snor\\w*", "mode"),
    *("timer", "stage", "phase", "percent\\w*", "tief\\w*", "leicht\\w*", "wach\\w*"),
    *("hrv", "rmssd", "disturb\\w*", "interrupt\\w*", "schedule", "delay", "day sleep"),
    "slow wave",
    *("start", "end", "onset", "begin\\w*", "unmeasur\\w*"),
    ELSEWHERE["part_of_a_night"],
)
_OF_NO_PERSON = (
    *("bone", "muscle", "fat", "lean", "water", "hydration", "(?<!body )mass", "empty"),
    *("protein", "kitchen", "food", "coffee", "bean", "gas", "propane", "keg", "salt"),
    *("hive", "bees?", "filament", "spool", "load", "parcel", "mail", "luggage"),
    "suitcase",
    *("print", "bin", "trash", "bottle", "pellets?", "tank", "ideal", "portion"),
    *("powder", "detergent", "birth", "change", "difference", "maximum", "minimum"),
    *("removed", "packages?", "trailer", "caravan", "index"),
    ELSEWHERE["part_of_a_body"],
    ELSEWHERE["weighed_things"],
    *_SMALL_CHILD,
)
_NO_PERSONS_PART = words(*_OF_NO_PERSON)
# Nobody is weighed in these, but by a phone.
_NO_PERSONS_WEIGHT = words(*_OF_NO_PERSON, "m?g", "µg", "oz")
_NO_PRESENT_PULSE = words(
    *("rest\\w*", "max\\w*", "min\\w*", "high\\w*", "low\\w*", "variab\\w*", "zones?"),
    *("recovery", "walking", "limit", "alarm", "alerts?", "workout", "ruhe\\w*"),
    *("threshold", "lactate", "reserve", "score", "meditation"),
    ELSEWHERE["resting"],
)


def _named(template: str, said: str, *classes: str | None, unsaid: str = "") -> Fit:
    return Fit(
        template=template,
        sure=Sure.NAME,
        domains=_SENSORS,
        classes=frozenset({None, *classes}),
        said=words(said, elsewhere(template)),
        unsaid=words(unsaid) if unsaid else None,
    )


def _last(
    template: str,
    said: str,
    *classes: str | None,
    unsaid: str = "",
    sure: Sure = Sure.NAME,
) -> Fit:
    """Return what is measured once: the newest reading is the day's."""
    return Fit(
        template=template,
        sure=sure,
        domains=_SENSORS,
        classes=frozenset(classes or {None}),
        said=words(said, elsewhere(template)),
        unsaid=words(unsaid) if unsaid else None,
        aggregate=Aggregate.LAST,
    )


ACTIVITY: Final = (
    _named(
        "steps",
        "steps|step count|schritte|schrittzähler|pedometer",
        unsaid="per minute|per mm|cadence|length|left|best|maximum|minimum|program"
        "|pump|extruder|motor|stepper|valve",
    ),
    _named("floors", "floors|flights climbed|stockwerke", unsaid="descended|heating"),
    Fit(
        template="steps_distance",
        sure=Sure.PLATFORM,
        classes=_LENGTH,
        platforms=WEARABLES,
        said=words("distance|distanz|strecke"),
        unsaid=words(
            "cycl\\w+|bik\\w+|rides?|swim\\w*|workout|to|from|home|elevation|row\\w*"
            "|tests?|exercise"
        ),
    ),
    _named(
        "steps_distance",
        "(walking|walked|walk|running)( running)? distance|distance walk\\w*",
        SensorDeviceClass.DISTANCE,
    ),
    Fit(
        template="steps_elevation",
        sure=Sure.PLATFORM,
        classes=_LENGTH,
        platforms=WEARABLES,
        said=words("elevation|ascent|climbed"),
        unsaid=words("workout|exercise|rides?|runs?"),
    ),
    _named(
        "steps_active_min",
        "active (time|minutes|duration)|minutes active|move minutes"
        "|exercise (time|minutes)|bewegungsminuten",
        SensorDeviceClass.DURATION,
        unsaid="highly|lightly|fairly|very|in ?active|sedentary|screen|heat\\w*|cool\\w*"
        "|pump|fan|boiler|compressor|burner|irrigation|device|zone",
    ),
    _named("stand_hours", "stand(ing)? hours?|stehstunden", unsaid="idle"),
    _named(
        "active_energy",
        "(active|activity|move) (energy|kilo ?calories|calories|kcal)|aktive kalorien",
        SensorDeviceClass.ENERGY,
        unsaid="total|resting|basal|bmr|workout|[kmg]?wh",
    ),
    _named(
        "cycle_distance",
        "(cycling|bike|biking|cycled|rad) (distance|strecke)|distance cycl\\w+",
        SensorDeviceClass.DISTANCE,
    ),
    _named(
        "cycle_min",
        "(cycling|bike|biking) (time|minutes|duration)",
        SensorDeviceClass.DURATION,
    ),
    _named(
        "workouts_min",
        "(workouts?|training) (time|minutes)|workout duration",
        SensorDeviceClass.DURATION,
        unsaid="pause|zone|current",
    ),
    _named(
        "meditation_min",
        "(mindful\\w*|meditat\\w+)",
        SensorDeviceClass.DURATION,
    ),
)

HEALTH: Final = (
    Fit(
        template="weight",
        sure=Sure.PLATFORM,
        classes=_MASS,
        platforms=PHONES,
        said=words("weight|gewicht|poids", ELSEWHERE["weight"]),
        unsaid=_NO_PERSONS_PART,
        aggregate=Aggregate.LAST,
    ),
    Fit(
        template="weight",
        sure=Sure.CLASS,
        classes=frozenset({SensorDeviceClass.WEIGHT}),
        unsaid=_NO_PERSONS_WEIGHT,
        aggregate=Aggregate.LAST,
    ),
    Fit(
        template="weight",
        sure=Sure.NAME,
        domains=_SENSORS,
        said=words("weight|body mass|gewicht|poids", ELSEWHERE["weight"]),
        unsaid=_NO_PERSONS_WEIGHT,
        aggregate=Aggregate.LAST,
    ),
    _last(
        "body_fat",
        "(body )?fat (ratio|percent\\w*|rate)|body ?fat|körperfett\\w*|fettanteil",
        unsaid="visceral|free|subcutaneous",
    ),
    _last(
        "lean_mass",
        "(lean|fat free) (body )?(mass|weight)|magermasse|fettfreie masse",
        *_MASS,
        sure=Sure.CLASS,
    ),
    _last(
        "heartrate_resting",
        "resting (heart ?rate|hr|pulse)|(heart ?rate|hr|pulse) resting|rhr|ruhepuls",
        sure=Sure.CLASS,
    ),
    _last(
        "heartrate_variability",
        "hrv|heart ?rate variability|rmssd|sdnn|herzfrequenzvariabilität",
        unsaid="status|balance|high|low|max\\w*|min",
    ),
    _last(
        "heartrate_max",
        "max(imum)? (heart ?rate|hr|pulse)|(heart ?rate|hr|pulse) max(imum)?",
        sure=Sure.CLASS,
    ),
    Fit(
        template="heartrate",
        sure=Sure.NAME,
        said=words(
            "heart ?rate|heart pulse|pulse|herzfrequenz|puls", ELSEWHERE["heartrate"]
        ),
        unsaid=_NO_PRESENT_PULSE,
        aggregate=Aggregate.LAST,
    ),
)

SLEEP: Final = (
    Fit(
        template="sleep",
        sure=Sure.CLASS,
        domains=_SENSORS,
        classes=_TIME,
        said=words(
            "sleep|asleep|slept|sleeping time|schlaf|schlafdauer|schlafzeit",
            ELSEWHERE["sleep"],
        ),
        unsaid=_NO_SLEEP,
        aggregate=Aggregate.LAST,
    ),
    _last(
        "sleep_deep",
        "(deep|slow wave) sleep|sleep deep|tiefschlaf(dauer|zeit)?",
        *_TIME,
        sure=Sure.CLASS,
    ),
    _last(
        "sleep_light",
        "(light|core) sleep|sleep (light|core)|leichtschlaf(dauer|zeit)?",
        *_TIME,
        sure=Sure.CLASS,
    ),
    _last(
        "sleep_rem",
        "rem sleep|sleep rem|rem ?schlaf(dauer|zeit)?",
        *_TIME,
        sure=Sure.CLASS,
    ),
    _last(
        "time_in_bed",
        "(time|duration|minutes|hours) in bed|in bed (time|duration)",
        *_TIME,
        sure=Sure.CLASS,
    ),
    Fit(
        template="time_in_bed",
        sure=Sure.NAME,
        domains=frozenset({"binary_sensor"}),
        classes=frozenset(
            {
                None,
                BinarySensorDeviceClass.OCCUPANCY,
                BinarySensorDeviceClass.PRESENCE,
            }
        ),
        said=words(
            "in bed|bed( left| right)? (occupancy|occupied|presence|sensor)"
            "|bett( links| rechts)? ?(belegt|belegung)",
            ELSEWHERE["time_in_bed"],
        ),
        unsaid=words(*_SMALL_CHILD),
        aggregate=Aggregate.TIME_IN,
        part=IN_BED,
    ),
    _last(
        "sleep_awakenings",
        "awakenings|wake ?ups? count|awakenings count|times (awake\\w*|woken)",
        unsaid="duration|time",
    ),
    _last(
        "sleep_start",
        "bed ?time start|sleep start( time)?|fell asleep|sleep onset|bedtime",
        None,
        SensorDeviceClass.TIMESTAMP,
        unsaid="end|mode|schedule|alarm|reminder",
    ),
    _last(
        "sleep_end",
        "wake( ?up)? time|woke up|bed ?time end|sleep end( time)?|got up|aufwachzeit",
        None,
        SensorDeviceClass.TIMESTAMP,
        unsaid="mode|schedule|alarm",
    ),
)

_HELPERS = frozenset({"counter", "input_number"})
_PRESSES = frozenset({"button", "event", "input_button"})
_COFFEE = words(
    "coffees?|kaffee|espresso|espressi|cappuccin[oi]|latte", ELSEWHERE["coffees"]
)
_DRINK = words(
    "beers?|wines?|drinks?|alcohol\\w*|cocktails?|bier\\w*|wein\\w*",
    ELSEWHERE["alcoholic_drinks"],
)
_WORKOUT = words("workouts?|trainings?|gym")
_NO_CUP = words(
    *(
        "restart",
        "reset",
        "identify",
        "clean\\w*",
        "descal\\w*",
        "power",
        "stop",
        "off",
    ),
    *(
        "update",
        "standby",
        "rinse",
        "filter",
        "boiler",
        "tank",
        "beans?",
        "water",
        "wake",
    ),
    *("fridge", "cooler", "cellar", "temperature", "stock", "table", "price", "mode"),
    *("start", "auto\\w*", "program\\w*", "schedule\\w*", "reminder", "enabled?"),
    ELSEWHERE["no_cup"],
)


def _pressed(template: str, said: re.Pattern[str]) -> tuple[Fit, ...]:
    """Return what people count with a counter, a number or a press."""
    return (
        Fit(
            template=template,
            sure=Sure.NAME,
            domains=_HELPERS,
            said=said,
            unsaid=_NO_CUP,
        ),
        Fit(
            template=template,
            sure=Sure.NAME,
            domains=_PRESSES,
            said=said,
            unsaid=_NO_CUP,
            aggregate=Aggregate.TIMES,
        ),
    )


FOOD: Final = (
    *_pressed("coffees", _COFFEE),
    *_pressed("alcoholic_drinks", _DRINK),
    *_pressed("workouts", _WORKOUT),
    _named("workouts", "workouts today", unsaid="minutes|duration"),
    _named(
        "coffees",
        "coffees( (today|made|drunk|brewed))?|coffee count(er)?|kaffees? heute",
    ),
    Fit(
        template="coffees",
        sure=Sure.NAME,
        domains=frozenset({"input_boolean"}),
        said=_COFFEE,
        unsaid=_NO_CUP,
        aggregate=Aggregate.TIMES,
    ),
    Fit(
        template="coffees",
        sure=Sure.CLASS,
        domains=frozenset({"binary_sensor"}),
        classes=frozenset({None, BinarySensorDeviceClass.RUNNING}),
        said=_COFFEE,
        placed=words("brew\\w*|grind\\w*|making|preparing|mahl\\w*|brüh\\w*"),
        unsaid=_NO_CUP,
        aggregate=Aggregate.TIMES,
    ),
    Fit(
        template="water",
        sure=Sure.PLATFORM,
        classes=_VOLUME,
        platforms=BOTTLES,
        said=words("intake|drunk|drank|consum\\w*|today"),
    ),
    Fit(
        template="water",
        sure=Sure.PLATFORM,
        classes=_VOLUME,
        platforms=WEARABLES,
        said=words("water|hydration|wasser"),
        unsaid=words("sweat|loss|activity"),
    ),
    _named(
        "water",
        "(water|fluid|hydration) (intake|drunk|drank|consumed)|hydration|trinkmenge"
        "|(drunk|drank|drink|getrunken\\w*) (water|wasser)|wasser getrunken",
        *_VOLUME,
        unsaid="meter|house|garden|irrigation|plants?|sweat|loss|activity",
    ),
    Fit(
        template="water",
        sure=Sure.NAME,
        domains=frozenset({"input_number"}),
        said=words("water|wasser"),
        unsaid=words("garden|irrigation|plants?|tank|meter|boiler|heater"),
    ),
    _named(
        "energy",
        "calories (in|eaten|consumed)|calorie intake|dietary (energy|calories)"
        "|consumed (kilo ?)?calories"
        "|food (calories|energy)|kalorienaufnahme",
        SensorDeviceClass.ENERGY,
    ),
    *(
        _named(
            template,
            f"(dietary|nutrition|food|consumed) ({said})|({said}) (intake|consumed|eaten)",
            SensorDeviceClass.WEIGHT,
        )
        for template, said in (
            ("carbohydrates", "carbohydrates?|carbs"),
            ("fat", "fat|fat total|total fat"),
            ("fibre", "fib(re|er)"),
            ("protein", "protein"),
            ("sugar", "sugar"),
            ("sodium", "sodium"),
            ("cholesterol", "cholesterol"),
            ("caffeine", "caffeine"),
        )
    ),
    _named("caffeine", "caffeine|koffein"),
)
