"""Keeps state attributes that the recorder leaves out, as long as days are told anew."""

from collections.abc import Mapping

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
)
from homeassistant.util import dt as dt_util

from .entity_of import async_kept_key
from .kept_attributes import KeptAttributes
from .link import EntityRef
from .planner import LinkPlanner
from .state_attributes import attribute_recorded, attribute_state, recorded_unit

# Yesterday is told anew, and looks back two days.
KEPT_SECONDS = 4 * 86400.0


class AttributeKeeper:
    """Sees what becomes of linked state attributes, and keeps what nobody else does."""

    def __init__(
        self, hass: HomeAssistant, kept: KeptAttributes, planner: LinkPlanner
    ) -> None:
        """Prepare; nothing is followed yet."""
        self._hass = hass
        self._kept = kept
        self._planner = planner
        self._followed: Mapping[str, set[tuple[EntityRef, str]]] = {}
        self._begun: set[str] = set()
        """What was kept since this start."""
        self._stops: tuple[CALLBACK_TYPE, ...] = ()

    @callback
    def async_follow(self) -> None:
        """Follow the entities of the present links, by their present names."""
        registry = er.async_get(self._hass)
        followed: dict[str, set[tuple[EntityRef, str]]] = {}
        for link in self._planner.links.values():
            if (name := link.watched.state_attribute) is not None:
                for ref in link.entities:
                    registered = registry.async_get(ref.lasting_id)
                    entity_id = registered.entity_id if registered else ref.entity_id
                    followed.setdefault(entity_id, set()).add((ref, name))
        if followed == self._followed:
            return
        self._unfollow()
        self._followed = followed
        self._stops = (
            async_track_state_change_event(self._hass, followed, self._changed),
            async_track_entity_registry_updated_event(
                self._hass, followed, self._registered
            ),
        )
        for entity_id in followed:
            if (state := self._hass.states.get(entity_id)) is not None:
                self._note(entity_id, state)
        self._kept.forget_others(
            {
                async_kept_key(self._hass, ref, name)
                for each in followed.values()
                for ref, name in each
            }
        )

    @callback
    def async_stop(self) -> None:
        """Follow nothing more; what happens from now on is not known."""
        for entity_id in self._followed:
            self._note(entity_id, None)
        self._unfollow()

    @callback
    def _unfollow(self) -> None:
        for stop in self._stops:
            stop()
        self._stops, self._followed = (), {}

    @callback
    def _registered(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if "old_entity_id" in event.data:
            self.async_follow()

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        self._note(event.data["entity_id"], event.data["new_state"])

    @callback
    def _note(self, entity_id: str, state: State | None) -> None:
        for ref, name in self._followed[entity_id]:
            key = async_kept_key(self._hass, ref, name)
            if state is not None and not attribute_recorded(state, name):
                shown = attribute_state(state.state, state.attributes, name)
                self._keep(key, shown, recorded_unit(state.attributes, name))
            elif state is None or state.state == STATE_UNAVAILABLE:
                # Of an entity that is not set up nobody says what is recorded.
                if key in self._kept.keys:
                    self._keep(key, STATE_UNAVAILABLE, None)
            elif state.state_info is not None:
                self._kept.forget(key)

    @callback
    def _keep(self, key: str, shown: str, unit: str | None) -> None:
        at = dt_util.utcnow().timestamp()
        begins = key not in self._begun
        self._begun.add(key)
        self._kept.keep(key, (at, shown, unit), at - KEPT_SECONDS, begins=begins)
