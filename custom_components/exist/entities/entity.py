"""What the account's own entities share, and those that show an attribute."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity

from ..account.data import AccountData, has_values
from ..account.ids import account_id, attribute_id, own_id, title_of
from ..account.poll import ExistCoordinator
from ..api import Attribute, Value
from ..const import ATTRIBUTES_URL, CONF_POLICIES, DOMAIN, TAGS_GROUP
from ..notices.translated import official_name
from ..runtime import ExistConfigEntry
from ..values.displayed import Shown, shown_value
from ..values.kinds import KINDS, Policy
from ..values.templates import describe

ATTR_DATE = "date"
ATTR_GOAL = "goal"
ATTR_MANUAL = "manual"
ATTR_MOMENT = "moment"
ATTR_OWNER = "owner"
ATTR_STATISTIC = "statistic"
ATTR_TEMPLATE = "template"
ATTR_USUAL = "usual"
ATTR_YESTERDAY = "yesterday"
ATTR_YESTERDAY_DATE = "yesterday_date"

DAY = timedelta(days=1)
# What Exist calls the attribute that holds another one's goal.
GOAL_OF = "{}_goal"


@callback
def async_account_device(entry: ExistConfigEntry, username: str) -> DeviceInfo:
    """Describe the account's device, which has all but the links."""
    return DeviceInfo(
        identifiers={(DOMAIN, account_id(entry))},
        name=title_of(username),
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
def redrawing(entity: Entity, look: Callable[[], object]) -> CALLBACK_TYPE:
    """Return what writes the entity's state where `look` returns something new.

    `look` brings the entity up to date and returns all that is shown of it.
    """
    shown = look()

    @callback
    def redraw() -> None:
        nonlocal shown
        if (now := look()) != shown:
            shown = now
            entity.async_write_ha_state()

    return redraw


class ExistEntity(Entity):
    """An entity of the account itself; always available: it is of most use then."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, coordinator: ExistCoordinator, key: str) -> None:
        """Prepare the entity; `key` is its own word in the unique id."""
        self.coordinator = coordinator
        entry = coordinator.config_entry
        self._attr_unique_id = own_id(entry, key)
        self._attr_translation_key = key
        self._attr_device_info = async_account_device(
            entry, coordinator.data.profile.username
        )

    @override
    async def async_added_to_hass(self) -> None:
        self._redraw = redrawing(self, self._look)
        self.async_on_remove(self.coordinator.bells.async_draw(self._redraw))

    async def async_update(self) -> None:
        """Poll Exist, as `homeassistant.update_entity` asks for."""
        await self.coordinator.async_request_refresh()

    def _look(self) -> object:
        """Bring what is shown up to date, and return it."""
        raise NotImplementedError


class ExistAttributeEntity(Entity):
    """An entity that shows one attribute of the account."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _unrecorded_attributes = frozenset(
        {
            ATTR_GOAL,
            ATTR_MANUAL,
            ATTR_OWNER,
            ATTR_STATISTIC,
            ATTR_TEMPLATE,
            ATTR_USUAL,
            ATTR_YESTERDAY,
            ATTR_YESTERDAY_DATE,
        }
    )

    def __init__(self, coordinator: ExistCoordinator, attribute: Attribute) -> None:
        """Prepare the entity from the attribute as the last poll told it."""
        self.coordinator = coordinator
        entry = coordinator.config_entry
        self._name = attribute.name
        self._value_type = attribute.value_type
        self._description = describe(attribute.template, attribute.value_type)
        self._follow_policy()
        self._label = attribute.label
        self._attr_name = self._in_words(attribute)
        self._attr_unique_id = attribute_id(entry, attribute.name)
        self._attr_translation_key = self._description.icon_key
        self._attr_entity_registry_enabled_default = _enabled_by_default(
            coordinator.data, attribute
        )
        self._attr_device_info = async_account_device(
            entry, coordinator.data.profile.username
        )

    @override
    async def async_added_to_hass(self) -> None:
        redraw = redrawing(self, self._look)
        names = self._name, GOAL_OF.format(self._name)
        self.async_on_remove(self.coordinator.bells.async_draw(redraw, *names))

    async def async_update(self) -> None:
        """Poll Exist, as `homeassistant.update_entity` asks for."""
        await self.coordinator.async_request_refresh()

    def _follow_policy(self) -> None:
        """Take from the options which day is shown; a person may change it any time."""
        options = self.coordinator.config_entry.options
        policy = options.get(CONF_POLICIES, {}).get(self._name)
        self._policy = Policy(policy) if policy else self._description.policy

    def _show(self, shown: Shown) -> None:
        """Take the value to show; platforms say how."""
        raise NotImplementedError

    def _in_words(self, attribute: Attribute) -> str:
        return official_name(self.coordinator.hass, attribute.template, attribute.label)

    @property
    @override
    def suggested_object_id(self) -> str:
        """Exist's own label: ids are the same in every language."""
        return self._label

    @property
    @override
    def available(self) -> bool:
        """Whether what is shown is recent enough to be believed."""
        return self.coordinator.fresh and self._name in self.coordinator.data.attributes

    def _look(self) -> object:
        data = self.coordinator.data
        attribute = data.attributes.get(self._name)
        if attribute is None:
            return None
        self._follow_policy()
        shown, before = self._shown(attribute)
        owner = attribute.service.label if attribute.service else None
        history = self.coordinator.config_entry.runtime_data.history
        statistic = history.statistic_of(self._name)
        measures = self._measures(attribute, shown)
        look = (
            self.available,
            attribute.label,
            owner,
            attribute.manual,
            self._policy,
            shown,
            before,
            statistic,
            measures,
        )
        self._attr_name = self._in_words(attribute)
        self._attr_extra_state_attributes = {
            ATTR_DATE: shown.date.isoformat() if shown.date else None,
            ATTR_OWNER: owner,
            ATTR_MANUAL: attribute.manual,
            ATTR_TEMPLATE: attribute.template,
        }
        if shown.moment is not None:
            self._attr_extra_state_attributes[ATTR_MOMENT] = shown.moment.isoformat()
        if before is not None and before.date is not None:
            self._attr_extra_state_attributes |= {
                ATTR_YESTERDAY: before.value,
                ATTR_YESTERDAY_DATE: before.date.isoformat(),
            }
        if statistic is not None:
            self._attr_extra_state_attributes[ATTR_STATISTIC] = statistic
        self._attr_extra_state_attributes |= measures
        self._show(shown)
        return look

    def _shown(self, attribute: Attribute) -> tuple[Shown, Shown | None]:
        """Return what is shown, and yesterday where that is today.

        Watches report in the morning, when the day that they tell of is over.
        """
        today, zone = self.coordinator.today, self.coordinator.data.zone
        days = self.coordinator.day_values(self._name)
        kind = attribute.value_type
        shown, before = shown_value(kind, self._policy, days, today, zone), None
        if self._policy is Policy.TODAY:
            before = shown_value(kind, self._policy, days, today - DAY, zone)
        if kind is not self._value_type:
            # Unit and class are those of the old kind until the next start.
            shown = replace(shown, value=None)
            before = before and replace(before, value=None)
        return shown, before

    def _measures(self, attribute: Attribute, shown: Shown) -> dict[str, Value]:
        """Return what a number may be compared with: its day's average, and the goal."""
        kind = KINDS[attribute.value_type]
        if not kind.is_number or attribute.value_type is not self._value_type:
            return {}
        coordinator, found = self.coordinator, dict[str, Value]()
        findings = coordinator.config_entry.runtime_data.findings
        usual = findings.usual_of(self._name, shown.date) if shown.date else None
        if usual is not None:
            found[ATTR_USUAL] = kind.show(usual)
        name = GOAL_OF.format(self._name)
        goal = coordinator.data.attributes.get(name)
        if goal is not None and goal.value_type is attribute.value_type:
            # It stays as it is until another one is set.
            value = shown_value(
                goal.value_type,
                Policy.LATEST,
                coordinator.day_values(name),
                coordinator.today,
                coordinator.data.zone,
            ).value
            if value is not None:
                found[ATTR_GOAL] = value
        return found


def _enabled_by_default(data: AccountData, attribute: Attribute) -> bool:
    """Return whether an entity starts enabled: a page of 130 helps nobody."""
    if attribute.name in data.owned:
        return True
    if attribute.group.name == TAGS_GROUP:
        return False
    description = describe(attribute.template, attribute.value_type)
    return description.enabled and has_values(data, attribute.name)
