"""Links: one that was suggested, one that was not, and past days."""

from demo_home.past import Past
from playwright.async_api import expect

from tests.browser.form import INTEGRATION, Form
from tests.browser.home import Exist
from tests.browser.person import Person

SUGGESTED = "link by suggestion to a value at Exist"
OWN = "link without suggestion to a value at Exist"


async def link_by_suggestion(person: Person, exist: Exist) -> None:
    """Take one of the links that fit this home."""
    today = await exist.today()
    await person.open(INTEGRATION)
    form = Form(person)
    with person.counting(SUGGESTED):
        await person.press(person.button("Add link"))
        await form.asks("Which entity?")
        await person.press(form.picker("Links that fit this home"))
        await form.choose("PlayStation: time → Time gaming")
        await form.submit()
        await form.asks("This is what the last days would have been")
        await person.sees("At Exist now", within=form.dialog)
        await form.choose("Use this link")
        await person.until("a value at Exist", lambda: _there(exist, today), True)
    await form.end("Finish")


async def _there(exist: Exist, today: str) -> bool:
    return await exist.value("gaming_min", today) is not None


async def link_of_ones_own(person: Person, exist: Exist, past: Past) -> None:
    """Link the electricity meter with a new attribute."""
    today = await exist.today()
    await person.open(INTEGRATION)
    form = Form(person)
    with person.counting(OWN):
        await person.press(person.button("Add link"))
        await form.asks("Which entity?")
        await person.pick(form.picker("Entity"), "Electricity meter", "Electricity")
        await form.submit()
        await form.asks("How is a day's value made?")
        await form.submit()
        await form.asks("Which attribute at Exist?")
        await person.press(form.picker("Attribute"))
        await person.write(person.page.get_by_placeholder("Search").last, "Electricity")
        await form.choose("Add custom item")
        await form.submit()
        await form.asks("A new attribute")
        await expect(person.field("Name", within=form.dialog)).to_have_value(
            "Electricity"
        )
        await person.press(form.picker("Group"))
        await form.choose("Finance")
        await form.submit()
        await form.asks("it is created when you finish")
        await form.choose("Use this link")
        await person.until(
            "what the meter counted, at Exist",
            lambda: _fits(exist, past, today),
            True,
        )
    await form.end("Finish")


async def _fits(exist: Exist, past: Past, today: str) -> bool:
    return past.electricity(past.today).fits(await exist.value("electricity", today))
