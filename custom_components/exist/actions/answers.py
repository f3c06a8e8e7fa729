"""Response data of actions, in Exist's own words."""

from collections.abc import Callable, Iterable
from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError

from ..api import Attribute, Service
from ..changes.carry_out import Done, OwnershipResult
from ..const import DOMAIN
from .call import ATTR_NAME

ATTR_TEMPLATE = "template"


def answer(
    call: ServiceCall, result: OwnershipResult, show: Callable[[Done], dict[str, Any]]
) -> ServiceResponse:
    """Return both lists; where nobody reads them, raise for what failed."""
    if call.return_response:
        return {
            "success": [show(done) for done in result.success],
            "failed": [
                {
                    **({ATTR_NAME: failed.name} if failed.name else {}),
                    **({ATTR_TEMPLATE: failed.template} if failed.template else {}),
                    "code": failed.code,
                    "error": failed.error,
                }
                for failed in result.failed
            ],
        }
    if result.failed:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="some_failed",
            translation_placeholders={
                "failed": "; ".join(
                    f"{failed.name or failed.template}: {failed.error}"
                    for failed in result.failed
                )
            },
        )
    return None


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
        "service": _service_json(attribute.service),
        "active": attribute.active,
        "priority": attribute.priority,
        "manual": attribute.manual,
        "value_type": int(attribute.value_type),
        "available_services": _services_json(attribute.available_services),
    }


def _service_json(service: Service | None) -> dict[str, str] | None:
    if service is None:
        return None
    return {"name": service.name, "label": service.label}


def _services_json(services: Iterable[Service]) -> list[dict[str, str]]:
    return [{"name": service.name, "label": service.label} for service in services]
