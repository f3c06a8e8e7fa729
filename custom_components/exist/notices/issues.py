"""Repairs of one account in Home Assistant's issue registry."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import async_get_loaded_integration

from ..const import DOMAIN
from .plain_text import both_ways


@dataclass(frozen=True, slots=True)
class Issue:
    """One repair: what is wrong (the key of its text), and with what.

    `names` are texts of people and of Exist, `figures` our own. What a person
    decides is fixable.
    """

    key: str
    subject: str = ""
    day: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    is_fixable: bool = False
    is_persistent: bool = False
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING

    def issue_id(self, entry: ConfigEntry) -> str:
        """Return the id; those of an account all hold the id of its entry."""
        parts = (self.key, entry.entry_id, self.subject, self.day)
        return "_".join(part for part in parts if part)


@callback
def _learn_more(hass: HomeAssistant, key: str) -> str:
    """Return the address of the paragraph about a repair."""
    # Whose repository this is, the manifest alone says.
    repository = async_get_loaded_integration(hass, DOMAIN).documentation
    return f"{repository}/blob/HEAD/docs/repairs.md#{key.replace('_', '-')}"


@callback
def async_raise(hass: HomeAssistant, entry: ConfigEntry, problem: Issue) -> None:
    """Show the repair; what is shown already and equal stays as it is."""
    about = {"key": problem.key, "name": problem.subject, "day": problem.day}
    learn_more = _learn_more(hass, problem.key)
    ir.async_create_issue(
        hass,
        DOMAIN,
        problem.issue_id(entry),
        data={"entry_id": entry.entry_id, **about} if problem.is_fixable else None,
        is_fixable=problem.is_fixable,
        is_persistent=problem.is_persistent,
        severity=problem.severity,
        learn_more_url=learn_more,
        translation_key=problem.key,
        translation_placeholders={
            **both_ways(account=entry.title, **problem.names),
            **problem.figures,
            # The dialog of what is fixable shows no address but in its text.
            "learn_more": learn_more,
        },
    )


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry, problem: Issue) -> None:
    """Take the repair away, shown or not."""
    ir.async_delete_issue(hass, DOMAIN, problem.issue_id(entry))


@callback
def async_sync(
    hass: HomeAssistant,
    entry: ConfigEntry,
    problems: Iterable[Issue],
    keys: Collection[str],
) -> None:
    """Show these repairs, and clear every other one of the account of these keys."""
    wanted = {problem.issue_id(entry): problem for problem in problems}
    for issue_id, key in _shown(hass, entry):
        if issue_id not in wanted and key in keys:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for problem in wanted.values():
        async_raise(hass, entry, problem)


@callback
def async_clear_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Clear all repairs of an account that is removed."""
    for issue_id, _ in _shown(hass, entry):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _shown(hass: HomeAssistant, entry: ConfigEntry) -> list[tuple[str, str | None]]:
    return [
        (issue_id, issue.translation_key)
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and entry.entry_id in issue_id
    ]
