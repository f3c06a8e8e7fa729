"""What the integration says on its pages, by the keys of its translations."""

from functools import cache
import json
from pathlib import Path
from typing import Any

_FILE = Path("custom_components", "exist", "translations", "en.json")


@cache
def _all() -> Any:
    return json.loads((Path(__file__).resolve().parents[2] / _FILE).read_text())


def said(key: str, /, **filled: str) -> str:
    """Return the first line of a text, as far as what it is filled with is known."""
    text = _all()
    for part in key.split("."):
        text = text[part]
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    first: str = text.partition("{")[0].partition("\n")[0]
    return first.strip()
