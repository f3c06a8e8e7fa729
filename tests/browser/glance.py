"""What a person sees of a page at a glance: its words, and what is cut off."""

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
import re

from playwright.async_api import Page

from tests.exist_server.groups import GROUPS
from tests.exist_server.templates import TEMPLATES

from .words import ENGLISH, texts

# Everything that is drawn, with the text of each element apart. Of a text that is cut
# off, a part is seen and a part is not, and nothing around it can be scrolled. What
# ends in dots ends before the padding.
_SEEN = """async () => {
  for (let drawn = 0; drawn < 2; drawn++)
    await new Promise((done) => requestAnimationFrame(done));
  const words = new Set(), cut = new Set();
  const above = (node) => node.assignedSlot ?? node.parentElement
    ?? node.getRootNode().host ?? null;
  const isCut = (node, text) => {
    let sideways = true, down = true;
    for (let each = above(node); each; each = above(each)) {
      const style = getComputedStyle(each), box = each.getBoundingClientRect();
      if (/auto|scroll/.test(style.overflowX)) sideways = false;
      if (/auto|scroll/.test(style.overflowY)) down = false;
      const right = box.right - (style.textOverflow === "ellipsis"
        ? parseFloat(style.paddingRight) + parseFloat(style.borderRightWidth) : 0);
      if (sideways && /hidden|clip/.test(style.overflowX) && box.width
          && text.left < right && text.right > right + 1) return true;
      if (down && /hidden|clip/.test(style.overflowY) && box.height > 5
          && text.top < box.bottom - 3 && text.bottom > box.bottom + 3) return true;
    }
    const width = document.documentElement.clientWidth;
    return sideways && text.left < width && text.right > width + 1;
  };
  const look = (node) => {
    for (const each of node.childNodes) {
      if (each.nodeType === Node.TEXT_NODE) {
        const text = each.textContent.replace(/\\s+/g, " ").trim();
        const range = document.createRange();
        range.selectNodeContents(each);
        const box = range.getBoundingClientRect();
        if (!text || box.width < 2 || box.height < 2) continue;
        words.add(text);
        if (isCut(each, box)) cut.add(text);
      } else if (each.nodeType === Node.ELEMENT_NODE) {
        const style = getComputedStyle(each);
        if (style.display === "none" || style.visibility === "hidden"
            || style.opacity === "0") continue;
        for (const name of ["aria-label", "placeholder", "title"])
          if (each.getAttribute(name)) words.add(each.getAttribute(name));
        if (each.shadowRoot) look(each.shadowRoot);
        look(each);
      }
    }
  };
  look(document.body);
  return [[...words], [...cut]];
}"""
_RAW = re.compile(
    r"\b(component|config|config_subentries|options|issues|selector|entity|exceptions"
    r"|services|ui|state_attributes)\.[a-z_]+\.[a-z_.]+"
)
# What opens takes about as long.
LOOK_AGAIN_SECONDS = 0.3
# Between these a text is filled in, set in bold, broken, or a link.
_BREAKS = re.compile(r"\{\w+\}|\*\*|\n+(?:[-*]|\d+\.)?|\[|\]\([^)]*\)|`|\|")
_PHRASE = 3
_EXISTS_OWN = frozenset(
    (
        *(each.label for each in TEMPLATES.values()),
        *(each.label for each in GROUPS.values()),
    )
)


@dataclass(frozen=True, slots=True)
class Glance:
    """The words of a page, and those of them that are cut off."""

    words: tuple[str, ...]
    cut: tuple[str, ...]

    def faults(self, language: str, excused: Collection[str] = ()) -> Iterator[str]:
        """Yield what is wrong with it for a person of that language.

        Texts with something in them that is `excused` may be cut off.
        """
        for text in self.words:
            if _RAW.search(text):
                yield f"a key: {text}"
            elif language != ENGLISH and (english := _english_in(text, language)):
                yield f"English: {english}"
        for text in self.cut:
            if _is_ours(text, language) and not any(each in text for each in excused):
                yield f"cut off: {text}"


async def glance(page: Page) -> Glance:
    """Look at a page, as soon as nothing on it grows or moves."""
    before = None
    while (seen := await page.evaluate(_SEEN)) != before:
        before = seen
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    words, cut = seen
    return Glance(tuple(words), tuple(cut))


def _is_ours(text: str, language: str) -> bool:
    """Return whether a text, or much of it, is not a name but our words."""
    ours = _pieces(language) - _EXISTS_OWN
    return text in ours or any(_is_phrase(each) and each in text for each in ours)


def _english_in(text: str, language: str) -> str | None:
    """Return what of a text is English of ours that has another translation."""
    foreign = _untranslated(language)
    if text in foreign:
        return text
    return next((each for each in foreign if _is_phrase(each) and each in text), None)


@cache
def _untranslated(language: str) -> frozenset[str]:
    """Return the pieces of our English that must not be seen in a language."""
    return _pieces(ENGLISH) - _pieces(language) - _EXISTS_OWN


@cache
def _pieces(language: str) -> frozenset[str]:
    """Return our texts in a language, in the pieces in which pages show them."""
    pieces = (
        piece.strip(" .:,;()–→·")
        for text in texts(language).values()
        for piece in _BREAKS.split(text)
    )
    return frozenset(
        piece for piece in pieces if any(map(str.isalpha, piece)) and len(piece) > 1
    )


def _is_phrase(piece: str) -> bool:
    """Return whether it is so long that it stands in no other text by chance."""
    return len(piece.split()) > _PHRASE or len(piece) > 24
