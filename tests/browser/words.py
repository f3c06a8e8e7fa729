"""What the integration and Home Assistant say on their pages, by the keys of their texts."""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
import json
from pathlib import Path

import hass_frontend

ENGLISH = "en"
_OURS = Path(__file__).resolve().parents[2] / "custom_components/exist/translations"
_THEIRS = Path(hass_frontend.where(), "static", "translations")
_SPOKEN = ContextVar("language", default=ENGLISH)


def speak(language: str) -> None:
    """From now on, return the texts of a language."""
    _SPOKEN.set(language)


def spoken() -> str:
    """Return the language of the walk."""
    return _SPOKEN.get()


def said(key: str, /, **filled: str) -> str:
    """Return the first line of a text, as far as what it is filled with is known."""
    text = texts(_SPOKEN.get())[key]
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    return text.partition("{")[0].partition("\n")[0].strip()


def home_said(key: str) -> str:
    """Return a text of Home Assistant itself."""
    return _of_home(_SPOKEN.get())[key]


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return all texts of ours by their keys."""
    return dict(_leaves(json.loads((_OURS / f"{language}.json").read_text())))


@cache
def _of_home(language: str) -> Mapping[str, str]:
    # A part of the texts of each panel, and those that all pages need.
    found: dict[str, str] = {}
    for file in _THEIRS.glob(f"**/{language}-{'[0-9a-f]' * 32}.json"):
        found |= json.loads(file.read_text())
    return found


def _leaves(branch: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in branch.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", str(value)
