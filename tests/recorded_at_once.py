"""The recorder as it is, except that what comes together is done together."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from homeassistant.components.recorder import statistics
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.db_schema import StatisticsBase
from homeassistant.components.recorder.tasks import CommitTask, RecorderTask
from homeassistant.core import Event


def commit_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit once nothing more is queued: tests would commit each state by itself.

    At home it is every five seconds; a database in memory is locked until then.
    """
    process = Recorder._guarded_process_one_task_or_event_or_recover

    def together(recorder: Recorder, task: RecorderTask | Event) -> None:
        recorder.commit_interval = 1
        if isinstance(task, Event) and recorder.event_session is not None:
            # Whoever waits for the recorder waits for what it is at, too.
            recorder._event_session_has_pending_writes = True
        process(recorder, task)
        if recorder._queue.empty():
            process(recorder, CommitTask())

    monkeypatch.setattr(
        Recorder, "_guarded_process_one_task_or_event_or_recover", together
    )


def import_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read once which hours a statistic has, as Home Assistant does from 2026.11 on."""
    find = vars(statistics).get("_statistics_exists")
    if find is None:
        return

    def find_at_once(
        session: Session, table: type[StatisticsBase], statistic: int, start: datetime
    ) -> int | None:
        hour = start.timestamp()
        there: dict[float, int] | None = session.info.get((table, statistic))
        if there is None:
            rows = session.query(table.start_ts, table.id).filter_by(
                metadata_id=statistic
            )
            there = session.info[table, statistic] = dict(rows.tuples())
        if hour in there:
            return there[hour] or find(session, table, statistic, start)
        # It is added now, and gets its id later.
        there[hour] = 0
        return None

    monkeypatch.setattr(statistics, "_statistics_exists", find_at_once)
