"""The local Exist server keeps what exist-api.md says; the sections are named there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import datetime as dt
import sys
from typing import Any

import aiohttp
import pytest
from yarl import URL

from ..exist_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    SCOPES,
    SERVICE,
    Clock,
    ExistServer,
    Fault,
    Switches,
    ValueType,
    note_of_full_length,
)

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

REDIRECT = "http://localhost:8123/auth/external/callback"
OWNED = "/api/2/attributes/owned/"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def server(socket_enabled: None) -> AsyncIterator[ExistServer]:
    """Run a server with its seeded people."""
    async with ExistServer() as running:
        yield running


class Ada:
    """Requests of ada's client."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Use a session that knows server and token."""
        self.session = session

    async def get(self, path: str, **query: object) -> Any:
        """Return what a good GET answers."""
        params = {key: str(value) for key, value in query.items()}
        async with self.session.get(f"/api/2/{path}", params=params) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, *items: object) -> tuple[int, list[Any], list[Any]]:
        """Return status, successes and failures of a batch."""
        async with self.session.post(f"/api/2/attributes/{path}", json=items) as answer:
            body = await answer.json()
            return answer.status, body["success"], body["failed"]

    async def status(self, path: str, **query: str) -> tuple[int, str]:
        """Return status and text of any GET."""
        async with self.session.get(f"/api/2/{path}", params=query) as response:
            return response.status, await response.text()


@asynccontextmanager
async def asking(
    server: ExistServer, scopes: tuple[str, ...] = SCOPES, header: str = ""
) -> AsyncIterator[Ada]:
    """Ask as ada, with some scopes or another Authorization header."""
    header = header or f"Bearer {server.issue_token('ada', scopes)['access_token']}"
    headers = {"Authorization": header}
    async with aiohttp.ClientSession(server.url, headers=headers) as session:
        yield Ada(session)


@pytest.fixture
async def ada(server: ExistServer) -> AsyncIterator[Ada]:
    """Be ada's client with all scopes."""
    async with asking(server) as found:
        yield found


async def consent(server: ExistServer, **changes: str) -> URL:
    """Answer the consent page; return where the browser is sent."""
    form = {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "mood_read mood_write",
        "state": "s+t/1",
        "username": "ada",
        "decision": "allow",
        **changes,
    }
    address = server.url + "/oauth2/authorize"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=form, allow_redirects=False) as response,
    ):
        assert response.status == 302, await response.text()
        return URL(response.headers["Location"])


async def token(server: ExistServer, **form: str) -> tuple[int, Any]:
    """Ask the token endpoint."""
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | form
    address = server.url + "/oauth2/access_token"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=form) as response,
    ):
        return response.status, await response.json()


async def test_consent_page_tells_the_rights(server: ExistServer) -> None:
    query = {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "mood_read manual_write",
        "state": '"><script>',
    }
    address = server.url + "/oauth2/authorize"
    async with aiohttp.ClientSession() as session:
        async with session.get(address, params=query) as response:
            text = await response.text()
            assert response.status == 200
        for said in ("Home Assistant", "<li>Mood</li>", "tracked by hand", "cleo"):
            assert said in text
        assert "<script>" not in text
        for wrong in (
            {"client_id": "nobody"},
            {"redirect_uri": "http://example.org/"},
            {"redirect_uri": "http://localhost.example.org/"},
        ):
            async with session.get(address, params=query | wrong) as response:
                assert response.status == 400


async def test_registered_redirect_must_be_equal(server: ExistServer) -> None:
    server.register_client("other", "s", "other", redirect_uri="https://a.example/b/")
    back = await consent(server, client_id="other", redirect_uri="https://a.example/b/")
    assert back.host == "a.example"
    with pytest.raises(AssertionError, match="registered"):
        await consent(server, client_id="other", redirect_uri="https://a.example/b")


async def test_consent_sends_back(server: ExistServer) -> None:
    allowed = await consent(server)
    assert allowed.query["state"] == "s+t/1"
    assert "code" in allowed.query
    denied = await consent(server, decision="deny")
    assert dict(denied.query) == {"error": "access_denied", "state": "s+t/1"}
    assert (await consent(server, scope="read")).query["error"] == "invalid_scope"


