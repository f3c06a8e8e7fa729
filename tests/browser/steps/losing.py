"""What happens elsewhere: an edit at Exist, a rival service, a sign-in taken back."""

from tests.browser.form import Form, open_device, reload, row, sees_value
from tests.browser.home import Exist
from tests.browser.person import Person
from tests.browser.steps.arriving import consent
from tests.browser.words import said

EDITED_MINUTES = 77


async def edited_at_exist(person: Person, exist: Exist) -> None:
    """Change a day at Exist: it is shown, and left alone by its link."""
    await exist.set_value("gaming_min", await exist.today(), EDITED_MINUTES)
    await reload(person)
    await open_device(person, "ada")
    await sees_value(person, "Time gaming", f"{EDITED_MINUTES}m")
    await open_device(person, "Time gaming")
    await person.sees(
        row(person, "Diagnostic", said("entity.sensor.link_state.name")).get_by_text(
            "Edited"
        )
    )


async def taken_by_another(person: Person, exist: Exist) -> None:
    """Let a rival take an attribute; the repair takes it back and sends what waited."""
    today = await exist.today()
    await exist.control("steal", user="ada", attribute="mood", service="googlefit")
    await open_device(person, "ada")
    mood = row(person, "Controls", "Mood").locator("input")
    await person.write(mood, "3")
    await mood.press("Enter")
    await person.sees(person.page.locator("ha-sidebar .badge").first)
    await _activity_tells(person, "Mood")
    await person.open("/config/repairs")
    await person.press(
        await person.sees(said("issues.attribute_taken.title", label="Mood"))
    )
    form = Form(person)
    await form.asks("Google Fit")
    await form.choose(
        said("issues.attribute_taken.fix_flow.step.init.menu_options.take_back")
    )
    await form.end("Finish")
    await person.sees("no repairs")
    await person.until(
        "Mood at Exist, taken back", lambda: exist.value("mood", today), 3
    )


async def _activity_tells(person: Person, label: str) -> None:
    """See that Activity names the attribute that was lost."""
    await person.open("/logbook")
    kind = "entity.event.writing.state_attributes.event_type.state.ownership_lost"
    line = person.page.locator("ha-logbook-renderer .entry")
    await person.sees(line.filter(has_text=label).filter(has_text=said(kind)))


async def sign_in_taken_back(person: Person, exist: Exist) -> None:
    """Exist no longer accepts the token; the person signs in again."""
    await exist.control("revoke", user="ada")
    await reload(person)
    await person.sees("Needs attention")
    await person.press(person.button("Reconfigure"))
    form = Form(person)
    await form.asks(said("config.step.reauth_confirm.title"))
    await consent(person)
    await form.asks(said("config.abort.reauth_successful"))
    await form.end("Close")
    await person.sees_none(person.page.get_by_text("Needs attention"))
