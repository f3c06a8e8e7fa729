"""Who may run which action: what counts is what Exist and the ledger hold afterwards."""

from collections.abc import Mapping
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.exist.actions import registry
from custom_components.exist.actions.registry import READ
from custom_components.exist.const import DOMAIN, GROUPS
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er

from ..actions.test_link_actions import YESTERDAY
from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..writing import settle, write

LAST_ANSWER = "sensor.exist_ada_last_answer_from_exist"
MOVIES = "sensor.exist_ada_watching_movies"
MOVIES_CONTROL = "number.exist_ada_watching_movies"
GAMING = "sensor.exist_ada_time_gaming"
LINK_STATE = "sensor.media_player_living_room_gaming_min_state"

# A kind of user is a group of Home Assistant's, or nobody at all.
AUTOMATION = None
EVERYBODY = (GROUP_ID_READ_ONLY, GROUP_ID_USER, GROUP_ID_ADMIN, AUTOMATION)
WHO_MAY_CONTROL = (GROUP_ID_USER, GROUP_ID_ADMIN, AUTOMATION)
ADMINISTRATORS = (GROUP_ID_ADMIN, AUTOMATION)

ACTIONS: tuple[tuple[str, Mapping[str, Any], tuple[str | None, ...]], ...] = (
    ("update_values", {"name": "movies_min", "value": 33}, WHO_MAY_CONTROL),
    ("increment_values", {"name": "movies_min", "value": 3}, WHO_MAY_CONTROL),
    ("sync_link", {"link": "gaming_min"}, WHO_MAY_CONTROL),
    ("sync_link", {"link": "gaming_min", "overwrite": True}, ADMINISTRATORS),
    ("restore_values", {"names": ["gaming_min"]}, ADMINISTRATORS),
    ("acquire_attributes", {"templates": ["money_spent"]}, ADMINISTRATORS),
    ("release_attributes", {"names": ["movies_min"]}, ADMINISTRATORS),
    ("create_attributes", {"template": "pages_read"}, ADMINISTRATORS),
    ("import_history", {"attributes": ["movies_min"]}, ADMINISTRATORS),
    ("clear_history", {"attributes": ["movies_min"]}, ADMINISTRATORS),
    ("preview_link", {"link": "gaming_min"}, EVERYBODY),
    ("get_values", {"attribute": "movies_min"}, EVERYBODY),
    ("get_dashboard", {}, EVERYBODY),
)

# What these change is in Home Assistant.
HERE = {"import_history", "clear_history"}


def test_every_action_that_changes_something_is_tried_here() -> None:
    changing = {each.name for each in registry.ACTIONS if each.right is not READ}
    assert changing == {
        name for name, _, allowed in ACTIONS if allowed is not EVERYBODY
    }


async def context_of(hass: HomeAssistant, group: str | None) -> Context:
    """Return the context of a call by somebody of a group."""
    if group is None:
        return Context()
    user = await hass.auth.async_create_user("somebody", group_ids=[group])
    assert not user.is_owner
    return Context(user_id=user.id)


def only(hass: HomeAssistant, *entity_ids: str) -> Context:
    """Return the context of a call by somebody who may control these entities."""
    user = MockUser().add_to_hass(hass)
    control = {each: {"read": True, "control": True} for each in entity_ids}
    user.mock_policy({"entities": {"entity_ids": control}})
    return Context(user_id=user.id)


def unregister(hass: HomeAssistant, *unique_ids: str) -> list[str]:
    """Take from the registry what shows an attribute, or a link; return what it was."""
    registry = er.async_get(hass)
    gone = [
        each.entity_id
        for each in registry.entities.values()
        if each.platform == DOMAIN and each.unique_id.startswith(unique_ids)
    ]
    for entity_id in gone:
        registry.async_remove(entity_id)
    return gone


def at_exist(server: ExistServer) -> tuple[Any, ...]:
    """Return all that an action of these tests could change at Exist."""
    return (
        {
            name: dict(attribute.values)
            for name, attribute in server.users["ada"].attributes.items()
        },
        sorted(server.owned("ada")),
        {name: n for name, n in server.requests.items() if name.startswith("POST")},
    )


async def is_refused(
    hass: HomeAssistant, action: str, who: Context, **data: Any
) -> bool:
    """Return whether Home Assistant refuses somebody an action."""
    try:
        await write(hass, action, context=who, **data)
    except Unauthorized:
        return True
    except ServiceValidationError as err:
        # Of two that may, the second finds nothing left.
        if err.translation_key != "nothing_aside":
            raise
    return False


