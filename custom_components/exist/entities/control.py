"""What controls share: one day of one owned attribute, written through the outbox."""

from collections.abc import Mapping
from datetime import date
from typing import Any, override

from homeassistant.core import Context
from homeassistant.helpers.entity import Entity

from ..account.edited_day import EditedDay
from ..account.ids import attribute_id
from ..account.poll import ExistCoordinator
from ..api import Attribute, Value
from ..changes.write import Wanted, async_write, check, writer_of
from ..ledger import Writer
from ..notices.translated import official_name
from ..values.templates import describe
from .entity import ATTR_DATE, async_account_device, redrawing


def writer_behind(context: Context | None) -> Writer:
    """Return who is behind the present call of an entity."""
    return writer_of(context) if context else Writer.AUTOMATION


class ExistControl(Entity):
    """An entity that shows and writes the day being edited."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_translation_key = "control"

    def __init__(self, coordinator: ExistCoordinator, attribute: Attribute) -> None:
        """Prepare the control of an attribute that we own."""
        self.coordinator = coordinator
        entry = coordinator.config_entry
        self._edited: EditedDay = entry.runtime_data.edited
        self._name = attribute.name
        self._template = attribute.template
        self._value_type = attribute.value_type
        self._description = describe(attribute.template, attribute.value_type)
        self._label = self._named(attribute.label)
        self._attr_name = self._named(self._in_words(attribute))
        self._attr_unique_id = attribute_id(entry, attribute.name)
        self._attr_device_info = async_account_device(
            entry, coordinator.data.profile.username
        )

    @override
    async def async_added_to_hass(self) -> None:
        redraw = redrawing(self, self._look)
        self.async_on_remove(self.coordinator.bells.async_draw(redraw, self._name))

    async def async_update(self) -> None:
        """Poll Exist, as `homeassistant.update_entity` asks for."""
        await self.coordinator.async_request_refresh()

    @property
    @override
    def available(self) -> bool:
        """While the account is loaded and owns the attribute, Exist away or not."""
        data = self.coordinator.data
        return self._name in data.owned and self._name in data.attributes

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Which day it shows, and a person writes."""
        return {ATTR_DATE: self._edited.day.isoformat()}

    def _look(self) -> object:
        attribute = self.coordinator.data.attributes.get(self._name)
        if attribute is None:
            return None
        self._attr_name = self._named(self._in_words(attribute))
        day = self._edited.day
        self._show(self._edited.value(self._name, day))
        return self.available, attribute.label, day, self.state

    def _in_words(self, attribute: Attribute) -> str:
        return official_name(self.coordinator.hass, attribute.template, attribute.label)

    @property
    @override
    def suggested_object_id(self) -> str:
        """Exist's own label: ids are the same in every language."""
        return self._label

    def _named(self, label: str) -> str:
        """Return the control's name: that of its attribute."""
        return label

    def _show(self, value: Value | None) -> None:
        """Take the value to show; platforms say how."""
        raise NotImplementedError

    @property
    def _writer(self) -> Writer:
        """Who is behind the present call; the next may come while this one waits."""
        return writer_behind(self._context)

    def _present(self, writer: Writer) -> Value | None:
        """Return what the day has that somebody writes, as far as it is known here."""
        day = self._chosen_by(writer) or self.coordinator.today
        return self._edited.value(self._name, day)

    def _chosen_by(self, writer: Writer) -> date | None:
        """Return the day that a person chose; for all others it is today, None."""
        return self._edited.chosen_by_person() if writer is Writer.PERSON else None

    async def _async_write(self, value: Any, writer: Writer | None = None) -> None:
        """Write the day of whoever calls; it is kept on disk when this returns.

        Raises HomeAssistantError, translated.
        """
        entry, writer = self.coordinator.config_entry, writer or self._writer
        day = self._chosen_by(writer)
        checked = check(entry, [Wanted(self._name, value, day)])
        await async_write(self.hass, entry, checked, writer, wait=False)
