"""Sign-in, reauthentication and reconfiguration, with each wrong turn."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol
from yarl import URL

from custom_components.exist.account.credentials import (
    async_get_description_placeholders,
)
from custom_components.exist.account.scopes import STEMS, granted_scopes, scopes_for
from custom_components.exist.account.server import server_address
from custom_components.exist.const import DOMAIN, GROUPS
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component

from ..conftest import AddAccount
from ..exist_server import CLIENT_ID, ExistServer, Fault
from ..sign_in import Browser

TOKEN = "/oauth2/access_token"
PROFILE = "*/accounts/profile/"


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    credentials: None,
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
) -> Browser:
    """Return the person at the browser."""
    return Browser(hass, hass_client_no_auth)


def _error(result: Any) -> str:
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "try_again"
    error: str = result["errors"]["base"]
    return error


async def test_the_whole_sign_in(
    hass: HomeAssistant, exist_server: ExistServer, browser: Browser
) -> None:
    result = await browser.start(None)
    assert result["step_id"] == "scopes"
    beforehand = {str(key): key.default() for key in result["data_schema"].schema}
    assert beforehand == {"access": "all", "groups": list(GROUPS)}
    result = await browser.submit(result, {"access": "all", "groups": ["mood"]})
    assert set(URL(result["url"]).query["scope"].split()) == set(
        scopes_for(STEMS, STEMS)
    )
    result = await browser.consent(result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.title, entry.unique_id) == ("Exist (ada)", "ada")
    assert entry.data["server"] == exist_server.url
    assert entry.options == {"groups": ["mood"]}
    assert hass.states.get("sensor.exist_ada_mood")
    assert hass.states.get("sensor.exist_ada_steps") is None


async def test_read_only_asks_for_reading_only(browser: Browser) -> None:
    result = await browser.start("read")
    assert set(URL(result["url"]).query["scope"].split()) == set(scopes_for(STEMS, ()))


def _suggested(result: Any) -> dict[str, Any]:
    """Return what is chosen on a page when it is shown."""
    return {
        str(field): (field.description or {}).get("suggested_value")
        for field in result["data_schema"].schema
    }


async def test_single_groups_begin_with_those_to_show(browser: Browser) -> None:
    result = await browser.start(None)
    chosen = {"access": "choose", "groups": ["sleep", "mood"]}
    result = await browser.submit(result, chosen)
    assert _suggested(result) == {"read": ["mood", "sleep"], "write": []}
    result = await browser.submit(result, {"read": ["mood", "sleep"], "write": []})
    assert URL(result["url"]).query["scope"] == "mood_read sleep_read"


async def test_chosen_groups(hass: HomeAssistant, browser: Browser) -> None:
    result = await browser.start("choose")
    assert result["step_id"] == "choose_scopes"
    # What is to be shown is read; nothing is written unless it is chosen.
    assert _suggested(result) == {"read": list(GROUPS), "write": []}
    result = await browser.submit(result, {})
    assert result["errors"] == {"base": "no_scopes"}
    assert _suggested(result) == {"read": None, "write": None}
    result = await browser.submit(result, {"read": ["mood"], "write": ["manual"]})
    assert URL(result["url"]).query["scope"] == "mood_read manual_write"
    result = await browser.consent(result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["options"] == {"groups": list(GROUPS)}
    await hass.async_block_till_done()
    assert hass.states.get("sensor.exist_ada_mood")
    assert hass.states.get("sensor.exist_ada_steps") is None


@pytest.mark.shown(*GROUPS)
async def test_all_groups_show_what_has_values(
    hass: HomeAssistant, browser: Browser
) -> None:
    result = await browser.consent(await browser.start())
    await hass.async_block_till_done()
    assert hass.states.get("sensor.exist_ada_steps")
    [device] = dr.async_entries_for_config_entry(
        dr.async_get(hass), result["result"].entry_id
    )
    entities = er.async_get(hass)
    disabled = {
        each.disabled_by
        for each in er.async_entries_for_device(
            entities, device.id, include_disabled_entities=True
        )
    }
    # What had no value is there, and one click away.
    assert disabled == {None, er.RegistryEntryDisabler.INTEGRATION}


async def test_what_exist_withheld_is_named(
    hass: HomeAssistant, exist_server: ExistServer, browser: Browser
) -> None:
    exist_server.switches.withheld_scopes = frozenset({"food_write"})
    result = await browser.consent(await browser.start())
    assert result["step_id"] == "withheld"
    assert result["description_placeholders"]["missing"] == "Food and drink (write)"
    result = await browser.submit(result, {})
    assert result["options"] == {"groups": list(GROUPS)}
    await hass.async_block_till_done()
    assert "food_write" not in granted_scopes(result["result"].data)


@pytest.mark.parametrize("username", ["ada", "ada_before"])
async def test_the_same_account_twice(
    hass: HomeAssistant, add_account: AddAccount, browser: Browser, username: str
) -> None:
    entry = await add_account()
    if username != "ada":
        # The unique id is the user name at sign-up; the person was renamed since.
        hass.config_entries.async_update_entry(entry, unique_id=username)
    result = await browser.consent(await browser.start())
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert result["description_placeholders"]["account"] == "ada"


async def test_a_second_person(
    hass: HomeAssistant, account: MockConfigEntry, browser: Browser
) -> None:
    result = await browser.consent(await browser.start(), "bo")
    await hass.async_block_till_done()
    assert result["result"].unique_id == "bo"
    assert len(hass.config_entries.async_loaded_entries(DOMAIN)) == 2


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        *(
            ([Fault("status", path=TOKEN, status=status, body=body)], error)
            for status, body, error in (
                (400, '{"error": "invalid_grant"}', "oauth_unauthorized"),
                (401, '{"error": "invalid_client"}', "oauth_unauthorized"),
                (400, '{"error": "unauthorized_client"}', "oauth_unauthorized"),
                (400, '{"error": "invalid_request"}', "oauth_failed"),
                (400, "", "oauth_failed"),
                (401, "<h1>Please sign in</h1>", "oauth_failed"),
                (403, '{"message": "Forbidden"}', "oauth_failed"),
                (404, "<h1>Not found</h1>", "oauth_failed"),
                (429, '{"error": "invalid_grant"}', "oauth_failed"),
                (503, "", "oauth_failed"),
            )
        ),
        ([Fault("drop", path=TOKEN)], "oauth_failed"),
        ([Fault("html", path=TOKEN)], "oauth_failed"),
        ([Fault("malformed", path=TOKEN)], "oauth_failed"),
        ([Fault("status", path=TOKEN, status=200, body="[]")], "oauth_failed"),
        ([Fault("status", path=TOKEN, status=200, body="{}")], "oauth_failed"),
        (
            [
                Fault(
                    "status",
                    path=TOKEN,
                    status=200,
                    body='{"access_token": "a", "refresh_token": "b"}',
                )
            ],
            "oauth_failed",
        ),
        ([Fault("status", path=PROFILE, status=401)], "not_accepted"),
        ([Fault("status", path=PROFILE, status=429)], "rate_limited"),
        ([Fault("status", path=PROFILE, status=500)], "cannot_connect"),
        ([Fault("html", path=PROFILE, status=200)], "bad_answer"),
    ],
)
async def test_what_went_wrong_is_said_and_another_try_works(
    hass: HomeAssistant,
    exist_server: ExistServer,
    browser: Browser,
    faults: list[Fault],
    error: str,
) -> None:
    result = await browser.start()
    for fault in faults:
        exist_server.faults.add(
            Fault(
                fault.kind,
                path=fault.path,
                status=fault.status,
                body=fault.body,
                content_type="application/json" if fault.kind == "status" else None,
            )
        )
    result = await browser.consent(result)
    assert _error(result) == error
    exist_server.faults.clear()
    result = await browser.submit(result, {})
    if result["type"] is FlowResultType.EXTERNAL_STEP:
        result = await browser.consent(result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_profile_that_names_no_day_is_refused(
    exist_server: ExistServer, browser: Browser
) -> None:
    body = '{"username": "ada", "timezone": "Nowhere/At_All"}'
    exist_server.faults.add(Fault("status", path=PROFILE, status=200, body=body))
    result = await browser.consent(await browser.start())
    assert _error(result) == "bad_answer"
    # It is read anew.
    result = await browser.submit(result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await browser.hass.async_block_till_done()


async def test_refused_consent(browser: Browser) -> None:
    result = await browser.consent(await browser.start(), decision="deny")
    assert _error(result) == "user_rejected_authorize"
    result = await browser.consent(await browser.submit(result, {}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await browser.hass.async_block_till_done()


async def test_without_credentials_home_assistant_asks_for_them(
    hass: HomeAssistant, current_request_with_host: None
) -> None:
    assert await async_setup_component(hass, "application_credentials", {})
    browser = Browser(hass, None)
    result = await browser.start(None)
    assert result["reason"] == "missing_credentials"


async def test_signing_in_again(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    browser: Browser,
) -> None:
    before = account.data["token"]["access_token"]
    result = await account.start_reauth_flow(hass)
    assert result["step_id"] == "reauth_confirm"
    assert result["description_placeholders"]["account"] == "ada"
    result = await browser.submit(result, {})

    result = await browser.consent(result, "bo")
    assert _error(result) == "wrong_account"
    names = result["description_placeholders"]
    assert (names["expected"], names["actual"]) == ("ada", "bo")
    assert account.data["token"]["access_token"] == before

    result = await browser.consent(await browser.submit(result, {}))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert account.data["token"]["access_token"] != before
    assert account.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("scopes", "shown"),
    [
        (scopes_for(STEMS, STEMS), "all"),
        (scopes_for(STEMS, ()), "read"),
        (("mood_read", "mood_write"), "choose"),
    ],
)
async def test_reconfigure_starts_from_the_present_rights(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    browser: Browser,
    scopes: tuple[str, ...],
    shown: str,
) -> None:
    entry = await add_account(scopes=scopes)
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert result["step_id"] == "scopes"
    assert result["data_schema"] is not None
    [key] = result["data_schema"].schema
    assert key.default() == shown
    result = await browser.submit(result, {"access": "choose"})
    exist_server.switches.withheld_scopes = frozenset({"food_write"})
    result = await browser.submit(
        result, {"read": ["sleep", "food"], "write": ["food"]}
    )
    result = await browser.consent(result)
    assert result["reason"] == "some_refused"
    assert result["description_placeholders"]["missing"] == "Food and drink (write)"
    await hass.async_block_till_done()
    assert granted_scopes(entry.data) == {"sleep_read", "food_read"}

    exist_server.switches.withheld_scopes = frozenset()
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    result = await browser.submit(result, {"access": "read"})
    result = await browser.consent(result)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert granted_scopes(entry.data) == set(scopes_for(STEMS, ()))


async def test_a_sign_in_that_takes_too_many_words_stays_picked(
    hass: HomeAssistant, credentials: None
) -> None:
    """Several credentials: Home Assistant asks which."""
    await async_import_client_credential(
        hass, DOMAIN, ClientCredential(CLIENT_ID, "other"), "second"
    )
    result = await Browser(hass, None).start(None)
    assert result["step_id"] == "pick_implementation"


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://exist.io", "https://exist.io"),
        ("https://exist.example:444/", "https://exist.example:444"),
        ("http://127.0.0.1:8124", "http://127.0.0.1:8124"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ],
)
def test_good_addresses(address: str, origin: str) -> None:
    assert server_address(address) == origin


@pytest.mark.parametrize(
    "address",
    [
        "http://exist.io",
        "http://192.168.1.2",
        "https://exist.io/api",
        "ftp://exist.io",
        "exist.io",
        "",
        7,
    ],
)
def test_bad_addresses(address: object) -> None:
    with pytest.raises(vol.Invalid):
        server_address(address)


async def test_the_credentials_dialog_without_a_request(hass: HomeAssistant) -> None:
    found = await async_get_description_placeholders(hass)
    assert found["redirect_url"] == "https://YOUR-HOME-ASSISTANT/auth/external/callback"
    await async_process_ha_core_config(
        hass, {"internal_url": "http://home.example:8123"}
    )
    found = await async_get_description_placeholders(hass)
    assert found["redirect_url"] == "http://home.example:8123/auth/external/callback"


async def test_the_credentials_dialog_names_the_redirect_address(
    hass: HomeAssistant, current_request_with_host: None
) -> None:
    found = await async_get_description_placeholders(hass)
    assert found["redirect_url"] == "https://example.com/auth/external/callback"
    hass.config.components.add("my")
    found = await async_get_description_placeholders(hass)
    assert found["redirect_url"] == "https://my.home-assistant.io/redirect/oauth"
