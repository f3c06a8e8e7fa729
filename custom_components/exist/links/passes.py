"""Values of many links' days: the database first, a week at a time, then arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
import logging

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .aggregate import Hour, NotTold, Why
from .compute import Counting, DayResult, Learned, Recorded, result_of
from .plan import Plan, asked_of
from .readings import ReadingKind
from .source import read, read_hours
from .window import DAY, Window, Zones, weeks_between, window_of

_LOGGER = logging.getLogger(__name__)

# How far beyond a week states are read: a fall may be undone later.
AHEAD = 2 * DAY.total_seconds()

type Results = dict[str, dict[date, DayResult]]
type Pauses = Sequence[tuple[float, float | None]]


async def async_compute(
    hass: HomeAssistant,
    plans: Sequence[Plan],
    zones: Zones,
    now: float,
    *,
    hourly: bool,
    pauses: Pauses = (),
    settled: dict[str, ReadingKind] | None = None,
    told: dict[str, ReadingKind] | None = None,
    others: dict[str, ReadingKind] | None = None,
) -> Results:
    """Return the value of each day by link; `hourly` looks into statistics too.

    A link that cannot be computed at all has no days.
    Into `settled` goes what kind of meter a link has, by now, to be kept in it; into
    `told` as what kind it was taken, where that is not settled; into `others` what
    kinds the other meters of links of several are, by their sources.
    Raises HomeAssistantError when the database cannot be read.
    """
    from sqlalchemy.exc import SQLAlchemyError

    if not plans:
        return {}
    passes = _Passes(hass, plans, zones, now, pauses)
    try:
        await get_instance(hass).async_add_executor_job(passes.run, hourly)
    except SQLAlchemyError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="recorder_failed"
        ) from err
    if settled is not None:
        settled |= passes.settled
    if others is not None:
        others |= passes.others
    if told is not None:
        kinds = passes.learned.kinds
        told |= {
            plan.link.link_id: kinds[key][0]
            for plan in plans
            if (key := (plan.link.link_id, plan.key)) in kinds
        }
    return passes.results


def are_judged(plans: Sequence[Plan], learned: Learned) -> bool:
    """Return whether it is certain of each entity which kind of meter it is."""
    return all(
        learned.has_judged(each) for plan in plans for each in (plan, *plan.others)
    )


@dataclass(slots=True)
class _Passes:
    """Goes back through the past and keeps nothing of a week but its results."""

    hass: HomeAssistant
    plans: Sequence[Plan]
    zones: Zones
    now: float
    pauses: Pauses
    results: Results = field(default_factory=dict)
    settled: dict[str, ReadingKind] = field(default_factory=dict)
    others: dict[str, ReadingKind] = field(default_factory=dict)
    learned: Learned = field(default_factory=Learned)
    hours: Mapping[str, tuple[Hour, ...]] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def run(self, hourly: bool) -> None:
        """Tell all days. Blocks; for the recorder's own executor."""
        self.results = {plan.link.link_id: {} for plan in self.plans}
        begins = min(
            window_of(plan.link.part, self.zones, plan.first).start
            for plan in self.plans
        )
        asked = asked_of(self.plans, hourly=hourly, judged=False)
        self.hours = read_hours(self.hass, asked, begins)
        first = min(plan.first for plan in self.plans)
        last = max(plan.last for plan in self.plans)
        weeks = [*weeks_between(first, last)]
        facts: list[int] = []
        for week in weeks:
            self._tell(*week)
            facts.append(self.learned.facts)
        for week, known in zip(weeks, facts, strict=True):
            if known < self.learned.facts:
                # An older week showed what makes this one mean something else.
                self._tell(*week)
        self.results = {
            name: {} if name in self.failed else dict(sorted(days.items()))
            for name, days in self.results.items()
        }

    def _tell(self, begins: date, ends: date) -> None:
        """Tell the days from one to the other, both ends included."""
        newest = max(plan.last for plan in self.plans)
        oldest = min(plan.first for plan in self.plans)
        plans = [
            replace(plan, first=max(plan.first, begins), last=min(plan.last, ends))
            for plan in self.plans
            if plan.first <= ends and begins <= plan.last
        ]
        if not plans:
            return
        windows = {
            plan.link.link_id: {
                day: window_of(plan.link.part, self.zones, day) for day in plan.days
            }
            for plan in plans
        }
        every = [window for days in windows.values() for window in days.values()]
        judged = are_judged(plans, self.learned)
        timelines = read(
            self.hass,
            asked_of(plans, hourly=False, judged=judged),
            min(window.start for window in every),
            self.pauses,
            until=None
            if ends == newest
            else max(window.end for window in every) + AHEAD,
            is_part=begins > oldest,
        )
        counting = Counting(
            Recorded(timelines, self.hours),
            (self.zones.of(newest), dt_util.get_default_time_zone()),
            self.learned,
        )
        for plan in plans:
            if plan.link.link_id in self.failed:
                continue
            try:
                self._tell_plan(plan, counting, windows[plan.link.link_id])
            except Exception as err:  # noqa: BLE001 - one link must not stop the others
                self.failed.add(plan.link.link_id)
                _LOGGER.error("A link cannot be computed: %s", type(err).__name__)

    def _tell_plan(
        self, plan: Plan, counting: Counting, windows: Mapping[date, Window]
    ) -> None:
        """Tell the days of one link."""
        told = self.results[plan.link.link_id]
        is_first = not told
        try:
            for day, window in windows.items():
                told[day] = result_of(plan, counting, self.zones, day, window, self.now)
        except HomeAssistantError:
            told |= dict.fromkeys(windows, NotTold(Why.WRONG_UNIT))
            return
        if is_first and (kind := counting.settled(plan)) is not None:
            self.settled[plan.link.link_id] = kind
        if is_first:
            self.others |= {
                each.source: kind
                for each in plan.others
                if (kind := counting.settled(each)) is not None
            }
