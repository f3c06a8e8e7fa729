"""A link's days from what was recorded: arithmetic, without the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from typing import NamedTuple

from ..ledger.day import Known
from .aggregate import (
    ABOUT_STATES,
    HOURLY,
    Hour,
    NotTold,
    Rule,
    Timeline,
    Told,
    Why,
    is_counted,
)
from .aggregating import tell, tell_counted
from .convert import told_in, wire_value
from .counted import Counted
from .entering import ABSENT
from .hourly import tell_hourly
from .meter import count
from .meter_falls import SETTLED_DAYS, kind_of_meter, recorded_days
from .meter_resets import Habits, habits_of
from .plan import ENOUGH_DAYS, Plan
from .readings import TOTALS, History, ReadingKind
from .shown import history_of_hours, history_of_states, without_wrong
from .state_spellings import without_alike
from .together import Member, any_of, put_together
from .watching import as_watched
from .window import Window, Zones, whole_hours


class Computed(NamedTuple):
    """A day's value as the wire has it, and what it comes from."""

    value: float | str
    known: Known


type DayResult = Computed | NotTold


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded of some entities."""

    timelines: Mapping[str, Timeline]
    hours: Mapping[str, tuple[Hour, ...]]


@dataclass(slots=True)
class Learned:
    """What holds for all days that are told, whichever part of the past shows it.

    A kind is judged by the newest part with seven recorded days, or else by the one
    with most. `facts` counts what made parts that were told before mean something else.
    """

    kinds: dict[tuple[str, str], tuple[ReadingKind, int]] = field(default_factory=dict)
    """With the days by which each was judged."""
    habits: dict[tuple[str, bool], Habits] = field(default_factory=dict)
    still_there: set[tuple[str, str]] = field(default_factory=set)
    """Links and entities whose gone states did occur."""
    facts: int = 0

    def has_judged(self, plan: Plan) -> bool:
        """Return whether it is certain what kind of meter it is, if it may be one."""
        if not plan.may_be_counted or plan.link.kind is not None:
            return True
        _, days = self.kinds.get((plan.link.link_id, plan.key), (None, 0))
        return days >= SETTLED_DAYS

    def judge(self, plan: Plan, history: History) -> None:
        """Judge what kind of meter it is, where this tells more than what was known."""
        key = plan.link.link_id, plan.key
        kind, by_days = self.kinds.get(key, (None, -1))
        days = recorded_days(history)
        if by_days >= min(days, SETTLED_DAYS):
            return
        judged = kind_of_meter(history, plan.meter)
        self.kinds[key] = judged, days
        if kind is not None and kind is not judged:
            self.facts += 1

    def habits_with(self, key: tuple[str, bool], history: History) -> Habits:
        """Return what a meter does, now that this part of its history is known too."""
        known = self.habits.get(key, Habits())
        joined = known.joined(habits_of(history))
        if joined != known:
            self.habits[key] = joined
            self.facts += 1
        return joined

    def is_still_there(self, plan: Plan, states: Timeline) -> bool:
        """Return whether one of the states that are gone did occur."""
        key = plan.link.link_id, plan.key
        if key not in self.still_there and plan.gone != without_alike(
            plan.gone, {span.state for span in states.spans}
        ):
            self.still_there.add(key)
            self.facts += 1
        return key in self.still_there


@dataclass(slots=True)
class Counting:
    """What meters counted, of states and of hours; each computed at most once."""

    recorded: Recorded
    zones: tuple[tzinfo, ...]
    learned: Learned
    judged: set[tuple[str, str]] = field(default_factory=set)
    histories: dict[tuple[str, bool], History] = field(default_factory=dict)
    done: dict[tuple[str, bool, ReadingKind], Counted] = field(default_factory=dict)
    watched: dict[tuple[str, str], Timeline] = field(default_factory=dict)
    together: dict[str, tuple[Rule, Timeline]] = field(default_factory=dict)

    def timeline(self, plan: Plan) -> Timeline:
        """Return what was recorded, as it is watched."""
        recorded = self.recorded.timelines[plan.key]
        rule = plan.link.rule
        if plan.link.watched.is_plain and not rule.states:
            return recorded
        key = plan.link.link_id, plan.key
        if key not in self.watched:
            self.watched[key] = as_watched(
                recorded, plan.watched, rule.states, text=rule.text
            )
        return self.watched[key]

    def member(self, plan: Plan) -> Member:
        """Return it as one of several entities."""
        return Member(self.timeline(plan), plan.since)

    def any_of(self, plan: Plan) -> tuple[Rule, Timeline]:
        """Return when any of the link's entities was in a chosen state."""
        key = plan.link.link_id
        if key not in self.together:
            members = [self.member(each) for each in (plan, *plan.others)]
            self.together[key] = any_of(plan.rule, members)
        return self.together[key]

    def has_lost_states(self, plan: Plan, window: Window) -> bool:
        """Return whether chosen states can no longer occur, and did not lately.

        What a person took off a list of their own cannot occur since then.
        """
        if not plan.gone:
            return False
        # Steps are named in what was recorded, and numbers in what is watched.
        states = self.recorded.timelines[plan.key]
        if not self.learned.is_still_there(plan, states):
            return True
        return plan.is_own_list and plan.gone == without_alike(
            plan.gone, {span.state for span in states.spans if span.end > window.start}
        )

    def history(self, plan: Plan, *, hourly: bool) -> History:
        """Return all readings."""
        key = plan.key, hourly
        if key not in self.histories:
            states = self.recorded.timelines[plan.key]
            hours = self.recorded.hours.get(plan.source, ())
            self.histories[key] = (
                history_of_hours(hours, self.zones, states.runs)
                if hourly
                else history_of_states(states, self.zones)
            )
        return self.histories[key]

    def kind(self, plan: Plan) -> ReadingKind | None:
        """Return what the numbers are; a total is judged by what there is of it."""
        kind, key = plan.kind, (plan.link.link_id, plan.key)
        if not plan.may_be_counted or plan.link.kind is not None:
            return kind
        if key not in self.judged:
            self.judged.add(key)
            history = self.history(plan, hourly=False)
            if recorded_days(history) < ENOUGH_DAYS:
                by_hours = self.history(plan, hourly=True)
                history = max(history, by_hours, key=recorded_days)
            self.learned.judge(plan, history)
        return self.learned.kinds[key][0]

    def settled(self, plan: Plan) -> ReadingKind | None:
        """Return the kind to be kept in the link, after seven recorded days."""
        if plan.link.kind is not None or not plan.may_be_counted:
            return None
        if plan.subject is None or plan.subject.state in ABSENT:
            return None
        days = recorded_days(self.history(plan, hourly=False))
        return self.kind(plan) if days >= SETTLED_DAYS else None

    def counted(self, plan: Plan, kind: ReadingKind, *, hourly: bool) -> Counted:
        """Return what was counted."""
        key = plan.key, hourly, kind
        if key not in self.done:
            history = self.history(plan, hourly=hourly)
            habits = self.learned.habits_with((plan.key, hourly), history)
            self.done[key] = count(history, plan.meter, kind, habits)
        return self.done[key]


