"""Sensors: one per attribute that is not a boolean, and the last good poll."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.components.sensor.const import UNIT_CONVERTERS
from homeassistant.const import PERCENTAGE, EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.poll import ExistCoordinator
from ..account.scopes import any_write
from ..api import Attribute
from ..ledger import Ledger
from ..links import Link
from ..links.convert import unit_filled_in
from ..runtime import ExistConfigEntry
from ..values.displayed import Shown
from ..values.kinds import KINDS, NEUTRAL_UNIT, Policy, cut_text
from .attribute_platform import attribute_platform
from .entity import (
    ATTR_DATE,
    ATTR_GOAL,
    ATTR_USUAL,
    ATTR_YESTERDAY,
    ExistAttributeEntity,
    ExistEntity,
)
from .link_sensors import LINK_SENSORS, LinkSensor
from .link_state_sensor import LinkStateSensor


class ExistAttributeSensor(ExistAttributeEntity, SensorEntity):
    """A number, duration, time or text of one day."""

    def __init__(self, coordinator: ExistCoordinator, attribute: Attribute) -> None:
        """Prepare unit and classes from the table of descriptions."""
        super().__init__(coordinator, attribute)
        self._attr_device_class = self._description.device_class
        self._attr_suggested_display_precision = self._description.precision

    @override
    def _follow_policy(self) -> None:
        super()._follow_policy()
        description = self._description
        self._attr_native_unit_of_measurement = description.unit
        self._attr_state_class = None
        if not KINDS[self._value_type].is_number:
            return
        # What adds up over the day has no state class: a day corrected after
        # midnight would stay wrong for good in Home Assistant's statistics. Nor has a
        # count that shows another day: its unit, which it needs to be a line, is none
        # that statistics take.
        is_count = description.unit is None and description.policy is Policy.TODAY
        if (
            self._policy is Policy.LATEST
            and not is_count
            and _may_be_measured(description.device_class)
        ):
            self._attr_state_class = SensorStateClass.MEASUREMENT
        elif description.unit is None and not description.named_unit:
            self._attr_native_unit_of_measurement = NEUTRAL_UNIT

    @override
    def _look(self) -> object:
        look = super()._look()
        if self.native_unit_of_measurement == NEUTRAL_UNIT:
            links = self.coordinator.config_entry.runtime_data.links.links
            unit = unit_filled_in(links.values(), self._name)
            self._attr_native_unit_of_measurement = unit or NEUTRAL_UNIT
        return look, self.native_unit_of_measurement

    @override
    def _show(self, shown: Shown) -> None:
        self._attr_native_value = shown.value

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What explains the value; other numbers are in the unit that the person chose."""
        told = self._attr_extra_state_attributes
        native, unit = self.native_unit_of_measurement, self.unit_of_measurement
        converter = UNIT_CONVERTERS.get(self.device_class)
        if converter is None or native == unit:
            return told
        convert = converter.converter_factory(native, unit)
        return told | {
            key: round(convert(told[key]), 3)
            for key in (ATTR_YESTERDAY, ATTR_USUAL, ATTR_GOAL)
            if told.get(key) is not None
        }


def _may_be_measured(device_class: SensorDeviceClass | None) -> bool:
    """Return whether Home Assistant takes a measurement of that class: energy is none."""
    allowed = DEVICE_CLASS_STATE_CLASSES.get(device_class) if device_class else None
    return allowed is None or SensorStateClass.MEASUREMENT in allowed


class ExistLastPollSensor(ExistEntity, SensorEntity):
    """When Exist last answered a complete poll."""

    _attr_device_class = SensorDeviceClass.TIMESTAMP
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    # Activity lists each change of a moment, some fifty a day.
    _attr_entity_registry_enabled_default = False

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, "last_poll")

    @override
    def _look(self) -> object:
        self._attr_native_value = polled = self.coordinator.last_poll
        return polled


ATTR_DAYS_DONE = "days_done"
ATTR_DAYS_TO_GO = "days_to_go"
ATTR_LAST_WRITE = "last_write"
ATTR_OLDEST = "oldest"
ATTR_REQUESTS_LEFT = "requests_left"


@dataclass(frozen=True, kw_only=True)
class OutboxSensorDescription(SensorEntityDescription):
    """A sensor about what waits to be confirmed."""

    value: Callable[[Ledger], int | datetime | None]
    tells: Mapping[str, Callable[[Ledger], datetime | None]] = field(
        default_factory=dict
    )
    """Its state attributes: what is enabled says all, and no moment fills Activity."""


OUTBOX = (
    OutboxSensorDescription(
        key="values_waiting",
        value=lambda ledger: len(ledger.entries),
        tells={
            ATTR_OLDEST: lambda ledger: ledger.oldest,
            ATTR_LAST_WRITE: lambda ledger: ledger.last_confirmed,
        },
    ),
    OutboxSensorDescription(
        key="oldest_waiting",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value=lambda ledger: ledger.oldest,
    ),
    OutboxSensorDescription(
        key="last_write",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value=lambda ledger: ledger.last_confirmed,
    ),
)


