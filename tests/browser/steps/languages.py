"""A shorter walk in another language, on a phone: every page in that language, uncut."""

from collections.abc import Collection
from pathlib import Path
import re

from demo_home.dashboard import ADDRESS
from playwright.async_api import Locator

from tests.browser.form import INTEGRATION, Form, open_device, options
from tests.browser.glance import glance
from tests.browser.home import Place
from tests.browser.person import Person
from tests.browser.steps.arriving import add_credentials, choose_integration, consent
from tests.browser.steps.charting import DRAWN_SECONDS, paste_dashboard
from tests.browser.steps.linking import STEP
from tests.browser.steps.looking import TOO_WIDE
from tests.browser.words import home_said, said, spoken

TEXTS = "selector.texts.options"
OFFICIAL = "selector.template.options"
ACQUIRED = ("mood", "coffees", "water")
# The name of a tag is the person's own.
TAG = "Gym"


class Reader:
    """Reads each page, and remembers what is wrong with it."""

    def __init__(self, person: Person, pictures: Path | None) -> None:
        """Begin with nothing."""
        self.person = person
        self.pages = 0
        self.faults: list[str] = []
        self._pictures = pictures

    async def reads(
        self, name: str, *, fits: bool = True, excused: Collection[str] = ()
    ) -> None:
        """Read what is seen now, which `fits` the width unless that is not up to us.

        Home Assistant itself cuts off the texts that are `excused`.
        """
        page = self.person.page
        found = [*(await glance(page)).faults(spoken(), excused)]
        if fits:
            found += [f"too wide: {each}" for each in await page.evaluate(TOO_WIDE)]
        self.faults += [f"{name}: {fault}" for fault in found]
        self.pages += 1
        if self._pictures:
            await self.person.picture(self._pictures, f"{spoken()}-{name}")


async def speak_at_home(place: Place) -> None:
    """Let Home Assistant and its user speak the language of the walk."""
    await place.home.command("config/core/update", language=spoken())
    await place.home.command(
        "frontend/set_user_data",
        key="language",
        value={"language": spoken(), "number_format": "language"},
    )


async def sign_in(reader: Reader) -> None:
    """Add the account, and read what the pages say until it is there."""
    person, form = reader.person, Form(reader.person)
    await choose_integration(person)
    # The address of this home has no hyphen to break at, as My Home Assistant's has.
    await reader.reads("credentials", fits=False)
    await add_credentials(person)
    await form.asks(said("config.step.scopes.title"))
    await reader.reads("access")
    await consent(person)
    await form.asks(said("config_subentries.link.step.entity.title"))
    await reader.reads("first-link")
    await person.open(INTEGRATION)
    await person.sees(person.page.locator("ha-config-entry-row"))
    await reader.reads("account")


async def read_options(reader: Reader) -> None:
    """Read each page of the options, and acquire something."""
    person = reader.person
    form = await options(person, "acquire")
    await form.asks(said("options.step.acquire.title"))
    await reader.reads("acquire")
    add = person.button(home_said("ui.common.add"), within=form.dialog)
    for label in (*(said(f"{OFFICIAL}.{each}") for each in ACQUIRED), TAG):
        # Some have the whole name of another in theirs.
        line = re.compile(rf"^\s*{re.escape(label)} · ")
        await person.pick(add, label, line)
    await form.choose(said("selector.manual.options.by_hand"))
    await form.submit()
    await form.asks(said("options.step.acquire_confirm.title"))
    await reader.reads("acquire-confirm")
    await form.submit()
    await form.asks(said("options.abort.acquired"))
    await reader.reads("acquired")
    for step in ("show", "policies", "history", "removal", "release"):
        form = await options(person, step)
        await form.asks(said(f"options.step.{step}.title"))
        await reader.reads(step)
    await person.open(INTEGRATION)
    await person.press(
        person.button(
            home_said("ui.panel.config.integrations.config_entry.configure"),
            within=person.page.locator("ha-config-entry-row"),
        )
    )
    await form.asks(said("options.step.init.title"))
    await reader.reads("options")


