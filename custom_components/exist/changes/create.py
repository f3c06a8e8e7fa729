"""Creates attributes; Exist cannot delete them, so a lost answer is read, not repeated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..api import (
    AcquireItem,
    Attribute,
    CreateItem,
    ExistClient,
    ItemOutcome,
    Status,
    settle,
)
from ..runtime import ExistConfigEntry
from .carry_out import (
    EXISTS,
    NOT_SENT,
    Change,
    Failed,
    OwnershipResult,
    async_carry_out,
    async_owned,
    async_present,
    async_refresh_now,
    async_told,
    confirmed,
)
from .ownership import async_acquire

type _Seen = tuple[Sequence[Attribute], Mapping[str, Attribute]]


async def async_create(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    items: Sequence[CreateItem],
    *,
    adopt: bool = False,
) -> OwnershipResult:
    """Create attributes; what exists already is acquired if `adopt`.

    What another service owns is never taken by this. Raises HomeAssistantError
    when nothing can have happened at all.
    """
    runtime = entry.runtime_data
    runtime.files.require_writable()
    client = runtime.client
    items = tuple(dict.fromkeys(items))
    outcomes = await async_carry_out(
        hass,
        entry,
        runtime.ledger.lock,
        lambda: client.create(items, success_objects=True),
        lambda: _async_seen(client),
        lambda index, seen: _settled(items[index], seen),
    )
    if adopt:
        # It stays refused, but it is known which attribute is meant.
        outcomes = await settle(
            outcomes,
            lambda: async_present(client),
            lambda index, now: replace(
                outcomes[index], attribute=_find(now, items[index])
            ),
            doubtful=_exists,
        )
    existing = {
        index: outcome.attribute.name
        for index, outcome in enumerate(outcomes)
        if _exists(outcome) and outcome.attribute is not None
    }
    told = {
        index: await async_told(hass, _change(items[index]), outcome)
        for index, outcome in enumerate(outcomes)
    }
    if existing:
        names = tuple(dict.fromkeys(existing.values()))
        try:
            adopted = await async_acquire(
                hass, entry, [AcquireItem(name=name) for name in names]
            )
        except HomeAssistantError as err:
            if len(existing) == len(told):
                raise
            # What was created stays created, and is told of all the same.
            told |= {
                index: replace(each, code=NOT_SENT, error=str(err))
                for index, each in told.items()
                if index in existing and isinstance(each, Failed)
            }
            await async_refresh_now(entry)
        else:
            by_name = dict(zip(names, adopted.told, strict=True))
            told |= {index: by_name[name] for index, name in existing.items()}
    else:
        await async_refresh_now(entry)
    return OwnershipResult(tuple(told.values()))


async def _async_seen(client: ExistClient) -> _Seen:
    """Read what there is, and which of it is ours. Raises ExistError."""
    return await async_present(client), await async_owned(client)


def _settled(item: CreateItem, seen: _Seen) -> ItemOutcome:
    """Return whether it was created: what was there before is not ours by that."""
    present, owned = seen
    found = _find(present, item)
    if found is None or found.name in owned:
        return confirmed(found)
    return ItemOutcome(Status.REFUSED, {"name": found.name}, code=EXISTS)


def _exists(outcome: ItemOutcome) -> bool:
    return outcome.code == EXISTS


def _change(item: CreateItem) -> Change:
    label = item.template or item.label or ""
    return Change(label, None, item.template, item.manual)


def _find(attributes: Iterable[Attribute], item: CreateItem) -> Attribute | None:
    for attribute in attributes:
        if item.template is not None:
            if attribute.template == item.template:
                return attribute
        elif item.label is not None and same_label(attribute, item.label):
            return attribute
    return None


def same_label(attribute: Attribute, label: str) -> bool:
    """Return whether Exist would take the label for this attribute's."""
    wanted = label.strip().casefold()
    return wanted == attribute.label.strip().casefold() or (
        wanted.replace(" ", "_") == attribute.name.casefold()
    )
