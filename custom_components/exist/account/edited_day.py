"""The day that controls and the to-do list write: today, or yesterday for an hour."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from .poll import ExistCoordinator

BACK_TO_TODAY = timedelta(hours=1)


class WhichDay(StrEnum):
    """The choices; earlier days are written by actions."""

    TODAY = "today"
    YESTERDAY = "yesterday"


class EditedDay:
    """Which day of an account is being edited."""

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Begin with today."""
        self._coordinator = coordinator
        self._timer: CALLBACK_TYPE | None = None
        self.which = WhichDay.TODAY
        coordinator.config_entry.async_on_unload(self._cancel)

    @property
    def day(self) -> date:
        """The calendar day that is written, in the zone of the Exist profile."""
        today = self._coordinator.today
        if self.which is WhichDay.YESTERDAY:
            return today - timedelta(days=1)
        return today

    @callback
    def async_choose(self, which: WhichDay) -> None:
        """Move all controls to that day; yesterday ends after an hour."""
        self._cancel()
        self.which = which
        if which is WhichDay.YESTERDAY:
            self._timer = async_call_later(
                self._coordinator.hass, BACK_TO_TODAY, self._async_back
            )
        self._coordinator.async_update_listeners()

    @callback
    def _async_back(self, _now: datetime) -> None:
        self._timer = None
        self.async_choose(WhichDay.TODAY)

    @callback
    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
