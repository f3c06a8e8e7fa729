"""scripts/check_live against the local Exist: as assumed, and each fact turned round."""

import asyncio
from collections.abc import AsyncGenerator, Callable
import os
from pathlib import Path
import re
import signal
import sys
from typing import Any

import aiohttp
from live_check.__main__ import check
from live_check.facts import Fact, Findings, Verdict
from live_check.wire import Wire
import pytest
from yarl import URL

from ..exist_server import CLIENT_ID, CLIENT_SECRET, ExistServer, Fault

# Home Assistant has no part in it.
pytestmark = pytest.mark.once
ROOT = Path(__file__).parent.parent.parent
REDIRECT = "https://my.home-assistant.io/redirect/oauth"


class Ada:
    """Answers as she would: allows, agrees, and looks into Exist's app."""

    def __init__(self, url: str) -> None:
        """Agree to everything; see what is assumed."""
        self._url = url
        self.told: list[str] = []
        self.refuses = ""
        self.sees: dict[str, str] = {}
        self.asked = asyncio.Event()
        self.stops_at = ""

    def tell(self, text: str) -> None:
        """Read."""
        self.told.append(text)

    async def ask(self, question: str, *, hidden: bool = False) -> str:
        """Answer."""
        self.told.append(question)
        if self.stops_at and self.stops_at in question:
            self.asked.set()
            await asyncio.Event().wait()
        if "client ID" in question:
            return CLIENT_ID
        if "secret" in question:
            assert hidden
            return CLIENT_SECRET
        if "redirect URI" in question:
            return ""
        if "That address" in question:
            return await self._allow()
        for words, answer in self.sees.items():
            if words in question:
                return answer
        return "n" if self.refuses and self.refuses in question else "y"

    async def _allow(self) -> str:
        [address] = re.findall(
            r"^http\S+authorize\S+$", "\n".join(self.told), re.MULTILINE
        )
        page = URL(address)
        assert page.query["redirect_uri"] == REDIRECT
        form = {**page.query, "username": "ada", "decision": "allow"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                page.with_query(None), data=form, allow_redirects=False
            ) as answer,
        ):
            return answer.headers["Location"]


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[ExistServer]:
    """Run an Exist whose people have few days, and a person of many attributes."""
    async with ExistServer(days=40) as server:
        yield server


@pytest.fixture
def ada(server: ExistServer) -> Ada:
    """Return the person at the terminal."""
    return Ada(server.url)


async def _check(ada: Ada, server: ExistServer) -> Findings:
    findings = Findings()
    async with aiohttp.ClientSession() as session:
        await check(ada, Wire(session, server.url), findings)
    return findings


def _of(findings: Findings, verdict: Verdict) -> set[Fact]:
    return {fact for fact in Fact if findings.verdict(fact) is verdict}


def _owners(server: ExistServer) -> dict[str, str | None]:
    attributes = server.users["ada"].attributes
    return {name: each.service for name, each in attributes.items()}


def _days(server: ExistServer, names: set[str]) -> dict[str, Any]:
    attributes = server.users["ada"].attributes
    return {name: dict(attributes[name].values) for name in names}


OWN = {
    "home_assistant_check",
    "home_assistant_check_text",
    "home_assistant_check_tag",
}


async def test_as_assumed_and_put_back(server: ExistServer, ada: Ada) -> None:
    server.users["ada"].attributes["mood"].manual = False
    owners = _owners(server)
    days = _days(server, set(owners))
    findings = await _check(ada, server)
    assert _of(findings, Verdict.OTHERWISE) == set()
    assert _of(findings, Verdict.NOT_TRIED) == set()
    assert _owners(server) == owners | dict.fromkeys(OWN)
    assert _days(server, set(owners)) == days
    assert server.users["ada"].attributes["mood"].manual is False
    # A second time there is nothing to create.
    server.tokens.forget_spent()
    again = await _check(Ada(server.url), server)
    assert _of(again, Verdict.OTHERWISE) == set()
    assert _of(again, Verdict.NOT_TRIED) == {
        Fact.CREATED_NAME,
        Fact.CREATED_OWNED,
        Fact.SEEDED,
    }
    assert _owners(server) == owners | dict.fromkeys(OWN)


async def test_nothing_is_written_without_a_yes(server: ExistServer, ada: Ada) -> None:
    ada.refuses = "?"
    owners = _owners(server)
    findings = await _check(ada, server)
    assert _owners(server) == owners
    assert {name for name in server.requests if name.startswith("POST /api")} == set()
    tried = _of(findings, Verdict.AS_ASSUMED)
    assert Fact.TEMPLATES_KNOWN in tried
    assert Fact.CODE_ONCE in tried
    assert _of(findings, Verdict.OTHERWISE) == set()
    assert _of(findings, Verdict.NOT_TRIED) >= {Fact.MOOD_BY_HAND, Fact.ECHOED}


