"""The changelog: its newest version, and what is told of it."""

import re
from typing import NamedTuple

_HEADING = re.compile(r"^## (.+?)\s*$", re.MULTILINE)
_VERSION = re.compile(r"(\d+\.\d+\.\d+)(?: \(\d{4}-\d{2}-\d{2}\))?")


class Chapter(NamedTuple):
    """One version and its notes, without the heading."""

    version: str
    notes: str


def newest(text: str) -> Chapter:
    """Return the first chapter. Raises ValueError where it cannot be released."""
    headings = list(_HEADING.finditer(text))
    if not headings:
        raise ValueError("CHANGELOG.md has no heading of a version.")
    found = _VERSION.fullmatch(headings[0][1])
    if found is None:
        raise ValueError(
            f"The newest heading of CHANGELOG.md is '{headings[0][1]}', which is no "
            "version such as '0.1.0 (2026-11-28)'."
        )
    end = headings[1].start() if len(headings) > 1 else len(text)
    notes = text[headings[0].end() : end].strip()
    if not notes:
        raise ValueError(f"CHANGELOG.md says nothing of {found[1]}.")
    return Chapter(found[1], notes)
