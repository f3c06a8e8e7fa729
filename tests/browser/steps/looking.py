"""What the frontend makes of values, and how pages look at each width, light and dark."""

from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Literal

from demo_home.dashboard import ADDRESS
from demo_home.past import ZONE

from tests.browser.form import INTEGRATION, Form, account, open_device, options
from tests.browser.home import Exist
from tests.browser.person import NotSeenError, Person
from tests.browser.steps.choosing import switched_form
from tests.browser.steps.linking import RULE, STEP
from tests.browser.words import said

TEXTS = "selector.texts.options"
MINUTES = 1441
WIDTHS = (1280, 390)
HEIGHT = 900
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

_FORMATTED = """([ending, minutes]) => {
  const { hass } = document.querySelector("home-assistant");
  const shown = Object.values(hass.states).find(
    (state) => state.entity_id.endsWith(ending));
  return [...Array(minutes).keys()].map(
    (minute) => hass.formatEntityState({ ...shown, state: String(minute) }));
}"""
# A sensor of an attribute, and one of a link.
DURATIONS = ("_ada_time_asleep", "_time_gaming_today_so_far")
# What History would draw as bars with numbers in them.
_BARS = """() => Object.values(document.querySelector("home-assistant").hass.states)
  .filter(({ entity_id, state, attributes }) => /^sensor\\..*_ada_/.test(entity_id)
    && /^[-0-9.]+$/.test(state) && attributes.unit_of_measurement === undefined
    && attributes.state_class === undefined)
  .map(({ entity_id }) => entity_id)"""
_STATE = """(ending) => Object.values(
  document.querySelector("home-assistant").hass.states
)
  .filter((each) => each.entity_id.endsWith(ending))
  .map(({ state, attributes }) => ({ ...attributes, state }))[0]"""
# What a person would have to move sideways, or could not reach at all.
TOO_WIDE = """async () => {
  for (let drawn = 0; drawn < 2; drawn++)
    await new Promise((done) => requestAnimationFrame(done));
  const found = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) found.push("the page");
  const look = (node) => {
    for (const each of node.children) {
      const style = getComputedStyle(each);
      if (style.display === "none" || style.visibility === "hidden") continue;
      const box = each.getBoundingClientRect();
      if (["auto", "scroll"].includes(style.overflowX)
          && box.width && each.scrollWidth > each.clientWidth + 1)
        found.push(each.tagName.toLowerCase() + "." + each.className
          + " " + each.scrollWidth + ">" + each.clientWidth);
      if (each.shadowRoot) look(each.shadowRoot);
      look(each);
    }
  };
  look(document.body);
  return found;
}"""


async def durations_are_minutes(person: Person) -> None:
    """Every duration of a day reads as Exist's minutes."""
    await open_device(person, "ada")
    for ending in DURATIONS:
        shown = await person.page.evaluate(_FORMATTED, [ending, MINUTES])
        wrong = {
            minute: text for minute, text in enumerate(shown) if text != f"{minute:,}m"
        }
        if wrong:
            raise NotSeenError(f"durations of {ending} read {wrong}")


async def values_say_their_day(person: Person, exist: Exist) -> None:
    """See yesterday beside today, and of which day a newest value is."""
    today = date.fromisoformat(await exist.today())
    yesterday = (today - timedelta(days=1)).isoformat()
    await open_device(person, "ada")
    steps = await person.page.evaluate(_STATE, "_ada_steps")
    told = steps["date"], steps["yesterday_date"], steps["yesterday"]
    held = today.isoformat(), yesterday, await exist.value("steps", yesterday)
    if told != held:
        raise NotSeenError(f"Steps says {told}, not {held}")
    bedtime = await person.page.evaluate(_STATE, "_ada_bedtime")
    if await exist.value("sleep_start", bedtime["date"]) is None:
        raise NotSeenError("Bedtime is of a day that has none")
    moment = datetime.fromisoformat(bedtime["moment"]).astimezone(ZONE)
    if f"{moment:%H:%M}" != bedtime["state"]:
        raise NotSeenError(f"Bedtime is {bedtime['state']}, not {moment}")


async def history_is_a_line(person: Person) -> None:
    """See the history of a count: a line, and no bars with numbers in them."""
    await person.open("/history?entity_id=sensor.exist_ada_steps")
    await person.sees(person.page.locator("state-history-chart-line canvas"))
    await person.sees_none(person.page.locator("state-history-chart-timeline"))
    if bars := await person.page.evaluate(_BARS):
        raise NotSeenError(f"no lines in History: {bars}")


