"""Changes by actions beside what Exist itself answers, errors included."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN, GROUPS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..conftest import AddAccount
from ..exist_server import SCOPES, ExistServer, Fault
from ..writing import write
from .test_answers import holds

COFFEES, GYM = "sensor.exist_ada_coffees", "binary_sensor.exist_ada_gym"
NEW: dict[str, Any] = {
    "label": "Windows opened",
    "group": "health",
    "value_type": "integer",
}


async def _ask(
    hass: HomeAssistant, server: ExistServer, path: str, *items: Mapping[str, Any]
) -> Any:
    """Send items to the server itself, as another token of the same client."""
    token = server.issue_token("ada", tuple(SCOPES))["access_token"]
    answer = await async_get_clientsession(hass).post(
        f"{server.url}/api/2/attributes/{path}",
        json=list(items),
        headers={"Authorization": f"Bearer {token}"},
    )
    return await answer.json()


@pytest.fixture
async def home(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> MockConfigEntry:
    """Load ada, who owns some attributes."""
    exist_server.own("ada", "coffees", "water", "mood", "gym", manual=True)
    return await add_account()


@pytest.mark.parametrize(
    ("said", "raw"),
    [
        ({"templates": ["weight"]}, {"template": "weight"}),
        (
            {"templates": "weight", "manual": True},
            {"template": "weight", "manual": True},
        ),
        ({"names": ["weight"]}, {"name": "weight"}),
        ({"entities": ["sensor.exist_ada_weight"]}, {"name": "weight"}),
        (
            {"attributes": [{"name": "weight", "manual": True}]},
            {"name": "weight", "manual": True},
        ),
        (
            {"attributes": {"template": "weight", "manual": False}, "manual": True},
            {"template": "weight", "manual": False},
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.shown(*GROUPS)
async def test_acquired_and_released_as_exist_says(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    said: dict[str, Any],
    raw: dict[str, Any],
    full: bool,
) -> None:
    query = "?success_objects=1" if full else ""
    by_exist = await _ask(hass, exist_server, f"acquire/{query}", raw)
    exist_server.steal("ada", "weight", "withings")
    released = {"name": "weight"}
    answer = await write(
        hass, "acquire_attributes", take_over=True, success_objects=full, **said
    )
    assert holds(answer, by_exist)
    assert exist_server.owner("ada", "weight") == "home_assistant"

    by_exist = await _ask(hass, exist_server, "release/", released)
    exist_server.steal("ada", "weight", "home_assistant")
    answer = await write(hass, "release_attributes", names=["weight"])
    assert holds(answer, by_exist)
    [gone] = answer["success"]
    assert gone["service_label"] == exist_server.services[gone["service"]].label


async def test_released_by_entity_to_no_heir(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    answer = await write(hass, "release_attributes", entities=GYM)
    gym = {"name": "gym", "label": "Gym", "service": "", "active": False}
    assert answer["success"] == [{**gym, "service_label": None}]
    assert exist_server.owner("ada", "gym") is None


async def test_created_as_exist_says(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    raw = {**NEW, "value_type": 0}
    for query in ("", "?success_objects=1"):
        by_exist = await _ask(hass, exist_server, f"create/{query}", raw)
        exist_server.remove_attribute("ada", "windows_opened")
        if not query:
            # Without whole objects, the group is a plain word.
            by_exist["success"][0].pop("group")
        answer = await write(hass, "create_attributes", **NEW)
        assert holds(answer, by_exist)
        exist_server.remove_attribute("ada", "windows_opened")


async def test_written_as_exist_says(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    day = exist_server.today("ada").isoformat()
    raw: dict[str, Any] = {"name": "coffees", "date": day, "value": 3}
    by_exist = await _ask(hass, exist_server, "update/", raw)
    assert holds(await write(hass, **raw), by_exist)
    by_exist = await _ask(hass, exist_server, "increment/", raw)
    exist_server.set_value("ada", "coffees", None, 3)
    assert holds(await write(hass, "increment_values", **raw), by_exist)


@dataclass(frozen=True, slots=True)
class Error:
    """One `error_code` of Exist's, and how an action comes upon it.

    `words` stand in the error that a person reads; None is Exist's own text.
    `sent` is what Exist fails, `answer` what it says where it never does by itself.
    """

    code: str
    action: str
    said: Mapping[str, Any]
    path: str
    sent: Mapping[str, Any]
    words: str | None
    answer: str | None = None
    switches: Mapping[str, Any] = field(default_factory=dict)
    result: str = "failed"


_MISSING = "Object at index 0 missing field(s) 'value'"
_TAG = {"label": "Tea", "group": "custom", "value_type": "integer"}
_ODD = {"label": "Tea", "group": "not_known_yet", "value_type": "integer"}
_THREE = {"name": "coffees", "value": 3}
ERRORS = (
    Error(
        "not_found",
        "acquire",
        {"names": ["none"]},
        "acquire/",
        {"name": "none"},
        "nothing with this name",
    ),
    Error(
        "not_found",
        "acquire",
        {"templates": ["none"]},
        "acquire/",
        {"template": "none"},
        "nothing with this name",
    ),
    Error(
        "already_owned",
        "acquire",
        {"names": ["mood"], "manual": True},
        "acquire/",
        {"name": "mood", "manual": True},
        None,
        switches={"reacquire_fails": True},
    ),
    Error(
        "not_allowed",
        "acquire",
        {"names": ["old_diary"]},
        "acquire/",
        {"name": "old_diary"},
        "isn't allowed to write in this group",
        "No permission to write to attributes in group 'media'",
    ),
    Error(
        "missing_field",
        "acquire",
        {"names": ["old_diary"]},
        "acquire/",
        {"name": "old_diary"},
        "missing in the request",
        "Object at index 0 missing field(s) 'name'",
    ),
    Error(
        "unauthorised",
        "release",
        {"names": ["steps"]},
        "release/",
        {"name": "steps"},
        "doesn't own it",
    ),
    Error(
        "not_found",
        "release",
        {"names": ["none"]},
        "release/",
        {"name": "none"},
        "nothing with this name",
    ),
    Error(
        "exists",
        "create",
        {"label": "Gym", "group": "custom", "value_type": "boolean"},
        "create/",
        {"label": "Gym", "group": "custom", "value_type": 7},
        "already exists",
    ),
    Error(
        "exists",
        "create",
        {"template": "mood"},
        "create/",
        {"template": "mood"},
        "already exists",
    ),
    Error(
        "not_found",
        "create",
        {"template": "none"},
        "create/",
        {"template": "none"},
        "nothing with this name",
    ),
    Error("validation", "create", _TAG, "create/", {**_TAG, "value_type": 0}, None),
    Error("validation", "create", _ODD, "create/", {**_ODD, "value_type": 0}, None),
    Error(
        "missing_field",
        "create",
        NEW,
        "create/",
        {**NEW, "value_type": 0},
        "missing in the request",
        "Object at index 0 missing field(s) 'label'",
    ),
    *(
        Error(code, action, _THREE, path, _THREE, words, text, result=result)
        for action, path, code, words, text, result in (
            ("update", "update/", "missing_field", None, _MISSING, "failed"),
            ("update", "update/", "validation", None, "Value must be", "failed"),
            (
                "update",
                "update/",
                "unauthorised",
                "another service owns",
                "Attribute 'coffees' does not belong to this service",
                "queued",
            ),
            (
                "update",
                "update/",
                "not_found",
                "gone from Exist",
                "User doesn't have an attribute named 'coffees'",
                "queued",
            ),
            (
                "update",
                "update/",
                "not_allowed",
                "isn't allowed",
                "No permission to write to attributes in group 'food'",
                "queued",
            ),
            ("increment", "increment/", "missing_field", None, _MISSING, "failed"),
            (
                "increment",
                "increment/",
                "validation",
                None,
                "Cannot apply a float to an integer type",
                "failed",
            ),
            ("update", "update/", "not_known_yet", None, "Something new", "failed"),
        )
    ),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: f"{each.action}-{each.code}")
async def test_each_error_code_is_answered_with_what_was_asked(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, error: Error
) -> None:
    for switch, on in error.switches.items():
        setattr(exist_server.switches, switch, on)
    if error.answer is None:
        by_exist = await _ask(hass, exist_server, error.path, error.sent)
    else:
        dated = "update" in error.path
        day = {"date": exist_server.today("ada").isoformat()} if dated else {}
        failed = {"error_code": error.code, "error": error.answer}
        by_exist = {"success": [], "failed": [{**error.sent, **day, **failed}]}
        body = json.dumps(by_exist)
        exist_server.faults.add(
            # What Exist calls wrong is sent once more.
            Fault("status", path=f"*/{error.path}", times=2, status=202, body=body)
        )
    [raw] = by_exist["failed"]
    assert raw["error_code"] == error.code
    kind = "values" if error.action in ("update", "increment") else "attributes"
    answer = await write(hass, f"{error.action}_{kind}", **error.said)
    assert answer["success"] == []
    [failed] = answer[error.result]
    text = raw.pop("error")
    assert holds(failed, raw)
    assert failed["label"]
    assert (error.words or text) in failed["error"]
    assert error.words is None or text not in failed["error"]


async def test_what_we_refuse_ourselves_has_the_same_shape(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    answer = await write(hass, "acquire_attributes", templates=["weight"], manual=False)
    [failed] = answer["failed"]
    assert "Withings" in failed.pop("error")
    assert failed == {
        "label": "Weight",
        "template": "weight",
        "manual": False,
        "error_code": "owned_by_other",
    }


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault("status", status=400), "bad_answer"),
        (Fault("status", status=403, body='{"detail": "No"}'), "bad_answer"),
        (Fault("status", status=404), None),
        (Fault("status", status=405), "bad_answer"),
        (Fault("status", status=500), "cannot_connect"),
        (Fault("status", status=504), "cannot_connect"),
        (Fault("html", status=200), "bad_answer"),
        (Fault("malformed"), "bad_answer"),
        (Fault("drop"), "cannot_connect"),
        (Fault("status", status=429), "rate_limited"),
        (Fault("status", status=401, body='{"detail": "x"}'), "sign_in_needed"),
    ],
    ids=lambda each: getattr(each, "kind", "") + str(getattr(each, "status", "")),
)
async def test_a_whole_request_that_fails_is_said_by_every_action(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    fault: Fault,
    key: str | None,
) -> None:
    fault.path, fault.times, fault.seen = "/api/2/*", None, 0
    exist_server.faults.add(fault)
    for action, data in (
        ("get_attributes", {}),
        ("get_attributes", {"page": 3}),
        ("get_owned_attributes", {}),
        ("get_owned_attributes", {"page": 3}),
        ("get_values", {"entity": COFFEES}),
        ("get_templates", {}),
        ("get_averages", {}),
        ("get_correlations", {}),
        ("get_insights", {}),
        ("acquire_attributes", {"names": ["weight"]}),
        ("create_attributes", NEW),
    ):
        expected = key or {
            "get_values": "attribute_inactive",
        }.get(action, "no_such_page" if "page" in data else "bad_answer")
        maybe = fault.kind in ("html", "malformed", "drop") or fault.status >= 500
        if action == "create_attributes" and maybe:
            # It may have been created, and cannot be asked for afterwards.
            answer = await write(hass, action, **data)
            [failed] = answer["failed"]
            assert failed["error_code"] == "unknown"
            continue
        with pytest.raises(HomeAssistantError) as raised:
            await write(hass, action, **data)
        assert raised.value.translation_key == expected, action
        assert "{" not in str(raised.value)
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert bool(flows) is (key == "sign_in_needed")


async def test_without_an_answer_failed_values_are_named_by_label(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    today = exist_server.today("ada").isoformat()
    failed = {"name": "coffees", "date": today, "value": 2}
    body = {
        "success": [],
        "failed": [{**failed, "error_code": "validation", "error": "No."}],
    }
    exist_server.faults.add(
        Fault("status", path="*/update/", times=2, status=202, body=json.dumps(body))
    )
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            DOMAIN, "update_values", {"name": "coffees", "value": 2}, blocking=True
        )
    assert str(raised.value).endswith(f"Coffees {today}: No.")


async def test_lists_may_be_written_with_commas_as_exist_does(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    answer = await write(hass, "get_owned_attributes", groups="mood,custom")
    assert {each["name"] for each in answer["results"]} == {"mood", "gym"}
    answer = await write(hass, "get_owned_attributes", attributes="mood, water")
    assert {each["name"] for each in answer["results"]} == {"mood", "water"}
    answer = await write(hass, "release_attributes", names="mood,gym")
    assert [each["name"] for each in answer["success"]] == ["mood", "gym"]
    answer = await write(hass, "acquire_attributes", templates="caffeine,money_spent")
    assert [each["name"] for each in answer["success"]] == ["caffeine", "money_spent"]


async def test_what_was_created_is_told_where_the_rest_cannot_be_adopted(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.steal("ada", "gym", None)
    gym = {"label": "Gym", "group": "custom", "value_type": "boolean"}
    # Which attribute is meant can be read, whether it may be acquired can not.
    away = Fault("status", path="*/attributes/", skip=1, times=None)
    exist_server.faults.add(away)
    answer = await write(hass, "create_attributes", attributes=[NEW, gym], adopt=True)
    assert [each["name"] for each in answer["success"]] == ["windows_opened"]
    [failed] = answer["failed"]
    assert (failed["label"], failed["error_code"]) == ("Gym", "not_sent")
    assert "didn't respond" in failed["error"]
    # Where nothing was created at all, that is said of the whole call.
    away.skip = 1
    with pytest.raises(HomeAssistantError, match="nothing was changed"):
        await write(hass, "create_attributes", attributes=[gym], adopt=True)
    exist_server.faults.clear()
    answer = await write(hass, "create_attributes", attributes=[gym], adopt=True)
    assert [each["name"] for each in answer["success"]] == ["gym"]


@pytest.mark.parametrize("by_name_only", [False, True])
async def test_who_has_what_was_released_is_not_told_by_an_older_poll(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    by_name_only: bool,
) -> None:
    exist_server.switches.release_answers_name_only = by_name_only
    # The release is answered, the poll that follows is not.
    exist_server.faults.add(Fault("status", path="*/profile/", times=None))
    answer = await write(hass, "release_attributes", names=["coffees"])
    heir = "" if by_name_only else "exist"
    told = {"name": "coffees", "label": "Coffees", "service": heir}
    assert holds(answer["success"], [told])
    assert answer["success"][0]["active"] is (None if by_name_only else True)
    assert exist_server.owner("ada", "coffees") == "exist"


@pytest.mark.parametrize(
    "said", [{"names": ["Weight"]}, {"templates": ["WEIGHT"]}], ids=str
)
async def test_nothing_is_taken_by_another_spelling_of_its_name(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    said: dict[str, Any],
) -> None:
    exist_server.requests.clear()
    answer = await write(hass, "acquire_attributes", **said)
    assert [each["error_code"] for each in answer["failed"]] == ["owned_by_other"]
    # Exist might find it all the same, and would take it from its owner.
    assert "POST /api/2/attributes/acquire/" not in exist_server.requests


@pytest.mark.parametrize("stored", [True, False])
async def test_what_was_owned_before_does_not_confirm_another_way_of_entry(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, stored: bool
) -> None:
    exist_server.faults.add(Fault("status", path="*/acquire/", stored=stored))
    answer = await write(hass, "acquire_attributes", names=["mood"], manual=False)
    if stored:
        assert holds(answer["success"], [{"name": "mood", "manual": False}])
    else:
        assert [each["error_code"] for each in answer["failed"]] == ["not_confirmed"]
    assert exist_server.users["ada"].attributes["mood"].manual is not stored


@pytest.mark.parametrize("adopt", [False, True])
async def test_what_was_there_before_was_not_created_by_a_lost_answer(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, adopt: bool
) -> None:
    exist_server.steal("ada", "gym", "trakt")
    exist_server.faults.add(Fault("status", path="*/create/"))
    gym: dict[str, Any] = {"label": "Gym", "group": "custom", "value_type": "boolean"}
    answer = await write(hass, "create_attributes", adopt=adopt, **gym)
    [failed] = answer["failed"]
    assert failed["name"] == "gym"
    assert failed["error_code"] == ("owned_by_other" if adopt else "exists")
    assert exist_server.owner("ada", "gym") == "trakt"
