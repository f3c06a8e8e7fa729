"""Which entity is suggested for an attribute, with which rule, and which never is."""

import asyncio
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.links.suggest import Suggestion, async_suggestions
from custom_components.exist.links.window import PartKind
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..suggestion_cases import Row, add

STEPS = {"unit_of_measurement": "steps", "state_class": "total_increasing"}
SLEEP = {"unit_of_measurement": "h", "device_class": "duration"}
KILOGRAMS = {"unit_of_measurement": "kg", "device_class": "weight"}
TEMPERATURE = {"unit_of_measurement": "°C", "device_class": "temperature"}


def row(
    entity_id: str, platform: str, state: str = "5", **attributes: Any
) -> dict[str, Any]:
    """Return an entity that is named as its id says."""
    name = entity_id.partition(".")[2].replace("_", " ")
    return {
        "entity_id": entity_id,
        "name": name,
        "state": state,
        "platform": platform,
        "attributes": attributes,
    }


async def suggested(hass: HomeAssistant, *rows: Row) -> list[Suggestion]:
    """Return what is suggested in a home of these entities."""
    for each in rows:
        add(hass, each)
    return await async_suggestions(hass, (), ())


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        # What is about a person, before what is only named so.
        (
            row("media_player.zoo", "samsungtv", "off", device_class="tv"),
            row("media_player.a_tv", "mqtt", "off"),
        ),
        # What was told of the class, before what was only named so.
        (
            row("sensor.scale_weight", "esphome", **KILOGRAMS),
            row("sensor.a_weight", "mqtt", unit_of_measurement="kg"),
        ),
        # What is there.
        (
            row("sensor.b_steps", "mobile_app", **STEPS),
            row("sensor.a_steps", "mobile_app", "unavailable", **STEPS),
        ),
        # What tells more past days.
        (
            row("sensor.b_sleep", "oura", **SLEEP, state_class="measurement"),
            row("sensor.a_sleep", "oura", **SLEEP),
        ),
        # What is just that, and nothing besides.
        (
            row("sensor.b_weight", "withings", **KILOGRAMS),
            row("sensor.a_weight_of_the_holiday", "withings", **KILOGRAMS),
        ),
        # The garden, before what a service tells of the town.
        (
            row("sensor.garden_temperature", "zha", **TEMPERATURE),
            row("sensor.a_temperature", "openweathermap", **TEMPERATURE),
        ),
    ],
)
async def test_one_is_suggested_for_each_attribute_the_one_that_fits_best(
    hass: HomeAssistant, better: Row, worse: Row
) -> None:
    [of_worse, *_] = await suggested(hass, worse)
    [found, *others] = await suggested(hass, better)
    assert found.entity_id == better["entity_id"]
    assert found.template == of_worse.template
    assert worse["entity_id"] not in [each.entity_id for each in others]


async def test_the_best_come_first_whatever_their_names(hass: HomeAssistant) -> None:
    found = await suggested(
        hass,
        row("input_number.a_weight", "input_number", unit_of_measurement="kg"),
        row("weather.home", "met", "sunny"),
        row("media_player.z", "braviatv", "off", device_class="tv"),
    )
    assert [each.template for each in found] == ["tv_min", "weather_summary", "weight"]


