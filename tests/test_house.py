"""The structure of the house: no circles."""

from pathlib import Path

from .house import circles, imports


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
