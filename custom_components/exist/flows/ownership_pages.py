"""What the options ask and say before attributes are acquired, or released."""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from ..account.failures import exist_errors
from ..account.scopes import any_write, can_write
from ..api import Attribute, CreateItem, ValueType
from ..changes.candidates import (
    Candidate,
    acquirable,
    bullets,
    candidate_of,
    heir_of,
    losers,
)
from ..changes.carry_out import Done, OwnershipResult, async_present
from ..changes.create import async_create, same_label
from ..changes.ownership import async_acquire, async_release
from ..const import ATTRIBUTES_URL, TAGS_GROUP
from ..notices.plain_text import in_alphabet
from ..notices.translated import async_text, official_name
from ..runtime import ExistConfigEntry
from .form_pieces import listed
from .in_words import async_lines, attribute_in_words, candidate_in_words

CONF_ATTRIBUTES = "attributes"
CONF_MANUAL = "manual"
CONF_TAGS = "tags"

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

    async def async_carry_out(
        self, hass: HomeAssistant, change: Awaitable[OwnershipResult]
    ) -> None:
        """Carry a change out, and take what became of each item."""
        try:
            result = await change
        except HomeAssistantError as err:
            self.failed.append(str(err))
            return
        for each in result.told:
            label = official_name(hass, each.template, each.label)
            if isinstance(each, Done):
                self.done.append(label)
            else:
                self.failed.append(
                    await async_text(hass, "with_colon", head=label, rest=each.error)
                )


@dataclass(frozen=True, slots=True)
class Acquiring:
    """Attributes become Home Assistant's, or are entered in another way."""

    candidates: Mapping[str, Candidate]
    offered: Mapping[str, str]
    """Each with its group, and its owner or that it is not there."""
    present: Sequence[Attribute]
    """Everything that Exist lets us see."""
    may_tag: bool

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
        data, scopes = runtime.coordinator.data, runtime.scopes
        owned = [data.attributes[name] for name in data.owned]
        found = [
            candidate_in_words(hass, each)
            for each in (
                *acquirable(data, templates, scopes, present),
                *(candidate_of(each, owned=True) for each in owned),
            )
        ]
        candidates = {each.key: each for each in sorted(found, key=_place)}
        offered = await async_lines(hass, candidates)
        may_tag = can_write(scopes, TAGS_GROUP, manual=True)
        if not candidates and not may_tag:
            raise AbortFlow("nothing_to_acquire")
        present = (*present, *owned)
        return cls(candidates, offered, present, may_tag)

    @property
    def fields(self) -> Mapping[Any, Any]:
        """Which tags are made, and who enters the values."""
        tags = vol.Optional(CONF_TAGS), TextSelector(TextSelectorConfig(multiple=True))
        manual = vol.Required(CONF_MANUAL, default="unchanged")
        return dict([tags] if self.may_tag else []) | {
            manual: listed(list(MANUAL_CHOICES), CONF_MANUAL)
        }

    def taken(self, given: Mapping[str, Any]) -> str | None:
        """Return the first new tag of which Exist has the name already."""
        return next(
            (
                tag
                for tag in _tags(given)
                if any(same_label(each, tag) for each in self.present)
            ),
            None,
        )

    def said(self, entry: ExistConfigEntry, given: Mapping[str, Any]) -> Sections:
        """Say which service loses what, what is created, and what is not known."""
        asked = [self.candidates[key] for key in given.get(CONF_ATTRIBUTES, ())]
        chosen = [each for each in asked if not each.owned]
        owned = [each for each in asked if each.owned]
        manual, tags = MANUAL_CHOICES[given[CONF_MANUAL]], _tags(given)
        gone = [each for each in chosen if each.gone]
        new = [each for each in chosen if not each.exists]
        free = [
            each
            for each in chosen
            if each.exists and not (each.takes_over or each.gone)
        ]
        unseen = [each for each in chosen if not each.owner_visible]
        at_exist = [
            each
            for each in chosen
            if each.group.name in EDITED_AT_EXIST or each.entered_at_exist
        ]
        all_chosen = [*(each.label for each in chosen), *tags]

        def of(key: str, *labels: str, is_named: bool = True) -> Sections:
            """Name nothing twice where it is about all, which `is_named` already."""
            is_all = is_named and len(labels) == len(all_chosen) and not owned
            return {f"{key}_all" if is_all else key: bullets(labels)}

        return {
            "acquire_taken": losers(
                each for each in chosen if not each.entered_at_exist
            ),
            "acquire_free": _labels(free),
            "acquire_gone": _labels(gone),
            "acquire_new": bullets([*(each.label for each in new), *tags]),
            "acquire_unseen": _labels(unseen),
            **of(
                "acquire_edited_at_exist",
                *(each.label for each in at_exist),
                *tags,
                # These stand in no list above.
                is_named=not any(each.entered_at_exist for each in chosen),
            ),
            **of("acquire_undo", *(each.label for each in chosen if each.returns)),
            **of(
                "acquire_may_vanish",
                *(each.label for each in chosen if not each.returns),
                *tags,
            ),
            "acquire_observing": bullets(
                link.title
                for link in entry.runtime_data.links.links.values()
                if link.observe and link.attribute in {each.name for each in chosen}
            ),
            "acquire_owned": _labels(owned if manual is None else ()),
            "acquire_owned_manual": _labels(owned if manual else ()),
            "acquire_owned_automatic": _labels(owned if manual is False else ()),
        }

    def done_as(self, given: Mapping[str, Any]) -> str:
        """Return what an end without a failure is."""
        asked = [self.candidates[key] for key in given.get(CONF_ATTRIBUTES, ())]
        is_new = _tags(given) or any(not each.owned for each in asked)
        return "acquired" if is_new else "entry_changed"

    async def async_do(
        self, hass: HomeAssistant, entry: ExistConfigEntry, given: Mapping[str, Any]
    ) -> ChangeOutcome:
        """Acquire; what nobody owned a moment ago is not taken from who came since."""
        chosen = [self.candidates[key] for key in given.get(CONF_ATTRIBUTES, ())]
        manual = MANUAL_CHOICES[given[CONF_MANUAL]]
        outcome = ChangeOutcome([], [])
        for take_over in (False, True):
            items = [
                each.item(_entered(each, manual, entry.runtime_data.scopes))
                for each in chosen
                if each.takes_over is take_over
            ]
            if items:
                await outcome.async_carry_out(
                    hass, async_acquire(hass, entry, items, take_over=take_over)
                )
        new = [
            CreateItem(
                label=tag, group=TAGS_GROUP, value_type=ValueType.BOOLEAN, manual=True
            )
            for tag in _tags(given)
        ]
        if new:
            await outcome.async_carry_out(hass, async_create(hass, entry, new))
        return outcome


