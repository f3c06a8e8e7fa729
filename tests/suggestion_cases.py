"""Entities of real homes, and how many of them are suggested as a person expects.

Each of the sets names for each the attribute that is wanted: null for none, `new …`
with its rule or window, `?` where either is right. `suggestions_languages.json` is in
the languages of the integration; `suggestions_services.json` is what other services say
of a person, named as their integrations name it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from custom_components.exist.links.suggest import Suggestion, async_suggestions
from custom_components.exist.links.window import PartKind
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

SETS = (
    "suggestions.json",
    "suggestions_more.json",
    "suggestions_languages.json",
    "suggestions_services.json",
)

type Row = Mapping[str, Any]


def rows_of(name: str) -> list[Row]:
    """Return the rows of one of the sets."""
    rows: list[Row] = json.loads((Path(__file__).parent / name).read_text())
    return rows


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, and what is suggested of it, the best first."""

    row: Row
    found: Sequence[Suggestion]

    @property
    def said(self) -> str | None:
        """What the best suggestion is, in the words of the rows."""
        return wanted_of(self.found[0], self.row["wanted"]) if self.found else None

    @property
    def is_right(self) -> bool:
        """Whether that is what a person expects."""
        wanted: str | None = self.row["wanted"]
        return self.said == wanted


def wanted_of(found: Suggestion, wanted: str | None) -> str:
    """Return the suggestion as `wanted` would name it: by its window or its rule."""
    if found.template is not None:
        return found.template
    if found.part.kind is PartKind.FROM_TO:
        return "new night"
    rule = f"new {found.aggregate}"
    return wanted if wanted is not None and wanted.split(" (")[0] == rule else rule


@dataclass(frozen=True, slots=True)
class Figures:
    """How right a set is suggested, each a share of 1."""

    precision: float
    recall: float

    @classmethod
    def of(cls, judged: Sequence[Judged]) -> Figures:
        """Count; rows where either is right are left out."""
        counted = [each for each in judged if each.row["wanted"] != "?"]
        right = sum(each.is_right and bool(each.found) for each in counted)
        suggested = sum(bool(each.found) for each in counted)
        wanted = sum(each.row["wanted"] is not None for each in counted)
        return cls(right / suggested, right / wanted)


async def judged(hass: HomeAssistant, rows: Sequence[Row]) -> AsyncIterator[Judged]:
    """Yield what is suggested of each, as if it were the only entity of the home."""
    registry = er.async_get(hass)
    for row in rows:
        entity_id = add(hass, row)
        yield Judged(row, await async_suggestions(hass, (), ()))
        hass.states.async_remove(entity_id)
        registry.async_remove(entity_id)


def add(hass: HomeAssistant, row: Row) -> str:
    """Register a row's entity and give it its state."""
    domain, _, object_id = row["entity_id"].partition(".")
    category = row.get("entity_category")
    er.async_get(hass).async_get_or_create(
        domain,
        row["platform"],
        object_id,
        suggested_object_id=object_id,
        entity_category=EntityCategory(category) if category else None,
    )
    attributes = {"friendly_name": row["name"], **row["attributes"]}
    hass.states.async_set(row["entity_id"], row["state"], attributes)
    return str(row["entity_id"])
