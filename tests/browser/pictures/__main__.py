"""Take the pictures of README and docs, or compare their words; scripts/pictures does so."""

import argparse
import asyncio
from pathlib import Path
import sys
import tempfile
import time

from demo_home.children import DemoError
from playwright.async_api import Browser, Error

from tests.browser.chromium import running
from tests.browser.home import REPOSITORY, Place
from tests.browser.person import NotSeenError, Person
from tests.browser.steps.arriving import log_in

from .camera import Camera
from .home import evening
from .scenes import Windows, walk
from .words import differences

KEPT = REPOSITORY / "docs" / "pictures"
# As many pixels as pictures are wide, whatever the width of the window.
WIDTH = 1280
PHONE = 390
HEIGHT = 1000
FAILED = REPOSITORY / ".tools" / "browser"


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"pictures: {text}\n")


async def windows_of(browser: Browser, place: Place, zone: str) -> Windows:
    """Log in once, and open the windows of pictures."""

    async def window(width: int, *, pixels: int = WIDTH, **more: object) -> Person:
        page = await browser.new_page(
            viewport={"width": width, "height": HEIGHT},
            device_scale_factor=pixels / width,
            locale="en-US",
            timezone_id=zone,
            **more,
        )
        # The names of Home Assistant's own pages are left out.
        await page.add_init_script("localStorage.dockedSidebar = '\"auto\"'")
        return Person(page, place.home.url)

    desk = await window(1366)
    await log_in(desk)
    known = await desk.page.context.storage_state()
    return Windows(
        desk,
        # So wide that the axes of charts have room for years.
        charts=await window(1160, storage_state=known, color_scheme="dark"),
        near=await window(800, storage_state=known),
        phone=await window(PHONE, pixels=PHONE, storage_state=known),
    )


async def seen(browser: str, folder: Path, camera: Camera) -> dict[str, str]:
    """Walk once; return the words of all pictures. Raises NotSeenError, DemoError."""
    async with evening(folder) as (place, zone), running(browser) as process:
        windows = await windows_of(process, place, zone)
        try:
            await walk(windows, place, camera)
        except (AssertionError, Error, NotSeenError) as err:
            await asyncio.to_thread(FAILED.mkdir, parents=True, exist_ok=True)
            for each in process.contexts:
                for number, page in enumerate(each.pages):
                    width = page.viewport_size["width"]
                    await page.screenshot(
                        path=FAILED / f"pictures-{width}-{number}.png"
                    )
            raise NotSeenError(f"{err}\nWhat was seen is kept in {FAILED}.") from err
    return camera.words


def keep(words: dict[str, str], folder: Path) -> None:
    """Keep the words, and no picture that is no longer made."""
    for path in folder.iterdir():
        if path.stem not in words:
            path.unlink()
    for name, text in words.items():
        (folder / f"{name}.txt").write_text(text)


def aged(words: dict[str, str], folder: Path) -> list[str]:
    """Return what the kept words and files no longer agree with."""
    found = []
    for name, text in words.items():
        path = folder / f"{name}.txt"
        kept = path.read_text() if path.exists() else ""
        found.append(differences(name, kept, text))
    return [each for each in found if each]


def main() -> int:
    """Read the command line and walk."""
    parser = argparse.ArgumentParser(prog="scripts/pictures")
    parser.add_argument("browser", help="a Chromium or Chrome")
    parser.add_argument("--check", action="store_true", help="only compare the words")
    parser.add_argument("--folder", type=Path, default=KEPT, help="where they are kept")
    options = parser.parse_args()
    folder: Path = options.folder
    start = time.monotonic()
    if not options.check:
        folder.mkdir(parents=True, exist_ok=True)
    camera = Camera(folder, check=options.check)
    with tempfile.TemporaryDirectory(
        prefix="exist-pictures-", ignore_cleanup_errors=True
    ) as home:
        try:
            words = asyncio.run(seen(options.browser, Path(home), camera))
        except (DemoError, Error, NotSeenError) as err:
            say(str(err))
            return 1
    if options.check:
        if differing := aged(words, folder):
            say("\n".join(differing))
            say("The screen has changed: look at the new pictures of scripts/pictures.")
            return 1
    else:
        keep(words, folder)
    say(f"{len(words)} in {time.monotonic() - start:.0f} seconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
