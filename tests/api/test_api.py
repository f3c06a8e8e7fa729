"""The client against the local server, and its pure parts by property."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
import json
import math
import random
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.exist.api import (
    WIRE,
    AcquireItem,
    Attribute,
    Average,
    BatchResult,
    Correlation,
    CreateItem,
    ExistAuthError,
    ExistClient,
    ExistConnectionError,
    ExistProtocolError,
    ExistRateLimitError,
    IncrementItem,
    Insight,
    InvalidValueError,
    ItemOutcome,
    Priority,
    Profile,
    RequestBudget,
    Status,
    Template,
    UpdateItem,
    ValueType,
    refused,
    settle,
)
from custom_components.exist.api.batch import BATCH_SIZE, outcomes_of
from custom_components.exist.api.model import day_values_from_json
from custom_components.exist.api.transport import retry_after

from ..exist_server import ExistServer, Fault


def _client(session: aiohttp.ClientSession, url: str, token: str = "") -> ExistClient:
    async def access_token(refused: str | None = None) -> str:
        if refused is not None:
            raise ExistAuthError
        return token

    return ExistClient(session, access_token, url)


def statuses(result: BatchResult) -> list[Status]:
    """Return what became of each item."""
    return [each.status for each in result.outcomes]


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """Return a session that is closed afterwards."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(session: aiohttp.ClientSession, exist_server: ExistServer) -> ExistClient:
    """Return ada's client."""
    token = str(exist_server.issue_token("ada")["access_token"])
    return _client(session, exist_server.url, token)


async def test_reads(client: ExistClient, exist_server: ExistServer) -> None:
    today = exist_server.today("ada")
    assert (await client.profile()).timezone == "Europe/Vienna"
    assert len(await client.templates()) == 79
    assert len(await client.templates(include_low_priority=True)) == 86
    assert {
        t.group.name for t in await client.templates(groups=["mood"]) if t.group
    } == {"mood"}
    exist_server.switches.ignores_attributes_filter = True
    [steps] = await client.attributes(attributes=["steps"], exclude_custom=True)
    assert steps.template == "steps"
    [sleep] = await client.attributes_with_values(
        days=31, attributes=["sleep"], date_max=today - timedelta(days=1)
    )
    assert next(iter(sleep.values)) < today
    assert list(sleep.values) == sorted(sleep.values, reverse=True)
    since = today - timedelta(days=150)
    values = await client.values(
        "steps", value_type=ValueType.INTEGER, date_min=since, date_max=today
    )
    assert next(iter(values)) == today
    assert min(values) >= since
    assert len(values) > 100
    exist_server.switches.user_attribute_key = True
    [average] = await client.averages(attributes=["steps"])
    assert average.attribute == "steps"
    correlations = await client.correlations(strong=True, confident=True)
    one = (await client.correlations())[0]
    assert len(correlations) <= len(await client.correlations())
    assert await client.correlation(one.attribute2, one.attribute)
    assert await client.correlation("steps", "nothing") is None
    assert (await client.insights())[0].text


async def test_writes(client: ExistClient, exist_server: ExistServer) -> None:
    today = exist_server.today("ada")
    made = await client.create(
        [
            CreateItem(
                label="Cups of tea",
                group="food",
                value_type=ValueType.INTEGER,
                manual=False,
            ),
            CreateItem(label="No group"),
        ],
        success_objects=True,
    )
    tea, bad = made.outcomes
    assert tea.attribute is not None
    assert bad.status is Status.REFUSED
    name = tea.attribute.name
    done = await client.update(
        [
            UpdateItem(name, today, 2),
            UpdateItem(name, today - timedelta(days=1), 3),
            UpdateItem("mood", today, 3),
        ]
    )
    assert statuses(done) == [Status.SUCCEEDED, Status.SUCCEEDED, Status.REFUSED]
    assert done.outcomes[2].code == "unauthorised"
    done = await client.increment(
        [IncrementItem(name, 1), IncrementItem(name, 1, today - timedelta(days=1))]
    )
    assert statuses(done) == [Status.SUCCEEDED] * 2
    assert exist_server.value("ada", name) == 3
    assert exist_server.value("ada", name, today - timedelta(days=1)) == 4
    with pytest.raises(ValueError, match="nothing"):
        await client.acquire([])


