"""The day that a person's controls write: today, or an earlier one for an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..api import ExistError, Priority, Value
from ..const import DOMAIN, VALUE_DAYS
from ..notices.translated import wrong
from .failures import exist_errors
from .poll import ExistCoordinator
from .scopes import any_read, granted_scopes

BACK_TO_TODAY = timedelta(hours=1)

type DayOf = Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class _Choice:
    """An earlier day, and when it was chosen; what Exist has where no poll shows it."""

    day: date
    today: date
    read: DayOf | None
    written: frozenset[str] = frozenset()
    """Of which names it is ours, laid over what was read."""
    reading: bool = False
    """Whether Exist has not yet told what the day has."""


class EditedDay:
    """Which day of an account a person is editing."""

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Begin with today."""
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._choice: _Choice | None = None
        self._timer: CALLBACK_TYPE | None = None
        self._asked = 0
        bells = coordinator.bells
        self._entry.async_on_unload(self._cancel)
        self._entry.async_on_unload(bells.values.async_listen(self._values_changed))

    @property
    def chosen(self) -> date | None:
        """The day that was chosen, until midnight; None means today, whichever it is."""
        choice = self._choice
        if choice is None or choice.today != self._coordinator.today:
            return None
        return choice.day

    @property
    def is_read(self) -> bool:
        """Whether it is known what the day has, as far as it can be."""
        return self._choice is None or self.chosen is None or not self._choice.reading

    def chosen_by_person(self) -> date | None:
        """Return the day that a person writes, as `chosen`.

        Raises ServiceValidationError while it is read: nobody has seen what it has.
        """
        if not self.is_read:
            raise wrong("edited_day_unread", day=self.day.isoformat())
        return self.chosen

    @property
    def day(self) -> date:
        """The calendar day that is written, in the zone of the Exist profile."""
        return self.chosen or self._coordinator.today

    def value(self, name: str, day: date) -> Value | None:
        """Return an attribute's value of today or of the chosen day, as far as known."""
        if day == self.chosen and not self.is_read:
            return None
        ours = self._coordinator.overlay(name)
        if day in ours:
            return ours[day]
        choice = self._choice
        if choice is not None and choice.read is not None and choice.day == day:
            return choice.read.get(name)
        return self._coordinator.polled(name, day)

    async def async_choose(self, day: date) -> None:
        """Move what a person writes to that day, for an hour.

        Raises HomeAssistantError where no poll shows the day and it cannot be read.
        """
        self._asked += 1
        asked, today, before = self._asked, self._coordinator.today, self._choice
        if day >= today - timedelta(days=VALUE_DAYS - 2):
            self._choose(None if day == today else _Choice(day, today, None))
            return
        self._choose(_Choice(day, today, {}, reading=True))
        try:
            with exist_errors(self._coordinator.hass, self._entry, writing=False):
                read = await self._async_read(day)
        except HomeAssistantError:
            if asked == self._asked:
                self._choose(None if before is None or before.reading else before)
            raise
        choice = self._choice
        if asked != self._asked or choice is None:
            # Another day was chosen meanwhile.
            return
        ours = {name: (choice.read or {})[name] for name in choice.written}
        self._choose(replace(choice, read={**read, **ours}, reading=False))

    @callback
    def _choose(self, choice: _Choice | None) -> None:
        """Edit that day from now on, for an hour once it is known what it has."""
        self._cancel()
        self._choice = choice
        if choice is not None and not choice.reading:
            self._timer = async_call_later(
                self._coordinator.hass, BACK_TO_TODAY, self._async_back
            )
        self._coordinator.bells.async_draw_all()

    async def _async_read(self, day: date) -> DayOf:
        """Return all values of a day. Raises ExistError."""
        if not any_read(granted_scopes(self._entry.data)):
            return {}
        attributes = await self._coordinator.client.attributes_with_values(
            days=1, date_max=day, priority=Priority.PERSON
        )
        return {
            attribute.name: attribute.values[day]
            for attribute in attributes
            if day in attribute.values
        }

    @callback
    def _values_changed(self, names: frozenset[str]) -> None:
        """Remember what is written on a day that no poll will show."""
        choice = self._choice
        if choice is None or choice.read is None:
            return
        ours = {
            name: days[choice.day]
            for name in names
            if choice.day in (days := self._coordinator.overlay(name))
        }
        self._choice = replace(
            choice, read={**choice.read, **ours}, written=choice.written | ours.keys()
        )
        if choice.written & names - ours.keys():
            # Exist did not take it, perhaps.
            self._entry.async_create_background_task(
                self._coordinator.hass, self._async_read_again(), f"{DOMAIN} edited day"
            )

    async def _async_read_again(self) -> None:
        choice = self._choice
        if choice is None:
            return
        try:
            read = await self._async_read(choice.day)
        except ExistError:
            # Asked once more at the next write.
            return
        if self._choice is choice:
            self._choice = replace(choice, read=read, written=frozenset())
            self._coordinator.bells.async_draw_all()

    @callback
    def _async_back(self, _now: datetime) -> None:
        self._choose(None)

    @callback
    def _cancel(self) -> None:
        self._choice = None
        if self._timer is not None:
            self._timer()
            self._timer = None
