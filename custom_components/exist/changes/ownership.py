"""Acquire and release attributes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from homeassistant.core import HomeAssistant

from ..account.data import AccountData
from ..account.failures import exist_errors
from ..account.scopes import can_read, can_write
from ..api import (
    AcquireItem,
    Attribute,
    ExistProtocolError,
    ItemOutcome,
    Service,
    Status,
    Template,
    refused,
    succeeded,
)
from ..const import GROUPS
from ..ledger import written
from ..runtime import ExistConfigEntry, ExistRuntimeData
from .carry_out import (
    NOT_CONFIRMED,
    OWNED_BY_OTHER,
    Change,
    Done,
    OwnershipResult,
    async_carry_out,
    async_owned,
    async_present,
    async_refresh_now,
    async_told,
    confirmed,
)


async def async_acquire(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    items: Sequence[AcquireItem],
    *,
    take_over: bool = False,
) -> OwnershipResult:
    """Acquire attributes; what another service owns only where `take_over` says so.

    Raises HomeAssistantError when nothing can have happened at all.
    """
    runtime = entry.runtime_data
    runtime.files.require_writable()
    client = runtime.client
    with exist_errors(hass, entry, writing=True):
        templates = await runtime.coordinator.async_templates()
        # Polled data may be half an hour old, and taking silently is the worst.
        visible = await async_present(client)
        owned = await async_owned(client)
    known = {item: _find(visible, item) for item in items}
    told: dict[AcquireItem, ItemOutcome] = {}
    for item, found in known.items():
        if code := _refusal(
            item, found, templates, runtime.scopes, owned, take_over=take_over
        ):
            told[item] = refused(code)
    if allowed := [item for item in known if item not in told]:
        outcomes = await async_carry_out(
            hass,
            entry,
            runtime.ledger.lock,
            lambda: client.acquire(allowed, success_objects=True),
            lambda: async_owned(client),
            lambda index, now: confirmed(_as_asked(now.values(), allowed[index])),
        )
        told |= zip(allowed, outcomes, strict=True)
        lost = {
            found.name: found.service
            for item, found in known.items()
            if told[item].status is Status.SUCCEEDED
            and found is not None
            and found.service is not None
            and found.name not in owned
        }
        await _loaded(entry, runtime).owners.async_remember(lost)
        await async_refresh_now(entry)
    return OwnershipResult(
        tuple(
            [
                await async_told(hass, _change(item, found, templates), told[item])
                for item, found in known.items()
            ]
        )
    )


def _change(
    item: AcquireItem, found: Attribute | None, templates: Mapping[str, Template]
) -> Change:
    template = templates.get(item.template or "")
    label = template.label if template else item.template or item.name or ""
    return Change(label, item.name, item.template, item.manual, found)


def _loaded(entry: ExistConfigEntry, runtime: ExistRuntimeData) -> ExistRuntimeData:
    """Return what is loaded now, for a call may outlive a reload; else what was."""
    return getattr(entry, "runtime_data", runtime)


async def async_release(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    names: Sequence[str],
    *,
    drop_waiting: bool = False,
) -> OwnershipResult:
    """Give attributes up, after sending what waits for them.

    What cannot be sent keeps its attribute unless `drop_waiting`.
    Raises HomeAssistantError when nothing can have happened.
    """
    runtime = entry.runtime_data
    runtime.files.require_writable()
    client, known = runtime.client, runtime.coordinator.data.attributes
    changes = {
        name: Change(each.label, name, each.template)
        if (each := known.get(name))
        else Change(name, name)
        for name in names
    }
    waiting = await runtime.ledger.async_flush(tuple(changes), written.ANSWER_SECONDS)
    told: dict[str, ItemOutcome] = {}
    if not drop_waiting:
        told = {key.name: refused("values_waiting") for key in waiting}
    if names := [name for name in changes if name not in told]:
        outcomes = await async_carry_out(
            hass,
            entry,
            runtime.ledger.lock,
            lambda: client.release(names),
            lambda: async_owned(client),
            lambda index, now: NOT_CONFIRMED if names[index] in now else succeeded({}),
        )
        told |= zip(names, outcomes, strict=True)
        released = [name for name in names if told[name].status is Status.SUCCEEDED]
        runtime = _loaded(entry, runtime)
        runtime.coordinator.note_released(released)
        await runtime.owners.async_forget(released)
        await runtime.ledger.async_forget(released)
        await async_refresh_now(entry)
    data = runtime.coordinator.data
    result = [
        (await async_told(hass, change, told[name]), told[name].answer)
        for name, change in changes.items()
    ]
    return OwnershipResult(
        tuple(
            _released(each, answer, data) if isinstance(each, Done) else each
            for each, answer in result
        )
    )


def _refusal(
    item: AcquireItem,
    found: Attribute | None,
    templates: Mapping[str, Template],
    scopes: frozenset[str],
    owned: Mapping[str, Attribute],
    *,
    take_over: bool,
) -> str | None:
    """Return the code of why the item must not be sent, or None."""
    template = templates.get(item.template or "")
    if found is not None:
        group: str | None = found.group.name
    else:
        group = template.group.name if template and template.group else None
    manual = found.manual if found and item.manual is None else bool(item.manual)
    if group is not None and not can_write(scopes, group, manual=manual):
        return "not_allowed"
    if take_over or (found is not None and found.name in owned):
        return None
    if found is not None:
        return OWNED_BY_OTHER if found.service else None
    if group is not None:
        return None if can_read(scopes, group) else "owner_unknown"
    if all(can_read(scopes, each) for each in GROUPS):
        # Nothing is hidden from us, so Exist may say that there is no such thing.
        return None
    return "owner_unknown" if item.template is None or not templates else "not_found"


def _find(attributes: Iterable[Attribute], item: AcquireItem) -> Attribute | None:
    # Who owns it is asked whatever its case: Exist may find it by either spelling.
    wanted = (item.template or item.name or "").casefold()
    return next(
        (
            attribute
            for attribute in attributes
            if wanted
            == (
                (attribute.template or "") if item.template else attribute.name
            ).casefold()
        ),
        None,
    )


def _as_asked(attributes: Iterable[Attribute], item: AcquireItem) -> Attribute | None:
    """Return what is owned just as it was asked for: it may have been ours before."""
    found = _find(attributes, item)
    if found is None or item.manual in (None, found.manual):
        return found
    return None


def _released(done: Done, answer: Mapping[str, object], data: AccountData) -> Done:
    """Return who has it now: by the poll that followed, else by Exist's answer."""
    # Where it still calls it ours, no poll followed.
    polled = done.name not in data.owned
    present = data.attributes.get(done.name) if polled else None
    try:
        service = Service.from_json(answer.get("service"))
    except ExistProtocolError:
        # It was released all the same.
        service = None
    active = answer.get("active")
    if not isinstance(active, bool):
        active = (present is not None and present.active) if polled else None
    if present is not None:
        service = present.service or service
    return replace(done, service=service, active=active)
