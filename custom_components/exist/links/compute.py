"""Values of many links' days in one pass: the database first, then arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.recorder import get_instance

from ..const import DOMAIN
from ..ledger.day import Known
from .aggregate import HOURLY, NotTold, Told, Why, tell, tell_hourly
from .convert import wire_value
from .link import Link
from .source import Asked, Recorded, read
from .timeline import Row
from .window import Window, Zones, days_between, whole_hours, window_of


class Computed(NamedTuple):
    """A day's value as the wire has it, and what it comes from."""

    value: float | str
    known: Known


type DayResult = Computed | NotTold


@dataclass(frozen=True, slots=True)
class Plan:
    """The days of one link that are wanted, and what its entity is just now."""

    link: Link
    entity_id: str
    unit: str | None
    template: str | None
    first: date
    last: date
    seen: tuple[Row, ...] = ()

    @property
    def days(self) -> Sequence[date]:
        """All days of the plan."""
        return days_between(self.first, self.last)


async def async_compute(
    hass: HomeAssistant,
    plans: Sequence[Plan],
    zones: Zones,
    now: float,
    *,
    hourly: bool,
    pauses: Sequence[tuple[float, float | None]] = (),
) -> dict[str, dict[date, DayResult]]:
    """Return the value of each day by link; `hourly` looks into statistics too.

    Raises HomeAssistantError when the database cannot be read.
    """
    from sqlalchemy.exc import SQLAlchemyError

    if not plans:
        return {}
    try:
        return await get_instance(hass).async_add_executor_job(
            _compute, hass, plans, zones, now, hourly, tuple(pauses)
        )
    except SQLAlchemyError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="recorder_failed"
        ) from err


def _compute(
    hass: HomeAssistant,
    plans: Sequence[Plan],
    zones: Zones,
    now: float,
    hourly: bool,
    pauses: Sequence[tuple[float, float | None]],
) -> dict[str, dict[date, DayResult]]:
    windows = {
        plan.link.link_id: {
            day: window_of(plan.link.part, zones, day) for day in plan.days
        }
        for plan in plans
    }
    since = min(
        (window.start for days in windows.values() for window in days.values()),
        default=now,
    )
    recorded = read(hass, _asked(plans, hourly), since, pauses)
    return {
        plan.link.link_id: {
            day: _result(plan, recorded, zones, day, window, now)
            for day, window in windows[plan.link.link_id].items()
        }
        for plan in plans
    }


def _asked(plans: Sequence[Plan], hourly: bool) -> list[Asked]:
    """Return each entity once, with all that any of the links needs of it."""
    by_entity: dict[str, list[Plan]] = {}
    for plan in plans:
        by_entity.setdefault(plan.entity_id, []).append(plan)
    return [
        Asked(
            entity_id,
            same[0].unit,
            any(plan.link.needs_unit for plan in same),
            hourly and any(plan.link.has_hours for plan in same),
            same[0].seen,
        )
        for entity_id, same in sorted(by_entity.items())
    ]


def _result(
    plan: Plan,
    recorded: Recorded,
    zones: Zones,
    day: date,
    window: Window,
    now: float,
) -> DayResult:
    told = _told(plan, recorded, window, now)
    if isinstance(told, NotTold):
        return told
    value = wire_value(plan.link, told, plan.unit, plan.template, zones.of(day))
    return value if isinstance(value, NotTold) else Computed(value, told.known)


def _told(plan: Plan, recorded: Recorded, window: Window, now: float) -> Told | NotTold:
    rule = plan.link.rule
    told = tell(rule, recorded.timelines[plan.entity_id], window, now)
    hours = recorded.hours.get(plan.entity_id, ())
    if (
        isinstance(told, NotTold)
        and told.why is not Why.NOT_BEGUN
        and rule.aggregate in HOURLY
        and window.end <= now
        and hours
        and whole_hours(window)
    ):
        return tell_hourly(rule.aggregate, hours, window)
    return told
