"""What is wrong now: every repair that comes and goes with its cause."""

from collections import Counter
from datetime import timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .account.scopes import may_hide
from .ledger import Hold
from .links import SUBENTRY_LINK, Problem
from .notices.issues import Issue, async_sync
from .runtime import ExistConfigEntry, ExistRuntimeData

TAKEN = "attribute_taken"
GONE = "attribute_gone"
CHANGED = "value_changed"
REFUSED = "value_refused"
REFUSES = "writing_refused"
# A gateway that was only restarted is no case for a person.
REFUSES_AFTER = timedelta(hours=1)
DELETED = "link_deleted"
COPIES = "link_copies"
UNREADABLE = "link_unreadable"
EDITS_THAT_TELL = 3
EDITS_COUNT_FOR = timedelta(days=7)

# The other problems of links have repairs of the attribute.
OF_LINKS = {
    each: f"link_{each}"
    for each in (
        Problem.ENTITY_GONE,
        Problem.NOT_RECORDED,
        Problem.WRONG_UNIT,
        Problem.OUT_OF_RANGE,
        Problem.STATE_GONE,
        Problem.TYPE_CHANGED,
    )
}
# What was only on disk says nothing of who owns it now.
OF_POLLS = {TAKEN, GONE}
KEYS = {
    *OF_POLLS,
    CHANGED,
    REFUSED,
    REFUSES,
    DELETED,
    COPIES,
    UNREADABLE,
    *OF_LINKS.values(),
}


@callback
def async_follow_problems(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Keep the repairs in step until the account is unloaded."""
    runtime = entry.runtime_data

    @callback
    def sync() -> None:
        async_sync_problems(hass, entry)

    @callback
    def values_changed(_names: frozenset[str]) -> None:
        sync()

    coordinator = runtime.coordinator
    entry.async_on_unload(coordinator.async_add_listener(sync))
    entry.async_on_unload(coordinator.bells.values.async_listen(values_changed))
    entry.async_on_unload(runtime.links.async_add_listener(sync))
    sync()


@callback
def async_sync_problems(hass: HomeAssistant, entry: ExistConfigEntry) -> None:
    """Raise what is wrong now and clear what no longer is."""
    runtime = entry.runtime_data
    problems = _waiting(runtime) + _unowned(entry) + _links(entry)
    async_sync(
        hass, entry, problems, KEYS if runtime.coordinator.polls else KEYS - OF_POLLS
    )


def _waiting(runtime: ExistRuntimeData) -> list[Issue]:
    """Return what Exist refuses, and what a person has to choose."""
    ledger = runtime.ledger
    problems = []
    refusal = ledger.refusal
    if (
        refusal is not None
        and dt_util.utcnow() - refusal.since >= REFUSES_AFTER
        and any(each.hold is Hold.NONE for each in ledger.entries.values())
    ):
        figures = {
            "waiting": str(len(ledger.entries)),
            "status": str(refusal.status),
        }
        problems.append(Issue(REFUSES, figures=figures))
    for key, each in ledger.entries.items():
        word = {Hold.CHANGED: CHANGED, Hold.REFUSED: REFUSED}.get(each.hold)
        if word is not None:
            day = key.day.isoformat()
            problems.append(
                Issue(
                    word,
                    key.name,
                    day,
                    {"label": runtime.coordinator.called(key.name)},
                    {"day": day},
                    is_fixable=True,
                )
            )
    return problems


def _unowned(entry: ExistConfigEntry) -> list[Issue]:
    """Return which attributes are written here and are not ours, or nobody's."""
    runtime = entry.runtime_data
    coordinator, ledger = runtime.coordinator, runtime.ledger
    attributes = coordinator.data.attributes
    waiting = Counter((each.hold, key.name) for key, each in ledger.entries.items())
    taken = {name for hold, name in waiting if hold is Hold.UNAUTHORISED}
    gone = {name for hold, name in waiting if hold is Hold.NOT_FOUND}
    if coordinator.polls:
        fed = runtime.links.fed
        taken |= {
            name
            for name in attributes.keys() - coordinator.data.owned
            if (ledger.state.written_lately(name) or name in fed)
            and not coordinator.was_released(name)
            and not may_hide(entry.data, attributes[name])
        }
        gone |= {
            name
            for name in fed - attributes.keys()
            if not coordinator.was_released(name) and not may_hide(entry.data, None)
        }

    def problem(key: str, name: str, hold: Hold) -> Issue:
        attribute = attributes.get(name)
        owner = attribute.service if attribute else None
        return Issue(
            key,
            name,
            names={
                "label": runtime.coordinator.called(name),
                "owner": owner.label if owner else "–",
            },
            figures={"waiting": str(waiting[hold, name])},
            is_fixable=True,
        )

    return [
        *(problem(TAKEN, name, Hold.UNAUTHORISED) for name in sorted(taken)),
        *(problem(GONE, name, Hold.NOT_FOUND) for name in sorted(gone)),
    ]


def _links(entry: ExistConfigEntry) -> list[Issue]:
    """Return what is wrong with links."""
    runtime = entry.runtime_data
    engine = runtime.links
    problems = [
        Issue(UNREADABLE, subentry.subentry_id, names={"link": subentry.title})
        for subentry in entry.get_subentries_of_type(SUBENTRY_LINK)
        if subentry.subentry_id not in engine.links
    ]
    for link in engine.links.values():
        view = engine.views.get(link.link_id)
        problem = view.problem if view else engine.problem(link)
        if problem in OF_LINKS:
            problems.append(
                Issue(
                    OF_LINKS[problem],
                    link.link_id,
                    names={
                        "link": link.title,
                        "entity": engine.entity_in_question(link),
                    },
                )
            )
    problems += [
        Issue(
            DELETED,
            name,
            names={"link": title, "label": runtime.coordinator.called(name)},
            is_fixable=True,
        )
        for name, title in engine.orphans.items()
    ]
    edits = runtime.ledger.state.edits_since(dt_util.utcnow() - EDITS_COUNT_FOR)
    if len(edits) >= EDITS_THAT_TELL:
        labels = ", ".join(
            sorted({runtime.coordinator.called(key.name) for key in edits})
        )
        problems.append(
            Issue(
                COPIES,
                names={"labels": labels},
                figures={"count": str(len(edits))},
            )
        )
    return problems
