"""Update and increment (sections 5.10 and 5.11)."""

import datetime as dt
from math import isfinite

from aiohttp import web

from .batches import require, require_owned, require_scope
from .calls import Call, Json
from .refusals import ItemFailed, Refused
from .values import ValueType, checked, parse_day

_WRITTEN = web.RequestKey("written", set[tuple[str, dt.date]])


def update(call: Call, item: Json, index: int) -> Json:
    """Set the total of one day (section 5.10)."""
    require(item, index, "name", "date", "value")
    found = require_owned(call, item)
    require_scope(call, found.group, manual=found.manual)
    day = _day(call, item["date"])
    value = item["value"]
    switches = call.world.switches
    if switches.poison is not None and value == switches.poison:
        raise Refused(switches.poison_status, {"detail": "The request is refused"})
    if switches.refuses_unknown_keys and item.keys() - {"name", "date", "value"}:
        raise ItemFailed("validation", "There is an unknown key")
    if switches.coerces_texts and isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, str) and len(value) > switches.text_length:
        text = f"Value must have at most {switches.text_length} characters"
        raise ItemFailed("validation", text)
    if switches.stores_nothing or (
        switches.first_wins and (found.name, day) in _written(call)
    ):
        return {"name": found.name, "date": item["date"], "value": value}
    if switches.keeps_whole_numbers and isinstance(value, float):
        value = int(value)
    if value is None:
        if found.values.get(day) is not None and not switches.null_empties:
            raise ItemFailed("validation", "Cannot replace a value with null")
        found.values[day] = None
    else:
        try:
            found.values[day] = checked(found.value_type, value)
        except ValueError as err:
            raise ItemFailed("validation", str(err)) from None
    _written(call).add((found.name, day))
    echoed = {"value": value} if switches.echoes_value else {}
    return {"name": found.name, "date": item["date"], **echoed}


def increment(call: Call, item: Json, index: int) -> Json:
    """Add to the total of one day (section 5.11)."""
    require(item, index, "name", "value")
    found = require_owned(call, item)
    require_scope(call, found.group, manual=found.manual)
    day = _day(call, item["date"]) if "date" in item else call.today
    allowed = {ValueType.INTEGER, ValueType.FLOAT}
    if call.world.switches.increments_durations:
        allowed.add(ValueType.PERIOD)
    if found.value_type not in allowed:
        kind = found.value_type.description
        raise ItemFailed("validation", f"Cannot increment a value of type {kind}")
    value = item["value"]
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not isfinite(value)
    ):
        raise ItemFailed("validation", "Value must be a number")
    switches = call.world.switches
    whole = found.value_type is not ValueType.FLOAT and not switches.increments_by_float
    if value < 0 and not switches.decrements:
        raise ItemFailed("validation", "Value must not be negative")
    if day not in found.values and not switches.increments_empty_days:
        raise ItemFailed("not_found", "There is no value on that day")
    if isinstance(value, float) and whole:
        raise ItemFailed("validation", "Cannot apply a float to an integer type")
    before = found.values.get(day)
    current = value + before if isinstance(before, (int, float)) else value
    found.values[day] = current
    dated = {"date": item["date"]} if "date" in item else {}
    return {"name": found.name, **dated, "value": value, "current": current}


def _written(call: Call) -> set[tuple[str, dt.date]]:
    """Return what this request has written."""
    written: set[tuple[str, dt.date]] = call.request.setdefault(_WRITTEN, set())
    return written


def _day(call: Call, text: object) -> dt.date:
    day = parse_day(text) if isinstance(text, str) else None
    if day is None:
        raise ItemFailed("validation", "Date must be YYYY-mm-dd")
    if day > call.today and not call.world.switches.future_dates:
        raise ItemFailed("validation", "Date must not be in the future")
    return day
