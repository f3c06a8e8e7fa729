"""Judge the JSON of a demo on standard input; scripts/test does so."""

import json
import sys
from typing import Any

from .written import VALUES

ENTITIES_WANTED = 12


def faults(summary: dict[str, Any]) -> list[str]:
    """Return what is wrong with a summary."""
    found = []
    if (count := len(summary["entities"])) < ENTITIES_WANTED:
        found.append(f"there are {count} entities, not {ENTITIES_WANTED} or more")
    if not summary["acquired"]:
        found.append("nothing was acquired")
    if strange := set(summary["acquired"]) - set(summary["owned"]):
        found.append(f"acquired but not owned: {', '.join(sorted(strange))}")
    wires = {each["attribute"]: each["wire"] for each in summary["written"]}
    if wires != {name: wire for name, (_, wire) in VALUES.items()}:
        found.append(f"written values came out as {wires}")
    if summary["failed"]:
        found.append(f"failed: {summary['failed']}")
    return found


if __name__ == "__main__":
    try:
        wrong = faults(json.load(sys.stdin))
    except json.JSONDecodeError:
        wrong = ["the demo printed no JSON"]
    sys.exit("\n".join(f"demo: {fault}" for fault in wrong) or None)
