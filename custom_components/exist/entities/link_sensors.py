"""What a person sees of a link: a device with its values and its state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import STATE_OFF, STATE_ON, EntityCategory
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from ..account.ids import link_entity_id, link_id
from ..account.poll import ExistCoordinator
from ..api import Value, ValueType
from ..const import ATTRIBUTES_URL, DOMAIN
from ..links import Link, LinkView
from ..links.convert import Target
from ..notices.translated import cached_text
from ..values.displayed import shown_value
from ..values.kinds import KINDS, NEUTRAL_UNIT
from ..values.templates import Policy, describe
from .entity import ATTR_DATE, async_account_device_id, redrawing

ATTR_ATTRIBUTE = "attribute"
ATTR_REASON = "reason"

type Shown = float | str | date | datetime | None


@dataclass(frozen=True, kw_only=True)
class LinkSensorDescription(SensorEntityDescription):
    """One of a link's sensors: either a day's value, or something about the link."""

    of_day: Callable[[LinkView], tuple[date | None, Value | None]] | None = None
    about: Callable[[LinkView], Shown] | None = None
    attributes: Callable[[LinkView, Link, bool], Mapping[str, Any]] | None = None
    """Of the view, the link, and whether Exist has the link's attribute."""


def _why(view: LinkView, link: Link, known: bool) -> Mapping[str, Any]:
    return {
        ATTR_DATE: view.day.isoformat() if view.day else None,
        ATTR_REASON: view.why.value if view.why else None,
        ATTR_ATTRIBUTE: link.attribute if known else None,
    }


def _when(view: LinkView, _link: Link, _known: bool) -> Mapping[str, Any]:
    return {ATTR_DATE: view.confirmed[0].isoformat() if view.confirmed else None}


LINK_SENSORS = (
    # Not yet what the day will be.
    LinkSensorDescription(
        key="today", of_day=lambda view: (view.day, view.value), attributes=_why
    ),
    LinkSensorDescription(
        key="confirmed",
        entity_category=EntityCategory.DIAGNOSTIC,
        of_day=lambda view: view.confirmed or (None, None),
        attributes=_when,
    ),
    # Activity would list each day; the confirmed value tells it, too.
    LinkSensorDescription(
        key="confirmed_day",
        device_class=SensorDeviceClass.DATE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        about=lambda view: view.confirmed[0] if view.confirmed else None,
    ),
)


class LinkSensor(SensorEntity):
    """A sensor on the device of one link; always available, for then it is of use."""

    entity_description: LinkSensorDescription
    _attr_has_entity_name = True
    _attr_should_poll = False
    _unrecorded_attributes = frozenset({ATTR_ATTRIBUTE})

    def __init__(
        self,
        coordinator: ExistCoordinator,
        link: Link,
        description: LinkSensorDescription,
    ) -> None:
        """Prepare the sensor, a value's with unit and class of its attribute."""
        entry = coordinator.config_entry
        self.entity_description = description
        self._coordinator = coordinator
        self._link = link
        self._engine = entry.runtime_data.links
        self._attr_unique_id = link_entity_id(entry, link.link_id, description.key)
        self._attr_translation_key = f"link_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, link_id(entry, link.link_id))},
            name=link.title,
            manufacturer="Exist",
            model=cached_text(coordinator.hass, "link_model"),
            entry_type=DeviceEntryType.SERVICE,
            configuration_url=ATTRIBUTES_URL,
            via_device_id=async_account_device_id(coordinator),
        )
        self._take_class()

    def _take_class(self) -> None:
        """Give a day's value the unit and class of its attribute."""
        link = self._link
        if self.entity_description.of_day is None:
            return
        is_boolean = link.value_type is ValueType.BOOLEAN
        self._attr_options = [STATE_ON, STATE_OFF] if is_boolean else None
        if is_boolean:
            self._attr_device_class = SensorDeviceClass.ENUM
            self._attr_native_unit_of_measurement = None
            self._attr_suggested_display_precision = None
            return
        attribute = self._coordinator.data.attributes.get(link.attribute)
        template = attribute.template if attribute else link.template
        described = describe(template, link.value_type)
        self._attr_device_class = described.device_class
        self._attr_suggested_display_precision = described.precision
        # A custom attribute has the unit that its entity had.
        unit = Target.of(link, template).unit if link.needs_unit else described.unit
        is_number = KINDS[link.value_type].is_number
        self._attr_native_unit_of_measurement = unit or (
            NEUTRAL_UNIT if is_number else None
        )

    @override
    async def async_added_to_hass(self) -> None:
        self._redraw = redrawing(self, self._look)
        self.async_on_remove(
            self._engine.async_add_listener(self._redraw, self._link.link_id)
        )

    def _look(self) -> object:
        link = self._engine.links.get(self._link.link_id)
        if link is not None and link != self._link:
            self._link = link
            self._take_class()
            device = self.device_entry
            if device is not None and device.name != link.title:
                registry = dr.async_get(self._coordinator.hass)
                registry.async_update_device(device.id, name=link.title)
        return self._link, self.native_value, self.extra_state_attributes

    @property
    def _view(self) -> LinkView:
        view: LinkView = self._engine.views.get(self._link.link_id, LinkView())
        return view

    @property
    @override
    def native_value(self) -> Shown:
        """A day's value, or what there is to say of the link."""
        description = self.entity_description
        if description.of_day is not None:
            return self._value(*description.of_day(self._view))
        return description.about(self._view) if description.about else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """What explains it."""
        described = self.entity_description.attributes
        known = self._link.attribute in self._coordinator.data.attributes
        return described(self._view, self._link, known) if described else None

    def _value(self, day: date | None, value: Value | None) -> Shown:
        if day is None or value is None:
            return None
        shown = shown_value(
            self._link.value_type,
            Policy.LATEST,
            {day: value},
            day,
            self._coordinator.data.zone,
        ).value
        if self._link.value_type is ValueType.BOOLEAN:
            return STATE_ON if shown else STATE_OFF
        return shown
