"""What a probe of temperature says before it has measured: pure functions."""

from collections.abc import Sequence

from homeassistant.const import UnitOfTemperature
from homeassistant.util.unit_conversion import TemperatureConverter

from .entering import Span
from .numerals import number_of

# What its memory holds as it starts, by its maker; it says so for one reading.
_POWER_ON_CELSIUS = 85.0
LASTING_SECONDS = 900
# Of that number: what is so much colder before and after it was not so hot in between.
FAR_BELOW = 0.75


def power_on_of(unit: str | None) -> float | None:
    """Return that number in a unit of temperature, or None where it is none."""
    if unit not in TemperatureConverter.VALID_UNITS:
        return None
    celsius = UnitOfTemperature.CELSIUS
    return TemperatureConverter.convert(_POWER_ON_CELSIUS, celsius, unit)


def without_starts(spans: Sequence[Span], number: float) -> Sequence[Span]:
    """Return a probe's readings without those by which it only says that it started."""
    wrong = {
        index
        for index, span in enumerate(spans)
        if number_of(span.state) == number
        and span.end - span.start <= LASTING_SECONDS
        and all(
            (number_of(each.state) or 0.0) < FAR_BELOW * number
            for each in (
                *spans[max(index - 1, 0) : index],
                *spans[index + 1 : index + 2],
            )
        )
    }
    if not wrong:
        return spans
    return [span for index, span in enumerate(spans) if index not in wrong]
