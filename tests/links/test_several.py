"""Several entities as one, steps and shares, from the recorder to Exist."""

from datetime import date
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.links import Link, NotTold
from custom_components.exist.links.planner import LinkPlanner
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import (
    TV,
    add_link,
    at,
    days_of,
    evaluate,
    home_of,
    import_hours,
    link_data,
    link_issues,
    move_on,
    past_of,
    record,
    set_runs,
    tv_link,
)
from ..writing import settle

TODAY, BEFORE = date(2026, 5, 20), date(2026, 5, 19)
YESTERDAY, NOW = "2026-05-19", "2026-05-20"


@pytest.fixture(autouse=True)
def _morning(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 18, 7))


METERS = ("sensor.grid", "sensor.garage")
ENERGY = {"unit_of_measurement": "kWh", "state_class": "total_increasing"}
BOTH = {"others": [{"entity": METERS[1], "registry_id": None}]}


async def _two_meters(
    hass: HomeAssistant, server: ExistServer, add_account: AddAccount
) -> MockConfigEntry:
    """Load an account and two meters; the second one says watt hours."""
    home = await home_of(hass, server, add_account, "active_energy")
    hass.states.async_set(METERS[0], "14", ENERGY)
    hass.states.async_set(METERS[1], "5900", ENERGY | {"unit_of_measurement": "Wh"})
    await record(
        hass,
        {
            METERS[0]: [
                (at(2026, 5, 18, 8), "10"),
                (at(2026, 5, 19, 12), "12.5"),
                (at(2026, 5, 20, 8), "14"),
            ],
            METERS[1]: [
                (at(2026, 5, 18, 8), "5000"),
                (at(2026, 5, 19, 14), "5500"),
                (at(2026, 5, 20, 9), "5900"),
            ],
        },
    )
    return home


def _energy(**more: Any) -> dict[str, Any]:
    data = {"template": "active_energy", "unit": "kWh", **BOTH, **more}
    return link_data(METERS[0], "sum", "active_energy", 1, **data)


async def test_two_meters_in_two_units_are_added(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    home = await _two_meters(hass, exist_server, add_account)
    freezer.move_to(at(2026, 5, 20, 12))
    await add_link(hass, home, _energy())
    told = exist_server.value("ada", "active_energy", TODAY)
    assert told == pytest.approx((1.5 + 0.4) * 3600)
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] == pytest.approx(3 * 3600)


