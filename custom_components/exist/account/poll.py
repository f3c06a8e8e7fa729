"""Polls one account and keeps what Exist said last."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
import logging
import math
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..api import (
    Attribute,
    DayValues,
    ExistAuthError,
    ExistClient,
    ExistError,
    ExistProtocolError,
    ExistRateLimitError,
    Priority,
    Profile,
    Template,
    Value,
    newest_first,
)
from ..const import DOMAIN, VALUE_DAYS
from ..notices.translated import failed, official_name
from ..storage import AccountFiles
from ..values.days import ExistClock, async_get_zone, uptime
from .bells import Bells
from .clock_repairs import async_check_clock, async_check_zones
from .data import AccountData, merge_account, value_of
from .ids import title_of
from .last_poll_file import LastPoll, LastPollFile, Person
from .scopes import any_read
from .which_day import WhichDay

_LOGGER = logging.getLogger(__name__)

# Exist asks clients for hourly visits at most; three requests every half hour are
# far below its 300 an hour and still show the evening's steps the same evening.
POLL_INTERVAL = timedelta(minutes=30)
# Values are per day, so an outage of a few hours makes none of them wrong.
STALE_AFTER = timedelta(hours=3)
TICK = timedelta(minutes=1)
# Until the day is known others wait for a poll, so a failed one is repeated sooner.
FIRST_RETRY = 30.0
WAIT_SECONDS = 10.0


class ExistCoordinator(DataUpdateCoordinator[AccountData]):
    """Polls owned attributes, the others and their values of 31 days."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ExistClient,
        scopes: frozenset[str],
        files: AccountFiles,
    ) -> None:
        """Prepare the coordinator; the first refresh fetches."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=POLL_INTERVAL,
        )
        self.client = client
        self.bells = Bells(hass)
        entry.async_on_unload(self.bells.async_stop)
        self.last_poll: datetime | None = None
        self.polls = 0
        self.exist_day = date.min
        """The day that Exist itself named at the last poll."""
        self.data_before: AccountData | None = None
        """What was known before the last poll."""
        self.covered = 0
        """Which of our own writes the last poll can know of, by `next_order`."""
        self.overlay: Callable[[str], Mapping[date, Value]] = lambda _: {}
        """Days that are newer here than in the last poll; the ledger says which."""
        self._order = 1
        self._files = files
        self._known = LastPollFile(files)
        self._zones_differ_since: datetime | None = None
        self._scopes = scopes
        self._released: dict[str, int] = {}
        self._acquired: dict[str, int] = {}
        self._templates: Mapping[str, Template] | None = None
        self._priority = Priority.POLL
        self._shown_day: date | None = None
        self._was_fresh = True
        self._which_day = WhichDay()
        self._polled_at: float | None = None
        self._asking: asyncio.Task[None] | None = None
        self._asked_after: ExistClock | None = None
        self._failures = 0
        self._asked_at = -math.inf
        self._ask_again_at = -math.inf

    async def async_begin(self) -> None:
        """Load what the last poll told; an account that never worked is polled.

        Raises ConfigEntryNotReady or ConfigEntryAuthFailed for that one.
        """
        known, zone = await self._known.async_load(), None
        if known is not None:
            zone = await async_get_zone(known.profile.timezone)
        if known is None or zone is None:
            await self.async_config_entry_first_refresh()
        else:
            person = known.profile
            profile = Profile(person.username, timezone=person.timezone)
            self.data = merge_account(profile, zone, known.owned, known.visible)
            self.last_poll = known.polled
            self._which_day.clock_wrong = known.clock_wrong
            self._zones_differ_since = known.zones_differ_since
            self._shown_day, self._was_fresh = self.today, self.fresh
        self.config_entry.async_on_unload(
            async_track_time_interval(
                self.hass, self._async_tick, TICK, cancel_on_shutdown=True
            )
        )

    @callback
    def async_start(self) -> None:
        """Poll an account that was loaded from disk, now that all are listening."""
        if not self.polls:
            self.async_ask_day()

    @callback
    def async_ask_day(self, *, person: bool = False) -> None:
        """Poll in the background, once for all who wait to know which day it is.

        After a failure others than a person wait for the backoff of polls.
        """
        if self._asking is not None and not self._asking.done():
            return
        backoff = self._asked_at + FIRST_RETRY if person else self._ask_again_at
        if uptime() < min(backoff, self._ask_again_at):
            return
        self._asked_at = uptime()
        self._asking = self.config_entry.async_create_background_task(
            self.hass, self.async_refresh(), f"{DOMAIN} day"
        )

    async def async_wait_for_day(self, *, person: bool) -> None:
        """Wait until it is known which day it is. Raises HomeAssistantError."""
        if not self.knows_day:
            self.async_ask_day(person=person)
            if self._asking is not None and not self._asking.done():
                await asyncio.wait({self._asking}, timeout=WAIT_SECONDS)
        if not self.knows_day:
            raise failed("day_unknown")

    @override
    async def _async_update_data(self) -> AccountData:
        """Poll once: profile, owned attributes, and values where any can be read.

        Raises ConfigEntryAuthFailed when the sign-in is refused, UpdateFailed else.
        """
        try:
            data = await self._async_poll()
        except ExistAuthError as err:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key="sign_in_needed"
            ) from err
        except ExistRateLimitError as err:
            self._ask_again_at = uptime() + err.retry_after
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="poll_rate_limited",
                retry_after=err.retry_after,
            ) from err
        except ExistError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="poll_failed",
                translation_placeholders={"code": err.code},
                retry_after=self._retry_sooner(),
            ) from err
        self.data_before = self.data
        self._polled_at = uptime()
        self.polls += 1
        self._failures, self._ask_again_at = 0, -math.inf
        self._shown_day = self._which_day.today(data.zone)
        self._was_fresh = True
        self._released = {
            name: order
            for name, order in self._released.items()
            if name not in data.owned or order > self.covered
        }
        self._acquired = {
            name: order
            for name, order in self._acquired.items()
            if name in data.owned or order > self.covered
        }
        self._async_note_user_name(data.profile.username)
        return data

    def _retry_sooner(self) -> float | None:
        if self.data is None or self.knows_day:
            return None
        self._failures += 1
        seconds = FIRST_RETRY * 2.0 ** min(self._failures - 1, 10)
        seconds = min(seconds, POLL_INTERVAL.total_seconds())
        self._ask_again_at = uptime() + seconds
        return seconds

    async def _async_poll(self) -> AccountData:
        priority = self._priority
        order = self.next_order()
        asked_at = uptime()
        profile = await self.client.profile(priority=priority)
        clock = self._read_clock(profile, asked_at)
        owned = await self.client.owned(
            include_inactive=True, include_low_priority=True, priority=priority
        )
        visible: tuple[Attribute, ...] = ()
        if any_read(self._scopes):
            visible = await self.client.attributes_with_values(
                days=VALUE_DAYS, priority=priority
            )
        zone = await async_get_zone(profile.timezone, profile.local_time)
        if zone is None and self.data is not None:
            zone = self.data.zone
        if zone is None:
            raise ExistProtocolError
        # The clock reading would make every poll look like a change.
        profile = replace(profile, timezone=str(zone), local_time=None)
        self.last_poll = polled = dt_util.utcnow()
        if not self._files.closed:
            self._zones_differ_since = async_check_zones(
                self.hass, self.config_entry, zone, self._zones_differ_since
            )
            known = LastPoll(
                Person(profile.username, profile.timezone),
                owned.results,
                visible,
                polled,
                self._zones_differ_since,
                self.clock_wrong,
            )
            await self._known.async_save(known)
        self._which_day.clock = clock
        self.exist_day = self._which_day.exist_day(zone)
        self.covered = order
        return merge_account(profile, zone, owned.results, visible)

    @callback
    def _read_clock(self, profile: Profile, asked_at: float) -> ExistClock | None:
        """Compare the clocks; an answer without one leaves what is known of them."""
        answered_at, machine = uptime(), dt_util.utcnow()
        local = profile.local_time
        if local is not None and not self._files.closed:
            took = timedelta(seconds=answered_at - asked_at)
            self._which_day.clock_wrong = async_check_clock(
                self.hass, self.config_entry, local, took
            )
        return self._which_day.read(local, machine, answered_at)

    def next_order(self) -> int:
        """Return a number that orders our writes and polls, whatever the clock says."""
        self._order += 1
        return self._order

    def covers(self, name: str, day: date) -> bool:
        """Return whether the last poll can have shown a value for the day."""
        first = self.today - timedelta(days=VALUE_DAYS - 2)
        return name in self.data.values and first <= day <= self.today

    def polled(self, name: str, day: date) -> Value | None:
        """Return what the last poll showed for a day."""
        return value_of(self.data, name, day)

    def day_values(self, name: str) -> DayValues:
        """Return the values of the last 31 days, newest first, ours laid over them."""
        polled = self.data.values.get(name, {})
        overlay = self.overlay(name)
        return newest_first({**polled, **overlay}) if overlay else polled

    def called(self, name: str) -> str:
        """Return what a person here calls an attribute; its name where it is not known."""
        attribute = self.data.attributes.get(name)
        if attribute is None:
            return name
        return official_name(self.hass, attribute.template, attribute.label)

    @callback
    def async_refresh_soon(self) -> None:
        """Poll soon, and once for many calls, because something changed at Exist."""
        self.config_entry.async_create_task(self.hass, self.async_request_refresh())

    async def async_refresh_now(self) -> None:
        """Poll at once because a person is waiting for the outcome."""
        self._priority = Priority.PERSON
        try:
            await self.async_refresh()
        finally:
            self._priority = Priority.POLL

    async def async_templates(self) -> Mapping[str, Template]:
        """Return Exist's templates by name, fetched once. Raises ExistError."""
        if self._templates is None:
            templates = await self.client.templates(
                include_low_priority=True, priority=Priority.PERSON
            )
            if not templates:
                return {}
            self._templates = {template.name: template for template in templates}
        return self._templates

    @callback
    def _async_note_user_name(self, username: str) -> None:
        """Follow a rename at Exist: a new title, while every id stays.

        A title that a person chose stays too.
        """
        entry = self.config_entry
        known = entry.data[CONF_USERNAME]
        if username == known or self._files.closed:
            return
        # Accounts of earlier versions have the bare name as their title.
        titles = {known: username, title_of(known): title_of(username)}
        self.hass.config_entries.async_update_entry(
            entry,
            title=titles.get(entry.title, entry.title),
            data={**entry.data, CONF_USERNAME: username},
        )

    @property
    def knows_day(self) -> bool:
        """Whether a poll has told which day it is, and no clock was set since."""
        return self._which_day.is_known

    @property
    def clock_wrong(self) -> bool:
        """Whether this machine's clock differed from Exist's when that was last told."""
        return self._which_day.clock_wrong

    @property
    def trusts_day(self) -> bool:
        """Whether Exist's clock has agreed with this machine's since the start."""
        return self.knows_day and not self.clock_wrong

    @property
    def has_clock(self) -> bool:
        """Whether Exist's clock is known, so that undated values find their day."""
        return self._which_day.clock is not None

    def day_of(self, accepted: datetime, at: float | None) -> date:
        """Return which day it was at a moment of this machine's clock.

        `at` is its uptime, where it was since the start. Only while the day is known.
        """
        return self._which_day.day_of(self.data.zone, accepted, at)

    @property
    def today(self) -> date:
        """The day it is for the person, in the zone of the Exist profile."""
        return self._which_day.today(self.data.zone)

    @property
    def fresh(self) -> bool:
        """Whether the last good poll is recent enough to be shown."""
        if self._polled_at is not None:
            return uptime() - self._polled_at < STALE_AFTER.total_seconds()
        return (
            self.last_poll is not None
            and abs(dt_util.utcnow() - self.last_poll) < STALE_AFTER
        )

    def was_released(self, name: str) -> bool:
        """Return whether Exist confirmed that we gave the attribute up."""
        return name in self._released

    def was_acquired(self, name: str) -> bool:
        """Return whether we own the attribute because it was asked for here."""
        return name in self._acquired

    @callback
    def note_acquired(self, names: Iterable[str]) -> None:
        """Remember what was acquired, which is no news to whoever did it."""
        order = self.next_order()
        self._acquired |= dict.fromkeys(names, order)

    @callback
    def note_released(self, names: Iterable[str]) -> None:
        """Remember what was given up, so that its entities may go at once."""
        order = self.next_order()
        self._released |= dict.fromkeys(names, order)

    @callback
    def _async_tick(self, _now: datetime) -> None:
        """Notice a new day, and that the last good poll has become too old."""
        if self.data is None:
            return
        if not self.knows_day and self._asked_after is not self._which_day.clock:
            # This machine's clock was set; who is right now is for Exist to say.
            self._asked_after = self._which_day.clock
            self.async_ask_day()
        day, fresh = self.today, self.fresh
        if (day, fresh) != (self._shown_day, self._was_fresh):
            self._shown_day, self._was_fresh = day, fresh
            self.bells.async_day_changed()

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Tell of a poll, that polls begin to fail, or that options are others now.

        Those who decide first, then the drawn.
        """
        super().async_update_listeners()
        self.bells.async_draw_all()
