"""The forms that Home Assistant opens in a dialog, and the page of the integration."""

import re

from playwright.async_api import Locator

from .person import Person
from .words import home_said, said

INTEGRATION = "/config/integrations/integration/exist"


class Form:
    """The form that is open, or will be."""

    def __init__(self, person: Person) -> None:
        """Remember who fills it in."""
        self._person = person
        self.dialog = person.page.locator("dialog-data-entry-flow")

    async def asks(self, title: str) -> None:
        """Wait for a page of the form."""
        await self._person.sees(title, within=self.dialog)

    async def choose(self, words: str) -> None:
        """Choose one of the things that are offered."""
        await self._person.press(
            self._person.words(words, within=self.dialog).filter(visible=True).last
        )

    async def submit(self) -> None:
        """Send a page."""
        await self._person.press(
            self._person.button(
                home_said("ui.panel.config.integrations.config_flow.submit"),
                within=self.dialog,
            )
        )

    async def end(self, name: str) -> None:
        """Press the button that ends it, and see it go."""
        buttons = self.dialog.get_by_role("button", name=name)
        await self._person.press(buttons.last)
        await self._person.closed()

    def picker(self, label: str) -> Locator:
        """Return the long list of a label."""
        return self.dialog.locator(f'ha-picker-field[aria-label="{label}"]')

    def fields(self, kind: str) -> Locator:
        """Return the fields of a kind, such as number."""
        return self.dialog.locator(f'input[type="{kind}"]')


def account(person: Person) -> Locator:
    """Return the row of the account on the integration's page."""
    return person.page.locator("ha-config-entry-row")


async def menu(person: Person, item: str) -> None:
    """Choose from the menu of the account."""
    row = account(person)
    await person.press(person.button(home_said("ui.common.menu"), within=row))
    await person.press(
        row.get_by_role("menuitem", name=item).filter(visible=True).first
    )


async def reload(person: Person) -> None:
    """Have the account loaded anew."""
    await person.open(INTEGRATION)
    await person.sees(account(person))
    async with person.page.expect_response("**/reload"):
        await menu(person, "Reload")


async def options(person: Person, item: str) -> Form:
    """Open one of the account's options, by its step."""
    await person.open(INTEGRATION)
    configure = home_said("ui.panel.config.integrations.config_entry.configure")
    await person.press(person.button(configure, within=account(person)))
    form = Form(person)
    await form.choose(said(f"options.step.init.menu_options.{item}"))
    return form


async def open_device(person: Person, name: str) -> None:
    """Open the page of a device."""
    await person.open(INTEGRATION)
    rows = person.page.locator("ha-config-entry-device-row")
    await person.press(rows.filter(has_text=name).first)
    await person.sees(person.page.locator("ha-device-entities-card"))


def card(person: Person, title: str) -> Locator:
    """Return a card of the device's page."""
    return person.page.locator("ha-device-entities-card").filter(
        has=person.words(title)
    )


def row(person: Person, title: str, name: str) -> Locator:
    """Return the line of an entity in a card of the device's page."""
    return (
        card(person, title)
        .locator("#entities > ha-list > div")
        .filter(has=person.words(name))
    )


async def sees_value(person: Person, name: str, shown: str) -> None:
    """Wait until a sensor on the device's page shows what matches."""
    line = row(person, "Sensors", name)
    await person.sees(line.get_by_text(re.compile(shown)))
