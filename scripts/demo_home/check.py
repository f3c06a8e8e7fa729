"""Judge the JSON of a demo on standard input; scripts/test does so."""

import json
import sys

ENTITIES_WANTED = 12


def faults(summary: dict[str, list[str]]) -> list[str]:
    """Return what is wrong with a summary."""
    found = []
    if (count := len(summary["entities"])) < ENTITIES_WANTED:
        found.append(f"there are {count} entities, not {ENTITIES_WANTED} or more")
    if not summary["acquired"]:
        found.append("nothing was acquired")
    if strange := set(summary["acquired"]) - set(summary["owned"]):
        found.append(f"acquired but not owned: {', '.join(sorted(strange))}")
    if summary["failed"]:
        found.append(f"failed: {summary['failed']}")
    return found


if __name__ == "__main__":
    try:
        wrong = faults(json.load(sys.stdin))
    except json.JSONDecodeError:
        wrong = ["the demo printed no JSON"]
    sys.exit("\n".join(f"demo: {fault}" for fault in wrong) or None)
