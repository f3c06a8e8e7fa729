"""What the recorder knows of entities: one pass over its database, off the loop."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
import time
from typing import TYPE_CHECKING, Any, cast

from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import (
    DATA_INSTANCE,
    async_migration_in_progress,
    get_instance,
    session_scope,
)
from homeassistant.util import dt as dt_util

from .aggregate import Hour, Timeline
from .convert import in_one_unit
from .entering import ABSENT
from .event_domains import is_of_events
from .own_helpers import HELPERS, when_empty
from .recorded_row import recorded_attributes, recorded_row
from .state_attributes import asked_key, source_key
from .timeline import (
    Row,
    Run,
    only_changed,
    packed_rows,
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
# So many rows are there as the database hands them out.
AT_ONCE = 250
# The least that lets another thread begin.
YIELD_SECONDS = 0.00001
# What a meter shows while it is away; what it counted is found before and after.
NOTHING = ABSENT | {"0", "0.0", "0.00", "0.000"}
# A recorder that has not written for so long is asked again an hour later.
CAUGHT_UP_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """An entity that is asked for, and what was seen of it in the present run.

    Numbers in another unit are converted where `in_unit` says so. States are read
    from `back` seconds before the days; `heard` are moments of equal reports. `kept`
    is all that is known of a state attribute that the recorder leaves out.
    """

    entity_id: str
    unit: str | None = None
    in_unit: bool = False
    hourly: bool = False
    seen: tuple[Row, ...] = ()
    back: float = 0.0
    heard: tuple[float, ...] = ()
    state_attribute: str | None = None
    kept: Sequence[Row] | None = None

    @property
    def key(self) -> str:
        """What tells it from the same in another unit, or another state attribute."""
        return asked_key(
            self.entity_id, self.state_attribute, self.unit, in_unit=self.in_unit
        )


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
    *,
    until: float | None = None,
    is_part: bool = False,
) -> Mapping[str, Timeline]:
    """Read states since then, up to now or to what comes next after `until`.

    During `pauses` the recorder was told to stop; where it is only a part of what is
    wanted, the last number before it is read too. Blocks; for the recorder's own executor.
    """
    now = dt_util.utcnow().timestamp()
    together: dict[tuple[float, bool, str | None], list[Asked]] = {}
    for each in asked:
        if each.kept is None:
            like = (each.back, each.in_unit, each.state_attribute)
            together.setdefault(like, []).append(each)
    with session_scope(hass=hass, read_only=True) as session:
        first_row = _first_row(session)
        rows: dict[str, Sequence[Row]] = {
            each.key: only_changed(each.kept) for each in asked if each.kept is not None
        }
        for (back, _, name), alike in together.items():
            start = dt_util.utc_from_timestamp(since - back - MARGIN)
            found = _rows(hass, session, start, until, alike)
            ran_then = any(
                run.start <= start.timestamp() for run in _runs(session, start)
            )
            for each in alike:
                known = found.get(source_key(each.entity_id, name), ())
                nothing = NOTHING if is_part else ABSENT
                away = bool(known) and known[0].carried and known[0].state in nothing
                around: list[list[Row]] = [[], []]
                if away or not known or not ran_then:
                    before = start.timestamp()
                    around[0] = _last_before(
                        session, each.entity_id, before, nothing, name
                    )
                if until is not None:
                    around[1] = _first_after(session, each.entity_id, until, name)
                if any(around):
                    known = packed_rows(around[0], known, around[1])
                rows[each.key] = known if name is None else only_changed(known)
        earliest = min((some[0].at for some in rows.values() if some), default=since)
        runs = _runs(session, dt_util.utc_from_timestamp(min(earliest, since)))
    purged = purged_before(runs, first_row)
    runs = without_pauses(runs, pauses)
    ran = running(runs, now)
    return {
        each.key: timeline(
            _in_unit(each, with_seen(rows.pop(each.key, ()), each.seen, runs)),
            ran,
            purged,
            each.heard,
            is_restored=each.entity_id.startswith(HELPERS),
        )
        for each in asked
    }


def _in_unit(asked: Asked, rows: Sequence[Row]) -> Sequence[Row]:
    return packed_rows(in_one_unit(rows, asked.unit)) if asked.in_unit else rows


def _first_row(session: Session) -> float | None:
    from homeassistant.components.recorder.db_schema import States  # noqa: I001
    from sqlalchemy import func, select

    return session.execute(select(func.min(States.last_updated_ts))).scalar()


def _runs(session: Session, start: datetime) -> list[Run]:
    from homeassistant.components.recorder.db_schema import RecorderRuns, States  # noqa: I001
    from homeassistant.components.recorder.models import process_timestamp
    from sqlalchemy import func, or_, select

    def moment(kept: datetime) -> float:
        # SQLite keeps no zone, PostgreSQL answers in that of its server.
        return process_timestamp(kept).timestamp()

    found = session.execute(
        select(RecorderRuns.start, RecorderRuns.end, RecorderRuns.closed_incorrect)
        .where(or_(RecorderRuns.end.is_(None), RecorderRuns.end > start))
        .order_by(RecorderRuns.start)
    ).all()
    runs: list[Run] = []
    for index, row in enumerate(found):
        begins = moment(row.start)
        ends = None if row.end is None else moment(row.end)
        last_row: float | None = None
        following = found[index + 1].start if index + 1 < len(found) else None
        if row.closed_incorrect or (ends is None and following is not None):
            before = moment(following) if following is not None else ends
            last_row = session.execute(
                select(func.max(States.last_updated_ts)).where(
                    States.last_updated_ts >= begins, States.last_updated_ts < before
                )
            ).scalar()
        runs.append(Run(begins, ends, bool(row.closed_incorrect), last_row))
    return runs


def _rows(
    hass: HomeAssistant,
    session: Session,
    start: datetime,
    until: float | None,
    asked: Sequence[Asked],
) -> Mapping[str, Sequence[Row]]:
    """Return the rows of those that are which the same is needed, by their keys."""
    from homeassistant.components.recorder.db_schema import StateAttributes, States  # noqa: I001
    from homeassistant.components.recorder.history import (
        get_significant_states_with_session,
    )
    from sqlalchemy import select

    names = list(dict.fromkeys(each.entity_id for each in asked))
    name = asked[0].state_attribute
    is_whole = asked[0].in_unit or name is not None
    carried = get_significant_states_with_session(
        hass,
        session,
        start,
        # Only what was there before: what follows need not be in memory at once.
        start + timedelta(microseconds=1),
        names,
        significant_changes_only=False,
        no_attributes=not is_whole,
        compressed_state_format=True,
    )
    rows = {
        source_key(entity_id, name): packed_rows(
            recorded_row(
                row["s"],
                row["lu"],
                row.get("a") if is_whole else None,
                carried=row["lu"] == start.timestamp(),
                reported="lc" not in row,
                name=name,
                empty=when_empty(entity_id),
                is_event=is_of_events(entity_id),
            )
            for row in cast("list[dict[str, Any]]", some)
        )
        for entity_id, some in carried.items()
    }
    ids = get_instance(hass).states_meta_manager.get_many(names, session, False)
    known = {
        number: source_key(entity_id, name)
        for entity_id, number in ids.items()
        if number is not None
    }
    empty = {number: when_empty(key) for number, key in known.items()}
    is_event = {number: is_of_events(key) for number, key in known.items()}
    columns = [States.metadata_id, States.state, States.last_updated_ts]
    query = (
        select(
            *columns,
            States.last_changed_ts,
            *((StateAttributes.shared_attrs,) if is_whole else ()),
        )
        .where(
            States.metadata_id.in_(known),
            States.last_updated_ts > start.timestamp(),
            *(() if until is None else (States.last_updated_ts < until,)),
        )
        .order_by(States.metadata_id, States.last_updated_ts)
        .execution_options(yield_per=AT_ONCE)
    )
    if is_whole:
        query = query.outerjoin(
            StateAttributes, States.attributes_id == StateAttributes.attributes_id
        )
    raw: str | None = None
    attributes: Mapping[str, Any] = {}
    for some in session.execute(query).partitions():
        for number, state, at, changed, *shared in some:
            if shared and shared[0] != raw:
                raw = shared[0]
                attributes = recorded_attributes(raw)
            row = recorded_row(
                state,
                at,
                attributes,
                carried=False,
                reported=changed is None or changed == at,
                name=name,
                empty=empty[number],
                is_event=is_event[number],
            )
            rows.setdefault(known[number], packed_rows()).append(row)
        # Fetching lets go of the interpreter too often for the loop to ever get it.
        time.sleep(YIELD_SECONDS)
    return rows


def _last_before(
    session: Session,
    entity_id: str,
    before: float,
    nothing: frozenset[str],
    name: str | None,
) -> list[Row]:
    """Return the last usable state that is older than what is read, if it is away.

    What came after it was recorded as `nothing`, or not at all.
    """
    rows: list[Row] = []
    for left_out in (nothing, frozenset[str]()):
        row = _nearest(session, entity_id, before, left_out, name, after=False)
        if row is not None and (not rows or rows[-1].at != row.at):
            rows.append(row._replace(until=row.at + 1))
    return rows


def _first_after(
    session: Session, entity_id: str, after: float, name: str | None
) -> list[Row]:
    """Return the next usable state that is newer than what is read."""
    row = _nearest(session, entity_id, after, NOTHING, name, after=True)
    return [] if row is None else [row._replace(until=row.at + 1)]


def _nearest(
    session: Session,
    entity_id: str,
    moment: float,
    left_out: frozenset[str],
    name: str | None,
    *,
    after: bool,
) -> Row | None:
    """Return the nearest state before or after that is none of those."""
    from homeassistant.components.recorder.db_schema import (  # noqa: I001
        StateAttributes,
        States,
        StatesMeta,
    )
    from sqlalchemy import select

    at = States.last_updated_ts
    query = (
        select(States.state, at, StateAttributes.shared_attrs)
        .join(StatesMeta, States.metadata_id == StatesMeta.metadata_id)
        .outerjoin(
            StateAttributes, States.attributes_id == StateAttributes.attributes_id
        )
        .where(
            StatesMeta.entity_id == entity_id, at >= moment if after else at < moment
        )
        .order_by(at if after else at.desc())
        .limit(1)
    )
    if left_out:
        query = query.where(States.state.not_in({*left_out, ""}))
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    return recorded_row(
        found[0],
        found[1],
        recorded_attributes(found[2]),
        carried=False,
        reported=True,
        name=name,
        is_event=is_of_events(entity_id),
    )


def read_hours(
    hass: HomeAssistant, asked: Sequence[Asked], since: float
) -> Mapping[str, tuple[Hour, ...]]:
    """Read hourly statistics since then, where they are asked for."""
    from homeassistant.components.recorder.statistics import statistics_during_period

    asked = [each for each in asked if each.hourly]
    if not asked:
        return {}
    back = max(each.back for each in asked)
    found = statistics_during_period(
        hass,
        dt_util.utc_from_timestamp(since - back - HOUR_SECONDS),
        None,
        {each.entity_id for each in asked},
        "hour",
        None,
        {"last_reset", "max", "mean", "min", "state", "sum"},
    )
    return {
        name: tuple(
            Hour(
                row["start"],
                row.get("mean"),
                row.get("min"),
                row.get("max"),
                row.get("sum"),
                row.get("state"),
                row.get("last_reset"),
            )
            for row in rows
        )
        for name, rows in found.items()
    }
