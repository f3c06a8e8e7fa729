"""What a person sees of a link: a device with its values and its state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import STATE_OFF, STATE_ON, EntityCategory
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from ..account.ids import account_id
from ..account.poll import ExistCoordinator
from ..api import Value, ValueType
from ..const import ATTRIBUTES_URL, DOMAIN
from ..links import Link, LinkState, LinkView
from ..links.convert import Target
from ..values.displayed import shown_value
from ..values.templates import Policy, describe
from .entity import async_account_device_id

ATTR_ATTRIBUTE = "attribute"
ATTR_DATE = "date"
ATTR_EDITED_DAYS = "edited_days"
ATTR_ENTITY = "entity"
ATTR_PROBLEM = "problem"
ATTR_REASON = "reason"


def link_sensors(coordinator: ExistCoordinator, link: Link) -> list[SensorEntity]:
    """Return the sensors of a link."""
    return [
        LinkTodaySensor(coordinator, link),
        LinkConfirmedSensor(coordinator, link),
        LinkConfirmedDaySensor(coordinator, link),
        LinkStateSensor(coordinator, link),
    ]


class LinkEntity(SensorEntity):
    """A sensor on the device of one link; always available, for then it is of use."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, coordinator: ExistCoordinator, link: Link, key: str) -> None:
        """Prepare the sensor; `key` is its own word in the unique id."""
        entry = coordinator.config_entry
        self._link = link
        self._engine = entry.runtime_data.links
        self._attr_unique_id = f"{account_id(entry)}.link.{link.link_id}.{key}"
        self._attr_translation_key = f"link_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, f"{account_id(entry)}.link.{link.link_id}")},
            name=link.title,
            manufacturer="Exist",
            model="Link",
            entry_type=DeviceEntryType.SERVICE,
            configuration_url=ATTRIBUTES_URL,
            via_device_id=async_account_device_id(coordinator),
        )

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._engine.async_add_listener(self.async_write_ha_state))

    @property
    def _view(self) -> LinkView:
        view: LinkView = self._engine.views.get(self._link.link_id, LinkView())
        return view


@dataclass(frozen=True, slots=True)
class _Look:
    """How the values of a link's attribute are shown."""

    device_class: SensorDeviceClass | None
    unit: str | None
    precision: int | None
    options: list[str] | None


def _look(link: Link, template: str | None) -> _Look:
    if link.value_type is ValueType.BOOLEAN:
        on_or_off = [STATE_ON, STATE_OFF]
        return _Look(SensorDeviceClass.ENUM, None, None, on_or_off)
    description = describe(template, link.value_type)
    return _Look(
        description.device_class,
        # A custom attribute has the unit that its entity had.
        Target.of(link, template).unit if link.needs_unit else description.unit,
        description.precision,
        None,
    )


class LinkValueSensor(LinkEntity):
    """A day's value of the linked attribute, with its unit."""

    def __init__(self, coordinator: ExistCoordinator, link: Link, key: str) -> None:
        """Prepare unit and class from the table of descriptions."""
        super().__init__(coordinator, link, key)
        self._coordinator = coordinator
        attribute = coordinator.data.attributes.get(link.attribute)
        look = _look(link, attribute.template if attribute else link.template)
        self._attr_device_class = look.device_class
        self._attr_native_unit_of_measurement = look.unit
        self._attr_suggested_display_precision = look.precision
        self._attr_options = look.options

    def _shown(
        self, day: date | None, value: Value | None
    ) -> float | str | datetime | None:
        if day is None or value is None:
            return None
        shown: float | str | datetime | None = shown_value(
            self._link.value_type,
            Policy.LATEST,
            {day: value},
            day,
            self._coordinator.data.zone,
        ).value
        if self._link.value_type is ValueType.BOOLEAN:
            return STATE_ON if shown else STATE_OFF
        return shown


class LinkTodaySensor(LinkValueSensor):
    """Today's value so far; it is not yet what the day will be."""

    _unrecorded_attributes = frozenset({ATTR_ATTRIBUTE})

    def __init__(self, coordinator: ExistCoordinator, link: Link) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, link, "today")

    @property
    @override
    def native_value(self) -> float | str | datetime | None:
        """The value of the day under way."""
        return self._shown(self._view.day, self._view.value)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Which day it is, and why there is no value."""
        view, data = self._view, self._coordinator.data
        name = self._link.attribute
        return {
            ATTR_DATE: view.day.isoformat() if view.day else None,
            ATTR_REASON: view.why.value if view.why else None,
            ATTR_ATTRIBUTE: name if name in data.attributes else None,
        }


class LinkConfirmedSensor(LinkValueSensor):
    """The newest value that Exist confirmed."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: ExistCoordinator, link: Link) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, link, "confirmed")

    @property
    @override
    def native_value(self) -> float | str | datetime | None:
        """The value that Exist confirmed last."""
        return self._shown(*(self._view.confirmed or (None, None)))


class LinkConfirmedDaySensor(LinkEntity):
    """The day of the newest confirmed value."""

    _attr_device_class = SensorDeviceClass.DATE
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: ExistCoordinator, link: Link) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, link, "confirmed_day")

    @property
    @override
    def native_value(self) -> date | None:
        """The newest day that Exist confirmed."""
        confirmed = self._view.confirmed
        return confirmed[0] if confirmed else None


class LinkStateSensor(LinkEntity):
    """What the link is doing."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_options = [state.value for state in LinkState]
    _unrecorded_attributes = frozenset({ATTR_EDITED_DAYS, ATTR_ENTITY})

    def __init__(self, coordinator: ExistCoordinator, link: Link) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, link, "state")

    @property
    @override
    def native_value(self) -> str:
        """Writing, observing, waiting, edited or problem."""
        return self._view.state.value

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The problem, and the days that belong to the person."""
        view = self._view
        return {
            ATTR_PROBLEM: view.problem.value if view.problem else None,
            ATTR_ENTITY: self._link.entity_id,
            ATTR_EDITED_DAYS: [day.isoformat() for day in view.edited_days],
        }