async def test_hours_of_two_meters_are_added(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    home = await _two_meters(hass, exist_server, add_account)
    for meter, unit, step in ((METERS[0], "kWh", 0.5), (METERS[1], "Wh", 100)):
        hours = [
            {"start": at(2026, 5, 15, hour), "state": hour * step, "sum": hour * step}
            for hour in range(24)
        ]
        await import_hours(hass, meter, unit, hours, has_sum=True)
    freezer.move_to(at(2026, 5, 20, 12))
    await add_link(hass, home, _energy())
    days = await days_of(hass, "active_energy", "2026-05-15")
    assert days["2026-05-15"] == pytest.approx(23 * 0.6 * 3600)
    assert days[YESTERDAY] == pytest.approx(3 * 3600)


async def test_once_it_is_known_what_two_meters_are_two_days_are_read_of_both(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    home = await home_of(hass, exist_server, add_account, "active_energy")
    for meter in METERS:
        hass.states.async_set(meter, "70", ENERGY)
    rising = [(at(2026, 5, day, 8), str(day)) for day in range(10, 21)]
    await record(hass, dict.fromkeys(METERS, rising))
    await set_runs(hass, [], at(2026, 5, 10, 7))
    freezer.move_to(at(2026, 5, 20, 12))
    runtime = home.runtime_data
    planner = LinkPlanner(hass, home, runtime.coordinator, runtime.links.memory)
    link = Link.from_data("energy", "Energy", _energy())

    async def read_back() -> list[float]:
        plan = planner.plan(link, BEFORE, TODAY)
        assert plan is not None
        days = await planner.async_days([plan])
        assert days is not None
        result = days["energy"][BEFORE]
        assert not isinstance(result, NotTold)
        assert result.value == 2 * 3600
        return [each.back / 86400 for each in plan.others]

    assert await read_back() == [8]
    assert await read_back() == [2]


async def test_the_entity_that_has_the_problem_is_named(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from homeassistant.helpers.recorder import get_instance

    home = await _two_meters(hass, exist_server, add_account)
    freezer.move_to(at(2026, 5, 20, 12))
    await add_link(hass, home, _energy())
    state = hass.states.get(METERS[1])
    assert state is not None
    hass.states.async_remove(METERS[1])
    await evaluate(hass, home)
    assert link_issues(hass) == {"link_entity_gone": METERS[1]}
    hass.states.async_set(METERS[1], "59", {"unit_of_measurement": "kg"})
    await evaluate(hass, home)
    assert link_issues(hass) == {"link_wrong_unit": METERS[1]}
    hass.states.async_set(METERS[1], state.state, state.attributes)
    await evaluate(hass, home)
    assert link_issues(hass) == {}
    recorder = get_instance(hass)
    monkeypatch.setattr(recorder, "entity_filter", lambda each: each != METERS[1])
    await evaluate(hass, home)
    assert link_issues(hass) == {"link_not_recorded": METERS[1]}


async def test_a_second_meter_counts_from_when_it_is_there(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    home = await _two_meters(hass, exist_server, add_account)
    registry = er.async_get(hass)
    freezer.move_to(at(2026, 5, 20, 0))
    new = registry.async_get_or_create("sensor", "test", "1", suggested_object_id="new")
    freezer.move_to(at(2026, 5, 20, 12))
    hass.states.async_set(new.entity_id, "3", ENERGY)
    past = [(at(2026, 5, 20, 0, 1), "0"), (at(2026, 5, 20, 10), "3")]
    await record(hass, {new.entity_id: past})
    registry.async_update_entity(new.entity_id, new_entity_id="sensor.renamed")
    hass.states.async_remove(new.entity_id)
    hass.states.async_set("sensor.renamed", "3", ENERGY)
    others = [{"entity": new.entity_id, "registry_id": new.id}]
    await add_link(hass, home, _energy(others=others))
    await settle(hass)
    assert await days_of(hass, "active_energy", YESTERDAY) == {
        YESTERDAY: pytest.approx(2.5 * 3600),
        NOW: pytest.approx(4.5 * 3600),
    }
    # One that was there all the time, and was not recorded, hides the day.
    unknown = [{"entity": "sensor.unknown", "registry_id": None}]
    hass.states.async_set("sensor.unknown", "unavailable", ENERGY)
    subentry = next(iter(home.subentries.values()))
    hass.config_entries.async_update_subentry(
        home, subentry, data=_energy(others=unknown)
    )
    await settle(hass)
    days = await days_of(hass, "active_energy", YESTERDAY)
    assert days[YESTERDAY] in {"not_recorded", "gaps"}


async def test_any_of_two_televisions(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    other = "media_player.bedroom"
    home = await home_of(hass, exist_server, add_account, "gaming_min", "coffees")
    hass.states.async_set(TV, "off")
    hass.states.async_set(other, "off")
    await record(
        hass,
        {
            TV: [
                (at(2026, 5, 18, 8), "off"),
                (at(2026, 5, 19, 20), "on"),
                (at(2026, 5, 19, 21), "unavailable"),
                (at(2026, 5, 20, 9), "on"),
                (at(2026, 5, 20, 9, 30), "off"),
            ],
            other: [
                (at(2026, 5, 18, 8), "off"),
                (at(2026, 5, 19, 20, 40), "on"),
                (at(2026, 5, 19, 21, 30), "off"),
                (at(2026, 5, 20, 9, 15), "on"),
                (at(2026, 5, 20, 9, 45), "off"),
            ],
        },
    )
    freezer.move_to(at(2026, 5, 20, 12))
    both: dict[str, Any] = {"others": [{"entity": other, "registry_id": None}]}
    await add_link(hass, home, tv_link(**both))
    times = link_data(TV, "times", "coffees", 0, states=["on"], absent_is_gap=False)
    await add_link(hass, home, {**times, **both})
    assert exist_server.value("ada", "gaming_min", TODAY) == 45
    assert exist_server.value("ada", "coffees", TODAY) == 1
    assert (await days_of(hass, "gaming_min", YESTERDAY))[YESTERDAY] == 90
    assert (await days_of(hass, "coffees", YESTERDAY))[YESTERDAY] == 1


async def test_weeks_of_two_televisions(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    other = "media_player.bedroom"
    home = await home_of(hass, exist_server, add_account, "gaming_min")
    await set_runs(hass, [], at(2026, 4, 20, 7))
    past: dict[str, list[Any]] = {TV: [], other: []}
    for entity, hour in ((TV, 20), (other, 21)):
        hass.states.async_set(entity, "off")
        past[entity] = [(at(2026, 4, 20, 8), "off")]
        for day in range(1, 20):
            past[entity] += [
                (at(2026, 5, day, hour), "on"),
                (at(2026, 5, day, hour, day), "off"),
            ]
    await record(hass, past)
    freezer.move_to(at(2026, 5, 20, 12))
    both: dict[str, Any] = {"others": [{"entity": other, "registry_id": None}]}
    await add_link(hass, home, tv_link(**both))
    days = await days_of(hass, "gaming_min", "2026-05-01")
    assert days == {
        **{f"2026-05-{day:02}": 2 * day for day in range(1, 20)},
        NOW: 0,
    }


async def test_either_of_two_buttons(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    first, second = "input_button.coffee", "input_button.espresso"
    home = await home_of(hass, exist_server, add_account, "coffees")
    pressed = {first: (7, 9), second: (8, 10, 11)}
    for entity, hours in pressed.items():
        moments = [at(2026, 5, 20, hour) for hour in hours]
        hass.states.async_set(entity, moments[-1].isoformat())
        begun = (at(2026, 5, 18, 8), "unknown")
        past = [(moment, moment.isoformat()) for moment in moments]
        await record(hass, {entity: [begun, *past]})
    freezer.move_to(at(2026, 5, 20, 12))
    both = [{"entity": second, "registry_id": None}]
    await add_link(hass, home, link_data(first, "times", "coffees", 0, others=both))
    assert exist_server.value("ada", "coffees", TODAY) == 5


@pytest.mark.parametrize(
    ("steps", "shown", "told"),
    [
        (["awful", "so so", "great"], ("so so", "great"), (2, 3)),
        (["1", "2", "3", "4"], ("4", "2"), (4, 2)),
    ],
)
async def test_named_steps_and_numbers_on_a_scale(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    steps: list[str],
    shown: tuple[str, str],
    told: tuple[int, int],
) -> None:
    entity = "input_select.mood"
    home = await home_of(hass, exist_server, add_account, "mood")
    await past_of(
        hass,
        entity,
        shown[1],
        {"options": steps},
        [
            ((2026, 5, 18, 8), steps[0]),
            ((2026, 5, 19, 21), shown[0]),
            ((2026, 5, 20, 9), shown[1]),
        ],
        begun=(2026, 5, 18, 7),
    )
    freezer.move_to(at(2026, 5, 20, 12))
    await add_link(hass, home, link_data(entity, "last", "mood", 8, steps=steps))
    assert exist_server.value("ada", "mood", TODAY) == told[1]
    assert (await days_of(hass, "mood", YESTERDAY))[YESTERDAY] == told[0]


async def test_the_share_of_the_day(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    home = await home_of(hass, exist_server, add_account, "body_fat")
    hass.states.async_set(TV, "off")
    past = [
        (at(2026, 5, 18, 8), "off"),
        (at(2026, 5, 19, 18), "on"),
        (at(2026, 5, 20, 0), "off"),
        (at(2026, 5, 20, 9), "on"),
    ]
    await record(hass, {TV: past})
    freezer.move_to(at(2026, 5, 20, 12))
    share = link_data(TV, "time_in", "body_fat", 5, states=["on"], decimals=1)
    link_id = await add_link(hass, home, share)
    assert exist_server.value("ada", "body_fat", TODAY) == pytest.approx(0.25)
    assert (await days_of(hass, "body_fat", YESTERDAY))[YESTERDAY] == 0.25
    # More of the day is known now, and the share is less: that is the better value.
    await record(hass, {TV: [(at(2026, 5, 20, 12), "off")]})
    hass.states.async_set(TV, "off", force_update=True)
    await move_on(hass, freezer, home, 20, 18)
    told = exist_server.value("ada", "body_fat", TODAY)
    assert told == pytest.approx(3 / 18, abs=1e-3)
    # A part of the day has its own share.
    night = {**share, "part": "from_to", "part_start": "16:00", "part_end": "20:00"}
    hass.config_entries.async_update_subentry(
        home, home.subentries[link_id], data=night
    )
    await settle(hass)
    link = home.runtime_data.links.links[link_id]
    days = await home.runtime_data.links.async_preview(link, BEFORE, BEFORE)
    assert days is not None
    result = days[BEFORE]
    assert not isinstance(result, NotTold)
    assert result.value == pytest.approx(0.5)


async def test_the_person_whose_zone_is_gone_is_named(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    home = await home_of(hass, exist_server, add_account, "gaming_min")
    tracked = ("binary_sensor.desk", "person.ada")
    for entity in tracked:
        hass.states.async_set(entity, "off")
        await record(hass, {entity: [(at(2026, 5, 18, 8), "off")]})
    freezer.move_to(at(2026, 5, 20, 12))
    others = [{"entity": tracked[1], "registry_id": None}]
    wish = {"states": ["on", "Gym"], "others": others}
    await add_link(
        hass, home, link_data(tracked[0], "time_in", "gaming_min", 3, **wish)
    )
    assert link_issues(hass) == {"link_state_gone": tracked[1]}
    assert exist_server.value("ada", "gaming_min", TODAY) is None
