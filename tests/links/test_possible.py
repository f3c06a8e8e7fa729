"""What no entity can read is no reading, and directions have a mean of their own."""

import pytest

from custom_components.exist.links.means import mean_direction
from custom_components.exist.links.possible import Bounds, bounds_of

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("device_class", "unit", "above", "below"),
    [
        ("temperature", "°C", -100, 2000),
        ("temperature", "°F", -148, 3632),
        ("temperature", "K", 173.15, 2273.15),
        ("humidity", "%", 0, 120),
        ("carbon_dioxide", "ppm", 0, 45000),
        ("atmospheric_pressure", "hPa", 0, 1200),
        ("atmospheric_pressure", "kPa", 0, 120),
        ("atmospheric_pressure", None, 0, None),
        ("wind_speed", "km/h", None, 540),
        ("wind_speed", "Beaufort", None, None),
        ("precipitation_intensity", "mm/h", None, 4000),
        ("power", "kW", None, 1e5),
        ("ph", None, 0, 14),
        ("aqi", None, -0.5, 65535),
        (None, "UV index", -0.5, 50),
        ("battery", "%", -0.5, 101),
        ("illuminance", "lx", -0.5, None),
        ("pm25", "µg/m³", -0.5, 65535),
        (None, "bpm", 0, 255),
    ],
)
def test_what_cannot_be_is_known_in_the_unit_of_the_entity(
    device_class: str | None, unit: str | None, above: float | None, below: float | None
) -> None:
    bounds = bounds_of(device_class, unit)
    assert bounds.above == pytest.approx(above)
    assert bounds.below == pytest.approx(below)


@pytest.mark.parametrize(
    ("device_class", "unit"),
    [("moisture", "%"), ("weight", "kg"), ("temperature", None), (None, "kg")],
)
def test_what_may_be_zero_or_anything_is_not_judged(
    device_class: str | None, unit: str | None
) -> None:
    assert bounds_of(device_class, unit) == Bounds()


@pytest.mark.parametrize(
    ("degrees", "weights", "mean"),
    [
        ([350, 10], [1, 1], 0),
        ([350, 30], [1, 1], 10),
        ([90, 180], [1, 1], 135),
        ([0, 90], [2, 1], 26.565),
    ],
)
def test_a_mean_direction_lies_between_directions(
    degrees: list[float], weights: list[float], mean: float
) -> None:
    found = mean_direction(degrees, weights)
    assert found is not None
    assert (found - mean + 180) % 360 == pytest.approx(180, abs=0.001)


def test_opposite_directions_have_no_mean() -> None:
    assert mean_direction([90, 270], [1, 1]) is None
