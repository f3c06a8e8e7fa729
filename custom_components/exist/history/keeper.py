"""Keeps an account's days in Home Assistant's long-term statistics, and keeps them right."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from hashlib import blake2b
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later, async_track_time_change
from homeassistant.helpers.start import async_at_started

from ..account.bells import Bell
from ..account.ids import account_id
from ..account.poll import ExistCoordinator
from ..account.turns import async_in_turns
from ..api import ExistClient, ExistError, ExistRateLimitError, Value
from ..const import DOMAIN, VALUE_DAYS
from ..ledger import Fate, Ledger, Outcome
from .asking import AskedDays
from .audit import Audit
from .backoff import Patience
from .charts import statistic_id
from .choice import Charts, ChosenCharts
from .comparing import Emptied, ToldDays
from .imported import Charted, HistoryContents
from .statistics import async_clear, can_be_asked, has_recorder
from .walker import Walker
from .walks import OLDEST, Progress, night_walk, progress, walks_for

_LOGGER = logging.getLogger(__name__)

# A start has better things to do.
BEGIN_SECONDS = 10.0
BUSY_SECONDS = 300.0
SOON_SECONDS = 1.0
NIGHT_HOUR = 3
# A poll around midnight may have missed the oldest of its days.
SURE_DAYS = timedelta(days=VALUE_DAYS - 2)


class HistoryKeeper:
    """Imports the past of one account in the background and follows what changes.

    One thing at a time, each of them short: a look through the statistics, what a poll
    told, a confirmed write, or one page of the past.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ExistClient,
        coordinator: ExistCoordinator,
        ledger: Ledger,
    ) -> None:
        """Prepare; `async_load` reads what is on disk."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._ledger = ledger
        self._chosen = ChosenCharts(hass, entry)
        self._walker = Walker(hass, client, coordinator, ledger.files)
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._begun = False
        self._checked: str | None = None
        """The zone of Home Assistant in which all was looked through."""
        self._polls = 0
        self._charts: Charts = {}
        """What was charted of the last poll: options may choose others meanwhile."""
        self._missing: Emptied = {}
        """What the last poll did not have, though it is stored."""
        self._left: dict[str, Charted] = {}
        self._pause: CALLBACK_TYPE | None = None
        self._patience = Patience()
        self.bell = Bell[()]()
        """Rings when the import has got on."""
        self._told_of: set[str] = set()
        """Whose entities know that there is a statistic."""

    @property
    def contents(self) -> HistoryContents:
        """What was imported, and what is still to come."""
        return self._walker.contents

    @property
    def is_on(self) -> bool:
        """Whether there is a recorder that keeps statistics."""
        return has_recorder(self._hass)

    @property
    def progress(self) -> Progress | None:
        """How far the past is imported; None until that is known."""
        if not self._polls and not self.contents.charted:
            return None
        return progress(self.contents.walks)

    def statistic_of(self, name: str) -> str | None:
        """Return the id of an attribute's statistic, None where there is none."""
        known = self.contents.charted.get(name)
        if known is None or not known.rows:
            return None
        return statistic_id(account_id(self._entry), name)

    async def async_load(self) -> None:
        """Read what was kept."""
        await self._walker.async_load()
        self._told_of = {
            name for name in self.contents.charted if self.statistic_of(name)
        }

    @callback
    def async_start(self) -> None:
        """Begin a while after Home Assistant has started, where it has a recorder."""
        if not self.is_on:
            return
        entry = self._entry
        entry.async_on_unload(self._async_stop)
        entry.async_on_unload(async_at_started(self._hass, self._async_started))
        entry.async_on_unload(self._ledger.outcomes.async_listen(self._heard))
        entry.async_on_unload(self._coordinator.async_add_listener(self._async_kick))
        entry.async_on_unload(
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._zone_changed)
        )
        # Accounts, and homes, ask at different minutes.
        minute = blake2b(entry.entry_id.encode(), digest_size=2).digest()[0] % 60
        entry.async_on_unload(
            async_track_time_change(
                self._hass, self._look_back, hour=NIGHT_HOUR, minute=minute, second=0
            )
        )

    @callback
    def _async_started(self, _hass: HomeAssistant) -> None:
        self._wait(BEGIN_SECONDS)

    @callback
    def _wait(self, seconds: float) -> None:
        """Go on after some seconds; what asks Exist waits until then."""
        self._async_stop()
        job = HassJob(self._go_on, cancel_on_shutdown=True)
        self._pause = async_call_later(self._hass, seconds, job)

    @callback
    def _async_stop(self) -> None:
        if self._pause is not None:
            self._pause()
            self._pause = None

    @callback
    def _go_on(self, _now: datetime) -> None:
        self._pause = None
        self._begun = True
        self._async_kick()

    @callback
    def _zone_changed(self, event: Event) -> None:
        if "time_zone" in event.data:
            self._async_kick()

    @callback
    def _heard(self, outcome: Outcome) -> None:
        """Chart a value at once that Exist confirmed, whatever its day."""
        key = outcome.entry.key
        value: Value | None = None
        if outcome.fate is Fate.CONFIRMED:
            value = outcome.entry.value
        elif outcome.fate is Fate.DIFFERENT:
            value = outcome.kept
        if value is not None and key.day >= OLDEST:
            self.contents.confirmed.setdefault(key.name, {})[key.day] = value
            self._walker.file.async_save_soon(SOON_SECONDS)
            self._async_kick()

    @callback
    def _look_back(self, _now: datetime) -> None:
        """Read one older window anew each night: Exist may have corrected it.

        What the recorder could not write is noticed too, and a replaced database.
        """
        self._checked = None
        contents = self.contents
        known = {k: each for k, each in contents.charted.items() if not each.cleared}
        if self._polls and known and not contents.walks:
            firsts = [each.first for each in known.values() if each.first]
            today = self._coordinator.exist_day
            walk = night_walk(known, today, contents.looked, firsts)
            contents.looked = walk.newest
            contents.walks.append(walk)
        self._async_kick()

    @callback
    def _async_kick(self) -> None:
        """Do what there is to do, in the background."""
        if not self._begun or self._ledger.files.closed:
            return
        if self._task is None or self._task.done():
            self._task = self._entry.async_create_background_task(
                self._hass, self._async_work(), f"{DOMAIN} history"
            )

    async def _async_work(self) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            while not self._ledger.files.closed:
                if not can_be_asked(self._hass):
                    self._wait(BUSY_SECONDS)
                    return
                async with self._lock:
                    if not await self._async_do_next():
                        return
        except (HomeAssistantError, SQLAlchemyError) as err:
            # A database that was busy; where a change was begun, all is looked at.
            _LOGGER.debug("The history waits: %s", type(err).__name__)
            self._checked = None
            self._wait(BUSY_SECONDS)

    async def _async_do_next(self) -> bool:
        """Do the next thing; return whether there was one."""
        coordinator = self._coordinator
        if not coordinator.polls:
            return False
        charts = await self._chosen.async_get(self._coordinator.data)
        zone, ours = self._hass.config.time_zone, coordinator.overlay
        if self._checked != zone or self.contents.must_move(charts, zone):
            await self._async_check(charts)
            # Where it was changed meanwhile, all is looked through again.
            self._checked = zone
        elif self._polls != coordinator.polls or self._charts != charts:
            polls = coordinator.polls
            if await self._async_follow_poll(charts):
                self._polls, self._charts = polls, charts
        elif (name := self.contents.next_confirmed(charts, ours)) is not None:
            await self._async_chart_confirmed(charts, name)
        elif self.contents.walks and self._pause is None:
            await self._async_walk(charts)
        elif (gathered := self._walker.gathered).days:
            # What Exist tells next may take an hour.
            self._tell(await self._walker.async_chart_gathered(charts))
            await self._walker.file.async_save()
            # A turn that changed nothing is not followed by another like it.
            is_moved = zone != self._hass.config.time_zone
            return is_moved or self._walker.gathered is not gathered
        else:
            return False
        return True

    async def _async_check(self, charts: Charts) -> None:
        """Look through all statistics; what is lost is imported again."""
        charted = self.contents.charted
        audit = Audit(self._hass, charts, charted, self._walker.file.async_save)
        await audit.async_check_kinds()
        for name in charts.keys() - audit.lost:
            if name not in charted or not charted[name].cleared:
                await audit.async_check_rows(name)
        self._left = audit.left
        await self._walker.async_forget(audit.lost)

    async def _async_follow_poll(self, charts: Charts) -> bool:
        """Chart the last 31 days, and begin with attributes that are new.

        Return whether that is done: not where rows must be moved first.
        """
        contents, data = self.contents, self._coordinator.data
        audit = Audit(
            self._hass, charts, contents.charted, self._walker.file.async_save
        )
        await audit.async_check_kinds()
        known = contents.charted.keys() | self._left.keys() | audit.lost
        for name in charts.keys() - known:
            # An earlier account may have left its statistics.
            await audit.async_check_rows(name)
        self._left |= audit.left
        if audit.lost:
            await self._walker.async_forget(audit.lost)
        # At once: what fails below must not leave them without their past.
        self._take_in(charts)
        last = self._coordinator.exist_day
        first = last - SURE_DAYS
        contents.follow(charts, first, last)
        # Two answers in a row, and the same one is no second.
        missing = self._missing if self._polls != self._coordinator.polls else {}
        comparer = self._walker.comparer
        told = {
            name: comparer.told(
                charts,
                name,
                AskedDays(each.value_type, data.values[name], first, last, each.active),
            )
            async for name, each in async_in_turns(data.attributes.items())
            if name in charts and name in data.values
        }
        compared = await comparer.async_compare(charts, told, missing)
        if not compared.held:
            # Only of what is still there.
            self._missing = compared.missing
        await self._walker.file.async_save()
        self._tell(compared.changed)
        return not compared.held

    def _take_in(self, charts: Charts) -> None:
        """Begin with attributes that are new, or were lost, behind what polls tell."""
        contents = self.contents
        new = charts.keys() - contents.charted.keys()
        for name in new:
            contents.charted[name] = self._left.pop(
                name, Charted(self._hass.config.time_zone)
            )
            contents.charted[name].value_type = charts[name][0].value_type
        contents.walks += walks_for(new, self._coordinator.exist_day - SURE_DAYS)

    async def _async_chart_confirmed(self, charts: Charts, name: str) -> None:
        """Chart what was confirmed of one attribute."""
        days = self.contents.confirmed[name]
        values = dict(days)
        figures = {day: charts[name][0].figure(each) for day, each in days.items()}
        told = {name: ToldDays(figures, min(values), max(values))}
        compared = await self._walker.comparer.async_compare(charts, told, {})
        await self._walker.async_know_better(name, values)
        self._tell(compared.changed)
        # What was confirmed meanwhile has its turn too.
        for day, value in values.items():
            if days[day] is value:
                del days[day]
        if not days:
            del self.contents.confirmed[name]
        await self._walker.file.async_save()

    async def _async_walk(self, charts: Charts) -> None:
        """Take one step back."""
        try:
            changed = await self._walker.async_step(charts, self.contents.walks[0])
        except ExistRateLimitError as err:
            self._wait(err.retry_after)
        except ExistError as err:
            _LOGGER.debug("The history waits: %s", err.code)
            # The rest must not wait for a window that cannot be read.
            polls_work = self._coordinator.last_update_success
            polls = self._coordinator.polls
            if self._patience.gives_up(err, polls_work=polls_work, polls=polls):
                self.contents.skip()
            self._wait(self._patience.failed())
        else:
            self._patience.went_well()
            self._tell(changed)

    @callback
    def _tell(self, names: Iterable[str]) -> None:
        """Draw what is new, and those that have a statistic only now."""
        new = {name for name in names if self.statistic_of(name)} - self._told_of
        self._told_of |= new
        if new:
            self._coordinator.bells.async_values_changed(new)
        self.bell.async_ring()

    async def async_import(
        self, names: Collection[str] | None, first: date | None, last: date | None
    ) -> list[str]:
        """Import days again, of all attributes or of some; return whose.

        Without a first day as far back as there is.
        """
        async with self._lock:
            charts = await self._chosen.async_get(self._coordinator.data)
            chosen = sorted(charts if names is None else charts.keys() & set(names))
            # Of those that are still to begin, more than these days is missing.
            self._take_in(charts)
            for name in chosen:
                self.contents.charted[name].cleared = False
            newest = last or self._coordinator.exist_day
            self.contents.begin_again(chosen, newest, first)
            await self._walker.file.async_save()
        self._tell(())
        self._async_kick()
        return chosen

    async def async_clear(self, names: Collection[str] | None) -> list[str]:
        """Delete statistics until they are imported again; return whose."""
        async with self._lock:
            charts = await self._chosen.async_get(self._coordinator.data)
            known = self.contents.charted.keys() | charts.keys()
            chosen = sorted(known if names is None else known & set(names))
            account = account_id(self._entry)
            await async_clear(
                self._hass, [statistic_id(account, name) for name in chosen]
            )
            for name in chosen:
                self.contents.charted[name] = Charted(
                    self._hass.config.time_zone, cleared=True
                )
            await self._walker.async_leave_out(chosen)
        self._told_of.difference_update(chosen)
        self._coordinator.bells.async_values_changed(chosen)
        self._tell(())
        return chosen