@dataclass(frozen=True, slots=True)
class Releasing:
    """Home Assistant gives attributes up."""

    owned: Mapping[str, Attribute]

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

    def taken(self, given: Mapping[str, Any]) -> str | None:
        """Nothing is made."""
        return None

    def said(self, entry: ExistConfigEntry, given: Mapping[str, Any]) -> Sections:
        """Say who will probably own it next, and which links will only observe."""
        runtime, keys = entry.runtime_data, given.get(CONF_ATTRIBUTES, ())
        chosen = [self.owned[name] for name in keys]
        heirs = [
            (each.label, heir_of(each, runtime.owners.get(each.name)))
            for each in chosen
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

    def done_as(self, given: Mapping[str, Any]) -> str:
        """Return what an end without a failure is."""
        return "released"

    async def async_do(
        self, hass: HomeAssistant, entry: ExistConfigEntry, given: Mapping[str, Any]
    ) -> ChangeOutcome:
        """Release."""
        outcome = ChangeOutcome([], [])
        release = async_release(hass, entry, given[CONF_ATTRIBUTES])
        await outcome.async_carry_out(hass, release)
        return outcome


type Direction = Acquiring | Releasing


def _tags(given: Mapping[str, Any]) -> list[str]:
    """Return the new tags that were typed, each once."""
    typed = (" ".join(tag.split()) for tag in given.get(CONF_TAGS, ()))
    return list(dict.fromkeys(tag for tag in typed if tag))


def _place(each: Candidate | Attribute) -> tuple[int, str, str]:
    """Return where it stands: by Exist's order of groups, then by label."""
    return each.group.priority or 0, each.group.label, in_alphabet(each.label)


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
