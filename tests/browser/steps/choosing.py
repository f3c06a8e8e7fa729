"""Which day a sensor shows."""

from datetime import date, timedelta

from tests.browser.form import Form, open_device, options, sees_value
from tests.browser.home import Place
from tests.browser.person import Person
from tests.browser.words import home_said, said

# Home Assistant complains of energy whose newest value is a measurement.
LABEL, NAME = "Active energy burned", "active_energy"
NEWEST = 512
TODAY = "selector.texts.options.shows_today"
LATEST = "selector.texts.options.shows_newest"


async def show_the_newest(person: Person, place: Place) -> None:
    """Let a sensor of today, which has no value yet, show the newest value."""
    exist, today = place.exist, date.fromisoformat(await place.exist.today())
    yesterday = today - timedelta(days=1)
    await exist.set_value(NAME, today.isoformat(), None)
    await exist.set_value(NAME, yesterday.isoformat(), NEWEST)
    await place.poll()
    await open_device(person, "ada")
    await sees_value(person, LABEL, home_said("state.default.unknown"))
    form = await policies_form(person)
    add = person.button("Add", within=form.dialog)
    for label, shown in (("Weight", LATEST), (LABEL, TODAY)):
        await person.pick(add, label, f"{label} · {said(shown)}")
    await person.press(person.button(f"Remove Weight · {said(LATEST)}"))
    await form.submit()
    await form.asks("Options successfully saved.")
    await form.end("Finish")
    await open_device(person, "ada")
    await sees_value(person, LABEL, rf"^\s*{NEWEST}\b")


async def policies_form(person: Person) -> Form:
    """Open the choice of the day that sensors show."""
    form = await options(person, "policies")
    await form.asks(said("options.step.policies.title"))
    return form


async def switched_form(person: Person) -> None:
    """Open it again: it says what the sensor shows now."""
    form = await policies_form(person)
    await form.asks(f"{LABEL} · {said(LATEST)}")
