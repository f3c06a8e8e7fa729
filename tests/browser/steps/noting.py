"""A note that is longer than Home Assistant shows: it is not lost."""

from playwright.async_api import expect

from tests.browser.form import open_device, sees_value
from tests.browser.home import Place
from tests.browser.person import Person
from tests.browser.steps.controls import NOTE, control, enter, holds
from tests.browser.words import said

LONG = f"{NOTE}. " * 20
SHOWN = 255


async def keep_a_long_note(person: Person, place: Place) -> None:
    """Write such a note at Exist, see how it begins, and try to replace it here."""
    exist, today = place.exist, await place.exist.today()
    await exist.set_value("mood_note", today, LONG)
    await place.poll()
    await open_device(person, "ada")
    await sees_value(person, "Mood note", rf"^\s*{LONG[: SHOWN - 1].rstrip()}")
    note = control(person, "Mood note").locator("input")
    await expect(note).to_have_value("")
    await enter(person, note, "Walked home")
    await person.sees(
        said("exceptions.text_too_long_to_edit.message", name="Mood note")
    )
    await expect(note).to_have_value("")
    await holds(person, exist, "mood_note", today, LONG)
