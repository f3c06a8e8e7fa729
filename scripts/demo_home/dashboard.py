"""The demo's dashboard: years of Exist in charts."""

from pathlib import Path

ADDRESS = "exist-history"
# So many the person has tracked: four years and a little.
EXIST_DAYS = 1500
CONFIGURATION = f"""
lovelace:
  dashboards:
    {ADDRESS}:
      mode: yaml
      title: Exist
      icon: mdi:chart-bar
      filename: exist-history.yaml
"""
DASHBOARD = """\
title: Exist
views:
  - title: History
    cards:
      - type: statistics-graph
        title: Steps by month
        entities: [exist:ada_steps]
        chart_type: bar
        period: month
        days_to_show: 1460
        stat_types: [change]
      - type: statistics-graph
        title: Steps by day
        entities: [exist:ada_steps]
        chart_type: bar
        period: day
        days_to_show: 60
        stat_types: [change]
      - type: statistics-graph
        title: Weight
        entities: [exist:ada_weight]
        period: week
        days_to_show: 1460
        stat_types: [mean]
      - type: statistics-graph
        title: Sleep
        entities: [exist:ada_sleep]
        period: week
        days_to_show: 730
        stat_types: [mean]
      - type: statistics-graph
        title: Bedtime
        entities: [exist:ada_sleep_start]
        period: day
        days_to_show: 180
        stat_types: [mean]
"""


def write_dashboard(folder: Path) -> None:
    """Put the dashboard into a configuration folder."""
    with (folder / "configuration.yaml").open("a") as file:
        file.write(CONFIGURATION)
    (folder / "exist-history.yaml").write_text(DASHBOARD)
