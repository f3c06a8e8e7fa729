"""What the five writing endpoints have in common (section 6)."""

from collections.abc import Awaitable, Callable
from json import JSONDecodeError

from aiohttp import web

from .calls import Call, Json, answer, identify
from .groups import Group, reaches
from .refusals import ItemFailed, Refused
from .state import Attribute


def batch(
    apply: Callable[[Call, Json, int], Json],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Make a handler of a function that applies one item."""

    async def handle(request: web.Request) -> web.Response:
        call = identify(request, clients_only=True)
        items = await _items(call)
        success: list[Json] = []
        failed: list[Json] = []
        for index, item in enumerate(items):
            try:
                success.append(apply(call, item, index))
            except ItemFailed as err:
                code = str(err.added["error_code"])
                named = {"error_code": call.world.switches.codes.get(code, code)}
                failed.append(item | err.added | named)
        status = call.world.switches.failed_status if failed else 200
        return answer({"success": success, "failed": failed}, status)

    return handle


async def _items(call: Call) -> list[Json]:
    if call.request.content_type != "application/json":
        raise Refused(415, {"detail": "The body must be application/json"})
    try:
        body = await call.request.json()
    except JSONDecodeError, UnicodeDecodeError:
        raise Refused(400, {"detail": "The body is not JSON"}) from None
    if not isinstance(body, list) or not all(isinstance(each, dict) for each in body):
        raise Refused(400, {"detail": "The body must be an array of objects"})
    if not body and call.world.switches.empty_batch_status != 200:
        raise Refused(call.world.switches.empty_batch_status, {"detail": "No objects"})
    limit = call.world.switches.batch_limit
    if len(body) > limit:
        raise Refused(400, {"detail": f"At most {limit} objects are allowed"})
    return body


def require(item: Json, index: int, *keys: str) -> None:
    """Fail an item that lacks a key."""
    if missing := [key for key in keys if key not in item]:
        named = ", ".join(f"'{key}'" for key in missing)
        raise ItemFailed(
            "missing_field", f"Object at index {index} missing field(s) {named}"
        )


def require_scope(call: Call, group: Group | None, *, manual: bool) -> None:
    """Fail an item outside the write scopes."""
    if not reaches(call.scopes, "write", group, manual=manual):
        name = group.name if group else ""
        raise ItemFailed(
            "not_allowed", f"No permission to write to attributes in group '{name}'"
        )


def require_owned(call: Call, item: Json) -> Attribute:
    """Return the attribute an item names; fail unless the client owns it."""
    name = item["name"]
    found = call.user.attributes.get(name) if isinstance(name, str) else None
    if found is None:
        raise ItemFailed("not_found", f"User doesn't have an attribute named '{name}'")
    if found.service != call.service and not call.world.switches.anyone_writes:
        raise ItemFailed(
            "unauthorised", f"Attribute '{name}' does not belong to this service"
        )
    return found


def manual_of(item: Json) -> bool | None:
    """Return the `manual` an item asks for."""
    manual = item.get("manual")
    if manual is not None and not isinstance(manual, bool):
        raise ItemFailed("validation", "'manual' must be a boolean")
    return manual
