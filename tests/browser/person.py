"""The person at the browser: counts what is pressed and written, and waits for what is seen."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
import re
import time

from playwright.async_api import Error, Locator, Page, expect

# A machine of two cores may be busy with more than this.
SEEN_SECONDS = 60
OPEN_SECONDS = 5
LOOK_AGAIN_SECONDS = 0.1


class NotSeenError(Exception):
    """Something that should have been there was not."""


class Person:
    """One browser window and the person before it."""

    def __init__(self, page: Page, url: str) -> None:
        """Listen to what the console says."""
        page.set_default_timeout(SEEN_SECONDS * 1000)
        expect.set_options(timeout=SEEN_SECONDS * 1000)
        self.page = page
        self.console: list[str] = []
        self.counted: dict[str, int] = {}
        self._url = url
        self._clicks = 0
        page.on(
            "console", lambda said: self.console.append(f"{said.type}: {said.text}")
        )
        page.on("pageerror", lambda error: self.console.append(f"exception: {error}"))

    @contextmanager
    def counting(self, what: str) -> Generator[None]:
        """Count a button, a choice, and a field however it is reached, as one each."""
        before = self._clicks
        yield
        self.counted[what] = self._clicks - before

    def address(self, path: str) -> str:
        """Return the address of a page of Home Assistant."""
        return f"{self._url}{path}"

    async def open(self, path: str) -> None:
        """Go to a page of Home Assistant."""
        await self.page.goto(self.address(path))

    async def press(self, what: Locator) -> None:
        """Press or choose something."""
        await what.click()
        self._clicks += 1

    async def write(self, field: Locator, text: str) -> None:
        """Write into a field."""
        await field.fill(text)
        self._clicks += 1

    async def sees(
        self,
        what: str | Locator,
        *,
        within: Locator | None = None,
        seconds: float = SEEN_SECONDS,
    ) -> Locator:
        """Wait until a text or a part of the page is seen, and return it."""
        if isinstance(what, str):
            what = (within or self.page).get_by_text(what)
        seen = what.filter(visible=True).first
        await expect(seen).to_be_visible(timeout=seconds * 1000)
        return seen

    async def sees_none(self, what: Locator) -> None:
        """Wait until something is not seen, or no longer."""
        await expect(what.filter(visible=True)).to_have_count(0)

    async def closed(self) -> None:
        """Wait until what was open has gone.

        The browser goes back by itself then; to go elsewhere before would be undone.
        """
        await self.page.wait_for_function("() => !history.state?.dialog")

    def button(self, name: str, *, within: Locator | None = None) -> Locator:
        """Return the button of a name."""
        return (
            (within or self.page)
            .get_by_role("button", name=name, exact=True)
            .filter(visible=True)
            .first
        )

    def field(self, label: str, *, within: Locator | None = None) -> Locator:
        """Return the text field of a label."""
        return (within or self.page).get_by_role("textbox", name=label)

    def words(self, text: str, *, within: Locator | None = None) -> Locator:
        """Return what shows exactly these words."""
        return (within or self.page).get_by_text(text, exact=True)

    async def pick(
        self, opener: Locator, search: str, choice: str | re.Pattern[str]
    ) -> None:
        """Choose from a long list: open it, search, and take what is found."""
        await self.press(opener)
        field = self.page.locator("ha-picker-combo-box input").last
        try:
            await expect(field).to_be_visible(timeout=OPEN_SECONDS * 1000)
        except AssertionError:
            # A dialog that has just opened takes the focus, which closes the list.
            await opener.click()
        await self.write(field, search)
        item = self.page.locator("ha-combo-box-item").filter(has_text=choice)
        await self.press(item.filter(visible=True).first)

    async def until(
        self, what: str, look: Callable[[], Awaitable[object]], wanted: object
    ) -> None:
        """Look at Exist until it holds what is wanted. Raises NotSeenError."""
        deadline = time.monotonic() + SEEN_SECONDS
        while (found := await look()) != wanted:
            if time.monotonic() > deadline:
                raise NotSeenError(f"{what} is {found!r}, not {wanted!r}")
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def picture(self, folder: Path, name: str) -> None:
        """Keep a picture of what is seen."""
        await self.page.screenshot(path=folder / f"{name}.png", animations="disabled")

    async def keep(self, folder: Path) -> None:
        """Keep a picture of every window, and the console."""
        for number, page in enumerate(self.page.context.pages):
            try:
                await page.screenshot(path=folder / f"window-{number}.png")
            except Error as err:
                self.console.append(f"no picture of window {number}: {err}")
        said = "\n".join(self.console)
        await asyncio.to_thread((folder / "console.txt").write_text, said + "\n")
