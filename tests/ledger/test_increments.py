"""Increments of automations go together, and leave a person the hour's requests."""

import asyncio
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..writing import OWNED, settle, write

INCREMENT = "POST /api/2/attributes/increment/"


@pytest.fixture
async def owner(
    exist_server: ExistServer, add_account: AddAccount, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    monkeypatch.setattr("custom_components.exist.ledger.increments.GATHER_SECONDS", 0.2)
    exist_server.own("ada", *OWNED)
    entry = await add_account()
    for name in ("coffees", "meditation_min", "stromkosten"):
        exist_server.set_value("ada", name, None, 1)
    return entry


@pytest.fixture
def person(hass_admin_user: MockUser) -> Context:
    return Context(user_id=hass_admin_user.id)


async def _count(hass: HomeAssistant, name: str, value: float, **more: Any) -> Any:
    return await write(hass, "increment_values", name=name, value=value, **more)


async def test_what_comes_within_a_second_is_one_request(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    before = exist_server.requests[INCREMENT]
    answers = await asyncio.gather(
        *[_count(hass, "coffees", 2) for _ in range(20)],
        *[_count(hass, "meditation_min", number) for number in range(1, 11)],
        _count(hass, "stromkosten", 0.5, date="yesterday"),
    )
    assert exist_server.requests[INCREMENT] == before + 1
    assert exist_server.value("ada", "coffees") == 41
    assert exist_server.value("ada", "meditation_min") == 56
    assert [each["success"][0]["current"] for each in answers[:20]] == [41] * 20
    assert [each["success"][0]["name"] for each in answers[20:]] == [
        *["meditation_min"] * 10,
        "stromkosten",
    ]


async def _count_or_raise(hass: HomeAssistant) -> str | None:
    try:
        await _count(hass, "coffees", 1)
    except HomeAssistantError as err:
        return err.translation_key
    return ""


async def test_a_flood_of_automations_leaves_a_person_requests(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    person: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.increments.GATHER_SECONDS", -1)
    answers = [await _count_or_raise(hass) for _ in range(310)]
    counted = answers.count("")
    assert 250 < counted < 300
    assert set(answers) == {"", "rate_limited"}
    assert exist_server.value("ada", "coffees") == 1 + counted
    answer = await _count(hass, "coffees", 1, context=person)
    assert answer["success"][0]["current"] == 2 + counted
    assert (await write(hass, name="mood", value=4, context=person))["success"]


async def test_a_person_does_not_wait_for_others(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    person: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.increments.GATHER_SECONDS", 60)
    automation = hass.async_create_task(_count(hass, "coffees", 1))
    await asyncio.sleep(0)
    answer = await _count(hass, "coffees", 1, context=person)
    assert answer["success"][0]["current"] == 2
    automation.cancel()


async def test_each_caller_is_told_what_exist_refused(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.steal("ada", "coffees", "oura")
    answers: Any = await asyncio.gather(
        _count(hass, "coffees", 1),
        _count(hass, "meditation_min", 1),
        hass.services.async_call(
            "exist", "increment_values", {"name": "coffees", "value": 1}, blocking=True
        ),
        return_exceptions=True,
    )
    refused, taken, raising = answers
    assert refused["failed"][0]["error_code"] == "unauthorised"
    assert taken["success"]
    assert isinstance(raising, HomeAssistantError)


async def test_a_lost_answer_is_read_for_all(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("drop", "*/increment/", stored=True))
    answers = await asyncio.gather(*[_count(hass, "coffees", 1) for _ in range(3)])
    assert [each["success"][0]["current"] for each in answers] == [4, 4, 4]
    assert exist_server.requests[INCREMENT] == 1


async def test_what_waited_and_is_given_up_meanwhile_is_told(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    outbox = owner.runtime_data.ledger
    away = exist_server.faults.add(Fault("status", "*/update/", times=None))
    await write(hass, name="meditation_min", value=5)
    (key,) = outbox.entries
    slow = exist_server.faults.add(Fault("delay", "*/increment/", seconds=1))
    calls = [
        hass.async_create_task(_count(hass, name, 1))
        for name in ("coffees", "meditation_min")
    ]
    while not slow.seen:
        await asyncio.sleep(0.05)
    await outbox.async_drop([key])
    counted, dropped = await asyncio.wait_for(asyncio.gather(*calls), 20)
    exist_server.faults.remove(away)
    assert counted["success"][0]["current"] == 2
    assert dropped["failed"][0]["error_code"] == "dropped"
    assert exist_server.value("ada", "meditation_min") == 1


async def test_unloading_counts_nothing_and_says_so(
    hass: HomeAssistant,
    exist_server: ExistServer,
    owner: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.increments.GATHER_SECONDS", 60)
    calls = [hass.async_create_task(_count(hass, "coffees", 1)) for _ in range(2)]
    await asyncio.sleep(0)
    await hass.config_entries.async_unload(owner.entry_id)
    for each in await asyncio.gather(*calls, return_exceptions=True):
        assert isinstance(each, HomeAssistantError)
        assert each.translation_key == "unloading"
    await settle(hass)
    assert exist_server.value("ada", "coffees") == 1


async def test_unloading_while_they_are_sent_still_answers(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("delay", "*/increment/", seconds=1))
    calls = [hass.async_create_task(_count(hass, "coffees", 1)) for _ in range(2)]
    while not exist_server.requests[INCREMENT]:
        await asyncio.sleep(0.05)
    await hass.config_entries.async_unload(owner.entry_id)
    answers = await asyncio.wait_for(asyncio.gather(*calls), 20)
    assert [each["success"][0]["current"] for each in answers] == [3, 3]


async def test_unloading_while_they_wait_for_a_write_counts_nothing(
    hass: HomeAssistant, exist_server: ExistServer, owner: MockConfigEntry
) -> None:
    lock = owner.runtime_data.ledger.lock
    await lock.acquire()
    calls = [hass.async_create_task(_count(hass, "coffees", 1)) for _ in range(2)]
    await asyncio.sleep(0.5)
    unloading = hass.async_create_task(hass.config_entries.async_unload(owner.entry_id))
    await asyncio.sleep(0.1)
    lock.release()
    told = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 20)
    await unloading
    for each in told:
        assert isinstance(each, HomeAssistantError)
        assert each.translation_key == "unloading"
    assert exist_server.value("ada", "coffees") == 1
    assert not exist_server.requests[INCREMENT]
