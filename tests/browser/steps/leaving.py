"""Diagnostics, options, and the end."""

import asyncio
import json

from tests.browser.form import INTEGRATION, account, menu, options
from tests.browser.home import Exist
from tests.browser.person import NotSeenError, Person
from tests.browser.words import said
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
    form = await options(person, "show")
    await form.asks(said("options.step.show.title"))
    await form.choose("Weather (8)")
    await form.submit()
    await form.asks("Options successfully saved.")
    await form.end("Finish")


async def remove(person: Person, exist: Exist) -> None:
    """Remove the account, which gives up what Home Assistant owns."""
    form = await options(person, "removal")
    await form.asks(said("options.step.removal.title"))
    release = form.dialog.locator("ha-selector-boolean").filter(
        has_text=said("options.step.removal.data.release_on_remove")
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
