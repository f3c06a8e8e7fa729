"""A new value type or aggregate is asked for wherever one must know it."""

import ast
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date
from enum import Enum

import pytest

from custom_components.exist.api import WIRE, ValueType, fits
from custom_components.exist.links.aggregate import Aggregate
from custom_components.exist.links.convert import FEEDS, Target, feeds, readable_value
from custom_components.exist.values.displayed import shown_value
from custom_components.exist.values.kinds import KINDS, Policy
from custom_components.exist.values.templates import describe, parse_value

from .house import HOUSE

type Places = Mapping[str, set[str]]

TYPE_TABLES = {"api.value_type.WIRE", "values.kinds._ROWS"}
# What tells an attribute's type from something else, so that no row can tell it.
CHOICES = {
    "links.convert.FEEDS",
    "links.convert._raw",
    "links.new_value_type.new_value_type",
}

# What each place leaves to its default, on purpose.
_STATES = "TIME_IN TIMES FIRST_TIME LAST_TIME EVER"
_NUMBERS = "LAST FIRST MINIMUM MAXIMUM MEAN SUM DIFFERENCE"
LEFT = {
    "links.aggregate.is_counted": f"FIRST MEAN MINIMUM {_STATES}",
    "links.aggregate.OF_REPORTS": f"LAST FIRST MEAN SUM DIFFERENCE {_STATES}",
    "links.aggregate.GROWTH": "",
    "links.aggregate.NUMERIC": _STATES,
    "links.aggregate.POINTS": f"MINIMUM MAXIMUM MEAN SUM DIFFERENCE {_STATES}",
    "links.aggregating._value": f"SUM DIFFERENCE {_STATES}",
    "links.aggregating._of_states": f"{_NUMBERS} LAST_TIME",
    "links.aggregate.HOURLY": f"LAST FIRST DIFFERENCE {_STATES}",
    "links.hourly.tell_hourly": f"LAST FIRST MEAN SUM DIFFERENCE {_STATES}",
    "links.convert.DIFFERENCES": f"LAST FIRST MINIMUM MAXIMUM MEAN {_STATES}",
    "links.convert.FEEDS": _NUMBERS,
    "links.convert._raw": _NUMBERS,
    "links.aggregates_of.NUMBER_AGGREGATES": _STATES,
    "links.aggregates_of.METER_AGGREGATES": f"MEAN {_STATES}",
    "links.aggregates_of.STATE_AGGREGATES": _NUMBERS,
    "links.aggregates_of.TEXT_AGGREGATES": (
        f"MINIMUM MAXIMUM MEAN SUM DIFFERENCE {_STATES}"
    ),
    "links.aggregates_of.OF_STEPS": f"SUM DIFFERENCE {_STATES}",
    "links.aggregates_of.OF_SEVERAL": f"MINIMUM MAXIMUM {_STATES}",
    "links.together.put_together": f"{_NUMBERS} TIME_IN",
    "links.new_value_type.new_value_type": "LAST FIRST MINIMUM MAXIMUM SUM DIFFERENCE",
}
# These name a few by way of example.
EXAMPLES = {
    "links.body_suggestions.SLEEP",
    "links.clues._counted",
    "links.home_suggestions.MOOD",
    "links.home_suggestions.WEATHER",
    "links.home_suggestions.WORK",
}


def _places(kind: type[Enum]) -> Places:
    """Return each function, method and constant with the members that it names."""
    found: dict[str, set[str]] = {}

    def look(body: Iterable[ast.stmt], within: str) -> None:
        for each in body:
            match each:
                case ast.ClassDef():
                    look(each.body, f"{within}.{each.name}")
                    continue
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    name = each.name
                case ast.Assign():
                    name = ast.unparse(each.targets[0])
                case ast.AnnAssign():
                    name = ast.unparse(each.target)
                case _:
                    name = type(each).__name__
            named = {
                node.attr
                for node in ast.walk(each)
                if isinstance(node, ast.Attribute)
                and ast.unparse(node.value) == kind.__name__
                and node.attr in kind.__members__
            }
            if len(named) > 1:
                found[f"{within}.{name}"] = named

    for path in HOUSE.rglob("*.py"):
        module = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
        look(ast.parse(path.read_text()).body, module)
    return found


def _ignorant(members: Iterable[str]) -> set[str]:
    """Return the places that neither name an aggregate nor leave it on purpose."""
    return {
        place
        for place, named in _places(Aggregate).items()
        if place not in EXAMPLES
        and not set(members) <= named | set(LEFT.get(place, "").split())
    }


def test_only_the_tables_tell_value_types_apart() -> None:
    assert _places(ValueType).keys() == TYPE_TABLES | CHOICES
    assert set(WIRE) == set(KINDS) == set(ValueType)
    assert set(FEEDS) == set(Aggregate)


_INVENTED_TYPE = int.__new__(ValueType, 99)
_INVENTED_TYPE._name_, _INVENTED_TYPE._value_ = "INVENTED", 99
_DAY = date(2026, 5, 5)


@pytest.mark.parametrize(
    "ask",
    [
        lambda kind: WIRE[kind],
        lambda kind: KINDS[kind],
        lambda kind: fits(kind, 5),
        lambda kind: describe("steps", kind),
        lambda kind: parse_value(kind, None, 5),
        lambda kind: shown_value(kind, Policy.TODAY, {_DAY: 5}, _DAY, UTC),
        lambda kind: shown_value(kind, Policy.LATEST, {}, _DAY, UTC),
        lambda kind: readable_value(Target(kind, None), 5),
    ],
)
def test_nobody_makes_up_what_an_invented_value_type_is(
    ask: Callable[[ValueType], object],
) -> None:
    with pytest.raises(KeyError):
        ask(_INVENTED_TYPE)


def test_an_invented_aggregate_is_found_missing_everywhere() -> None:
    assert _ignorant(Aggregate.__members__) == set()
    assert _ignorant([*Aggregate.__members__, "INVENTED"]) == LEFT.keys()
    invented = str.__new__(Aggregate, "invented")
    invented._value_ = "invented"
    with pytest.raises(KeyError):
        feeds(invented, text=False)
