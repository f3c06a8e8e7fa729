"""Who may run an action that writes values."""

from collections import defaultdict
from collections.abc import Iterable

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er

from ..account.ids import attribute_id, own_id
from ..links import Link
from ..runtime import ExistConfigEntry


async def async_require_right(
    call: ServiceCall,
    entry: ExistConfigEntry,
    names: Iterable[str],
    *,
    link: Link | None = None,
    admin: bool = False,
) -> None:
    """Require control of an entity of the link, else of each attribute, else the account.

    An automation, which has no user, may do all. Raises Unauthorized or UnknownUser.
    """
    if not call.context.user_id:
        return
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context, permission=POLICY_CONTROL)
    if user.is_admin:
        return
    if admin:
        raise Unauthorized(context=call.context)
    entities: dict[str, list[str]] = defaultdict(list)
    for registered in er.async_entries_for_config_entry(
        er.async_get(call.hass), entry.entry_id
    ):
        owner = registered.config_subentry_id or registered.unique_id
        entities[owner].append(registered.entity_id)
    of_link = entities[link.link_id] if link else []
    of_account = entities[own_id(entry, "last_poll")]
    for name in set(names):
        asked = of_link or entities[attribute_id(entry, name)] or of_account
        if not any(
            user.permissions.check_entity(each, POLICY_CONTROL) for each in asked
        ):
            raise Unauthorized(context=call.context, permission=POLICY_CONTROL)
