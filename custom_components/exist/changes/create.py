"""Creates attributes; Exist cannot delete them, so a lost answer is read, not repeated."""

from collections.abc import Iterable, Sequence

from homeassistant.core import HomeAssistant

from ..account.failures import exist_errors
from ..api import (
    AcquireItem,
    Attribute,
    CreateItem,
    ExistAuthError,
    ExistClient,
    ExistError,
    Priority,
)
from ..notices.translated import async_text
from ..runtime import ExistConfigEntry
from .ownership import (
    Done,
    Failed,
    OwnershipResult,
    async_acquire,
    async_refresh_now,
    async_refused,
)

EXISTS = "exists"


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
    items = tuple(dict.fromkeys(items))
    success: list[Done] = []
    failed: list[Failed] = []
    existing: list[str] = []
    with exist_errors(hass, entry, writing=True):
        async with runtime.outbox.lock:
            result = await runtime.client.create(items, success_objects=True)
    now = (
        await _async_present(runtime.client)
        if result.unknown or result.failed
        else None
    )
    for good in result.success:
        item = items[good.index]
        name = str(good.answer.get("name") or _label(item))
        success.append(_done(item, name, good.attribute))
    for bad in result.failed:
        item = items[bad.index]
        found = _find(now or (), item)
        if bad.code == EXISTS and adopt and found is not None:
            existing.append(found.name)
            continue
        failed.append(await async_refused(hass, _label(item), bad))
    for lost in result.unknown:
        item = items[lost.index]
        found = _find(now or (), item)
        if found is not None:
            success.append(_done(item, found.name, found))
        else:
            code = "unknown" if now is None else "not_confirmed"
            failed.append(await _async_failed(hass, item, code))
    failed += [
        await _async_failed(hass, items[unsent.index], "not_sent")
        for unsent in result.not_sent
    ]
    if isinstance(result.error, ExistAuthError):
        entry.async_start_reauth(hass)
    if existing:
        adopted = await async_acquire(
            hass, entry, [AcquireItem(name=name) for name in existing]
        )
        success += adopted.success
        failed += adopted.failed
    else:
        await async_refresh_now(entry)
    return OwnershipResult(tuple(success), tuple(failed))


async def _async_present(client: ExistClient) -> tuple[Attribute, ...] | None:
    try:
        return await client.attributes(
            include_inactive=True, include_low_priority=True, priority=Priority.PERSON
        )
    except ExistError:
        return None


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


def _label(item: CreateItem) -> str:
    return item.template or item.label or ""


def _done(item: CreateItem, name: str, attribute: Attribute | None) -> Done:
    if attribute is None:
        return Done(_label(item), name, item.template, item.manual)
    return Done(
        attribute.label,
        attribute.name,
        attribute.template,
        attribute.manual,
        attribute,
        attribute.service,
        attribute.active,
    )


async def _async_failed(hass: HomeAssistant, item: CreateItem, code: str) -> Failed:
    error = await async_text(hass, f"failed_{code}", owner="?")
    return Failed(_label(item), code, error, None, item.template)
