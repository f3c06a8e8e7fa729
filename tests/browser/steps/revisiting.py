"""A day that no poll shows: until it is read, nothing of it is shown or written."""

from datetime import date, timedelta

from playwright.async_api import expect

from tests.browser.form import open_device
from tests.browser.home import Exist
from tests.browser.person import Person
from tests.browser.steps.controls import control, enter, holds, move_to
from tests.browser.words import said

DAYS_AGO = 40
HELD_MOOD = 4
WITH_VALUES = "/api/2/attributes/with-values/"


async def edit_an_old_day(person: Person, exist: Exist) -> None:
    """Choose a day that has a mood but no coffees, while Exist is slow to tell."""
    today = date.fromisoformat(await exist.today())
    day = today - timedelta(days=DAYS_AGO)
    await exist.set_value("mood", day.isoformat(), HELD_MOOD)
    await exist.set_value("coffees", day.isoformat(), None)
    await open_device(person, "ada")
    coffees = control(person, "Coffees").locator("input")
    mood = control(person, "Mood").locator("input")
    async with exist.holding_up(WITH_VALUES):
        await move_to(person, today, day)
        await expect(mood).to_have_value("")
        await expect(coffees).to_have_value("")
        await enter(person, mood, "2")
        await person.sees(said("exceptions.edited_day_unread.message", day=str(day)))
        await holds(person, exist, "mood", day.isoformat(), HELD_MOOD)
    await expect(mood).to_have_value(str(HELD_MOOD))
    # A slider would stand at its lowest.
    await expect(coffees).to_have_value("")
    await enter(person, mood, "5")
    await holds(person, exist, "mood", day.isoformat(), 5)
    await move_to(person, day, today)
    now = await exist.value("mood", today.isoformat())
    await expect(mood).to_have_value("" if now is None else str(now))
