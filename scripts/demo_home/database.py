"""The recorder's database as a Home Assistant that ran until now would have left it."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, insert, text
from sqlalchemy.orm import Session, sessionmaker

# Home Assistant first: it lays the ground for what its components import.
from homeassistant.components.recorder.db_schema import (
    Base,
    RecorderRuns,
    StateAttributes,
    States,
    StatesMeta,
    Statistics,
    StatisticsMeta,
)
from homeassistant.components.recorder.migration import initialize_database
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.helpers.json import json_bytes

NAME = "home-assistant_v2.db"

type Rows = Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entity: its states, and the state attributes that they share."""

    entity_id: str
    rows: Rows
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hours:
    """Hourly statistics of what was measured, from all values of each hour."""

    entity_id: str
    unit: str
    unit_class: str
    rows: Iterable[tuple[float, Sequence[float]]]


def write_database(
    folder: Path,
    begin: float,
    end: float,
    recorded: Iterable[Recorded],
    hours: Iterable[Hours],
) -> None:
    """Fill a new database; the recorder ran from `begin` and ended in peace."""
    with _new(folder, begin, end) as session:
        for each in recorded:
            _add_states(session, each)
        for some in hours:
            _add_hours(session, some)


@dataclass(frozen=True, slots=True)
class Steady:
    """An entity that counts a hundredth more every so many seconds."""

    entity_id: str
    attributes: Mapping[str, str]
    begin: float
    end: float
    every: int

    @property
    def count(self) -> int:
        """How many states it had."""
        return int((self.end - self.begin) / self.every)

    @property
    def last(self) -> str:
        """What it shows at the end."""
        return f"{self.count / 100:.2f}"


def write_steady(folder: Path, steady: Steady) -> None:
    """Fill a new database with the states of one entity, however many."""
    with _new(folder, steady.begin, steady.end) as session:
        session.execute(
            text(
                "INSERT INTO states"
                " (metadata_id, attributes_id, state, last_updated_ts, origin_idx)"
                " WITH RECURSIVE steps(n) AS"
                " (SELECT 0 UNION ALL SELECT n + 1 FROM steps WHERE n < :count - 1)"
                " SELECT :entity, :attributes, printf('%.2f', n / 100.0),"
                " :begin + n * :every, 0 FROM steps"
            ),
            {
                **_add_entity(session, steady.entity_id, steady.attributes),
                "begin": steady.begin,
                "every": steady.every,
                "count": steady.count,
            },
        )


@contextmanager
def _new(folder: Path, begin: float, end: float) -> Generator[Session]:
    """Make a new database; the recorder ran from `begin` and ended in peace."""
    engine = create_engine(f"sqlite:///{folder / NAME}")
    try:
        Base.metadata.create_all(engine)
        make_session = sessionmaker(bind=engine)
        # What Home Assistant itself notes in a database that it has just made.
        if not initialize_database(make_session):
            raise RuntimeError("Home Assistant does not take the new database.")
        with make_session.begin() as session:
            began, ended = (datetime.fromtimestamp(each, UTC) for each in (begin, end))
            session.add(RecorderRuns(start=began, end=ended, created=began))
            yield session
    finally:
        engine.dispose()


def _add_entity(
    session: Session, entity_id: str, attributes: Mapping[str, str]
) -> dict[str, int]:
    """Add an entity and its state attributes; return their ids."""
    shared = json_bytes(attributes)
    added = StateAttributes(
        shared_attrs=shared.decode(),
        hash=StateAttributes.hash_shared_attrs_bytes(shared),
    )
    meta = StatesMeta(entity_id=entity_id)
    session.add_all((added, meta))
    session.flush()
    return {"entity": meta.metadata_id, "attributes": added.attributes_id}


def _add_states(session: Session, each: Recorded) -> None:
    ids = _add_entity(session, each.entity_id, each.attributes)
    session.execute(
        insert(States),
        [
            {
                "metadata_id": ids["entity"],
                "attributes_id": ids["attributes"],
                "state": state,
                "last_updated_ts": at,
                "origin_idx": 0,
            }
            for at, state in each.rows
        ],
    )


def _add_hours(session: Session, some: Hours) -> None:
    meta = StatisticsMeta(
        statistic_id=some.entity_id,
        source="recorder",
        unit_of_measurement=some.unit,
        unit_class=some.unit_class,
        has_sum=False,
        mean_type=StatisticMeanType.ARITHMETIC,
    )
    session.add(meta)
    session.flush()
    session.execute(
        insert(Statistics),
        [
            {
                "metadata_id": meta.id,
                "start_ts": start,
                "created_ts": start,
                "mean": sum(values) / len(values),
                "min": min(values),
                "max": max(values),
            }
            for start, values in some.rows
        ],
    )
