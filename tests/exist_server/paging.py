"""The envelope of lists (section 4)."""

from collections.abc import Sequence
from urllib.parse import urlencode

from aiohttp import web

from .faults import FAULT, FaultKind
from .refusals import Refused
from .switches import Switches

PER_PAGE = 20


def page[T](
    request: web.Request, found: Sequence[T], switches: Switches
) -> dict[str, object]:
    """Return one page of what was found."""
    asked_for = _number(request.query.get("limit")) or PER_PAGE
    limit = min(asked_for, switches.most_per_page)
    asked = request.query.get("page", "1")
    number = _number(asked)
    fault = request.get(FAULT)
    kind = fault.kind if fault else None
    if kind is FaultKind.SHIFTING:
        found = found[1:]
    pages = max(1, -(-len(found) // limit))
    shown = number
    if kind is FaultKind.ENDLESS and number:
        shown = (number - 1) % pages + 1
    if not shown or shown > pages:
        raise Refused(switches.past_end_status, {"detail": "Invalid page."})
    more = kind is FaultKind.ENDLESS or shown < pages
    return {
        "count": len(found),
        "next": _address(request, number + 1) if more else None,
        "previous": _address(request, number - 1) if number > 1 else None,
        "results": found[(shown - 1) * limit : shown * limit],
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _address(request: web.Request, number: int) -> str:
    query = dict(request.query)
    if number > 1:
        query["page"] = str(number)
    else:
        query.pop("page", None)
    url = request.url.with_query(None)
    return f"{url}?{urlencode(sorted(query.items()))}" if query else str(url)
