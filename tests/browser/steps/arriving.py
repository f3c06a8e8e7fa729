"""Signing in at Home Assistant and at Exist, until the first entities are there."""

from demo_home.home import PASSWORD, USERNAME
from playwright.async_api import expect

from tests.browser.form import Form, card, open_device, sees_value
from tests.browser.home import Exist
from tests.browser.person import Person
from tests.browser.words import home_said, said
from tests.exist_server.state import CLIENT_ID, CLIENT_SECRET

CREDENTIALS = "the credentials among them"
FIRST_ENTITIES = "add integration to first entities"
ADD_INTEGRATION = "ui.panel.config.integrations.add_integration"
EDITOR = "ui.panel.config.application_credentials.editor"
STEPS_OF_THE_CLIENT = 4
FIELDS_OF_THE_CLIENT = 7
CALLBACK = "/auth/external/callback"
SEEN_BY_ALL = "Everyone who can sign in to this Home Assistant can see what you choose"
STEPS = 5144


async def log_in(person: Person) -> None:
    """Log in to Home Assistant."""
    await person.open("/config/integrations/dashboard")
    await person.write(person.field("Username"), USERNAME)
    await person.write(person.field("Password"), PASSWORD)
    await person.press(person.button("Log in"))
    await person.sees(home_said(ADD_INTEGRATION))


async def add_integration(person: Person, exist: Exist) -> None:
    """Add the integration, with credentials, rights and groups, consent, and no link."""
    await exist.set_value("steps", await exist.today(), STEPS)
    with person.counting(FIRST_ENTITIES):
        await choose_integration(person)
        with person.counting(CREDENTIALS):
            await add_credentials(person)
        form = Form(person)
        await form.asks(said("config.step.scopes.title"))
        await form.asks(said("config.step.scopes.data.groups"))
        await form.asks(SEEN_BY_ALL)
        await consent(person)
        # Of this page one gets rid by its cross.
        await form.asks(said("config_subentries.link.step.entity.title"))
        await form.asks(said("selector.texts.options.welcome").split("**")[1])
        await form.end("Close")
        await person.sees(person.page.locator("ha-integration-card", has_text="Exist"))
    await open_device(person, "ada")
    await person.sees(card(person, "Sensors"))
    await _sees_what_exist_knows(person)
    await _sees_no_list(person)


async def choose_integration(person: Person) -> None:
    """Choose Exist among all integrations, and see what it needs first."""
    await person.press(person.button(home_said(ADD_INTEGRATION)))
    brands = person.page.locator("dialog-add-integration")
    search = brands.get_by_placeholder(
        home_said("ui.panel.config.integrations.search_brand")
    )
    await person.write(search, "Exist")
    await person.press(person.words("Exist", within=brands).first)
    dialog = person.page.locator("dialog-add-application-credential")
    await person.sees(CALLBACK, within=dialog)


async def add_credentials(person: Person) -> None:
    """Enter name, ID and secret of the client."""
    dialog = person.page.locator("dialog-add-application-credential")
    await expect(dialog.locator("ha-markdown ol")).to_have_count(1)
    await expect(dialog.locator("ha-markdown ol > li")).to_have_count(
        STEPS_OF_THE_CLIENT
    )
    # As many as Exist's own form has, and of what is to be pasted, exactly that.
    await expect(dialog.locator("ha-markdown ul > li")).to_have_count(
        FIELDS_OF_THE_CLIENT
    )
    pasted = dialog.locator("code").filter(has_text=CALLBACK)
    await expect(pasted).to_have_text(person.address(CALLBACK))
    for field, text in (
        ("name", "Exist"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
    ):
        label = home_said(f"{EDITOR}.{field}")
        await person.write(person.field(label, within=dialog), text)
    await person.press(person.button(home_said(f"{EDITOR}.add"), within=dialog))


async def consent(person: Person) -> None:
    """Submit a page that leads to Exist, and allow there."""
    async with person.page.expect_popup() as opened:
        await Form(person).submit()
    exist = await opened.value
    await person.press(exist.get_by_role("button", name="Allow"))


async def _sees_what_exist_knows(person: Person) -> None:
    """Nothing is owned yet: there are sensors, and nothing to write with."""
    for name, shown in (
        ("Steps", rf"^\s*{STEPS:,}\s+steps"),
        ("Bedtime", r"^\s*\d\d:\d\d\b"),
        ("Time asleep", r"\d+m"),
    ):
        await sees_value(person, name, shown)
    await person.sees_none(card(person, "Controls"))
    await person.sees_none(person.page.get_by_text(said("entity.date.edited_day.name")))
    # The device's name stands above all of them.
    await person.sees_none(card(person, "Sensors").get_by_text("(ada)"))


async def _sees_no_list(person: Person) -> None:
    """There is no list of tags either."""
    await person.press(person.words(home_said("panel.todo")).first)
    await person.sees(home_said("ui.panel.todo.create_list"))
    await person.sees_none(person.page.locator("ha-panel-todo").get_by_text("ada"))
