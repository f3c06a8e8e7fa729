"""The way through Home Assistant on which pictures are taken."""

import asyncio
from dataclasses import dataclass
import time

from demo_home.charts import charted_days
from demo_home.dashboard import ADDRESS, make_dashboard
from demo_home.home import Home
from demo_home.sign_in import add_account, add_credentials

from tests.browser.form import INTEGRATION, Form, open_device, options
from tests.browser.home import Place
from tests.browser.person import NotSeenError, Person
from tests.browser.steps.linking import RULE, STEP
from tests.browser.words import said

from .camera import Camera, Picture

SHOWN = ("Mood", "Mood note", "Gym", "Reading", "Weight", "Time meditating")
ENTERED = (
    *("mood", "mood_note", "coffees", "family_dinner", "friends", "gym"),
    *("reading", "working_from_home"),
)
TEXTS = "selector.texts.options"
TV = "Living room TV"
STEPS = "/api/states/sensor.exist_ada_steps"
# Exist is asked for it a minute after the account was loaded.
USUAL_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Windows:
    """The person before four windows: two wide ones, one near enough to read, a phone."""

    desk: Person
    charts: Person
    near: Person
    phone: Person


async def credentials(person: Person, camera: Camera) -> None:
    """See the steps to a client at Exist, and do not enter one."""
    await person.open("/config/integrations/dashboard")
    await person.press(person.button("Add integration"))
    brands = person.page.locator("dialog-add-integration")
    await person.write(brands.get_by_placeholder("Search"), "Exist")
    await person.press(person.words("Exist", within=brands).first)
    dialog = person.page.locator("dialog-add-application-credential")
    await person.sees("/redirect/oauth", within=dialog)
    await person.write(person.field("Name", within=dialog), "Exist")
    await camera.take(person, Picture("credentials", dialog, 800))


async def sign_in(home: Home) -> None:
    """Add the account, of a person who is called the same here."""
    await home.connect()
    user = await home.command("auth/current_user")
    await home.command("config/auth/update", user_id=user["id"], name="Ada")
    (person,) = (await home.command("person/list"))["storage"]
    await home.command("person/update", person_id=person["id"], name="Ada")
    await add_credentials(home)
    await add_account(home)


async def acquire(person: Person, camera: Camera) -> None:
    """See what changes when attributes are acquired."""
    form = await options(person, "acquire")
    await form.asks(said("options.step.acquire.title"))
    add = person.button("Add", within=form.dialog)
    for label in SHOWN:
        await person.pick(add, label, f"{label} · ")
    await form.submit()
    await form.asks(said("options.step.acquire_confirm.title"))
    await camera.take(person, Picture("acquire", form.dialog, 640))


async def own(home: Home) -> None:
    """Acquire what is entered every day, and the weight."""
    entered = [{"name": each, "manual": True} for each in ENTERED]
    await home.act(
        "exist.acquire_attributes",
        attributes=[*entered, {"name": "weight"}],
        take_over=True,
    )


async def link(person: Person, camera: Camera) -> None:
    """See which links fit, what one would have been, and use it."""
    await person.open(INTEGRATION)
    await person.press(person.button(said("config_subentries.link.initiate_flow.user")))
    form = Form(person)
    await form.asks(said(f"{STEP}.entity.title"))
    await person.press(form.picker(said(f"{STEP}.entity.data.suggestion")))
    await person.sees(f"{TV}: {said(f'{RULE}_time_in')} → Watching TV")
    await camera.take(person, Picture("suggestion", form.dialog, 620))
    await form.choose(f"{TV}: {said(f'{RULE}_time_in')} → Watching TV")
    await form.submit()
    await form.asks(said(f"{STEP}.ready.description"))
    await person.sees(said(f"{TEXTS}.column_exist"), within=form.dialog)
    await camera.take(person, Picture("preview", form.dialog, 740))
    await form.choose(said(f"{STEP}.ready.menu_options.take", label="Watching TV"))
    await form.end("Finish")


async def wait_for_exist(home: Home) -> None:
    """Wait until the past and what is usual are there, and make the dashboard."""
    await home.connect()
    deadline = time.monotonic() + USUAL_SECONDS
    while (await home.call("GET", STEPS))["attributes"].get("usual") is None:
        if time.monotonic() > deadline:
            raise NotSeenError("What is usual is not known.")
        await asyncio.sleep(1)
    await home.connect()
    await charted_days(home)
    await make_dashboard(home)


async def dashboard(person: Person, camera: Camera) -> None:
    """See today."""
    await person.open(f"/{ADDRESS}/today")
    await person.sees(person.page.locator("statistics-chart canvas"))
    await _takes_dashboard(person, camera, "dashboard", 936)


async def years(person: Person, camera: Camera) -> None:
    """See years."""
    await person.open(f"/{ADDRESS}/years")
    await person.sees(person.page.locator("statistics-chart canvas"))
    await _takes_dashboard(person, camera, "years", 1004)


async def phone(person: Person, camera: Camera) -> None:
    """See what is entered on a phone."""
    await person.open(f"/{ADDRESS}/today")
    await person.sees(person.page.locator("hui-todo-list-card"))
    await _takes_dashboard(person, camera, "phone", 806)


async def _takes_dashboard(
    person: Person, camera: Camera, name: str, height: int
) -> None:
    await person.sees_none(person.page.locator("hui-error-card, hui-warning"))
    part = person.page.locator("hui-root")
    await camera.take(person, Picture(name, part, height, has_charts=True))


async def device(person: Person, camera: Camera) -> None:
    """See the device of the account."""
    await open_device(person, "ada")
    # Beside them, Home Assistant shows what happened by chance.
    parts = person.page.locator("ha-device-entities-card")
    await camera.take(person, Picture("device", parts, 880))


async def repair(person: Person, camera: Camera, place: Place) -> None:
    """See what to do about an attribute that another service has taken."""
    exist, home = place.exist, place.home
    await exist.control("steal", user="ada", attribute="weight", service="withings")
    await home.act("exist.update_values", values=[{"name": "weight", "value": 70.1}])
    await person.open("/config/repairs")
    title = said("issues.attribute_taken.title", label="Weight")
    await person.press(await person.sees(title))
    form = Form(person)
    await form.asks("Withings")
    await camera.take(person, Picture("repair", form.dialog, 520))


async def walk(windows: Windows, place: Place, camera: Camera) -> None:
    """Take all pictures."""
    await credentials(windows.near, camera)
    await sign_in(place.home)
    await acquire(windows.near, camera)
    await own(place.home)
    await link(windows.near, camera)
    await device(windows.near, camera)
    await wait_for_exist(place.home)
    await dashboard(windows.desk, camera)
    await years(windows.charts, camera)
    await phone(windows.phone, camera)
    await repair(windows.near, camera, place)
