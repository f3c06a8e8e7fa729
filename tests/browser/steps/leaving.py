"""Diagnostics, options, and the end."""

import asyncio
import json

from tests.browser.form import INTEGRATION, account, menu, options
from tests.browser.home import Exist
from tests.browser.person import NotSeenError, Person
from tests.exist_server.state import CLIENT_SECRET


async def download_diagnostics(person: Person) -> None:
    """Download what a report needs; it holds nothing of the person."""
    await person.open(INTEGRATION)
    await person.sees(account(person))
    async with person.page.expect_download() as started:
        await menu(person, "Download diagnostics")
    file = await (await started.value).path()
    held = json.loads(await asyncio.to_thread(file.read_text))["data"]
    if any(word in json.dumps(held) for word in ("canal", "ada", CLIENT_SECRET)):
        raise NotSeenError("the diagnostics hold what a person wrote or is called")


async def leave_out_a_group(person: Person) -> None:
    """Entities of a group that is taken out vanish."""
    form = await options(person, "What to see")
    await form.asks("What do you want to see?")
    await form.choose("Weather (8)")
    await form.submit()
    await form.asks("Options successfully saved.")
    await form.end("Finish")


async def remove(person: Person, exist: Exist) -> None:
    """Remove the account, which gives up what Home Assistant owns."""
    form = await options(person, "When this account is removed")
    await form.asks("When this account is removed")
    release = form.dialog.locator("ha-selector-boolean").filter(
        has_text="Release everything that Home Assistant owns"
    )
    await person.press(release.locator("ha-switch"))
    await form.submit()
    await form.asks("Options successfully saved.")
    await form.end("Finish")
    await menu(person, "Delete")
    await person.press(person.button("Delete"))
    await person.sees("No entries")
    await person.until(
        "what Home Assistant owns at Exist",
        lambda: exist.control("owned", user="ada"),
        [],
    )
