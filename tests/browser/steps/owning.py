"""Letting Home Assistant own attributes."""

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


async def acquire(person: Person) -> None:
    """Acquire an attribute for each kind of control, and one that does not exist yet."""
    form = await options(person, "acquire")
    with person.counting(ACQUIRE):
        await form.asks(said("options.step.acquire.title"))
        add = person.button("Add", within=form.dialog)
        for label in (*EXISTS, NEW):
            await person.pick(add, label, f"{label} · ")
        await form.choose(said("selector.manual.options.by_hand"))
        await form.submit()
        await form.asks(said("options.step.acquire_confirm.title"))
        await person.sees("Google Fit", within=form.dialog)
        await person.sees(
            said("selector.texts.options.acquire_new"), within=form.dialog
        )
        await form.submit()
        await form.asks(said("options.abort.acquired"))
    await form.end("Close")
