"""What a person sees of a link: a device with its values and its state."""

from datetime import date, datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import EntityCategory
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .api import DayValue, Value
from .const import ATTRIBUTES_URL, DOMAIN
from .coordinator import ExistCoordinator
from .descriptions import Policy, describe
from .entity import account_id, async_account_device_id
from .links import Link, LinkState
from .shown import shown_value

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
        self.coordinator = coordinator
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


class LinkValueSensor(LinkEntity):
    """A day's value of the linked attribute, with its unit."""

    def __init__(self, coordinator: ExistCoordinator, link: Link, key: str) -> None:
        """Prepare unit and class from the table of descriptions."""
        super().__init__(coordinator, link, key)
        attribute = coordinator.data.attributes.get(link.attribute)
        description = describe(
            attribute.template if attribute else None, link.value_type
        )
        self._attr_device_class = description.device_class
        self._attr_native_unit_of_measurement = description.unit
        self._attr_suggested_unit_of_measurement = description.suggested_unit
        self._attr_suggested_display_precision = description.precision

    def _shown(self, day: date | None, value: Value | None) -> Any:
        if day is None or value is None:
            return None
        shown = shown_value(
            self._link.value_type,
            Policy.LATEST,
            (DayValue(day, value),),
            day,
            self.coordinator.data.zone,
        ).value
        return str(shown).lower() if isinstance(shown, bool) else shown


class LinkTodaySensor(LinkValueSensor):
    """Today's value so far; it is not yet what the day will be."""

    def __init__(self, coordinator: ExistCoordinator, link: Link) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, link, "today")

    @property
    @override
    def native_value(self) -> float | str | datetime | None:
        """The value of the day under way."""
        view = self._engine.views.get(self._link.link_id)
        value: float | str | datetime | None = (
            self._shown(view.day, view.value) if view else None
        )
        return value

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Which day it is, and why there is no value."""
        view = self._engine.views.get(self._link.link_id)
        return {
            ATTR_DATE: view.day.isoformat() if view and view.day else None,
            ATTR_REASON: view.why.value if view and view.why else None,
            ATTR_ATTRIBUTE: self._link.attribute,
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
        last = self._engine.last_confirmed(self._link)
        value: float | str | datetime | None = self._shown(*last) if last else None
        return value


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
        last = self._engine.last_confirmed(self._link)
        return last[0] if last else None


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
        return self._engine.state(self._link).value

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The problem, and the days that belong to the person."""
        view = self._engine.views.get(self._link.link_id)
        problem = self._engine.problem(self._link) or (view.problem if view else None)
        return {
            ATTR_PROBLEM: problem.value if problem else None,
            ATTR_ENTITY: self._link.entity_id,
            ATTR_EDITED_DAYS: [
                day.isoformat() for day in self._engine.edited_days(self._link)
            ],
        }
