"""What the recorder knows of an entity's last days, for the form of a link."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from homeassistant.components.sensor import SensorStateClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from .aggregate import Timeline
from .entering import ABSENT
from .meter_falls import kind_of_meter, recorded_days
from .numerals import clock_of, lasting, number_of
from .plan import COUNTED_BACK, ENOUGH_DAYS
from .readings import Meter, ReadingKind
from .shown import history_of_hours, history_of_states
from .source import Asked, read, read_hours
from .subject import Subject, SubjectKind, reading_kind

# Nobody waits longer for a page; what is not known by then is not said.
LOOK_SECONDS = 5
# A sensor of words may have had any number of them.
MOST_STATES = 30


@dataclass(frozen=True, slots=True)
class Recent:
    """What an entity was in the last days: its kind, and its states.

    The states are in order of how long it had them; without absence. `shown` is what
    they were like, of a sensor that shows nothing just now.
    """

    kind: ReadingKind | None = None
    states: tuple[str, ...] = ()
    shown: SubjectKind | None = None


async def async_recent(hass: HomeAssistant, subject: Subject, zone: tzinfo) -> Recent:
    """Look at the last days of an entity, whose days begin in the zone of the profile.

    Only what the entity says itself is known of where the recorder cannot be asked.
    """
    from sqlalchemy.exc import SQLAlchemyError

    by_itself = Recent(reading_kind(subject))
    looked_at = (SubjectKind.METER, SubjectKind.STATE, SubjectKind.WORD)
    if subject.kind not in looked_at or not subject.watched.is_plain:
        return by_itself
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await get_instance(hass).async_add_executor_job(
                _look, hass, subject, zone
            )
    except TimeoutError, SQLAlchemyError:
        return by_itself


async def async_silent(
    hass: HomeAssistant, entity_ids: Collection[str]
) -> frozenset[str]:
    """Return those that are away and said nothing in the last days.

    None where the recorder cannot be asked.
    """
    from sqlalchemy.exc import SQLAlchemyError

    away = [
        Asked(each)
        for each in sorted(set(entity_ids))
        if (state := hass.states.get(each)) is None or state.state in ABSENT
    ]
    if not away:
        return frozenset()
    since = dt_util.utcnow().timestamp() - COUNTED_BACK
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            found = await get_instance(hass).async_add_executor_job(
                read, hass, away, since
            )
    except TimeoutError, SQLAlchemyError:
        return frozenset()
    return frozenset(
        each.entity_id
        for each in away
        if all(span.state in ABSENT for span in found[each.key].spans)
    )


def _look(hass: HomeAssistant, subject: Subject, zone: tzinfo) -> Recent:
    is_meter = subject.kind is SubjectKind.METER
    asked = Asked(
        subject.entity_id,
        subject.unit,
        in_unit=is_meter,
        hourly=is_meter,
        back=COUNTED_BACK,
    )
    now = dt_util.utcnow().timestamp()
    timeline = read(hass, [asked], now)[asked.key]
    if is_meter:
        return Recent(_kind(hass, asked, subject, timeline, zone))
    seconds: Counter[str] = Counter()
    for span in timeline.spans:
        if span.state not in ABSENT:
            seconds[span.state] += round(span.end - span.start)
    states = tuple(state for state, _ in seconds.most_common(MOST_STATES))
    shown = _shown(subject, states)
    if shown is not None:
        return Recent(reading_kind(replace(subject, kind=shown)), states, shown)
    return Recent(reading_kind(subject), states)


def _shown(subject: Subject, states: Sequence[str]) -> SubjectKind | None:
    """Return what a sensor shows when it is not away, where that is no word."""
    if not subject.is_plain_sensor or subject.state not in ABSENT or not states:
        return None
    if all(number_of(each) is not None for each in states):
        return SubjectKind.NUMBER
    is_clock = all(clock_of(each, UTC) or lasting(each) is not None for each in states)
    return SubjectKind.CLOCK if is_clock else None


def _kind(
    hass: HomeAssistant,
    asked: Asked,
    subject: Subject,
    timeline: Timeline,
    zone: tzinfo,
) -> ReadingKind | None:
    """Return what kind of total it is by what there is of it, as links judge it."""
    kind = reading_kind(subject)
    zones = zone, dt_util.get_default_time_zone()
    history = history_of_states(timeline, zones)
    if recorded_days(history) < ENOUGH_DAYS:
        rows = read_hours(hass, [asked], dt_util.utcnow().timestamp())
        hours = history_of_hours(rows.get(subject.entity_id, ()), zones)
        history = max(history, hours, key=recorded_days)
    meter = Meter(
        is_counter=kind is ReadingKind.COUNTER,
        may_fall=subject.state_class == SensorStateClass.TOTAL,
        step=subject.step,
        initial=subject.initial,
    )
    return kind_of_meter(history, meter)
