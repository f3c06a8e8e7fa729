"""One row of the recorder, as links read it: pure functions."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.sensor import ATTR_LAST_RESET
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.util import dt as dt_util
from homeassistant.util.json import json_loads_object

from .numerals import moment_of
from .state_attributes import attribute_state, recorded_unit, unit_of
from .timeline import Row


def recorded_row(
    state: str,
    at: float,
    attributes: Mapping[str, Any] | None,
    *,
    carried: bool,
    reported: bool,
    name: str | None = None,
    empty: str = STATE_UNAVAILABLE,
    is_event: bool = False,
) -> Row:
    """Return a row of the recorder as links read it; `empty` is what '' stands for.

    With a `name` it is that state attribute's; the state of what `is_event` is when it
    happened.
    """
    attributes = attributes or {}
    state = state or empty
    if name is not None:
        unit = recorded_unit(attributes, name)
        shown = attribute_state(state, attributes, name)
        happened = moment_of(state) if is_event else None
        return Row(at, shown, carried=carried, unit=unit, reset=happened)
    return Row(
        at,
        state,
        carried=carried,
        unit=unit_of(attributes),
        reset=_moment(attributes.get(ATTR_LAST_RESET)),
        reported=reported,
    )


def recorded_attributes(raw: str | None) -> Mapping[str, Any]:
    """Return the attributes of a row; damaged ones are as if there were none."""
    try:
        return json_loads_object(raw) if raw else {}
    except ValueError:
        return {}


def _moment(raw: object) -> float | None:
    """Return a moment of a device, which may be none that there is."""
    try:
        found = dt_util.parse_datetime(raw) if isinstance(raw, str) else None
        return dt_util.as_timestamp(found) if found else None
    except OverflowError, ValueError:
        return None
