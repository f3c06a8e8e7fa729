"""Giving up attributes."""

from playwright.async_api import expect

from tests.browser.form import card, open_device, options
from tests.browser.home import Exist
from tests.browser.person import NotSeenError, Person
from tests.browser.words import said

RELEASED = {"Homeoffice": "homeoffice", "Stand hours": "stand_hours"}
OURS = "home_assistant"


async def release(person: Person, exist: Exist) -> None:
    """Release two attributes, one of which no service fills; their controls go."""
    form = await options(person, "release")
    await form.asks(said("options.step.release.title"))
    add = person.button("Add", within=form.dialog)
    for label in RELEASED:
        await person.pick(add, label, f"{label} · ")
    await form.submit()
    await form.asks(said("options.step.release_confirm.title"))
    await form.asks(said("selector.texts.options.release_orphans"))
    await form.submit()
    await expect(form.dialog).to_contain_text(
        said("options.abort.released", labels_escaped=" and ".join(RELEASED))
    )
    await form.end("Close")
    for name in RELEASED.values():
        if await exist.owner(name) == OURS:
            raise NotSeenError(f"{name} was not released at Exist")
    await open_device(person, "ada")
    await person.sees(card(person, "Controls"))
    await person.sees_none(person.words("Stand hours", within=card(person, "Controls")))