@pytest.mark.parametrize(
    ("entity", "aggregate", "template"),
    [
        (row("sensor.steps", "mobile_app", **STEPS), "sum", "steps"),
        # Of a number that is no meter, the newest is what its source counted.
        (row("sensor.steps", "rest", unit_of_measurement="steps"), "last", "steps"),
        (row("sensor.sleep", "oura", **SLEEP), "last", "sleep"),
        # A night is no meter, whatever its source says.
        (
            row("sensor.sleep", "garmin_connect", **SLEEP, state_class="total"),
            "last",
            "sleep",
        ),
        (row("sensor.weight", "withings", **KILOGRAMS), "last", "weight"),
        (row("counter.coffee", "counter"), "sum", "coffees"),
        (row("input_number.coffees", "input_number"), "last", "coffees"),
        (row("input_button.coffee", "input_button"), "times", "coffees"),
        (
            row("sensor.rain", "zha", device_class="precipitation_intensity")
            | {
                "attributes": {
                    "device_class": "precipitation_intensity",
                    "unit_of_measurement": "mm/h",
                }
            },
            "mean",
            "weather_precipitation",
        ),
        (
            # A phone weighs in grams.
            row("sensor.weight", "mobile_app", device_class="weight")
            | {"attributes": {"device_class": "weight", "unit_of_measurement": "g"}},
            "last",
            "weight",
        ),
        (
            row("sensor.ada_water", "fitbit", unit_of_measurement="mL"),
            "last",
            "water",
        ),
        (
            row("sensor.bedtime_start", "oura", device_class="timestamp")
            | {"state": "2026-11-17T23:10:00+00:00"},
            "last",
            "sleep_start",
        ),
    ],
)
async def test_the_rule_is_that_of_the_entity(
    hass: HomeAssistant, entity: Row, aggregate: str, template: str
) -> None:
    [found] = await suggested(hass, entity)
    assert (found.aggregate, found.template) == (aggregate, template)
    assert found.states == ()


@pytest.mark.parametrize(
    ("entity_id", "platform", "states"),
    [
        ("media_player.box", "apple_tv", ("playing", "paused")),
        ("media_player.screen", "samsungtv", ("on",)),
        # It idles with a picture on the screen for as long as nobody watches.
        ("media_player.tv", "cast", ("playing", "paused", "buffering")),
        ("media_player.console", "playstation_network", ("playing",)),
        ("media_player.tv", "other", ("on", "playing", "paused", "idle", "buffering")),
        ("binary_sensor.phone_interactive", "mobile_app", ("on",)),
        ("timer.pomodoro", "timer", ("active",)),
        ("person.ada", "person", ("home",)),
    ],
)
async def test_the_states_are_those_in_which_it_is_used(
    hass: HomeAssistant, entity_id: str, platform: str, states: tuple[str, ...]
) -> None:
    [found] = await suggested(hass, row(entity_id, platform, "off"))
    assert (found.aggregate, found.states) == ("time_in", states)


async def test_a_night_in_bed_is_that_of_the_morning(hass: HomeAssistant) -> None:
    [found] = await suggested(hass, row("binary_sensor.in_bed", "withings", "off"))
    assert (found.template, found.states) == ("time_in_bed", ("on",))
    # From the evening to noon of the day of waking, as Exist files it.
    assert found.part.kind is PartKind.FROM_TO
    assert (found.part.start.hour, found.part.end.hour) == (18, 12)


async def test_an_entity_is_suggested_for_what_it_surely_is_alone(
    hass: HomeAssistant,
) -> None:
    screen_time = row(
        "sensor.switch_used_screen_time",
        "nintendo_parental_controls",
        unit_of_measurement="min",
    )
    [found] = await suggested(hass, screen_time)
    assert found.template == "gaming_min"


@pytest.mark.parametrize("category", list(EntityCategory))
async def test_settings_and_diagnostics_are_not_suggested(
    hass: HomeAssistant, category: EntityCategory
) -> None:
    steps = row("sensor.phone_steps", "mobile_app", **STEPS)
    assert not await suggested(hass, {**steps, "entity_category": str(category)})


async def test_what_a_person_hid_is_not_suggested(hass: HomeAssistant) -> None:
    steps = row("sensor.phone_steps", "mobile_app", **STEPS)
    assert await suggested(hass, steps)
    er.async_get(hass).async_update_entity(
        "sensor.phone_steps", hidden_by=er.RegistryEntryHider.USER
    )
    assert not await async_suggestions(hass, (), ())


