"""What can be computed of links, and what keeps them from writing."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import date

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..account.poll import ExistCoordinator
from ..ledger import Due, Key
from .aggregate import GROWTH
from .compute import Computed, DayResult, Plan
from .convert import Target, convertible
from .entity_of import Found, Problem, async_find, async_is_recorded
from .known_states import async_gone_states
from .link import SUBENTRY_LINK, Link
from .memory import Memory
from .passes import async_compute
from .readings import ReadingKind
from .source import CAUGHT_UP_SECONDS, async_caught_up, recorder_ready
from .subject import async_linked_subject
from .timeline import Row

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
        self.links: Mapping[str, Link] = links_of(entry)

    def plan(self, link: Link, first: date, last: date) -> Plan | None:
        """Return what is to be computed, or None where the entity is of no use."""
        problem = self.problem(link)
        found = async_find(self._hass, link)
        if found is None or problem in (Problem.NOT_RECORDED, Problem.WRONG_UNIT):
            return None
        subject = async_linked_subject(self._hass, found.entity_id)
        if subject is None:
            # Home Assistant is starting: what it is will show.
            return None
        attribute = self._coordinator.data.attributes.get(link.attribute)
        template = attribute.template if attribute else link.template
        seen = self._see(found)
        return Plan(
            link,
            found.entity_id,
            found.unit,
            template,
            first,
            last,
            seen,
            subject,
            gone=async_gone_states(self._hass, found.entity_id, link.rule.states),
        )

    @callback
    def _see(self, found: Found) -> tuple[Row, ...]:
        """Return what was seen of the entity; the recorder forgets what lasts long."""
        seen = self._seen.setdefault(found.entity_id, deque(maxlen=SEEN_STATES))
        state = self._hass.states.get(found.entity_id)
        if state is not None:
            now = dt_util.utcnow().timestamp()
            at = state.last_updated_timestamp
            row = Row(at, state.state, unit=found.unit, until=now)
            if seen and seen[-1].at == at:
                seen[-1] = row
            else:
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
        return await async_compute(
            self._hass,
            plans,
            self._memory.zones(),
            now,
            hourly=hourly,
            pauses=self._memory.contents.pauses,
            settled=settled,
        )


def links_of(entry: ConfigEntry) -> Mapping[str, Link]:
    """Return the links of an account, by their ids."""
    return {
        subentry.subentry_id: Link.from_subentry(subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_LINK
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
    growth = GROWTH[link.rule.aggregate]
    return Due(link.value_type, growth, value.value, value.known)
