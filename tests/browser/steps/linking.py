"""Links: one that was suggested, and one that was not."""

from demo_home.past import Past
from playwright.async_api import expect

from tests.browser.form import INTEGRATION, Form
from tests.browser.home import Exist
from tests.browser.person import Person
from tests.browser.words import said

SUGGESTED = "link by suggestion to a value at Exist"
STEP = "config_subentries.link.step"
RULE = "selector.texts.options.rule"
OWN = "link without suggestion to a value at Exist"


async def link_by_suggestion(person: Person, exist: Exist) -> None:
    """Take one of the links that fit this home."""
    today = await exist.today()
    await person.open(INTEGRATION)
    form = Form(person)
    with person.counting(SUGGESTED):
        await person.press(
            person.button(said("config_subentries.link.initiate_flow.user"))
        )
        await form.asks(said(f"{STEP}.entity.title"))
        await person.press(form.picker(said(f"{STEP}.entity.data.suggestion")))
        await form.choose(f"PlayStation: {said(f'{RULE}_time_in')} → Time gaming")
        await form.submit()
        await form.asks(said(f"{STEP}.ready.description"))
        await person.sees(
            said("selector.texts.options.column_exist"), within=form.dialog
        )
        await form.choose(said(f"{STEP}.ready.menu_options.use"))
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
        await person.press(
            person.button(said("config_subentries.link.initiate_flow.user"))
        )
        await form.asks(said(f"{STEP}.entity.title"))
        await person.pick(
            form.picker(said(f"{STEP}.entity.data.entity")),
            "Electricity meter",
            "Electricity",
        )
        await form.submit()
        await form.asks(said(f"{STEP}.aggregate.title"))
        await form.submit()
        await form.asks(said(f"{STEP}.attribute.title"))
        await person.press(form.picker(said(f"{STEP}.attribute.data.target")))
        await person.write(person.page.get_by_placeholder("Search").last, "Electricity")
        await form.choose("Add custom item")
        await form.submit()
        await form.asks(said(f"{STEP}.new_attribute.title"))
        await expect(
            person.field(said(f"{STEP}.new_attribute.data.label"), within=form.dialog)
        ).to_have_value("Electricity")
        await person.press(form.picker(said(f"{STEP}.new_attribute.data.group")))
        await form.choose("Finance")
        await form.submit()
        await form.asks(said("selector.texts.options.owner_new"))
        await form.choose(said(f"{STEP}.ready.menu_options.use"))
        await person.until(
            "what the meter counted, at Exist",
            lambda: _fits(exist, past, today),
            True,
        )
    await form.end("Finish")


async def _fits(exist: Exist, past: Past, today: str) -> bool:
    return past.electricity(past.today).fits(await exist.value("electricity", today))
