"""README and docs as a reader meets them: sections, links, pictures, blocks, words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parent.parent.parent
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its language and text, and where it stands."""

    language: str
    text: str
    place: str


@dataclass(slots=True)
class Section:
    """What stands between two headings; `anchor` is GitHub's."""

    title: str
    anchor: str
    codes: list[str] = field(default_factory=list)
    """What is written as code."""
    labels: list[str] = field(default_factory=list)
    """What is bold: words of the product."""
    tables: list[list[list[str]]] = field(default_factory=list)
    """Rows of cells, as they are written."""
    blocks: list[Block] = field(default_factory=list)

    def first_codes(self, header: str) -> list[str]:
        """Return the code in the first column of tables with this header."""
        return [
            code
            for table in self.tables
            if table[0][0] == header
            for row in table[1:]
            for code in re.findall(r"`([^`]+)`", row[0])
        ]


@dataclass(slots=True)
class DocsPage:
    """One file of Markdown; links and pictures are as they are written."""

    path: Path
    text: str
    sections: list[Section] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """Each with its alternative text."""

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def codes(self) -> list[str]:
        """What is written as code anywhere."""
        return [code for section in self.sections for code in section.codes]

    @property
    def labels(self) -> list[str]:
        """What is bold anywhere."""
        return [label for section in self.sections for label in section.labels]

    @property
    def blocks(self) -> list[Block]:
        """Every block of code, in order."""
        return [block for section in self.sections for block in section.blocks]


def _anchor(title: str, taken: set[str]) -> str:
    """Return what GitHub calls a heading."""
    plain = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    anchor, count = plain, 0
    while anchor in taken:
        count += 1
        anchor = f"{plain}-{count}"
    taken.add(anchor)
    return anchor


def _plain(inline: Token) -> str:
    return "".join(each.content for each in inline.children or ())


def _read_inline(page: DocsPage, section: Section, inline: Token) -> None:
    bold: list[str] | None = None
    for each in inline.children or ():
        match each.type:
            case "code_inline":
                section.codes.append(each.content)
            case "link_open":
                page.links.append(str(each.attrs["href"]))
            case "image":
                page.pictures.append((str(each.attrs["src"]), each.content))
            case "strong_open":
                bold = []
            case "strong_close":
                section.labels.append("".join(bold or ()))
                bold = None
        if bold is not None:
            bold.append(each.content)


def read(path: Path) -> DocsPage:
    """Read a file."""
    page = DocsPage(path, path.read_text())
    section = Section("", "")
    page.sections.append(section)
    taken: set[str] = set()
    stands_in = ""
    for token in _PARSER.parse(page.text):
        match token.type:
            case "heading_open" | "td_open" | "th_open":
                stands_in = token.type
            case "heading_close" | "td_close" | "th_close":
                stands_in = ""
            case "table_open":
                section.tables.append([])
            case "tr_open":
                section.tables[-1].append([])
            case "inline":
                if stands_in == "heading_open":
                    title = _plain(token)
                    section = Section(title, _anchor(title, taken))
                    page.sections.append(section)
                elif stands_in:
                    section.tables[-1][-1].append(token.content)
                _read_inline(page, section, token)
            case "fence":
                line = token.map[0] + 1 if token.map else 0
                place = f"{page.name}:{line}"
                section.blocks.append(Block(token.info, token.content, place))
    return page


@cache
def pages() -> tuple[DocsPage, ...]:
    """Return README and all of docs."""
    return tuple(map(read, [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]))


def page(name: str) -> DocsPage:
    """Return one of them."""
    (found,) = (each for each in pages() if each.name == name)
    return found


def section(name: str, title: str) -> Section:
    """Return one section of a page."""
    (found,) = (each for each in page(name).sections if each.title == title)
    return found


def blocks(*languages: str) -> Iterator[Block]:
    """Return every block of these languages."""
    for each in pages():
        yield from (block for block in each.blocks if block.language in languages)
