"""The structure of the house: floors, no circles, no two of one name."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from .house import HOUSE, circles, imports, room

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

# A room imports from lower floors only; what stands at the top, Home Assistant finds.
FLOORS = {
    "const": 0,
    "api": 1,
    "notices": 1,
    "storage": 2,
    "values": 2,
    "account": 3,
    "ledger": 4,
    "findings": 5,
    "history": 5,
    "links": 5,
    "runtime": 6,
    "changes": 7,
    "dashboard": 7,
    "current_repairs": 8,
    "entities": 9,
    "actions": 9,
    "flows": 9,
}
TOP = max(FLOORS.values()) + 1
# These are computed without Home Assistant running.
PURE = (
    "api",
    "values",
    "dashboard.belongings",
    "dashboard.compared",
    "dashboard.layout",
    "findings.found",
    "history.charts",
    "history.totals",
    "history.walks",
    "links.aggregate",
    "links.aggregates_of",
    "links.aggregating",
    "links.counted",
    "links.entering",
    "links.event_domains",
    "links.false_starts",
    "links.hourly",
    "links.means",
    "links.meter_falls",
    "links.meter",
    "links.meter_rises",
    "links.numerals",
    "links.power_on",
    "links.readings",
    "links.shown",
    "links.state_spellings",
    "links.text_of_day",
    "links.timeline",
    "links.together",
    "links.watched",
    "links.watching",
    "links.window",
)


def _names(module: str) -> set[str]:
    """Return what of other packages a module imports."""
    path = HOUSE.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }


def test_every_arrow_leads_downwards() -> None:
    wrong = [
        f"{module} -> {other}"
        for module, others in imports().items()
        for other in others
        if room(other) != room(module)
        and FLOORS.get(room(other), TOP) >= FLOORS.get(room(module), TOP)
        and room(module)
    ]
    assert wrong == []


def test_nobody_imports_what_stands_at_the_top() -> None:
    assert {
        other
        for others in imports().values()
        for other in others
        if room(other) not in FLOORS
    } <= set()


@pytest.mark.parametrize("pure", PURE)
def test_what_is_pure_knows_no_home_assistant(pure: str) -> None:
    for module in imports():
        if module == pure or module.startswith(f"{pure}."):
            names = _names(module)
            assert "homeassistant.core" not in names, module
            if pure == "api":
                assert not [name for name in names if name.startswith("homeass")]


def test_no_two_modules_and_no_two_classes_have_one_name() -> None:
    modules = Counter(name.rpartition(".")[2] for name in imports() if name)
    assert [name for name, count in modules.items() if count > 1] == ["ledger"]
    classes = Counter(
        node.name
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in classes.items() if count > 1] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(imports()) == []


def test_a_circle_is_found_also_among_types(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "__init__.py").write_text("from .one import a\n")
    (tmp_path / "one.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .room import b\n"
    )
    (tmp_path / "room" / "__init__.py").write_text("from .two import b\n")
    (tmp_path / "room" / "two.py").write_text(
        "from custom_components.exist import one\n"
    )
    assert circles(imports(tmp_path)) == [["one", "room", "room.two"]]
