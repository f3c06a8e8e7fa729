"""The recorder is disabled, or ends and comes back, while the past is imported."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.exist.history.keeper import BUSY_SECONDS
from custom_components.exist.history.statistics import WRITTEN_SECONDS
from homeassistant.components.recorder import entity_registry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..writing import settle, until, write
from .history_home import (
    CHARTED,
    add_person,
    are_seamless,
    days_at_exist,
    imported,
    kept,
    rows,
)

ALL = (*CHARTED, "coffees")
API = "/api/2/attributes/*values/"


@pytest.fixture
def person(
    recorder_mock: None, freezer: FrozenDateTimeFactory, exist_server: ExistServer
) -> ExistServer:
    add_person(exist_server, names=ALL)
    return exist_server


async def assert_right(hass: HomeAssistant, exist_server: ExistServer) -> None:
    for name in ALL:
        assert await kept(hass, f"exist:dora_{name}") == pytest.approx(
            days_at_exist(exist_server, name)
        ), name
    for name in ("steps", "coffees"):
        assert are_seamless(await rows(hass, f"exist:dora_{name}")), name


# In the last year, and where it is gathered what is older.
PAGES = [3, 1 + 12 + 2 * len(ALL) + 1]


@pytest.mark.parametrize("pages", PAGES)
async def test_a_recorder_that_is_disabled_in_the_middle_keeps_statistics(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount, pages: int
) -> None:
    def disable() -> None:
        hass.async_create_task(
            hass.services.async_call("recorder", "disable", blocking=True)
        )

    fault = person.faults.add(Fault("call", API, skip=pages, times=1, call=disable))
    entry = await add_account("dora")
    await imported(hass, entry)
    assert fault.seen
    assert not get_instance(hass).enabled
    await assert_right(hass, person)


@pytest.mark.parametrize("persistent_database", [True])
@pytest.mark.parametrize("pages", PAGES)
async def test_a_recorder_that_is_restarted_in_the_middle_is_waited_for(
    hass: HomeAssistant,
    person: ExistServer,
    add_account: AddAccount,
    async_test_recorder: Any,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    pages: int,
) -> None:
    def end() -> None:
        hass.async_create_task(
            get_instance(hass)._async_shutdown(Event(EVENT_HOMEASSISTANT_FINAL_WRITE))
        )

    fault = person.faults.add(Fault("call", API, skip=pages, times=1, call=end))
    entry = await add_account("dora", setup=False)
    await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: not get_instance(hass).is_alive())
    assert fault.seen
    asked = person.requests.copy()
    # What it was told last is never answered, and later it cannot be asked.
    for seconds in (WRITTEN_SECONDS + 1, BUSY_SECONDS + 1):
        freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(hass)
        await settle(hass)
    assert person.requests == asked
    assert entry.runtime_data.history.contents.walks
    assert "Traceback" not in caplog.text
    # The first one's listener goes on for the second.
    monkeypatch.setattr(entity_registry, "async_setup", lambda _: None)
    hass.config.components.remove("recorder")
    del hass.data["recorder"], hass.data[DATA_INSTANCE]
    async with async_test_recorder(hass):
        freezer.tick(timedelta(minutes=6))
        async_fire_time_changed(hass)
        await imported(hass, entry)
        await assert_right(hass, person)


async def test_nothing_waits_for_a_recorder_that_has_ended(
    hass: HomeAssistant, person: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account("dora")
    await imported(hass, entry)
    await get_instance(hass)._async_shutdown(Event(EVENT_HOMEASSISTANT_FINAL_WRITE))
    await until(lambda: not get_instance(hass).is_alive())
    # Time stands still: it would be waited for until the test is over.
    for _ in range(2):
        with pytest.raises(HomeAssistantError, match="has ended"):
            await write(hass, "clear_history")
