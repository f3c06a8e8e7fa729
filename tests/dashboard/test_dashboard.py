"""A dashboard of what an account has, and of nothing else."""

from datetime import date, timedelta
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import GROUPS
from custom_components.exist.dashboard.belongings import (
    Belongings,
    ChartedPast,
    Looks,
    ShownAttribute,
)
from custom_components.exist.dashboard.layout import (
    MOST_FLAGS,
    MOST_ROWS,
    MOST_TILES,
    MOST_WEEKS,
    MOST_YEARS,
    TEXTS,
    dashboard,
)
from homeassistant.components.recorder.statistics import async_list_statistic_ids
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.template import Template

from ..conftest import AddAccount
from ..exist_server import ExistServer, ValueType
from ..history.history_home import add_person, imported
from ..link_home import add_link, tv_link
from ..writing import poll, settle, write
from .dashboards import (
    cards,
    empty_parts,
    entities,
    headings,
    of_type,
    rows_of,
    strange_options,
)

pytestmark = pytest.mark.shown(*GROUPS)

TODAY = date(2026, 11, 18)
WORDS = {key: key.upper() for key in TEXTS}


@pytest.fixture
def _import_the_past(recorder_mock: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.exist.history.keeper.BEGIN_SECONDS", -1)


async def shown(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Return the dashboard of an account, with nothing wrong about it."""
    config: dict[str, Any] = await write(hass, "get_dashboard", account=entry.entry_id)
    assert json.loads(json.dumps(config)) == config
    assert strange_options(config) == []
    assert empty_parts(config) == []
    statistics = set()
    if any(":" in each for each in entities(config)):
        listed = await async_list_statistic_ids(hass)
        statistics = {each["statistic_id"] for each in listed}
    registry = er.async_get(hass)
    for entity_id in entities(config):
        if ":" in entity_id:
            assert entity_id in statistics
            continue
        registered = registry.async_get(entity_id)
        assert registered is not None, entity_id
        assert registered.config_entry_id == entry.entry_id
        assert registered.disabled_by is None
        assert registered.hidden_by is None
        state = hass.states.get(entity_id)
        assert state is not None, entity_id
        assert state.state != "unavailable", entity_id
    return config


def table(hass: HomeAssistant, card: dict[str, Any]) -> dict[str, list[str]]:
    """Return the cells of each row of a table; the title row has no name."""
    lines = Template(card["content"], hass).async_render(parse_result=False)
    rows = [
        [cell.strip(" *") for cell in line.strip("|").split("|")]
        for line in lines.splitlines()
        if line.startswith("|")
    ]
    assert len({len(row) for row in rows}) == 1, "a row is broken"
    return {name: cells for name, *cells in rows}


@pytest.mark.usefixtures("recorder_mock", "freezer")
async def test_a_full_account_has_every_part(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "tv_min", "mood", "mood_note", "coffees", manual=True)
    exist_server.own("ada", "gym", "homeoffice", "vitamin_d", manual=True)
    hass.states.async_set("media_player.living_room", "off")
    entry = await add_account()
    await add_account("bo")
    await add_link(hass, entry, tv_link())
    config = await shown(hass, entry)
    assert headings(config) == [
        "Your day",
        "Tags",
        "Today",
        "Latest",
        "Links",
        "Connection",
    ]
    assert {
        "date.exist_ada_day_to_edit",
        "number.exist_ada_mood",
        "text.exist_ada_mood_note",
        "number.exist_ada_coffees",
        "button.exist_ada_coffees_1",
        "switch.exist_ada_vitamin_d",
        "todo.exist_ada_daily_tags",
    } <= entities(config)
    assert "binary_sensor.exist_ada_gym" not in entities(config)
    assert "sensor.exist_ada_steps_goal" not in entities(config)
    assert any(each.endswith("_state") for each in entities(config))


@pytest.mark.usefixtures("_import_the_past", "freezer")
async def test_charts_are_of_what_is_in_the_statistics(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    add_person(exist_server)
    entry = await add_account("dora")
    config = await shown(hass, entry)
    assert not of_type(config, "statistics-graph")
    await imported(hass, entry)
    config = await shown(hass, entry)
    assert headings(config) == ["Today", "Latest", "Last 7 days", "Connection"]
    assert [view["title"] for view in config["views"]] == ["Today", "Years"]
    years = config["views"][1]
    spans = {section["column_span"] for section in years["sections"]}
    assert spans == {years["max_columns"]}
    *_, steps, mood, weight, coffees, bedtime = of_type(config, "statistics-graph")
    assert steps["title"] == "Steps by month"
    assert steps["entities"] == [{"entity": "exist:dora_steps", "name": "Steps"}]
    assert (steps["stat_types"], steps["chart_type"]) == (["change"], "bar")
    assert (steps["days_to_show"], steps["period"]) == (425, "month")
    assert (mood["stat_types"], mood["chart_type"]) == (["mean"], "line")
    assert [weight["title"], coffees["title"]] == [
        "Weight, average by month",
        "Coffees by month",
    ]
    assert bedtime["title"] == (
        "Bedtime, average by month (hours after midday of the day before)"
    )
    hass.config.language = "de"
    *_, steps, _, _, _, _ = of_type(await shown(hass, entry), "statistics-graph")
    assert steps["title"] == "Schritte pro Monat"


@pytest.mark.usefixtures("recorder_mock", "freezer")
async def test_today_stands_beside_goal_average_and_yesterday(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    today = exist_server.today("ada")
    yesterday = today - timedelta(days=1)
    exist_server.set_value("ada", "steps", today, 4321)
    exist_server.set_value("ada", "steps", yesterday, 12876)
    exist_server.set_value("ada", "steps_goal", today, 8000)
    exist_server.set_value("ada", "productive_min", today, 125)
    exist_server.set_value("ada", "productive_min", yesterday, 0)
    exist_server.set_value("ada", "sleep", today, 420)
    exist_server.set_value("ada", "weight", today, 72)
    exist_server.set_value("ada", "weather_temp_max", today, -4.25)
    exist_server.clear_value("ada", "body_fat", today)
    exist_server.set_value("ada", "body_fat", yesterday, 0.215)
    exist_server.clear_value("ada", "workouts", today)
    exist_server.set_value("ada", "workouts", yesterday, 2)
    entry = await add_account()
    now, latest = of_type(await shown(hass, entry), "markdown")
    rows = table(hass, now)
    assert rows[""] == ["", "Goal", "Yesterday"]
    assert rows["Steps"] == ["4,321", "8,000", "12,876"]
    assert rows["Productive time"][0::2] == ["2h 5m", "0m"]
    assert rows["Workouts"] == ["–", "", "2"]
    rows = table(hass, latest)
    assert rows[""] == ["", "Goal", "Day"]
    assert rows["Time asleep"][0] == "7h"
    assert rows["Weight"][0] == "72.0** kg"
    assert rows["Max temp"][0] == "-4.2** °C"
    assert rows["Body fat"][0] == "21.5**%"
    assert rows["Weight"][-1] == ""
    assert rows["Body fat"][-1] == f"{yesterday:%b\u00a0%d}"

    # Yesterday's decimals are none of today's.
    compared = {"yesterday": 18.3, "usual": 18.3}
    state = hass.states.get("sensor.exist_ada_workouts")
    assert state is not None
    hass.states.async_set(state.entity_id, "17", {**state.attributes, **compared})
    assert table(hass, now)["Workouts"] == ["17** ×", "", "18", "18.3"]

    # What the person calls it must not break the table, nor what is shown.
    er.async_get(hass).async_update_entity(
        "sensor.exist_ada_steps", name="Walks | <b>runs</b>"
    )
    await settle(hass)
    assert "Walks   &lt;b&gt;runs&lt;/b&gt;" in table(hass, now)


@pytest.mark.usefixtures("recorder_mock", "freezer")
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["5,144", "25,144", "7h 4m", "72.5** kg", "21.5**%"]),
        ("de", ["5.144", "25.144", "7h, 4 Min.", "72,5** kg", "21,5** %"]),
        ("es", ["5144", "25.144", "7h 4min", "72,5** kg", "21,5**%"]),
        ("fr", ["5\u202f144", "25\u202f144", "7h 4min", "72,5** kg", "21,5** %"]),
        ("nl", ["5.144", "25.144", "7 u, 4 m", "72,5** kg", "21,5**%"]),
        ("pl", ["5144", "25\u00a0144", "7 h i 4 min", "72,5** kg", "21,5**%"]),
        ("ja", ["5,144", "25,144", "7h4m", "72.5** kg", "21.5**%"]),
        ("sv", ["5,144", "25,144", "7h 4m", "72.5** kg", "21.5**%"]),
    ],
)
async def test_numbers_are_written_as_the_language_writes_them(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    language: str,
    told: list[str],
) -> None:
    today = exist_server.today("ada")
    for name, value in (
        ("steps", 5144),
        ("steps_goal", 25144),
        ("sleep", 424),
        ("weight", 72.5),
        ("body_fat", 0.215),
    ):
        exist_server.set_value("ada", name, today, value)
    entry = await add_account()
    hass.config.language = language
    now, latest = of_type(await shown(hass, entry), "markdown")
    rows = table(hass, now) | table(hass, latest)
    assert [
        *rows["Steps"][:2],
        rows["Time asleep"][0],
        rows["Weight"][0],
        rows["Body fat"][0],
    ] == told


@pytest.mark.usefixtures("freezer")
async def test_an_account_that_owns_nothing_has_nothing_to_enter(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    config = await shown(hass, account)
    assert headings(config) == ["Today", "Latest", "Connection"]
    assert not [each for each in entities(config) if each.startswith(("num", "date"))]
    assert "binary_sensor.exist_ada_vitamin_d" in entities(config)


@pytest.mark.usefixtures("_import_the_past", "freezer")
async def test_an_account_with_tags_only(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.add_user("dora", "UTC")
    for label in ("Gym", "Family dinner"):
        exist_server.add_attribute(
            "dora", label, "custom", ValueType.BOOLEAN, service="exist", manual=True
        )
    exist_server.set_value("dora", "gym", TODAY - timedelta(days=3), 1)
    exist_server.own("dora", "gym", "family_dinner", manual=True)
    entry = await add_account("dora")
    await imported(hass, entry)
    config = await shown(hass, entry)
    assert headings(config) == ["Your day", "Tags", "Connection"]
    [chart] = of_type(config, "statistics-graph")
    assert (chart["title"], chart["hide_legend"]) == ("Tags: days per month", False)
    assert (chart["days_to_show"], chart["period"]) == (365, "month")
    assert [each["name"] for each in chart["entities"]] == ["Gym"]

    # A list without tags is no list any more.
    exist_server.steal("dora", "gym", "exist")
    exist_server.steal("dora", "family_dinner", "exist")
    await poll(hass, entry)
    config = await shown(hass, entry)
    assert headings(config) == ["Today", "Connection"]
    assert {each["entity"] for each in of_type(config, "tile")} == {
        "binary_sensor.exist_dora_gym",
        "binary_sensor.exist_dora_family_dinner",
    }


@pytest.mark.usefixtures("freezer")
async def test_an_account_with_nothing_at_all_and_no_recorder(
    hass: HomeAssistant, add_account: AddAccount
) -> None:
    entry = await add_account("cleo", options={"groups": []})
    config = await write(hass, "get_dashboard", account=entry.entry_id)
    assert headings(config) == ["Connection"]
    for each in list(entities(config)):
        er.async_get(hass).async_update_entity(
            each, hidden_by=er.RegistryEntryHider.USER
        )
    config = await write(hass, "get_dashboard")
    assert list(cards(config)) == []


@pytest.mark.usefixtures("recorder_mock", "freezer")
async def test_what_is_hidden_disabled_or_gone_has_no_card(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "mood", "mood_note", "coffees", manual=True)
    entry = await add_account()
    everything = entities(await shown(hass, entry))
    hidden, disabled = "sensor.exist_ada_steps", "number.exist_ada_mood"
    gone, renamed = "number.exist_ada_coffees", "text.exist_ada_mood_note"
    assert {hidden, disabled, gone, renamed} <= everything
    registry = er.async_get(hass)
    registry.async_update_entity(hidden, hidden_by=er.RegistryEntryHider.USER)
    registry.async_update_entity(disabled, disabled_by=er.RegistryEntryDisabler.USER)
    registry.async_update_entity(renamed, new_entity_id="text.my_diary")
    exist_server.steal("ada", "coffees", "exist")
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    left = entities(await shown(hass, entry))
    assert not {hidden, disabled, gone, renamed} & left
    assert "text.my_diary" in left


def many(count: int, looks: Looks, **more: Any) -> list[ShownAttribute]:
    """Return as many attributes of a kind, each with all that it can have."""
    return [
        ShownAttribute(
            looks,
            sensor=f"sensor.{looks.name}_{number}",
            past=ChartedPast(f"exist:{looks.name}_{number}", "Chart", True, None),
            **{"today": True, **more},
        )
        for number in range(count)
    ]


def test_a_page_of_a_hundred_helps_nobody() -> None:
    attributes = [
        *many(100, Looks.NUMBER),
        *many(100, Looks.WORDS),
        *many(100, Looks.YES_OR_NO),
    ]
    config = dashboard(Belongings(TODAY, attributes), WORDS)
    [rows] = of_type(config, "markdown")
    assert len(rows_of(rows)) == MOST_ROWS
    assert len(of_type(config, "tile")) == 2 * MOST_TILES
    *charts, flags = of_type(config, "statistics-graph")
    assert len(charts) == MOST_WEEKS + MOST_YEARS
    assert len(flags["entities"]) == MOST_FLAGS


def test_what_can_be_entered_is_never_cut_off() -> None:
    attributes = [
        *many(20, Looks.SCALE, control="number.a"),
        *many(20, Looks.NUMBER, control="number.b", plus_one="button.b"),
        *many(20, Looks.YES_OR_NO, control="switch.c"),
        *many(20, Looks.WORDS, control="text.d"),
    ]
    config = dashboard(Belongings(TODAY, attributes), WORDS)
    assert len(of_type(config, "tile")) == 40
    [entered] = of_type(config, "entities")
    rows = [each["entity"] for each in entered["entities"]]
    assert rows == ["text.d"] * 20 + ["number.b", "button.b"] * 20


@pytest.mark.parametrize(
    ("days", "span"),
    [(10, (365, "week")), (364, (365, "week")), (1000, (1001, "month"))],
)
def test_years_begin_with_the_oldest_day(days: int, span: tuple[int, str]) -> None:
    past = ChartedPast("exist:a", "A", False, TODAY - timedelta(days=days))
    has = Belongings(TODAY, [ShownAttribute(Looks.NUMBER, today=False, past=past)])
    chart = of_type(dashboard(has, WORDS), "statistics-graph")[-1]
    assert (chart["days_to_show"], chart["period"]) == span
    assert (chart["chart_type"], chart["stat_types"]) == ("line", ["mean"])
