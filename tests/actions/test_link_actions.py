"""Actions for links: what they answer, and what they refuse."""

from datetime import date, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr

from ..account.test_init import _pass
from ..conftest import AddAccount, state_of
from ..exist_server import ExistServer, Fault
from ..link_home import TV, add_link, evaluate, tv_link
from ..writing import reload, settle, write

TODAY = date(2026, 5, 20)
YESTERDAY = date(2026, 5, 19)


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the id of the link's device."""
    (subentry_id,) = entry.subentries
    (device,) = (
        device
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        if (DOMAIN, f"ada/link/{subentry_id}") in device.identifiers
    )
    return device.id


async def refused(hass: HomeAssistant, action: str, **data: Any) -> str | None:
    """Return the key of the error with which an action is refused."""
    with pytest.raises(HomeAssistantError) as raised:
        await write(hass, action, **data)
    assert str(raised.value)
    assert "{" not in str(raised.value)
    return raised.value.translation_key


async def test_a_preview_tells_each_day_or_why_not_and_sends_nothing(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.requests.clear()
    told = await write(hass, "preview_link", link=device_of(hass, linked_home))
    assert told["attribute"] == "gaming_min"
    days = {day["date"]: day for day in told["days"]}
    assert list(days)[0] == "2026-05-13"
    assert days["2026-05-20"]["value"] == 70
    assert days["2026-05-19"]["value"] == 90
    assert days["2026-05-17"] == {
        "date": "2026-05-17",
        "value": None,
        "reason": "not_recorded",
        "edited": False,
    }
    assert not exist_server.requests
    assert exist_server.value("ada", "gaming_min", YESTERDAY) is None


async def test_days_are_sent_when_asked_for(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    told = await write(hass, "sync_link", link=device_of(hass, linked_home))
    assert told["days"] == [
        {"date": "2026-05-19", "result": "sent"},
        {"date": "2026-05-20", "result": "confirmed"},
    ]
    await settle(hass)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
    # Without anybody who wants the answer, too.
    await hass.services.async_call(
        DOMAIN, "sync_link", {"link": "gaming_min"}, blocking=True
    )


async def test_the_device_says_which_account_is_meant(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    add_account: AddAccount,
) -> None:
    await add_account("bo")
    assert await refused(hass, "preview_link", link="gaming_min") == "account_needed"
    told = await write(hass, "preview_link", link=device_of(hass, linked_home))
    assert told["attribute"] == "gaming_min"
    told = await write(
        hass, "preview_link", link="gaming_min", account=linked_home.entry_id
    )
    assert told["attribute"] == "gaming_min"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"link": "steps"}, "no_such_link"),
        ({"start": "2026-05-20", "end": "2026-05-19"}, "days_reversed"),
        ({"end": "2026-05-21"}, "future_link_day"),
        ({"start": "2010-01-01"}, "too_many_days"),
    ],
)
@pytest.mark.parametrize("action", ["preview_link", "sync_link"])
async def test_what_cannot_be_meant_is_refused(
    hass: HomeAssistant,
    linked_home: MockConfigEntry,
    action: str,
    data: dict[str, str],
    key: str,
) -> None:
    assert await refused(hass, action, **{"link": "gaming_min", **data}) == key


async def test_a_device_of_something_else_is_refused(
    hass: HomeAssistant, linked_home: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id,
        identifiers={("other", "a", "b")},  # type: ignore[arg-type]
    )
    said = await refused(
        hass, "preview_link", link=device.id, account=linked_home.entry_id
    )
    assert said == "no_such_link"


