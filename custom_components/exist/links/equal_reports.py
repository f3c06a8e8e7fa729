"""Equal reports leave no row in the recorder: what is entered again is heard instead."""

from bisect import bisect_left
from collections.abc import Mapping

from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_report_event,
)

from ..account.poll import ExistCoordinator
from .aggregate import OF_REPORTS
from .entering import ABSENT
from .entity_of import async_identity
from .entity_rule import as_linked
from .link import EntityRef, Link
from .memory import Memory
from .own_helpers import HELPERS
from .planner import LinkPlanner
from .readings import ReadingKind
from .subject import async_linked_subject, reading_kind
from .window import day_at, window_of
from .work import KEPT_DAYS

# Of these an equal report says that something was entered; a sensor only repeats itself.
_ENTERED = frozenset({"datetime", "number", "select", "text", "time"})
DAILY_AT_MOST = 4
KEPT_SECONDS = KEPT_DAYS * 86400.0


class EqualReports:
    """Hears of equal reports of linked entities, and remembers their days."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ExistCoordinator,
        memory: Memory,
        planner: LinkPlanner,
    ) -> None:
        """Prepare; nothing is followed yet."""
        self._hass = hass
        self._coordinator = coordinator
        self._memory = memory
        self._planner = planner
        self._followed: Mapping[str, list[tuple[Link, EntityRef]]] = {}
        self._stops: tuple[CALLBACK_TYPE, ...] = ()

    @callback
    def async_follow(self) -> None:
        """Follow the entities of the present links, by their present names."""
        registry = er.async_get(self._hass)
        every = [
            (link, ref)
            for link in self._planner.links.values()
            for ref in link.entities
        ]
        followed: dict[str, list[tuple[Link, EntityRef]]] = {}
        for link, ref in every:
            registered = registry.async_get(ref.lasting_id)
            entity_id = registered.entity_id if registered else ref.entity_id
            if _may_hear(link, entity_id):
                followed.setdefault(entity_id, []).append((link, ref))
        if followed.keys() != self._followed.keys():
            self.async_stop()
            self._stops = (
                async_track_state_report_event(self._hass, followed, self._reported),
                async_track_entity_registry_updated_event(
                    self._hass, followed, self._registered
                ),
            )
        self._followed = followed
        self._memory.keep_heard({async_identity(self._hass, ref) for _, ref in every})

    @callback
    def async_stop(self) -> None:
        """Hear nothing more."""
        for stop in self._stops:
            stop()
        self._stops, self._followed = (), {}

    @callback
    def _registered(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if "old_entity_id" in event.data:
            self.async_follow()

    @callback
    def _reported(self, event: Event[EventStateReportedData]) -> None:
        state = event.data["new_state"]
        if state.state in ABSENT or not self._is_entered(event):
            return
        at = event.time_fired_timestamp
        for link, ref in self._followed.get(state.entity_id, ()):
            entity = async_identity(self._hass, ref)
            since = state.last_updated_timestamp
            if self._is_news(link, entity, at, since) and self._wants_new(
                link, state.entity_id
            ):
                self._memory.note_heard(entity, at, at - KEPT_SECONDS)

    def _is_entered(self, event: Event[EventStateReportedData]) -> bool:
        """Return whether it is a report, and not just the state written again."""
        if event.data["entity_id"].startswith(HELPERS):
            # An action began its own context; what is reloaded or edited begins one here.
            return event.context.origin_event is not event
        return self._hass.state is CoreState.running

    def _is_news(self, link: Link, entity: str, at: float, since: float) -> bool:
        """Return whether this day of the link has no report of this state yet.

        `since` is when the state was written; all later ones in the day tell nothing.
        """
        zones = self._memory.zones()
        day = day_at(link.part, zones, self._coordinator.today, at)
        window = window_of(link.part, zones, day)
        if not window.start <= at < window.end:
            return False
        heard = self._memory.heard(entity)
        if heard and heard[-1] >= max(window.start, since):
            return False
        # What is entered anew all day has rows of its own.
        return len(heard) - bisect_left(heard, window.start) < DAILY_AT_MOST

    def _wants_new(self, link: Link, entity_id: str) -> bool:
        """Return whether only what is new counts, by wish or by what its readings are."""
        if link.only_new is not None:
            return link.only_new
        subject = async_linked_subject(self._hass, entity_id, link.watched)
        if subject is not None:
            subject = as_linked(subject, link)
        kind = link.kind or (reading_kind(subject) if subject else None)
        return kind is ReadingKind.NOW_AND_THEN


def _may_hear(link: Link, entity_id: str) -> bool:
    domain = entity_id.partition(".")[0]
    return (
        link.only_new is not False
        and link.watched.state_attribute is None
        and link.rule.aggregate in OF_REPORTS
        and (domain.startswith(HELPERS) or domain in _ENTERED)
    )
