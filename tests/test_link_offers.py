"""What the form offers: states that an entity can have, and nothing of dates."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant

from .conftest import AddAccount
from .exist_server import ExistServer
from .link_form import beforehand, offered, start, submit
from .link_home import at
from .writing import settle


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


async def _page(
    hass: HomeAssistant,
    add_account: AddAccount,
    entity: str,
    state: str,
    attributes: dict[str, object],
) -> Any:
    hass.states.async_set(entity, state, attributes)
    home = await add_account()
    await settle(hass)
    return await submit(hass, await start(hass, home), {"entity": entity})


@pytest.mark.parametrize(
    ("entity", "state", "meant"),
    [
        ("timer.meditation", "idle", "active"),
        ("vacuum.bob", "docked", "cleaning"),
        ("lock.door", "locked", "unlocked"),
        ("cover.blind", "closed", "open"),
        ("climate.hall", "off", "heat"),
        ("alarm_control_panel.home", "disarmed", "armed_away"),
    ],
)
async def test_only_states_that_it_can_have(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity: str,
    state: str,
    meant: str,
) -> None:
    attributes: dict[str, object] = {}
    if entity.startswith("climate"):
        attributes = {"hvac_modes": ["off", "heat"]}
    page = await _page(hass, add_account, entity, state, attributes)
    page = await submit(hass, page, {"aggregate": "time_in"})
    assert "on" not in (beforehand(page, "states") or [])
    assert meant in offered(page, "states")


@pytest.mark.parametrize(
    ("entity", "state"),
    [
        ("date.last_period", "2026-05-12"),
        ("datetime.alarm", "2026-05-21T06:30:00+00:00"),
        ("input_datetime.both", "2026-05-21 06:30:00"),
    ],
)
async def test_no_time_in_a_date(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    entity: str,
    state: str,
) -> None:
    page = await _page(hass, add_account, entity, state, {})
    assert page.get("errors") or "time_in" not in offered(page, "aggregate")
