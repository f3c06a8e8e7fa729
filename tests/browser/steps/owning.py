"""Letting Home Assistant own attributes."""

import re

from tests.browser.form import options
from tests.browser.person import Person
from tests.browser.words import said

ACQUIRE = "acquire nine attributes"
EXISTS = (
    "Coffees",
    "Mood",
    "Mood note",
    "Licht aus",
    "Vitamin D",
    "Gym",
    "Homeoffice",
    "Steps",
)
NEW = "Stand hours"
TEXTS = "selector.texts.options"


async def acquire(person: Person) -> None:
    """Acquire an attribute for each kind of control, and one that does not exist yet."""
    form = await options(person, "acquire")
    with person.counting(ACQUIRE):
        await form.asks(said("options.step.acquire.title"))
        add = person.button("Add", within=form.dialog)
        for label in EXISTS:
            await person.pick(add, label, f"{label} · ")
        new = rf"^\s*{NEW} · .+ \({said(f'{TEXTS}.not_there_yet')}\)\s*$"
        await person.pick(add, NEW, re.compile(new))
        await form.choose(said("selector.manual.options.by_hand"))
        await form.submit()
        await form.asks(said("options.step.acquire_confirm.title"))
        await person.sees("Google Fit", within=form.dialog)
        await form.asks(said(f"{TEXTS}.acquire_new"))
        for nothing in ("acquire_free", "acquire_gone", "acquire_unseen"):
            empty = said(f"{TEXTS}.{nothing}")
            await person.sees_none(form.dialog.get_by_text(empty))
        await form.submit()
        await form.asks(said("options.abort.acquired"))
    for label in (*EXISTS, NEW):
        await form.asks(label)
    await form.end("Close")
