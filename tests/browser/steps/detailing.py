"""Pages of a link's form that the walk to a link does not need."""

from datetime import date, timedelta

from playwright.async_api import expect

from tests.browser.form import Form
from tests.browser.home import Exist
from tests.browser.person import NotSeenError, Person
from tests.browser.steps.editing import ask_for_past_days
from tests.browser.steps.linking import RULE, STEP
from tests.browser.steps.looking import entity_form, preview_form
from tests.browser.words import said

NEW = "selector.texts.options.new_attribute"
# A time in states is none of these.
UNFIT = ("Mood", "Mood note", "Bedtime", "Steps", "Weight")
COLUMNS = ("day", "link", "exist")
PREVIEWED_DAYS = 31


async def only_what_fits_is_offered(person: Person) -> None:
    """See the attributes for a time: the best, then a new one, then possible ones."""
    form = await entity_form(person)
    await person.pick(
        form.picker(said(f"{STEP}.entity.data.entity")), "PlayStation", "PlayStation"
    )
    await form.submit()
    for page in ("aggregate", "states"):
        await form.asks(said(f"{STEP}.{page}.title"))
        await form.submit()
    await form.asks(said(f"{STEP}.attribute.title"))
    await person.press(form.picker(said(f"{STEP}.attribute.data.target")))
    lines = person.page.locator("ha-picker-combo-box ha-combo-box-item")
    await expect(lines.nth(0)).to_contain_text("Time gaming · ")
    await expect(lines.nth(1)).to_contain_text(said(NEW))
    await person.sees(lines.filter(has_text="Watching TV · "))
    for label in UNFIT:
        await person.sees_none(lines.filter(has_text=f"{label} · "))
    await person.write(person.page.locator("ha-picker-combo-box input").last, "movies")
    await expect(lines.nth(0)).to_contain_text("Watching movies · ")
    await person.sees_none(lines.filter(has_text="Watching TV · "))


async def preview_says_what_exist_has(person: Person, exist: Exist) -> None:
    """Compare each day of a preview with Exist."""
    await preview_form(person)
    dialog = Form(person).dialog
    head = [said(f"selector.texts.options.column_{each}") for each in COLUMNS]
    await expect(dialog.locator("thead tr").first).to_have_text("".join(head))
    today = date.fromisoformat(await exist.today())
    days = [today - timedelta(days=back) for back in range(PREVIEWED_DAYS)]
    rows = dialog.locator("tbody tr")
    await expect(rows).to_have_count(PREVIEWED_DAYS)
    told = await rows.locator("td:first-child").all_text_contents()
    shown = await rows.locator("td:last-child").all_text_contents()
    held = [await exist.value("coffees", str(day)) for day in days]
    wanted = [
        # Hyphens at which no line is broken.
        (f"{day:%a %Y\u2011%m\u2011%d}", "" if value is None else str(value))
        for day, value in zip(days, held, strict=True)
    ]
    if (found := [*zip(told, shown, strict=True)]) != wanted:
        raise NotSeenError(f"the preview says of Exist {found}, not {wanted}")


async def nothing_is_replaced_that_is_not_there(person: Person) -> None:
    """Ask for past days of an attribute that does not exist: all can be told."""
    form = await entity_form(person)
    await person.press(form.picker(said(f"{STEP}.entity.data.suggestion")))
    mean = said(f"{RULE}_mean")
    # Exist has no attribute for it yet.
    await person.press(
        await person.sees(f"Bedroom temperature: {mean}", within=form.dialog)
    )
    await form.submit()
    await form.asks(said(f"{STEP}.ready.description"))
    await form.choose(said(f"{STEP}.ready.menu_options.finish"))
    await ask_for_past_days(person, form)
    replace = said(f"{STEP}.past.data.replace")
    await person.sees_none(form.dialog.get_by_text(replace))
    await form.end("Close")
