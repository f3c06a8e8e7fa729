"""Acquire and release attributes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from ..account.failures import exist_errors
from ..account.scopes import can_read, can_write
from ..api import (
    AcquireItem,
    Attribute,
    BatchFailure,
    ExistAuthError,
    ExistClient,
    ExistError,
    ExistProtocolError,
    Priority,
    Service,
    Template,
)
from ..const import GROUPS
from ..notices.translated import async_text
from ..runtime import ExistConfigEntry, ExistRuntimeData

# As long as a person waits for an answer.
FLUSH_SECONDS = 10.0

# Exist's machine words that have a text of ours; others keep Exist's own.
KNOWN_CODES = frozenset(
    {
        "exists",
        "missing_field",
        "not_allowed",
        "not_confirmed",
        "not_found",
        "owned_by_other",
        "owner_unknown",
        "unauthorised",
    }
)


@dataclass(frozen=True, slots=True)
class Done:
    """One attribute that was acquired or released, as Exist shows it now.

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
    """What became of each item."""

    success: tuple[Done, ...]
    failed: tuple[Failed, ...]


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
    client, coordinator = runtime.client, runtime.coordinator
    items = tuple(dict.fromkeys(items))
    with exist_errors(hass, entry, writing=True):
        templates = await coordinator.async_templates()
        # Polled data may be half an hour old, and taking silently is the worst.
        visible = await client.attributes(
            include_inactive=True,
            include_low_priority=True,
            priority=Priority.PERSON,
        )
        owned = await async_owned(client)
        refused: list[Failed] = []
        allowed: list[AcquireItem] = []
        for item in items:
            found = _find(visible, item)
            refusal = _refusal(
                item, found, templates, runtime.scopes, owned, take_over=take_over
            )
            if refusal is None:
                allowed.append(item)
            else:
                code, owner = refusal
                refused.append(
                    await _async_failed(hass, item, found, code, owner=owner)
                )
        if not allowed:
            return OwnershipResult((), tuple(refused))
        async with runtime.outbox.lock:
            result = await client.acquire(allowed, success_objects=True)
    success: list[Done] = []
    for good in result.success:
        item = allowed[good.index]
        attribute = good.attribute or _find(visible, item)
        success.append(_acquired(item, attribute))
    failed = [
        await async_refused(hass, _label(allowed[bad.index]), bad)
        for bad in result.failed
    ]
    if result.unknown:
        now = await _async_owned_or_none(runtime.client)
        for lost in result.unknown:
            item = allowed[lost.index]
            attribute = _find(now.values(), item) if now is not None else None
            if attribute is not None:
                success.append(_acquired(item, attribute))
            else:
                code = "unknown" if now is None else "not_confirmed"
                failed.append(await _async_failed(hass, item, None, code))
    failed += [
        await _async_failed(hass, allowed[unsent.index], None, "not_sent")
        for unsent in result.not_sent
    ]
    if isinstance(result.error, ExistAuthError):
        entry.async_start_reauth(hass)
    await _loaded(entry, runtime).owners.async_remember(
        _losers(success, visible, owned)
    )
    await async_refresh_now(entry)
    return OwnershipResult(tuple(success), (*refused, *failed))


def _loaded(entry: ExistConfigEntry, runtime: ExistRuntimeData) -> ExistRuntimeData:
    """Return what is loaded now, for a call may outlive a reload; else what was."""
    return getattr(entry, "runtime_data", runtime)


async def async_refresh_now(entry: ExistConfigEntry) -> None:
    """Poll at once, with whatever is loaded now: a call may outlive a reload."""
    if entry.state is ConfigEntryState.LOADED:
        await entry.runtime_data.coordinator.async_refresh_now()


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
    names = tuple(dict.fromkeys(names))
    known = runtime.coordinator.data.attributes

    def label_of(name: str) -> str:
        return known[name].label if name in known else name

    waiting = {
        key.name for key in await runtime.outbox.async_flush(names, FLUSH_SECONDS)
    }
    kept: list[Failed] = []
    if not drop_waiting:
        kept = [
            await _async_named(hass, name, label_of(name), "values_waiting")
            for name in names
            if name in waiting
        ]
        names = tuple(name for name in names if name not in waiting)
        if not names:
            return OwnershipResult((), tuple(kept))
    with exist_errors(hass, entry, writing=True):
        async with runtime.outbox.lock:
            result = await runtime.client.release(names)
    released = {names[good.index]: good.answer for good in result.success}
    failed = [
        await async_refused(hass, label_of(names[bad.index]), bad)
        for bad in result.failed
    ]
    if result.unknown:
        now = await _async_owned_or_none(runtime.client)
        for lost in result.unknown:
            name = names[lost.index]
            if now is not None and name not in now:
                released[name] = {}
                continue
            code = "unknown" if now is None else "not_confirmed"
            failed.append(await _async_named(hass, name, label_of(name), code))
    for unsent in result.not_sent:
        name = names[unsent.index]
        failed.append(await _async_named(hass, name, label_of(name), "not_sent"))
    if isinstance(result.error, ExistAuthError):
        entry.async_start_reauth(hass)
    labels = {name: label_of(name) for name in released}
    runtime = _loaded(entry, runtime)
    runtime.coordinator.note_released(released)
    await runtime.owners.async_forget(released)
    await runtime.outbox.async_forget(released)
    await async_refresh_now(entry)
    present = runtime.coordinator.data.attributes
    return OwnershipResult(
        tuple(
            _released(name, labels[name], answer, present.get(name))
            for name, answer in released.items()
        ),
        (*kept, *failed),
    )


