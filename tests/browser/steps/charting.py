"""Years of Exist in the graphs of the dashboard that the integration makes."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

from demo_home.dashboard import ADDRESS, EXIST_DAYS, make_dashboard
from demo_home.past import ZONE

from tests.browser.home import Exist, Place
from tests.browser.person import NotSeenError, Person

# The recorder writes some hundreds of days a second.
IMPORT_SECONDS = 300
# Each graph asks for its years on its own.
DRAWN_SECONDS = 90
# Milliseconds; to look in every frame would keep the browser from drawing.
LOOK_AGAIN = 250
# How tall a window shows all of the dashboard.
TALL = 2400
# Lines grow from the left; a picture has them whole.
GROWN_SECONDS = 2

_IMPORTED = """(progress) => document.querySelector("home-assistant")
  .hass.states[progress]?.state === "100" """
# The points of each graph, by its title: milliseconds and a figure. Null until each
# graph of the page is drawn.
_DRAWN = """() => {
  const found = {};
  let graphs = 0;
  const look = (node, title) => {
    for (const each of node.querySelectorAll("*")) {
      let inside = title;
      if (each.localName === "hui-statistics-graph-card") {
        inside = each._config?.title;
        graphs++;
      }
      if (each.localName === "statistics-chart" && each._chartData?.length
          && each.shadowRoot?.querySelector("ha-chart-base")
            ?.shadowRoot?.querySelector("canvas"))
        found[inside] = each._chartData.flatMap((series) => series.data.map(
          (point) => (point.value ?? point).slice(0, 2).map(Number)));
      if (each.shadowRoot) look(each.shadowRoot, inside);
    }
  };
  look(document, null);
  return graphs && Object.keys(found).length === graphs ? found : null;
}"""
_DAY = timedelta(days=1)
# A month that has only begun is drawn at its first day.
YEARS = (EXIST_DAYS - 62) * _DAY
STEPS = "Steps"
BY_MONTH = "by month"
COMPARED_DAYS_AGO = 3

type Graphs = dict[str, dict[date, float]]


async def years_are_charted(
    person: Person, place: Place, pictures: Path | None
) -> None:
    """See years by months, and the last days by days."""
    await paste_dashboard(person, place)
    size = person.page.viewport_size
    assert size is not None
    await person.page.set_viewport_size({"width": size["width"], "height": TALL})
    years = await _graphs(person, "years")
    if pictures:
        await asyncio.sleep(GROWN_SECONDS)
        await person.picture(pictures, "history-dashboard")
    week = await _graphs(person, "today")
    await person.page.set_viewport_size(size)
    _are_years(years)
    await _are_days_of(week, place.exist)


async def paste_dashboard(person: Person, place: Place) -> None:
    """Make the dashboard as soon as the history is there, without which it has no charts."""
    progress = await place.entity("sensor", "history")
    await person.page.wait_for_function(
        _IMPORTED, arg=progress, timeout=IMPORT_SECONDS * 1000, polling=LOOK_AGAIN
    )
    await place.home.connect()
    await make_dashboard(place.home)


async def _graphs(person: Person, view: str) -> Graphs:
    """Open a view of the dashboard, and return what its graphs show."""
    await person.open(f"/{ADDRESS}/{view}")
    drawn = await person.page.wait_for_function(
        _DRAWN, timeout=DRAWN_SECONDS * 1000, polling=LOOK_AGAIN
    )
    return {
        title: {
            datetime.fromtimestamp(at / 1000, ZONE).date(): figure
            for at, figure in points
        }
        for title, points in (await drawn.json_value()).items()
    }


def _are_years(graphs: Graphs) -> None:
    """Raise NotSeenError unless each graph shows years, and none a heap of them."""
    years = {title: months for title, months in graphs.items() if BY_MONTH in title}
    for title, months in years.items():
        if max(months) - min(months) < YEARS:
            raise NotSeenError(f"{title} begins on {min(months)}")
    steps = years[f"{STEPS} {BY_MONTH}"]
    if max(steps.values()) > 2 * median(steps.values()):
        # A first bar that shows all that was before it.
        raise NotSeenError(f"steps of a month are {steps}")


async def _are_days_of(graphs: Graphs, exist: Exist) -> None:
    """Compare a day of the last ones with Exist."""
    day = date.fromisoformat(await exist.today()) - COMPARED_DAYS_AGO * _DAY
    shown = graphs[STEPS][day]
    told = await exist.value("steps", day.isoformat())
    if shown != told:
        raise NotSeenError(f"{STEPS} of {day} are {shown}, not {told}")
