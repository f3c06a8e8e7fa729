"""Text of others where Home Assistant's frontend renders Markdown: a pure function."""

from string import punctuation

# No character reference is ever Markdown or HTML, wherever it stands.
_REFERENCES = str.maketrans({mark: f"&#{ord(mark)};" for mark in punctuation})


def as_typed(text: str) -> str:
    """Return Markdown that shows the text as it was typed, in one line.

    Descriptions of forms and repairs, reasons to abort and notifications are
    Markdown; titles, errors of forms, options and names are not.
    """
    return " ".join(text.split()).translate(_REFERENCES)


def both_ways(**texts: str) -> dict[str, str]:
    """Return each text for titles, and as `…_escaped` for what is Markdown."""
    return texts | {f"{name}_escaped": as_typed(text) for name, text in texts.items()}
