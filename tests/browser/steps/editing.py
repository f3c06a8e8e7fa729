"""Editing a link: past days that are sent, and what is told of them afterwards."""

from datetime import date, timedelta
from functools import partial
import re

from demo_home.past import Past

from tests.browser.form import INTEGRATION, Form, open_device, row
from tests.browser.home import Exist
from tests.browser.person import Person
from tests.browser.steps.linking import STEP
from tests.browser.words import ENGLISH, home_said, said, texts

EDIT = "edit a link and send past days"
PAST_DAYS = 3
WHOLE = 0


async def edit_link(person: Person, exist: Exist, past: Past) -> None:
    """Round the values of the electricity meter, and send some days before today."""
    with person.counting(EDIT):
        form = await _begin(person)
        await form.choose(said(f"{STEP}.change.menu_options.finish"))
        await form.asks(said("selector.texts.options.last_days"))
        await person.sees(form.dialog.locator("table"))
        await _enter(person, form, "decimals", WHOLE)
        await ask_for_past_days(person, form)
        # The link has filled today itself: nothing there is from elsewhere.
        replace = said(f"{STEP}.past.data.replace")
        await person.sees_none(person.words(replace, within=form.dialog))
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
    await _see_hours_where_used(person, form)
    await _state_tells(person)


async def _state_tells(person: Person) -> None:
    """See among the details of the link's state how many days were sent."""
    await open_device(person, "Electricity meter")
    state = said("entity.sensor.link_state.name")
    await person.press(row(person, "Diagnostic", state).locator("state-badge"))
    dialog = person.page.locator("ha-more-info-dialog")
    await person.press(person.button(home_said("ui.common.menu"), within=dialog))
    details = home_said("ui.dialogs.more_info_control.details")
    await person.press(await person.sees(details, within=dialog))
    sent = said("entity.sensor.link_state.state_attributes.past_days_sent.name")
    line = dialog.get_by_role("listitem").filter(has_text=sent)
    await person.sees(line.filter(has_text=re.compile(rf"\b{PAST_DAYS}\b")))


async def _see_hours_where_used(person: Person, form: Form) -> None:
    """See From and To only after a part of the day was chosen."""
    hours = [said(f"{STEP}.hours.data.{each}") for each in ("part_start", "part_end")]
    await form.choose(said(f"{STEP}.change.menu_options.part"))
    await form.asks(said(f"{STEP}.part.title"))
    for each in hours:
        await person.sees_none(person.words(each, within=form.dialog))
    await form.choose(said("selector.part.options.from_to"))
    await form.submit()
    await form.asks(said(f"{STEP}.hours.title"))
    for each in hours:
        await person.sees(person.words(each, within=form.dialog))
    await form.end("Close")


async def ask_for_past_days(person: Person, form: Form) -> None:
    """Ask for some past days on a link's last page, all of which can be told."""
    await _enter(person, form, "past_days", PAST_DAYS)
    await form.submit()
    await form.asks(said(f"{STEP}.past.title"))
    asked = texts(ENGLISH)[f"{STEP}.past.description"].split("\n\n")
    for line in asked[:2]:
        await form.asks(re.sub(r"\{\w+\}", str(PAST_DAYS), line))


async def _enter(person: Person, form: Form, field: str, number: int) -> None:
    label = said(f"{STEP}.finish.data.{field}")
    box = form.dialog.locator("ha-selector-number").filter(has_text=label)
    await person.write(box.locator("input"), str(number))


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