async def test_code_is_good_once_and_tokens_rotate(server: ExistServer) -> None:
    code = (await consent(server)).query["code"]
    exchange = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
    }
    status, first = await token(server, **exchange)
    assert status == 200
    assert first["expires_in"] == 31535999
    assert first["scope"] == "mood_read mood_write"
    assert len(first["access_token"]) == len(first["refresh_token"]) == 40
    assert await token(server, **exchange) == (400, {"error": "invalid_grant"})

    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    status, second = await token(server, **refresh)
    assert status == 200
    assert await token(server, **refresh) == (400, {"error": "invalid_grant"})
    for pair, expected in ((first, 401), (second, 200)):
        async with asking(server, header=f"Bearer {pair['access_token']}") as found:
            status, text = await found.status("accounts/profile/")
            assert status == expected
    assert "Invalid token" not in text


async def test_token_errors(server: ExistServer) -> None:
    wrong = {"error": "invalid_client"}
    assert await token(server, client_secret="x") == (401, wrong)
    unsupported = {"error": "unsupported_grant_type"}
    assert await token(server, grant_type="password") == (400, unsupported)
    code = (await consent(server)).query["code"]
    server.clock.offset = dt.timedelta(minutes=11)
    late = {"grant_type": "authorization_code", "code": code}
    assert await token(server, **late) == (400, {"error": "invalid_grant"})


async def test_withheld_scopes(server: ExistServer) -> None:
    server.switches.withheld_scopes = frozenset({"mood_write"})
    code = (await consent(server)).query["code"]
    _, granted = await token(server, grant_type="authorization_code", code=code)
    assert granted["scope"] == "mood_read"


async def test_bad_tokens(server: ExistServer, ada: Ada) -> None:
    for header in ("Bearer x", "Basic x", "Token x"):
        async with asking(server, header=header) as found:
            status, text = await found.status("attributes/")
            assert (status, text) == (401, '{"detail": "Invalid token"}')
    server.clock.offset = dt.timedelta(days=366)
    assert (await ada.status("attributes/"))[0] == 401
    server.clock.offset = dt.timedelta()
    assert (await ada.status("attributes/"))[0] == 200
    server.revoke("ada")
    assert (await ada.status("attributes/"))[0] == 401


async def test_simple_token_reads_only(server: ExistServer, ada: Ada) -> None:
    path = "/api/2/auth/simple-token/"
    login = {"username": "ada", "password": "ada-password"}
    async with ada.session.post(path, json=login) as response:
        text = (await response.json())["token"]
    async with ada.session.post(path, data=login) as response:
        assert (await response.json())["token"] == text
    async with asking(server, header=f"Token {text}") as found:
        assert (await found.get("attributes/"))["count"] > 60
        assert (await found.status("attributes/owned/"))[0] == 403


async def test_profile(server: ExistServer, ada: Ada) -> None:
    profile = await ada.get("accounts/profile/")
    assert profile["username"] == "ada"
    local = dt.datetime.fromisoformat(profile["local_time"])
    assert local.utcoffset() in (dt.timedelta(hours=1), dt.timedelta(hours=2))
    server.users["ada"].timezone = "Pacific/Apia"
    server.clock.offset = dt.timedelta(days=3)
    moved = dt.datetime.fromisoformat(
        (await ada.get("accounts/profile/"))["local_time"]
    )
    assert moved.utcoffset() == dt.timedelta(hours=13)
    assert moved - local >= dt.timedelta(days=3)