async def read_link(reader: Reader) -> None:
    """Read the pages of a link of one's own, up to its end."""
    person, form = reader.person, Form(reader.person)
    await person.open(INTEGRATION)
    await person.press(person.button(said("config_subentries.link.initiate_flow.user")))
    await form.asks(said(f"{STEP}.entity.title"))
    await person.press(
        person.words(said(f"{STEP}.entity.sections.more.name"), within=form.dialog)
    )
    await reader.reads("link-entity")
    entity = form.picker(said(f"{STEP}.entity.data.entity"))
    await person.pick(entity, "PlayStation", "PlayStation")
    await _next(reader, "aggregate")
    await _next(reader, "states")
    await _next(reader, "attribute")
    await person.press(form.picker(said(f"{STEP}.attribute.data.target")))
    await person.sees(person.page.locator("ha-combo-box-item"))
    await reader.reads("link-attributes")
    await form.choose(said(f"{TEXTS}.new_attribute"))
    await _next(reader, "new_attribute")
    await person.write(
        person.field(said(f"{STEP}.new_attribute.data.label"), within=form.dialog),
        "Console",
    )
    await person.press(form.picker(said(f"{STEP}.new_attribute.data.group")))
    await form.choose(said("selector.group.options.media"))
    await form.submit()
    await _arrives(reader, form.dialog, "ready", "description")
    await form.choose(said(f"{STEP}.ready.menu_options.change"))
    await _arrives(reader, form.dialog, "change")
    await form.choose(said(f"{STEP}.change.menu_options.part"))
    await _arrives(reader, form.dialog, "part")
    await form.choose(said("selector.part.options.from_to"))
    await _next(reader, "hours")
    for key, hour in (("part_start", "22"), ("part_end", "7")):
        clock = form.dialog.get_by_role("group", name=said(f"{STEP}.hours.data.{key}"))
        await person.write(clock.get_by_role("spinbutton").first, hour)
    await form.submit()
    await form.asks(said(f"{STEP}.change.title"))
    await form.choose(said(f"{STEP}.change.menu_options.ready"))
    await form.asks(said(f"{STEP}.ready.description"))
    await form.choose(said(f"{STEP}.ready.menu_options.finish"))
    await _arrives(reader, form.dialog, "finish", "description")


async def _next(reader: Reader, step: str) -> None:
    """Send a page of the link's form, and read the next one."""
    form = Form(reader.person)
    await form.submit()
    await _arrives(reader, form.dialog, step)


async def _arrives(
    reader: Reader, dialog: Locator, step: str, part: str = "title"
) -> None:
    await reader.person.sees(said(f"{STEP}.{step}.{part}"), within=dialog)
    await reader.reads(f"link-{step}")


async def read_repair(reader: Reader, place: Place) -> None:
    """Read the repair of an attribute that another service took."""
    person, form = reader.person, Form(reader.person)
    await place.exist.control(
        "steal", user="ada", attribute="mood", service="googlefit"
    )
    mood = await place.entity("number", "mood")
    await place.home.call(
        "POST", "/api/services/number/set_value", {"entity_id": mood, "value": 3}
    )
    await person.open("/config/repairs")
    title = said("issues.attribute_taken.title", label=said(f"{OFFICIAL}.mood"))
    await person.press(await person.sees(title))
    await form.asks("Google Fit")
    # A dialog has one line for the title of a repair, which says what is the matter.
    await reader.reads("repair", excused=[title])


async def read_pages(reader: Reader, place: Place) -> None:
    """Read the device, its list of tags, and the dashboard."""
    person = reader.person
    await open_device(person, "ada")
    # What a person wrote, of any length, leaves little room for its name.
    await reader.reads("device", excused=[said(f"{OFFICIAL}.mood_note")])
    await person.open("/todo")
    await person.sees(person.page.locator("hui-todo-list-card"))
    await reader.reads("tags")
    await person.open("/logbook")
    await person.sees(person.page.locator("ha-logbook-renderer .entry"))
    await reader.reads("activity", fits=False)
    await paste_dashboard(person, place)
    for view in ("today", "years"):
        await person.open(f"/{ADDRESS}/{view}")
        await person.sees(
            person.page.locator("statistics-chart canvas"), seconds=DRAWN_SECONDS
        )
        if view == "today":
            # Its table is at its widest once there are averages.
            average = person.words(said(f"{TEXTS}.dashboard_usual"))
            await person.sees(average, seconds=DRAWN_SECONDS)
        await reader.reads(f"dashboard-{view}")
