"""Which entities tell what a day at home was like: screens, weather, work, moods."""

from dataclasses import replace
from datetime import time
from typing import Final

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.media_player.const import MediaPlayerDeviceClass
from homeassistant.components.sensor import SensorDeviceClass

from ..const import TAGS_GROUP
from .aggregate import Aggregate
from .clues import Fit, Sure, words
from .known_platforms import CALENDARS, CONSOLES, OUTDOORS, PLAYING, TELEVISIONS
from .named_elsewhere import ELSEWHERE, elsewhere
from .window import Part, PartKind

NIGHT: Final = Part(PartKind.FROM_TO, time(22), time(7))

_SENSORS = frozenset({"sensor", "input_number"})
_TIME = frozenset({None, SensorDeviceClass.DURATION})
_PLAYERS = frozenset({"media_player"})
_SCREENS = frozenset({None, MediaPlayerDeviceClass.TV, MediaPlayerDeviceClass.RECEIVER})
_NO_SCREEN = words(
    *("speakers?", "homepod", "sound ?bar", "avr?", "radio", "music", "echo", "sonos"),
    *(
        "nest (audio|mini)",
        "home mini",
        "google home",
        "hi ?fi",
        "stereo",
        "headphones",
    ),
    ELSEWHERE["no_screen"],
)

SCREENS: Final = (
    Fit(
        template="gaming_min",
        sure=Sure.PLATFORM,
        domains=_PLAYERS,
        classes=_SCREENS,
        platforms=CONSOLES,
        aggregate=Aggregate.TIME_IN,
        states=PLAYING,
    ),
    Fit(
        template="gaming_min",
        # Surer than a television that is named after what stands beside it.
        sure=Sure.CLASS,
        domains=_PLAYERS,
        classes=_SCREENS,
        said=words(
            "play ?station( \\d)?", "ps[345]", "xbox", "nintendo", "steam ?deck"
        ),
        aggregate=Aggregate.TIME_IN,
        states=PLAYING,
    ),
    Fit(
        template="gaming_min",
        sure=Sure.NAME,
        domains=frozenset({"binary_sensor"}),
        classes=frozenset({None, BinarySensorDeviceClass.RUNNING}),
        said=words("in game|gaming|playing (a )?games?"),
        aggregate=Aggregate.TIME_IN,
    ),
    Fit(
        template="gaming_min",
        sure=Sure.PLATFORM,
        classes=_TIME,
        platforms=CONSOLES,
        said=words("(screen|play|playing|played) time|time played"),
        unsaid=words("extended|bonus|total"),
    ),
    Fit(
        template="gaming_min",
        sure=Sure.NAME,
        domains=_SENSORS,
        classes=_TIME,
        said=words("gaming (time|minutes)|play ?time today|time gaming"),
    ),
    Fit(
        template="tv_min",
        sure=Sure.PLATFORM,
        domains=_PLAYERS,
        classes=_SCREENS,
        platforms=TELEVISIONS,
        unsaid=_NO_SCREEN,
        aggregate=Aggregate.TIME_IN,
        states=PLAYING,
    ),
    Fit(
        template="tv_min",
        sure=Sure.CLASS,
        domains=_PLAYERS,
        classes=frozenset({MediaPlayerDeviceClass.TV}),
        aggregate=Aggregate.TIME_IN,
        states=PLAYING,
    ),
    Fit(
        template="tv_min",
        sure=Sure.NAME,
        domains=_PLAYERS,
        placed=words(
            *("tv", "smart ?tv", "television", "fernseher", "chromecast( \\w+)?"),
            *("shield", "bravia", "fire ?tv", "roku", "apple ?tv"),
            "projectors?",
            ELSEWHERE["projector"],
            ELSEWHERE["television"],
        ),
        unsaid=_NO_SCREEN,
        aggregate=Aggregate.TIME_IN,
        states=PLAYING,
    ),
    Fit(
        template="mobile_screen_min",
        sure=Sure.PLATFORM,
        domains=frozenset({"binary_sensor"}),
        platforms=frozenset({"mobile_app"}),
        said=words("interactive"),
        aggregate=Aggregate.TIME_IN,
    ),
    Fit(
        template="mobile_screen_min",
        sure=Sure.NAME,
        domains=_SENSORS,
        classes=_TIME,
        said=words("screen ?time|screen (on|use|usage) time|bildschirmzeit"),
        unsaid=words("extended|bonus|limit|time ?out"),
    ),
)