async def test_ada_tracks_all_value_types(server: ExistServer, ada: Ada) -> None:
    page = await ada.get("attributes/with-values/", days=31, limit=100)
    found = {item["name"]: item for item in page["results"]}
    assert len(found) == page["count"] >= 60
    assert {item["value_type"] for item in found.values()} == set(ValueType)
    assert len({item["service"]["name"] for item in found.values()}) >= 8
    newest = found["mood_note"]["values"][0]
    assert newest["value"] == note_of_full_length()
    assert len(newest["value"]) == 1000
    assert found["steps_goal"]["priority"] == 11
    assert found["vögel_im_garten"]["label"] == "Vögel im Garten 🐦"
    steps = [row["date"] for row in found["steps"]["values"]]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] == server.today("ada").isoformat()
    assert len(found["weight"]["values"]) < 31
    assert server.owned("ada") == []
    assert len(server.users["ada"].attributes["steps"].values) == 400


async def test_seed_is_the_same_each_time(server: ExistServer) -> None:
    again = ExistServer(clock=Clock(dt.timedelta(days=-5)))
    day = server.today("ada") - dt.timedelta(days=20)
    for name in ("steps", "sleep_start", "weather_temp_max"):
        assert server.value("ada", name, day) == again.value("ada", name, day)


async def test_scopes_of_reading(server: ExistServer) -> None:
    async with asking(server, ("mood_read", "activity_write")) as found:
        page = await found.get("attributes/")
        assert {item["group"]["name"] for item in page["results"]} == {"mood"}
        assert (await found.get("attributes/", groups="activity"))["count"] == 0
        steps = await found.get("attributes/values/", attribute="steps")
        assert steps["count"] == 0
    async with asking(server, ("manual_read",)) as found:
        page = await found.get("attributes/", limit=100)
        assert all(item["manual"] for item in page["results"])
        assert {"mood", "coffees"} <= {item["name"] for item in page["results"]}


async def test_scopes_of_writing(server: ExistServer) -> None:
    async with asking(server, ("mood_write", "manual_write")) as found:
        status, _, failed = await found.post("acquire/", {"template": "steps"})
        assert status == 202
        assert failed == [
            {
                "template": "steps",
                "error_code": "not_allowed",
                "error": "No permission to write to attributes in group 'activity'",
            }
        ]
        by_hand = {"template": "steps", "manual": True}
        assert (await found.post("acquire/", by_hand))[0] == 200
        new = {"label": "Sauna", "group": "health", "value_type": 3, "manual": False}
        _, _, failed = await found.post("create/", new)
        assert failed[0]["error_code"] == "not_allowed"


async def test_paging(server: ExistServer, ada: Ada) -> None:
    names = server.fill("ada", 45, SERVICE)
    first = await ada.get("attributes/owned/", limit=20, groups="productivity,mood")
    assert (first["count"], len(first["results"]), first["previous"]) == (45, 20, None)
    assert first["next"] == (
        f"{server.url}{OWNED}?groups=productivity%2Cmood&limit=20&page=2"
    )
    assert len((await ada.get("attributes/owned/"))["results"]) == 20
    last = await ada.get("attributes/owned/", page=3)
    assert last["next"] is None
    assert [item["name"] for item in last["results"]] == names[40:]
    assert len((await ada.get("attributes/", limit=10000))["results"]) == 100
    for page in ("0", "4", "x"):
        assert (await ada.status("attributes/owned/", page=page))[0] == 404


async def test_filters(server: ExistServer, ada: Ada) -> None:
    async def names(path: str = "attributes/", **query: object) -> list[str]:
        page = await ada.get(path, limit=100, **query)
        return [item["name"] for item in page["results"]]

    assert (await names())[:3] == ["steps", "steps_active_min", "steps_distance"]
    assert "steps_goal" not in await names()
    assert "steps_goal" in await names(include_low_priority="true")
    assert "gaming_min" not in await names()
    assert "gaming_min" in await names(include_inactive="1")
    assert "filterkaffee" not in await names(exclude_custom="true")
    assert "steps" not in await names(manual="true")
    assert "mood" not in await names(manual="false")
    assert await names(attributes="mood,steps") == ["steps", "mood"]
    assert await names("attributes/with-values/", templates="mood") == ["mood"]
    server.own("ada", "mood")
    assert await names(owned="true") == await names("attributes/owned/") == ["mood"]
    server.switches.ignores_attributes_filter = True
    assert len(await names(attributes="mood")) > 60
    assert (await ada.get("attributes/templates/"))["count"] == 79
    everything = await ada.get("attributes/templates/", include_low_priority="true")
    assert everything["count"] == 86