async def test_an_observing_link_sends_nothing(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    await add_link(hass, linked_home, tv_link("movies_min", observe=True))
    assert await refused(hass, "sync_link", link="movies_min") == "link_observes"
    told = await write(hass, "preview_link", link="movies_min")
    assert told["days"][-1]["value"] == 70
    state = "sensor.media_player_living_room_movies_min_state"
    assert state_of(hass, state).state == "observing"
    assert exist_server.value("ada", "movies_min") is None


async def test_a_link_with_a_problem_says_so(
    hass: HomeAssistant, linked_home: MockConfigEntry
) -> None:
    hass.states.async_remove(TV)
    assert await refused(hass, "sync_link", link="gaming_min") == "link_problem"
    assert await refused(hass, "preview_link", link="gaming_min") == "link_not_told"


async def test_without_a_recorder_there_is_nothing_to_tell(
    hass: HomeAssistant, linked_home: MockConfigEntry
) -> None:
    await hass.services.async_call("recorder", "disable", blocking=True)
    for action in ("preview_link", "sync_link"):
        assert await refused(hass, action, link="gaming_min") == "no_recorder"


async def test_a_database_that_cannot_be_read_costs_an_hour_at_most(
    hass: HomeAssistant,
    exist_server: ExistServer,
    linked_home: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sqlalchemy.exc import OperationalError

    def locked(*_: object, **_more: object) -> None:
        raise OperationalError("select", {}, Exception("database is locked"))

    exist_server.users["ada"].attributes["gaming_min"].values.clear()
    await write(hass, "sync_link", link="gaming_min")
    await settle(hass)
    state = "sensor.media_player_living_room_gaming_min_state"
    with monkeypatch.context() as patched:
        patched.setattr("custom_components.exist.links.passes.read", locked)
        for action in ("preview_link", "sync_link"):
            assert await refused(hass, action, link="gaming_min") == "recorder_failed"
        await evaluate(hass, linked_home)
        await _pass(hass, freezer, timedelta(minutes=1))
        assert state_of(hass, state).state == "waiting"
    await evaluate(hass, linked_home)
    assert state_of(hass, state).state == "writing"


async def test_exist_away_is_said_and_nothing_is_done(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.faults.add(Fault("status", "*/attributes/*", times=None))
    assert await refused(hass, "sync_link", link="gaming_min")
    exist_server.faults.clear()
    await settle(hass)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) is None


async def test_nothing_can_be_put_back_that_was_not_replaced(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    assert await refused(hass, "restore_values") == "restore_what"
    said = await refused(hass, "restore_values", names=["gaming_min"])
    assert said == "nothing_aside"


async def test_what_is_put_back_must_still_be_owned(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "gaming_min", YESTERDAY, 33)
    await write(hass, "sync_link", link="gaming_min", overwrite=True)
    await settle(hass)
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 90
    # It is kept through a restart, and for the days that are asked for only.
    await reload(hass, linked_home)
    asked = {"start": "2026-05-20"}
    assert await refused(hass, "restore_values", **asked) == "nothing_aside"
    # A list of nothing, as a template may make one, is not the same as everything.
    for field in ("names", "entities"):
        nothing: dict[str, list[str]] = {field: []}
        assert await refused(hass, "restore_values", **nothing) == "nothing_aside"
    exist_server.steal("ada", "gaming_min", "trakt")
    await linked_home.runtime_data.coordinator.async_refresh()
    names = ["gaming_min"]
    assert await refused(hass, "restore_values", names=names) == "not_owned"
    exist_server.own("ada", "gaming_min")
    await linked_home.runtime_data.coordinator.async_refresh()
    answer = await write(hass, "restore_values", names=["gaming_min"])
    assert answer["success"]
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 33
    assert await refused(hass, "restore_values", names=names) == "nothing_aside"


async def test_what_cannot_be_put_back_stays_aside(
    hass: HomeAssistant, exist_server: ExistServer, linked_home: MockConfigEntry
) -> None:
    exist_server.set_value("ada", "gaming_min", YESTERDAY, 33)
    await write(hass, "sync_link", link="gaming_min", overwrite=True)
    await settle(hass)
    body = (
        '{"success": [], "failed": [{"name": "gaming_min", "date": "2026-05-19",'
        ' "error_code": "validation", "error": "no"}]}'
    )
    fault = exist_server.faults.add(
        # What Exist calls wrong is sent once more.
        Fault("status", "*/update/", status=202, body=body, times=2)
    )
    answer = await write(hass, "restore_values", end="2026-05-20")
    assert answer["failed"]
    exist_server.faults.remove(fault)
    answer = await write(hass, "restore_values", end="2026-05-20")
    assert answer["success"]
    assert exist_server.value("ada", "gaming_min", YESTERDAY) == 33
