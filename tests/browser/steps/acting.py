"""Actions as a person fills them in."""

from tests.browser.person import Person
from tests.browser.words import said

ACTIONS = "/config/tools/action"
# Beside what automations fill in.
PICKERS = {
    "update_values": ("entity", "date"),
    "acquire_attributes": ("entity", "select"),
}


async def pick_in_actions(person: Person) -> None:
    """See pickers for entities, days and templates."""
    await person.open(ACTIONS)
    form = person.page.locator("ha-service-control")
    action = person.page.locator("ha-service-picker ha-picker-field")
    for key, pickers in PICKERS.items():
        name = said(f"services.{key}.name")
        await person.pick(action, name, f"exist.{key}")
        await person.sees(said(f"services.{key}.description"), within=form)
        for picker in pickers:
            await person.sees(form.locator(f"ha-selector-{picker}"))
