"""The groups of section 10 and the scopes of section 3.5."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """A group of attributes."""

    name: str
    label: str
    priority: int

    def json(self) -> dict[str, object]:
        """Return the object as it is on the wire."""
        return {"name": self.name, "label": self.label, "priority": self.priority}


GROUPS = {
    group.name: group
    for group in (
        Group("activity", "Activity", 1),
        Group("workouts", "Workouts", 2),
        Group("productivity", "Productivity", 2),
        Group("mood", "Mood", 3),
        Group("sleep", "Sleep", 3),
        Group("custom", "Daily tags", 3),
        Group("food", "Food and drink", 4),
        Group("health", "Health and body", 5),
        Group("symptoms", "Symptoms", 5),
        Group("medication", "Medication", 5),
        Group("events", "Events", 6),
        Group("finance", "Finance", 6),
        Group("location", "Location", 7),
        Group("media", "Media", 7),
        Group("social", "Social", 7),
        Group("weather", "Weather", 8),
    )
}

READ_SCOPES = (*(f"{name}_read" for name in GROUPS), "manual_read")
WRITE_SCOPES = (*(f"{name}_write" for name in GROUPS), "manual_write")
SCOPES = READ_SCOPES + WRITE_SCOPES


def reaches(
    scopes: frozenset[str], right: str, group: Group | None, *, manual: bool
) -> bool:
    """Return whether `read` or `write` is allowed for an attribute."""
    if manual and f"manual_{right}" in scopes:
        return True
    return group is not None and f"{group.name}_{right}" in scopes
