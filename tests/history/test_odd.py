"""Odd answers and a full disk while the past is imported: no day is lost by them."""

from datetime import date, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.exist.history.gathered import FILE
from custom_components.exist.storage import AccountFiles
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..writing import poll, settle, write
from .history_home import (
    CHARTED,
    MORE,
    add_person,
    are_seamless,
    days_at_exist,
    imported,
    kept,
    rows,
)
from .test_order import kill

DAYS = "/api/2/attributes/values/"
WINDOWS = "/api/2/attributes/with-values/"
TODAY = date(2026, 11, 18)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def person(
    request: pytest.FixtureRequest,
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    exist_server: ExistServer,
) -> ExistServer:
    """Seed dora with more than two years: what is older than one is gathered."""
    add_person(exist_server, days=getattr(request, "param", 800))
    return exist_server


FEW_DAYS = pytest.mark.parametrize("person", [100], indirect=True)


async def assert_right(
    hass: HomeAssistant, person: ExistServer, *without: tuple[str, date]
) -> None:
    for name in (*CHARTED, *MORE):
        days = days_at_exist(person, name)
        wanted = {day: days[day] for day in days if (name, day) not in without}
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(wanted), name
    assert are_seamless(await rows(hass, "exist:dora_steps"))


@pytest.mark.parametrize("names", [(*CHARTED, *MORE), ("steps", "weight")])
async def test_a_value_of_no_kind_costs_no_other_day(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    names: tuple[str, ...],
) -> None:
    # Many are imported in windows, few by themselves.
    attributes = person.users["dora"].attributes
    for name in attributes.keys() - set(names):
        del attributes[name]
    odd: dict[int, Any] = {3: 10**20, 40: "many", 200: [1], 600: float("nan")}
    for back, value in odd.items():
        attributes["weight"].values[ago(back)] = value
    entry = await add_account("dora")
    await imported(hass, entry)
    for back in odd:
        del attributes["weight"].values[ago(back)]
    for name in names:
        days = days_at_exist(person, name)
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(days), name


@FEW_DAYS
async def test_days_of_another_type_by_now_are_no_word_on_what_is_charted(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    attribute = person.users["dora"].attributes["weight"]
    before = dict(attribute.values)
    attribute.values = dict.fromkeys(before, "a text")
    await write(hass, "import_history", attributes=["weight"])
    await settle(hass)
    attribute.values = before
    await assert_right(hass, person)


@pytest.mark.parametrize("polls", [0, 1])
async def test_who_leaves_in_the_middle_and_comes_back_has_no_hole(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount, polls: int
) -> None:
    attributes = person.users["dora"].attributes
    away = {}

    def leave() -> None:
        away["steps"] = attributes.pop("steps")

    def come_back() -> None:
        attributes.update(away)

    # Each window is asked for twice while somebody is not listed.
    person.faults.add(Fault("call", WINDOWS, skip=6, call=leave))
    if not polls:
        person.faults.add(Fault("call", WINDOWS, skip=16, call=come_back))
    entry = await add_account("dora")
    await settle(hass)
    assert away
    for _ in range(polls):
        assert "steps" not in attributes
        await poll(hass, entry)
    come_back()
    await poll(hass, entry)
    await imported(hass, entry)
    await assert_right(hass, person)


async def test_windows_that_list_only_who_has_days_end(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    attributes = person.users["dora"].attributes
    for number, name in enumerate((*CHARTED, *MORE)):
        newest = ago(100 * number + 200)
        attributes[name].values = {
            day: value for day, value in attributes[name].values.items() if day > newest
        }
    listed = person.faults.add(Fault("call", WINDOWS, times=None))
    everybody = dict(attributes)
    asked: list[int] = []

    def only_with_days() -> None:
        # The poll is the first of all.
        asked.append(1)
        at = ago(31 * (len(asked) // 2))
        for name, each in everybody.items():
            attributes.pop(name, None)
            if len(asked) == 1 or min(each.values) < at:
                attributes[name] = each

    listed.call = only_with_days
    entry = await add_account("dora")
    await settle(hass)
    person.faults.clear()
    attributes.update(everybody)
    for _ in range(3):
        await poll(hass, entry)
        await imported(hass, entry)
    await assert_right(hass, person)
    person.requests.clear()
    await poll(hass, entry)
    await imported(hass, entry)
    assert sum(person.requests.values()) == 3


@FEW_DAYS
@pytest.mark.parametrize("day", [date(1, 1, 1), ago(90)])
async def test_a_day_that_was_not_asked_for_breaks_no_sum(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount, day: date
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    steps = person.users["dora"].attributes["steps"]
    group = {"name": "activity"}
    listed = {"name": "steps", "template": "steps", "value_type": 0, "group": group}
    values = [
        {"date": TODAY.isoformat(), "value": 7},
        {"date": day.isoformat(), "value": 77},
    ]
    body = json.dumps(
        {"count": 1, "next": None, "results": [{**listed, "values": values}]}
    )
    person.faults.add(Fault("status", WINDOWS, status=200, body=body))
    assert await poll(hass, entry)
    await imported(hass, entry)
    steps.values[TODAY] = 7
    await assert_right(hass, person)


@FEW_DAYS
async def test_a_day_before_all_others_is_written_and_not_charted(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    person.own("dora", "steps", manual=True)
    entry = await add_account("dora")
    await imported(hass, entry)
    for day in (date(1, 1, 1), ago(50)):
        answer = await write(hass, name="steps", value=5000, date=day)
        assert answer["success"], answer
    await imported(hass, entry)
    assert person.value("dora", "steps", date(1, 1, 1)) == 5000
    await assert_right(hass, person, ("steps", date(1, 1, 1)))


@FEW_DAYS
async def test_a_page_about_maintenance_costs_no_month(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    page = person.faults.add(Fault("html", WINDOWS, skip=2, times=None, status=200))
    entry = await add_account("dora")
    await settle(hass)
    # No poll comes meanwhile.
    for minutes in (6, 11):
        freezer.tick(timedelta(minutes=minutes))
        async_fire_time_changed(hass)
        await settle(hass)
    assert page.seen == 3
    person.faults.clear()
    freezer.tick(timedelta(minutes=21))
    async_fire_time_changed(hass)
    await imported(hass, entry)
    await assert_right(hass, person)


async def test_a_full_disk_leaves_no_hole(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry: MockConfigEntry = await add_account("dora", setup=False)
    path = AccountFiles(hass, entry).path(FILE)

    def fill() -> None:
        # What is small still fits.
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)

    person.faults.add(Fault("call", WINDOWS, skip=14, call=fill))
    stopped = person.faults.add(Fault("delay", WINDOWS, skip=17, seconds=99))
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert path.is_dir()
    assert not stopped.seen
    freezer.tick(timedelta(minutes=6))
    async_fire_time_changed(hass)
    await settle(hass)
    await kill(hass, entry)
    path.rmdir()
    person.faults.clear()
    await hass.config_entries.async_setup(entry.entry_id)
    await imported(hass, entry)
    await assert_right(hass, person)
