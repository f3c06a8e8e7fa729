"""The table of actions, and what all of them share."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Any

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.service import async_register_admin_service

from ..account.failures import exist_errors
from ..account.scopes import any_write
from ..const import DOMAIN
from ..notices.translated import failed, wrong
from ..runtime import ExistConfigEntry
from .call import ACCOUNT, async_account
from .change_attributes import (
    ACQUIRE,
    CREATE,
    RELEASE,
    async_acquire,
    async_create,
    async_release,
)
from .keep_history import CLEAR, IMPORT, async_clear, async_import
from .link_days import PREVIEW, RESTORE, SYNC, async_preview, async_restore, async_sync
from .read_exist import (
    ATTRIBUTES,
    AVERAGES,
    CORRELATIONS,
    DAYS_OF_ONE,
    INSIGHTS,
    OWNED,
    TEMPLATES,
    async_get_attributes,
    async_get_averages,
    async_get_correlations,
    async_get_dashboard,
    async_get_insights,
    async_get_owned,
    async_get_templates,
    async_get_values,
)
from .write_values import VALUES, async_increment, async_update

ONLY, OPTIONAL = SupportsResponse.ONLY, SupportsResponse.OPTIONAL

# What tells a person which item of an answer is meant.
IDENTIFY = ("label", "date")

type Handler = Callable[[ServiceCall, ExistConfigEntry], Awaitable[dict[str, Any]]]


class Right(Enum):
    """Who may call an action."""

    READ = auto()
    """Everyone."""
    WRITE = auto()
    """Who may control the entities of what is written; the handler knows which."""
    ADMIN = auto()
    """Administrators, since it is for good or takes from others."""
    MANAGE = auto()
    """Administrators, also of an account that may only read at Exist."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action; its schema comes on top of the account's."""

    name: str
    schema: Mapping[Any, Any]
    right: Right
    response: SupportsResponse
    handler: Handler


READ, WRITE, ADMIN, MANAGE = Right

ACTIONS = (
    Action("acquire_attributes", ACQUIRE, ADMIN, OPTIONAL, async_acquire),
    Action("release_attributes", RELEASE, ADMIN, OPTIONAL, async_release),
    Action("create_attributes", CREATE, ADMIN, OPTIONAL, async_create),
    Action("update_values", VALUES, WRITE, OPTIONAL, async_update),
    Action("increment_values", VALUES, WRITE, OPTIONAL, async_increment),
    Action("sync_link", SYNC, WRITE, OPTIONAL, async_sync),
    Action("preview_link", PREVIEW, READ, ONLY, async_preview),
    Action("restore_values", RESTORE, ADMIN, OPTIONAL, async_restore),
    Action("import_history", IMPORT, MANAGE, OPTIONAL, async_import),
    Action("clear_history", CLEAR, MANAGE, OPTIONAL, async_clear),
    Action("get_owned_attributes", OWNED, READ, ONLY, async_get_owned),
    Action("get_attributes", ATTRIBUTES, READ, ONLY, async_get_attributes),
    Action("get_values", DAYS_OF_ONE, READ, ONLY, async_get_values),
    Action("get_templates", TEMPLATES, READ, ONLY, async_get_templates),
    Action("get_averages", AVERAGES, READ, ONLY, async_get_averages),
    Action("get_correlations", CORRELATIONS, READ, ONLY, async_get_correlations),
    Action("get_insights", INSIGHTS, READ, ONLY, async_get_insights),
    Action("get_dashboard", {}, READ, ONLY, async_get_dashboard),
)


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register all actions."""
    for action in ACTIONS:
        register: Callable[..., None] = hass.services.async_register
        if action.right in (ADMIN, MANAGE):
            register = partial(async_register_admin_service, hass)
        register(
            DOMAIN,
            action.name,
            _handler(action),
            vol.Schema({**ACCOUNT, **action.schema}),
            supports_response=action.response,
        )


def _handler(
    action: Action,
) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        entry = async_account(call)
        if action.right in (WRITE, ADMIN) and not any_write(entry.runtime_data.scopes):
            raise wrong("no_write_scope")
        # What writes turns errors of its own: it knows what may have been stored.
        with exist_errors(call.hass, entry, writing=False):
            answer = await action.handler(call, entry)
        if call.return_response:
            return answer
        _raise_for_failed(answer)
        return None

    return handle


def _raise_for_failed(answer: Mapping[str, Any]) -> None:
    """Raise for what failed, where the answer is not read."""
    lines = [
        f"{' '.join(each[key] for key in IDENTIFY if key in each)}: {each.get('error', '')}"
        for each in answer.get("failed", ())
    ]
    if lines:
        raise failed("some_failed", failed="; ".join(lines))