async def test_its_lines_tell_nothing_of_a_person(
    server: ExistServer, ada: Ada
) -> None:
    tags = {
        each.label
        for each in server.users["ada"].attributes.values()
        if each.group and each.group.name == "custom"
    }
    lines = list((await _check(ada, server)).lines())
    assert len(lines) == len(Fact)
    assert lines[0].startswith("as assumed  ")
    known = {*server.tokens.bearers, *server.tokens.refreshers, CLIENT_SECRET}
    said = "\n".join([*ada.told, *lines])
    assert not [each for each in known | tags if each in said]
    assert "Europe/Vienna" not in said


def _switch(**switches: object) -> Callable[[ExistServer, Ada], None]:
    def turn(server: ExistServer, _ada: Ada) -> None:
        for name, value in switches.items():
            assert getattr(server.switches, name) != value
            setattr(server.switches, name, value)

    return turn


def _sees(words: str, answer: str = "n") -> Callable[[ExistServer, Ada], None]:
    def turn(_server: ExistServer, ada: Ada) -> None:
        ada.sees[words] = answer

    return turn


def _unreadable(server: ExistServer, _ada: Ada) -> None:
    server.faults.add(Fault("malformed", "*/insights/", times=1))


TURNED: dict[Fact, Callable[[ExistServer, Ada], None]] = {
    Fact.STATE_RETURNS: _switch(echoes_state=False),
    Fact.BAD_CODE: _switch(grant_error="bad_code"),
    Fact.WRONG_SECRET: _switch(secret_error="unknown_client"),
    Fact.TOKENS_LAST: _switch(token_seconds=3600),
    Fact.SCOPES_WHOLE: _switch(withheld_scopes=frozenset({"weather_write"})),
    Fact.CODE_ONCE: _switch(codes_end=False),
    Fact.REFRESH_ENDS_OLD: _switch(refresh_ends_old=False),
    Fact.REUSE_REFUSED: _switch(reuse_ends_all=True),
    Fact.NO_TOKEN: _switch(invalid_token_status=403),
    Fact.UNKNOWN_TOKEN: _switch(invalid_token_status=403),
    Fact.ALL_READ: _unreadable,
    Fact.PAST_END: _switch(past_end_status=400),
    Fact.HUNDRED: _switch(most_per_page=20),
    Fact.MANY_DAYS: _switch(refuses_many_days=True),
    Fact.GAPS_LEFT_OUT: _switch(null_for_gaps=True),
    Fact.FILTERED: _switch(ignores_attributes_filter=True),
    Fact.AVERAGES_KEY: _switch(user_attribute_key=True),
    Fact.UNKNOWN_VALUES: _switch(unknown_values_status=400),
    Fact.TEMPLATES_KNOWN: _switch(strange_template=True),
    Fact.GROUPS_KNOWN: _switch(strange_template=True),
    Fact.TYPES_KNOWN: _switch(strange_template=True),
    Fact.NO_SUBGROUPS: _switch(subgroup="pains"),
    Fact.CREATED_NAME: _switch(numbers_names=True),
    Fact.CREATED_OWNED: _switch(create_owns=False),
    Fact.SEEDED: _switch(seeds_new_attributes=False),
    Fact.EXISTS: _switch(codes={"exists": "duplicate"}),
    Fact.FAILED_STATUS: _switch(failed_status=200),
    Fact.ECHOED: _switch(echoes_value=False),
    Fact.STORED: _switch(stores_nothing=True),
    Fact.FLOAT_REFUSED: _switch(keeps_whole_numbers=True),
    Fact.TEXT_REFUSED: _switch(coerces_texts=True),
    Fact.FUTURE_REFUSED: _switch(future_dates=True),
    Fact.BAD_DATE: _switch(codes={"validation": "invalid"}),
    Fact.NULL_REFUSED: _switch(null_empties=True),
    Fact.BATCH_LIMIT: _switch(batch_limit=36),
    Fact.EMPTY_BATCH: _switch(empty_batch_status=400),
    Fact.LAST_WINS: _switch(first_wins=True),
    Fact.UNKNOWN_KEYS: _switch(refuses_unknown_keys=True),
    Fact.INCREMENT_BEGINS: _switch(increments_empty_days=False),
    Fact.DECREMENTS: _switch(decrements=False),
    Fact.INCREMENT_FLOAT: _switch(increments_by_float=True),
    Fact.UNKNOWN_NAME: _switch(codes={"not_found": "unknown"}),
    Fact.FOREIGN: _switch(anyone_writes=True),
    Fact.REACQUIRED: _switch(reacquire_fails=True),
    Fact.MANUAL_KEPT: _switch(acquire_resets_manual=True),
    Fact.RELEASE_TELLS: _switch(release_answers_name_only=True),
    Fact.RELEASED_HIDDEN: _switch(released_readable=True),
    Fact.HISTORY_RETURNS: _switch(release_forgets=True),
    Fact.LONG_TEXT: _switch(text_length=255),
    Fact.MOOD_BY_HAND: _sees("enter the mood"),
    Fact.TAG_BY_HAND: _sees("add the tag"),
    Fact.OWNER_RETURNS: _switch(heirless=True),
    Fact.LIMIT: _switch(requests_per_hour=10_000),
    Fact.NO_RETRY_AFTER: _switch(retry_after="60"),
}
# What is turned by the same switch, or cannot be told without it.
TOGETHER = {
    Fact.NO_TOKEN: {Fact.UNKNOWN_TOKEN, Fact.REFRESH_ENDS_OLD},
    Fact.UNKNOWN_TOKEN: {Fact.NO_TOKEN, Fact.REFRESH_ENDS_OLD},
    Fact.BAD_CODE: {Fact.REUSE_REFUSED},
    Fact.TEMPLATES_KNOWN: {Fact.GROUPS_KNOWN, Fact.TYPES_KNOWN},
    Fact.GROUPS_KNOWN: {Fact.TEMPLATES_KNOWN, Fact.TYPES_KNOWN},
    Fact.TYPES_KNOWN: {Fact.TEMPLATES_KNOWN, Fact.GROUPS_KNOWN},
    Fact.BAD_DATE: {Fact.INCREMENT_FLOAT},
    Fact.STORED: {
        Fact.FLOAT_REFUSED,
        Fact.TEXT_REFUSED,
        Fact.NULL_REFUSED,
        Fact.LAST_WINS,
        Fact.HISTORY_RETURNS,
        Fact.LONG_TEXT,
    },
}