_OUTSIDE = words(
    *("outdoors?", "outside", "exterior", "garden", "balcony", "terrace", "patio"),
    *(
        "back ?yard",
        "außen\\w*",
        "aussen\\w*",
        "draußen",
        "garten",
        "balkon",
        "terrasse",
    ),
    *("ext[ée]rieur\\w*", "jardin", ELSEWHERE["outdoors"]),
)
_NO_WEATHER = words(
    *(
        "indoors?",
        "inside",
        "innen\\w*",
        "dew",
        "feel\\w*",
        "real ?feel",
        "apparent",
        "wind ?chill",
    ),
    *("heat ?index", "wet bulb", "soil", "ground", "boden", "pool", "pond", "water"),
    *("greenhouse", "shed", "garage", "battery", "device", "chip", "cpu", "processor"),
    *("fridge", "freezer", "coil", "evaporat\\w*", "discharge", "unit", "lights?"),
    *("max\\w*", "min\\w*", "high\\w*", "low\\w*", "humidex", "set ?point", "grill"),
    ELSEWHERE["no_air"],
)
_BEDROOM = words(
    *("bed ?room", "schlafzimmer", "chambre", "slaapkamer", "dormitorio"),
    ELSEWHERE["bedroom"],
)
_NO_ROOM_AIR = words(
    *(
        "radiator",
        "trv",
        "valve",
        "thermostat",
        "heat\\w*",
        "heizung\\w*",
        "dew",
        "floor",
    ),
    *("battery", "device", "chip", "cpu", "set ?point", "air con\\w*", "ac", "fridge"),
    *("mattress", "outdoor", "outside", "external", "internal", "surface", "absolute"),
    "froide",
)


def _outdoor_temperature(template: str, aggregate: Aggregate) -> tuple[Fit, ...]:
    at_home = Fit(
        template=template,
        sure=Sure.CLASS,
        classes=frozenset({SensorDeviceClass.TEMPERATURE}),
        placed=_OUTSIDE,
        unsaid=_NO_WEATHER,
        aggregate=aggregate,
    )
    # What a service tells of the town is farther away.
    of_town = replace(at_home, sure=Sure.NAME, platforms=OUTDOORS, placed=None)
    return at_home, of_town


WEATHER: Final = (
    *_outdoor_temperature("weather_temp_max", Aggregate.MAXIMUM),
    *_outdoor_temperature("weather_temp_min", Aggregate.MINIMUM),
    Fit(
        template="weather_wind_speed",
        sure=Sure.CLASS,
        classes=frozenset({SensorDeviceClass.WIND_SPEED}),
        unsaid=words(
            *("gusts?", "böen?", "max\\w*", "lull", "beaufort", "strength"),
            ELSEWHERE["gusts"],
        ),
        aggregate=Aggregate.MAXIMUM,
    ),
    Fit(
        template="weather_precipitation",
        sure=Sure.CLASS,
        classes=frozenset({SensorDeviceClass.PRECIPITATION_INTENSITY}),
        unsaid=words("snow", "max\\w*"),
        aggregate=Aggregate.MEAN,
    ),
    Fit(
        template="weather_cloud_cover",
        sure=Sure.NAME,
        said=words("cloud (cover|coverage)|cloudiness|clouds|bewölkung"),
        unsaid=words("low", "mid", "medium", "high", "storage"),
        aggregate=Aggregate.MEAN,
    ),
    Fit(
        template="weather_summary",
        sure=Sure.CLASS,
        domains=frozenset({"weather"}),
        aggregate=Aggregate.LAST,
    ),
    Fit(
        template="day_length",
        sure=Sure.NAME,
        classes=_TIME,
        said=words("day ?length|length of day|daylight (time|duration|length)"),
        aggregate=Aggregate.LAST,
    ),
    *(
        Fit(
            template=None,
            sure=Sure.NAME,
            classes=frozenset({device_class}),
            placed=_BEDROOM,
            unsaid=_NO_ROOM_AIR,
            aggregate=Aggregate.MEAN,
            part=NIGHT,
            group="sleep",
            room=device_class,
        )
        for device_class in (
            SensorDeviceClass.CO2,
            SensorDeviceClass.HUMIDITY,
            SensorDeviceClass.TEMPERATURE,
        )
    ),
)

_STEPS = frozenset({"input_number", "input_select"})
# Of lamps, music and tariffs.
_NO_FEELING = words(
    *(
        "lights?",
        "lighting",
        "lamps?",
        "led",
        "scenes?",
        "music",
        "playlist",
        "colou?r",
    ),
    *("modes?", "modus", "tariffs?", "tarif", "saver", "saving", "prices?", "house"),
    ELSEWHERE["no_feeling"],
)


def _scale(template: str, said: str) -> Fit:
    return Fit(
        template=template,
        sure=Sure.NAME,
        domains=_STEPS,
        said=words(said, elsewhere(template)),
        unsaid=_NO_FEELING,
        aggregate=Aggregate.LAST,
    )