async def test_a_later_batch_that_dies_keeps_the_earlier(
    client: ExistClient, exist_server: ExistServer
) -> None:
    names = exist_server.fill("ada", 100, None)
    exist_server.faults.add(Fault("drop", path="*/acquire/", skip=1, stored=True))
    result = await client.acquire([AcquireItem(name=name) for name in names])
    assert statuses(result) == [
        *[Status.SUCCEEDED] * 35,
        *[Status.UNKNOWN] * 35,
        *[Status.NOT_SENT] * 30,
    ]
    assert isinstance(result.error, ExistConnectionError)


async def test_refusals(client: ExistClient, exist_server: ExistServer) -> None:
    for retry, least, most in (
        (None, 60, 3600),
        ("120", 119, 121),
        (format_datetime(datetime.now(UTC) + timedelta(seconds=300)), 290, 301),
    ):
        client.budget._paused_until = -math.inf
        exist_server.faults.add(Fault("status", status=429, retry_after=retry))
        with pytest.raises(ExistRateLimitError) as raised:
            await client.profile()
        assert least <= raised.value.retry_after <= most
        with pytest.raises(ExistRateLimitError) as refused:
            await client.profile()
        assert not refused.value.sent
        assert client.budget.remaining == 0
        assert client.budget.paused_for > 0
    assert retry_after("soon") is None
    client.budget._paused_until = -math.inf
    exist_server.revoke("ada")
    with pytest.raises(ExistAuthError):
        await client.release(["steps"])
    await exist_server.stop()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ExistConnectionError) as gone:
            await _client(session, exist_server.url).release(["steps"])
    assert not gone.value.maybe_stored


async def test_a_time_out_of_a_write_may_have_been_stored(
    client: ExistClient,
    exist_server: ExistServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.exist.api.transport.TIMEOUT", aiohttp.ClientTimeout(0.1)
    )
    exist_server.faults.add(Fault("delay", seconds=1))
    result = await client.release(["steps"])
    assert statuses(result) == [Status.UNKNOWN]
    assert result.error is not None
    assert result.error.code == "timeout"