async def test_values_of_days(server: ExistServer, ada: Ada) -> None:
    today = server.today("ada")
    yesterday = today - dt.timedelta(days=1)
    server.clear_value("ada", "steps", yesterday)
    query = {"attributes": "steps", "days": "3"}
    [steps] = (await ada.get("attributes/with-values/", **query))["results"]
    assert len(steps["values"]) == 2
    server.switches.null_for_gaps = True
    [steps] = (await ada.get("attributes/with-values/", **query))["results"]
    assert steps["values"][1] == {"date": yesterday.isoformat(), "value": None}
    many = await ada.get("attributes/with-values/", attributes="steps", days=99)
    assert len(many["results"][0]["values"]) == 31
    past = {"attribute": "steps", "date_max": yesterday.isoformat(), "limit": "1"}
    page = await ada.get("attributes/values/", **past)
    assert page["count"] == 398
    for wrong, status in (("gaming_min", 404), ("nothing", 404), ("", 400)):
        found = await ada.status("attributes/values/", attribute=wrong)
        assert found[0] == status
    server.clock.offset = dt.timedelta(days=1)
    [steps] = (await ada.get("attributes/with-values/", attributes="steps"))["results"]
    assert steps["values"] == [
        {"date": (today + dt.timedelta(days=1)).isoformat(), "value": None}
    ]


async def test_acquire_takes_and_release_passes_on(
    server: ExistServer, ada: Ada
) -> None:
    steps = {"template": "steps", "manual": False}
    assert await ada.post("acquire/", steps, {"name": "gym"}) == (
        200,
        [steps, {"name": "gym"}],
        [],
    )
    assert server.owned("ada") == ["steps", "gym"]
    [item, _] = (await ada.get("attributes/owned/"))["results"]
    assert item["service"] == {"name": SERVICE, "label": "Home Assistant"}
    available = [service["name"] for service in item["available_services"]]
    assert available == ["googlefit", "oura", "withings"]

    assert (await ada.post("acquire/", steps))[0] == 200
    released = await ada.post("release/", {"name": "steps"}, {"name": "gym"})
    assert released == (
        200,
        [
            {"name": "steps", "service": "googlefit", "active": True},
            {"name": "gym", "service": "", "active": False},
        ],
        [],
    )
    assert (await ada.get("attributes/owned/", include_inactive=1))["count"] == 0
    assert (await ada.status("attributes/values/", attribute="gym"))[0] == 404
    await ada.post("acquire/", {"name": "gym"})
    assert (await ada.get("attributes/values/", attribute="gym"))["count"] > 100


async def test_failures_of_ownership(server: ExistServer, ada: Ada) -> None:
    status, success, failed = await ada.post(
        "acquire/", {"name": "nothing"}, {"template": "no"}, {}, {"name": "mood"}
    )
    assert status == 202
    assert success == [{"name": "mood"}]
    assert [item["error_code"] for item in failed] == [
        "not_found",
        "not_found",
        "missing_field",
    ]
    assert failed[2]["error"] == "Object at index 2 missing field(s) 'name'"
    server.steal("ada", "mood", "exist")
    _, _, failed = await ada.post("release/", {"name": "mood"}, {"template": "mood"})
    assert failed[0] == {
        "name": "mood",
        "error_code": "unauthorised",
        "error": "Attribute 'mood' does not belong to this service",
    }
    assert failed[1]["error_code"] == "missing_field"


async def test_success_objects_and_new_templates(server: ExistServer, ada: Ada) -> None:
    path = "acquire/?success_objects=1"
    _, [made], _ = await ada.post(path, {"template": "money_spent"})
    listed = (await ada.get("attributes/owned/"))["results"]
    assert made == listed[0]
    assert (made["value_type"], made["active"]) == (1, True)
    assert server.value("ada", "money_spent") == 0


