"""Repairs about what waits: raised and cleared with their cause."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import ATTRIBUTES_URL, DOMAIN
from .outbox import Hold
from .plain_text import both_ways
from .runtime import ExistConfigEntry
from .scopes import may_hide

TAKEN = "attribute_taken"
GONE = "attribute_gone"
CHANGED = "value_changed"
REFUSED = "value_refused"
REFUSES = "writing_refused"
# A gateway that was only restarted is no case for a person.
REFUSES_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One repair; most are decided by a person."""

    key: str
    name: str
    label: str
    owner: str = "–"
    day: str = ""
    waiting: int = 0
    status: str = ""
    is_fixable: bool = True

    def issue_id(self, entry: ExistConfigEntry) -> str:
        """Return the id; an account's issues share its beginning."""
        return f"{_prefix(entry)}{self.key}_{self.name}_{self.day}"


def _prefix(entry: ExistConfigEntry) -> str:
    return f"write_{entry.entry_id}_"


@callback
def async_follow_problems(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Keep the repairs in step until the account is unloaded."""
    coordinator = entry.runtime_data.coordinator

    @callback
    def sync() -> None:
        async_sync_problems(hass, entry)

    entry.async_on_unload(coordinator.async_add_listener(sync))
    sync()


@callback
def async_sync_problems(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Raise what is wrong now and clear what no longer is."""
    wanted = {problem.issue_id(entry): problem for problem in _problems(entry)}
    registry = ir.async_get(hass)
    unpolled = not entry.runtime_data.coordinator.polls
    of_polls = tuple(f"{_prefix(entry)}{key}_" for key in (TAKEN, GONE))
    for domain, issue_id in list(registry.issues):
        if (
            domain == DOMAIN
            and issue_id.startswith(_prefix(entry))
            and issue_id not in wanted
            and not (unpolled and issue_id.startswith(of_polls))
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, problem in wanted.items():
        data: dict[str, Any] = {
            "entry_id": entry.entry_id,
            "key": problem.key,
            "name": problem.name,
            "day": problem.day,
        }
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data=data,
            is_fixable=problem.is_fixable,
            severity=ir.IssueSeverity.WARNING,
            learn_more_url=ATTRIBUTES_URL if problem.is_fixable else None,
            translation_key=problem.key,
            translation_placeholders={
                **both_ways(
                    label=problem.label, owner=problem.owner, account=entry.title
                ),
                "day": problem.day,
                "waiting": str(problem.waiting),
                "status": problem.status,
            },
        )


@callback
def async_clear_problems(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Clear all repairs of an account that is removed."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(_prefix(entry)):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _problems(entry: ExistConfigEntry) -> list[Problem]:
    runtime = entry.runtime_data
    data, outbox = runtime.coordinator.data, runtime.outbox
    waiting: dict[tuple[Hold, str], int] = {}
    problems: list[Problem] = []
    refusal = outbox.refusal
    if (
        refusal is not None
        and dt_util.utcnow() - refusal.since >= REFUSES_AFTER
        and any(each.hold is Hold.NONE for each in outbox.entries.values())
    ):
        count = len(outbox.entries)
        problems.append(
            Problem(
                REFUSES,
                "",
                "",
                waiting=count,
                status=str(refusal.status),
                is_fixable=False,
            )
        )
    for key, each in outbox.entries.items():
        attribute = data.attributes.get(key.name)
        label = attribute.label if attribute else key.name
        if each.hold is Hold.CHANGED:
            problems.append(
                Problem(CHANGED, key.name, label, day=key.day.isoformat(), waiting=1)
            )
        elif each.hold is Hold.REFUSED:
            problems.append(Problem(REFUSED, key.name, label, day=key.day.isoformat()))
        elif each.hold in (Hold.UNAUTHORISED, Hold.NOT_FOUND):
            waiting[each.hold, key.name] = waiting.get((each.hold, key.name), 0) + 1
    taken = {name for hold, name in waiting if hold is Hold.UNAUTHORISED}
    # What was only on disk says nothing of who owns it now.
    fed = runtime.links.fed if runtime.coordinator.polls else frozenset()
    taken |= {
        name
        for name in data.attributes.keys() - data.owned
        if runtime.coordinator.polls
        and (outbox.written_lately(name) or name in fed)
        and not runtime.coordinator.was_released(name)
        and not may_hide(entry.data, data.attributes[name])
    }
    gone = {
        name: 0
        for name in sorted(fed - data.attributes.keys())
        if not runtime.coordinator.was_released(name) and not may_hide(entry.data, None)
    }
    for name in sorted(taken):
        attribute = data.attributes.get(name)
        problems.append(
            Problem(
                TAKEN,
                name,
                attribute.label if attribute else name,
                attribute.service.label if attribute and attribute.service else "–",
                waiting=waiting.get((Hold.UNAUTHORISED, name), 0),
            )
        )
    gone |= {
        name: count for (hold, name), count in waiting.items() if hold is Hold.NOT_FOUND
    }
    problems += [Problem(GONE, name, name, waiting=gone[name]) for name in gone]
    return problems