MOOD: Final = (
    _scale("mood", "mood|stimmung|laune|humeur"),
    _scale("energy_level", "energy( level)?|energie(niveau)?"),
    _scale("stress_level", "stress( level)?|stressniveau"),
    Fit(
        template="mood_note",
        sure=Sure.NAME,
        domains=frozenset({"input_text"}),
        said=words("mood|journal|diary|gratitude|tagebuch|note of the day|daily note"),
        aggregate=Aggregate.LAST,
    ),
    Fit(
        template=None,
        sure=Sure.NAME,
        domains=frozenset({"input_boolean"}),
        said=words(
            *(
                "medications?",
                "medicines?",
                "meds",
                "pills?",
                "vitamins?",
                "supplements?",
            ),
            *("took", "taken", "tabletten?", "medikamente?", "eingenommen"),
            *(
                "headache",
                "migraine",
                "sick",
                "ill",
                "kopfschmerz\\w*",
                "migräne",
                "krank",
            ),
            *(
                "meditat\\w*",
                "yoga",
                "exercised?",
                "work(ed)? ?out",
                "gym",
                "stretch\\w*",
            ),
            *("ran", "swam", "walked", "journal(l?ed)?", "floss(ed)?", "smoked?"),
            *("alcohol", "drank", "fasted", "period", ELSEWHERE["tags"]),
        ),
        unsaid=words(
            *("mode", "reminder", "notif\\w*", "alert", "enabled?", "automation"),
            *("lights?", "lamps?", "heat\\w*", "fan"),
        ),
        aggregate=Aggregate.EVER,
        group=TAGS_GROUP,
    ),
)


def _counts(template: str, said: str) -> Fit:
    return Fit(
        template=template,
        sure=Sure.NAME,
        domains=frozenset({"sensor", "counter", "input_number"}),
        said=words(said),
        unsaid=words("total|unread|open|latest|queue|spam"),
    )


def _minutes(template: str, said: str) -> Fit:
    return Fit(
        template=template,
        sure=Sure.NAME,
        domains=_SENSORS,
        classes=_TIME,
        said=words(said),
    )


_NO_EVENTS = words(
    *("holidays?", "birthdays?", "feiertage?", "ferien", "geburtstage?", "seasons?"),
    *("waste", "garbage", "trash", "recycling", "müll\\w*", "abfall\\w*", "bins?"),
    *("moon", "sun", "weather", "matches", "fixtures", "week numbers?"),
    *("formula (1|one|e)", "f1", "races?", "grand prix", "motogp", "bundesliga", "nfl"),
    ELSEWHERE["no_events"],
)

WORK: Final = (
    Fit(
        template="events",
        sure=Sure.PLATFORM,
        domains=frozenset({"calendar"}),
        platforms=CALENDARS,
        unsaid=_NO_EVENTS,
        aggregate=Aggregate.TIMES,
    ),
    Fit(
        template="events_duration",
        sure=Sure.PLATFORM,
        domains=frozenset({"calendar"}),
        platforms=CALENDARS,
        unsaid=_NO_EVENTS,
        aggregate=Aggregate.TIME_IN,
    ),
    Fit(
        template="pomodoros_min",
        sure=Sure.NAME,
        domains=frozenset({"timer"}),
        said=words("pomodoros?"),
        unsaid=words("break", "pause"),
        aggregate=Aggregate.TIME_IN,
    ),
    _minutes("pomodoros_min", "pomodoro (time|minutes)"),
    Fit(
        template="meditation_min",
        sure=Sure.NAME,
        domains=frozenset({"timer"}),
        said=words("meditat\\w+", "mindful\\w*"),
        aggregate=Aggregate.TIME_IN,
    ),
    _minutes(
        "tv_min", "(tv|television) (time|minutes)(?! (left|limit|remaining|total))"
    ),
    _minutes("productive_min", "productive (time|hours|minutes)"),
    _minutes("neutral_min", "neutral (time|hours|minutes)"),
    _minutes("distracting_min", "distracting (time|hours|minutes)"),
    _counts("commits", "commits|commit count"),
    _counts(
        "tasks_completed",
        "(tasks?|todos?|to dos?) (completed|done)|completed (tasks?|todos?)",
    ),
    _counts("words_written", "words written"),
    _counts("emails_sent", "e ?mails? sent|sent e ?mails?"),
    _counts("emails_received", "e ?mails? received|received e ?mails?"),
    _counts("keystrokes", "key ?strokes|keys pressed"),
    _counts("tracks", "tracks? (played|today)|scrobbles( today)?"),
    _counts("articles_read", "articles? read"),
    _counts("pages_read", "pages? read"),
    Fit(
        template="money_spent",
        sure=Sure.NAME,
        domains=_SENSORS,
        classes=frozenset({None, SensorDeviceClass.MONETARY}),
        said=words("money spent|spent today|spending|expenses|ausgaben"),
    ),
    Fit(
        template=None,
        sure=Sure.CLASS,
        domains=frozenset({"person"}),
        aggregate=Aggregate.TIME_IN,
        group="location",
    ),
)
