"""What the demo shows in the end."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
import json
from typing import Any

from .charts import ChartedDays
from .home import Home
from .links import LinkedDay
from .sign_in import PERSON
from .written import Written

STATE_WIDTH = 40


@dataclass(frozen=True, slots=True)
class ShownEntity:
    """One entity of the integration."""

    entity_id: str
    state: str
    unit: str | None
    attribute: str | None
    date: str | None
    owned: bool
    owner: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the demo found out."""

    home_assistant: str
    integration: str
    entities: Sequence[ShownEntity]
    owned: Sequence[str]
    acquired: Sequence[str]
    failed: Sequence[Any]
    written: Sequence[Written]
    links: Sequence[LinkedDay]
    statistics: Sequence[ChartedDays]
    past_until: float
    """When the generated past of the home ends, in seconds of UTC."""
    requests: dict[str, int]
    seconds: dict[str, float]

    def as_json(self) -> str:
        """Return one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def as_table(self) -> str:
        """Return the entities for people."""
        heading = ("Entity", "State", "Unit", "Date", "Owner")
        rows = [heading, *(_row(entity) for entity in self.entities)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) for cell, width in zip(row, widths, strict=True)
            )
            for row in rows
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        lines += ["", "Written, and as Exist has it now:"]
        lines += [
            f"{each.attribute:14} {each.date}  {each.value}  ->  {each.wire}"
            for each in self.written
        ]
        lines += ["", "Links, and whether Exist has their values:"]
        lines += [
            f"{each.entity:26} {each.aggregate:8} {each.attribute:16} {each.day}"
            f"  {each.value:>6}  {'confirmed' if each.confirmed else 'not yet'}"
            for each in self.links
        ]
        lines += ["", "The past of Exist, in Home Assistant's long-term statistics:"]
        lines += [
            f"{each.id:40} {each.first} to {each.last}  {each.rows:>5} days"
            for each in self.statistics
        ]
        return "\n".join(line.rstrip() for line in lines)


def _row(entity: ShownEntity) -> tuple[str, ...]:
    return (
        entity.entity_id,
        _short(entity.state),
        entity.unit or "",
        entity.date or "",
        entity.owner or "",
    )


def _short(state: str) -> str:
    """Return a state that fits into the table."""
    if "." in state:
        with suppress(ValueError):
            return str(round(float(state), 2))
    state = state.replace("\n", " ")
    return state if len(state) <= STATE_WIDTH else f"{state[: STATE_WIDTH - 1]}…"


async def shown_entities(home: Home, owned: Iterable[str]) -> list[ShownEntity]:
    """Return the enabled entities of the integration that have a state."""
    states = {
        state["entity_id"]: state for state in await home.call("GET", "/api/states")
    }
    names = set(owned)
    entities = []
    for entry in await home.command("config/entity_registry/list"):
        state = states.get(entry["entity_id"])
        if entry["platform"] != "exist" or state is None:
            continue
        said = state["attributes"]
        attribute = attribute_of(entry["unique_id"])
        entities.append(
            ShownEntity(
                entity_id=entry["entity_id"],
                state=state["state"],
                unit=said.get("unit_of_measurement"),
                attribute=attribute,
                date=said.get("date"),
                owned=attribute in names,
                owner=said.get("owner"),
            )
        )
    return sorted(entities, key=lambda entity: (not entity.owned, entity.entity_id))


def attribute_of(unique_id: str) -> str | None:
    """Return the attribute that an entity shows; the account's own show none."""
    prefix = f"{PERSON}/attribute/"
    return unique_id.removeprefix(prefix) if unique_id.startswith(prefix) else None
