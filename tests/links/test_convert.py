"""Values on their way to Exist: units, rounding, and how people read them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
import math
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.api import ValueType
from custom_components.exist.links import Link, NotTold, Why
from custom_components.exist.links.aggregate import Told
from custom_components.exist.links.convert import (
    Target,
    convertible,
    in_one_unit,
    in_present_unit,
    readable_value,
    wire_value,
)
from custom_components.exist.links.timeline import Row

from ..link_home import link_data


def link_of(aggregate: str, value_type: int, template: str | None, **more: Any) -> Link:
    data = link_data("sensor.x", aggregate, "x", value_type, template=template)
    return Link.from_data("id", "title", {**data, **more})


def wire(
    value: float | str,
    unit: str | None,
    value_type: int,
    template: str | None = None,
    aggregate: str = "last",
    **more: Any,
) -> Any:
    """Return what is sent of a day's value; `begun_in` is the unit of long ago."""
    more["unit"] = more.pop("begun_in", unit)
    link = link_of(aggregate, value_type, template, **more)
    return wire_value(link, Told(value), unit, template, ZoneInfo("Europe/Vienna"))


@pytest.mark.parametrize(
    ("value", "unit", "value_type", "template", "expected"),
    [
        (0.5, "kWh", 1, "active_energy", 1800),
        (1, "kcal", 1, "energy", 4.18),
        (77, "°F", 1, "weather_temp_max", 25),
        (-40, "°F", 1, "weather_temp_min", -40),
        (154.32, "lb", 1, "weight", 70),
        (11, "st", 1, "lean_mass", 69.85),
        (3.1, "mi", 1, "steps_distance", 4.99),
        (100, "ft", 1, "steps_elevation", 0.03),
        (1, "L", 0, "water", 1000),
        # What is drunk is in fluid ounces, what is weighed is not.
        (16, "oz", 0, "water", 473),
        (16, "oz", 1, "protein", 453.59),
        (10, "m/s", 1, "weather_wind_speed", 36),
        (25.4, "mm/h", 1, "weather_precipitation", 1),
        (1, "g", 1, "caffeine", 1000),
        (24.5, "%", 5, "body_fat", 0.245),
        (100, "%", 5, None, 1),
        (1.5, "h", 3, "tv_min", 90),
        (1, "d", 3, "tv_min", 1440),
        (61_000, "ms", 3, "tv_min", 1),
        # Half to even.
        (90, "s", 3, "tv_min", 2),
        (150, "s", 3, "tv_min", 2),
        (2.5, None, 0, "steps", 2),
        (3.5, "steps", 0, "steps", 4),
        (4.5, None, 8, "mood", 4),
        # A unit of one's own stays as it is.
        (3.456, "EUR", 1, None, 3.46),
    ],
)
def test_numbers_become_what_exist_has(
    value: float,
    unit: str | None,
    value_type: int,
    template: str | None,
    expected: float,
) -> None:
    assert wire(value, unit, value_type, template) == pytest.approx(expected)
    assert convertible(unit, Target(ValueType(value_type), template))


@pytest.mark.parametrize(
    ("value", "unit", "value_type", "template"),
    [
        (100.4, "%", 5, "body_fat"),
        (-0.1, "%", 5, None),
        (9.6, None, 8, "mood"),
        (0.4, None, 8, "energy_level"),
        (-1, None, 0, "steps"),
        (-1, "kg", 1, "weight"),
        (26, "h", 3, "tv_min"),
        (-90, "s", 3, None),
        (2.0**53, None, 0, None),
        (1e308, "h", 3, "tv_min"),
        (math.inf, None, 0, None),
        (math.nan, None, 0, None),
        (math.inf, None, 1, None),
    ],
)
def test_what_is_out_of_range_is_not_told_and_never_clipped(
    value: float, unit: str | None, value_type: int, template: str | None
) -> None:
    assert wire(value, unit, value_type, template) == NotTold(Why.OUT_OF_RANGE)


@pytest.mark.parametrize(
    ("unit", "value_type", "template"),
    [
        ("°C", 1, "weight"),
        (None, 1, "weight"),
        ("kg", 3, None),
        ("°C", 5, None),
        (None, 5, None),
        ("EUR", 1, "weight"),
        ("kW", 1, "active_energy"),
    ],
)
def test_what_cannot_be_converted_is_not_told(
    unit: str | None, value_type: int, template: str | None
) -> None:
    assert wire(1, unit, value_type, template) == NotTold(Why.WRONG_UNIT)
    assert not convertible(unit, Target(ValueType(value_type), template))


def test_differences_of_temperature_have_no_zero_point() -> None:
    for aggregate in ("sum", "difference"):
        assert wire(
            9, "°F", 1, "weather_temp_max", aggregate=aggregate
        ) == pytest.approx(5)


def test_an_attribute_without_unit_keeps_the_one_that_it_was_begun_in() -> None:
    assert wire(68, "°F", 1, begun_in="°C") == 20
    assert wire(1, "kg", 1, begun_in="°C") == NotTold(Why.WRONG_UNIT)
    # Another language names the same things otherwise.
    assert wire(7, "Schritte", 0, begun_in="steps") == 7
    assert wire(7, "kg", 0, begun_in="steps") == NotTold(Why.WRONG_UNIT)
    assert convertible("Schritte", Target(ValueType.INTEGER, None, "steps"))
    assert wire(6.0, "mmol/L", 1, begun_in="mg/dL") == pytest.approx(108.1, abs=0.1)
    # Which gas it is decides how much of it weighs how much.
    assert wire(250, "ppb", 1, begun_in="ppm") == NotTold(Why.WRONG_UNIT)


