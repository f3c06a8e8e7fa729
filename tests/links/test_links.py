"""Links from the recorder's database to the server and back."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import GROUPS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..link_home import TV, add_link, at, evaluate, link_data, tv_home, tv_link
from ..writing import settle

pytestmark = pytest.mark.recorder_db

TODAY = date(2026, 5, 20)
YESTERDAY = date(2026, 5, 19)


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(at(2026, 5, 20, 12))


@pytest.fixture
async def home(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load an account, and a home with a past."""
    return await tv_home(hass, exist_server, add_account)


async def test_a_link_writes_today_and_settles_yesterday(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add_link(hass, home, tv_link())
    await settle(hass)
    assert exist_server.value("ada", "gaming_min", TODAY) == 70
    assert exist_server.value("ada", "gaming_min", YESTERDAY) is None
    device = "sensor.media_player_living_room_gaming_min"
    assert state_of(hass, f"{device}_state").state == "writing"
    assert state_of(hass, f"{device}_today_so_far").state == "70"
    confirmed = state_of(hass, f"{device}_last_confirmed_value")
    assert (confirmed.state, confirmed.attributes["date"]) == ("70", "2026-05-20")


# The sensor of the account about what is written.
OF_WRITING = "values_waiting"
LINK = "sensor.media_player_living_room_gaming_min"


def _others(hass: HomeAssistant) -> dict[str, State]:
    """Return all of the account's states but those of the link and of what it writes."""
    return {
        state.entity_id: state
        for state in hass.states.async_all()
        if state.entity_id.split(".")[1].startswith("exist_ada")
        and "gaming" not in state.entity_id
        and not state.entity_id.endswith(OF_WRITING)
    }


@pytest.mark.shown(*GROUPS)
async def test_nothing_else_is_drawn_anew(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    runtime, before = home.runtime_data, _others(hass)
    assert len(before) > 20
    link_id = await add_link(hass, home, tv_link())
    assert state_of(hass, f"{LINK}_state").state == "writing"
    assert exist_server.value("ada", "gaming_min") == 70
    freezer.tick(60)
    subentry = home.subentries[link_id]
    hass.config_entries.async_update_subentry(
        home,
        subentry,
        title="Television",
        data={**subentry.data, "observe": True},
    )
    await settle(hass)
    assert state_of(hass, f"{LINK}_state").state == "observing"
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), home.entry_id)
    assert "Television" in {each.name for each in devices}
    freezer.tick(60)
    hass.config_entries.async_remove_subentry(home, link_id)
    await settle(hass)
    assert hass.states.get(f"{LINK}_state") is None
    assert home.runtime_data is runtime
    now = _others(hass)
    assert now.keys() == before.keys()
    assert [each for each in before if now[each] is not before[each]] == []


async def test_another_attribute_has_another_unit(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    link_id = await add_link(hass, home, tv_link())
    today = f"{LINK}_today_so_far"
    assert state_of(hass, today).attributes["unit_of_measurement"] == "min"
    data = link_data(TV, "times", "coffees", 0, states=["on"])
    hass.config_entries.async_update_subentry(home, home.subentries[link_id], data=data)
    await settle(hass)
    await evaluate(hass, home)
    # Not one that says anything, but History draws a line.
    assert not state_of(hass, today).attributes["unit_of_measurement"].strip()
    assert state_of(hass, today).attributes["attribute"] == "coffees"
