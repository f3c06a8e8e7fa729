"""Looking at a part of a page: its words, and a small picture of it."""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Locator

from tests.browser.person import NotSeenError, Person

from .words import words_of

MOST_BYTES = 150_000
SETTLED_SECONDS = 0.7
LOOKS = 30
# Lines of charts grow from the left.
DRAWN_SECONDS = 2.5

# Texts and fields of a part that can be seen within the picture, in their order.
_SEEN = """(parts, height) => {
  const found = [];
  const inside = (box) => box.width > 1 && box.height > 1 && box.bottom > 1
    && box.top < height - 1 && box.right > 0 && box.left < innerWidth;
  const range = document.createRange();
  const look = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      range.selectNodeContents(node);
      if (node.data.trim() && [...range.getClientRects()].some(inside))
        found.push(node.data);
      return;
    }
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (["STYLE", "SCRIPT", "SVG"].includes(node.tagName.toUpperCase())) return;
      if (getComputedStyle(node).display !== "contents"
          && !node.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
        return;
      if (["INPUT", "TEXTAREA"].includes(node.tagName)
          && inside(node.getBoundingClientRect()))
        found.push(node.value || node.placeholder);
    }
    const children = node.localName === "slot" && node.assignedNodes().length
      ? node.assignedNodes() : (node.shadowRoot ?? node).childNodes;
    children.forEach(look);
  };
  parts.forEach(look);
  return found;
}"""
_STILL = """() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  active?.blur();
  return document.fonts.ready.then(() => true);
}"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what of the page matters, and how tall it is in the page's pixels."""

    name: str
    part: Locator
    height: int
    has_charts: bool = False


class Camera:
    """Keeps pictures and words, or compares the words with those that are kept."""

    def __init__(self, folder: Path, *, check: bool) -> None:
        """Remember where they are kept."""
        self._folder = folder
        self._check = check
        self.words: dict[str, str] = {}

    async def take(self, person: Person, picture: Picture) -> None:
        """Wait until nothing changes any more, then take the picture and its words."""
        page = person.page
        size = page.viewport_size
        await page.set_viewport_size({"width": size["width"], "height": picture.height})
        # No tooltip is open, and no field is being written.
        await page.mouse.move(1, 1)
        await page.evaluate(_STILL)
        self.words[picture.name] = await self._settled(picture)
        if self._check:
            return
        if picture.has_charts:
            await asyncio.sleep(DRAWN_SECONDS)
        shot = await page.screenshot(animations="disabled")
        path = self._folder / f"{picture.name}.png"
        await asyncio.to_thread(_keep_small, shot, path)

    async def _settled(self, picture: Picture) -> str:
        before = None
        for _ in range(LOOKS):
            words = words_of(await picture.part.evaluate_all(_SEEN, picture.height))
            if words and words == before:
                return words
            before = words
            await asyncio.sleep(SETTLED_SECONDS)
        raise NotSeenError(f"{picture.name} keeps changing: {before}")


def _keep_small(shot: bytes, path: Path) -> None:
    """Keep a picture with as many colors as it may have."""
    image = Image.open(BytesIO(shot)).convert("RGB")
    for colors in (256, 128, 64, 32):
        small = image.quantize(colors, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            return
    raise NotSeenError(f"{path.name} is larger than {MOST_BYTES} bytes.")
