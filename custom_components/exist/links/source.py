"""What the recorder knows of entities: one pass over its database, off the loop."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import (
    DATA_INSTANCE,
    async_migration_in_progress,
    get_instance,
    session_scope,
)
from homeassistant.util import dt as dt_util

from .aggregate import Hour, Timeline
from .convert import in_present_unit
from .timeline import (
    Row,
    Run,
    purged_before,
    running,
    timeline,
    with_seen,
    without_pauses,
)
from .window import HOUR_SECONDS

if TYPE_CHECKING:
    from sqlalchemy.orm.session import Session

# Off any full second, for a state of just that moment would be in neither part.
MARGIN = 1.0003
DOMAIN_RECORDER = "recorder"
# A recorder that has not written for so long is asked again an hour later.
CAUGHT_UP_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """An entity that is asked for, and what was seen of it in the present run.

    Numbers in another unit than the present one are converted where `in_unit` says
    so.
    """

    entity_id: str
    unit: str | None = None
    in_unit: bool = False
    hourly: bool = False
    seen: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded of some entities."""

    timelines: Mapping[str, Timeline] = field(default_factory=dict)
    hours: Mapping[str, tuple[Hour, ...]] = field(default_factory=dict)


def recorder_ready(hass: HomeAssistant) -> bool:
    """Return whether there is a recorder that can be asked."""
    return (
        DOMAIN_RECORDER in hass.config.components
        and DATA_INSTANCE in hass.data
        and get_instance(hass).recording
        and get_instance(hass).enabled
        and not async_migration_in_progress(hass)
    )


async def async_caught_up(hass: HomeAssistant, wait: float = CAUGHT_UP_SECONDS) -> bool:
    """Wait until all that happened so far is in the database; return whether it is."""
    if not recorder_ready(hass):
        return False
    try:
        async with asyncio.timeout(wait):
            await get_instance(hass).async_block_till_done()
    except TimeoutError:
        return False
    return True


def read(
    hass: HomeAssistant,
    asked: Sequence[Asked],
    since: float,
    pauses: Sequence[tuple[float, float | None]] = (),
) -> Recorded:
    """Read states since then, and hourly statistics where they are asked for.

    During `pauses` the recorder was told to stop. Blocks; for the recorder's own executor.
    """
    now = dt_util.utcnow().timestamp()
    start = dt_util.utc_from_timestamp(since - MARGIN)
    with session_scope(hass=hass, read_only=True) as session:
        runs = _runs(session, start)
        purged = purged_before(runs, _first_row(session))
        runs = without_pauses(runs, pauses)
        ran = running(runs, now)
        rows = {
            **_rows(hass, session, start, asked, in_unit=False),
            **_rows(hass, session, start, asked, in_unit=True),
        }
    return Recorded(
        {
            each.entity_id: timeline(
                [
                    in_present_unit(row, each.unit) if each.in_unit else row
                    for row in with_seen(rows.get(each.entity_id, ()), each.seen, runs)
                ],
                ran,
                purged,
            )
            for each in asked
        },
        _hours(hass, since, [each.entity_id for each in asked if each.hourly]),
    )


def _first_row(session: Session) -> float | None:
    from homeassistant.components.recorder.db_schema import States  # noqa: I001
    from sqlalchemy import func, select

    return session.execute(select(func.min(States.last_updated_ts))).scalar()


def _runs(session: Session, start: datetime) -> list[Run]:
    from homeassistant.components.recorder.db_schema import RecorderRuns, States  # noqa: I001
    from sqlalchemy import func, or_, select

    found = session.execute(
        select(RecorderRuns.start, RecorderRuns.end, RecorderRuns.closed_incorrect)
        .where(or_(RecorderRuns.end.is_(None), RecorderRuns.end > start))
        .order_by(RecorderRuns.start)
    ).all()
    runs: list[Run] = []
    for index, row in enumerate(found):
        begins = _timestamp(row.start)
        ends = None if row.end is None else _timestamp(row.end)
        last_row: float | None = None
        following = found[index + 1].start if index + 1 < len(found) else None
        if row.closed_incorrect or (ends is None and following is not None):
            before = _timestamp(following) if following is not None else ends
            last_row = session.execute(
                select(func.max(States.last_updated_ts)).where(
                    States.last_updated_ts >= begins, States.last_updated_ts < before
                )
            ).scalar()
        runs.append(Run(begins, ends, bool(row.closed_incorrect), last_row))
    return runs


def _timestamp(moment: datetime) -> float:
    # The database keeps these moments in UTC, without saying so.
    return moment.replace(tzinfo=dt_util.UTC).timestamp()


def _rows(
    hass: HomeAssistant,
    session: Session,
    start: datetime,
    asked: Sequence[Asked],
    *,
    in_unit: bool,
) -> dict[str, list[Row]]:
    """Return the rows of those that are, or are not, to be converted."""
    from homeassistant.components.recorder.history import (
        get_significant_states_with_session,
    )

    entity_ids = [each.entity_id for each in asked if each.in_unit is in_unit]
    if not entity_ids:
        return {}
    found = get_significant_states_with_session(
        hass,
        session,
        start,
        None,
        entity_ids,
        significant_changes_only=False,
        no_attributes=not in_unit,
        compressed_state_format=True,
    )
    since = start.timestamp()
    return {
        name: [
            Row(
                row["lu"],
                row["s"],
                carried=row["lu"] == since,
                unit=row["a"].get(ATTR_UNIT_OF_MEASUREMENT) if in_unit else None,
            )
            for row in cast("list[dict[str, Any]]", rows)
        ]
        for name, rows in found.items()
    }


def _hours(
    hass: HomeAssistant, since: float, entity_ids: list[str]
) -> dict[str, tuple[Hour, ...]]:
    from homeassistant.components.recorder.statistics import statistics_during_period

    if not entity_ids:
        return {}
    found = statistics_during_period(
        hass,
        dt_util.utc_from_timestamp(since - HOUR_SECONDS),
        None,
        set(entity_ids),
        "hour",
        None,
        {"mean", "min", "max", "sum"},
    )
    return {
        name: tuple(
            Hour(
                row["start"],
                row.get("mean"),
                row.get("min"),
                row.get("max"),
                row.get("sum"),
            )
            for row in rows
        )
        for name, rows in found.items()
    }
