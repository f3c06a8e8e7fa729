"""What a link is doing; that a value is on its way for a moment is no news."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ..account.poll import ExistCoordinator
from ..links import Link, LinkState, LinkView
from .link_sensors import LinkSensor, LinkSensorDescription

ATTR_CONFIRMED_DAY = "confirmed_day"
ATTR_EDITED_DAYS = "edited_days"
ATTR_ENTITY = "entity"
ATTR_PAST_DAYS_SENT = "past_days_sent"
ATTR_PAST_DAYS_WAITING = "past_days_waiting"
ATTR_PROBLEM = "problem"

# Most values need a second, and Activity would list them twice each.
ON_ITS_WAY_SECONDS = 60.0
_CALM = (LinkState.WRITING, LinkState.EDITED)


def _problem(view: LinkView, link: Link, _known: bool) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        ATTR_ENTITY: link.entity_id,
        ATTR_CONFIRMED_DAY: view.confirmed[0].isoformat() if view.confirmed else None,
        ATTR_EDITED_DAYS: [day.isoformat() for day in view.edited_days],
    }
    if view.problem:
        # Without one, the page would say that it is unknown.
        told[ATTR_PROBLEM] = view.problem.value
    if view.past_sent is not None:
        told[ATTR_PAST_DAYS_SENT] = view.past_sent
    if view.past_waits:
        told[ATTR_PAST_DAYS_WAITING] = True
    return told


STATE = LinkSensorDescription(
    key="state",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=[state.value for state in LinkState],
    attributes=_problem,
)


class LinkStateSensor(LinkSensor):
    """The state of one link, which waits only when it has waited for a while."""

    _unrecorded_attributes = frozenset(
        {
            ATTR_CONFIRMED_DAY,
            ATTR_EDITED_DAYS,
            ATTR_ENTITY,
            ATTR_PAST_DAYS_SENT,
            ATTR_PAST_DAYS_WAITING,
        }
    )

    def __init__(self, coordinator: ExistCoordinator, link: Link) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, link, STATE)
        self._calm: LinkState | None = None
        """What it was before something was on its way."""
        self._timer: CALLBACK_TYPE | None = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        self._stop_timer()

    @override
    def _look(self) -> object:
        state = self._view.state
        if state is not LinkState.WAITING:
            self._stop_timer()
            self._calm = state if state in _CALM else None
        elif self._calm is not None and self._timer is None:
            self._timer = async_call_later(
                self.hass, ON_ITS_WAY_SECONDS, self._async_waits
            )
        return super()._look()

    @property
    @override
    def native_value(self) -> str:
        """What the link is doing, as long as that is more than a moment."""
        state = self._view.state
        if state is LinkState.WAITING and self._calm is not None:
            state = self._calm
        return state.value

    @callback
    def _async_waits(self, _now: datetime) -> None:
        self._timer = self._calm = None
        self._redraw()

    @callback
    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
