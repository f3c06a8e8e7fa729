"""Homes in which much goes wrong, through the form, the recorder and to Exist."""

from collections.abc import Callable
from datetime import UTC, datetime
import random
from typing import Any, NamedTuple

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.exist.links.aggregate import Aggregate
from custom_components.exist.links.window import Window
from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_form import finish, start, walk
from ..link_home import days_of, record, set_runs
from .home_truth import FIRST, Kept, Troubles, kept, only_seen, troubles
from .test_condition_truth import judge, live
from .test_moment_truth import press, right_of_presses
from .test_step_truth import LISTS, NOT_SAID, enter
from .truth_judges import is_one_of

HEARTBEAT = "sensor.heartbeat"


class Thing(NamedTuple):
    """What is in the database, how it is linked, and what says which day is right."""

    kept: Kept
    attributes: dict[str, Any]
    wish: dict[str, Any]
    aggregate: Aggregate
    is_right: Callable[[float, Window], bool]


def _bell(rng: random.Random, trouble: Troubles) -> Thing:
    lived = only_seen(press(rng, "event", trouble), trouble)
    pressed = [each.start for each in lived]
    times = Aggregate.TIMES
    return Thing(
        kept(rng, lived, trouble, is_restored=True),
        {"event_types": ["ring"]},
        {},
        times,
        lambda value, day: value == right_of_presses(times, pressed, day),
    )


def _mood(rng: random.Random, trouble: Troubles) -> Thing:
    steps = LISTS["named"]
    entries = only_seen(enter(rng, steps, trouble, set_back=True), trouble)

    def is_right(value: float, day: Window) -> bool:
        inside = [
            float(steps.index(each.state) + 1)
            for each in entries
            if each.state != NOT_SAID and day.start <= each.start < day.end
        ]
        return is_one_of(Aggregate.LAST, value, inside, [])

    return Thing(
        kept(rng, entries, trouble, is_restored=True, starting=("unknown",)),
        {"options": [NOT_SAID, *steps]},
        {"steps": True},
        Aggregate.LAST,
        is_right,
    )


def _washer(rng: random.Random, trouble: Troubles) -> Thing:
    found = kept(rng, live(rng, "washer", trouble), trouble)
    is_right = judge("washer", found.seen)
    return Thing(
        found,
        {"unit_of_measurement": "W"},
        {"above": 5, "stay": {"minutes": 5}},
        Aggregate.TIMES,
        lambda value, day: is_right(Aggregate.TIMES, value, day),
    )


THINGS = {
    "event.bell": _bell,
    "input_select.mood": _mood,
    "sensor.washer": _washer,
}


def _at(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


@pytest.mark.parametrize("seed", range(3))
async def test_what_reaches_exist_is_what_was_seen_or_nothing(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    seed: int,
) -> None:
    trouble = troubles(random.Random(seed))
    trouble.purged = None
    # Home Assistant's own are never away.
    trouble.away.clear()
    freezer.move_to(_at(trouble.end))
    await hass.config.async_set_time_zone(trouble.zone)
    exist_server.users["ada"].timezone = trouble.zone
    rng = random.Random(seed + 100)
    things = {entity: make(rng, trouble) for entity, make in THINGS.items()}
    for entity, each in things.items():
        hass.states.async_set(entity, each.kept.rows[-1].state, each.attributes)
        rows = [(_at(row.at), row.state) for row in each.kept.rows]
        await record(hass, {entity: rows})
    *past, present = things["event.bell"].kept.runs
    # What else there is in a home is written till it is cut off.
    beats = [(_at(run.last_row), "beat") for run in past if run.last_row is not None]
    await record(hass, {HEARTBEAT: beats})
    await set_runs(
        hass,
        [
            (_at(run.start), _at(run.end), run.closed_incorrect)
            for run in past
            if run.end
        ],
        _at(present.start),
    )
    home = await add_account()
    told = 0
    for entity, each in things.items():
        label = f"Seen {entity}"
        page = await walk(
            hass,
            await start(hass, home),
            {"entity": entity, "more": each.wish},
            {"aggregate": each.aggregate.value},
            {"target": "new"},
            {"label": label, "group": "health"},
        )
        link = await finish(hass, home, page)
        days = await days_of(hass, link.data["attribute"], FIRST.isoformat())
        for value, day in zip(days.values(), trouble.windows, strict=False):
            if not isinstance(value, str):
                told += 1
                assert each.is_right(value, day), (entity, day, value)
    assert told > len(trouble.windows)
