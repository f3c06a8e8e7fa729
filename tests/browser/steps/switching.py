"""The switch of a tag, and what assistants are not given."""

import re

from playwright.async_api import expect

from tests.browser.form import card, open_device, row
from tests.browser.home import Exist, Place
from tests.browser.person import NotSeenError, Person

# Home Assistant loads an account anew half a minute after one of its entities was enabled.
ENABLED_SECONDS = 90
# What Home Assistant exposes by itself, whatever it shows.
BY_ITSELF = ("switch", "todo")
ASSISTANTS = ("conversation", "cloud.alexa", "cloud.google_assistant")


async def enable_tag_switch(person: Person) -> None:
    """Enable the switch of a tag, which is disabled beforehand."""
    await open_device(person, "ada")
    controls = card(person, "Controls")
    await person.press(controls.get_by_text(re.compile(r"\+\d+ disabled entit")))
    await person.press(person.words("Gym", within=controls))
    dialog = person.page.locator("ha-more-info-dialog")
    await person.press(person.button("Settings", within=dialog))
    await person.press(person.button("Enable", within=dialog))
    await person.press(person.button("OK"))


async def use_tag_switch(person: Person, exist: Exist) -> None:
    """Turn the tag with its switch, as soon as it is there."""
    today = await exist.today()
    before = await exist.value("gym", today)
    await open_device(person, "ada")
    line = row(person, "Controls", "Gym")
    await person.sees(line.locator("ha-switch"), seconds=ENABLED_SECONDS)
    # It is unavailable for a moment, while the account is loaded.
    switch = line.get_by_role("switch")
    await expect(switch).to_be_enabled()
    await expect(switch).to_be_checked(checked=bool(before))
    await person.press(line.locator("ha-switch"))
    await person.until(
        "Gym at Exist", lambda: exist.value("gym", today), int(not before)
    )


async def expose_list(place: Place) -> None:
    """Expose the list of tags to an assistant, as a person may."""
    await place.home.connect()
    await place.home.command(
        "homeassistant/expose_entity",
        assistants=[ASSISTANTS[0]],
        entity_ids=[await place.entity("todo", "tags")],
        should_expose=True,
    )


async def list_stays_exposed(place: Place) -> None:
    """See that it still is, after the account was loaded anew."""
    await place.home.connect()
    told = await place.home.command("homeassistant/expose_entity/list")
    exposed = told["exposed_entities"]
    if not exposed.get(await place.entity("todo", "tags"), {}).get(ASSISTANTS[0]):
        raise NotSeenError(f"the list of tags is no longer exposed: {exposed}")


async def nothing_is_exposed(place: Place) -> None:
    """See that no entity of Exist is exposed to an assistant, nor will be by default."""
    await place.home.connect()
    told = await place.home.command("homeassistant/expose_entity/list")
    entities = [
        each
        for each in await place.home.command("config/entity_registry/list")
        if each["platform"] == "exist"
    ]
    exposed = {each["entity_id"] for each in entities} & set(told["exposed_entities"])
    undecided = {
        each["entity_id"]
        for each in entities
        if each["entity_id"].split(".")[0] in BY_ITSELF and each["disabled_by"] is None
        for assistant in ASSISTANTS
        if each["options"].get(assistant, {}).get("should_expose") is not False
    }
    if not entities or exposed or undecided:
        raise NotSeenError(f"exposed: {exposed}, or may be: {undecided}")
