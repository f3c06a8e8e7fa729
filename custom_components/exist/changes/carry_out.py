"""Carries a change of attributes out at Exist, and tells what became of each item."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from ..account.failures import exist_errors
from ..api import (
    Attribute,
    BatchResult,
    ExistAuthError,
    ExistClient,
    ItemOutcome,
    Priority,
    Service,
    Status,
    refused,
    settle,
    succeeded,
)
from ..notices.translated import async_text
from ..runtime import ExistConfigEntry

EXISTS = "exists"
OWNED_BY_OTHER = "owned_by_other"
NOT_SENT = "not_sent"
# Machine words that have a text of ours; others keep Exist's own.
KNOWN_CODES = frozenset(
    {
        EXISTS,
        OWNED_BY_OTHER,
        "missing_field",
        "not_allowed",
        "not_confirmed",
        "not_found",
        NOT_SENT,
        "owner_unknown",
        "unauthorised",
        "unknown",
        "values_waiting",
    }
)
NOT_CONFIRMED = refused("not_confirmed")


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute that is to be changed: what names it, and what we know of it."""

    label: str
    name: str | None = None
    template: str | None = None
    manual: bool | None = None
    known: Attribute | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """One attribute that was changed, as Exist shows it now.

    `service` and `active` tell who has it after a release.
    """

    label: str
    name: str
    template: str | None = None
    manual: bool | None = None
    attribute: Attribute | None = None
    service: Service | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """One item that was not carried out; `error` is translated."""

    label: str
    code: str
    error: str
    name: str | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True)
class OwnershipResult:
    """What became of each item, in their order."""

    told: tuple[Done | Failed, ...]

    @property
    def success(self) -> tuple[Done, ...]:
        """What was carried out."""
        return tuple(each for each in self.told if isinstance(each, Done))

    @property
    def failed(self) -> tuple[Failed, ...]:
        """What was not."""
        return tuple(each for each in self.told if isinstance(each, Failed))


async def async_carry_out[Shown](
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    lock: asyncio.Lock,
    send: Callable[[], Awaitable[BatchResult]],
    read: Callable[[], Awaitable[Shown]],
    decide: Callable[[int, Shown], ItemOutcome],
) -> tuple[ItemOutcome, ...]:
    """Send one change while no value is under way, and settle what was lost.

    Raises HomeAssistantError when nothing can have happened at all.
    """
    with exist_errors(hass, entry, writing=True):
        async with lock:
            result = await send()
    if isinstance(result.error, ExistAuthError):
        entry.async_start_reauth(hass)
    outcomes = await settle(result.outcomes, read, decide)
    if entry.state is ConfigEntryState.LOADED:
        # Only of what is acquired or created does Exist show the whole attribute.
        entry.runtime_data.coordinator.note_acquired(
            each.attribute.name
            for each in outcomes
            if each.status is Status.SUCCEEDED and each.attribute is not None
        )
    return outcomes


def confirmed(attribute: Attribute | None) -> ItemOutcome:
    """Return what it means that Exist shows an attribute, or none."""
    return NOT_CONFIRMED if attribute is None else succeeded({}, attribute)


async def async_told(
    hass: HomeAssistant, change: Change, outcome: ItemOutcome
) -> Done | Failed:
    """Return what became of an item, in words."""
    if outcome.status is Status.SUCCEEDED:
        return _done(change, outcome)
    # Our text for the code, or Exist's where we know no better.
    code = outcome.code or outcome.status.value
    error = outcome.message or code
    if code in KNOWN_CODES:
        owner = change.known.service if change.known else None
        error = await async_text(
            hass, f"failed_{code}", owner=owner.label if owner else "?"
        )
    label = change.known.label if change.known else change.label
    # Of what exists already, Exist tells the name.
    told = outcome.answer.get("name")
    name = change.name or (told if isinstance(told, str) else None)
    return Failed(label, code, error, name, change.template)


def _done(change: Change, outcome: ItemOutcome) -> Done:
    attribute = outcome.attribute or change.known
    if attribute is None:
        name = str(outcome.answer.get("name") or change.name or change.label)
        return Done(change.label, name, change.template, change.manual)
    return Done(
        attribute.label,
        attribute.name,
        attribute.template,
        attribute.manual,
        attribute,
        attribute.service,
        attribute.active,
    )


async def async_refresh_now(entry: ExistConfigEntry) -> None:
    """Poll at once, with whatever is loaded now: a call may outlive a reload."""
    if entry.state is ConfigEntryState.LOADED:
        await entry.runtime_data.coordinator.async_refresh_now()


async def async_present(client: ExistClient) -> tuple[Attribute, ...]:
    """Read every attribute that we may see. Raises ExistError."""
    return await client.attributes(
        include_inactive=True, include_low_priority=True, priority=Priority.PERSON
    )


async def async_owned(client: ExistClient) -> dict[str, Attribute]:
    """Read what we own, by name. Raises ExistError."""
    page = await client.owned(
        include_inactive=True, include_low_priority=True, priority=Priority.PERSON
    )
    return {attribute.name: attribute for attribute in page.results}
