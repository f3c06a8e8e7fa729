"""Years of Exist in Home Assistant's own statistics graphs."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

from demo_home.dashboard import ADDRESS
from demo_home.past import ZONE

from tests.browser.home import Exist
from tests.browser.person import NotSeenError, Person

# The recorder writes some hundreds of days a second.
IMPORT_SECONDS = 240
# How tall a window shows all of the dashboard.
TALL = 1000
# Lines grow from the left.
DRAWN_SECONDS = 2
PROGRESS = "sensor.exist_ada_history_imported"

_IMPORTED = f"""() => document.querySelector("home-assistant")
  .hass.states["{PROGRESS}"]?.state === "100" """
# The points of each graph that is drawn, by its title: milliseconds and a figure.
_DRAWN = """() => {
  const found = {};
  const look = (node, title) => {
    for (const each of node.querySelectorAll("*")) {
      let inside = title;
      if (each.localName === "hui-statistics-graph-card")
        inside = each._config?.title;
      if (each.localName === "statistics-chart" && each._chartData?.length
          && each.shadowRoot?.querySelector("ha-chart-base")
            ?.shadowRoot?.querySelector("canvas"))
        found[inside] = each._chartData.flatMap((series) => series.data.map(
          (point) => (point.value ?? point).slice(0, 2).map(Number)));
      if (each.shadowRoot) look(each.shadowRoot, inside);
    }
  };
  look(document, null);
  return Object.keys(found).length === 5 ? found : null;
}"""
_DAY = timedelta(days=1)
YEARS = 1400 * _DAY
HALF_A_YEAR = 170 * _DAY


async def years_are_charted(
    person: Person, exist: Exist, pictures: Path | None
) -> None:
    """See years of steps, weight and sleep, and times of day by hours."""
    await person.page.wait_for_function(_IMPORTED, timeout=IMPORT_SECONDS * 1000)
    size = person.page.viewport_size
    assert size is not None
    await person.page.set_viewport_size({"width": size["width"], "height": TALL})
    await person.open(f"/{ADDRESS}")
    drawn = await (await person.page.wait_for_function(_DRAWN)).json_value()
    if pictures:
        await asyncio.sleep(DRAWN_SECONDS)
        await person.picture(pictures, "history-dashboard")
    await person.page.set_viewport_size(size)
    graphs = {
        title: {
            datetime.fromtimestamp(at / 1000, ZONE).date(): figure
            for at, figure in points
        }
        for title, points in drawn.items()
    }
    for title, least in (
        ("Steps by month", YEARS),
        ("Steps by day", 59 * _DAY),
        ("Weight", YEARS),
        ("Sleep", YEARS / 2),
        ("Bedtime", HALF_A_YEAR),
    ):
        if max(graphs[title]) - min(graphs[title]) < least:
            raise NotSeenError(f"{title} begins on {min(graphs[title])}")
    months = graphs["Steps by month"]
    if max(months.values()) > 2 * median(months.values()):
        # A first bar that shows all that was before it.
        raise NotSeenError(f"steps of a month are {months}")
    day = date.fromisoformat(await exist.today()) - 9 * _DAY
    for title, attribute, unit in (
        ("Steps by day", "steps", 1),
        ("Bedtime", "sleep_start", 60),
    ):
        told = await exist.value(attribute, day.isoformat())
        if abs(graphs[title][day] - told / unit) > 1e-6:
            raise NotSeenError(f"{title} shows {graphs[title][day]} for {told}")
