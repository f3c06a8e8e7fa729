"""Response data of actions, in Exist's own words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from ..api import AcquireItem, Attribute, Average, CreateItem, Page, Service
from ..changes.carry_out import Done, Failed, OwnershipResult
from ..ledger.written import Checked, Written


def changed_json(
    items: Iterable[AcquireItem | CreateItem],
    result: OwnershipResult,
    show: Callable[[Done], dict[str, Any]],
) -> dict[str, Any]:
    """Return what became of attributes; what failed comes back as it was asked for."""
    asked = dict.fromkeys(items)
    return {
        "success": [show(done) for done in result.success],
        "failed": [
            _failed_json(item, told)
            for item, told in zip(asked, result.told, strict=True)
            if isinstance(told, Failed)
        ],
    }


def _failed_json(item: AcquireItem | CreateItem, failed: Failed) -> dict[str, Any]:
    name = {"name": failed.name} if failed.name else {}
    given = {key: each for key, each in record_json(item).items() if each is not None}
    return {
        "label": failed.label,
        **name,
        **given,
        "error_code": failed.code,
        "error": failed.error,
    }


def written_json(
    checked: Iterable[Checked], written: Iterable[Written]
) -> dict[str, Any]:
    """Return what became of values, which are as Exist has them."""
    answer: dict[str, Any] = {"success": [], "failed": [], "queued": []}
    for asked, each in zip(checked, written, strict=True):
        item: dict[str, Any] = {
            "name": each.name,
            "label": asked.label,
            "date": each.day.isoformat(),
            "value": asked.value,
        }
        if each.current is not None:
            item["current"] = each.current
        if each.code:
            item |= {"error_code": each.code, "error": each.error}
        answer[each.result].append(item)
    return answer


def page_json(page: Page[Attribute], key: str) -> dict[str, Any]:
    """Return a list of attributes, or one page of it."""
    return {
        "count": page.count,
        "next": page.next,
        "previous": page.previous,
        key: [attribute_json(attribute) for attribute in page.results],
    }


def attribute_json(attribute: Attribute) -> dict[str, Any]:
    """Return the attribute as Exist shows it."""
    return {
        "template": attribute.template,
        "name": attribute.name,
        "label": attribute.label,
        "subgroup": attribute.subgroup,
        "group": asdict(attribute.group) if attribute.group.name else None,
        "service": _service_json(attribute.service) if attribute.service else None,
        "active": attribute.active,
        "priority": attribute.priority,
        "manual": attribute.manual,
        "value_type": int(attribute.value_type),
        "value_type_description": attribute.value_type_description,
        "available_services": [
            _service_json(each) for each in attribute.available_services
        ],
    }


def _service_json(service: Service) -> dict[str, str]:
    return {"name": service.name, "label": service.label}


def average_json(average: Average) -> dict[str, Any]:
    """Return a week's medians, with the weekdays beside them as Exist has them."""
    told = record_json(average)
    weekdays: dict[str, Any] = told.pop("weekdays")
    return told | weekdays


def record_json(record: Any) -> dict[str, Any]:
    """Return any other record of Exist's, in what JSON has words for."""
    answer: dict[str, Any] = _json(asdict(record))
    return answer


def _json(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _json(each) for key, each in value.items()}
        case list() | tuple():
            return [_json(each) for each in value]
        case date():
            return value.isoformat()
        case int() if not isinstance(value, bool):
            return int(value)
        case _:
            return value
