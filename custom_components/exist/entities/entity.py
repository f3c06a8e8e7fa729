"""What all entities share, and the one way for them to appear and vanish."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import override

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..account.data import AccountData, has_values, is_wanted
from ..account.ids import account_id
from ..account.poll import ExistCoordinator
from ..account.scopes import may_hide
from ..api import Attribute, DayValues
from ..const import ATTRIBUTES_URL, CONF_GROUPS, CONF_POLICIES, DOMAIN, TAGS_GROUP
from ..runtime import ExistConfigEntry
from ..values.displayed import Shown, shown_value
from ..values.templates import Policy, describe

# One odd answer must not cost an entity its name, area and history.
POLLS_UNTIL_GONE = 2

ATTR_CLOCK = "clock"
ATTR_DATE = "date"
ATTR_MANUAL = "manual"
ATTR_OWNER = "owner"
ATTR_TEMPLATE = "template"


@callback
def async_account_device(entry: ExistConfigEntry, username: str) -> DeviceInfo:
    """Describe the account's own device."""
    return DeviceInfo(
        identifiers={(DOMAIN, account_id(entry))},
        name=f"Exist {username}",
        manufacturer="Exist",
        entry_type=DeviceEntryType.SERVICE,
        configuration_url=ATTRIBUTES_URL,
    )


@callback
def async_account_device_id(coordinator: ExistCoordinator) -> str:
    """Return the id of the account's device, which set-up registers first."""
    entry = coordinator.config_entry
    device = dr.async_get(coordinator.hass).async_get_device_by_identifier(
        (DOMAIN, account_id(entry)), entry.entry_id
    )
    assert device is not None
    return device.id


@callback
def async_attribute_device(
    coordinator: ExistCoordinator, attribute: Attribute
) -> DeviceInfo:
    """Describe the device of the attribute's group."""
    entry = coordinator.config_entry
    username = coordinator.data.profile.username
    if not attribute.group.name:
        return async_account_device(entry, username)
    return DeviceInfo(
        identifiers={(DOMAIN, f"{account_id(entry)}.{attribute.group.name}")},
        name=f"Exist {username} {attribute.group.label}",
        manufacturer="Exist",
        entry_type=DeviceEntryType.SERVICE,
        configuration_url=ATTRIBUTES_URL,
        via_device_id=async_account_device_id(coordinator),
    )


