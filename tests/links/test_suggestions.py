"""What the form suggests for a home, and what becomes of numbers in their units."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import GROUPS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.recorder import get_instance

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..exist_server.templates import TEMPLATES
from ..link_form import (
    asks_for,
    beforehand,
    choose,
    finish,
    offered,
    refused,
    said,
    start,
    submit,
    walk,
)
from ..link_home import add_link, link_data
from ..suggestion_cases import SETS, Figures, judged, rows_of
from ..writing import settle

TEMPERATURE = {
    "unit_of_measurement": "°C",
    "device_class": "temperature",
    "state_class": "measurement",
}


@pytest.fixture
async def home(recorder_mock: None, account: MockConfigEntry) -> MockConfigEntry:
    """Load an account in an empty home."""
    return account


async def suggested(hass: HomeAssistant, home: MockConfigEntry) -> dict[str, str]:
    """Return the suggestions and how they read."""
    result = await start(hass, home)
    if "suggestion" not in asks_for(result):
        return {}
    return offered(result, "suggestion")


KILOGRAMS = {"unit_of_measurement": "kg"}
NIGHT = {"part": "from_to", "part_start": "22:00", "part_end": "07:00"}
ON = {"states": ["on"]}
PLAYING = {"states": ["on", "playing", "paused", "idle", "buffering"]}

RULES: list[tuple[str, str, dict[str, Any], str, str, str, dict[str, Any]]] = [
    (
        "media_player.playstation_5",
        "off",
        {},
        "time_in",
        "gaming_min",
        "playstation 5: time → Time gaming",
        {**PLAYING, "absent_is_gap": False},
    ),
    (
        "media_player.box",
        "off",
        {"friendly_name": "Xbox on the TV"},
        "time_in",
        "gaming_min",
        "Xbox on the TV: time → Time gaming",
        PLAYING,
    ),
    (
        "media_player.lounge",
        "off",
        {"device_class": "tv"},
        "time_in",
        "tv_min",
        "lounge: time → Watching TV",
        PLAYING,
    ),
    (
        "media_player.fernseher",
        "off",
        {},
        "time_in",
        "tv_min",
        "fernseher: time → Watching TV",
        {**PLAYING, "absent_is_gap": False},
    ),
    (
        "person.bo",
        "home",
        {"friendly_name": "Bo"},
        "time_in",
        "",
        "Bo: time → Bo at home",
        {"states": ["home"], "label": "Bo at home", "value_type": 3},
    ),
    (
        "weather.home",
        "sunny",
        {},
        "last",
        "weather_summary",
        "home: last value → Weather summary",
        {"text": True, "value_type": 2},
    ),
    *(
        (
            f"{domain}.espresso_brewing",
            "off",
            {},
            "times",
            "coffees",
            "espresso brewing: how often → Coffees",
            ON,
        )
        for domain in ("binary_sensor", "input_boolean")
    ),
    *(
        (
            f"{domain}.kaffee",
            "unknown",
            {},
            "times",
            "coffees",
            "kaffee: how often → Coffees",
            {},
        )
        for domain in ("button", "input_button", "event")
    ),
    (
        "counter.coffee",
        "3",
        {},
        "sum",
        "coffees",
        "coffee: what it counted → Coffees",
        {"value_type": 0},
    ),
    (
        "sensor.scale",
        "70",
        {"unit_of_measurement": "kg", "device_class": "weight"},
        "last",
        "weight",
        "scale: last value → Weight",
        {"unit": "kg"},
    ),
    (
        "sensor.mast",
        "7",
        {"unit_of_measurement": "m/s", "device_class": "wind_speed"},
        "maximum",
        "weather_wind_speed",
        "mast: highest value → Wind speed",
        {"unit": "m/s"},
    ),
    (
        "sensor.garden_air",
        "7",
        TEMPERATURE,
        "maximum",
        "weather_temp_max",
        "garden air: highest value → Max temp",
        {},
    ),
    (
        "sensor.balkon",
        "7",
        TEMPERATURE,
        "minimum",
        "weather_temp_min",
        "balkon: lowest value → Min temp",
        {},
    ),
    (
        "sensor.bedroom_air",
        "20",
        TEMPERATURE,
        "mean",
        "bedroom air",
        "bedroom air: average, 22:00 to 07:00 → bedroom air",
        {**NIGHT, "label": "bedroom air", "value_type": 1},
    ),
    (
        "sensor.schlafzimmer",
        "60",
        {"unit_of_measurement": "%", "device_class": "humidity"},
        "mean",
        "schlafzimmer",
        "schlafzimmer: average, 22:00 to 07:00 → schlafzimmer",
        {**NIGHT, "value_type": 5},
    ),
    (
        "sensor.bedroom_co2",
        "600",
        {"unit_of_measurement": "ppm", "device_class": "carbon_dioxide"},
        "mean",
        "bedroom co2",
        "bedroom co2: average, 22:00 to 07:00 → bedroom co2",
        NIGHT,
    ),
    (
        "input_boolean.took_vitamins",
        "off",
        {},
        "ever",
        "took vitamins",
        "took vitamins: ever → took vitamins",
        {**ON, "label": "took vitamins", "group": "custom", "value_type": 7},
    ),
    (
        "binary_sensor.in_bed",
        "off",
        {},
        "time_in",
        "time_in_bed",
        "in bed: time, 18:00 to 12:00 → Time in bed",
        {
            **ON,
            "part": "from_to",
            "part_start": "18:00",
            "part_end": "12:00",
        },
    ),
    (
        "sensor.wake_time",
        "2026-11-18T06:30:00+00:00",
        {"device_class": "timestamp"},
        "last",
        "sleep_end",
        "wake time: last value → Wake time",
        {"value_type": 4},
    ),
    (
        "input_number.mood",
        "5",
        {"min": 1, "max": 9},
        "last",
        "mood",
        "mood: last value → Mood",
        {"value_type": 8},
    ),
    (
        "sensor.phone_steps",
        "6000",
        {"unit_of_measurement": "steps", "state_class": "total_increasing"},
        "sum",
        "steps",
        "phone steps: what it counted → Steps",
        {"value_type": 0},
    ),
    (
        "sensor.scale_body_fat",
        "24",
        {"unit_of_measurement": "%"},
        "last",
        "body_fat",
        "scale body fat: last value → Body fat",
        {"value_type": 5},
    ),
]


@pytest.mark.parametrize(
    ("entity", "state", "attributes", "aggregate", "wish", "words", "data"),
    RULES,
    ids=[f"{rule[0]}-{rule[4]}" for rule in RULES],
)
async def test_each_suggestion_fills_in_what_follows(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    entity: str,
    state: str,
    attributes: dict[str, Any],
    aggregate: str,
    wish: str,
    words: str,
    data: dict[str, Any],
) -> None:
    hass.states.async_set(entity, state, attributes)
    key = f"{entity}|{aggregate}|{wish}"
    result = await start(hass, home)
    assert offered(result, "suggestion")[key] == words
    result = await walk(hass, result, {"suggestion": key})
    # What the last days would have been; from here on, the person agrees.
    assert result["step_id"] == "ready"
    # Of a meter that is read just now, today is told.
    assert said(result).count("unknown; ") == 31 - (aggregate == "sum")
    official = wish in TEMPLATES
    result = await walk(hass, result, "finish")
    assert result["step_id"] == "finish"
    agreed = {"take_over": True} if "take_over" in asks_for(result) else {}
    link = await finish(hass, home, result, **agreed)
    expected = {
        "entity": entity,
        "aggregate": aggregate,
        "template": wish if official else None,
        "part": "whole_day",
        **data,
    }
    assert expected.items() <= link.data.items()
    if official:
        assert link.data["attribute"] == wish
    assert exist_server.owner("ada", link.data["attribute"]) == "home_assistant"


@pytest.mark.parametrize(
    ("entity", "state", "attributes"),
    [
        ("media_player.kitchen_radio", "off", {}),
        ("sensor.kitchen", "20", TEMPERATURE),
        ("sensor.bedroom_power", "20", {"device_class": "power"}),
        ("sensor.steps_distance", "2", {"device_class": "distance"}),
        ("sensor.steps", "many", {}),
        ("switch.lamp", "on", {}),
        ("counter.visitors", "1", {}),
        ("sensor.footsteps", "1", {}),
        ("light.coffee", "on", {}),
        ("switch.espresso_machine", "on", {}),
        ("binary_sensor.coffee_machine", "on", {}),
    ],
)
async def test_what_is_not_meant_is_not_suggested(
    hass: HomeAssistant,
    home: MockConfigEntry,
    entity: str,
    state: str,
    attributes: dict[str, Any],
) -> None:
    hass.states.async_set(entity, state, attributes)
    assert not await suggested(hass, home)


@pytest.mark.parametrize("name", SETS)
async def test_entities_of_real_homes_are_suggested_as_a_person_expects(
    hass: HomeAssistant, name: str
) -> None:
    rows = [each async for each in judged(hass, rows_of(name))]
    figures = Figures.of(rows)
    wrong = [(each.row["entity_id"], each.said) for each in rows if not each.is_right]
    assert figures.precision >= 0.9, wrong
    assert figures.recall >= 0.75, wrong


async def test_rooms_are_known_by_the_area_of_entity_or_device(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    bedroom = ar.async_get(hass).async_create("Master Bedroom")
    garden = ar.async_get(hass).async_create("Garden")
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=home.entry_id, identifiers={("demo", "probe")}
    )
    dr.async_get(hass).async_update_device(device.id, area_id=garden.id)
    for name in ("probe_1", "probe_2", "probe_3"):
        er.async_get(hass).async_get_or_create(
            "sensor",
            "demo",
            name,
            suggested_object_id=name,
            device_id=device.id if name == "probe_1" else None,
        )
        hass.states.async_set(f"sensor.{name}", "20", TEMPERATURE)
    er.async_get(hass).async_update_entity("sensor.probe_2", area_id=bedroom.id)
    assert list(await suggested(hass, home)) == [
        "sensor.probe_1|maximum|weather_temp_max",
        "sensor.probe_1|minimum|weather_temp_min",
        "sensor.probe_2|mean|probe 2",
    ]


@pytest.mark.shown(*GROUPS)
async def test_our_own_entities_are_not_suggested(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    assert hass.states.get("sensor.exist_ada_steps")
    assert hass.states.get("sensor.exist_ada_weight")
    assert not await suggested(hass, home)


async def test_what_is_linked_already_is_not_suggested(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    for name in ("one", "two"):
        hass.states.async_set(f"media_player.tv_{name}", "off")
    # One for each attribute, the same one each time.
    key = "media_player.tv_one|time_in|tv_min"
    assert list(await suggested(hass, home)) == [key]
    slow = await start(hass, home)
    result = await walk(hass, await start(hass, home), {"suggestion": key}, "finish")
    await finish(hass, home, result, take_over=True)
    assert not await suggested(hass, home)
    # A page that was open all the while says so, and goes on without it.
    result = await submit(hass, slow, {"suggestion": key})
    assert result["errors"] == {"base": "no_entity"}
    assert "suggestion" not in asks_for(result)
    result = await walk(hass, result, {"entity": "media_player.tv_two"})
    assert result["step_id"] == "aggregate"


async def test_a_suggestion_is_taken_back_by_choosing_another_entity(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("media_player.tv", "off")
    hass.states.async_set("switch.lamp", "off")
    # Gone while the page was open: it is not linked, and another one leads on.
    result = await start(hass, home)
    hass.states.async_remove("media_player.tv")
    result = await submit(
        hass, result, {"suggestion": "media_player.tv|time_in|tv_min"}
    )
    assert result["errors"] == {"base": "no_entity"}
    result = await walk(hass, result, {"entity": "switch.lamp"}, {"aggregate": "times"})
    assert beforehand(result, "states") == ["on"]


async def test_a_home_full_of_habits_does_not_fill_the_page(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    for number in range(30):
        hass.states.async_set(f"input_boolean.pill_{number}", "off")
        hass.states.async_set(
            f"sensor.scale_{number}", "70", {"device_class": "weight"} | KILOGRAMS
        )
    found = list(await suggested(hass, home))
    assert len(found) == 25
    # What fits best is not what falls off.
    assert found[0] == "sensor.scale_0|last|weight"


async def test_suggestions_are_named_while_exist_is_away(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    hass.states.async_set("media_player.tv", "off")
    exist_server.faults.add(Fault("status", status=503, times=None))
    assert list((await suggested(hass, home)).values()) == ["tv: time → tv_min"]


async def test_a_suggestion_of_what_may_not_be_written_is_not_chosen_beforehand(
    hass: HomeAssistant,
    exist_server: ExistServer,
    recorder_mock: None,
    add_account: AddAccount,
) -> None:
    entry = await add_account(scopes=("media_read", "health_write"))
    hass.states.async_set("media_player.tv", "off")
    result = await start(hass, entry)
    key = "media_player.tv|time_in|tv_min"
    assert offered(result, "suggestion")[key].endswith("Watching TV (observe only)")
    result = await walk(hass, result, {"suggestion": key})
    assert result["step_id"] == "attribute"
    assert beforehand(result, "target") is None
    assert "name:tv_min" not in offered(result, "target")


async def test_a_suggestion_without_a_template_goes_once_it_is_linked(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("person.bo", "home", {"friendly_name": "Bo"})
    await settle(hass)
    result = await start(hass, home)
    assert "person.bo|time_in|" in offered(result, "suggestion")
    await add_link(
        hass,
        home,
        link_data("person.bo", "time_in", "movies_min", 3, states=["home"]),
    )
    result = await start(hass, home)
    fields = asks_for(result)
    assert "suggestion" not in fields or "person.bo|time_in|" not in offered(
        result, "suggestion"
    )


async def test_details_of_a_suggestion_are_changed_before_it_is_used(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    hass.states.async_set("media_player.tv", "off", {"friendly_name": "tv"})
    result = await walk(
        hass,
        await start(hass, home),
        {"suggestion": "media_player.tv|time_in|tv_min"},
        "change",
    )
    assert "**tv**: time → **Watching TV**" in said(result)
    result = await walk(hass, result, "states")
    assert beforehand(result, "states") == PLAYING["states"]
    result = await walk(hass, result, {"states": ["playing"]}, "attribute")
    assert beforehand(result, "target") == "name:tv_min"
    result = await walk(hass, result, {"target": "name:movies_min"}, "ready")
    link = await finish(hass, home, result, take_over=True)
    assert link.data["states"] == ["playing"]
    assert link.data["absent_is_gap"] is False
    assert link.data["attribute"] == "movies_min"
    assert exist_server.owner("ada", "tv_min") != "home_assistant"


async def test_a_suggested_name_that_exist_has_already_is_asked_for(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    hass.states.async_set(
        "sensor.bedroom", "20", TEMPERATURE | {"friendly_name": "Bedroom steps"}
    )
    exist_server.users["ada"].attributes["gym"].label = "bedroom STEPS"
    await home.runtime_data.coordinator.async_refresh()
    result = await walk(
        hass,
        await start(hass, home),
        {"suggestion": "sensor.bedroom|mean|Bedroom steps"},
    )
    assert result["step_id"] == "new_attribute"
    assert beforehand(result, "group") == "sleep"
    result = await submit(hass, result, {})
    assert "already" in refused(result)
    result = await walk(hass, result, {"label": "Warmth"})
    assert result["step_id"] == "ready"
    link = await finish(hass, home, await walk(hass, result, "finish"))
    assert link.data["attribute"] == "warmth"


async def test_what_told_nothing_of_late_comes_last(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    humidity = {"unit_of_measurement": "%", "device_class": "humidity"}
    hass.states.async_set("sensor.a_bedroom", "unavailable", TEMPERATURE)
    hass.states.async_set("sensor.b_bedroom", "50", humidity)
    await settle(hass)
    hass.states.async_set("sensor.b_bedroom", "unavailable", humidity)
    hass.states.async_set("counter.coffee", "3")
    await settle(hass)
    await get_instance(hass).async_block_till_done()
    keys = await suggested(hass, home)
    names = [key.partition("|")[0] for key in keys]
    assert names.index("sensor.b_bedroom") < len(names) - 1
    assert names[-1] == "sensor.a_bedroom"


async def test_a_suggestion_shows_its_hours_and_what_it_creates_for_good(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.bedroom", "20", TEMPERATURE)
    await settle(hass)
    key = next(iter(await suggested(hass, home)))
    page = await walk(hass, await start(hass, home), {"suggestion": key})
    assert page["step_id"] == "ready"
    assert "Part of the day: 22:00 to 07:00" in said(page)
    assert "Exist can't delete an attribute" in said(page)
    menu = await choose(hass, page, "change")
    assert menu["description_placeholders"]["part"] == "22:00 to 07:00"
    page = await submit(hass, await choose(hass, menu, "aggregate"), {})
    page = await choose(hass, page, "aggregate")
    # No meter counts degrees.
    assert "sum" not in offered(page, "aggregate")
