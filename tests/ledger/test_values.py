"""Values as people write them: everything that is taken comes out as it was meant."""

from datetime import time

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.api import InvalidValueError, ValueType
from custom_components.exist.values.templates import parse_value


@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_whole_numbers_in_every_spelling(number: int) -> None:
    for raw in (number, str(number), f" {number} "):
        assert parse_value(ValueType.INTEGER, None, raw) == number


@given(st.decimals(-1000000, 1000000, places=2, allow_nan=False))
def test_decimals_with_point_and_comma(number: object) -> None:
    text = f"{number:.2f}"
    for raw in (float(text), text, text.replace(".", ",")):
        assert parse_value(ValueType.DECIMAL, None, raw) == float(text)


@given(st.times())
def test_times_in_both_encodings(moment: time) -> None:
    minutes = moment.hour * 60 + moment.minute
    for raw in (moment, f"{moment:%H:%M}", f"{moment:%H:%M:%S}", minutes):
        assert parse_value(ValueType.TIME_OF_DAY, None, raw) == minutes
        from_midday = parse_value(ValueType.TIME_FROM_MIDDAY, None, raw)
        assert from_midday == (minutes + 720) % 1440


@given(st.integers(0, 1500))
def test_durations(minutes: int) -> None:
    for raw in (minutes, str(minutes), f"{minutes // 60}:{minutes % 60:02d}"):
        assert parse_value(ValueType.DURATION, "sleep", raw) == minutes


@given(st.integers(0, 1000))
def test_percentages(thousandths: int) -> None:
    percent = thousandths / 10
    for raw in (percent, f"{percent}%", f"{percent} %"):
        wire = parse_value(ValueType.PERCENTAGE, None, raw)
        assert wire == pytest.approx(thousandths / 1000, abs=1e-9)


@given(
    st.sampled_from([each for each in ValueType if each is not ValueType.TEXT]),
    st.one_of(
        st.text(),
        st.none(),
        st.booleans(),
        st.floats(),
        st.integers(),
        st.lists(st.none()),
    ),
)
def test_whatever_is_taken_is_something_exist_takes(
    kind: ValueType, raw: object
) -> None:
    try:
        wire = parse_value(kind, None, raw)
    except InvalidValueError:
        return
    assert isinstance(wire, int | float)
    assert not isinstance(wire, bool)
    low, high = {
        ValueType.SCALE: (1, 9),
        ValueType.BOOLEAN: (0, 1),
        ValueType.PERCENTAGE: (0, 1),
        ValueType.TIME_OF_DAY: (0, 1439),
        ValueType.TIME_FROM_MIDDAY: (0, 1439),
    }.get(kind, (-(2**53), 2**53))
    assert low <= wire <= high


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (ValueType.DECIMAL, "1,500"),
        (ValueType.DECIMAL, "1e3"),
        (ValueType.DURATION, "1:60"),
        (ValueType.TIME_OF_DAY, "24:00"),
        (ValueType.TIME_OF_DAY, 1440),
        (ValueType.BOOLEAN, 2),
        (ValueType.TEXT, "  "),
        (ValueType.UNKNOWN, 1),
    ],
)
def test_what_is_not_clear_is_asked_for_again(kind: ValueType, raw: object) -> None:
    with pytest.raises(InvalidValueError):
        parse_value(kind, None, raw)


def test_templates_count_what_is_there() -> None:
    with pytest.raises(InvalidValueError):
        parse_value(ValueType.INTEGER, "steps", -1)
    assert parse_value(ValueType.DECIMAL, "weather_temp_min", -12.5) == -12.5
    assert parse_value(ValueType.INTEGER, None, -1) == -1
