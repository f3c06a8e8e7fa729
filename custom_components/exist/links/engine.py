"""When links compute and send: once an hour, and for every day that was missed."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
import logging
from typing import Any

from custom_components.exist.api import BATCH_SIZE, ExistError, Value
from custom_components.exist.coordinator import ExistCoordinator
from custom_components.exist.outbox import Key, Outbox, Outcome, Writer
from custom_components.exist.runtime import ExistConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .aggregate import NotTold, Why
from .back_fill import PIECE_DAYS, REQUESTS_AT_MOST, WISHES_LAST, next_piece
from .compute import Computed, DayResult, Plan, async_compute
from .convert import Target, convertible
from .entity_of import Found, Problem, async_find, async_is_recorded
from .judge import DayMemory, is_edited
from .link import SUBENTRY_LINK, Link
from .memory import KEPT_DAYS, LinkMemory, Memory
from .sending import Due, LinkSender
from .source import async_caught_up, recorder_ready
from .timeline import Row
from .window import day_at, window_of

_LOGGER = logging.getLogger(__name__)

# Exist asks clients for hourly visits at most.
INTERVAL = timedelta(hours=1)
DAY = timedelta(days=1)
# As far back as a poll shows what is at Exist.
SHOWN_DAYS = 30
# States seen at the last evaluations: more than yesterday and today have hours.
SEEN_STATES = 100


class LinkState(StrEnum):
    """What a link is doing."""

    WRITING = "writing"
    OBSERVING = "observing"
    WAITING = "waiting"
    EDITED = "edited"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a person sees of a link."""

    day: date | None = None
    value: Value | None = None
    why: Why | None = None
    problem: Problem | None = None


