"""Text of others as pages show it, and in which order: pure functions."""

from string import punctuation
from unicodedata import combining, normalize

# No character reference is ever Markdown or HTML, wherever it stands.
_REFERENCES = str.maketrans({mark: f"&#{ord(mark)};" for mark in punctuation})
# Unicode takes these letters for letters of their own.
_STROKED = str.maketrans("łøđ", "lod")


def as_typed(text: str) -> str:
    """Return Markdown that shows the text as it was typed, in one line.

    Descriptions of forms and repairs, reasons to abort and notifications are
    Markdown; titles, errors of forms, options and names are not.
    """
    return " ".join(text.split()).translate(_REFERENCES)


def both_ways(**texts: str) -> dict[str, str]:
    """Return each text for titles, and as `…_escaped` for what is Markdown."""
    return texts | {f"{name}_escaped": as_typed(text) for name, text in texts.items()}


def in_alphabet(label: str) -> str:
    """Return what labels are sorted by: an accent moves nothing to the end."""
    apart = normalize("NFKD", label.casefold().translate(_STROKED))
    return "".join(mark for mark in apart if not combining(mark))