@pytest.mark.parametrize(
    "entity",
    [
        # Exist's millilitres are none of these.
        row("sensor.water_intake", "mqtt", unit_of_measurement="glasses"),
        row("input_number.water", "input_number"),
        row("sensor.sleep", "oura", unit_of_measurement="%"),
        row("sensor.heart_rate", "mqtt"),
        row("sensor.steps", "mqtt", unit_of_measurement="%"),
        row("sensor.steps", "mqtt", unit_of_measurement="km"),
        row("sensor.commits", "github", "Fix a typo"),
        # Its highest is no step of Exist's scale.
        row("input_number.mood", "input_number", min=1, max=10),
        row("input_number.mood", "input_number"),
        row("sensor.weight", "withings", device_class="weight")
        | {"attributes": {"device_class": "weight", "unit_of_measurement": "g"}},
        row("sensor.import_active_energy", "dsmr", device_class="energy")
        | {"attributes": {"device_class": "energy", "unit_of_measurement": "kWh"}},
    ],
)
async def test_what_the_attribute_cannot_take_is_not_suggested(
    hass: HomeAssistant, entity: Row
) -> None:
    assert not await suggested(hass, entity)


@pytest.mark.parametrize(
    "entity",
    [
        *(
            row(f"sensor.{name}", "mqtt", **KILOGRAMS)
            for name in (
                *("rabbit_weight", "kater_gewicht", "poids_du_chat", "coop_weight"),
                *("weight_change", "birth_weight", "wunschgewicht"),
            )
        ),
        *(
            row(f"sensor.{name}", "mqtt", **STEPS)
            for name in (
                "horse_steps",
                "steps_left_today",
                "steps_record",
                "pump_steps",
            )
        ),
    ],
)
async def test_of_animals_wishes_and_records_nothing_is_suggested(
    hass: HomeAssistant, entity: Row
) -> None:
    assert not await suggested(hass, entity)


@pytest.mark.parametrize(
    ("platform", "attributes"), [("tractive", STEPS), ("roborock", STEPS)]
)
async def test_what_is_no_persons_is_not_suggested(
    hass: HomeAssistant, platform: str, attributes: dict[str, Any]
) -> None:
    assert not await suggested(hass, row("sensor.steps", platform, **attributes))


async def test_what_an_integration_means_is_known_in_every_language(
    hass: HomeAssistant,
) -> None:
    er.async_get(hass).async_get_or_create(
        "sensor",
        "withings",
        "1",
        suggested_object_id="henk_vetpercentage",
        translation_key="fat_ratio",
    )
    attributes = {"unit_of_measurement": "%", "friendly_name": "Henk Vetpercentage"}
    hass.states.async_set("sensor.henk_vetpercentage", "22", attributes)
    [found] = await async_suggestions(hass, (), ())
    assert found.template == "body_fat"


async def test_a_television_is_known_by_its_devices_model(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain="cast")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("cast", "1")},
        model="Chromecast Ultra",
    )
    registered = er.async_get(hass).async_get_or_create(
        "media_player", "cast", "1", config_entry=entry, device_id=device.id
    )
    hass.states.async_set(registered.entity_id, "off", {"friendly_name": "Lounge"})
    [found] = await async_suggestions(hass, (), ())
    assert (found.entity_id, found.template) == (registered.entity_id, "tv_min")


async def test_the_loop_goes_on_while_a_large_home_is_looked_at(
    hass: HomeAssistant,
) -> None:
    for number in range(1000):
        hass.states.async_set(f"sensor.phone_{number}_steps", "5", STEPS)
    work = hass.async_create_task(async_suggestions(hass, (), ()), eager_start=False)
    pauses = 0
    while not work.done():
        if pauses == 3:
            # What goes meanwhile is not suggested.
            for number in range(1000):
                hass.states.async_remove(f"sensor.phone_{number}_steps")
        await asyncio.sleep(0)
        pauses += 1
    assert pauses > 15
    [found] = await work
    assert found.template == "steps"
