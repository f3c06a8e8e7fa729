"""What Home Assistant itself says, read from its installed page."""

from functools import cache
import importlib.util
import json
from pathlib import Path
import re


@cache
def own_texts(language: str) -> dict[str, str]:
    """Return Home Assistant's texts in a language, by key."""
    spec = importlib.util.find_spec("hass_frontend")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the page of Home Assistant is not installed")
    folder = Path(spec.origin).parent / "static" / "translations"
    texts: dict[str, str] = {}
    for path in folder.rglob(f"{language}-*.json"):
        if re.fullmatch(rf"{language}-[0-9a-f]+\.json", path.name):
            texts |= json.loads(path.read_text(encoding="utf-8"))
    return texts
