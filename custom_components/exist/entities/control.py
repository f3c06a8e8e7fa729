"""What controls share: one day of one owned attribute, written through the outbox."""

from typing import Any, override

from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import (
    KNOWN_ASSISTANTS,
    async_expose_entity,
    async_get_entity_settings,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..account.edited_day import WhichDay
from ..account.ids import account_id
from ..account.poll import ExistCoordinator
from ..api import Attribute, Value
from ..changes.write import Wanted, Word, async_write, check, writer_of
from ..ledger import Writer
from ..values.kinds import KINDS
from ..values.templates import describe
from .entity import async_attribute_device

EXPOSE = "should_expose"


@callback
def async_hide_from_assistants(hass: HomeAssistant, entity_id: str) -> None:
    """Expose nothing that writes a diary, unless the person decided already."""
    if DATA_EXPOSED_ENTITIES not in hass.data:
        return
    settings = async_get_entity_settings(hass, entity_id)
    for assistant in KNOWN_ASSISTANTS:
        if EXPOSE not in settings.get(assistant, {}):
            async_expose_entity(hass, assistant, entity_id, False)


class ExistControl(CoordinatorEntity[ExistCoordinator]):
    """An entity that shows and writes the day being edited."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: ExistCoordinator, attribute: Attribute) -> None:
        """Prepare the control of an attribute that we own."""
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self._edited = entry.runtime_data.edited
        self._name = attribute.name
        self._template = attribute.template
        self._value_type = attribute.value_type
        self._description = describe(attribute.template, attribute.value_type)
        self._attr_unique_id = f"{account_id(entry)}_{attribute.name}"
        self._attr_device_info = async_attribute_device(coordinator, attribute)
        self._update()

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        async_hide_from_assistants(self.hass, self.entity_id)

    @property
    @override
    def available(self) -> bool:
        """While the account is loaded and owns the attribute, Exist away or not."""
        data = self.coordinator.data
        return self._name in data.owned and self._name in data.attributes

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._update()
        super()._handle_coordinator_update()

    def _update(self) -> None:
        attribute = self.coordinator.data.attributes.get(self._name)
        if attribute is None:
            return
        yesterday = self._edited.which is WhichDay.YESTERDAY
        self._attr_translation_key = "yesterday" if yesterday else "today"
        self._attr_translation_placeholders = {"label": attribute.label}
        # Home Assistant keeps a name that it once made.
        for cached in ("name", "_name_translation_key"):
            self.__dict__.pop(cached, None)
        self._show(self.day_value)

    @property
    def day_value(self) -> Value | None:
        """The value of the day being edited, as far as it is known here."""
        return self.coordinator.day_values(self._name).get(self._edited.day)

    def _show(self, value: Value | None) -> None:
        """Take the value to show; platforms say how."""
        raise NotImplementedError

    async def _async_write(self, value: Any) -> None:
        """Write the day being edited; it is kept on disk when this returns.

        Raises HomeAssistantError, translated.
        """
        entry = self.coordinator.config_entry
        day = Word(self._edited.which)
        checked = check(entry, [Wanted(self._name, value, day)])
        await async_write(self.hass, entry, checked, self._writer, wait=False)

    @property
    def _writer(self) -> Writer:
        """Who is behind the present call."""
        return writer_of(self._context) if self._context else Writer.AUTOMATION


def has_control(attribute: Attribute, platform: Platform) -> bool:
    """Return whether values of the attribute are written by such a control."""
    return KINDS[attribute.value_type].control is platform
