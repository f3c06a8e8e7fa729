"""Polls one account and keeps what Exist said last."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
import logging
from typing import override

from homeassistant.const import CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .api import (
    Attribute,
    DayValue,
    ExistAuthError,
    ExistClient,
    ExistError,
    ExistRateLimitError,
    Priority,
    Profile,
    Template,
    Value,
)
from .clock import async_check_clock, async_check_zones
from .const import DOMAIN, VALUE_DAYS
from .day import async_get_zone, today
from .known import Known, KnownAccount
from .runtime import ExistConfigEntry
from .scopes import any_read
from .storage import AccountFiles

_LOGGER = logging.getLogger(__name__)

# Exist asks clients for hourly visits at most; three requests every half hour are
# far below its 300 an hour and still show the evening's steps the same evening.
POLL_INTERVAL = timedelta(minutes=30)
# Values are per day, so an outage of a few hours makes none of them wrong.
STALE_AFTER = timedelta(hours=3)
TICK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AccountData:
    """What one complete poll told.

    `attributes` holds everything visible or owned, by name and without values;
    `values` the last 31 days of each, newest first; `owned` the names that Home
    Assistant may write.
    """

    profile: Profile
    zone: tzinfo
    attributes: Mapping[str, Attribute]
    values: Mapping[str, tuple[DayValue, ...]]
    owned: frozenset[str]


def merge_account(
    profile: Profile,
    zone: tzinfo,
    owned: Iterable[Attribute],
    visible: Iterable[Attribute],
) -> AccountData:
    """Join the answers of one poll; the owned list knows more about an attribute."""
    attributes: dict[str, Attribute] = {}
    values: dict[str, tuple[DayValue, ...]] = {}
    for attribute in visible:
        attributes[attribute.name] = replace(attribute, values=())
        values[attribute.name] = attribute.values
    names = set()
    for attribute in owned:
        attributes[attribute.name] = replace(attribute, values=())
        names.add(attribute.name)
    # The clock reading would make every poll look like a change.
    return AccountData(
        replace(profile, local_time=None), zone, attributes, values, frozenset(names)
    )


class ExistCoordinator(DataUpdateCoordinator[AccountData]):
    """Polls owned attributes, the others and their values of 31 days."""

    config_entry: ExistConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ExistConfigEntry,
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
        self.last_poll: datetime | None = None
        self.polls = 0
        self.exist_day = date.min
        """The day that Exist itself named at the last poll."""
        self.clock_wrong = False
        """Whether this machine's clock differs from Exist's."""
        self.covered = 0
        """Which of our own writes the last poll can know of, by `next_order`."""
        self.overlay: Callable[[str], Mapping[date, Value]] = lambda _: {}
        """Days that are newer here than in the last poll; the outbox says which."""
        self._order = 1
        self._files = files
        self._known = KnownAccount(files)
        self._zones_differ_since: datetime | None = None
        self._scopes = scopes
        self._released: dict[str, int] = {}
        self._templates: Mapping[str, Template] | None = None
        self._priority = Priority.POLL
        self._shown_day: date | None = None
        self._was_fresh = True

    async def async_begin(self) -> None:
        """Poll for the first time; an account that once worked loads in any case.

        Raises ConfigEntryNotReady or ConfigEntryAuthFailed for one that never did.
        """
        if (known := await self._known.async_load()) is not None:
            zone = await async_get_zone(known.profile.timezone)
            self.data = merge_account(known.profile, zone, known.owned, known.visible)
            self.last_poll = known.polled
            self._zones_differ_since = known.zones_differ_since
            self._shown_day, self._was_fresh = self.today, self.fresh
            await self.async_refresh()
        else:
            await self.async_config_entry_first_refresh()
        self.config_entry.async_on_unload(
            async_track_time_interval(
                self.hass, self._async_tick, TICK, cancel_on_shutdown=True
            )
        )

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
            ) from err
        self.last_poll = dt_util.utcnow()
        self.polls += 1
        self._shown_day, self._was_fresh = today(data.zone), True
        self._released = {
            name: order
            for name, order in self._released.items()
            if name not in data.owned or order > self.covered
        }
        self._async_note_user_name(data.profile.username)
        return data

    async def _async_poll(self) -> AccountData:
        priority = self._priority
        order = self.next_order()
        asked = dt_util.utcnow()
        profile = await self.client.profile(priority=priority)
        if not self._files.closed:
            self.clock_wrong = async_check_clock(
                self.hass, self.config_entry, profile, asked
            )
        owned = await self.client.owned(
            include_inactive=True, include_low_priority=True, priority=priority
        )
        visible: tuple[Attribute, ...] = ()
        if any_read(self._scopes):
            visible = await self.client.attributes_with_values(
                days=VALUE_DAYS, priority=priority
            )
        local = profile.local_time
        zone = await async_get_zone(profile.timezone, local)
        self.exist_day = local.date() if local else today(zone)
        if not self._files.closed:
            self._zones_differ_since = async_check_zones(
                self.hass, self.config_entry, zone, self._zones_differ_since
            )
            known = Known(
                profile, owned.results, visible, asked, self._zones_differ_since
            )
            await self._known.async_save(known)
        self.covered = order
        return merge_account(profile, zone, owned.results, visible)

    def next_order(self) -> int:
        """Return a number that orders our writes and polls, whatever the clock says."""
        self._order += 1
        return self._order

    def polled(self, name: str, day: date) -> Value | None:
        """Return what the last poll showed for a day."""
        return next(
            (each.value for each in self.data.values.get(name, ()) if each.date == day),
            None,
        )

    def day_values(self, name: str) -> tuple[DayValue, ...]:
        """Return the values of the last 31 days, newest first, ours laid over them."""
        polled = self.data.values.get(name, ())
        overlay = self.overlay(name)
        if not overlay:
            return polled
        days = {each.date: each for each in polled}
        days |= {day: DayValue(day, value) for day, value in overlay.items()}
        return tuple(days[day] for day in sorted(days, reverse=True))

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
        """Follow a rename at Exist: a new title, while every id stays."""
        entry = self.config_entry
        known = entry.data[CONF_USERNAME]
        if username == known or self._files.closed:
            return
        self.hass.config_entries.async_update_entry(
            entry,
            title=username if entry.title == known else entry.title,
            data={**entry.data, CONF_USERNAME: username},
        )

    @property
    def today(self) -> date:
        """The day it is for the person, in the zone of the Exist profile."""
        return today(self.data.zone)

    @property
    def fresh(self) -> bool:
        """Whether the last good poll is recent enough to be shown."""
        return (
            self.last_poll is not None
            and dt_util.utcnow() - self.last_poll < STALE_AFTER
        )

    def was_released(self, name: str) -> bool:
        """Return whether Exist confirmed that we gave the attribute up."""
        return name in self._released

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
        day, fresh = self.today, self.fresh
        if (day, fresh) != (self._shown_day, self._was_fresh):
            self._shown_day, self._was_fresh = day, fresh
            self.async_update_listeners()