async def every_width(person: Person, pictures: Path | None) -> None:
    """Nothing is too wide for a telephone or a desk, in the light and in the dark."""
    faults = []
    for width in WIDTHS:
        await person.page.set_viewport_size({"width": width, "height": HEIGHT})
        for visit in (*PAGES, *FORMS):
            await visit(person)
            for scheme in SCHEMES:
                await person.page.emulate_media(color_scheme=scheme)
                where = f"{visit.__name__}-{width}-{scheme}"
                found = await person.page.evaluate(TOO_WIDE)
                faults += [f"{where}: {fault}" for fault in found]
                if pictures:
                    await person.picture(pictures, where)
    await person.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    await person.page.emulate_media(color_scheme=SCHEMES[0])
    if faults:
        raise NotSeenError("too wide: " + "; ".join(faults))


async def account_page(person: Person) -> None:
    """Open the page of the integration."""
    await person.open(INTEGRATION)
    await person.sees(account(person))


async def device_page(person: Person) -> None:
    """Open the page of the account's device."""
    await open_device(person, "ada")


async def link_page(person: Person) -> None:
    """Open the page of a link's device."""
    await open_device(person, "Time gaming")


async def tags_page(person: Person) -> None:
    """Open the list of tags."""
    await person.open("/todo")
    await person.sees(person.page.locator("hui-todo-list-card"))


async def options_form(person: Person) -> None:
    """Open the menu of options."""
    await person.open(INTEGRATION)
    await person.press(person.button("Configure", within=account(person)))
    await Form(person).asks(said("options.step.init.menu_options.history"))


async def acquire_form(person: Person) -> None:
    """Open the list of what could be owned."""
    form = await options(person, "acquire")
    await form.asks(said("options.step.acquire.title"))
    await person.press(person.button("Add", within=form.dialog))
    lines = person.page.locator("ha-picker-combo-box ha-combo-box-item")
    await person.sees(lines)
    told = [each.split(" · ")[1] for each in await lines.all_text_contents()]
    bare = [text.split(" (")[0].strip(" ✓") for text in told]
    groups = [each for each, _ in groupby(bare)]
    if len(groups) != len({*groups}):
        raise NotSeenError(f"what may be acquired is not by group: {groups}")


async def acquire_confirm_form(person: Person) -> None:
    """Go on to who would lose what."""
    form = await options(person, "acquire")
    add = person.button("Add", within=form.dialog)
    for label in ("Water", "Time asleep", "Elevation"):
        await person.pick(add, label, f"{label} · ")
    await form.submit()
    await form.asks(said("options.step.acquire_confirm.title"))


async def entity_form(person: Person) -> Form:
    """Open the first page of a link."""
    await person.open(INTEGRATION)
    await person.press(person.button(said("config_subentries.link.initiate_flow.user")))
    form = Form(person)
    await form.asks(said(f"{STEP}.entity.title"))
    return form


async def preview_form(person: Person) -> None:
    """Go on to what the last days would have been."""
    form = await entity_form(person)
    await person.press(form.picker(said(f"{STEP}.entity.data.suggestion")))
    await form.choose(f"Coffees: {said(f'{RULE}_sum')} → Coffees")
    await form.submit()
    await form.asks(said(f"{STEP}.ready.description"))


async def dashboard_page(person: Person) -> None:
    """See what the dashboard has of today, without an entity or card missing."""
    await person.open(f"/{ADDRESS}/today")
    await person.sees(person.words(said(f"{TEXTS}.dashboard_yesterday")))
    await person.sees(person.page.locator("statistics-chart canvas"))
    await person.sees_none(person.page.locator("hui-error-card, hui-warning"))


async def years_page(person: Person) -> None:
    """See its charts of years, of which none is without data."""
    await person.open(f"/{ADDRESS}/years")
    await person.sees(person.page.locator("statistics-chart canvas"))
    await person.sees_none(person.page.locator("hui-error-card, hui-warning"))


PAGES = (account_page, device_page, link_page, tags_page, dashboard_page, years_page)
FORMS = (
    options_form,
    switched_form,
    acquire_form,
    acquire_confirm_form,
    entity_form,
    preview_form,
)
