"""Forms of Home Assistant as its frontend fills them in."""

from collections.abc import Iterable, Mapping
from typing import Any

from .children import DemoError

type Step = Mapping[str, Any]


def suggested(fields: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    """Return what a form has filled in when it opens."""
    answers: dict[str, object] = {}
    for field in fields:
        proposed = (field.get("description") or {}).get("suggested_value")
        if field.get("type") == "expandable":
            answers[field["name"]] = suggested(field["schema"])
        elif proposed is not None:
            answers[field["name"]] = proposed
        elif "default" in field:
            answers[field["name"]] = field["default"]
    return answers


def no_complaint(step: Step) -> None:
    """Look at a form. Raises DemoError when it says that something is wrong."""
    if step.get("errors"):
        raise DemoError(f"The form '{step['step_id']}' says {step['errors']}.")