@pytest.mark.parametrize("fact", list(Fact), ids=lambda fact: fact.name.lower())
async def test_turned_round(server: ExistServer, ada: Ada, fact: Fact) -> None:
    TURNED[fact](server, ada)
    if fact not in {Fact.LIMIT, Fact.NO_RETRY_AFTER}:
        ada.refuses = "Use them up"
    findings = await _check(ada, server)
    assert _of(findings, Verdict.OTHERWISE) == {fact} | TOGETHER.get(fact, set())


@pytest.mark.parametrize("question", ["enter the mood", "add the tag"])
async def test_ending_in_the_middle_puts_back(
    server: ExistServer, ada: Ada, question: str
) -> None:
    owners = _owners(server)
    ada.stops_at = question
    running = asyncio.create_task(_check(ada, server))
    await ada.asked.wait()
    assert "home_assistant" in _owners(server).values()
    # However often she ends it.
    while not running.done():
        running.cancel()
        await asyncio.sleep(0)
    assert running.cancelled()
    assert _owners(server) == owners | dict.fromkeys(OWN)


async def test_ctrl_c_puts_back_and_tells_what_was_seen(server: ExistServer) -> None:
    owners = _owners(server)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "ignore", "-m", "live_check", "--server", server.url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'scripts'}:{ROOT}"},
    )
    assert process.stdin
    assert process.stdout
    ada, said = Ada(server.url), ""
    question = 0
    while "enter the mood" not in said:
        said += (await process.stdout.read(10_000)).decode()
        if said.endswith((": ", "] ")) and len(said) > question:
            ada.told = said.splitlines()
            if "enter the mood" not in said[question:]:
                answer = await ada.ask(
                    said[question:].strip().split("\n")[-1], hidden=True
                )
                process.stdin.write(f"{answer}\n".encode())
            question = len(said)
    assert server.owner("ada", "mood") == "home_assistant"
    process.send_signal(signal.SIGINT)
    rest, why = await process.communicate()
    assert process.returncode == 1
    assert why.decode() == "Ended before the end.\n"
    assert f"as assumed  {Fact.ECHOED}" in rest.decode()
    assert f"not tried   {Fact.LIMIT}" in rest.decode()
    assert _owners(server) == owners | dict.fromkeys(OWN)


async def test_what_cannot_be_put_back_is_said(server: ExistServer, ada: Ada) -> None:
    server.switches.heirless = True
    await _check(ada, server)
    said = [text for text in ada.told if "could not be put back" in text]
    assert len(said) == 1
