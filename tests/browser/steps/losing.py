"""What happens elsewhere: an edit at Exist, a rival service, a sign-in taken back."""

from tests.browser.form import Form, open_device, reload, row, sees_value
from tests.browser.home import Exist
from tests.browser.person import Person
from tests.browser.steps.arriving import consent

EDITED_MINUTES = 77


async def edited_at_exist(person: Person, exist: Exist) -> None:
    """Change a day at Exist: it is shown, and left alone by its link."""
    await exist.set_value("gaming_min", await exist.today(), EDITED_MINUTES)
    await reload(person)
    await open_device(person, "ada")
    await sees_value(person, "Time gaming", f"{EDITED_MINUTES}m")
    await open_device(person, "Time gaming")
    await person.sees(row(person, "Diagnostic", "State").get_by_text("Edited"))


async def taken_by_another(person: Person, exist: Exist) -> None:
    """Let a rival take an attribute; the repair takes it back and sends what waited."""
    today = await exist.today()
    await exist.control("steal", user="ada", attribute="mood", service="googlefit")
    await open_device(person, "ada")
    mood = row(person, "Controls", "Mood").locator("input")
    await person.write(mood, "3")
    await mood.press("Enter")
    await person.sees(person.page.locator("ha-sidebar .badge").first)
    await person.open("/config/repairs")
    await person.press(await person.sees("Mood is no longer Home Assistant's to write"))
    form = Form(person)
    await form.asks("Its owner is now: Google Fit.")
    await form.choose("Take it back and send what waits")
    await form.end("Finish")
    await person.sees("no repairs")
    await person.until(
        "Mood at Exist, taken back", lambda: exist.value("mood", today), 3
    )


async def sign_in_taken_back(person: Person, exist: Exist) -> None:
    """Exist no longer accepts the token; the person signs in again."""
    await exist.control("revoke", user="ada")
    await reload(person)
    await person.sees("Needs attention")
    await person.press(person.button("Reconfigure"))
    form = Form(person)
    await form.asks("Sign in to Exist again")
    await consent(person)
    await form.asks("Signed in again.")
    await form.end("Close")
    await person.sees_none(person.page.get_by_text("Needs attention"))
