"""Diagnostics by whitelist: counts, types and field names, nothing of the diary."""

from collections import Counter
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .account.data import has_values
from .account.poll import POLL_INTERVAL
from .account.scopes import missing_scopes
from .account.server import DEFAULT_SERVER
from .api import Priority
from .const import CONF_GROUPS, CONF_POLICIES, CONF_RELEASE_ON_REMOVE, CONF_SERVER
from .runtime import ExistConfigEntry, ExistRuntimeData


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ExistConfigEntry
) -> dict[str, Any]:
    """Return what helps to find a fault and tells nothing of the person."""
    if entry.state is not ConfigEntryState.LOADED:
        return {
            "state": entry.state.value,
            "scopes_missing": len(missing_scopes(entry.data)),
        }
    runtime = entry.runtime_data
    coordinator, budget = runtime.coordinator, runtime.client.budget
    data = coordinator.data
    error = coordinator.last_exception
    return {
        "server_is_exist": entry.data[CONF_SERVER] == DEFAULT_SERVER,
        "scopes": sorted(runtime.scopes),
        "scopes_missing": list(missing_scopes(entry.data)),
        "options": {
            "groups": len(entry.options.get(CONF_GROUPS, [])),
            "policies": len(entry.options.get(CONF_POLICIES, {})),
            "release_on_remove": entry.options.get(CONF_RELEASE_ON_REMOVE, False),
        },
        "poll": {
            "interval_minutes": POLL_INTERVAL.total_seconds() / 60,
            "last_success": coordinator.last_update_success,
            "last_good": coordinator.last_poll and coordinator.last_poll.isoformat(),
            "last_error": type(error).__name__ if error else None,
            "fresh": coordinator.fresh,
        },
        "budget": {
            "used": budget.used,
            "remaining": budget.remaining,
            "paused_seconds": round(budget.paused_for),
        },
        "outbox": {
            "waiting": len(runtime.ledger.entries),
            "held": dict(
                Counter(
                    each.hold.value
                    for each in runtime.ledger.entries.values()
                    if each.hold
                )
            ),
        },
        "links": dict(
            sorted(
                Counter(
                    view.state.value for view in runtime.links.views.values()
                ).items()
            )
        ),
        "history": _history(runtime),
        "time_zones_differ": data.profile.timezone != hass.config.time_zone,
        "profile": {
            # Not kept on disk: before the first poll they are not known.
            "trial": data.profile.trial if runtime.coordinator.polls else None,
            "delinquent": data.profile.delinquent
            if runtime.coordinator.polls
            else None,
        },
        "attributes": {
            "all": len(data.attributes),
            "owned": len(data.owned),
            "templated": sum(
                attribute.template is not None for attribute in data.attributes.values()
            ),
            "with_values": sum(has_values(data, name) for name in data.values),
            "by_group": dict(
                sorted(
                    Counter(
                        attribute.group.name for attribute in data.attributes.values()
                    ).items()
                )
            ),
            "by_value_type": dict(
                sorted(
                    Counter(
                        attribute.value_type.name
                        for attribute in data.attributes.values()
                    ).items()
                )
            ),
        },
    }


def _history(runtime: ExistRuntimeData) -> dict[str, Any]:
    history = runtime.history
    contents, progress = history.contents, history.progress
    return {
        "recorder": history.is_on,
        "attributes": len(contents.charted),
        "cleared": sum(each.cleared for each in contents.charted.values()),
        "rows": sum(each.rows for each in contents.charted.values()),
        "walks": len(contents.walks),
        "days_done": progress.days_done if progress else None,
        "days_to_go": progress.days_to_go if progress else None,
        "requests_left": progress.requests_left if progress else None,
        "requests_this_hour": len(runtime.client.budget.ages(Priority.BACKGROUND)),
    }
