"""When links compute and declare: once an hour, and for every day that was missed."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..account.poll import ExistCoordinator
from ..account.turns import async_in_turns
from ..ledger import Declarations, Due, Key, Ledger, Outcome, Writer
from .aggregate import NotTold
from .attribute_keeper import AttributeKeeper
from .compute import DayResult
from .entity_of import Problem
from .equal_reports import EqualReports
from .filler import LinkFiller
from .link import Link
from .memory import Memory
from .plan import Plan
from .planner import LinkPlanner, became, days_of_link, due_of, due_of_days, links_of
from .readings import ReadingKind
from .source import CAUGHT_UP_SECONDS, async_caught_up, recorder_ready
from .teller import LinkTeller
from .upkeep import async_keep_kinds, async_let_go
from .view import LinkView, Today, today_of, view_of
from .window import DAY, Zones, day_at, window_of
from .work import KEPT_DAYS, days_due, settled_until

_LOGGER = logging.getLogger(__name__)

# Exist asks clients for hourly visits at most.
INTERVAL = timedelta(hours=1)


class LinkEngine:
    """Computes the links of one account and declares their values."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: ExistCoordinator,
        ledger: Ledger,
    ) -> None:
        """Prepare; `async_load` reads what is remembered."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._ledger = ledger
        self.memory = Memory(ledger.files)
        self._planner = LinkPlanner(hass, entry, coordinator, self.memory)
        self._declarations = Declarations(ledger)
        self._filler = LinkFiller(
            coordinator, ledger, self._declarations, self._planner, self.memory
        )
        self._teller = LinkTeller(hass, self._look)
        self._keeper = AttributeKeeper(hass, self.memory.kept, self._planner)
        self._reports = EqualReports(hass, coordinator, self.memory, self._planner)
        self._found: dict[str, Today] = {}
        self._settled_kinds: dict[Link, ReadingKind] = {}
        self._lock = asyncio.Lock()
        self._again = False
        self._trusted_the_day = False
        self._day: date | None = None

    @property
    def links(self) -> Mapping[str, Link]:
        """The links of the account, by their ids."""
        return self._planner.links

    @property
    def views(self) -> Mapping[str, LinkView]:
        """What was last told of each link."""
        return self._teller.views

    @property
    def fed(self) -> frozenset[str]:
        """The attributes that links write, or would if they could."""
        return frozenset(self._ledger.state.fed)

    @property
    def orphans(self) -> Mapping[str, str]:
        """Attributes that are owned but no longer linked, with the link's title."""
        owned = self._coordinator.data.owned
        return {
            name: title
            for name, title in self.memory.contents.orphans.items()
            if name in owned
        }

    def problem(self, link: Link) -> Problem | None:
        """Return what keeps the link from writing, whatever the day."""
        return self._planner.problem(link)

    def entity_in_question(self, link: Link) -> str:
        """Return the entity that keeps the link from writing, or else its first."""
        return self._planner.entity_in_question(link)

    def zones(self) -> Zones:
        """Return the zones in which days begin."""
        return self.memory.zones()

    async def async_load(self) -> None:
        """Read what is remembered, and learn which links are new, edited or gone."""
        await self.memory.async_load()
        self._note_zone()
        self._note_links()
        self._trusted_the_day = self._coordinator.trusts_day
        if self._trusted_the_day:
            self._forget_old()

    @callback
    def _forget_old(self) -> None:
        self._ledger.state.forget_old(self._coordinator.today - KEPT_DAYS * DAY)

    @callback
    def _note_links(self) -> None:
        """Learn which links are new, edited or gone."""
        state = self._ledger.state
        for attribute, first in self.memory.note_links(
            self.links,
            self._entry.subentries,
            self._coordinator.today,
            dt_util.utcnow(),
            self._was_written,
            trusted=self._coordinator.trusts_day,
        ):
            state.forget_known(attribute, first)
        links = self.memory.contents.links
        state.fed = {
            link.attribute: links[link.link_id].since
            for link in self.links.values()
            if not link.observe
        }
        self.memory.async_save_soon()

    def _was_written(self, attribute: str) -> bool:
        """Return whether a link wrote the attribute, or has something that waits."""
        state = self._ledger.state
        return any(day.ours for day in state.days(attribute).values()) or any(
            state.entries[key].writer is Writer.LINK
            for key in state.keys_of({attribute})
        )

    @callback
    def async_forget_orphan(self, attribute: str) -> None:
        """Ask no more what shall become of it."""
        self.memory.contents.orphans.pop(attribute, None)
        self.memory.async_save_soon()
        self._teller.async_tell_soon()

    @callback
    def async_begin_anew(self, attribute: str) -> None:
        """Forget what was confirmed: the attribute was made again and is empty."""
        self._ledger.state.forget_days(attribute)
        self._async_soon()

    @callback
    def async_start(self) -> None:
        """Begin to follow polls, people and the clock, until the account is unloaded."""
        entry, coordinator = self._entry, self._coordinator
        entry.async_on_unload(self._ledger.outcomes.async_listen(self._heard))
        entry.async_on_unload(coordinator.async_add_listener(self._async_follow))
        bells = coordinator.bells
        entry.async_on_unload(bells.day.async_listen(self._async_follow))
        entry.async_on_unload(bells.values.async_listen(self._teller.async_tell_soon))
        entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._async_soon, INTERVAL, cancel_on_shutdown=True
            )
        )
        entry.async_on_unload(async_at_started(self._hass, self._async_soon))
        self._keeper.async_follow()
        entry.async_on_unload(self._keeper.async_stop)
        entry.async_on_unload(self._filler.async_follow(self._async_soon))
        self._reports.async_follow()
        entry.async_on_unload(self._reports.async_stop)

    @callback
    def async_links_changed(self) -> None:
        """Apply links that were added, edited or deleted."""
        links = links_of(self._entry)
        if links == self.links:
            return
        self._planner.links = links
        self._note_links()
        self._keeper.async_follow()
        self._reports.async_follow()
        if self._hass.state is CoreState.running:
            self._async_soon()
        self._teller.async_tell_soon()

    @callback
    def _async_soon(self, _: object = None) -> None:
        if self.links:
            self._entry.async_create_background_task(
                self._hass, self.async_evaluate(), "exist links"
            )

    @callback
    def async_add_listener(
        self, listener: CALLBACK_TYPE, link_id: str | None = None
    ) -> CALLBACK_TYPE:
        """Call back when there is something new about the links, or about one."""
        return self._teller.async_listen(listener, link_id)

    def _look(self, names: Collection[str] | None) -> dict[str, LinkView]:
        """Return what is to be shown now of each link, or of some attributes'."""
        waiting = {key.name for key in self._ledger.entries}
        waits = self._declarations.waits
        return {
            link.link_id: view_of(
                link,
                self.problem(link),
                self._found.get(link.link_id),
                self._ledger.state.days(link.attribute),
                self._coordinator.today,
                waits=waits or link.attribute in waiting,
                past_sent=self.memory.past_sent(link),
                past_waits=self.memory.past_waits(link),
            )
            for link in self.links.values()
            if names is None or link.attribute in names
        }

    @callback
    def _async_follow(self) -> None:
        coordinator = self._coordinator
        trusted, self._trusted_the_day = self._trusted_the_day, coordinator.trusts_day
        if self._trusted_the_day and not trusted:
            # Until now only what was on disk was known.
            self._note_zone()
            self._note_links()
            self._forget_old()
            if self._hass.state is CoreState.running:
                self._async_soon()
        before, self._day = self._day, coordinator.today
        if self.links and before not in (None, self._day):
            # A day is over: it is settled at once, whatever the hour.
            if self._trusted_the_day:
                self._forget_old()
            self._async_soon()
        async_let_go(self._hass, self._entry, coordinator, self.links)
        self._teller.async_tell_soon()

    @callback
    def _note_zone(self) -> None:
        data = self._coordinator.data
        last = self.memory.last_zone() or data.zone
        today = dt_util.utcnow().astimezone(last).date()
        before = list(self.memory.contents.zones)
        self.memory.note_zone(data.profile.timezone, data.zone, today)
        if before and before != self.memory.contents.zones:
            # The day of change is another one now.
            for known in self.memory.contents.links.values():
                self._ledger.state.forget_known(known.attribute, today)

    async def async_evaluate(self) -> None:
        """Compute every day that is not settled, and declare what is new."""
        if self._lock.locked():
            # Whatever was asked for meanwhile is done once more, and only once.
            self._again = True
            return
        try:
            async with self._lock:
                await self._async_evaluate()
        except Exception:
            # Whoever waited has their turn all the same.
            self._go_on()
            raise
        self._teller.async_tell_soon()
        settled, self._settled_kinds = self._settled_kinds, {}
        present = {link: settled[link] for link in settled if self._is_present(link)}
        async_keep_kinds(self._hass, self._entry, present)
        self._go_on()

    @callback
    def _go_on(self) -> None:
        if self._again:
            self._again = False
            self._async_soon()

    async def _async_evaluate(self) -> None:
        if not self.links:
            return
        if self._ledger.files.newer:
            self._declarations.waits = True
            return
        is_on = recorder_ready(self._hass)
        self.memory.note_recorder(dt_util.utcnow().timestamp(), is_on=is_on)
        if not await async_caught_up(self._hass):
            return
        self._note_zone()
        self._declarations.waits = not self._coordinator.trusts_day
        now = dt_util.utcnow().timestamp()
        await self._filler.async_fill(now)
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
            self._declarations.waits = True
        self.memory.async_save_soon()

    async def _async_carry_out(self, plans: Sequence[Plan], now: float) -> None:
        """Compute, declare, and take note. Raises HomeAssistantError."""
        hourly = any(plan.last - plan.first > 2 * DAY for plan in plans)
        kinds: dict[str, ReadingKind] = {}
        computed = await self._planner.async_compute(
            plans, now, hourly=hourly, settled=kinds
        )
        # Those that were edited or deleted meanwhile, or failed, come another time.
        plans = [
            plan
            for plan in plans
            if self._is_present(plan.link) and computed[plan.link.link_id]
        ]
        results = {
            plan.link.link_id: days_of_link(
                computed[plan.link.link_id],
                self.memory.contents.links[plan.link.link_id].since,
                self._ledger.state.days(plan.link.attribute),
            )
            for plan in plans
        }
        self._settled_kinds = {
            plan.link: kinds[plan.link.link_id]
            for plan in plans
            if plan.link.link_id in kinds
        }
        self._found = {
            plan.link.link_id: today_of(plan.last, results[plan.link.link_id])
            for plan in plans
        }
        due: dict[Key, Due] = {}
        for plan in plans:
            if self._planner.may_write(plan.link):
                due |= due_of_days(plan.link, results[plan.link.link_id])
        if due and self._coordinator.trusts_day:
            by_attribute = {plan.link.attribute: plan.link for plan in plans}
            await self._declarations.async_declare(
                due,
                self._coordinator.today,
                lambda key: self._is_present(by_attribute[key.name]),
            )
        elif due:
            self._declarations.waits = True
        async for plan in async_in_turns(plans):
            self._settle(plan, results[plan.link.link_id], now)

    def _is_present(self, link: Link) -> bool:
        """Return whether the link was neither edited nor deleted meanwhile."""
        return self.links.get(link.link_id) == link

    def _plan_due(self, link: Link, now: float) -> Plan | None:
        """Return the days that are not settled, and always yesterday and today."""
        last = day_at(link.part, self.memory.zones(), self._coordinator.today, now)
        known = self.memory.contents.links[link.link_id]
        writes = self._planner.may_write(link)
        anew = known.first if known.anew else None
        due = days_due(known.since, known.settled, last, writes=writes, anew=anew)
        return None if due is None else self._planner.plan(link, *due)

    @callback
    def _settle(self, plan: Plan, days: Mapping[date, DayResult], now: float) -> None:
        """Take note of how far all days are done."""
        link = plan.link
        if not self._is_present(link):
            return
        known = self.memory.contents.links[link.link_id]
        zones = self.memory.zones()

        def is_done(day: date) -> bool:
            value, is_over = days[day], window_of(link.part, zones, day).end <= now
            if not is_over or link.observe or isinstance(value, NotTold):
                return is_over
            key = Key(link.attribute, day)
            return self._declarations.is_settled(key, due_of(link, value))

        known.settled = settled_until(known.settled, days, is_done)
        if known.anew and self._planner.may_write(link):
            known.anew = not all(is_done(day) for day in days if day <= known.settled)

    @callback
    def _heard(self, outcome: Outcome) -> None:
        self._declarations.async_heard(outcome)
        self._teller.async_tell_soon({outcome.entry.name})
        if self._filler.may_go_on(outcome.entry.key):
            self._async_soon()

    async def async_preview(
        self,
        link: Link,
        first: date,
        last: date,
        *,
        wait: float = CAUGHT_UP_SECONDS,
    ) -> Mapping[date, DayResult] | None:
        """Return what the days would be, without sending anything.

        None where the entity or the recorder cannot be asked; `wait` is in seconds.
        Raises HomeAssistantError when the database cannot be read.
        """
        plan = self._planner.plan(link, first, last)
        if plan is None:
            return None
        days = await self._planner.async_days([plan], wait)
        return None if days is None else days[link.link_id]

    async def async_sync(
        self, link: Link, first: date, last: date, *, overwrite: bool
    ) -> Mapping[date, str] | None:
        """Send these days: empty ones and ours, with `overwrite` all of them.

        Returns what became of each day, None where the recorder cannot be asked.
        Raises ExistError and HomeAssistantError; then nothing is sent.
        """
        self._ledger.files.require_writable()
        try:
            async with self._lock:
                days = await self.async_preview(link, first, last)
                if days is None:
                    return None
                told = await self._declarations.async_send(
                    due_of_days(link, days),
                    self._coordinator.today,
                    lambda _: self._is_present(link),
                    overwrite=overwrite,
                )
        finally:
            self._go_on()
        return became(link, days, told)
