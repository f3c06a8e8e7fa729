"""Profile, templates, attributes and values (sections 5.1 to 5.6)."""

import datetime as dt

from .calls import Call, Json
from .refusals import Refused
from .state import Attribute
from .templates import LOW_PRIORITY, TEMPLATES

MOST_DAYS = 31
IMPERIAL = ("distance", "weight", "energy", "liquid", "temperature")


_STRANGE = {
    "name": "strange",
    "label": "Strange",
    "group": {"name": "strange", "label": "Strange", "priority": 9},
    "priority": 1,
    "value_type": 9,
    "value_type_description": "Strange",
}


def profile(call: Call) -> Json:
    """Answer accounts/profile/ (section 5.1)."""
    user = call.user
    origin = call.request.url.origin()
    answer: Json = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "avatar": f"{origin}/media/avatars/default_avatar.png",
        "timezone": user.timezone,
        "local_time": call.world.local_time(user.username).isoformat(
            timespec="microseconds"
        ),
    }
    answer |= {f"imperial_{what}": user.imperial for what in IMPERIAL}
    answer |= {"trial": user.trial, "delinquent": user.delinquent}
    if call.world.switches.email_flags:
        answer |= {"weekly_email": True, "yearly_email": True}
    return answer


def templates(call: Call) -> Json:
    """Answer attributes/templates/ (section 5.2)."""
    groups = call.names("groups")
    low_priority = call.flag("include_low_priority")
    found = [
        template
        for template in TEMPLATES.values()
        if (low_priority or template.priority < LOW_PRIORITY)
        and (groups is None or (template.group and template.group.name in groups))
    ]
    found.sort(
        key=lambda each: (
            each.group.priority if each.group else 99,
            each.priority,
            each.name,
        )
    )
    listed = [template.json() for template in found]
    if call.world.switches.strange_template:
        listed.append(_STRANGE)
    return call.paged(listed)


def attributes(call: Call) -> Json:
    """Answer attributes/ (section 5.3)."""
    found = call.select(
        inactive=call.flag("include_inactive"),
        low_priority=call.flag("include_low_priority"),
        by_name=not call.world.switches.ignores_attributes_filter,
    )
    if call.flag("owned"):
        found = _owned(call, found)
    return call.paged([call.attribute_json(each) for each in found])


def owned(call: Call) -> Json:
    """Answer attributes/owned/ (section 5.6)."""
    if not call.world.switches.owned_needs_read_scope:
        call = _seeing_what_it_writes(call)
    found = call.select(
        low_priority=call.flag("include_low_priority"),
        by_name=not call.world.switches.ignores_attributes_filter,
    )
    found = _owned(call, found)
    return call.paged([call.attribute_json(each) for each in found])


def with_values(call: Call) -> Json:
    """Answer attributes/with-values/ (section 5.4)."""
    newest = call.date("date_max") or call.today
    asked = call.request.query.get("days", "")
    days = max(int(asked) if asked.isdecimal() else 1, 1)
    if days > MOST_DAYS and call.world.switches.refuses_many_days:
        raise Refused(400, {"detail": f"At most {MOST_DAYS} days"})
    days = min(days, MOST_DAYS)
    span = [newest - dt.timedelta(days=back) for back in range(days)]
    gaps = call.world.switches.null_for_gaps
    return call.paged(
        [
            {
                "group": each.group and each.group.json(),
                "template": each.template,
                "name": each.name,
                "label": each.label,
                "subgroup": call.world.switches.subgroup,
                "priority": each.priority,
                "manual": each.manual,
                "active": each.active,
                "value_type": each.value_type,
                "value_type_description": each.value_type.description,
                "service": call.service_json(each.service),
                "values": [
                    _row(each, day) for day in span if gaps or day in each.values
                ],
            }
            for each in call.select()
        ]
    )


def values(call: Call) -> Json:
    """Answer attributes/values/ (section 5.5)."""
    name = call.request.query.get("attribute")
    if not name:
        raise Refused(400, {"detail": "'attribute' is missing"})
    newest = call.date("date_max")
    found = call.user.attributes.get(name)
    if found is None or not (found.active or call.world.switches.released_readable):
        raise Refused(
            call.world.switches.unknown_values_status, {"detail": "Not found."}
        )
    days = sorted(found.values, reverse=True) if call.readable(found) else []
    return call.paged(
        [_row(found, day) for day in days if newest is None or day <= newest]
    )


def _owned(call: Call, found: list[Attribute]) -> list[Attribute]:
    return [each for each in found if call.service and each.service == call.service]


def _seeing_what_it_writes(call: Call) -> Call:
    writing = {scope for scope in call.scopes if scope.endswith("_write")}
    reading = {scope.removesuffix("_write") + "_read" for scope in writing}
    return Call(
        call.request, call.world, call.user, call.scopes | reading, call.service
    )


def _row(attribute: Attribute, day: dt.date) -> Json:
    return {"date": day.isoformat(), "value": attribute.values.get(day)}
