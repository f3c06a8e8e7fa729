"""When links compute and send: once an hour, and for every day that was missed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..account.poll import ExistCoordinator
from ..api import BATCH_SIZE
from ..ledger import Key, Outbox, Outcome, Writer
from .aggregate import NotTold, Why
from .back_fill import REQUESTS_AT_MOST, WISHES_LAST
from .compute import DayResult, Plan, async_compute
from .filling import LinkFiller
from .judge import is_edited
from .link import CONF_KIND, CONF_OBSERVE, Link
from .memory import KEPT_DAYS, LinkMemory
from .planning import due_of, due_of_days
from .readings import ReadingKind
from .sending import Due
from .source import async_caught_up, recorder_ready
from .view import LinkView, Today, view_of
from .window import day_at, window_of

_LOGGER = logging.getLogger(__name__)

# Exist asks clients for hourly visits at most.
INTERVAL = timedelta(hours=1)
DAY = timedelta(days=1)


class LinkEngine(LinkFiller):
    """Computes the links of one account and hands their values over."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: ExistCoordinator,
        outbox: Outbox,
    ) -> None:
        """Prepare; `async_load` reads what is remembered."""
        super().__init__(hass, entry, coordinator, outbox)
        self.views: dict[str, LinkView] = {}
        self._found: dict[str, Today] = {}
        self._settled_kinds: dict[str, ReadingKind] = {}
        self._again = False
        self._polls = 0
        self._knew_the_day = False
        self._day: date | None = None

    async def async_load(self) -> None:
        """Read what is remembered, and learn which links are new, edited or gone."""
        await self.memory.async_load()
        self._note_zone()
        self._note_links()
        for key, waiting in self._outbox.entries.items():
            memory = self.memory.day(key)
            if waiting.writer is Writer.LINK and waiting.value not in memory.ours:
                # Handed over in the last second of a run.
                self.memory.set_day(key, memory.handed_over(waiting.value))
        self._knew_the_day = self._knows_the_day
        if self._knew_the_day:
            self.memory.forget_old(self._coordinator.today)

    @callback
    def _note_links(self) -> None:
        """Begin new links and other meanings today; deleted links leave a question."""
        contents, moment = self.memory.contents, dt_util.utcnow()
        now, today = moment.timestamp(), self._coordinator.today
        for link_id, known in list(contents.links.items()):
            link = self.links.get(link_id)
            if link is None or link.attribute != known.attribute:
                if self._was_written(known.attribute):
                    contents.orphans[known.attribute] = known.title
                del contents.links[link_id]
        for link in self.links.values():
            contents.orphans.pop(link.attribute, None)
            known_link = contents.links.get(link.link_id)
            first = day_at(link.part, self.memory.zones(), today, now)
            if known_link is not None and known_link.meaning == link.meaning:
                known_link.title = link.title
                # A clock that was wrong, or a journey to the west.
                known_link.settled = min(known_link.settled, first)
                if self._knows_the_day:
                    known_link.since = min(known_link.since, first)
                continue
            known_link = LinkMemory(
                link.attribute, link.title, link.meaning, first, first - DAY
            )
            wish = link.back_fill
            if wish is not None and moment - wish.asked > WISHES_LAST:
                known_link.asked = wish.asked.isoformat()
            contents.links[link.link_id] = known_link
            self.memory.forget_known(link.attribute)
        self.memory.async_save_soon()

    def _was_written(self, attribute: str) -> bool:
        return any(memory.ours for memory in self.memory.days(attribute).values())

    @property
    def orphans(self) -> Mapping[str, str]:
        """Attributes that are owned but no longer linked, with the link's title."""
        owned = self._coordinator.data.owned
        return {
            name: title
            for name, title in self.memory.contents.orphans.items()
            if name in owned
        }

    @callback
    def async_forget_orphan(self, attribute: str) -> None:
        """Ask no more what shall become of it."""
        self.memory.contents.orphans.pop(attribute, None)
        self.memory.async_save_soon()
        self._tell_soon()

    @callback
    def async_begin_anew(self, attribute: str) -> None:
        """Forget what was confirmed: the attribute was made again and is empty."""
        self.memory.forget_days(attribute)
        self.memory.async_save_soon()
        self._async_soon()

    @callback
    def async_start(self) -> None:
        """Begin to follow polls, people and the clock, until the account is unloaded."""
        entry, coordinator = self._entry, self._coordinator
        entry.async_on_unload(self._outbox.async_add_written_listener(self._heard))
        entry.async_on_unload(self._outbox.async_add_listener(self._heard_of))
        entry.async_on_unload(coordinator.async_add_listener(self._async_follow))
        if not self.links:
            return
        entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._async_tick, INTERVAL, cancel_on_shutdown=True
            )
        )
        entry.async_on_unload(async_at_started(self._hass, self._async_started))

    async def _async_started(self, _hass: HomeAssistant) -> None:
        self._async_soon()

    @callback
    def _async_tick(self, _now: datetime) -> None:
        self._async_soon()

    @callback
    def _async_soon(self) -> None:
        self._entry.async_create_background_task(
            self._hass, self.async_evaluate(), "exist links"
        )

    @callback
    def _heard(self, keys: Iterable[Key]) -> None:
        """Give the day to the person or automation that wrote it."""
        fed = self.fed
        for key in keys:
            if key.name in fed:
                edited = replace(self.memory.day(key), edited=True)
                self.memory.set_day(key, edited)
                self.memory.async_save_soon()

    @callback
    def _async_follow(self) -> None:
        coordinator = self._coordinator
        if coordinator.polls != self._polls:
            self._polls = coordinator.polls
            self._note_edits()
        knew, self._knew_the_day = self._knew_the_day, self._knows_the_day
        if self._knew_the_day and not knew:
            # Until now only what was on disk was known.
            self._note_zone()
            self._note_links()
            self.memory.forget_old(coordinator.today)
            if self._hass.state is CoreState.running:
                self._async_soon()
        before, self._day = self._day, coordinator.today
        if self.links and before not in (None, self._day):
            # A day is over: it is settled at once, whatever the hour.
            if self._knows_the_day:
                self.memory.forget_old(coordinator.today)
            self._async_soon()
        self._let_go()
        self._tell_soon()

    @callback
    def _let_go(self) -> None:
        """Go on without writing where the person gave the attribute up."""
        data = self._coordinator.data
        for link in self.links.values():
            subentry = self._entry.subentries.get(link.link_id)
            if (
                subentry is None
                or link.observe
                or link.attribute in data.owned
                or not self._coordinator.was_released(link.attribute)
            ):
                continue
            self._hass.config_entries.async_update_subentry(
                self._entry, subentry, data={**subentry.data, CONF_OBSERVE: True}
            )

    @callback
    def _note_edits(self) -> None:
        """Learn from a poll which days were edited at Exist."""
        data = self._coordinator.data
        for link in self.links.values():
            if link.observe or link.attribute not in data.owned:
                continue
            for shown in data.values.get(link.attribute, ()):
                key = Key(link.attribute, shown.date)
                memory = self.memory.day(key)
                if not memory.ours or memory.edited or key in self._outbox.entries:
                    continue
                if is_edited(link.value_type, memory, self._outbox.base(key)):
                    self._note_edited(key)

    @callback
    def _note_zone(self) -> None:
        data = self._coordinator.data
        last = self.memory.last_zone() or data.zone
        today = dt_util.utcnow().astimezone(last).date()
        before = list(self.memory.contents.zones)
        self.memory.note_zone(data.profile.timezone, data.zone, today)
        if before and before != self.memory.contents.zones:
            # The day of change is another one now.
            for attribute in list(self.memory.contents.days):
                self.memory.forget_known(attribute, today)

    async def async_evaluate(self) -> None:
        """Compute every day that is not settled, and hand over what is new."""
        if self._lock.locked():
            # Whatever was asked for meanwhile is done once more, and only once.
            self._again = True
            return
        async with self._lock:
            await self._async_evaluate()
        self._tell_soon()
        self._keep_kinds()
        self._go_on()

    @callback
    def _keep_kinds(self) -> None:
        """Keep in a link what kind of meter its entity turned out to be."""
        settled, self._settled_kinds = self._settled_kinds, {}
        for link_id, kind in settled.items():
            if subentry := self._entry.subentries.get(link_id):
                self._hass.config_entries.async_update_subentry(
                    self._entry, subentry, data={**subentry.data, CONF_KIND: kind.value}
                )

    async def _async_evaluate(self) -> None:
        if not self.links:
            return
        if self._outbox.files.newer:
            self.waits = True
            return
        is_on = recorder_ready(self._hass)
        self.memory.note_recorder(dt_util.utcnow().timestamp(), is_on=is_on)
        if not await async_caught_up(self._hass):
            return
        self._note_zone()
        self.waits = not self._knows_the_day
        now = dt_util.utcnow().timestamp()
        await self.async_back_fill(now)
        plans = [
            plan
            for link in self.links.values()
            if (plan := self._plan_due(link, now)) is not None
        ]
        try:
            await self._async_carry_out(plans, now)
        except HomeAssistantError as err:
            # Disk, database, or the end of the run: done again at the next hour.
            _LOGGER.debug("Links could not go on: %s", err.translation_key)
            self.waits = True
        self.memory.async_save_soon()

    async def _async_carry_out(self, plans: Sequence[Plan], now: float) -> None:
        """Compute, hand over, and take note. Raises HomeAssistantError."""
        results = await async_compute(
            self._hass,
            plans,
            self.memory.zones(),
            now,
            hourly=any(plan.last - plan.first > 2 * DAY for plan in plans),
            pauses=self.memory.contents.pauses,
            settled=self._settled_kinds,
        )
        self._found = {
            plan.link.link_id: Today(
                plan.last,
                results[plan.link.link_id][plan.last],
                NotTold(Why.OUT_OF_RANGE) in results[plan.link.link_id].values(),
            )
            for plan in plans
        }
        due: dict[Key, Due] = {}
        for plan in plans:
            if self.may_write(plan.link):
                due |= due_of_days(plan.link, results[plan.link.link_id])
        if due and self._knows_the_day:
            await self.async_hand_over(due, self._coordinator.today)
        elif due:
            self.waits = True
        for plan in plans:
            self._settle(plan, results[plan.link.link_id], now)

    @callback
    def _tell(self) -> None:
        waiting = {key.name for key in self._outbox.entries}
        self.views = {
            link.link_id: view_of(
                link,
                self.problem(link),
                self._found.get(link.link_id),
                self.memory.days(link.attribute),
                self._coordinator.today,
                waits=self.waits or link.attribute in waiting,
            )
            for link in self.links.values()
        }
        super()._tell()

    def _plan_due(self, link: Link, now: float) -> Plan | None:
        """Return the days that are not settled, and always yesterday and today."""
        last = day_at(link.part, self.memory.zones(), self._coordinator.today, now)
        known = self.memory.contents.links[link.link_id]
        first = min(known.settled, last - 2 * DAY) + DAY
        if not self.may_write(link):
            first = last - DAY
        first = max(first, known.since, last - KEPT_DAYS * DAY)
        return self.plan(link, first, last) if first <= last else None

    @callback
    def _settle(self, plan: Plan, days: Mapping[date, DayResult], now: float) -> None:
        """Take note of how far all days are done."""
        link = plan.link
        known = self.memory.contents.links[link.link_id]
        for day in sorted(days):
            if day <= known.settled:
                continue
            if window_of(link.part, self.memory.zones(), day).end > now:
                break
            if not self._is_done(link, day, days[day]):
                break
            known.settled = day

    def _is_done(self, link: Link, day: date, value: DayResult) -> bool:
        if link.observe or isinstance(value, NotTold):
            return True
        return self.is_settled(Key(link.attribute, day), due_of(link, value))

    @callback
    def _heard_of(self, outcome: Outcome) -> None:
        self.async_note_outcome(outcome)
        if (
            self._more_to_fill
            and outcome.entry.day < self._coordinator.today - DAY
            and len(self._outbox.entries) < BATCH_SIZE
            and self._coordinator.client.budget.used <= REQUESTS_AT_MOST
        ):
            self._async_soon()

    async def async_sync(
        self, link: Link, first: date, last: date, *, overwrite: bool
    ) -> Mapping[date, str] | None:
        """Send days, then do what was asked for meanwhile."""
        try:
            return await super().async_sync(link, first, last, overwrite=overwrite)
        finally:
            self._go_on()

    @callback
    def _go_on(self) -> None:
        if self._again:
            self._again = False
            self._async_soon()

    def diagnostics(self) -> dict[str, Any]:
        """Return counts, and nothing of the diary."""
        states = [view.state.value for view in self.views.values()]
        return {state: states.count(state) for state in sorted(set(states))}