async def test_create(server: ExistServer, ada: Ada) -> None:
    new = {"label": "Zeit am Öfchen 🔥", "group": "media", "value_type": 3}
    status, [made], _ = await ada.post("create/", new)
    assert status == 200
    assert made == new | {"name": "zeit_am_öfchen", "priority": 9}
    assert server.owner("ada", "zeit_am_öfchen") == SERVICE
    assert server.users["ada"].attributes["zeit_am_öfchen"].manual
    tag = {"label": "Sauna", "group": "custom", "value_type": 7}
    status, [made], failed = await ada.post(
        "create/",
        tag,
        new,
        {"template": "mood"},
        tag | {"label": "Hot", "value_type": 0},
        {"label": "Bed", "group": "sleep", "value_type": 6},
        {"label": "X"},
    )
    assert (status, made["priority"]) == (202, 2)
    assert [item["error_code"] for item in failed] == [
        "exists",
        "exists",
        "validation",
        "validation",
        "missing_field",
    ]
    assert [item.get("name") for item in failed[:2]] == ["zeit_am_öfchen", "mood"]


async def test_update_stores_the_good_and_names_the_bad(
    server: ExistServer, ada: Ada
) -> None:
    server.own("ada", "steps", "body_fat", "mood", "mood_note", "gym", "sleep_start")
    today = server.today("ada").isoformat()
    good: dict[str, object] = {
        "steps": 65.0,
        "body_fat": 0.25,
        "mood": 7,
        "mood_note": "Grüße",
        "gym": True,
        "sleep_start": 795,
    }
    items = [{"name": name, "date": today, "value": good[name]} for name in good]
    assert await ada.post("update/", *items) == (200, items, [])
    for name, value in good.items():
        assert server.value("ada", name) == value
    bad = (
        ("steps", 1.5, "Value must be an integer"),
        ("steps", "12", "Value must be an integer"),
        ("steps", None, "Cannot replace a value with null"),
        ("body_fat", 57, "Value must be a float between 0 and 1"),
        ("mood", 10, "Value must be an integer between 1 and 9"),
        ("mood_note", "x" * 1001, "Value must have at most 1000 characters"),
        ("gym", 2, "Value must be a boolean"),
        ("weight", 60, "Attribute 'weight' does not belong to this service"),
        ("nothing", 1, "User doesn't have an attribute named 'nothing'"),
    )
    items = [{"name": name, "date": today, "value": value} for name, value, _ in bad]
    later = {"name": "steps", "date": "2999-01-01", "value": 1}
    status, success, failed = await ada.post(
        "update/", *items, later, {"name": "mood", "date": today}
    )
    assert (status, success) == (202, [])
    assert [item["error"] for item in failed[: len(bad)]] == [text for *_, text in bad]
    codes = {item["error_code"] for item in failed}
    assert codes == {"validation", "unauthorised", "not_found", "missing_field"}


async def test_increment(server: ExistServer, ada: Ada) -> None:
    server.own("ada", "coffees", "mood", "stromkosten")
    server.set_value("ada", "coffees", None, 2)
    today = server.today("ada").isoformat()
    assert await ada.post(
        "increment/",
        {"name": "coffees", "value": 1},
        {"name": "coffees", "value": 1, "date": today},
        {"name": "stromkosten", "value": 0.5, "date": "2020-02-29"},
    ) == (
        200,
        [
            {"name": "coffees", "value": 1, "current": 3},
            {"name": "coffees", "value": 1, "date": today, "current": 4},
            {
                "name": "stromkosten",
                "value": 0.5,
                "date": "2020-02-29",
                "current": 0.5,
            },
        ],
        [],
    )
    status, _, failed = await ada.post(
        "increment/", {"name": "coffees", "value": 0.5}, {"name": "mood", "value": 1}
    )
    assert status == 202
    assert failed[0]["error"] == "Cannot apply a float to an integer type"
    assert failed[1]["error_code"] == "validation"


