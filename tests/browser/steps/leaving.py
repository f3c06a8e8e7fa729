"""Diagnostics, options, and the end."""

import json
from pathlib import Path

from tests.browser.form import INTEGRATION, account, menu, options
from tests.browser.home import Exist
from tests.browser.person import NotSeenError, Person


async def download_diagnostics(person: Person) -> None:
    """The file that a report needs; it holds nothing of the person."""
    await person.open(INTEGRATION)
    await person.sees(account(person))
    async with person.page.expect_download() as started:
        await menu(person, "Download diagnostics")
    text = Path(await (await started.value).path()).read_text()
    json.loads(text)
    if "canal" in text or "ada" in json.dumps(json.loads(text)["data"]):
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
