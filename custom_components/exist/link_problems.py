"""Repairs about links: raised and cleared with their cause."""

from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import ATTRIBUTES_URL, DOMAIN
from .links import LinkEngine, Problem
from .plain_text import both_ways
from .runtime import ExistConfigEntry

DELETED = "link_deleted"
COPIES = "link_copies"
# The others have repairs of the account's own.
RAISED = {
    Problem.ENTITY_GONE,
    Problem.NOT_RECORDED,
    Problem.WRONG_UNIT,
    Problem.OUT_OF_RANGE,
    Problem.TYPE_CHANGED,
}
EDITS_THAT_TELL = 3
ABOUT_EXIST = {DELETED, COPIES, f"link_{Problem.TYPE_CHANGED}"}


@dataclass(frozen=True, slots=True)
class _Issue:
    key: str
    subject: str
    names: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] | None = None


def _prefix(entry: ExistConfigEntry) -> str:
    return f"link_{entry.entry_id}_"


@callback
def async_follow_links(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Keep the repairs in step until the account is unloaded."""

    @callback
    def sync() -> None:
        async_sync_link_problems(hass, entry)

    entry.async_on_unload(entry.runtime_data.links.async_add_listener(sync))
    sync()


@callback
def async_sync_link_problems(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Raise what is wrong now and clear what no longer is."""
    wanted = {
        f"{_prefix(entry)}{issue.key}_{issue.subject}": issue
        for issue in _issues(entry, entry.runtime_data.links)
    }
    for domain, issue_id in list(ir.async_get(hass).issues):
        ours = domain == DOMAIN and issue_id.startswith(_prefix(entry))
        if ours and issue_id not in wanted:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, issue in wanted.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data=issue.data,
            is_fixable=issue.data is not None,
            severity=ir.IssueSeverity.WARNING,
            learn_more_url=ATTRIBUTES_URL if issue.key in ABOUT_EXIST else None,
            translation_key=issue.key,
            translation_placeholders=both_ways(account=entry.title, **issue.names),
        )


@callback
def async_clear_link_problems(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Clear all repairs of an account that is removed."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(_prefix(entry)):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _issues(entry: ExistConfigEntry, engine: LinkEngine) -> list[_Issue]:
    issues = []
    for link in engine.links.values():
        view = engine.views.get(link.link_id)
        problem = view.problem if view else engine.problem(link)
        if problem in RAISED:
            names = {"link": link.title, "entity": link.entity_id}
            issues.append(_Issue(f"link_{problem}", link.link_id, names))
    attributes = entry.runtime_data.coordinator.data.attributes
    for name, title in engine.orphans.items():
        label = attributes[name].label if name in attributes else name
        data = {"entry_id": entry.entry_id, "key": DELETED, "name": name, "day": ""}
        issues.append(_Issue(DELETED, name, {"link": title, "label": label}, data))
    edits = engine.memory.edits_since(dt_util.utcnow())
    if len(edits) >= EDITS_THAT_TELL:
        labels = sorted(
            {
                attributes[key.name].label if key.name in attributes else key.name
                for key in edits
            }
        )
        names = {"count": str(len(edits)), "labels": ", ".join(labels)}
        issues.append(_Issue(COPIES, "account", names))
    return issues
