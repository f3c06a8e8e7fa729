"""The account's event entity of insights: what Exist found, in its own words."""

from typing import override

from homeassistant.components.event import EventEntity
from homeassistant.core import callback

from ..account.poll import ExistCoordinator
from ..api import Insight
from ..findings.found import InsightKind, kind_of
from .entity import ExistEntity


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
        self.async_on_remove(findings.async_add_listener(self._async_found))

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
