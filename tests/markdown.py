"""What the frontend shows of a text that it renders as Markdown."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
import re
from typing import override

from markdown_it import MarkdownIt

# The frontend's renderer knows tables, deletions and bare addresses as well.
_RENDERER = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(
    ["table", "strikethrough"]
)
_LINK = re.compile(r"\]\([^)]*\)")
_BARE_ADDRESS = re.compile(r"[a-z]+://|\bwww\.|[\w.+-]+@[\w-]", re.IGNORECASE)


@dataclass
class Page:
    """A rendered text: what is read, and which elements it has."""

    text: str = ""
    elements: Counter[str] = field(default_factory=Counter)
    addresses: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._parts: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements[tag] += 1
        self.page.addresses += [
            str(value) for name, value in attrs if name in ("href", "src")
        ]

    @override
    def handle_data(self, data: str) -> None:
        self._parts.append(data)

    @override
    def close(self) -> None:
        super().close()
        self.page.text = " ".join("".join(self._parts).split())


def rendered(markdown: str) -> Page:
    """Return what a person sees of Markdown; bare addresses would be links."""
    reader = _Reader()
    reader.feed(_RENDERER.render(markdown))
    reader.close()
    bare = _BARE_ADDRESS.findall(_LINK.sub("](", markdown))
    reader.page.elements["a"] += len(bare)
    reader.page.addresses += bare
    return reader.page
