"""Which integrations are about whom, where a name alone could mean anything."""

from typing import Final

# Of animals, cars and machines: what they weigh, walk and sleep is no person's.
NO_PERSON: Final = frozenset(
    {
        *("fi_collar", "fressnapf_tracker", "litterrobot", "pawfit", "petkit"),
        *("petlibro", "petnet", "petsafe", "surepetcare", "surepetha", "tractive"),
        *("whistle", "animal_scale", "beehive", "onlycat"),
        *("audiconnect", "bmw_connected_drive", "cardata", "fordpass", "hyundai"),
        *("kia_uvo", "lucid", "mazda", "mbapi2020", "myskoda", "nissan_leaf"),
        *("onstar2mqtt", "polestar_api", "porscheconnect", "renault", "rivian"),
        *("smarthashtag", "starline", "subaru", "tesla_custom", "tesla_fleet"),
        *("teslemetry", "tessie", "toyota", "volkswagencarnet", "volvo"),
        *("deebot", "dreame_vacuum", "dreame_mower", "ecovacs", "gardena_bluetooth"),
        *("gardena_smart_system", "husqvarna_automower", "landroid_cloud"),
        *("mammotion", "neato", "roborock", "romy", "roomba", "sharkiq", "worx"),
        *("acaia", "bambu_lab", "miele", "moonraker", "octoprint", "prusalink"),
    }
)
# Of one person's body and day.
WEARABLES: Final = frozenset(
    {
        *("apple_health", "coros", "eight_sleep", "emfit_qs", "fitbit", "garmin"),
        *("garmin_connect", "google_fit", "google_health"),
        *("health_auto_export", "health_bridge", "health_connect", "healthsync"),
        *(
            "huawei_health",
            "intervals_icu",
            "mobile_app",
            "oura",
            "oura_v2",
            "ouraring",
        ),
        *("peloton", "polar", "samsung_health", "sleepiq", "sleep_as_android"),
        *("suunto", "ultrahuman", "whoop", "withings", "zepp"),
    }
)
PHONES: Final = frozenset({"mobile_app"})
BOTTLES: Final = frozenset(
    {"hidrate", "hidratespark", "larq", "waterh", "watertracker"}
)
CONSOLES: Final = frozenset(
    {"nintendo_parental_controls", "playstation_network", "ps4", "sony_ps5", "xbox"}
)
TELEVISIONS: Final = frozenset(
    {
        *("androidtv", "androidtv_remote", "apple_tv", "bravia_tv"),
        *("braviatv", "directv", "fire_tv", "firetv", "google_tv"),
        *("hisense_tv", "kodi", "lg_netcast", "loewe", "mediaroom", "nvidia_shield"),
        *("panasonic_viera", "philips_js", "roku", "samsungtv", "samsungtv_smart"),
        *("sharp_aquos_tv", "sky_hub", "skyq", "tcl_tv", "vizio", "webostv"),
    }
)
# What these players show while they are used; the rest of their states is waiting.
PLAYING: Final = {
    "androidtv_remote": ("on",),
    "apple_tv": ("playing", "paused"),
    "braviatv": ("on",),
    "cast": ("playing", "paused", "buffering"),
    "philips_js": ("on",),
    "playstation_network": ("playing",),
    "ps4": ("playing",),
    "roku": ("on", "playing", "paused"),
    "samsungtv": ("on",),
    "vizio": ("on",),
    "webostv": ("on", "playing", "paused", "idle"),
    "xbox": ("on", "playing", "paused"),
}
# All that these measure is outdoors.
OUTDOORS: Final = frozenset(
    {
        *(
            "accuweather",
            "aemet",
            "ambient_network",
            "bom",
            "buienradar",
            "dwd_weather",
        ),
        *("environment_canada", "google_weather", "here_weather", "ipma", "knmi"),
        *("meteo_france", "meteo_swiss", "meteoclimatic", "metoffice", "nws"),
        *("open_meteo", "openweathermap", "pirateweather", "smhi", "swiss_weather"),
        *("tomorrowio", "weatherbit", "weatherflow", "weatherflow_cloud", "weatherkit"),
        *("weatherlink", "wundergroundpws", "yandex_weather", "zamg"),
    }
)
CALENDARS: Final = frozenset(
    {
        "caldav",
        "google",
        "icloud",
        "local_calendar",
        "ms365_calendar",
        "remote_calendar",
    }
)
