"""The texts of a language on disk, and the English that they were made from."""

from collections.abc import Mapping
import hashlib
import json
from pathlib import Path
from typing import Any

ENGLISH = "en"
LANGUAGES: tuple[str, ...] = ("de", "es", "fr", "ja", "nl", "pl")

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "custom_components" / "exist" / "translations"
MADE_FROM = Path(__file__).parent / "made_from"


def flat(texts: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Return texts by their whole key, parts joined by dots."""
    found: dict[str, str] = {}
    for key, value in texts.items():
        whole = f"{above}.{key}" if above else key
        if isinstance(value, Mapping):
            found |= flat(value, whole)
        else:
            found[whole] = value
    return found


def read(language: str, folder: Path = TEXTS) -> dict[str, str]:
    """Return the texts of a language by key; none where it has no file."""
    path = folder / f"{language}.json"
    if not path.exists():
        return {}
    return flat(json.loads(path.read_text(encoding="utf-8")))


def mark(text: str) -> str:
    """Return by what an English text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_marks(language: str) -> dict[str, str]:
    """Return the marks of the English that a language was made from."""
    path = MADE_FROM / f"{language}.json"
    if not path.exists():
        return {}
    marks: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return marks


def write_marks(language: str, english: Mapping[str, str]) -> None:
    """Note that a language was made from these English texts."""
    marks = {key: mark(text) for key, text in sorted(english.items())}
    (MADE_FROM / f"{language}.json").write_text(
        json.dumps(marks, indent=2) + "\n", encoding="utf-8"
    )


def to_renew(
    english: Mapping[str, str], other: Mapping[str, str], marks: Mapping[str, str]
) -> dict[str, str]:
    """Return the English of what a language lacks or made from another English."""
    return {
        key: text
        for key, text in english.items()
        if key not in other or marks.get(key) != mark(text)
    }