def test_values_that_have_no_unit() -> None:
    noon = datetime(2026, 5, 20, 10, 30, tzinfo=UTC).timestamp()
    assert wire(noon, None, 4, aggregate="first_time") == 12 * 60 + 30
    assert wire(noon, None, 6, "sleep_start", aggregate="last_time") == 30
    assert wire(5430, None, 3, aggregate="time_in") == 90
    assert wire(5430 + 60, None, 3, aggregate="time_in") == 92
    assert wire(3, None, 0, aggregate="times") == 3
    assert wire(1, None, 7, aggregate="ever") == 1
    assert wire("sunny", None, 2, text=True) == "sunny"
    assert wire(" ", None, 2, text=True) == NotTold(Why.NOTHING)
    assert wire("x" * 1001, None, 2, "mood_note", text=True) == NotTold(
        Why.OUT_OF_RANGE
    )


MEASURES = [
    ("kWh", 1, "active_energy", 3600, 0),
    ("lb", 1, "weight", 0.45359237, 0),
    ("mi", 1, "steps_distance", 1.609344, 0),
    ("°F", 1, "weather_temp_max", 5 / 9, -160 / 9),
    ("%", 5, "body_fat", 0.01, 0),
    ("s", 3, "tv_min", 1 / 60, 0),
    ("h", 3, "tv_min", 60, 0),
    (None, 0, "steps", 1, 0),
    (None, 8, "mood", 1, 0),
]
RANGE = {
    "weather_temp_max": (-(2**53), 2**53),
    "body_fat": (0, 1),
    "tv_min": (0, 25 * 60),
    "mood": (1, 9),
}


@given(
    st.sampled_from(MEASURES),
    st.integers(0, 4),
    st.one_of(st.floats(-100, 100), st.floats(allow_nan=False, allow_infinity=False)),
)
def test_a_value_is_the_rounded_one_or_none(
    measure: tuple[str | None, int, str, float, float], decimals: int, value: float
) -> None:
    unit, value_type, template, factor, offset = measure
    exact = value * factor + offset
    low, high = RANGE.get(template, (0, 2**53))
    step = {1: 10.0**-decimals, 5: 10.0 ** -(decimals + 2)}.get(value_type, 1)
    found = wire(value, unit, value_type, template, decimals=decimals)
    if isinstance(found, NotTold):
        assert found.why is Why.OUT_OF_RANGE
        assert not low + step <= exact <= high - step
        return
    assert low <= found <= high
    assert found == pytest.approx(exact, abs=step * 0.500001, rel=1e-9)
    if step == 1 and factor == 1:
        whole = Decimal(value).to_integral_value(ROUND_HALF_EVEN)
        assert (found, type(found)) == (whole, int)


def _rows(states: Iterable[tuple[str, str | None]], unit: str | None) -> list[str]:
    return [
        in_present_unit(Row(0, state, unit=was), unit).state for state, was in states
    ]


def test_states_of_another_unit_are_read_in_the_present_one() -> None:
    assert _rows([("50", "°F")], "°C") == [repr(10.0)]
    assert _rows([("20", "°C"), ("off", "°F")], "°C") == ["20", "off"]
    assert _rows([("3", "kg")], "°C") == ["unknown"]
    assert _rows([("3", "Schritte"), ("3", None)], "steps") == ["3", "3"]
    assert _rows([("3", "kg")], None) == ["3"]
    assert float(_rows([("90", "mg/dl")], "mmol/l")[0]) == pytest.approx(5.0, abs=0.01)
    assert _rows([("250", "ppb")], "ppm") == ["unknown"]


@pytest.mark.parametrize(
    ("value_type", "template", "value", "words"),
    [
        (3, None, 59, "59 min"),
        (3, None, 70, "1 h 10 min"),
        (4, None, 495, "08:15"),
        (6, "sleep_start", 670, "23:10"),
        (6, "sleep_start", 730, "00:10"),
        (5, None, 0.245, "24.5 %"),
        (7, None, 1, "✓"),
        (7, None, 0, "✗"),
        (2, None, "sunny", "sunny"),
        (0, "steps", 12345, "12345"),
        (1, "weight", 70.5, "70.5 kg"),
        (8, "mood", 7, "7"),
    ],
)
def test_values_read_as_people_write_them(
    value_type: int, template: str | None, value: float | str, words: str
) -> None:
    assert readable_value(Target(ValueType(value_type), template), value) == words


def test_another_unit_alone_reports_nothing() -> None:
    rows = [
        Row(0, "80.2", unit="kg"),
        Row(1, "unknown", unit="lb"),
        Row(2, "176.8", unit="lb"),
        Row(3, "176.0", unit="lb"),
        Row(4, "80.5", unit="kg"),
        Row(5, "80.5", unit="kg"),
    ]
    told = list(in_one_unit(rows, "kg"))
    assert [row.reported for row in told] == [True, True, False, True, True, True]
    assert float(told[2].state) == pytest.approx(80.2, abs=0.01)
