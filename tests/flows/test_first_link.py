"""After the set-up the first link is offered, where one can be made."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.config_entries import ConfigEntryState, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..exist_server import ExistServer, Fault
from ..link_form import finish, offered, said, submit, walk
from ..sign_in import Browser
from ..writing import settle

TV = "media_player.tv"


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    credentials: None,
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
) -> Browser:
    """Return the person at the browser."""
    return Browser(hass, hass_client_no_auth)


async def _page(hass: HomeAssistant, result: Any) -> Any:
    """Return what the frontend shows next, as it gets it."""
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    return await hass.config_entries.subentries.async_configure(flow_id)


async def test_the_first_link_is_offered_and_made(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    browser: Browser,
) -> None:
    hass.states.async_set(TV, "off", {"friendly_name": "TV", "device_class": "tv"})
    result = await browser.consent(await browser.start())
    entry = result["result"]
    page = await _page(hass, result)
    assert page["step_id"] == "entity"
    assert said(page).startswith("**Your account is set up.**")
    [suggestion] = offered(page, "suggestion")
    # It is said again where something is wrong, and only on this page.
    page = await submit(hass, page, {"entity": "light.none", "suggestion": suggestion})
    assert page["errors"] == {"base": "two_chosen"}
    assert said(page).startswith("**Your account is set up.**")
    page = await walk(hass, page, {"entity": "", "suggestion": suggestion})
    assert page["step_id"] == "ready"
    # Whoever comes back to it has begun already.
    page = await walk(hass, page, "change", "entity")
    assert said(page).startswith("A link turns")
    page = await walk(hass, page, {}, "ready")
    link = await finish(hass, entry, page, take_over=True)
    assert link.title == "TV → Watching TV"


async def test_a_link_that_is_asked_for_is_not_welcomed(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    browser: Browser,
) -> None:
    result = await browser.consent(await browser.start())
    # Whoever closes the dialog has the account all the same.
    hass.config_entries.subentries.async_abort(result["next_flow"][1])
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert not entry.subentries
    page = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "link"), context={"source": "user"}
    )
    assert said(page).startswith("A link turns")
    await settle(hass)


@pytest.mark.parametrize(
    ("access", "fault"),
    [
        ("read", None),
        # The profile answers, and then the set-up does not work.
        ("all", Fault("status", path="*/attributes/*", status=503)),
    ],
)
async def test_no_link_is_offered_where_none_can_be_made(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    browser: Browser,
    access: str,
    fault: Fault | None,
) -> None:
    if fault is not None:
        exist_server.faults.add(fault)
    result = await browser.consent(await browser.start(access))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    is_loaded = result["result"].state is ConfigEntryState.LOADED
    assert is_loaded is (fault is None)
    assert "next_flow" not in result
    await hass.async_block_till_done()


async def test_no_link_is_offered_without_a_recorder(
    hass: HomeAssistant, exist_server: ExistServer, browser: Browser
) -> None:
    result = await browser.consent(await browser.start())
    assert result["result"].state is ConfigEntryState.LOADED
    assert "next_flow" not in result
    assert not hass.config_entries.subentries.async_progress()
    await hass.async_block_till_done()
