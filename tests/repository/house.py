"""Who imports whom, computed from the code; also what is only imported for types."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent / "custom_components" / "exist"
PACKAGE = "custom_components.exist"

type Imports = Mapping[str, frozenset[str]]


def _modules(house: Path) -> dict[str, Path]:
    """Return every module by its name inside the package; the package itself is ''."""
    return {
        ".".join(path.relative_to(house).with_suffix("").parts)
        .removesuffix("__init__")
        .rstrip("."): path
        for path in house.rglob("*.py")
    }


def _targets(node: ast.ImportFrom, package: list[str]) -> Iterator[list[str]]:
    """Return what a statement may import, each as a module's path in the house."""
    if node.level:
        base = package[: len(package) - node.level + 1]
        base += node.module.split(".") if node.module else []
    elif node.module is not None and f"{node.module}.".startswith(f"{PACKAGE}."):
        base = node.module.split(".")[2:]
    else:
        return
    for alias in node.names:
        yield [*base, alias.name]


def imports(house: Path = HOUSE) -> Imports:
    """Return which modules of the house each of them imports."""
    modules = _modules(house)
    found = {}
    for name, path in modules.items():
        package = name.split(".") if name else []
        if path.name != "__init__.py":
            package = package[:-1]
        named: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                for target in _targets(node, package):
                    # A name of a module, or a module itself.
                    whole, part = ".".join(target), ".".join(target[:-1])
                    named.add(whole if whole in modules else part)
        found[name] = frozenset(named & modules.keys() - {name})
    return found


def room(module: str) -> str:
    """Return which room a module stands in; a file at the top is its own."""
    return module.partition(".")[0]


def circles(graph: Imports) -> list[list[str]]:
    """Return the groups of modules that import each other, by however many steps."""

    def reach(begin: str) -> set[str]:
        seen: set[str] = set()
        left = [begin]
        while left:
            for each in graph[left.pop()] - seen:
                seen.add(each)
                left.append(each)
        return seen

    reached = {name: reach(name) for name in graph}
    groups = {
        tuple(sorted(each for each in reached[name] if name in reached[each]))
        for name in graph
        if name in reached[name]
    }
    return [list(group) for group in sorted(groups)]
