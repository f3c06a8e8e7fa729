"""What the options ask and say before attributes are acquired, or released."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError

from ..account.failures import exist_errors
from ..account.scopes import any_write, can_write
from ..api import Attribute
from ..changes.candidates import Candidate, acquirable, bullets, heir_of, losers
from ..changes.carry_out import Done, OwnershipResult, async_present
from ..changes.ownership import async_acquire, async_release
from ..const import ATTRIBUTES_URL, TAGS_GROUP
from ..notices.translated import async_text, official_name
from ..runtime import ExistConfigEntry
from .form_pieces import listed
from .in_words import attribute_in_words, candidate_in_words

CONF_MANUAL = "manual"

MANUAL_CHOICES: Mapping[str, bool | None] = {
    "unchanged": None,
    "by_hand": True,
    "by_home_assistant": False,
}


# Groups that people enter in Exist's own apps.
EDITED_AT_EXIST = frozenset({"mood", TAGS_GROUP})
# And those that hardly any service fills.
ENTERED_BY_PEOPLE = EDITED_AT_EXIST | {"food", "medication", "symptoms"}

type Sections = Mapping[str, str]
"""Keys of texts, each with the list it is about; where that is empty it is not said."""


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """What became of a change: labels of what was done, and lines of what failed."""

    done: list[str]
    failed: list[str]

    def add(self, hass: HomeAssistant, result: OwnershipResult) -> None:
        """Take what became of each item."""
        for each in result.told:
            label = official_name(hass, each.template, each.label)
            if isinstance(each, Done):
                self.done.append(label)
            else:
                self.failed.append(f"{label}: {each.error}")


@dataclass(frozen=True, slots=True)
class Acquiring:
    """Attributes become Home Assistant's."""

    candidates: Mapping[str, Candidate]
    offered: Mapping[str, str]
    """Each with its group, and its owner or that it is not there."""

    done_as: ClassVar = "acquired"

    @classmethod
    async def async_begin(cls, hass: HomeAssistant, entry: ExistConfigEntry) -> Self:
        """Find what may be acquired. Raises AbortFlow, HomeAssistantError."""
        runtime = entry.runtime_data
        if not any_write(runtime.scopes):
            raise AbortFlow("no_write_scope")
        with exist_errors(hass, entry, writing=False):
            templates = await runtime.coordinator.async_templates()
            # What nobody owns is in no poll.
            present = await async_present(runtime.client)
        data = runtime.coordinator.data
        found = [
            candidate_in_words(hass, each)
            for each in acquirable(data, templates, runtime.scopes, present)
        ]
        if not found:
            raise AbortFlow("nothing_to_acquire")
        candidates = {each.key: each for each in sorted(found, key=_place)}
        new = await async_text(hass, "not_there_yet")
        gone = await async_text(hass, "gone_from_exist")
        offered = {}
        for key, each in candidates.items():
            why = gone if each.gone else "" if each.exists else new
            offered[key] = f"{each.text()} ({why})" if why else each.text()
        return cls(candidates, offered)

    @property
    def fields(self) -> Mapping[Any, Any]:
        """Who enters the values."""
        asked = vol.Required(CONF_MANUAL, default="unchanged")
        return {asked: listed(list(MANUAL_CHOICES), CONF_MANUAL)}

    def said(self, entry: ExistConfigEntry, keys: Sequence[str]) -> Sections:
        """Say which service loses what, what is created, and what is not known."""
        chosen = [self.candidates[key] for key in keys]
        gone = [each for each in chosen if each.gone]
        new = [each for each in chosen if not each.exists]
        free = [
            each
            for each in chosen
            if each.exists and not (each.takes_over or each.gone)
        ]
        unseen = [each for each in chosen if not each.owner_visible]
        at_exist = [each for each in chosen if each.group.name in EDITED_AT_EXIST]
        return {
            "acquire_taken": losers(chosen),
            "acquire_free": _labels(free),
            "acquire_gone": _labels(gone),
            "acquire_new": _labels(new),
            "acquire_unseen": _labels(unseen),
            "acquire_edited_at_exist": _labels(at_exist),
            "acquire_undo": _labels(each for each in chosen if each.returns),
            "acquire_may_vanish": _labels(each for each in chosen if not each.returns),
        }

    async def async_do(
        self, hass: HomeAssistant, entry: ExistConfigEntry, given: Mapping[str, Any]
    ) -> ChangeOutcome:
        """Acquire; what nobody owned a moment ago is not taken from who came since."""
        chosen = [self.candidates[key] for key in given["attributes"]]
        manual = MANUAL_CHOICES[given[CONF_MANUAL]]
        outcome = ChangeOutcome([], [])
        for take_over in (False, True):
            items = [
                each.item(_entered(each, manual, entry.runtime_data.scopes))
                for each in chosen
                if each.takes_over is take_over
            ]
            try:
                if items:
                    result = await async_acquire(
                        hass, entry, items, take_over=take_over
                    )
                    outcome.add(hass, result)
            except HomeAssistantError as err:
                outcome.failed.append(str(err))
        return outcome