async def test_batches_are_limited(server: ExistServer, ada: Ada) -> None:
    path = "/api/2/attributes/acquire/"
    for body, status in (
        ([{"template": "steps"}] * 36, 400),
        ({"template": "steps"}, 400),
        (["steps"], 400),
        ([], 200),
        ([{"template": "steps"}] * 35, 200),
    ):
        async with ada.session.post(path, json=body) as response:
            assert response.status == status
            answer = await response.json()
            assert ("detail" in answer) is (status == 400)
    async with ada.session.get(path) as response:
        assert response.status == 405
    async with ada.session.post(path, data="[", headers=JSON) as response:
        assert response.status == 400


async def test_findings(server: ExistServer, ada: Ada) -> None:
    [average] = (await ada.get("averages/", attributes="steps"))["results"]
    day = dt.date.fromisoformat(average["date"])
    assert day.weekday() == 6
    assert average["overall"] > 1000
    older = await ada.get("averages/", attributes="steps", include_historical=1)
    assert older["count"] > 5
    strong = (await ada.get("correlations/", strong=1, limit=100))["results"]
    assert strong
    assert all(item["percentage"] >= 50 for item in strong)
    pair = {"attribute": "mood", "attribute2": "sleep"}
    assert (await ada.get("correlations/combo/", **pair))["stars"] == 5
    status, text = await ada.status("correlations/combo/", attribute="mood")
    assert (status, text) == (404, '{"error": "not_found"}')
    insights = await ada.get("insights/", priority=3)
    assert insights["results"][0]["type"]["priority"] == 3
    server.switches.user_attribute_key = True
    assert "user_attribute" in (await ada.get("averages/"))["results"][0]


async def test_300_requests_in_any_hour(server: ExistServer, ada: Ada) -> None:
    limit = server.switches.requests_per_hour
    assert limit == 300
    for _ in range(limit):
        assert (await ada.status("accounts/profile/"))[0] == 200
    assert await ada.status("accounts/profile/") == (429, "")
    async with asking(server) as other:
        assert (await other.status("accounts/profile/"))[0] == 200
    server.clock.offset = dt.timedelta(minutes=59)
    assert (await ada.status("accounts/profile/"))[0] == 429
    server.clock.offset = dt.timedelta(minutes=61)
    assert (await ada.status("accounts/profile/"))[0] == 200
    assert server.requests["GET /api/2/accounts/profile/"] == 304


@pytest.mark.parametrize("stored", [False, True])
async def test_dropped_connections(server: ExistServer, ada: Ada, stored: bool) -> None:
    server.faults.add(Fault("drop", path="*/acquire/", method="POST", stored=stored))
    with pytest.raises(aiohttp.ClientError):
        await ada.post("acquire/", {"template": "mood"})
    assert server.owned("ada") == (["mood"] if stored else [])
    assert (await ada.post("acquire/", {"template": "mood"}))[0] == 200


async def test_wrong_answers(server: ExistServer, ada: Ada) -> None:
    server.faults.add(Fault("status", path=OWNED, retry_after="120", status=429))
    server.faults.add(Fault("html", path=OWNED, status=504))
    server.faults.add(Fault("malformed", path=OWNED))
    server.faults.add(Fault("status", path=OWNED, status=500, body="{}", skip=1))
    async with ada.session.get(OWNED) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "120")
        assert await response.read() == b""
    async with ada.session.get(OWNED) as response:
        assert (response.status, response.content_type) == (504, "text/html")
    async with ada.session.get(OWNED) as response:
        assert response.status == 200
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            await response.json()
    assert (await ada.status("attributes/owned/"))[0] == 200
    assert await ada.status("attributes/owned/") == (500, "{}")
    assert (await ada.status("attributes/owned/"))[0] == 200


async def test_delays_do_not_outlive_the_server(server: ExistServer, ada: Ada) -> None:
    server.faults.add(Fault("delay", seconds=0.01))
    assert (await ada.status("attributes/"))[0] == 200
    slow = server.faults.add(Fault("delay", seconds=3600))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await ada.status("attributes/")
    assert slow.seen == 1


