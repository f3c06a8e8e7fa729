"""The one way for entities of attributes to appear and vanish."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from itertools import islice
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account.data import AccountData, is_wanted
from ..account.ids import attribute_id
from ..account.poll import ExistCoordinator
from ..account.scopes import may_hide
from ..api import Attribute
from ..const import CONF_GROUPS, DOMAIN
from ..runtime import ExistConfigEntry
from ..values.kinds import KINDS

# One odd answer must not cost an entity its name, area and history.
POLLS_UNTIL_GONE = 2
# A registered entity costs a millisecond or two: others get their turn after as many.
ADDED_AT_ONCE = 10
_IN_USE = (ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.LOADED)

type Fits = Callable[[Attribute], bool]
type Create = Callable[[ExistCoordinator, Attribute], Entity]
type SetUp = Callable[
    [HomeAssistant, ExistConfigEntry, AddConfigEntryEntitiesCallback],
    Coroutine[Any, Any, None],
]


def attribute_platform(
    platform: Platform,
    create: Create,
    *,
    controls: bool = False,
    fits: Fits | None = None,
) -> SetUp:
    """Return the `async_setup_entry` of a platform.

    The table of value types says what it shows, unless `fits` does. Controls are only
    for what we own and what is entered by hand.
    """

    def in_table(attribute: Attribute) -> bool:
        kind = KINDS[attribute.value_type]
        return (kind.control if controls else kind.sensor) is platform

    async def async_setup_entry(
        hass: HomeAssistant,
        entry: ExistConfigEntry,
        async_add_entities: AddConfigEntryEntitiesCallback,
    ) -> None:
        """Add what there is, and follow each poll."""
        entities = AttributeEntities(
            entry,
            platform,
            fits or in_table,
            create,
            async_add_entities,
            controls=controls,
        )
        entities.async_start()

    return async_setup_entry


class AttributeEntities:
    """Keeps the attribute entities of one platform in step with the account."""

    def __init__(
        self,
        entry: ExistConfigEntry,
        platform: str,
        fits: Fits,
        create: Create,
        async_add_entities: AddConfigEntryEntitiesCallback,
        *,
        controls: bool,
    ) -> None:
        """Prepare; nothing is added yet."""
        self._controls = controls
        self._entry = entry
        self._coordinator = entry.runtime_data.coordinator
        self._platform = platform
        self._fits = fits
        self._create = create
        self._async_add_entities = async_add_entities
        self._groups = self._chosen_groups()
        self._prefix = attribute_id(entry, "")
        self._added: set[str] = set()
        self._to_add: dict[str, Attribute] = {}
        self._unwanted_since: dict[str, int] = {}
        self._polls = 0

    @callback
    def async_start(self) -> None:
        """Add what is there, and follow each poll and each other choice of groups."""
        self._async_sync()
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self._async_follow)
        )

    @callback
    def _async_follow(self) -> None:
        if (
            self._coordinator.polls != self._polls
            or self._chosen_groups() != self._groups
        ):
            self._async_sync()

    def _chosen_groups(self) -> list[str]:
        groups: list[str] = self._entry.options.get(CONF_GROUPS, [])
        return groups

    @callback
    def _async_sync(self) -> None:
        data = self._coordinator.data
        before, self._groups = self._groups, self._chosen_groups()
        at_once = not self._polls or before != self._groups
        wanted = {
            attribute.name: attribute
            for attribute in data.attributes.values()
            if self._fits(attribute) and self._is_wanted(data, attribute)
        }
        registered = self._registered()
        self._async_enable_owned(data, wanted, registered)
        self._async_add(wanted)
        self._polls = self._coordinator.polls
        for name in wanted:
            self._unwanted_since.pop(name, None)
        if not self._polls:
            # What is gone, only Exist can tell.
            return
        for name, each in registered.items():
            if name not in wanted and self._may_go(name, at_once=at_once):
                self._async_remove(each, name)

    @callback
    def _async_add(self, wanted: Mapping[str, Attribute]) -> None:
        """Add what is new, a few at once, as long as the account is in use."""
        is_adding = bool(self._to_add)
        # What vanishes before its turn comes never was there.
        self._added.difference_update(self._to_add)
        self._to_add = {
            name: wanted[name] for name in wanted if name not in self._added
        }
        self._added.update(wanted)
        if self._to_add and not is_adding:
            self._entry.async_create_task(
                self._coordinator.hass,
                self._async_add_left(),
                f"{DOMAIN} add {self._platform}",
            )

    async def _async_add_left(self) -> None:
        while self._to_add and self._entry.state in _IN_USE:
            names = list(islice(self._to_add, ADDED_AT_ONCE))
            attributes = [self._to_add.pop(name) for name in names]
            self._async_add_entities(
                self._create(self._coordinator, attribute) for attribute in attributes
            )
            await asyncio.sleep(0)

    def _is_wanted(self, data: AccountData, attribute: Attribute) -> bool:
        if self._controls:
            return attribute.manual and attribute.name in data.owned
        return is_wanted(data, attribute, self._groups)

    def _registered(self) -> Mapping[str, er.RegistryEntry]:
        """Return this platform's entities of attributes, disabled ones too."""
        return {
            registered.unique_id.removeprefix(self._prefix): registered
            for registered in er.async_entries_for_config_entry(
                er.async_get(self._coordinator.hass), self._entry.entry_id
            )
            if registered.domain == self._platform
            and registered.unique_id.startswith(self._prefix)
        }

    @callback
    def _async_enable_owned(
        self,
        data: AccountData,
        wanted: Mapping[str, Attribute],
        registered: Mapping[str, er.RegistryEntry],
    ) -> None:
        """Enable what we left disabled while it was another's; a person's word stays."""
        if self._controls:
            # Only what is owned has any: what is disabled is so for another reason.
            return
        for name, each in registered.items():
            if (
                each.disabled_by is er.RegistryEntryDisabler.INTEGRATION
                and name in data.owned
                and name in wanted
            ):
                self._async_enable(each.entity_id)
                self._added.discard(name)

    @callback
    def _async_enable(self, entity_id: str) -> None:
        """Enable an entity that is added next: nothing else has to be loaded anew.

        Home Assistant would load the whole account, half a minute later, for an
        entity that belongs to one at the moment when it is enabled.
        """
        hass = self._coordinator.hass
        registry = er.async_get(hass)
        registry.async_update_entity(entity_id, config_entry_id=None, disabled_by=None)
        registry.async_update_entity(entity_id, config_entry_id=self._entry.entry_id)
        # Newer ones write "unavailable" at once: the first state would be a change.
        hass.states.async_remove(entity_id)

    def _may_go(self, name: str, *, at_once: bool) -> bool:
        """Return whether the absence is certain enough to remove the entity."""
        if self._coordinator.was_released(name):
            return True
        attribute = self._coordinator.data.attributes.get(name)
        if may_hide(self._entry.data, attribute):
            return False
        if at_once and not self._controls and attribute is not None:
            # Plainly another's, in a group that the person does not want to see.
            return True
        since = self._unwanted_since.setdefault(name, self._polls)
        return self._polls - since >= POLLS_UNTIL_GONE - 1

    @callback
    def _async_remove(self, registered: er.RegistryEntry, name: str) -> None:
        er.async_get(self._coordinator.hass).async_remove(registered.entity_id)
        self._added.discard(name)
        self._unwanted_since.pop(name, None)
