"""What can be computed of links, and what keeps them from writing."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..account.poll import ExistCoordinator
from ..api import ValueType
from ..ledger import Due, Growth, Key
from ..ledger.day import Day
from .aggregate import GROWTH, Aggregate, NotTold
from .compute import Computed, DayResult
from .convert import Target, convertible, same_kind
from .entity_of import (
    Found,
    Problem,
    async_find,
    async_identity,
    async_is_recorded,
    async_kept_key,
)
from .entity_rule import as_linked
from .known_states import async_gone_states
from .link import SUBENTRY_LINK, EntityRef, Link
from .memory import Memory
from .passes import async_compute
from .plan import Plan
from .readings import ReadingKind
from .source import CAUGHT_UP_SECONDS, async_caught_up, recorder_ready
from .state_attributes import attribute_recorded, attribute_state, source_key
from .subject import async_linked_subject
from .timeline import Row

_LOGGER = logging.getLogger(__name__)

# States seen at the last evaluations: more than yesterday and today have hours.
SEEN_STATES = 100


class LinkPlanner:
    """Knows the links of one account, and computes any of their days."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: ExistCoordinator,
        memory: Memory,
    ) -> None:
        """Read the links of the account."""
        self._hass = hass
        self._coordinator = coordinator
        self._memory = memory
        self._seen: dict[str, deque[Row]] = {}
        self._kinds_of_others: dict[str, ReadingKind] = {}
        self.links: Mapping[str, Link] = links_of(entry)

    def plan(self, link: Link, first: date, last: date) -> Plan | None:
        """Return what is to be computed, or None where an entity is of no use."""
        if any(self._unfit(link, ref) is not None for ref in link.entities):
            return None
        attribute = self._coordinator.data.attributes.get(link.attribute)
        template = attribute.template if attribute else link.template
        plans: list[Plan] = []
        for ref in link.entities:
            found = async_find(self._hass, link, ref)
            if found is None:
                return None
            subject = async_linked_subject(self._hass, found.entity_id, link.watched)
            if subject is None:
                # Home Assistant is starting: what it is will show.
                return None
            kept = self._kept(link, ref, found)
            plans.append(
                Plan(
                    # The link keeps only what kind its first one is.
                    replace(link, kind=self._kind_of_other(link, found))
                    if plans
                    else link,
                    found.entity_id,
                    found.unit,
                    template,
                    first,
                    last,
                    # What is kept has no end before the next; what is seen has one.
                    self._see(link, found) if kept is None else (),
                    as_linked(subject, link),
                    heard=self._heard(link, ref),
                    gone=self._gone(link, found),
                    since=found.since,
                    kept=kept,
                )
            )
        return replace(plans[0], others=tuple(plans[1:]))

    def _kind_of_other(self, link: Link, found: Found) -> ReadingKind | None:
        name = link.watched.state_attribute
        return self._kinds_of_others.get(source_key(found.entity_id, name))

    @callback
    def _heard(self, link: Link, ref: EntityRef) -> tuple[float, ...]:
        """Return when the state was reported once more."""
        if link.watched.state_attribute is not None:
            return ()
        return self._memory.heard(async_identity(self._hass, ref))

    @callback
    def _kept(self, link: Link, ref: EntityRef, found: Found) -> Sequence[Row] | None:
        """Return what is known of a state attribute that the recorder leaves out."""
        name = link.watched.state_attribute
        if name is None:
            return None
        rows = self._memory.kept.rows(async_kept_key(self._hass, ref, name))
        state = self._hass.states.get(found.entity_id)
        if rows or (state is not None and not attribute_recorded(state, name)):
            return rows
        return None

    @callback
    def _gone(self, link: Link, found: Found) -> frozenset[str]:
        """Return chosen states that are gone, or the steps where none is left."""
        watched = link.watched
        if watched.state_attribute is not None or watched.condition is not None:
            return frozenset()
        return async_gone_states(
            self._hass,
            found.entity_id,
            frozenset(watched.steps) - {""} or link.rule.states,
            are_steps=bool(watched.steps),
        )

    @callback
    def _see(self, link: Link, found: Found) -> tuple[Row, ...]:
        """Return what was seen of the entity; the recorder forgets what lasts long."""
        name = link.watched.state_attribute
        key = source_key(found.entity_id, name)
        seen = self._seen.setdefault(key, deque(maxlen=SEEN_STATES))
        state = self._hass.states.get(found.entity_id)
        if state is not None:
            now = dt_util.utcnow().timestamp()
            at, shown = state.last_updated_timestamp, state.state
            if name is not None:
                shown = attribute_state(shown, state.attributes, name)
            row = Row(at, shown, unit=found.unit, until=now)
            if seen and seen[-1].at == at:
                seen[-1] = row
            else:
                seen.append(row)
        return tuple(seen)

    def _unfit(self, link: Link, ref: EntityRef) -> Problem | None:
        """Return what makes an entity of no use to the link."""
        found = async_find(self._hass, link, ref)
        if found is None:
            return Problem.ENTITY_GONE
        if recorder_ready(self._hass) and not async_is_recorded(
            self._hass, found.entity_id
        ):
            return Problem.NOT_RECORDED
        attribute = self._coordinator.data.attributes.get(link.attribute)
        template = attribute.template if attribute else link.template
        if link.needs_unit:
            first = async_find(self._hass, link, link.entities[0])
            if not convertible(found.unit, Target.of(link, template)) or (
                first is not None and not same_kind(found.unit, first.unit)
            ):
                return Problem.WRONG_UNIT
        elif link.is_in_unit and not same_kind(found.unit, link.unit):
            return Problem.WRONG_UNIT
        return None

    def entity_in_question(self, link: Link) -> str:
        """Return the entity that keeps the link from writing, or else its first."""
        names: list[str] = []
        for ref in link.entities:
            found = async_find(self._hass, link, ref)
            names.append(found.entity_id if found else ref.entity_id)
            if (
                found is None
                or self._unfit(link, ref) is not None
                or self._gone(link, found)
            ):
                return names[-1]
        return names[0]

    def problem(self, link: Link) -> Problem | None:
        """Return what keeps the link from writing, whatever the day."""
        data = self._coordinator.data
        for ref in link.entities:
            if (unfit := self._unfit(link, ref)) is not None:
                return unfit
        attribute = data.attributes.get(link.attribute)
        if link.observe:
            return None
        if link.attribute not in data.owned:
            return Problem.NOT_OWNED
        if attribute is not None and attribute.value_type is not link.value_type:
            return Problem.TYPE_CHANGED
        return None

    def may_write(self, link: Link) -> bool:
        """Return whether the link's values are to be sent, and can be."""
        return not link.observe and self.problem(link) is None

    async def async_days(
        self, plans: Sequence[Plan], wait: float = CAUGHT_UP_SECONDS
    ) -> Mapping[str, Mapping[date, DayResult]] | None:
        """Return the days of several links, also from hourly statistics.

        None where the recorder cannot be asked; `wait` is in seconds.
        Raises HomeAssistantError when the database cannot be read.
        """
        if not await async_caught_up(self._hass, wait):
            return None
        now = dt_util.utcnow().timestamp()
        return await self.async_compute(plans, now, hourly=True)

    async def async_compute(
        self,
        plans: Sequence[Plan],
        now: float,
        *,
        hourly: bool,
        settled: dict[str, ReadingKind] | None = None,
    ) -> dict[str, dict[date, DayResult]]:
        """Return the days of several links, from what the recorder has just now.

        Into `settled` goes what kind of meter a link has, by now.
        """
        told: dict[str, ReadingKind] = {}
        results = await async_compute(
            self._hass,
            plans,
            self._memory.zones(),
            now,
            hourly=hourly,
            pauses=self._memory.contents.pauses,
            settled=settled,
            told=told,
            others=self._kinds_of_others,
        )
        self._memory.note_told(told)
        return results