@dataclass(frozen=True, slots=True)
class Releasing:
    """Home Assistant gives attributes up."""

    owned: Mapping[str, Attribute]

    done_as: ClassVar = "released"

    @classmethod
    async def async_begin(cls, hass: HomeAssistant, entry: ExistConfigEntry) -> Self:
        """Find what may be released. Raises AbortFlow."""
        data = entry.runtime_data.coordinator.data
        attributes = [data.attributes[name] for name in data.owned]
        owned = sorted(
            (attribute_in_words(hass, each) for each in attributes), key=_place
        )
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

    def said(self, entry: ExistConfigEntry, keys: Sequence[str]) -> Sections:
        """Say who will probably own it next, and which links will only observe."""
        runtime = entry.runtime_data
        given = [self.owned[name] for name in keys]
        heirs = [
            (each.label, heir_of(each, runtime.owners.get(each.name))) for each in given
        ]
        return {
            "release_heirs": bullets(
                f"{label} → {heir}" for label, heir in heirs if heir
            ),
            "release_orphans": bullets(label for label, heir in heirs if not heir),
            "release_links": bullets(
                link.title
                for link in runtime.links.links.values()
                if link.attribute in keys and not link.observe
            ),
            "release_choose": bullets(keys),
        }

    async def async_do(
        self, hass: HomeAssistant, entry: ExistConfigEntry, given: Mapping[str, Any]
    ) -> ChangeOutcome:
        """Release."""
        outcome = ChangeOutcome([], [])
        try:
            outcome.add(hass, await async_release(hass, entry, given["attributes"]))
        except HomeAssistantError as err:
            outcome.failed.append(str(err))
        return outcome


type Direction = Acquiring | Releasing


def _place(each: Candidate | Attribute) -> tuple[int, str, str]:
    """Return where it stands: by Exist's order of groups, then by label."""
    return each.group.priority or 0, each.group.label, each.label.casefold()


def _entered(
    each: Candidate, manual: bool | None, scopes: frozenset[str]
) -> bool | None:
    """Return whether a person enters it, which is left to Exist for what is there.

    What is new and only people know has a control at once.
    """
    is_known_to_people = each.group.name in ENTERED_BY_PEOPLE and not each.exists
    if manual is None and is_known_to_people:
        return can_write(scopes, each.group.name, manual=True) or None
    return manual


def _labels(candidates: Iterable[Candidate]) -> str:
    return bullets(each.label for each in candidates)


async def async_sections(hass: HomeAssistant, sections: Sections) -> str:
    """Return Markdown of the sections that have anything to say."""
    texts = [
        await async_text(hass, key, names=names, url=ATTRIBUTES_URL)
        for key, names in sections.items()
        if names
    ]
    return "\n\n".join(texts)