class ExistEntity(CoordinatorEntity[ExistCoordinator]):
    """An entity of the account itself."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: ExistCoordinator, key: str) -> None:
        """Prepare the entity; `key` is its own word in the unique id."""
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self._attr_unique_id = f"{account_id(entry)}.{key}"
        self._attr_translation_key = key
        self._attr_device_info = async_account_device(
            entry, coordinator.data.profile.username
        )


class ExistAttributeEntity(CoordinatorEntity[ExistCoordinator]):
    """An entity that shows one attribute of the account."""

    _attr_has_entity_name = True
    _unrecorded_attributes = frozenset({ATTR_MANUAL, ATTR_OWNER, ATTR_TEMPLATE})

    def __init__(self, coordinator: ExistCoordinator, attribute: Attribute) -> None:
        """Prepare the entity from the attribute as the last poll told it."""
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self._name = attribute.name
        self._value_type = attribute.value_type
        self._description = describe(attribute.template, attribute.value_type)
        policy = entry.options.get(CONF_POLICIES, {}).get(attribute.name)
        self._policy = Policy(policy) if policy else self._description.policy
        self._attr_unique_id = f"{account_id(entry)}_{attribute.name}"
        self._attr_translation_key = self._description.icon_key
        self._attr_entity_registry_enabled_default = _enabled_by_default(
            coordinator.data, attribute
        )
        self._attr_device_info = async_attribute_device(coordinator, attribute)
        self._update()

    def _show(self, shown: Shown) -> None:
        """Take the value to show; platforms say how."""
        raise NotImplementedError

    @property
    def day_values(self) -> DayValues:
        """The values of the last 31 days, newest first."""
        return self.coordinator.day_values(self._name)

    @property
    @override
    def available(self) -> bool:
        """Whether what is shown is recent enough to be believed."""
        return self.coordinator.fresh and self._name in self.coordinator.data.attributes

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._update()
        super()._handle_coordinator_update()

    def _update(self) -> None:
        data = self.coordinator.data
        attribute = data.attributes.get(self._name)
        if attribute is None:
            return
        shown = shown_value(
            attribute.value_type,
            self._policy,
            self.day_values,
            self.coordinator.today,
            data.zone,
        )
        self._attr_name = attribute.label
        self._attr_extra_state_attributes = {
            ATTR_DATE: shown.date.isoformat() if shown.date else None,
            ATTR_OWNER: attribute.service.label if attribute.service else None,
            ATTR_MANUAL: attribute.manual,
            ATTR_TEMPLATE: attribute.template,
        }
        if shown.clock is not None:
            self._attr_extra_state_attributes[ATTR_CLOCK] = shown.clock
        if attribute.value_type is not self._value_type:
            # Unit and class are those of the old kind until the next start.
            shown = replace(shown, value=None)
        self._show(shown)


def _enabled_by_default(data: AccountData, attribute: Attribute) -> bool:
    """Return whether an entity starts enabled: a page of 130 helps nobody."""
    if attribute.name in data.owned:
        return True
    if attribute.group.name == TAGS_GROUP:
        return False
    description = describe(attribute.template, attribute.value_type)
    return description.enabled and has_values(data, attribute.name)


class EntityManager:
    """Keeps the attribute entities of one platform in step with the account."""

    def __init__(
        self,
        entry: ExistConfigEntry,
        platform: str,
        fits: Callable[[Attribute], bool],
        create: Callable[[ExistCoordinator, Attribute], Entity],
        async_add_entities: AddConfigEntryEntitiesCallback,
        *,
        controls: bool = False,
    ) -> None:
        """Prepare; `fits` says which attributes this platform shows.

        Controls are only for what we own and what is entered by hand.
        """
        self._controls = controls
        self._entry = entry
        self._coordinator = entry.runtime_data.coordinator
        self._platform = platform
        self._fits = fits
        self._create = create
        self._async_add_entities = async_add_entities
        self._groups: list[str] = entry.options.get(CONF_GROUPS, [])
        self._prefix = f"{account_id(entry)}_"
        self._added: set[str] = set()
        self._unwanted_since: dict[str, int] = {}
        self._has_judged = False

    @callback
    def async_start(self) -> None:
        """Add what is there and follow each poll."""
        self._async_sync()
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self._async_sync)
        )

    @callback
    def _async_sync(self) -> None:
        data = self._coordinator.data
        wanted = {
            attribute.name: attribute
            for attribute in data.attributes.values()
            if self._fits(attribute) and self._is_wanted(data, attribute)
        }
        self._async_enable_owned(data, wanted)
        new = [wanted[name] for name in wanted if name not in self._added]
        self._added.update(wanted)
        if new:
            self._async_add_entities(
                self._create(self._coordinator, attribute) for attribute in new
            )
        for name in wanted:
            self._unwanted_since.pop(name, None)
        if not self._coordinator.polls:
            # What is gone, only Exist can tell.
            return
        at_start, self._has_judged = not self._has_judged, True
        for name, registered in self._registered():
            if name not in wanted and self._may_go(name, at_start=at_start):
                self._async_remove(registered, name)

    def _is_wanted(self, data: AccountData, attribute: Attribute) -> bool:
        if self._controls:
            return attribute.manual and attribute.name in data.owned
        return is_wanted(data, attribute, self._groups)

    def _registered(self) -> list[tuple[str, er.RegistryEntry]]:
        """Return this platform's entities of attributes, disabled ones too."""
        registry = er.async_get(self._coordinator.hass)
        return [
            (registered.unique_id.removeprefix(self._prefix), registered)
            for registered in er.async_entries_for_config_entry(
                registry, self._entry.entry_id
            )
            if registered.domain == self._platform
            and registered.unique_id.startswith(self._prefix)
        ]

    @callback
    def _async_enable_owned(
        self, data: AccountData, wanted: Mapping[str, Attribute]
    ) -> None:
        """Enable what we left disabled while it was another's; a person's word stays."""
        for name, registered in self._registered():
            if (
                registered.disabled_by is er.RegistryEntryDisabler.INTEGRATION
                and name in data.owned
                and name in wanted
            ):
                er.async_get(self._coordinator.hass).async_update_entity(
                    registered.entity_id, disabled_by=None
                )
                self._added.discard(name)

    def _may_go(self, name: str, *, at_start: bool) -> bool:
        """Return whether the absence is certain enough to remove the entity."""
        data, polls = self._coordinator.data, self._coordinator.polls
        if self._coordinator.was_released(name):
            return True
        attribute = data.attributes.get(name)
        if may_hide(self._entry.data, attribute):
            return False
        if at_start and not self._controls and attribute is not None:
            # Plainly another's, in a group that the person does not want to see.
            return True
        since = self._unwanted_since.setdefault(name, polls)
        return polls - since >= POLLS_UNTIL_GONE - 1

    @callback
    def _async_remove(self, registered: er.RegistryEntry, name: str) -> None:
        registry = er.async_get(self._coordinator.hass)
        registry.async_remove(registered.entity_id)
        self._added.discard(name)
        self._unwanted_since.pop(name, None)
        device_id = registered.device_id
        if device_id and not er.async_entries_for_device(
            registry, device_id, include_disabled_entities=True
        ):
            dr.async_get(self._coordinator.hass).async_remove_device(device_id)
