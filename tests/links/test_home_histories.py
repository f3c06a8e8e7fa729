"""What links tell of what real homes record: histories with what is physically true."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from sqlalchemy import insert

from custom_components.exist.links import Why
from custom_components.exist.links.readings import History, Meter, Reading
from homeassistant.components.recorder.db_schema import StateAttributes, States
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.recorder import get_instance, session_scope

from ..conftest import AddAccount
from ..exist_server import ExistServer
from ..link_home import add_link, days_of, import_hours, link_data, record, set_runs
from .meter_truth import HOUR, hours_of

# Takes long.
pytestmark = pytest.mark.once

type Case = Mapping[str, Any]
type Rows = Sequence[Sequence[Any]]

HISTORIES: list[Case] = [
    case
    for path in sorted(Path(__file__).parent.glob("home_histories*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]
PROBLEM = "problem"
NOT_TOLD = {PROBLEM, *Why}
# What makes two histories happen in one home.
OF_A_HOME = ("zone", "profile_zone", "now", "begun", "kept_since", "home_assistant_off")
# Each that is added is told beside all others of its home.
LINKS = 20
UNIT_CLASSES = {"°C": "temperature", "km": "distance", "kWh": "energy"}


def _homes() -> list[list[tuple[int, Case]]]:
    homes: dict[str, list[tuple[int, Case]]] = defaultdict(list)
    for number, case in enumerate(HISTORIES):
        homes[repr([case.get(key) for key in OF_A_HOME])].append((number, case))
    return [
        [*some]
        for home in homes.values()
        for some in batched(home, LINKS, strict=False)
    ]


def _at(case: Case, wall: str) -> datetime:
    """Return a moment of the home's wall clock."""
    zone = ZoneInfo(case.get("zone", "Europe/Vienna"))
    return datetime.fromisoformat(wall).replace(tzinfo=zone)


def _purged(case: Case, each: Case) -> list[dict[str, Any]]:
    """Return the hours that are left of readings whose states are purged.

    After a moment and a number may stand how many hours it went on so, and by how much
    it rose in each.
    """
    readings: list[Reading] = []
    for wall, number, *more in each["purged"]:
        reset = (
            more.pop()["last_reset"] if more and isinstance(more[-1], dict) else None
        )
        since = None if reset is None else datetime.fromisoformat(reset).timestamp()
        for hour in range(more[0] if more else 1):
            value = number + hour * more[1] if hour else number
            moment = _at(case, wall).timestamp() + hour * HOUR
            readings.append(Reading(moment, value, since))
    may_fall = each["attributes"]["state_class"] == "total"
    begin = readings[0].at // HOUR * HOUR
    end = _at(case, case["kept_since"]).timestamp() // HOUR * HOUR
    found = hours_of(History(readings, (), ()), Meter(may_fall=may_fall), begin, end)
    return [
        {
            "start": datetime.fromtimestamp(hour.start, UTC),
            "state": hour.state,
            "sum": hour.sum,
            **({} if index == 0 else {"last_reset_ts": hour.last_reset}),
        }
        for index, hour in enumerate(found)
    ]


def _id(number: int, entity: str) -> str:
    return f"{entity}_{number}"


async def _record(
    hass: HomeAssistant, entity: str, base: Mapping[str, Any], case: Case, rows: Rows
) -> None:
    """Write states with their attributes, as if the recorder had been there."""
    await record(hass, {entity: []})

    def write() -> None:
        with session_scope(hass=hass) as session:
            known = get_instance(hass).states_meta_manager.get(entity, session, True)
            for wall, state, *more in rows:
                raw = json.dumps({**base, **(more[0] if more else {})})
                attributes = StateAttributes(shared_attrs=raw, hash=0)
                session.add(attributes)
                session.flush()
                values = {
                    "metadata_id": known,
                    "state": state,
                    "last_updated_ts": _at(case, wall).timestamp(),
                    "last_changed_ts": None,
                    "attributes_id": attributes.attributes_id,
                }
                session.execute(insert(States), [values])

    await get_instance(hass).async_add_executor_job(write)


async def _furnish(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    home: Sequence[tuple[int, Case]],
) -> None:
    """Let each entity have its past, the last of which it shows."""
    every = [
        (_id(number, each["entity"]), each, case)
        for number, case in home
        for each in (case, *([case["other"]] if "other" in case else []))
    ]
    for entity, each, case in sorted(
        every, key=lambda item: _at(item[2], item[1]["rows"][-1][0])
    ):
        *past, (wall, state, *more) = each["rows"]
        await _record(hass, entity, each["attributes"], case, past)
        freezer.move_to(_at(case, wall))
        attributes = {**each["attributes"], **(more[0] if more else {})}
        hass.states.async_set(entity, state, attributes)
        await hass.async_block_till_done()
        if "hours" in each:
            unit = each["attributes"].get("unit_of_measurement")
            hours = [
                {"start": datetime.fromisoformat(start) + timedelta(hours=hour), **row}
                for start, number, row in each["hours"]
                for hour in range(number)
            ]
            unit_class = UNIT_CLASSES.get(unit)
            await import_hours(hass, entity, unit, hours, unit_class=unit_class)
        if "purged" in each:
            unit = each["attributes"]["unit_of_measurement"]
            await import_hours(
                hass,
                entity,
                unit,
                _purged(case, each),
                has_sum=True,
                unit_class=UNIT_CLASSES[unit],
            )


@pytest.mark.parametrize(
    "home", _homes(), ids=[home[0][1]["name"] for home in _homes()]
)
async def test_a_day_is_physically_true_or_not_told(
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    home: Sequence[tuple[int, Case]],
) -> None:
    first = home[0][1]
    zone = first.get("zone", "Europe/Vienna")
    await hass.config.async_set_time_zone(zone)
    exist_server.users["ada"].timezone = first.get("profile_zone", zone)
    now = _at(first, first.get("now", "2026-05-20T12:00"))
    begun = first.get("begun", "2026-05-10T07:00")
    freezer.move_to(now - timedelta(days=1))
    beat = _at(first, first.get("kept_since", begun))
    await record(hass, {"sun.sun": [(beat, "above_horizon")]})
    await _furnish(hass, freezer, home)
    freezer.move_to(now)
    off = [
        (_at(first, start), _at(first, end))
        for start, end in first.get("home_assistant_off", ())
    ]
    starts = [_at(first, begun), *(end for _, end in off)]
    ends = [start for start, _ in off]
    runs = [(start, end, False) for start, end in zip(starts, ends, strict=False)]
    await set_runs(hass, runs, starts[-1])
    account = await add_account()
    for number, case in home:
        link = dict(case["link"])
        if "other" in case:
            link["others"] = [{"entity": _id(number, case["other"]["entity"])}]
        data = link_data(
            _id(number, case["entity"]),
            link.pop("aggregate"),
            f"history_{number}",
            link.pop("value_type"),
            observe=True,
            **link,
        )
        await add_link(hass, account, data)
    for number, case in home:
        try:
            told = await days_of(hass, f"history_{number}", min(case["right"]))
        except ServiceValidationError:
            # Why it tells nothing is said beside the link.
            told = dict.fromkeys(case["right"], PROBLEM)
        for day, right in case["right"].items():
            if right.get("not_told"):
                assert told[day] in NOT_TOLD, (case["name"], day)
            else:
                within = right.get("within", 1e-6)
                said = (case["name"], day)
                assert told[day] == pytest.approx(right["value"], abs=within), said
