"""What Home Assistant says of its guest: nothing that blocks it, nothing that it gives up."""

import logging
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN, GROUPS
from custom_components.exist.diagnostics import async_get_config_entry_diagnostics
from custom_components.exist.entities.numbers import ExistNumber
from custom_components.exist.ledger import Writer
from homeassistant import block_async_io
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ImplementationUnavailableError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_add_implementation_provider,
)
from homeassistant.setup import async_setup_component

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer
from ..link_home import add_link, evaluate, tv_link
from ..writing import poll, reload, settle, write
from .test_init import MOOD

pytestmark = pytest.mark.shown(*GROUPS)

# What Home Assistant says of every integration that is not its own.
NO_COMPLAINT = "which has not been tested by Home Assistant"


@pytest.fixture
def detector(disable_block_async_io: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant tell of what blocks its loop, as it does where it is used."""
    monkeypatch.setattr(block_async_io, "_IN_TESTS", False)
    block_async_io.enable()


def _complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        message
        for record in caplog.records
        if "exist" in (message := record.getMessage())
        and record.levelno >= logging.WARNING
        and NO_COMPLAINT not in message
    ]


async def test_home_assistant_complains_of_nothing(
    detector: None,
    all_enabled: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = linked_home
    exist_server.own("ada", "coffees", "mood", "mood_note", "gym", manual=True)
    await poll(hass, entry)
    await add_link(hass, entry, tv_link("movies_min"))
    await evaluate(hass, entry)
    assert exist_server.value("ada", "movies_min") == 70
    actions: list[tuple[str, dict[str, Any]]] = [
        ("get_owned_attributes", {}),
        ("get_values", {"attribute": "steps"}),
        ("get_dashboard", {}),
        ("preview_link", {"link": "movies_min"}),
        ("update_values", {"name": "coffees", "value": 2}),
        ("increment_values", {"name": "coffees", "value": 1}),
        ("acquire_attributes", {"templates": ["money_spent"]}),
        (
            "create_attributes",
            {"label": "Tea", "group": "food", "value_type": "integer"},
        ),
        ("import_history", {"attributes": ["steps"]}),
        ("release_attributes", {"names": ["money_spent"]}),
        ("clear_history", {"attributes": ["steps"]}),
    ]
    controls: list[tuple[str, str, dict[str, Any]]] = [
        ("number", "set_value", {"entity_id": "number.exist_ada_mood", "value": 7}),
        ("text", "set_value", {"entity_id": "text.exist_ada_mood_note", "value": "x"}),
        ("switch", "turn_on", {"entity_id": "switch.exist_ada_gym"}),
        ("homeassistant", "update_entity", {"entity_id": MOOD}),
    ]
    for action, said in actions:
        await write(hass, action, **said)
    for domain, action, said in controls:
        await async_setup_component(hass, domain, {})
        await hass.services.async_call(domain, action, said, blocking=True)
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    hass.config_entries.options.async_abort(flow["flow_id"])
    await async_get_config_entry_diagnostics(hass, entry)
    await reload(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    await settle(hass)
    assert _complaints(caplog) == []


async def test_a_complaint_would_be_seen(
    detector: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exist_server.own("ada", "coffees", manual=True)
    await poll(hass, account)

    def blocking(_self: ExistNumber) -> Writer:
        Path(hass.config.path("x")).write_text("")
        return Writer.PERSON

    monkeypatch.setattr(ExistNumber, "_writer", property(blocking))
    coffees = {"entity_id": "number.exist_ada_coffees", "value": 2}
    await hass.services.async_call("number", "set_value", coffees, blocking=True)
    assert _complaints(caplog)


async def test_no_sensor_promises_that_its_value_only_grows(
    all_enabled: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
) -> None:
    # Any day may be corrected downwards, at Exist or by the service that fills it.
    classes = {
        state.attributes.get("state_class")
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), linked_home.entry_id
        )
        if (state := hass.states.get(each.entity_id)) is not None
    }
    assert classes == {None, "measurement"}


async def test_credentials_that_are_away_are_waited_for(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    data = {**account.data, "auth_implementation": "cloud"}
    hass.config_entries.async_update_entry(account, data=data)

    async def away(_hass: HomeAssistant, _domain: str) -> list[Any]:
        raise ImplementationUnavailableError

    async_add_implementation_provider(hass, "cloud", away)
    mood = state_of(hass, MOOD).state
    await reload(hass, account)
    assert account.state is ConfigEntryState.LOADED
    assert state_of(hass, MOOD).state == mood
    assert not account.runtime_data.coordinator.last_update_success
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


@pytest.mark.parametrize("known", [True, False])
async def test_credentials_that_were_deleted_are_asked_for(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    known: bool,
) -> None:
    account = await add_account(setup=known)
    data = {**account.data, "auth_implementation": "deleted"}
    hass.config_entries.async_update_entry(account, data=data)
    if known:
        await reload(hass, account)
    else:
        await hass.config_entries.async_setup(account.entry_id)
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    # What was known is still shown.
    assert (account.state is ConfigEntryState.LOADED) is known
    assert (hass.states.get(MOOD) is not None) is known