@pytest.fixture
async def home(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> MockConfigEntry:
    """Load the linked home, where a value of yesterday was put aside."""
    # The first user that is made would be the owner.
    await hass.auth.async_create_user("owner")
    exist_server.set_value("ada", "gaming_min", YESTERDAY, 33)
    await write(hass, "sync_link", link="gaming_min", overwrite=True)
    await settle(hass)
    return linked_home


@pytest.mark.parametrize(
    ("action", "data", "allowed"),
    ACTIONS,
    ids=[f"{name}{'-overwrite' * ('overwrite' in data)}" for name, data, _ in ACTIONS],
)
async def test_each_kind_of_user_and_each_action(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    action: str,
    data: Mapping[str, Any],
    allowed: tuple[str | None, ...],
) -> None:
    days = exist_server.users["ada"].attributes["gaming_min"].values
    ledger = home.runtime_data.ledger.state
    refusing = [group for group in EVERYBODY if group not in allowed]
    for registered in (True, False):
        if not registered:
            assert unregister(
                hass,
                "ada/attribute/movies_min",
                "ada/attribute/gaming_min",
                "ada/link/",
            )
        for group in (*refusing, *allowed):
            if action == "sync_link":
                days.pop(YESTERDAY, None)
            before, aside = at_exist(exist_server), dict(ledger.aside)
            who = await context_of(hass, group)
            refused = await is_refused(hass, action, who, **data)
            await settle(hass)
            assert refused is (group in refusing)
            if refused:
                assert ledger.aside == aside
                assert not home.runtime_data.ledger.entries
            changed = at_exist(exist_server) != before
            if refused or allowed is EVERYBODY or action in HERE:
                assert not changed
            elif allowed is WHO_MAY_CONTROL or action == "sync_link":
                assert changed
            elif group == GROUP_ID_ADMIN and registered:
                # What is for good is done once.
                assert changed


async def test_a_user_who_is_gone_may_write_nothing(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    before = at_exist(exist_server)
    for action, data, allowed in ACTIONS:
        if allowed is not EVERYBODY:
            with pytest.raises(UnknownUser):
                await write(hass, action, context=Context(user_id="gone"), **data)
    assert at_exist(exist_server) == before


@pytest.mark.parametrize("action", ["update_values", "increment_values"])
@pytest.mark.shown(*GROUPS)
async def test_control_of_one_entity_of_the_attribute_is_asked_for(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    add_account: AddAccount,
    action: str,
) -> None:
    exist_server.own("bo", "movies_min", manual=True)
    await add_account("bo")
    others = [
        each.entity_id
        for each in er.async_get(hass).entities.values()
        if each.platform == DOMAIN
        and each.unique_id != "ada/attribute/movies_min"
        and each.entity_id != LAST_ANSWER
    ]
    assert "sensor.exist_bo_watching_movies" in others
    movies = {"account": home.entry_id, "name": "movies_min", "value": 5}
    assert not await is_refused(hass, action, only(hass, MOVIES), **movies)
    assert not await is_refused(hass, action, only(hass, MOVIES_CONTROL), **movies)
    by_entity = {**movies, "name": MOVIES_CONTROL}
    assert not await is_refused(hass, action, only(hass, MOVIES), **by_entity)
    before = at_exist(exist_server)
    for who in (only(hass, *others), only(hass, LAST_ANSWER), only(hass)):
        assert await is_refused(hass, action, who, **movies)
        assert await is_refused(hass, action, who, **by_entity)
    assert at_exist(exist_server) == before

    gone = unregister(hass, "ada/attribute/movies_min")
    assert {MOVIES, MOVIES_CONTROL} <= set(gone)
    assert await is_refused(hass, action, only(hass, *gone, *others), **movies)
    assert not await is_refused(hass, action, only(hass, LAST_ANSWER), **movies)
    # With no entity left to ask about, only administrators are beyond doubt.
    unregister(hass, "ada/account/last_poll")
    assert await is_refused(hass, action, only(hass, LAST_ANSWER), **movies)
    admin = await context_of(hass, GROUP_ID_ADMIN)
    assert not await is_refused(hass, action, admin, **movies)


async def test_a_disabled_entity_says_who_may_write_too(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    for entity_id in (MOVIES, MOVIES_CONTROL):
        registry.async_update_entity(
            entity_id, disabled_by=er.RegistryEntryDisabler.USER
        )
    await settle(hass)
    movies = {"name": "movies_min", "value": 5}
    assert await is_refused(hass, "update_values", only(hass, LAST_ANSWER), **movies)
    assert not await is_refused(hass, "update_values", only(hass, MOVIES), **movies)


@pytest.mark.parametrize("action", ["update_values", "increment_values"])
async def test_one_value_that_is_not_allowed_and_nothing_is_written(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, action: str
) -> None:
    before = at_exist(exist_server)
    values = [{"name": "movies_min", "value": 5}, {"name": "gaming_min", "value": 5}]
    for turned in (values, values[::-1]):
        for mine in (MOVIES, GAMING):
            assert await is_refused(hass, action, only(hass, mine), values=turned)
    assert not home.runtime_data.ledger.entries
    assert at_exist(exist_server) == before
    both = only(hass, MOVIES, GAMING)
    assert not await is_refused(hass, action, both, values=values)


async def test_control_of_one_entity_of_the_link_is_asked_for(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    async def refused(*entity_ids: str) -> bool:
        who = only(hass, *entity_ids)
        return await is_refused(hass, "sync_link", who, link="gaming_min")

    assert not await refused(LINK_STATE)
    assert await refused(GAMING, LAST_ANSWER, MOVIES)
    unregister(hass, "ada/link/")
    assert not await refused(GAMING)
    assert await refused(LINK_STATE, LAST_ANSWER)
    unregister(hass, "ada/attribute/gaming_min")
    assert not await refused(LAST_ANSWER)
    assert await refused(LINK_STATE, GAMING, MOVIES)


@pytest.mark.shown(*GROUPS)
async def test_control_is_not_enough_to_overwrite_or_restore(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    everything = [each.entity_id for each in er.async_get(hass).entities.values()]
    who = only(hass, *everything)
    link = {"link": "gaming_min"}
    assert not await is_refused(hass, "sync_link", who, **link, overwrite=False)
    assert await is_refused(hass, "sync_link", who, **link, overwrite=True)
    assert await is_refused(hass, "restore_values", who, names=["gaming_min"])
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