class ExistOutboxSensor(ExistEntity, SensorEntity):
    """What waits, since when, and when Exist last confirmed a write."""

    entity_description: OutboxSensorDescription
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _unrecorded_attributes = frozenset({ATTR_LAST_WRITE, ATTR_OLDEST})

    def __init__(
        self, coordinator: ExistCoordinator, description: OutboxSensorDescription
    ) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, description.key)
        self.entity_description = description
        self._ledger = coordinator.config_entry.runtime_data.ledger

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        bells = self.coordinator.bells
        self.async_on_remove(bells.values.async_listen(lambda _names: self._redraw()))

    @override
    def _look(self) -> object:
        described = self.entity_description
        self._attr_native_value = value = described.value(self._ledger)
        told = {name: tell(self._ledger) for name, tell in described.tells.items()}
        self._attr_extra_state_attributes = {
            name: moment.isoformat() if moment else None
            for name, moment in told.items()
        }
        return value, told


class ExistHistorySensor(ExistEntity, SensorEntity):
    """How much of the past is in the long-term statistics."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_native_unit_of_measurement = PERCENTAGE
    _attr_suggested_display_precision = 0
    _unrecorded_attributes = frozenset(
        {ATTR_DAYS_DONE, ATTR_DAYS_TO_GO, ATTR_REQUESTS_LEFT}
    )

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, "history")
        self._history = coordinator.config_entry.runtime_data.history

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._history.bell.async_listen(self._redraw))

    @override
    def _look(self) -> object:
        progress = self._history.progress
        self._attr_native_value = progress.percent if progress else None
        self._attr_extra_state_attributes = {}
        if progress:
            self._attr_extra_state_attributes = {
                ATTR_DAYS_DONE: progress.days_done,
                ATTR_DAYS_TO_GO: progress.days_to_go,
                ATTR_REQUESTS_LEFT: progress.requests_left,
            }
        return progress


ATTR_ATTRIBUTE = "attribute"
ATTR_ATTRIBUTE_2 = "attribute2"
ATTR_LINKED = "linked"
ATTR_OFFSET = "offset"
ATTR_PERCENTAGE = "percentage"
ATTR_STARS = "stars"
ATTR_VALUE = "value"


class ExistCorrelationSensor(ExistEntity, SensorEntity):
    """The week's strongest new correlation, in words that claim no cause."""

    _attr_entity_registry_enabled_default = False

    def __init__(self, coordinator: ExistCoordinator) -> None:
        """Prepare the sensor."""
        super().__init__(coordinator, "correlation")

    @override
    def _look(self) -> object:
        runtime = self.coordinator.config_entry.runtime_data
        found = runtime.findings.together
        if found is None:
            self._attr_native_value, self._attr_extra_state_attributes = None, {}
            return None
        names = {found.attribute, found.attribute2}
        linked = not names.isdisjoint(runtime.links.fed)
        self._attr_native_value = cut_text(found.text)
        self._attr_extra_state_attributes = {
            ATTR_DATE: found.week.isoformat(),
            ATTR_ATTRIBUTE: found.attribute,
            ATTR_ATTRIBUTE_2: found.attribute2,
            ATTR_PERCENTAGE: found.percentage,
            ATTR_VALUE: found.value,
            ATTR_STARS: found.stars,
            ATTR_OFFSET: found.offset,
            ATTR_LINKED: linked,
        }
        return found, linked


_set_up_attributes = attribute_platform(Platform.SENSOR, ExistAttributeSensor)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's sensors."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities([ExistLastPollSensor(coordinator)])
    if any_write(entry.runtime_data.scopes):
        async_add_entities(
            ExistOutboxSensor(coordinator, description) for description in OUTBOX
        )
    if entry.runtime_data.history.is_on:
        async_add_entities([ExistHistorySensor(coordinator)])
    if entry.runtime_data.findings.is_on:
        async_add_entities([ExistCorrelationSensor(coordinator)])
    links, added = entry.runtime_data.links, set[str]()

    @callback
    def add(link: Link) -> None:
        added.add(link.link_id)
        async_add_entities(
            [
                *(LinkSensor(coordinator, link, each) for each in LINK_SENSORS),
                LinkStateSensor(coordinator, link),
            ],
            config_subentry_id=link.link_id,
        )

    @callback
    def add_new() -> None:
        added.intersection_update(links.links)
        for link_id in sorted(links.links.keys() - added):
            add(links.links[link_id])

    while new := links.links.keys() - added:
        add(links.links[min(new)])
        # A hundred of them would keep everything else waiting.
        await asyncio.sleep(0)
    entry.async_on_unload(links.async_add_listener(add_new))
    await _set_up_attributes(hass, entry, async_add_entities)