async def test_lists_that_misbehave(server: ExistServer, ada: Ada) -> None:
    server.fill("ada", 30)
    endless = server.faults.add(Fault("endless", path=OWNED, times=None))
    for page in (1, 2, 3, 50):
        found = await ada.get("attributes/owned/", page=page)
        assert found["next"].endswith(f"?page={page + 1}")
        assert found["results"]
    server.faults.remove(endless)
    server.faults.add(Fault("shifting", path=OWNED))
    counts = [
        (await ada.get("attributes/owned/", page=page))["count"]
        for page in (1, 2, 1, 2)
    ]
    assert counts == [30, 29, 30, 30]


async def test_meddling_just_before_a_request(server: ExistServer, ada: Ada) -> None:
    server.own("ada", "mood", manual=True)
    path = "/api/2/attributes/update/"
    steal = Fault("call", path, call=lambda: server.steal("ada", "mood", "exist"))
    server.faults.add(steal)
    mood = {"name": "mood", "date": server.today("ada").isoformat(), "value": 3}
    _, _, [failed] = await ada.post("update/", mood)
    assert failed["error_code"] == "unauthorised"
    server.faults.add(Fault("call", path, call=lambda: server.expire("ada")))
    async with ada.session.post(path, json=[mood]) as response:
        assert response.status == 401


async def test_stops_and_comes_back(server: ExistServer, ada: Ada) -> None:
    server.own("ada", "mood")
    await server.stop()
    with pytest.raises(aiohttp.ClientError):
        await ada.status("attributes/owned/")
    await server.start()
    assert (await ada.get("attributes/owned/"))["count"] == 1


async def test_switches(socket_enabled: None) -> None:
    switches = Switches(
        acquire_answers_active=True,
        release_answers_name_only=True,
        seeds_new_attributes=False,
        lists_own_client=True,
        owned_needs_read_scope=False,
        batch_limit=36,
        email_flags=False,
    )
    scopes = ("mood_write", "activity_write", "finance_write")
    async with (
        ExistServer(switches=switches, own={"ada": ("steps",)}) as server,
        asking(server, scopes) as found,
    ):
        assert await found.post("acquire/", *[{"name": "mood"}] * 36) == (
            200,
            [{"name": "mood", "active": "true"}] * 36,
            [],
        )
        assert (await found.post("release/", {"name": "mood"}))[1] == [{"name": "mood"}]
        await found.post("acquire/", {"template": "money_spent"})
        assert not server.has_value("ada", "money_spent")
        [steps, _] = (await found.get("attributes/owned/"))["results"]
        assert steps["available_services"][0]["name"] == SERVICE
        assert "weekly_email" not in await found.get("accounts/profile/")


async def test_control_from_another_process(server: ExistServer, ada: Ada) -> None:
    async def tell(path: str, **said: object) -> Any:
        async with ada.session.post(f"/_control/{path}", json=said) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    assert await tell("own", user="ada", attributes="mood,steps") == ["steps", "mood"]
    await tell("steal", user="ada", attribute="steps", service="oura")
    async with ada.session.get("/_control/owned?user=ada") as response:
        assert await response.json() == ["mood"]
    where = {"user": "ada", "attribute": "mood", "date": "2026-01-02"}
    assert await tell("value", **where, value=3) == 3
    await tell("fault", kind="status", status=502, times=2)
    assert [(await ada.status("attributes/"))[0] for _ in range(3)] == [502, 502, 200]
    assert await tell("requests") == {"GET /api/2/attributes/": 3}
    issued = await tell("token", user="bo", scope="mood_read")
    assert issued["scope"] == "mood_read"
    async with ada.session.get("/_control/owned") as response:
        assert response.status == 400


async def test_runs_alone(socket_enabled: None) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.exist_server", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    assert line.startswith("Exist listens on http://127.0.0.1:")
    async with (
        aiohttp.ClientSession() as session,
        session.get(line.split()[3] + "/_control/state") as response,
    ):
        assert set((await response.json())["users"]) == {"ada", "bo", "cleo"}
    process.terminate()
    await process.stdout.read()
    assert await process.wait() == 0
