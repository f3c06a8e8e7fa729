"""Editing a link: past days that are sent, and what is told of them afterwards."""

from datetime import date, timedelta
from functools import partial

from demo_home.past import Past

from tests.browser.form import INTEGRATION, Form
from tests.browser.home import Exist
from tests.browser.person import Person
from tests.browser.steps.linking import STEP
from tests.browser.words import said

EDIT = "edit a link and send past days"
PAST_DAYS = 3
WHOLE = 0


async def edit_link(person: Person, exist: Exist, past: Past) -> None:
    """Round the values of the electricity meter, and send some days before today."""
    with person.counting(EDIT):
        form = await _begin(person)
        await form.choose(said(f"{STEP}.change.menu_options.finish"))
        for field, number in (("decimals", WHOLE), ("past_days", PAST_DAYS)):
            label = said(f"{STEP}.finish.data.{field}")
            box = form.dialog.locator("ha-selector-number").filter(has_text=label)
            await person.write(box.locator("input"), str(number))
        await form.submit()
        await form.asks(said(f"{STEP}.past.title"))
        await person.sees(f": {PAST_DAYS}", within=form.dialog)
        await form.submit()
        await form.asks(said("config_subentries.link.abort.reconfigure_successful"))
        await form.end("Close")
    today = date.fromisoformat(await exist.today())
    for back in range(PAST_DAYS + 1):
        day = today - timedelta(days=back)
        fits = partial(_is_rounded, exist, past, day)
        await person.until(f"whether electricity of {day} fits", fits, True)
    form = await _begin(person)
    await form.asks(said("selector.texts.options.past_sent", count=str(PAST_DAYS)))
    await form.end("Close")


async def _begin(person: Person) -> Form:
    """Open the form of the link with what it is now."""
    await person.open(INTEGRATION)
    link = person.page.locator("ha-config-sub-entry-row").filter(
        has_text="Electricity meter"
    )
    edit = said("config_subentries.link.initiate_flow.reconfigure")
    await person.press(person.button(edit, within=link))
    form = Form(person)
    await form.asks(said(f"{STEP}.change.title"))
    return form


async def _is_rounded(exist: Exist, past: Past, day: date) -> bool:
    value = await exist.value("electricity", day.isoformat())
    expected = past.electricity(day)
    return (
        value is not None
        and value == int(value)
        and expected.low - 0.5 <= value <= expected.high + 0.5
    )