def result_of(
    plan: Plan,
    counting: Counting,
    zones: Zones,
    day: date,
    window: Window,
    now: float,
) -> DayResult:
    """Return a day as the wire has it, or why it is not told."""
    told = _told(plan, counting, window, now)
    if isinstance(told, NotTold):
        return told
    link = replace(plan.link, unit=plan.begun_in)
    value = wire_value(link, told, plan.unit, plan.template, zones.of(day))
    return value if isinstance(value, NotTold) else Computed(value, told.known)


def _told(plan: Plan, counting: Counting, window: Window, now: float) -> Told | NotTold:
    if not plan.others:
        return _told_of_one(plan, counting, window, now)
    rule, each = plan.rule, (plan, *plan.others)
    if rule.aggregate in ABOUT_STATES and rule.states and not rule.of_events:
        if any(counting.has_lost_states(one, window) for one in each):
            return NotTold(Why.STATE_GONE)
        if any(one.is_before_kept(window) for one in each):
            return NotTold(Why.NOT_KEPT)
        return tell(*counting.any_of(plan), window, now)
    told: list[Told | NotTold] = []
    for one in each:
        if counting.member(one).is_missing(min(window.end, now)):
            continue
        value = _told_of_one(one, counting, window, now)
        if isinstance(value, Told):
            value = told_in(value, rule.aggregate, one.unit, plan.unit)
        told.append(value)
    return put_together(rule.aggregate, told)


def _told_of_one(
    plan: Plan, counting: Counting, window: Window, now: float
) -> Told | NotTold:
    rule, recorded, states = plan.rule, counting.recorded, counting.timeline(plan)
    if counting.has_lost_states(plan, window):
        return NotTold(Why.STATE_GONE)
    if plan.is_before_kept(window):
        return NotTold(Why.NOT_KEPT)
    kind = counting.kind(plan)
    counts = is_counted(rule.aggregate, kind) and not rule.text
    if counts:
        # Whatever is summed counts upwards.
        kind = kind if kind in TOTALS else ReadingKind.RUNNING_TOTAL
        assert kind is not None
        counted = counting.counted(plan, kind, hourly=False)
        told = tell_counted(counted, states, window, now)
    else:
        if kind is ReadingKind.RUNNING_TOTAL:
            counted = counting.counted(plan, kind, hourly=False)
            states = without_wrong(states, counted.left_out, window)
        told = tell(rule, states, window, now)
    hours = recorded.hours.get(plan.source, ()) if plan.has_hours else ()
    if (
        not isinstance(told, NotTold)
        or told.why is Why.NOT_BEGUN
        or window.end > now
        or not hours
        or not whole_hours(window)
    ):
        return told
    if counts:
        assert kind is not None
        counted = counting.counted(plan, kind, hourly=True)
        by_hours = tell_counted(counted, None, window, now)
        return told if by_hours == NotTold(Why.NOT_RECORDED) else by_hours
    if rule.aggregate in HOURLY and not rule.only_new:
        return tell_hourly(rule, hours, window)
    return told
