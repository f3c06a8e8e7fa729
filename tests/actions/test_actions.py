"""Acquire, release and list by actions; what counts is what Exist says afterwards."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.exist.const import DOMAIN, GROUPS
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)

from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault

ACQUIRE = "*/acquire/"
OWNED = "*/owned/"
US = "home_assistant"


async def _call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN, f"{action}_attributes", data, blocking=True, return_response=True
    )


async def _error(hass: HomeAssistant, action: str, **data: Any) -> str | None:
    with pytest.raises(HomeAssistantError) as raised:
        await _call(hass, action, **data)
    return raised.value.translation_key


def _codes(answer: Any) -> dict[str, str]:
    return {
        failed.get("template") or failed["name"]: failed["error_code"]
        for failed in answer["failed"]
    }


async def test_acquire_by_every_form(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.steal("ada", "gym", None)
    answer = await _call(
        hass,
        "acquire",
        templates=["money_spent"],
        names=["gym"],
        attributes=[{"template": "heartrate_max", "manual": True}],
        manual=False,
    )
    assert answer["failed"] == []
    assert {item["name"]: item["manual"] for item in answer["success"]} == {
        "money_spent": False,
        "gym": False,
        "heartrate_max": True,
    }
    for name in ("money_spent", "gym", "heartrate_max"):
        assert exist_server.owner("ada", name) == US


@pytest.mark.shown(*GROUPS)
async def test_what_another_service_owns_is_taken_only_if_said(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    answer = await _call(hass, "acquire", templates=["weight"])
    assert _codes(answer) == {"weight": "owned_by_other"}
    assert "Withings" in answer["failed"][0]["error"]
    assert exist_server.owner("ada", "weight") == "withings"

    entity = "sensor.exist_ada_weight"
    answer = await _call(
        hass, "acquire", names=[entity], take_over=True, success_objects=True
    )
    [weight] = answer["success"]
    assert weight["service"] == {"name": US, "label": "Home Assistant"}
    assert weight["value_type"] == 1
    assert exist_server.owner("ada", "weight") == US
    assert state_of(hass, entity).attributes["owner"] == "Home Assistant"

    answer = await _call(hass, "acquire", names=["weight"])
    assert answer["failed"] == [], "what we own already is no obstacle"
    answer = await _call(hass, "release", names=[entity])
    [released] = answer["success"]
    heir = exist_server.owner("ada", "weight")
    assert heir not in (None, US)
    assert released == {
        "name": "weight",
        "label": "Weight",
        "service": heir,
        "service_label": exist_server.services[heir].label,
        "active": True,
    }


async def test_without_a_reader_failures_raise_after_the_good_ones(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    with pytest.raises(HomeAssistantError, match="Weight: Withings"):
        await hass.services.async_call(
            DOMAIN,
            "acquire_attributes",
            {"templates": ["weight", "money_spent"]},
            blocking=True,
        )
    assert exist_server.owner("ada", "money_spent") == US
    assert exist_server.owner("ada", "weight") == "withings"
    await hass.services.async_call(
        DOMAIN, "release_attributes", {"names": ["money_spent"]}, blocking=True
    )
    assert exist_server.owner("ada", "money_spent") != US


@pytest.mark.shown(*GROUPS)
async def test_wrong_words(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    await add_account()
    exist_server.requests.clear()
    assert await _error(hass, "acquire") == "nothing_named"
    assert await _error(hass, "release", names=[]) == "nothing_named"
    for action, named in (
        ("acquire", {"names": [f"more_{index}" for index in range(1001)]}),
        ("release", {"names": [f"more_{index}" for index in range(1001)]}),
        ("create", {"attributes": [{"template": "mood"}] * 1001}),
    ):
        assert await _error(hass, action, **named) == "too_many_attributes"
    for twice in (
        [{"name": "gym", "manual": True}, {"name": "Gym", "manual": False}],
        [{"template": "mood", "manual": True}, {"name": "mood"}],
    ):
        error = await _error(hass, "acquire", attributes=twice)
        assert error == "attribute_twice"
    for word in ("sensor.nothing", "sensor.exist_ada_last_answer_from_exist"):
        assert await _error(hass, "acquire", names=[word]) == "unknown_entity"
    other = await add_account("bo", scopes=("mood_read",))
    assert await _error(hass, "get_owned") == "account_needed"
    assert (
        await _error(hass, "release", account=other.entry_id, names=["mood"])
        == "no_write_scope"
    )
    assert (
        await _error(
            hass,
            "get_owned",
            account=other.entry_id,
            attributes=["sensor.exist_ada_mood"],
        )
        == "entity_of_other_account"
    )
    for wrong in (
        {"attributes": [{"template": "a", "name": "b"}]},
        {"attributes": [{"manual": True}]},
        {"templates": [" "]},
        {"color": "red"},
    ):
        with pytest.raises(vol.Invalid):
            await _call(hass, "acquire", **wrong)
    for wrong_number in ({"page": 0}, {"limit": 101}, {"groups": [" "]}):
        with pytest.raises(vol.Invalid):
            await _call(hass, "get_owned", **wrong_number)
    assert await _error(hass, "get_owned", account="nobody") is not None
    await hass.config_entries.async_unload(other.entry_id)
    with pytest.raises(ServiceValidationError):
        await _call(hass, "get_owned", account=other.entry_id)


async def test_only_administrators_change_owners(
    hass: HomeAssistant, account: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "acquire_attributes",
            {"templates": ["mood"]},
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )


async def test_what_the_rights_do_not_allow(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    await add_account(scopes=("mood_write", "sleep_read", "sleep_write"))
    answer = await _call(
        hass, "acquire", templates=["mood", "steps", "no_such"], names=["no_such_thing"]
    )
    assert _codes(answer) == {
        "mood": "owner_unknown",
        "no_such": "not_found",
        "steps": "not_allowed",
        "no_such_thing": "owner_unknown",
    }
    answer = await _call(hass, "acquire", templates=["mood"], take_over=True)
    assert answer["success"]
    assert exist_server.owner("ada", "mood") == US


async def test_what_exist_refuses(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    answer = await _call(
        hass, "acquire", names=["no_such_thing"], templates=["no_such", "money_spent"]
    )
    assert _codes(answer) == {"no_such_thing": "not_found", "no_such": "not_found"}
    assert len(answer["success"]) == 1
    answer = await _call(hass, "release", names=["mood", "nothing"])
    assert _codes(answer)["mood"] == "unauthorised"


async def test_answers_are_in_the_order_of_the_items(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    # Exist refuses the first and the third, we the second.
    answer = await _call(hass, "acquire", templates=["no_such", "weight", "nor_this"])
    assert list(_codes(answer).items()) == [
        ("no_such", "not_found"),
        ("weight", "owned_by_other"),
        ("nor_this", "not_found"),
    ]


async def test_a_new_attribute_that_failed_is_named_by_its_label(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    new = {"label": "Gym", "group": "custom", "value_type": "boolean"}
    answer = await _call(hass, "create", **new)
    [failed] = answer["failed"]
    assert (failed["label"], failed["error_code"]) == ("Gym", "exists")
    with pytest.raises(HomeAssistantError, match="Gym: It already exists"):
        await hass.services.async_call(DOMAIN, "create_attributes", new, blocking=True)


@pytest.mark.parametrize("stored", [False, True])
async def test_a_lost_answer_is_settled_by_reading(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    stored: bool,
) -> None:
    exist_server.faults.add(Fault("drop", path=ACQUIRE, stored=stored))
    answer = await _call(hass, "acquire", templates=["money_spent"])
    assert bool(answer["success"]) is stored
    assert (exist_server.owner("ada", "money_spent") == US) is stored
    if not stored:
        assert _codes(answer) == {"money_spent": "not_confirmed"}
        await _call(hass, "acquire", templates=["money_spent"])

    exist_server.faults.add(Fault("drop", path="*/release/", stored=stored))
    answer = await _call(hass, "release", names=["money_spent"])
    assert bool(answer["success"]) is stored
    assert (exist_server.owner("ada", "money_spent") != US) is stored
    if not stored:
        assert _codes(answer) == {"money_spent": "not_confirmed"}


async def test_a_lost_answer_that_cannot_be_settled(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    for action, words in (
        ("acquire", {"templates": ["money_spent"]}),
        ("release", {"names": ["money_spent"]}),
    ):
        exist_server.faults.add(Fault("drop", path=f"*/{action}/", stored=True))
        skip = 1 if action == "acquire" else 0
        exist_server.faults.add(
            Fault("status", path=OWNED, status=503, skip=skip, times=None)
        )
        answer = await _call(hass, action, **words)
        assert _codes(answer) == {"money_spent": "unknown"}
        exist_server.faults.clear()


async def test_more_than_one_batch(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    await add_account("cleo")
    names = exist_server.fill("cleo", 80, None)
    exist_server.faults.add(Fault("status", path=ACQUIRE, skip=1, status=401, times=2))
    answer = await _call(hass, "acquire", names=names)
    assert len(answer["success"]) == 35
    assert set(_codes(answer).values()) == {"not_sent"}
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    answer = await _call(hass, "acquire", names=names)
    assert len(answer["success"]) == 80

    exist_server.faults.add(
        Fault("status", path="*/release/", skip=2, status=401, times=2)
    )
    answer = await _call(hass, "release", names=names)
    assert len(answer["success"]) == 70
    assert set(_codes(answer).values()) == {"not_sent"}


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault("status", status=401), "sign_in_needed"),
        (Fault("status", status=429), "rate_limited"),
        (Fault("status", status=503), "cannot_connect"),
        (Fault("status", status=400), "bad_answer"),
        (Fault("html", status=200), "bad_answer"),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_what_exist_does_is_said(
    hass: HomeAssistant,
    exist_server: ExistServer,
    account: MockConfigEntry,
    fault: Fault,
    key: str,
) -> None:
    # Twice, since a refused token is renewed and tried once more.
    exist_server.faults.add(
        Fault(fault.kind, path="/api/2/*", status=fault.status, times=2)
    )
    assert await _error(hass, "get_owned") == key
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert bool(flows) is (key == "sign_in_needed")


@pytest.mark.shown(*GROUPS)
async def test_owned_attributes_with_every_filter(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.own("ada", "steps", "gym")
    exist_server.own("ada", "mood", manual=True)

    async def names(**filters: Any) -> set[str]:
        answer = await _call(hass, "get_owned", **filters)
        return {item["name"] for item in answer["results"]}

    for ignores in (False, True):
        exist_server.switches.ignores_attributes_filter = ignores
        assert await names() == {"steps", "gym", "mood"}
        assert await names(groups=["mood", "custom"]) == {"mood", "gym"}
        assert await names(attributes=["sensor.exist_ada_mood"]) == {"mood"}
        assert await names(exclude_custom=True) == {"steps", "mood"}
        assert "mood" in await names(manual=True)
        assert "steps" not in await names(manual=True)
        assert await names(include_inactive=True, include_low_priority=True) == {
            "steps",
            "gym",
            "mood",
        }
    answer = await _call(hass, "get_owned", page=2, limit=2)
    assert answer["count"] == 3
    assert len(answer["results"]) == 1
    assert (answer["next"], bool(answer["previous"])) == (None, True)
    services = (await _call(hass, "get_owned"))["results"][0]["available_services"]
    assert all(set(service) == {"name", "label"} for service in services)


@pytest.mark.parametrize("release", [False, True])
async def test_removal_keeps_or_releases_and_says_so(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    release: bool,
) -> None:
    exist_server.own("ada", "steps")
    entry = await add_account(options={"groups": [], "release_on_remove": release})
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert (exist_server.owner("ada", "steps") == US) is not release
    notes = hass.data.get("persistent_notification", {})
    assert ["Steps" in note["message"] for note in notes.values()] == (
        [] if release else [True]
    )


async def test_what_was_said_at_removal_goes_once_the_account_is_back(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    exist_server.own("ada", "steps")
    exist_server.own("bo", "steps")
    for username in ("ada", "bo"):
        entry = await add_account(username)
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert len(hass.data["persistent_notification"]) == 2
    await add_account("ada")
    [note] = hass.data["persistent_notification"].values()
    assert "bo" in note["title"]


async def test_removal_while_exist_is_away(
    hass: HomeAssistant, exist_server: ExistServer, account: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("status", status=503, times=None))
    await hass.config_entries.async_remove(account.entry_id)
    await hass.async_block_till_done()
    [note] = hass.data["persistent_notification"].values()
    assert "couldn't be asked" in note["message"]


async def test_removal_of_an_account_of_another_server(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> None:
    entry = await add_account(setup=False)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "server": "https://elsewhere.example"}
    )
    await hass.config_entries.async_remove(entry.entry_id)
    assert exist_server.requests.total() == 0