class LinkEngine(LinkSender):
    """Computes the links of one account and hands their values over."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ExistConfigEntry,
        coordinator: ExistCoordinator,
        outbox: Outbox,
    ) -> None:
        """Prepare; `async_load` reads what is remembered."""
        self._entry = entry
        super().__init__(hass, coordinator, outbox, Memory(hass, entry.entry_id))
        self.links: Mapping[str, Link] = {
            subentry.subentry_id: Link.from_subentry(subentry)
            for subentry in entry.subentries.values()
            if subentry.subentry_type == SUBENTRY_LINK
        }
        self.views: dict[str, LinkView] = {}
        self._lock = asyncio.Lock()
        self._polls = 0
        self._day: date | None = None
        self._seen: dict[str, deque[Row]] = {}
        self._more_to_fill = False

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
                known_link.since = min(known_link.since, first)
                known_link.settled = min(known_link.settled, first)
                continue
            known_link = LinkMemory(
                link.attribute, link.title, link.meaning, first, first - DAY
            )
            wish = link.back_fill
            if wish is not None and moment - wish.asked > WISHES_LAST:
                known_link.asked = wish.asked.isoformat()
            contents.links[link.link_id] = known_link
            self.memory.forget_known(link.attribute, first)
        self.memory.async_save_soon()

    @property
    def fed(self) -> frozenset[str]:
        """The attributes that links write, or would if they could."""
        return frozenset(
            link.attribute for link in self.links.values() if not link.observe
        )

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

    async def async_close(self) -> None:
        """Write what is remembered; the account may be loaded anew at once."""
        await self.memory.async_close()

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
        before, self._day = self._day, coordinator.today
        if self.links and before not in (None, self._day):
            # A day is over: it is settled at once, whatever the hour.
            self._async_soon()
        self._tell_soon()

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
        self.memory.note_zone(
            data.profile.timezone, data.zone, dt_util.utcnow().astimezone(last).date()
        )

    async def async_evaluate(self) -> None:
        """Compute every day that is not settled, and hand over what is new."""
        if self._lock.locked():
            return
        async with self._lock:
            await self._async_evaluate()
        self._tell_soon()

    async def _async_evaluate(self) -> None:
        if not self.links or not await async_caught_up(self._hass):
            return
        self._note_zone()
        self.waits = False
        now = dt_util.utcnow().timestamp()
        await self._async_back_fill(now)
        plans = []
        for link in self.links.values():
            plan = self._plan_due(link, now)
            if plan is None:
                self.views[link.link_id] = LinkView(problem=self.problem(link))
            else:
                plans.append(plan)
        results = await async_compute(
            self._hass,
            plans,
            self.memory.zones(),
            now,
            hourly=any(plan.last - plan.first > 2 * DAY for plan in plans),
        )
        due: dict[Key, Due] = {}
        for plan in plans:
            days = results[plan.link.link_id]
            self._show(plan, days)
            if self._may_write(plan.link):
                due |= _due(plan.link, days)
        if due and not self._coordinator.clock_wrong:
            try:
                await self.async_hand_over(due, self._coordinator.today)
            except HomeAssistantError as err:
                # The disk, or the end of the run: computed again at the next hour.
                _LOGGER.debug("Links could not hand over: %s", err.translation_key)
                self.waits = True
        for plan in plans:
            self._settle(plan, results[plan.link.link_id], now)
        self.memory.async_save_soon()

    def _plan_due(self, link: Link, now: float) -> Plan | None:
        """Return the days that are not settled, and always yesterday and today."""
        last = day_at(link.part, self.memory.zones(), self._coordinator.today, now)
        known = self.memory.contents.links[link.link_id]
        first = min(known.settled, last - 2 * DAY) + DAY
        first = max(first, known.since, last - KEPT_DAYS * DAY)
        return self.plan(link, first, last) if first <= last else None

    def plan(self, link: Link, first: date, last: date) -> Plan | None:
        """Return what is to be computed, or None where the entity is of no use."""
        problem = self.problem(link)
        found = async_find(self._hass, link)
        if found is None or problem in (Problem.NOT_RECORDED, Problem.WRONG_UNIT):
            return None
        attribute = self._coordinator.data.attributes.get(link.attribute)
        template = attribute.template if attribute else link.template
        seen = self._see(found)
        return Plan(link, found.entity_id, found.unit, template, first, last, seen)

    @callback
    def _see(self, found: Found) -> tuple[Row, ...]:
        """Return what was seen of the entity; the recorder forgets what lasts long."""
        seen = self._seen.setdefault(found.entity_id, deque(maxlen=SEEN_STATES))
        state = self._hass.states.get(found.entity_id)
        if state is not None:
            row = Row(state.last_updated_timestamp, state.state, unit=found.unit)
            if not seen or seen[-1].at < row.at:
                seen.append(row)
        return tuple(seen)

    def problem(self, link: Link) -> Problem | None:
        """Return what keeps the link from writing, whatever the day."""
        data = self._coordinator.data
        found = async_find(self._hass, link)
        if found is None:
            return Problem.ENTITY_GONE
        if recorder_ready(self._hass) and not async_is_recorded(
            self._hass, found.entity_id
        ):
            return Problem.NOT_RECORDED
        attribute = data.attributes.get(link.attribute)
        template = attribute.template if attribute else link.template
        if link.needs_unit and not convertible(found.unit, Target.of(link, template)):
            return Problem.WRONG_UNIT
        if link.observe:
            return None
        if link.attribute not in data.owned:
            return Problem.NOT_OWNED
        if attribute is not None and attribute.value_type is not link.value_type:
            return Problem.TYPE_CHANGED
        return None

    def _may_write(self, link: Link) -> bool:
        return not link.observe and self.problem(link) is None

    @callback
    def _show(self, plan: Plan, days: Mapping[date, DayResult]) -> None:
        value, link = days[plan.last], plan.link
        problem = self.problem(link)
        if NotTold(Why.OUT_OF_RANGE) in days.values():
            problem = problem or Problem.OUT_OF_RANGE
        if isinstance(value, NotTold):
            self.views[link.link_id] = LinkView(plan.last, None, value.why, problem)
        else:
            self.views[link.link_id] = LinkView(plan.last, value.value, None, problem)

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
        return self.is_settled(Key(link.attribute, day), _due_of(link, value))

    async def _async_back_fill(self, now: float) -> None:
        """Send the past days that forms asked for, a piece at a time."""
        self._more_to_fill = False
        zones, today = self.memory.zones(), self._coordinator.today
        for link in self.links.values():
            known, wish = self.memory.contents.links[link.link_id], link.back_fill
            if wish is None or known.asked == wish.asked.isoformat():
                continue
            if not self._may_write(link) or self._coordinator.clock_wrong:
                continue
            if (
                len(self._outbox.entries) >= PIECE_DAYS
                or self._coordinator.client.budget.used > REQUESTS_AT_MOST
            ):
                self._more_to_fill = True
                return
            asked = min(now, wish.asked.timestamp())
            piece = next_piece(
                wish, day_at(link.part, zones, today, asked), known.filled
            )
            try:
                told = await self._async_sync(
                    link, piece.first, piece.last, overwrite=wish.replace
                )
            except (ExistError, HomeAssistantError) as err:
                # The wish stays.
                _LOGGER.debug("Past days wait: %s", type(err).__name__)
                self.waits = True
                return
            if told is None:
                continue
            known.filled = None if piece.is_last else piece.first
            if piece.is_last:
                known.asked = wish.asked.isoformat()
            self._more_to_fill |= not piece.is_last

    @callback
    def _heard_of(self, outcome: Outcome) -> None:
        self.async_note_outcome(outcome)
        if self._more_to_fill and len(self._outbox.entries) < BATCH_SIZE:
            self._more_to_fill = False
            self._async_soon()

    async def async_preview(
        self, link: Link, first: date, last: date
    ) -> Mapping[date, DayResult] | None:
        """Return what the days would be, without sending anything.

        None where the entity or the recorder cannot be asked.
        """
        plan = self.plan(link, first, last)
        if plan is None or not await async_caught_up(self._hass):
            return None
        results = await async_compute(
            self._hass,
            [plan],
            self.memory.zones(),
            dt_util.utcnow().timestamp(),
            hourly=True,
        )
        return results[link.link_id]

    async def async_sync(
        self, link: Link, first: date, last: date, *, overwrite: bool
    ) -> Mapping[date, str] | None:
        """Send these days: empty ones and ours, with `overwrite` all of them.

        Returns what became of each day, None where the recorder cannot be asked.
        Raises ExistError and HomeAssistantError; then nothing is sent.
        """
        async with self._lock:
            return await self._async_sync(link, first, last, overwrite=overwrite)

    async def _async_sync(
        self, link: Link, first: date, last: date, *, overwrite: bool
    ) -> Mapping[date, str] | None:
        days = await self.async_preview(link, first, last)
        if days is None:
            return None
        told = await self.async_send(
            _due(link, days), self._coordinator.today, overwrite=overwrite
        )
        return {
            day: value.why.value
            if isinstance(value, NotTold)
            else told[Key(link.attribute, day)]
            for day, value in days.items()
        }

    def state(self, link: Link) -> LinkState:
        """Return what the link is doing."""
        view = self.views.get(link.link_id)
        if self.problem(link) or (view is not None and view.problem):
            return LinkState.PROBLEM
        if link.observe:
            return LinkState.OBSERVING
        if view is None or self.waits or link.attribute in self.waiting:
            return LinkState.WAITING
        if view.day is not None and self._memory_of(link, view.day).edited:
            return LinkState.EDITED
        return LinkState.WRITING

    def _memory_of(self, link: Link, day: date) -> DayMemory:
        return self.memory.day(Key(link.attribute, day))

    def last_confirmed(self, link: Link) -> tuple[date, Value] | None:
        """Return the newest day of the link that Exist confirmed."""
        days = self.memory.days(link.attribute)
        newest = max(
            (day for day, memory in days.items() if memory.confirmed is not None),
            default=None,
        )
        if newest is None or (value := days[newest].confirmed) is None:
            return None
        return newest, value

    def edited_days(self, link: Link) -> Sequence[date]:
        """Return the days of the last month that belong to the person."""
        first = self._coordinator.today - SHOWN_DAYS * DAY
        return sorted(
            day
            for day, memory in self.memory.days(link.attribute).items()
            if day >= first and memory.edited
        )

    def diagnostics(self) -> dict[str, Any]:
        """Return counts, and nothing of the diary."""
        states = [self.state(link).value for link in self.links.values()]
        return {state: states.count(state) for state in sorted(set(states))}


def _due(link: Link, days: Mapping[date, DayResult]) -> dict[Key, Due]:
    """Return the days that have a value."""
    return {
        Key(link.attribute, day): _due_of(link, value)
        for day, value in days.items()
        if isinstance(value, Computed)
    }


def _due_of(link: Link, value: Computed) -> Due:
    return Due(link.value_type, link.rule.aggregate, value.value, value.known)
