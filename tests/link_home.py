"""A home with a past: what the recorder would have kept of some entities."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import insert
from sqlalchemy.orm import Session

from custom_components.exist.ledger import Key
from custom_components.exist.links.link import SUBENTRY_LINK
from homeassistant.components.recorder.db_schema import (
    Base,
    RecorderRuns,
    States,
    StatesMeta,
    Statistics,
)
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    async_import_statistics,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity import StateInfo
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.util import dt as dt_util

from .conftest import AddAccount
from .exist_server import ExistServer
from .writing import poll, settle, write

__all__ = ["async_add_external_statistics"]

type Rows = Sequence[tuple[datetime, str]]


async def all_is_committed(hass: HomeAssistant) -> None:
    """Wait for the recorder, which says that it is done while it still writes the last."""
    done = hass.loop.create_future()
    get_instance(hass).queue_task(SynchronizeTask(done))
    await done


async def record(
    hass: HomeAssistant,
    histories: Mapping[str, Rows],
    runs: Iterable[tuple[datetime, datetime | None, bool]] = (),
) -> None:
    """Write states and runs as if the recorder had been there."""
    await all_is_committed(hass)

    def write() -> None:
        instance = get_instance(hass)
        with session_scope(hass=hass) as session:
            for start, end, cut_off in runs:
                session.add(_run(start, end, cut_off))
            for entity_id, rows in histories.items():
                known = instance.states_meta_manager.get(entity_id, session, True)
                if known is None:
                    meta = StatesMeta(entity_id=entity_id)
                    session.add(meta)
                    session.flush()
                    known = meta.metadata_id
                _add_rows(
                    session,
                    States,
                    [
                        {
                            "metadata_id": known,
                            "state": state,
                            "last_updated_ts": at.timestamp(),
                            "last_changed_ts": None,
                        }
                        for at, state in rows
                    ],
                )
        with session_scope(hass=hass) as session:
            instance.states_manager.load_from_db(session)
            instance.recorder_runs_manager.load_from_db(session)

    await get_instance(hass).async_add_executor_job(write)


def _run(start: datetime, end: datetime | None, cut_off: bool) -> RecorderRuns:
    # The database keeps moments without their zone: they must be in UTC.
    begun = dt_util.as_utc(start)
    return RecorderRuns(
        start=begun,
        end=None if end is None else dt_util.as_utc(end),
        closed_incorrect=cut_off,
        created=begun,
    )


async def import_hours(
    hass: HomeAssistant,
    entity_id: str,
    unit: str | None,
    rows: Sequence[Mapping[str, Any]],
    *,
    has_sum: bool = False,
    unit_class: str | None = None,
) -> None:
    """Write hourly statistics of an entity that has none of these hours."""
    # The recorder makes the statistic, but looks for each hour before it writes it.
    async_import_statistics(
        hass,
        {
            "source": "recorder",
            "statistic_id": entity_id,
            "name": None,
            "unit_of_measurement": unit,
            "unit_class": unit_class,
            "has_sum": has_sum,
            "mean_type": StatisticMeanType.NONE
            if has_sum
            else StatisticMeanType.ARITHMETIC,
        },
        rows[:1],  # type: ignore[arg-type]
    )
    await all_is_committed(hass)

    def write() -> None:
        instance = get_instance(hass)
        with session_scope(hass=hass) as session:
            known = instance.statistics_meta_manager.get(session, entity_id)
            assert known is not None
            # Of an hour that is there twice, as where clocks change, the last counts.
            hours = {row["start"].timestamp(): row for row in rows[1:]}
            _add_rows(
                session,
                Statistics,
                [
                    {
                        **row,
                        "start": None,
                        "start_ts": start,
                        "created_ts": time.time(),
                        "metadata_id": known[0],
                    }
                    for start, row in hours.items()
                ],
            )

    await get_instance(hass).async_add_executor_job(write)


def _add_rows(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Add rows of a table at once: one by one takes most of a test."""
    if rows:
        session.execute(insert(table), rows)


def link_data(
    entity: str, aggregate: str, attribute: str, value_type: int, **more: Any
) -> dict[str, Any]:
    """Return the data of a link's subentry."""
    return {
        "entity": entity,
        "aggregate": aggregate,
        "attribute": attribute,
        "value_type": value_type,
        **more,
    }


