"""Official attributes in Home Assistant's language: names follow it, ids do not."""

import pytest

from custom_components.exist.const import GROUPS
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer

pytestmark = pytest.mark.shown(*GROUPS)


@pytest.mark.parametrize(
    ("language", "steps", "mood"),
    [("de", "Schritte", "Stimmung"), ("en", "Steps", "Mood"), ("xx", "Steps", "Mood")],
)
async def test_official_names_follow_the_language_and_ids_stay(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    language: str,
    steps: str,
    mood: str,
) -> None:
    hass.config.language = language
    exist_server.own("ada", "mood", manual=True)
    exist_server.users["ada"].attributes["weight"].label = "Kilos of mine"
    await add_account()
    for entity_id, name in (
        ("sensor.exist_ada_steps", steps),
        ("number.exist_ada_mood", mood),
        ("sensor.exist_ada_kilos_of_mine", "Kilos of mine"),
    ):
        state = hass.states.get(entity_id)
        assert state is not None, entity_id
        assert state.name == f"Exist (ada) {name}"
