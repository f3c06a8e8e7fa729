"""Random steps against the real thing: what was accepted is what Exist ends up with."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
import shutil
import tempfile
import time
from typing import Any
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
    async_test_home_assistant,
)

from custom_components.exist.const import (
    CONF_GROUPS,
    CONF_SCOPES,
    CONF_SERVER,
    DOMAIN,
    GROUPS,
)
from custom_components.exist.ledger import Hold, Key
from homeassistant import loader
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..exist_server import CLIENT_ID, CLIENT_SECRET, SCOPES, ExistServer, Fault

US = "home_assistant"
PERSON = Context(user_id="person")
AUTOMATION = Context()
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "coffees": st.integers(0, 9),
    "stromkosten": st.sampled_from([0, 0.5, 1.25, 65.0]),
    "mood": st.integers(1, 9),
    "mood_note": st.sampled_from(["früh", "spät 🌙", "x" * 300]),
    "meditation_min": st.integers(0, 90),
    "gym": st.booleans(),
}
ZONES = ["Europe/Vienna", "Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns"]
NAMES = st.sampled_from(sorted(VALUES))
COUNTED = st.sampled_from(["coffees", "meditation_min"])
BACK = st.integers(0, 2)


@dataclass(slots=True)
class Figures:
    """What a soak did."""

    steps: int = 0
    accepted: int = 0
    increments: int = 0
    edits: int = 0
    restarts: int = 0
    faults: int = 0
    checked: int = 0


FIGURES = Figures()


@dataclass(slots=True)
class Model:
    """What must be true in the end.

    `last` is the last accepted value of a day, `turns` how many there were, for values
    come again; `either` names days that a person edited while ours was on its way, or
    that a restored backup knew nothing of.
    """

    last: dict[Key, Any] = field(default_factory=dict)
    turns: dict[Key, int] = field(default_factory=dict)
    either: set[Key] = field(default_factory=set)
    unseen: set[Key] = field(default_factory=set)

    def accept(self, key: Key, value: Any) -> None:
        """Take note of an accepted value."""
        self.last[key] = value
        self.turns[key] = self.turns.get(key, 0) + 1


class Soak(RuleBasedStateMachine):
    """One account over weeks of bad luck."""

    def __init__(self) -> None:
        """Start Exist and Home Assistant, with a clock of our own."""
        super().__init__()
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.folder = Path(tempfile.mkdtemp(prefix="exist-soak-"))
        self.model = Model()
        self.away = False
        self.edited: set[Key] = set()
        self.backup: dict[str, str] | None = None
        self.before_backup: Model | None = None
        self._freeze = freeze_time("2026-04-02 09:00:00+00:00", real_asyncio=True)
        self.clock = self._freeze.start()
        self._waits = [
            patch("custom_components.exist.ledger.written.ANSWER_SECONDS", 0),
            patch("custom_components.exist.ledger.increments.GATHER_SECONDS", -1),
        ]
        for each in self._waits:
            each.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run to its end."""
        return self.loop.run_until_complete(work)

    @invariant()
    def count(self) -> None:
        """Count the steps."""
        FIGURES.steps += 1

    @initialize()
    def begin(self) -> None:
        """Sign in, owning all that is written."""
        self.run(self._begin())

    async def _begin(self) -> None:
        self.server = ExistServer(days=40)
        await self.server.start()
        self.server.switches.requests_per_hour = 100_000
        self.server.own("ada", *VALUES)
        self._home = async_test_home_assistant(config_dir=str(self.folder))
        self.hass: HomeAssistant = await self._home.__aenter__()
        self.hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        MockUser(PERSON.user_id, is_owner=True).add_to_hass(self.hass)
        assert await async_setup_component(self.hass, "application_credentials", {})
        assert await async_setup_component(
            self.hass, DOMAIN, {DOMAIN: {"url": self.server.url}}
        )
        await async_import_client_credential(
            self.hass, DOMAIN, ClientCredential(CLIENT_ID, CLIENT_SECRET), DOMAIN
        )
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="ada",
            unique_id="ada",
            data={
                "auth_implementation": DOMAIN,
                "token": self._token(),
                "username": "ada",
                CONF_SCOPES: list(SCOPES),
                CONF_SERVER: self.server.url,
            },
            options={CONF_GROUPS: list(GROUPS)},
        )
        self.entry.add_to_hass(self.hass)
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self._settle()

    def _token(self) -> dict[str, Any]:
        token = self.server.issue_token("ada", tuple(SCOPES))
        return {**token, "expires_at": time.time() + 31535999}

    async def _settle(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    @property
    def coordinator(self) -> Any:
        """The account's coordinator."""
        return self.entry.runtime_data.coordinator

    @property
    def waiting(self) -> Any:
        """What waits in the ledger."""
        return self.entry.runtime_data.ledger.entries

    def _key(self, name: str, back: int) -> Key:
        return Key(name, self.coordinator.today - timedelta(days=back))

    async def _act(self, action: str, context: Context, **data: Any) -> Any:
        try:
            return await self.hass.services.async_call(
                DOMAIN,
                action,
                data,
                blocking=True,
                return_response=True,
                context=context,
            )
        except HomeAssistantError:
            return None

    @rule(data=st.data(), person=st.booleans(), at_once=st.booleans())
    def write(self, data: st.DataObject, person: bool, at_once: bool) -> None:
        """Write a few days; what was taken must arrive."""
        for name in data.draw(st.lists(NAMES, min_size=1, max_size=6)):
            value, back = data.draw(VALUES[name]), data.draw(BACK)
            who = PERSON if person else AUTOMATION
            self.run(self._write(name, back, value, who))
        if not at_once:
            self.run(self._settle())
            arrived = self.model.last.keys() - self.waiting.keys()
            self.model.either -= {
                key
                for key in arrived
                if self.server.value("ada", key.name, key.day) == self.model.last[key]
            }

    async def _write(self, name: str, back: int, value: Any, who: Context) -> None:
        key = self._key(name, back)
        answer = await self._act(
            "update_values", who, name=name, value=value, date=key.day
        )
        if answer is None:
            return
        FIGURES.accepted += 1
        for failed in answer["failed"]:
            assert failed["error_code"] == "gave_way", failed["error_code"]
        self.model.accept(key, value)
        self.model.either.discard(key)
        if key in self.model.unseen:
            self.model.either.add(key)

    @rule(name=COUNTED, back=BACK, amount=st.integers(1, 3))
    def increment(self, name: str, back: int, amount: int) -> None:
        """Count something; never twice."""
        self.run(self._increment(name, back, amount))

    def _number(self, key: Key) -> float:
        found = self.server.value("ada", key.name, key.day) or 0
        assert not isinstance(found, str)
        return found

    async def _increment(self, name: str, back: int, amount: int) -> None:
        await self._settle()
        key = self._key(name, back)
        waited = self.waiting.get(key)
        before = self._number(key)
        answer = await self._act(
            "increment_values", AUTOMATION, name=name, value=amount, date=key.day
        )
        FIGURES.increments += 1
        if waited is not None and waited.hold is Hold.NONE:
            if answer is not None:
                self.model.accept(key, waited.value + amount)
                if key in self.model.unseen:
                    self.model.either.add(key)
            await self._settle()
            return
        after = self._number(key)
        if answer is None:
            assert after in (before, before + amount)
        elif answer["success"]:
            assert after == before + amount
        else:
            code = answer["failed"][0]["error_code"]
            assert after == before or code == "unknown_if_counted", code
            assert after in (before, before + amount)
        if after != before and waited is None:
            self.model.accept(key, after)
            self.model.either.discard(key)
        elif after != before:
            self.model.either.add(key)
        await self._settle()

    @rule(data=st.data(), name=NAMES, back=BACK)
    def edit(self, data: st.DataObject, name: str, back: int) -> None:
        """Edit a day in Exist's app."""
        FIGURES.edits += 1
        key = self._key(name, back)
        value = data.draw(VALUES[name])
        value = int(value) if isinstance(value, bool) else value
        self.server.set_value("ada", name, key.day, value)
        self.model.unseen.add(key)
        self.edited.add(key)
        if self._may_go_over(key, value):
            self.model.either.add(key)
        else:
            # Confirmed before the edit, or compared before it is sent.
            self.model.accept(key, value)
            self.model.either.discard(key)

    def _may_go_over(self, key: Key, value: Any) -> bool:
        """Return whether what waits may rightly be sent over the edit."""
        entry = self.waiting.get(key)
        if entry is None:
            return False
        fresh = dt_util.utcnow() - entry.accepted <= timedelta(minutes=5)
        ours = (entry.value, entry.base, *entry.sent)
        return (fresh and not entry.compare) or value in ours or value in (0, False)

    @rule()
    def poll(self) -> None:
        """Poll at once."""
        self.run(self._poll())

    async def _poll(self) -> None:
        await self.coordinator.async_refresh()
        if self.coordinator.last_update_success:
            self.model.unseen.clear()
        await self._settle()

    @rule(minutes=st.sampled_from([1, 4, 20, 90, 600, 1500]))
    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.run(self._wait(minutes))

    async def _wait(self, minutes: int) -> None:
        await self._pass(timedelta(minutes=minutes))

    async def _pass(self, passed: timedelta) -> None:
        self.clock.tick(passed)
        # The loop's own clock runs on; this makes its timers ring.
        async_fire_time_changed(self.hass, dt_util.utcnow() + passed)
        await self._settle()

    @rule(
        kind=st.sampled_from(
            [
                *("429", "503", "500", "lost", "dropped", "html", "none"),
                # The whole request is refused, by a gateway or by Exist itself.
                *("403", "402", "400", "422"),
            ]
        ),
        path=st.sampled_from(["*/update/", "*/increment/", "/api/2/*"]),
        times=st.integers(1, 4),
    )
    def fault(self, kind: str, path: str, times: int) -> None:
        """Let something go wrong, for a while."""
        FIGURES.faults += 1
        self.server.faults.clear()
        match kind:
            case "lost":
                self.server.faults.add(Fault("drop", path, stored=True, times=times))
            case "dropped":
                self.server.faults.add(Fault("drop", path, times=times))
            case "html":
                self.server.faults.add(
                    Fault("html", path, status=200, stored=True, times=times)
                )
            case "none":
                pass
            case "403":
                self.server.faults.add(Fault("html", path, status=403, times=times))
            case "402" | "400" | "422":
                body = '{"detail": "No."}'
                self.server.faults.add(
                    Fault("status", path, status=int(kind), body=body, times=times)
                )
            case status:
                self.server.faults.add(
                    Fault("status", path, status=int(status), times=times)
                )

    @rule(name=NAMES, owner=st.sampled_from([US, US, US, "fitbit", None]))
    def change_owner(self, name: str, owner: str | None) -> None:
        """Give an attribute to somebody at Exist, mostly back to us."""
        self.server.steal("ada", name, owner)
        if owner == US:
            self.run(self._poll())

    @rule(name=NAMES)
    def release_and_acquire(self, name: str) -> None:
        """Release, dropping what waits, and acquire again."""
        self.run(self._release_and_acquire(name))

    async def _release_and_acquire(self, name: str) -> None:
        await self._settle()
        dropped = [key for key in self.waiting if key.name == name]
        answer = await self._act(
            "release_attributes", PERSON_ADMIN, names=[name], drop_waiting=True
        )
        if answer is not None:
            self.model.either.update(dropped)
        await self._act(
            "acquire_attributes", PERSON_ADMIN, names=[name], take_over=True
        )
        await self._settle()

    @precondition(lambda self: not self.away)
    @rule()
    def go_away(self) -> None:
        """Let Exist be away from now on."""
        self.away = True
        self.run(self.server.stop())

    @precondition(lambda self: self.away)
    @rule()
    def come_back(self) -> None:
        """Let Exist be back; it was not asleep meanwhile."""
        self.run(self._come_back())
        self.run(self._poll())

    async def _come_back(self) -> None:
        if self.away:
            self.away = False
            await self.server.start()

    @rule()
    def restart(self) -> None:
        """Restart, perhaps while Exist is away."""
        self.run(self._restart())

    async def _restart(self) -> None:
        FIGURES.restarts += 1
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self._settle()
        await self._learn()

    async def _learn(self) -> None:
        """Note what a successful start told."""
        if self.coordinator.last_update_success:
            self.model.unseen.clear()

    @rule()
    def back_up(self) -> None:
        """Keep a copy of what is on disk."""
        self.backup = {
            path.name: path.read_text()
            for path in (self.folder / ".storage").glob("exist.*")
        }
        # A day of which nothing is sure now is not in the copy for sure.
        self.before_backup = Model(
            {
                key: value
                for key, value in self.model.last.items()
                if key not in self.model.either
            },
            dict(self.model.turns),
        )

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        """Restore the copy, as after a new disk; what came later is not in it."""
        self.run(self._restore())

    async def _restore(self) -> None:
        assert self.backup is not None
        assert self.before_backup is not None
        await self._settle()
        await self.hass.config_entries.async_unload(self.entry.entry_id)
        for path in (self.folder / ".storage").glob("exist.*"):
            path.unlink()
        for name, text in self.backup.items():
            (self.folder / ".storage" / name).write_text(text)
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self._settle()
        for key, value in self.model.last.items():
            if (
                self.before_backup.last.get(key) != value
                or self.before_backup.turns[key] != self.model.turns[key]
            ):
                self.model.either.add(key)
                self.model.unseen.add(key)
        # What was polled since is not in the copy either.
        self.model.unseen |= self.edited
        await self._learn()

    @rule()
    def sign_in_ends(self) -> None:
        """Refuse the token; then sign in again."""
        self.run(self._sign_in_ends())

    async def _sign_in_ends(self) -> None:
        self.server.revoke("ada")
        await self.coordinator.async_refresh()
        await self._settle()
        self.hass.config_entries.async_update_entry(
            self.entry, data={**self.entry.data, "token": self._token()}
        )
        for flow in self.hass.config_entries.flow.async_progress():
            self.hass.config_entries.flow.async_abort(flow["flow_id"])
        await self._restart()

    @rule(zone=st.sampled_from(ZONES))
    def move(self, zone: str) -> None:
        """Travel."""
        self.server.users["ada"].timezone = zone

    @rule(hours=st.sampled_from([-30, -3, 0, 3, 30]))
    def wrong_clock(self, hours: int) -> None:
        """Let the two clocks drift apart."""
        self.server.clock.offset = timedelta(hours=hours)

    def teardown(self) -> None:
        """Let everything arrive, and compare."""
        try:
            if hasattr(self, "entry"):
                self.run(self._finish())
        finally:
            for each in self._waits:
                each.stop()
            self._freeze.stop()
            self.loop.run_until_complete(self._end())
            self.loop.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    async def _finish(self) -> None:
        await self._come_back()
        self.server.faults.clear()
        self.server.clock.offset = timedelta()
        self.server.own("ada", *VALUES)
        for _ in range(4):
            await self._pass(timedelta(hours=13))
            await self._poll()
        ledger = self.entry.runtime_data.ledger
        asked = [
            key for key, each in ledger.entries.items() if each.hold is Hold.CHANGED
        ]
        self.model.either.update(asked)
        await ledger.async_drop(asked)
        assert not ledger.entries, list(ledger.entries.values())
        for key, value in self.model.last.items():
            if key in self.model.either:
                continue
            FIGURES.checked += 1
            found = self.server.value("ada", key.name, key.day)
            assert found == value, (key, found, value)

    async def _end(self) -> None:
        if not hasattr(self, "hass"):
            return
        await self.hass.config_entries.async_unload(self.entry.entry_id)
        await self.hass.async_stop(force=True)
        await self._home.__aexit__(None, None, None)
        await self.server.stop()


# Home Assistant itself may do everything.
PERSON_ADMIN = Context()