async def add_link(
    hass: HomeAssistant, entry: MockConfigEntry, data: dict[str, Any]
) -> str:
    """Add a link to a loaded account, as the form does; return its id."""
    subentry = ConfigSubentry(
        data=data,  # type: ignore[arg-type]
        subentry_type=SUBENTRY_LINK,
        title=f"{data['entity']} → {data['attribute']}",
        unique_id=data["attribute"],
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await settle(hass)
    return subentry.subentry_id


async def evaluate(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let an hour's work be done now."""
    await entry.runtime_data.links.async_evaluate()
    await settle(hass)


def edits_of(entry: MockConfigEntry) -> list[Key]:
    """Return the days that were found edited."""
    edits: list[Key] = entry.runtime_data.ledger.state.edits_since(EVER)
    return edits


def at(*wall: int, zone: str = "Europe/Vienna") -> datetime:
    """Return a moment by its wall clock."""
    tz = dt_util.get_time_zone(zone)
    assert tz is not None
    return datetime(*wall, tzinfo=tz)  # type: ignore[misc, arg-type]


async def set_runs(
    hass: HomeAssistant,
    past: Iterable[tuple[datetime, datetime, bool]],
    begun: datetime,
) -> None:
    """Say when the recorder ran: in the past, and since when it does now."""

    def write() -> None:
        instance = get_instance(hass)
        present = instance.recorder_runs_manager.current.run_id
        with session_scope(hass=hass) as session:
            session.query(RecorderRuns).filter(RecorderRuns.run_id != present).delete()
            session.query(RecorderRuns).filter(RecorderRuns.run_id == present).update(
                {"start": dt_util.as_utc(begun)}
            )
            session.add_all(_run(*each) for each in past)
        with session_scope(hass=hass) as session:
            instance.recorder_runs_manager.load_from_db(session)

    await get_instance(hass).async_add_executor_job(write)


EVER = datetime(1, 1, 1, tzinfo=dt_util.UTC)
TV = "media_player.living_room"


def tv_link(attribute: str = "gaming_min", **more: Any) -> dict[str, Any]:
    """Return a link that feeds the minutes in which the television was on."""
    data = {"states": ["on"], "absent_is_gap": False, **more}
    return link_data(TV, "time_in", attribute, 3, **data)


async def tv_home(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount
) -> MockConfigEntry:
    """Load an account and a television: on for 90 minutes yesterday, 70 today.

    It is noon of 20 May 2026 in Vienna; gaming_min and movies_min are owned and empty.
    """
    hass.states.async_set(TV, "off")
    exist_server.own("ada", "gaming_min", "movies_min", "weight", manual=True)
    for name in ("gaming_min", "movies_min", "weight"):
        exist_server.users["ada"].attributes[name].values.clear()
    await record(
        hass,
        {
            TV: [
                (at(2026, 5, 18, 8), "off"),
                (at(2026, 5, 19, 20), "on"),
                (at(2026, 5, 19, 21, 30), "off"),
                (at(2026, 5, 20, 9), "on"),
                (at(2026, 5, 20, 10, 10), "off"),
            ]
        },
    )
    await set_runs(hass, [], at(2026, 5, 18, 7))
    return await add_account()


async def later(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    *wall: int,
    on: int = 0,
) -> None:
    """Move on to a moment of May 2026; so many minutes before it the TV was on."""
    moment = at(2026, 5, *wall)
    if on:
        begun = moment - timedelta(minutes=on)
        await record(hass, {TV: [(begun, "on"), (moment, "off")]})
    freezer.move_to(moment)
    hass.states.async_set(TV, "off", force_update=True)
    await settle(hass)
    await entry.runtime_data.coordinator.async_refresh()
    await evaluate(hass, entry)


async def past_of(
    hass: HomeAssistant,
    entity: str,
    state: str,
    attributes: Mapping[str, Any],
    rows: Sequence[tuple[tuple[int, ...], str]],
    runs: Iterable[tuple[tuple[int, ...], tuple[int, ...]]] = (),
    begun: tuple[int, ...] = (2026, 5, 10, 7),
) -> None:
    """Give an entity a past, by wall clocks, and say when the recorder ran."""
    hass.states.async_set(entity, state, attributes)
    await record(hass, {entity: [(at(*wall), value) for wall, value in rows]})
    await set_runs(
        hass, [(at(*start), at(*end), False) for start, end in runs], at(*begun)
    )


def own_empty(exist_server: ExistServer, attribute: str) -> None:
    """Let Home Assistant own an attribute that has no values."""
    exist_server.own("ada", attribute, manual=True)
    exist_server.users["ada"].attributes[attribute].values.clear()


async def days_of(hass: HomeAssistant, link: str, start: str) -> dict[str, Any]:
    """Return values of days, or why they cannot be told."""
    told = await write(hass, "preview_link", link=link, start=start)
    return {day["date"]: day.get("reason", day["value"]) for day in told["days"]}


type Live = Sequence[tuple[tuple[int, ...], str, Mapping[str, Any]]]


async def home_of(
    hass: HomeAssistant, server: ExistServer, add_account: AddAccount, *attributes: str
) -> MockConfigEntry:
    """Load an account that owns these, without values; the recorder runs."""
    for name in attributes:
        own_empty(server, name)
    await set_runs(hass, [], at(2026, 5, 18, 7))
    return await add_account()


async def show(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity: str,
    shown: Live,
    info: StateInfo | None = None,
) -> None:
    """Let an entity show states, by wall clocks of May 2026, while all is running."""
    for wall, state, attributes in shown:
        freezer.move_to(at(2026, 5, *wall))
        hass.states.async_set(entity, state, attributes, state_info=info)
        await hass.async_block_till_done()


async def move_on(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    *wall: int,
) -> None:
    """Move on to a moment of May 2026 and let an hour's work be done."""
    freezer.move_to(at(2026, 5, *wall))
    await poll(hass, entry)
    await evaluate(hass, entry)


def link_issues(hass: HomeAssistant) -> dict[str, str]:
    """Return the repairs of links, each with the entity that it names."""
    return {
        issue.translation_key: (issue.translation_placeholders or {})["entity"]
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == "exist" and issue.translation_key
    }
