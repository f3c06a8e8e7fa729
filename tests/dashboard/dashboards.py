"""What Home Assistant's frontend makes of a dashboard, as far as tests need it."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
import json
import re
from typing import Any

# From the schemas of the frontend's own editors: what a card takes.
_EVERY_CARD = {"type", "grid_options"}
OPTIONS: Mapping[str, set[str]] = {
    "heading": {"heading", "heading_style", "icon"},
    "tile": {"entity", "name", "features", "state_content"},
    "entities": {"entities"},
    "markdown": {"content"},
    "todo-list": {
        "entity",
        "hide_create",
        "hide_section_headers",
        "item_tap_action",
    },
    "statistics-graph": {
        "title",
        "entities",
        "chart_type",
        "period",
        "days_to_show",
        "stat_types",
        "hide_legend",
    },
}
_LISTED = re.compile(r"set entities = (\[.*?\])", re.DOTALL)


def cards(config: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every card of a dashboard."""
    for view in config["views"]:
        for section in view["sections"]:
            yield from section["cards"]


def of_type(config: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the cards of a type."""
    return [each for each in cards(config) if each["type"] == kind]


def headings(config: Mapping[str, Any]) -> list[str]:
    """Return what stands above the sections and within."""
    return [each["heading"] for each in of_type(config, "heading")]


def entities(config: Mapping[str, Any]) -> set[str]:
    """Return every entity and statistic that a dashboard shows."""
    found: set[str] = set()
    for card in cards(config):
        if "entity" in card:
            found.add(card["entity"])
        for row in card.get("entities", ()):
            found.add(row["entity"] if isinstance(row, dict) else row)
        if card["type"] == "markdown":
            found.update(rows_of(card))
    return found


def rows_of(card: Mapping[str, Any]) -> list[str]:
    """Return the entities of a table."""
    listed = _LISTED.search(card["content"])
    assert listed is not None
    rows: list[str] = json.loads(listed[1])
    return rows


def strange_options(config: Mapping[str, Any]) -> list[str]:
    """Return options that a card of that type does not take."""
    return [
        f"{card['type']}: {option}"
        for card in cards(config)
        for option in card.keys() - OPTIONS[card["type"]] - _EVERY_CARD
    ]


def empty_parts(config: Mapping[str, Any]) -> list[str]:
    """Return headings below which nothing stands, and sections without a card."""
    found = []
    for view in config["views"]:
        for section in view["sections"]:
            kinds = [
                each.get("heading_style", each["type"]) for each in section["cards"]
            ]
            if not kinds:
                found.append(view["title"])
            for kind, following in pairwise([*kinds, "title"]):
                if kind in ("title", "subtitle") and following == "title":
                    found.append(view["title"])
    return found
