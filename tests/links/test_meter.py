"""What a meter counted: histories of what devices do, with what a person calls right."""

from datetime import date, datetime
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.exist.links.meter import count
from custom_components.exist.links.meter_falls import kind_of_meter
from custom_components.exist.links.readings import History, Meter, Reading
from custom_components.exist.links.window import Part, Window, Zones, window_of

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

HISTORIES = [
    each
    for name in ("meter_histories.json", "meter_histories_more.json")
    for each in json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
]


def _moment(raw: str) -> float:
    return datetime.fromisoformat(raw).timestamp()


def history_of(case: dict[str, Any]) -> tuple[History, Meter]:
    return (
        History(
            tuple(
                Reading(_moment(at), value, _moment(reset[0]) if reset else None)
                for at, value, *reset in case["readings"]
            ),
            tuple(
                Window(_moment(start), _moment(end))
                for start, end in case.get("home_assistant_off", ())
            ),
            (ZoneInfo(case["profile_zone"]), ZoneInfo(case["zone"])),
        ),
        Meter(
            is_counter=case["domain"] == "counter",
            may_fall=case["state_class"] == "total",
            step=case.get("step", 1),
            initial=case.get("initial", 0),
        ),
    )


@pytest.mark.parametrize("case", HISTORIES, ids=[each["name"] for each in HISTORIES])
def test_a_day_is_what_a_person_calls_right(case: dict[str, Any]) -> None:
    history, meter = history_of(case)
    counted = count(history, meter, kind_of_meter(history, meter))
    zones = Zones(history.zones[0])
    for day, right in case["right"].items():
        told = counted.within(window_of(Part(), zones, date.fromisoformat(day)))
        if right.get("not_told"):
            assert told is None, day
        else:
            assert told == pytest.approx(right["value"], abs=right.get("within", 1e-6))
