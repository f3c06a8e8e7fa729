"""Response data of actions, in Exist's own words."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from ..api import Attribute, Service
from ..changes.carry_out import Done, Failed, OwnershipResult
from ..ledger.written import Written


def changed_json(
    result: OwnershipResult, show: Callable[[Done], dict[str, Any]]
) -> dict[str, Any]:
    """Return what became of attributes."""
    return {
        "success": [show(done) for done in result.success],
        "failed": [_failed_json(failed) for failed in result.failed],
    }


def _failed_json(failed: Failed) -> dict[str, Any]:
    known = {"name": failed.name, "template": failed.template}
    named = {key: word for key, word in known.items() if word}
    return {
        **(named or {"label": failed.label}),
        "code": failed.code,
        "error": failed.error,
    }


def written_json(written: Iterable[Written]) -> dict[str, Any]:
    """Return what became of values."""
    answer: dict[str, Any] = {"success": [], "failed": [], "queued": []}
    for each in written:
        item: dict[str, Any] = {"name": each.name, "date": each.day.isoformat()}
        if each.current is not None:
            item["current"] = each.current
        if each.code:
            item |= {"code": each.code, "error": each.error}
        answer[each.result].append(item)
    return answer


def attribute_json(attribute: Attribute) -> dict[str, Any]:
    """Return the attribute as Exist shows it."""
    return {
        "template": attribute.template,
        "name": attribute.name,
        "label": attribute.label,
        "group": {
            "name": attribute.group.name,
            "label": attribute.group.label,
            "priority": attribute.group.priority,
        },
        "service": _service_json(attribute.service) if attribute.service else None,
        "active": attribute.active,
        "priority": attribute.priority,
        "manual": attribute.manual,
        "value_type": int(attribute.value_type),
        "available_services": [
            _service_json(each) for each in attribute.available_services
        ],
    }


def _service_json(service: Service) -> dict[str, str]:
    return {"name": service.name, "label": service.label}


def record_json(record: Any) -> dict[str, Any]:
    """Return any other record of Exist's, in what JSON has words for."""
    answer: dict[str, Any] = _json(asdict(record))
    return answer


def _json(value: Any) -> Any:
    match value:
        case dict():
            return {key: _json(each) for key, each in value.items()}
        case date():
            return value.isoformat()
        case int() if not isinstance(value, bool):
            return int(value)
        case _:
            return value