def links_of(entry: ConfigEntry) -> Mapping[str, Link]:
    """Return the links of an account, by their ids; without those that it cannot read."""
    links: dict[str, Link] = {}
    for subentry in entry.subentries.values():
        if subentry.subentry_type != SUBENTRY_LINK:
            continue
        try:
            links[subentry.subentry_id] = Link.from_subentry(subentry)
        except (AttributeError, KeyError, TypeError, ValueError) as err:
            # A newer version may have made it.
            _LOGGER.error(
                "Link %s cannot be read: %s", subentry.subentry_id, type(err).__name__
            )
    return links


def days_of_link(
    days: Mapping[date, DayResult], since: date, known: Mapping[date, Day]
) -> Mapping[date, DayResult]:
    """Return the days that are a link's: its own, and past ones that it sent."""
    return {
        day: result
        for day, result in days.items()
        if day >= since or (day in known and known[day].ours)
    }


def became(
    link: Link, days: Mapping[date, DayResult], told: Mapping[Key, str]
) -> dict[date, str]:
    """Return what became of each day that was sent, or why it has no value."""
    return {
        day: value.why.value
        if isinstance(value, NotTold)
        else told[Key(link.attribute, day)]
        for day, value in days.items()
    }


def due_of_days(link: Link, days: Mapping[date, DayResult]) -> dict[Key, Due]:
    """Return the days that have a value."""
    return {
        Key(link.attribute, day): due_of(link, value)
        for day, value in days.items()
        if isinstance(value, Computed)
    }


def due_of(link: Link, value: Computed) -> Due:
    """Return a computed day, ready to be declared."""
    aggregate = link.rule.aggregate
    growth = GROWTH[aggregate]
    if aggregate is Aggregate.TIME_IN and link.value_type is ValueType.PERCENTAGE:
        # A share may be less when more of the day is known.
        growth = Growth.NONE
    return Due(link.value_type, growth, value.value, value.known)
