"""What actions answer, beside the very JSON of the server for the same filters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import GROUPS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..writing import write

MOOD, STEPS = "sensor.exist_ada_mood", "sensor.exist_ada_steps"
SLEEP = "sensor.exist_ada_time_asleep"
OURS = ("steps", "mood", "gym", "coffees", "money_spent", "weather_icon", "old_diary")

# What Exist documents of each object.
GROUP = {"name": ..., "label": ..., "priority": ...}
SERVICE = {"name": ..., "label": ...}
TEMPLATE = {
    "name": ...,
    "label": ...,
    "group": GROUP,
    "priority": ...,
    "value_type": ...,
    "value_type_description": ...,
}
ATTRIBUTE = {
    **TEMPLATE,
    "template": ...,
    "subgroup": ...,
    "service": SERVICE,
    "active": ...,
    "manual": ...,
    "available_services": [SERVICE],
}
VALUE = {"date": ..., "value": ...}
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
AVERAGE = dict.fromkeys(("attribute", "date", "overall", *_DAYS.split()), ...)
CORRELATION = {
    "date": ...,
    "period": ...,
    "offset": ...,
    "attribute": ...,
    "attribute2": ...,
    "value": ...,
    "p": ...,
    "percentage": ...,
    "stars": ...,
    "second_person": ...,
    "attribute_category": ...,
    "strength_description": ...,
    "stars_description": ...,
    "description": ...,
    "occurrence": ...,
    "second_person_elements": [...],
    "rating": {"positive": ..., "rating_type": ..., "rating": ...},
}
INSIGHT = {
    "created": ...,
    "target_date": ...,
    "type": {
        "name": ...,
        "period": ...,
        "priority": ...,
        "attribute": TEMPLATE,
    },
    "html": ...,
    "text": ...,
}


@dataclass(frozen=True, slots=True)
class Read:
    """An action that reads: its endpoint, where its answer stands, what is documented.

    `data` is what the action takes always, `query` what Exist is asked for beside it.
    """

    action: str
    path: str
    key: str
    item: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


LOW = {"include_low_priority": "true"}
ATTRIBUTES = Read("get_attributes", "attributes/", "attributes", ATTRIBUTE, query=LOW)
OWNED = Read("get_owned_attributes", "attributes/owned/", "results", ATTRIBUTE)
VALUES = Read(
    "get_values",
    "attributes/values/",
    "values",
    VALUE,
    {"attribute": "steps"},
    {"attribute": "steps"},
)
TEMPLATES = Read(
    "get_templates", "attributes/templates/", "templates", TEMPLATE, query=LOW
)
AVERAGES = Read("get_averages", "averages/", "averages", AVERAGE)
CORRELATIONS = Read("get_correlations", "correlations/", "correlations", CORRELATION)
INSIGHTS = Read("get_insights", "insights/", "insights", INSIGHT)

type Filters = dict[str, Any]
# What is said to the action, and the same in Exist's words. Each leaves something out.
OF_ATTRIBUTES: list[tuple[Filters, Filters]] = [
    ({"groups": ["mood", "custom"]}, {"groups": "mood,custom"}),
    ({"groups": "mood"}, {"groups": "mood"}),
    ({"groups": ["mood", "not_known_yet"]}, {"groups": "mood,not_known_yet"}),
    ({"attributes": ["steps", "gym"]}, {"attributes": "steps,gym"}),
    ({"attributes": [MOOD]}, {"attributes": "mood"}),
    ({"entities": [MOOD, STEPS]}, {"attributes": "mood,steps"}),
    ({"entities": MOOD, "attributes": "gym"}, {"attributes": "mood,gym"}),
    ({"exclude_custom": True}, {"exclude_custom": "true"}),
    ({"manual": True}, {"manual": "true"}),
    ({"manual": False}, {"manual": "false"}),
    ({"page": 1, "limit": 2}, {"page": "1", "limit": "2"}),
    ({"page": 2, "limit": 2}, {"page": "2", "limit": "2"}),
    ({"limit": 3}, {"limit": "3"}),
    (
        {"limit": 2, "groups": ["mood", "custom"]},
        {"limit": "2", "groups": "mood,custom"},
    ),
]
FILTERS: dict[str, tuple[Read, list[tuple[Filters, Filters]]]] = {
    "attributes": (
        ATTRIBUTES,
        [
            *OF_ATTRIBUTES,
            ({"owned": True}, {"owned": "true"}),
            ({"include_low_priority": False}, {"include_low_priority": "false"}),
            ({"include_inactive": True}, {"include_inactive": "true"}),
        ],
    ),
    "owned": (
        OWNED,
        [*OF_ATTRIBUTES, ({"include_low_priority": True}, LOW)],
    ),
    "values": (
        VALUES,
        [
            ({"end": "2026-10-30"}, {"date_max": "2026-10-30"}),
            ({"attribute": "mood"}, {"attribute": "mood"}),
            ({"attribute": "mood_note"}, {"attribute": "mood_note"}),
            ({"attribute": "gym"}, {"attribute": "gym"}),
        ],
    ),
    "templates": (
        TEMPLATES,
        [
            ({"groups": ["sleep", "media"]}, {"groups": "sleep,media"}),
            ({"include_low_priority": False}, {"include_low_priority": "false"}),
        ],
    ),
    "averages": (
        AVERAGES,
        [
            ({"groups": ["sleep"]}, {"groups": "sleep"}),
            ({"attributes": ["steps"]}, {"attributes": "steps"}),
            ({"entities": [SLEEP]}, {"attributes": "sleep"}),
            ({"include_historical": True}, {"include_historical": "1"}),
            (
                {"include_historical": True, "start": "2026-10-20"},
                {"include_historical": "1", "date_min": "2026-10-20"},
            ),
            ({"end": "2026-10-20"}, {"date_max": "2026-10-20"}),
        ],
    ),
    "correlations": (
        CORRELATIONS,
        [
            ({"attribute": "mood"}, {"attribute": "mood"}),
            ({"entity": SLEEP}, {"attribute": "sleep"}),
            ({"strong": True}, {"strong": "1"}),
            ({"confident": True}, {"confident": "1"}),
        ],
    ),
    "insights": (
        INSIGHTS,
        [
            ({"start": "2026-11-01"}, {"date_min": "2026-11-01"}),
            ({"end": "2026-11-01"}, {"date_max": "2026-11-01"}),
            *(({"priority": each}, {"priority": str(each)}) for each in (1, 2, 3, 4)),
        ],
    ),
}


@pytest.fixture
async def home(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> MockConfigEntry:
    """Load ada, who owns something of most kinds, with a day that is the most yet."""
    exist_server.own("ada", *OURS)
    exist_server.set_value("ada", "coffees", None, 90)
    exist_server.set_value("ada", "steps", exist_server.today("ada"), 9)
    return await add_account()


type Fetch = Callable[..., Any]


@pytest.fixture
def fetch(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> Fetch:
    """Ask the server itself, with the token of the account."""

    async def get(path: str, query: Mapping[str, str]) -> Any:
        token = home.data["token"]["access_token"]
        answer = await async_get_clientsession(hass).get(
            f"{exist_server.url}/api/2/{path}",
            params=dict(query),
            headers={"Authorization": f"Bearer {token}"},
        )
        return await answer.json()

    return get


async def _rows(fetch: Fetch, path: str, query: Mapping[str, str]) -> list[Any]:
    """Return all pages, or the one that is asked for."""
    rows: list[Any] = []
    number, one = 1, "page" in query or "limit" in query
    while True:
        page = await fetch(path, {"limit": "100", "page": str(number), **query})
        rows += page["results"]
        if one or page["next"] is None:
            return rows
        number += 1


def holds(answer: Any, raw: Any) -> bool:
    """Return whether all that Exist tells is in the answer, with the same value."""
    match raw:
        case dict():
            return isinstance(answer, dict) and all(
                key in answer and holds(answer[key], each) for key, each in raw.items()
            )
        case list():
            return (
                isinstance(answer, list)
                and len(answer) == len(raw)
                and all(map(holds, answer, raw, strict=True))
            )
        case _:
            return bool(answer == raw)


def _told(rows: Any, documented: Any) -> set[str]:
    """Return the paths of what is documented that some row tells."""
    match documented:
        case dict():
            return {
                f".{key}{rest}"
                for key, each in documented.items()
                for rest in _told(
                    [row[key] for row in rows if row is not None and key in row], each
                )
            }
        case list():
            return _told([each for row in rows for each in row or ()], documented[0])
        case _:
            return {""} if rows else set()


def _all(documented: Any) -> set[str]:
    match documented:
        case dict():
            return {
                f".{key}{rest}"
                for key, each in documented.items()
                for rest in _all(each)
            }
        case list():
            return _all(documented[0])
        case _:
            return {""}


def test_what_is_dropped_or_changed_is_found() -> None:
    raw = {"a": [{"b": None, "c": 1}], "d": "x"}
    assert holds({**raw, "label": "more"}, raw)
    assert not holds({"a": [{"c": 1}], "d": "x"}, raw)
    assert not holds({"a": [{"b": 0, "c": 1}], "d": "x"}, raw)
    assert not holds({"a": [], "d": "x"}, raw)
    assert _told([{"a": {"b": 1}}, {"a": None}], {"a": {"b": ..., "c": ...}}) == {
        ".a.b"
    }


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.shown(*GROUPS)
async def test_every_field_and_filter_is_as_exist_has_it(
    hass: HomeAssistant, fetch: Fetch, name: str
) -> None:
    read, filters = FILTERS[name]
    everything = await _rows(fetch, read.path, read.query)
    answer = await write(hass, read.action, **read.data)
    assert holds(answer[read.key], everything)
    assert _told(everything, read.item) == _all(read.item), "the server tells it all"
    assert _told(answer[read.key], read.item) == _all(read.item)
    for said, asked in filters:
        rows = await _rows(fetch, read.path, {**read.query, **asked})
        assert rows, said
        assert rows != everything, f"{said} leaves nothing out"
        answer = await write(hass, read.action, **{**read.data, **said})
        assert holds(answer[read.key], rows), said


@pytest.mark.parametrize("read", [ATTRIBUTES, OWNED], ids=lambda read: read.action)
async def test_a_page_says_what_stands_around_it(
    hass: HomeAssistant, fetch: Fetch, read: Read
) -> None:
    for page in ("1", "2", "3"):
        raw = await fetch(read.path, {**read.query, "page": page, "limit": "2"})
        answer = await write(hass, read.action, page=int(page), limit=2)
        assert len(answer[read.key]) == 2
        assert answer["count"] == raw["count"]
        for way in ("next", "previous"):
            assert bool(answer[way]) is bool(raw[way])
    whole = await write(hass, read.action)
    assert (whole["count"], whole["next"]) == (len(whole[read.key]), None)


async def test_a_filter_that_exist_ignores_is_kept_all_the_same(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.switches.ignores_attributes_filter = True
    answer = await write(hass, ATTRIBUTES.action, entities=[MOOD], attributes=["gym"])
    assert {each["name"] for each in answer["attributes"]} == {"mood", "gym"}


@pytest.mark.parametrize("read", [ATTRIBUTES, OWNED], ids=lambda read: read.action)
async def test_pages_are_of_what_is_asked_for_where_exist_ignores_a_filter(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry, read: Read
) -> None:
    names = ["gym", "coffees", "old_diary", "steps", "money_spent"]
    pages: list[dict[str, Any]] = [{"page": page, "limit": 2} for page in (1, 2, 3)]
    pages += [{"limit": 4}, {"page": 1}]
    asked = [{**page, "attributes": names} for page in pages]
    keeping = [await write(hass, read.action, **each) for each in asked]
    exist_server.switches.ignores_attributes_filter = True
    for each, as_exist in zip(asked, keeping, strict=True):
        answer = await write(hass, read.action, **each)
        assert answer[read.key] == as_exist[read.key], each
        assert bool(answer["next"]) is bool(as_exist["next"]), each
        assert bool(answer["previous"]) is bool(as_exist["previous"]), each
    with pytest.raises(ServiceValidationError, match="no page 4"):
        await write(hass, read.action, page=4, limit=2, attributes=names)


async def test_the_first_day_is_ours_to_leave_out(
    hass: HomeAssistant, fetch: Fetch
) -> None:
    rows = await _rows(fetch, VALUES.path, VALUES.query)
    start = "2026-11-10"
    answer = await write(hass, VALUES.action, entity=STEPS, start=start)
    assert holds(answer["values"], [row for row in rows if row["date"] >= start])
    assert answer["label"] == "Steps"


async def test_values_of_every_kind(
    hass: HomeAssistant, exist_server: ExistServer, fetch: Fetch
) -> None:
    kinds = {
        each.value_type: name
        for name, each in exist_server.users["ada"].attributes.items()
        if each.active and each.values
    }
    assert len(kinds) == 9
    for name in kinds.values():
        rows = await _rows(fetch, VALUES.path, {"attribute": name})
        assert rows
        answer = await write(hass, VALUES.action, attribute=name)
        assert holds(answer["values"], rows), name


async def test_one_pair_by_either_order_and_by_entities(
    hass: HomeAssistant, fetch: Fetch
) -> None:
    pair = {"attribute": "steps", "attribute2": "mood"}
    raw = await fetch("correlations/combo/", pair)
    assert raw["occurrence"] == "Very common"
    orders: tuple[Filters, ...] = (
        pair,
        {"attribute": "mood", "attribute2": "steps"},
        {"attribute": "steps", "entity2": MOOD},
        {"entity": STEPS, "attribute2": "mood"},
        {"entity": STEPS, "entity2": MOOD},
    )
    for said in orders:
        answer = await write(hass, "get_correlations", **said)
        assert holds(answer["correlations"], [raw]), said
    raw = await fetch("correlations/combo/", {**pair, "attribute2": "nothing"})
    assert raw == {"error": "not_found"}
    answer = await write(hass, "get_correlations", attribute="steps", attribute2="none")
    assert answer == {"correlations": []}


async def test_averages_by_either_name(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    first = await write(hass, "get_averages")
    exist_server.switches.user_attribute_key = True
    assert await write(hass, "get_averages") == first


async def test_what_belongs_to_no_group(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    exist_server.users["ada"].attributes["gym"].group = None
    answer = await write(hass, "get_attributes", attributes=["gym"])
    assert answer["attributes"][0]["group"] is None
    answer = await write(hass, "get_templates")
    assert [each["name"] for each in answer["templates"] if each["group"] is None] == [
        "tweets",
        "twitter_mentions",
        "twitter_username",
    ]


async def test_what_is_not_documented_is_told_on(
    hass: HomeAssistant, exist_server: ExistServer, fetch: Fetch
) -> None:
    page = await fetch("attributes/", {"attributes": "gym"})
    page["results"][0] |= {
        "group": {"name": "not_known_yet", "label": "Not known yet", "priority": 20},
        "subgroup": {"name": "head", "parts": ["neck"]},
        "value_type_description": "Yes or no",
    }
    exist_server.faults.add(
        Fault("status", path="*/attributes/", status=200, body=json.dumps(page))
    )
    answer = await write(hass, "get_attributes", groups=["not_known_yet"])
    assert holds(answer["attributes"], page["results"])


async def test_every_entity_that_can_be_picked_is_taken(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    shown = {
        each.entity_id: each.unique_id.removeprefix("ada/attribute/")
        for each in er.async_entries_for_config_entry(er.async_get(hass), home.entry_id)
        if each.domain in ("sensor", "binary_sensor")
        and each.unique_id.startswith("ada/attribute/")
    }
    assert set(OURS) <= set(shown.values())
    answer = await write(hass, "get_attributes", entities=list(shown))
    assert {each["name"] for each in answer["attributes"]} == set(shown.values())


@pytest.mark.shown(*GROUPS)
async def test_an_entity_says_which_account_is_meant(
    hass: HomeAssistant,
    exist_server: ExistServer,
    home: MockConfigEntry,
    add_account: AddAccount,
) -> None:
    exist_server.own("bo", "coffees")
    await add_account("bo")
    mood = "sensor.exist_bo_mood"
    answer = await write(hass, "get_attributes", entities=[mood])
    assert [each["name"] for each in answer["attributes"]] == ["mood"]
    today = exist_server.today("bo")
    await write(hass, entity="sensor.exist_bo_coffees", value=7, day=today.isoformat())
    assert exist_server.value("bo", "coffees") == 7
    answer = await write(hass, "get_values", entity="sensor.exist_bo_coffees")
    assert answer["values"][0] == {"date": today.isoformat(), "value": 7}


async def test_a_day_from_the_calendar_and_an_entity(
    hass: HomeAssistant, exist_server: ExistServer, home: MockConfigEntry
) -> None:
    entity = "sensor.exist_ada_coffees"
    day = exist_server.today("ada") - timedelta(days=5)
    answer = await write(hass, entity=entity, value="4", day=day.isoformat())
    told = {
        "name": "coffees",
        "label": "Coffees",
        "date": day.isoformat(),
        "value": 4,
    }
    assert answer == {"success": [told], "failed": [], "queued": []}
    answer = await write(hass, "increment_values", entity=entity, value=2, day=day)
    assert answer["success"] == [{**told, "value": 2, "current": 6}]
    assert exist_server.value("ada", "coffees", day) == 6
    # The day stands for each of a list that has none of its own.
    await write(hass, values=[{"name": "coffees", "value": 1}], day=day)
    assert exist_server.value("ada", "coffees", day) == 1
