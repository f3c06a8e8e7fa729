"""What the options ask and say before attributes are acquired, or released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError

from ..account.failures import exist_errors
from ..account.scopes import any_write
from ..api import Attribute
from ..changes.candidates import Candidate, acquirable, bullets, heirs, losers
from ..changes.carry_out import OwnershipResult
from ..changes.ownership import async_acquire, async_release
from ..runtime import ExistConfigEntry
from .form_pieces import listed

CONF_MANUAL = "manual"

MANUAL_CHOICES: Mapping[str, bool | None] = {
    "unchanged": None,
    "by_hand": True,
    "by_home_assistant": False,
}


@dataclass(frozen=True, slots=True)
class Acquiring:
    """Attributes become Home Assistant's."""

    candidates: Mapping[str, Candidate]

    @classmethod
    async def async_begin(cls, hass: HomeAssistant, entry: ExistConfigEntry) -> Self:
        """Find what may be acquired. Raises AbortFlow, HomeAssistantError."""
        runtime = entry.runtime_data
        if not any_write(runtime.scopes):
            raise AbortFlow("no_write_scope")
        with exist_errors(hass, entry, writing=False):
            templates = await runtime.coordinator.async_templates()
        found = acquirable(runtime.coordinator.data, templates, runtime.scopes)
        if not found:
            raise AbortFlow("nothing_to_acquire")
        return cls({each.key: each for each in sorted(found, key=_place)})

    @property
    def offered(self) -> Mapping[str, str]:
        """The candidates, each with its group and its owner."""
        return {key: each.text() for key, each in self.candidates.items()}

    @property
    def fields(self) -> Mapping[Any, Any]:
        """Who shall enter the values."""
        asked = vol.Required(CONF_MANUAL, default="unchanged")
        return {asked: listed(list(MANUAL_CHOICES), CONF_MANUAL)}

    def said(self, entry: ExistConfigEntry, keys: Sequence[str]) -> dict[str, str]:
        """Say which service loses what."""
        chosen = [self.candidates[key] for key in keys]
        free = [each for each in chosen if each.owner is None and each.owner_visible]
        return {
            "losers": losers(chosen),
            "free": bullets(each.label for each in free),
            "unknown": bullets(each.label for each in chosen if not each.owner_visible),
        }

    async def async_do(
        self, hass: HomeAssistant, entry: ExistConfigEntry, given: Mapping[str, Any]
    ) -> list[str]:
        """Acquire; what nobody owned a moment ago is not taken from who came since."""
        chosen = [self.candidates[key] for key in given["attributes"]]
        manual = MANUAL_CHOICES[given[CONF_MANUAL]]
        failed: list[str] = []
        for take_over in (False, True):
            items = [
                each.item(manual) for each in chosen if each.takes_over is take_over
            ]
            try:
                if items:
                    failed += _failures(
                        await async_acquire(hass, entry, items, take_over=take_over)
                    )
            except HomeAssistantError as err:
                failed.append(str(err))
        return failed


@dataclass(frozen=True, slots=True)
class Releasing:
    """Home Assistant gives attributes up."""

    owned: Mapping[str, Attribute]

    @classmethod
    async def async_begin(cls, hass: HomeAssistant, entry: ExistConfigEntry) -> Self:
        """Find what may be released. Raises AbortFlow."""
        data = entry.runtime_data.coordinator.data
        owned = sorted((data.attributes[name] for name in data.owned), key=_place)
        if not owned:
            raise AbortFlow("nothing_owned")
        return cls({each.name: each for each in owned})

    @property
    def offered(self) -> Mapping[str, str]:
        """What is owned, each with its group."""
        return {
            name: f"{each.label} · {each.group.label}"
            for name, each in self.owned.items()
        }

    @property
    def fields(self) -> Mapping[Any, Any]:
        """Nothing else is asked."""
        return {}

    def said(self, entry: ExistConfigEntry, keys: Sequence[str]) -> dict[str, str]:
        """Say who will probably own it next, and which links will only observe."""
        runtime = entry.runtime_data
        known = {name: runtime.owners.get(name) for name in keys}
        previous = {name: owner for name, owner in known.items() if owner is not None}
        fed = [
            link.title
            for link in runtime.links.links.values()
            if link.attribute in keys and not link.observe
        ]
        return {
            "heirs": heirs((self.owned[name] for name in keys), previous),
            "links": bullets(fed),
        }

    async def async_do(
        self, hass: HomeAssistant, entry: ExistConfigEntry, given: Mapping[str, Any]
    ) -> list[str]:
        """Release."""
        try:
            return _failures(await async_release(hass, entry, given["attributes"]))
        except HomeAssistantError as err:
            return [str(err)]


type Direction = Acquiring | Releasing


def _place(each: Candidate | Attribute) -> tuple[int, str, str]:
    """Return where it stands: by Exist's order of groups, then by label."""
    return each.group.priority or 0, each.group.label, each.label.casefold()


def _failures(result: OwnershipResult) -> list[str]:
    return [f"{failed.label}: {failed.error}" for failed in result.failed]
