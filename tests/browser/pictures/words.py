"""The words on a picture: what is compared, whatever day it is and whatever was measured."""

from collections.abc import Iterable
from difflib import unified_diff
import re

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November"
    "|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_DAYS = "Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun"
_SPAN = r"(?:second|minute|hour|day|week|month|year)s?"
_GONE = re.compile(
    # How long ago something was changes while one looks.
    rf"\b(?:\d+|an?) {_SPAN} ago\b|\bin \d+ {_SPAN}\b|^now$"
    rf"|\b(?:{_MONTHS})\b(?=[\s.,]*\d)|(?<=\d)\s+(?:{_MONTHS})\b"
    rf"|\b(?:{_DAYS})(?:day)?\b(?=[\s,]*\d)"
    # Minutes may be hours tomorrow.
    r"|[+−-]?\d[\d.,:]*(?:\s?(?:[AP]M|h|min)\b)?",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")


def words_of(seen: Iterable[str]) -> str:
    """Return what was seen without numbers and dates, a line each."""
    lines = (" ".join(_GONE.sub(" ", each).split()) for each in seen)
    return "".join(f"{line}\n" for line in lines if _LETTER.search(line))


def differences(name: str, kept: str, seen: str) -> str:
    """Return how the words that were kept differ from those that are seen; "" if not."""
    lines = unified_diff(
        kept.splitlines(),
        seen.splitlines(),
        f"{name}, kept",
        f"{name}, seen",
        "",
        "",
        1,
        "",
    )
    return "\n".join(lines)