def _refusal(
    item: AcquireItem,
    found: Attribute | None,
    templates: Mapping[str, Template],
    scopes: frozenset[str],
    owned: Mapping[str, Attribute],
    *,
    take_over: bool,
) -> tuple[str, Service | None] | None:
    """Return why the item must not be sent, as code and owner, or None."""
    template = templates.get(item.template or "")
    if found is not None:
        group: str | None = found.group.name
    else:
        group = template.group.name if template and template.group else None
    manual = found.manual if found and item.manual is None else bool(item.manual)
    if group is not None and not can_write(scopes, group, manual=manual):
        return "not_allowed", None
    if take_over or (found is not None and found.name in owned):
        return None
    if found is not None:
        return ("owned_by_other", found.service) if found.service else None
    if group is not None:
        return None if can_read(scopes, group) else ("owner_unknown", None)
    if all(can_read(scopes, each) for each in GROUPS):
        # Nothing is hidden from us, so Exist may say that there is no such thing.
        return None
    return "owner_unknown", None


def _find(attributes: Iterable[Attribute], item: AcquireItem) -> Attribute | None:
    by_template = item.template is not None
    wanted = item.template if by_template else item.name
    return next(
        (
            attribute
            for attribute in attributes
            if wanted == (attribute.template if by_template else attribute.name)
        ),
        None,
    )


def _label(item: AcquireItem) -> str:
    return item.template or item.name or ""


def _acquired(item: AcquireItem, attribute: Attribute | None) -> Done:
    if attribute is None:
        return Done(_label(item), _label(item), item.template, item.manual)
    return Done(
        attribute.label,
        attribute.name,
        attribute.template,
        attribute.manual,
        attribute,
        attribute.service,
        attribute.active,
    )


def _released(
    name: str, label: str, answer: Mapping[str, object], present: Attribute | None
) -> Done:
    try:
        service = Service.from_json(answer.get("service"))
    except ExistProtocolError:
        # It was released all the same.
        service = None
    if present is not None:
        service = present.service or service
    active = answer.get("active")
    if not isinstance(active, bool):
        active = present is not None and present.active
    return Done(label, name, service=service, active=active)


def _losers(
    success: Iterable[Done],
    visible: Iterable[Attribute],
    owned: Mapping[str, Attribute],
) -> dict[str, Service]:
    before = {attribute.name: attribute.service for attribute in visible}
    return {
        done.name: service
        for done in success
        if done.name not in owned and (service := before.get(done.name)) is not None
    }


async def async_owned(client: ExistClient) -> dict[str, Attribute]:
    """Read what we own, by name. Raises ExistError."""
    page = await client.owned(
        include_inactive=True, include_low_priority=True, priority=Priority.PERSON
    )
    return {attribute.name: attribute for attribute in page.results}


async def _async_owned_or_none(
    client: ExistClient,
) -> dict[str, Attribute] | None:
    """Read what settles a lost answer, or None where that fails as well."""
    try:
        return await async_owned(client)
    except ExistError:
        return None


async def _async_failed(
    hass: HomeAssistant,
    item: AcquireItem,
    found: Attribute | None,
    code: str,
    *,
    owner: Service | None = None,
) -> Failed:
    label = found.label if found else _label(item)
    error = await async_text(
        hass, f"failed_{code}", owner=owner.label if owner else "?"
    )
    return Failed(label, code, error, item.name, item.template)


async def _async_named(hass: HomeAssistant, name: str, label: str, code: str) -> Failed:
    error = await async_text(hass, f"failed_{code}", owner="?")
    return Failed(label, code, error, name)


async def async_refused(
    hass: HomeAssistant, label: str, failure: BatchFailure
) -> Failed:
    """Return Exist's refusal with our text, or with Exist's where we know no better."""
    error = failure.message or failure.code
    if failure.code in KNOWN_CODES:
        error = await async_text(hass, f"failed_{failure.code}", owner="?")
    return Failed(
        label,
        failure.code,
        error,
        failure.request.get("name"),
        failure.request.get("template"),
    )