@pytest.mark.parametrize(
    "page",
    [
        {"count": 9, "next": "https://elsewhere.example/?page=2", "results": [{}]},
        {"count": 9, "next": "//[", "results": [{"name": "a"}]},
        {"count": 1, "next": None, "results": {}},
        {"count": 1, "next": None},
        [],
        {"results": ["a"]},
        {"results": [{"name": ""}]},
    ],
)
async def test_pages_that_make_no_sense(
    session: aiohttp.ClientSession, page: Any
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(page)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        with pytest.raises(ExistProtocolError):
            await _client(session, str(server.make_url(""))).attributes()


OWNED = "GET /api/2/attributes/owned/"


@pytest.mark.parametrize(
    ("owned", "requests"), [(1, 2), (60, 2), (100, 2), (101, 3), (250, 4)]
)
async def test_a_list_that_never_ends_is_over_when_it_repeats_itself(
    client: ExistClient, exist_server: ExistServer, owned: int, requests: int
) -> None:
    names = set(exist_server.fill("ada", owned))
    exist_server.faults.add(Fault("endless", path="*/owned/", times=None))
    page = await client.owned()
    assert {each.name for each in page.results} == names
    assert exist_server.requests[OWNED] == requests


@pytest.mark.parametrize(
    ("count", "names", "requests"),
    [
        (150, 100, 2),
        (3, 2, 2),
        (2, 0, 1),
        (0, 0, 1),
        (None, 100, 2),
        (None, 2, 2),
        (None, 0, 1),
    ],
)
async def test_a_list_that_never_ends_and_may_hide_something_is_not_believed(
    client: ExistClient,
    exist_server: ExistServer,
    count: int | None,
    names: int,
    requests: int,
) -> None:
    # Whichever page is asked for, it is this one.
    body: dict[str, Any] = {
        "next": f"{exist_server.url}/api/2/attributes/owned/?page=2",
        "results": [{"name": f"a{index}", "value_type": 0} for index in range(names)],
    }
    if count is not None:
        body["count"] = count
    exist_server.faults.add(
        Fault("status", "*/owned/", status=200, body=json.dumps(body), times=None)
    )
    with pytest.raises(ExistProtocolError):
        await client.owned()
    assert exist_server.requests[OWNED] == requests


@pytest.mark.parametrize("owned", [102, 150, 200, 202, 350])
async def test_a_list_that_shifts_between_pages_is_whole(
    client: ExistClient, exist_server: ExistServer, owned: int
) -> None:
    names = set(exist_server.fill("ada", owned))
    exist_server.faults.add(Fault("shifting", path="*/owned/"))
    page = await client.owned()
    assert {each.name for each in page.results} == names


@pytest.mark.parametrize("added", [1, 50, 99])
async def test_a_list_that_grows_between_pages_is_whole(
    client: ExistClient, exist_server: ExistServer, added: int
) -> None:
    names = set(exist_server.fill("ada", 250))

    def grow() -> None:
        for index in range(added):
            new = exist_server.add_attribute(
                "ada", f"A {index:03}", "activity", service="home_assistant"
            )
            names.add(new.name)

    exist_server.faults.add(Fault("call", path="*/owned/", skip=1, call=grow))
    page = await client.owned()
    assert len(names) == 250 + added
    assert {each.name for each in page.results} == names


def test_odd_objects_are_taken_in_stride() -> None:
    attribute = Attribute.from_json(
        {
            "name": "a",
            "label": None,
            "group": "mood",
            "service": "",
            "active": "true",
            "manual": None,
            "value_type": 9,
            "values": [{"date": "2026-01-01", "value": 3}],
            "available_services": [None, "oura", {"name": "x"}],
            "new_key": {},
        }
    )
    assert attribute.value_type is ValueType.UNKNOWN
    assert attribute.active
    assert not attribute.manual
    assert attribute.group.label == "Mood"
    assert [service.label for service in attribute.available_services] == ["oura", "x"]
    assert Attribute.from_json({"name": "a", "value_type": "1"}).group.name == ""
    assert Template.from_json({"name": "a", "value_type": 0}).group is None
    profile = Profile.from_json({"username": "u", "local_time": "never"})
    assert profile.local_time is None
    for end in ("0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00"):
        profile = Profile.from_json({"username": "u", "local_time": end})
        assert profile.local_time is None
    assert Profile.from_json({"username": "u"}).timezone == ""
    assert Average.from_json({"attribute": "a", "date": "2026-01-01"}).overall is None
    insight = Insight.from_json({"type": None, "target_date": "2026-01-01"})
    assert insight.target_date == date(2026, 1, 1)
    for kind, raw in (
        (Attribute, 3),
        (Attribute, {"name": 7}),
        (Attribute, {"name": "a", "values": [{"date": "x"}]}),
        (Attribute, {"name": "a", "values": [{"date": 5}]}),
        (Profile, {"username": ""}),
        (Correlation, {"date": "2026-01-01"}),
    ):
        with pytest.raises(ExistProtocolError):
            kind.from_json(raw)


def test_an_answer_is_matched_by_what_it_echoes() -> None:
    sent: list[dict[str, Any]] = [
        {"template": "mood"},
        {"name": "a"},
        {"name": "b"},
        {"x": 1},
    ]
    outcomes = outcomes_of(
        sent,
        {
            "success": [{"name": "a", "active": "true"}, {"name": "stranger"}],
            "failed": [
                {"title": "mood", "error_code": "missing_field"},
                {"error": "Object at index 3 missing field(s) 'name'"},
                {"error": "Object at index 9 missing field(s) 'name'"},
            ],
        },
    )
    assert [(each.status, each.code) for each in outcomes] == [
        (Status.REFUSED, "missing_field"),
        (Status.SUCCEEDED, ""),
        (Status.UNKNOWN, ""),
        (Status.REFUSED, "unknown_error"),
    ]
    with pytest.raises(ExistProtocolError):
        outcomes_of(sent, {"success": [], "failed": []})


def test_an_error_may_be_no_text_and_a_list_may_be_null() -> None:
    sent = [{"name": name} for name in "abcd"]
    failed = [
        {"name": "a", "error_code": None, "error": {"value": ["Wrong.", "Odd."]}},
        {"name": "b", "error_code": 7, "error": ["Wrong."]},
        {"name": "c", "error": None},
    ]
    outcomes = outcomes_of(sent, {"success": [{"name": "d"}], "failed": failed})
    assert [(each.status, each.code, each.message) for each in outcomes] == [
        (Status.REFUSED, "unknown_error", "Wrong.; Odd."),
        (Status.REFUSED, "unknown_error", "Wrong."),
        (Status.REFUSED, "unknown_error", ""),
        (Status.SUCCEEDED, "", ""),
    ]
    [done] = outcomes_of([{"name": "a"}], {"success": [{"name": "a"}], "failed": None})
    assert done.status is Status.SUCCEEDED


def test_an_answer_of_another_day_is_no_answer() -> None:
    sent = [{"name": "a", "date": f"2026-11-{day}", "value": 1} for day in (17, 18)]
    for date_told, fates in (
        ("2026-11-18", [Status.UNKNOWN, Status.SUCCEEDED]),
        ("2026-11-17T00:00:00Z", [Status.SUCCEEDED, Status.UNKNOWN]),
        (None, [Status.SUCCEEDED, Status.UNKNOWN]),
    ):
        answer = {"success": [{"name": "a", "date": date_told, "value": 2}]}
        assert [each.status for each in outcomes_of(sent, answer)] == fates
    with pytest.raises(ExistProtocolError):
        outcomes_of(sent, {"success": [{"name": "a", "date": "2026-11-19"}]})


@pytest.mark.parametrize("values", [(5, None), (None, 5), (5, "x"), ([], 5)])
def test_a_day_that_is_listed_twice_keeps_its_value(values: tuple[object, ...]) -> None:
    rows = [{"date": "2026-11-18", "value": value} for value in values]
    days = day_values_from_json(rows, ValueType.INTEGER)
    assert days == {date(2026, 11, 18): 5}


FATES = st.sampled_from([Status.SUCCEEDED, Status.REFUSED, Status.UNKNOWN])


@given(st.lists(FATES, min_size=1, max_size=BATCH_SIZE), st.randoms())
@settings(max_examples=40, deadline=None)
def test_each_item_has_one_outcome_at_its_place(
    fates: list[Status], luck: random.Random
) -> None:
    sent = [{"name": f"a{index}"} for index in range(len(fates))]
    told = list(zip(sent, fates, strict=True))
    # Exist need not answer in order.
    luck.shuffle(told)
    answer = {
        key: [dict(item) for item, fate in told if fate is kind]
        for key, kind in (("success", Status.SUCCEEDED), ("failed", Status.REFUSED))
    }
    if set(fates) == {Status.UNKNOWN}:
        return
    assert [each.status for each in outcomes_of(sent, answer)] == fates


@given(st.lists(FATES, max_size=9), st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_was_lost_is_read_once_and_the_rest_is_left(
    fates: list[Status], away: bool
) -> None:
    outcomes = [ItemOutcome(fate) for fate in fates]
    reads = 0

    async def read() -> str:
        nonlocal reads
        reads += 1
        if away:
            raise ExistConnectionError
        return "shown"

    loop = asyncio.new_event_loop()
    settled = loop.run_until_complete(
        settle(outcomes, read, lambda index, shown: refused(f"{shown} {index}"))
    )
    loop.close()
    assert reads == (Status.UNKNOWN in fates)
    assert list(settled) == [
        refused(f"shown {index}") if fate is Status.UNKNOWN and not away else outcome
        for index, (fate, outcome) in enumerate(zip(fates, outcomes, strict=True))
    ]


@given(
    st.lists(
        st.tuples(st.floats(0, 400), st.sampled_from(list(Priority))), max_size=900
    )
)
@settings(max_examples=30, deadline=None)
def test_never_more_than_300_in_any_hour(steps: list[tuple[float, Priority]]) -> None:
    now = 0.0
    budget = RequestBudget(limit=30, clock=lambda: now)
    sent: list[float] = []
    for wait, priority in steps:
        now += wait
        try:
            budget.spend(priority)
        except ExistRateLimitError:
            assert budget.used == 30 or priority is not Priority.PERSON
        else:
            sent.append(now)
        recent = [moment for moment in sent if now - moment < 3600]
        assert len(recent) == budget.used <= 30


def test_background_leaves_room_for_a_person() -> None:
    budget = RequestBudget()
    for _ in range(150):
        budget.spend(Priority.BACKGROUND)
    with pytest.raises(ExistRateLimitError):
        budget.spend(Priority.BACKGROUND)
    assert budget.remaining == 150
    budget.spend(Priority.PERSON)


def test_background_waits_once_the_others_have_sent_240() -> None:
    budget = RequestBudget()
    for _ in range(200):
        budget.spend(Priority.PERSON)
    for _ in range(40):
        budget.spend(Priority.BACKGROUND)
    with pytest.raises(ExistRateLimitError):
        budget.spend(Priority.BACKGROUND)
    assert budget.used == 240


@given(st.sampled_from(list(ValueType)), st.integers(0, 9))
def test_values_go_there_and_back(value_type: ValueType, number: int) -> None:
    try:
        wire = WIRE[value_type].write(number)
    except InvalidValueError:
        return
    back = WIRE[value_type].read(wire)
    assert back == number
    assert WIRE[value_type].read(float(wire)) == back


@pytest.mark.parametrize(
    ("value_type", "value", "code"),
    [
        (ValueType.TEXT, 3, "not_text"),
        (ValueType.TEXT, "half an emoji \ud83d", "not_text"),
        (ValueType.BOOLEAN, "1", "not_boolean"),
        (ValueType.BOOLEAN, 2, "not_boolean"),
        (ValueType.INTEGER, "3", "not_a_number"),
        (ValueType.DECIMAL, math.nan, "not_a_number"),
        (ValueType.UNKNOWN, 1, "not_a_number"),
        (ValueType.TEXT, "a\0b", "not_text"),
        (ValueType.PERCENTAGE, 57, "out_of_range"),
        (ValueType.SCALE, 10, "out_of_range"),
        (ValueType.TIME_OF_DAY, 1440, "out_of_range"),
    ],
)
def test_values_that_must_not_be_sent(
    value_type: ValueType, value: Any, code: str
) -> None:
    with pytest.raises(InvalidValueError) as raised:
        WIRE[value_type].write(value)
    assert raised.value.code == code


def test_values_on_the_wire() -> None:
    assert WIRE[ValueType.TEXT].write("a") == "a"
    assert WIRE[ValueType.BOOLEAN].write(True) == 1
    assert [WIRE[ValueType.INTEGER].write(x) for x in (0.5, 1.5)] == [0, 2]
    assert WIRE[ValueType.INTEGER].read(65.0) == 65
    assert WIRE[ValueType.INTEGER].read("65") == 65
    assert WIRE[ValueType.TEXT].read(5) == "5"
    assert WIRE[ValueType.UNKNOWN].read("x") == "x"
    assert WIRE[ValueType.BOOLEAN].read(1) is True
    for value_type, raw in (
        (ValueType.TEXT, {}),
        (ValueType.UNKNOWN, []),
        (ValueType.DECIMAL, "x"),
        (ValueType.DECIMAL, math.inf),
        (ValueType.SCALE, []),
    ):
        with pytest.raises(ExistProtocolError):
            WIRE[value_type].read(raw)
    assert WIRE[ValueType.DURATION].incrementable
    odd: tuple[object, ...] = (True, None, 1.5, "zero", [])
    for nonsense in odd:
        with pytest.raises(ExistProtocolError):
            ValueType.from_wire(nonsense)
