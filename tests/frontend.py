"""What Home Assistant's frontend makes of what it is told, as far as tests need it."""

import importlib.util
import json
import math
from pathlib import Path

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from .conftest import state_of

MINUTES_OF = {"min": 1, "h": 60}


def minutes_on_screen(hass: HomeAssistant, entity_id: str) -> tuple[int, int]:
    """Return the minutes and seconds that a duration is shown as.

    The rule is formatDurationForUnit of src/common/datetime/format_duration.ts.
    """
    state = state_of(hass, entity_id)
    assert state.attributes["device_class"] == "duration"
    registered = er.async_get(hass).async_get(entity_id)
    assert registered is not None
    assert registered.display_json_repr is not None
    precision = json.loads(registered.display_json_repr).get("dp")
    number = float(state.state)
    if precision is not None:
        # Math.round of JavaScript rounds halves up.
        number = math.floor(number * 10**precision + 0.5) / 10**precision
    whole = math.floor(number)
    rest = math.floor(60 * (number - whole))
    unit = state.attributes["unit_of_measurement"]
    return (whole * 60 + rest, 0) if unit == "h" else (whole * MINUTES_OF[unit], rest)


def is_line(state: State) -> bool:
    """Return whether History draws it as a line, and groups it by thousands.

    The rule is isNumericFromAttributes of src/common/number/format_number.ts.
    """
    attributes = state.attributes
    return bool(attributes.get("unit_of_measurement") or attributes.get("state_class"))


def installed_icons() -> set[str] | None:
    """Return the names of the frontend's own icons, or None where it is not installed."""
    frontend = importlib.util.find_spec("hass_frontend")
    if frontend is None or frontend.origin is None:
        return None
    names = Path(frontend.origin).parent / "static/mdi/iconList.json"
    return {each["name"] for each in json.loads(names.read_text())}
