"""Events of the account: of what it writes, and of what Exist finds."""

import asyncio
from collections import deque
from typing import Any, override

from homeassistant.components.event import EventEntity
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.ids import attribute_id
from ..account.poll import ExistCoordinator
from ..api import Insight
from ..const import ATTR_TYPE, DOMAIN, EVENT_WRITING
from ..findings.found import InsightKind, kind_of
from ..ledger import Fate, Hold, Key, Outcome, Writer
from ..runtime import ExistConfigEntry
from .entity import ExistEntity

REFUSED = "value_refused"
DIFFERENT = "stored_differently"
GAVE_WAY = "value_gave_way"
LOST = "ownership_lost"
GAINED = "ownership_gained"
# A person may own a thousand: others get their turn after as many events.
TOLD_AT_ONCE = 20

_BY_FATE = {
    Fate.REFUSED: REFUSED,
    Fate.DIFFERENT: DIFFERENT,
    Fate.GAVE_WAY: GAVE_WAY,
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's event entities."""
    runtime = entry.runtime_data
    async_add_entities([ExistWritingEvent(runtime.coordinator)])
    if runtime.findings.is_on:
        async_add_entities([ExistInsightEvent(runtime.coordinator)])


class ExistWritingEvent(ExistEntity, EventEntity):
    """Fires when a value or an attribute is not ours to write any more."""

    _attr_event_types = [REFUSED, DIFFERENT, GAVE_WAY, LOST, GAINED]

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the entity; what is owned now is no news."""
        super().__init__(coordinator, "writing")
        self._owned = coordinator.data.owned
        self._news: deque[tuple[str, str]] = deque()

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        ledger = self.coordinator.config_entry.runtime_data.ledger
        self.async_on_remove(self.coordinator.async_add_listener(self._async_polled))
        self.async_on_remove(self._news.clear)
        self.async_on_remove(ledger.outcomes.async_listen(self._async_outcome))
        self.async_on_remove(ledger.state.async_add_edit_listener(self._async_edited))

    @callback
    def _async_edited(self, key: Key) -> None:
        self._fire(GAVE_WAY, key.name, date=key.day.isoformat(), reason="edited")

    @callback
    def _async_outcome(self, outcome: Outcome) -> None:
        kind = _BY_FATE.get(outcome.fate)
        if outcome.fate is Fate.HELD and outcome.entry.hold is Hold.REFUSED:
            kind = REFUSED
        if kind is None:
            return
        entry = outcome.entry
        if kind == GAVE_WAY and entry.writer is Writer.LINK:
            # The links tell of it, together with what they find themselves.
            return
        self._fire(kind, entry.name, date=entry.day.isoformat(), reason=outcome.code)

    @override
    def _look(self) -> object:
        """Show nothing by itself: the last event stays true."""
        return None

    @callback
    def _async_polled(self) -> None:
        owned, before = self.coordinator.data.owned, self._owned
        self._owned = owned
        is_telling = bool(self._news)
        self._news += [
            (LOST, name)
            for name in sorted(before - owned)
            if not self.coordinator.was_released(name)
        ]
        self._news += [
            (GAINED, name)
            for name in sorted(owned - before)
            if not self.coordinator.was_acquired(name)
        ]
        if self._news and not is_telling:
            self.coordinator.config_entry.async_create_task(
                self.hass, self._async_tell(), f"{DOMAIN} ownership"
            )

    async def _async_tell(self) -> None:
        while self._news:
            for _ in range(min(TOLD_AT_ONCE, len(self._news))):
                self._fire(*self._news.popleft())
            await asyncio.sleep(0)

    @callback
    def _fire(self, kind: str, name: str, **more: Any) -> None:
        """Fire both: Activity shows an event entity's kind only, so a bus event names it."""
        attribute = self.coordinator.data.attributes.get(name)
        told = {
            "attribute": name,
            "label": attribute.label if attribute else name,
            **more,
        }
        context = Context()
        self.hass.bus.async_fire(
            EVENT_WRITING,
            {
                ATTR_TYPE: kind,
                ATTR_ENTITY_ID: self._shown_by(name),
                ATTR_DEVICE_ID: self.device_entry.id if self.device_entry else None,
                **told,
            },
            context=context,
        )
        self._trigger_event(kind, told)
        self.async_set_context(context)
        self.async_write_ha_state()

    def _shown_by(self, name: str) -> str:
        """Return the entity that shows an attribute; ours where none does."""
        unique_id = attribute_id(self.coordinator.config_entry, name)
        registry = er.async_get(self.hass)
        for domain in (Platform.SENSOR, Platform.BINARY_SENSOR):
            if found := registry.async_get_entity_id(domain, DOMAIN, unique_id):
                return found
        return self.entity_id


class ExistInsightEvent(ExistEntity, EventEntity):
    """Fires once for each new insight."""

    _attr_event_types = list(InsightKind)

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the entity."""
        super().__init__(coordinator, "insight")

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        findings = self.coordinator.config_entry.runtime_data.findings
        self.async_on_remove(findings.bell.async_listen(self._async_found))

    @override
    def _look(self) -> object:
        """Show nothing by itself: the last insight stays true."""
        return None

    @callback
    def _async_found(self, insight: Insight) -> None:
        about, day = insight.type.attribute, insight.target_date
        self._trigger_event(
            kind_of(insight),
            {
                "text": "\n".join(insight.text.splitlines()),
                "insight": insight.type.name,
                "attribute": about.name if about else None,
                "label": about.label if about else None,
                "date": day.isoformat() if day else None,
                "created": insight.created.isoformat() if insight.created else None,
            },
        )
        self.async_write_ha_state()
